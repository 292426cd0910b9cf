/** The kinds of documents, as one table: how each is told, what it needs before the sandbox closes, who reads
 * it. */
#ifndef ND_READ_KINDS_H
#define ND_READ_KINDS_H

#include "job.h"

struct nd_kind {
    const char *name;
    void (*prepare)(struct nd_job *job); /* before the sandbox: loads what has to be opened; NULL: nothing */
    void (*read)(struct nd_job *job);    /* inside it */
};

/** The kind by content, then by hint; NULL and *why set when it is none of ours. */
const struct nd_kind *nd_kind_of(struct nd_view bytes, const char *hint, const char **why);

void nd_pdf_read(struct nd_job *job);
void nd_pdf_prepare(struct nd_job *job);
void nd_html_read(struct nd_job *job);
void nd_docx_read(struct nd_job *job);
void nd_xlsx_read(struct nd_job *job);
void nd_pptx_read(struct nd_job *job);
void nd_odt_read(struct nd_job *job);
void nd_epub_read(struct nd_job *job);
void nd_markdown_read(struct nd_job *job);
void nd_csv_read(struct nd_job *job);
void nd_text_read(struct nd_job *job);

#endif
