/**
 * Text: UTF-8 and the few Unicode facts that nightdesk needs (utf8proc is behind it). No locale anywhere.
 */
#ifndef NIGHTDESK_BASE_TEXT_H
#define NIGHTDESK_BASE_TEXT_H

#include "nightdesk/base/bytes.h"

#define ND_REPLACEMENT 0xFFFD

/** Decodes the code point at data[*at] and moves *at on; a broken byte gives U+FFFD and moves on by one. */
uint32_t nd_utf8_next(struct nd_view v, size_t *at);
void nd_utf8_add(struct nd_bytes *out, uint32_t code_point);
bool nd_utf8_valid(struct nd_view v);
/** Copies v with each broken byte replaced by U+FFFD. */
void nd_utf8_repair(struct nd_view v, struct nd_bytes *out);
/** The largest length <= max that does not cut a code point. */
size_t nd_utf8_cut(struct nd_view v, size_t max);

/** Appends v in Unicode normal form C (or KC). v must be valid UTF-8. */
void nd_text_nfc(struct nd_view v, struct nd_bytes *out);
void nd_text_nfkc(struct nd_view v, struct nd_bytes *out);
uint32_t nd_text_lower(uint32_t code_point);

bool nd_is_letter(uint32_t c);
bool nd_is_digit(uint32_t c);
bool nd_is_upper(uint32_t c);
bool nd_is_lower(uint32_t c);
bool nd_is_space(uint32_t c); /* white space of any kind, no-break and ideographic space included */
bool nd_is_mark(uint32_t c);  /* combining marks */
bool nd_is_cjk(uint32_t c);   /* Han, Hiragana, Katakana, Hangul, Bopomofo */
bool nd_is_rtl(uint32_t c);   /* Hebrew, Arabic, Syriac, Thaana … letters */
/** C0/C1 controls (but not tab and newline), bidi controls, zero-width space and tag characters: stripped
 * before printing. The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji need them. */
bool nd_is_unsafe(uint32_t c);

/** Copies v for a terminal or a log: unsafe characters and newlines become '?'/' ', broken bytes U+FFFD. */
void nd_text_printable(struct nd_view v, struct nd_bytes *out);
/** Copies v as HTML text (also right inside a double-quoted attribute): & < > " ' escaped, unsafe characters
 * dropped. */
void nd_text_html(struct nd_view v, struct nd_bytes *out);

#endif
