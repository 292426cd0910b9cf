/** What DOCX and XLSX have in common. */
#ifndef ND_READ_OFFICE_H
#define ND_READ_OFFICE_H

#include "xml.h"
#include "archive.h"

/** Title, author and date from docProps/core.xml. */
void nd_office_properties(struct nd_archive *zip, struct nd_job *job);
/** The version of what reads Office files: "libxml2 2.9.14, libzip 1.7.3". */
void nd_office_extractor(struct nd_job *job);

/** Heading levels of a DOCX file's paragraph styles. */
struct nd_styles {
    struct nd_style {
        char *id, *based_on; /* based_on: NULL when on none */
        unsigned level;      /* 0: no heading */
        bool title;          /* the style of the document's title */
    } * v;
    size_t n, cap;
};
void nd_styles_read(struct nd_styles *styles, struct nd_archive *zip, struct nd_job *job);
void nd_styles_release(struct nd_styles *styles);
/** The style or the first that it is based on that is a heading or title; NULL: none. */
const struct nd_style *nd_styles_heading(const struct nd_styles *styles, const char *id);

#endif
