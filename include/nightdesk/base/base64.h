/** Base64 (RFC 4648, with padding, no line breaks). */
#ifndef NIGHTDESK_BASE_BASE64_H
#define NIGHTDESK_BASE_BASE64_H

#include "nightdesk/base/bytes.h"

void nd_base64_add(struct nd_view data, struct nd_bytes *out);
/** Appends what the text stands for; false (and nothing appended) for anything that nd_base64_add would not
 * write. */
bool nd_base64_decode(struct nd_view text, struct nd_bytes *out);

#endif
