/**
 * What looks like a secret in a text: keys and tokens of known forms, private keys, credentials in addresses,
 * and random values given to a name such as password or api_key. One list for the log and for reports.
 */
#ifndef NIGHTDESK_BASE_SECRET_H
#define NIGHTDESK_BASE_SECRET_H

#include "nightdesk/base/bytes.h"

/**
 * The next secret that starts at or after `from`: its bytes are [*start, *end), without the name or the words
 * before it. A key that is broken over lines is taken with its next line. false: there is none.
 */
bool nd_secret_next(struct nd_view text, size_t from, size_t *start, size_t *end);

#endif
