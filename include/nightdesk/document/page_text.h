/** Page text: the closed list of repairs that every extracted text goes through
 * (docs/reference/page-text.md). */
#ifndef NIGHTDESK_DOCUMENT_PAGE_TEXT_H
#define NIGHTDESK_DOCUMENT_PAGE_TEXT_H

#include "nightdesk/base/bytes.h"

/**
 * Appends raw, repaired. Repairing a repaired text changes nothing. raw may hold anything; what comes out is
 * valid UTF-8 in NFC without control characters other than '\n' and '\t', and without blanks at the end of a
 * line or of the text.
 */
void nd_page_text_repair(struct nd_view raw, struct nd_bytes *out);
/** True when text holds only what a repaired text may hold (the form is not checked: NFC, blanks). */
bool nd_page_text_clean(struct nd_view text);

#endif
