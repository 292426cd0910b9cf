/** The grammar of RFC 8259, checked to the letter before the lenient parser of the library sees a document.
 */
#ifndef NIGHTDESK_BASE_JSON_CHECK_H
#define NIGHTDESK_BASE_JSON_CHECK_H

#include "nightdesk/base/bytes.h"

/** What is wrong and where; `what` is NULL when nothing is. */
struct nd_json_fault {
    const char *what;
    size_t line, column; /* from 1; columns count code points */
};

/** Grammar, UTF-8, limits. Duplicate members are not looked for. */
struct nd_json_fault nd_json_check(struct nd_view text);
/** The place of member number `nth` (from 0, in the order of the text) of a document that passed
 * nd_json_check. */
struct nd_json_fault nd_json_place_of_member(struct nd_view text, size_t nth);

#endif
