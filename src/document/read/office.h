/** What the kinds that are archives of XML parts have in common (DOCX, XLSX, PPTX, ODT, EPUB). */
#ifndef ND_READ_OFFICE_H
#define ND_READ_OFFICE_H

#include "xml.h"
#include "archive.h"

/** What the elements with a document's title, author and date are called. */
struct nd_property_names {
    const char *title, *author, *date;
};
/** Takes them from that part. */
void nd_office_properties(struct nd_archive *zip, struct nd_job *job, const char *part,
                          const struct nd_property_names *names);
/** The same from docProps/core.xml of DOCX, XLSX and PPTX. */
void nd_office_core(struct nd_archive *zip, struct nd_job *job);
/** The version of what reads Office files: "libxml2 2.9.14, libzip 1.7.3". */
void nd_office_extractor(struct nd_job *job);

/** Calls read with the part, if the archive has it. */
void nd_office_part(struct nd_archive *zip, struct nd_job *job, const char *part,
                    void (*read)(void *ctx, struct nd_xml *xml), void *ctx);

/** Parts in the order in which another part lists them: sheets of a workbook, slides of a presentation. */
struct nd_listed {
    struct nd_listed_part {
        char *name;     /* what the list calls it; "" when it does not */
        char *relation; /* its id among the relations */
        char *part;     /* NULL: the relation leads nowhere */
    } * v;
    size_t n, cap;
};
/** folder: "xl"; list: "workbook.xml"; element: what an entry of the list is called. At most `most` are
 * taken. */
void nd_listed_read(struct nd_listed *listed, struct nd_archive *zip, struct nd_job *job, const char *folder,
                    const char *list, const char *element, size_t most);
void nd_listed_release(struct nd_listed *listed);
/** The part of that kind ("notesSlide") that a part is related to; NULL: none. Caller frees. */
char *nd_office_related(struct nd_archive *zip, struct nd_job *job, const char *part, const char *kind);

/** Heading levels of paragraph styles. */
struct nd_styles {
    struct nd_style {
        char *id, *based_on; /* based_on: NULL when on none */
        unsigned level;      /* 0: no heading */
        bool title;          /* the style of the document's title */
    } * v;
    size_t n, cap;
};
/** Those of a DOCX file. */
void nd_styles_read(struct nd_styles *styles, struct nd_archive *zip, struct nd_job *job);
/** Adds one; takes the style's strings. Too many are left out. */
void nd_styles_add(struct nd_styles *styles, struct nd_style style);
void nd_styles_release(struct nd_styles *styles);
/** The style or the first that it is based on that is a heading or title; NULL: none. */
const struct nd_style *nd_styles_heading(const struct nd_styles *styles, const char *id);

#endif
