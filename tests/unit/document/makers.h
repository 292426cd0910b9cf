/** Documents made by hand: small PDFs and zip archives. */
#ifndef ND_DOCUMENT_MAKERS_H
#define ND_DOCUMENT_MAKERS_H

#include "nightdesk/base/bytes.h"

/** A PDF whose page i + 1 has the content stream pages[i] (operators, such as "BT /F 12 Tf 50 700 Td (text)
 * Tj ET"). */
void make_pdf(struct nd_bytes *out, const char *const *pages, size_t n);
/** The same with more in the document: entries of its information ("/Title (x)"), and objects with their
 * numbers. */
void make_pdf_with(struct nd_bytes *out, const char *const *pages, size_t n, const char *info,
                   const char *catalog, const char *objects);
/** Keeps memory that a test hands out until its process ends; returns it. */
char *keep(char *memory);
/** A content stream of one line of text for each line of text. Line breaks end lines; ( ) and \ are escaped.
 */
char *make_page(const char *text);

struct zip_part {
    const char *name;
    struct nd_view bytes;
    bool packed;          /* deflated, else stored */
    uint32_t claims_size; /* what the archive says the size is; 0: the truth */
};
void make_zip(struct nd_bytes *out, const struct zip_part *parts, size_t n);

/** The bytes as a zlib stream, as /FlateDecode wants it. */
void make_zlib(struct nd_bytes *out, struct nd_view bytes);

/** Enough English for its language to be told. */
extern const char make_english[];

#endif
