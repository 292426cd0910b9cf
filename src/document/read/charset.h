/**
 * From the bytes of a text document to UTF-8. The encoding is chosen before the sandbox closes, because iconv
 * loads its tables from files; converting happens inside.
 */
#ifndef ND_READ_CHARSET_H
#define ND_READ_CHARSET_H

#include "nightdesk/base/bytes.h"

struct nd_charset;

/**
 * A byte order mark decides, else valid UTF-8, else (html) what the first 4 KB declare, else windows-1252.
 * Never NULL.
 */
struct nd_charset *nd_charset_choose(struct nd_view bytes, bool html);
/** Appends the text as UTF-8 without a byte order mark; what cannot be converted becomes U+FFFD. */
void nd_charset_convert(struct nd_charset *charset, struct nd_view bytes, struct nd_bytes *out);
void nd_charset_free(struct nd_charset *charset);

#endif
