/**
 * Reading members of a JSON object with one sticky failure: after the first member that is wrong, every
 * further call gives the empty value and the first reason stays. `what` names the object for the reason
 * ("quote 4").
 */
#ifndef ND_REPORT_READER_H
#define ND_REPORT_READER_H

#include "nightdesk/base/json.h"

struct reader {
    enum nd_rc rc;
    struct nd_error *err;
    char what[64];
};

/** Names the object that the following calls read. */
void rd_at(struct reader *r, const char *fmt, ...) ND_PRINTF(2, 3);
/** Records a failure; the first one stays. */
void rd_fail(struct reader *r, const char *fmt, ...) ND_PRINTF(2, 3);

/** A string that must be there and not be empty; "" after a failure. */
const char *rd_need(struct reader *r, const struct nd_json *object, const char *member);
/** A string; "" when absent or null. */
const char *rd_text(struct reader *r, const struct nd_json *object, const char *member);
/** One of the words (ended by NULL); its index. */
unsigned rd_word(struct reader *r, const struct nd_json *object, const char *member,
                 const char *const *words);
/** A whole number within [min, max] that must be there; min after a failure. */
int64_t rd_int(struct reader *r, const struct nd_json *object, const char *member, int64_t min, int64_t max);
/** A whole number or nothing. */
int64_t rd_int_or(struct reader *r, const struct nd_json *object, const char *member, int64_t min,
                  int64_t max, int64_t otherwise);
bool rd_bool(struct reader *r, const struct nd_json *object, const char *member); /* false when absent */
/** An array of at most max items; NULL when absent, null or empty. */
const struct nd_json *rd_array(struct reader *r, const struct nd_json *object, const char *member,
                               size_t max);
/** An object, or NULL when absent or null. */
const struct nd_json *rd_object(struct reader *r, const struct nd_json *object, const char *member);
/** A sha256 in hex, or "". */
const char *rd_sha256(struct reader *r, const struct nd_json *object, const char *member);
/** An id: the letter and a number without leading zeros ("q12"); "" after a failure. */
const char *rd_id(struct reader *r, const struct nd_json *object, const char *member, char letter);

#endif
