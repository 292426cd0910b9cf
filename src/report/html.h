/** report.html, part by part. Each part appends well-formed HTML; whatever came from outside goes through
 * esc(). */
#ifndef ND_REPORT_HTML_H
#define ND_REPORT_HTML_H

#include "doc.h"
#include "uses.h"

struct html {
    const struct doc *doc;
    struct nd_bytes *out;
    struct uses uses;
    struct nd_bytes scratch; /* for plain text that is escaped next */
};

void html_report(const struct doc *doc, struct nd_bytes *out);
/** Content of the meta element that forbids everything a page could do; the check wants exactly this one. */
extern const char html_csp[];
/** The style sheet (report.css), one text. */
struct nd_view html_style(void);

/* ---- small pieces (html_bits.c) ---- */
/* Ours alone, never text from outside; put into the report's language (core/say.h). */
void raw(struct html *h, const char *markup);
void rawf(struct html *h, const char *fmt, ...) ND_PRINTF(2, 3);
void esc(struct html *h, const char *text);
void esc_view(struct html *h, struct nd_view text);
/** Escapes and empties the scratch. */
void esc_scratch(struct html *h);
/** ` dir="rtl"` when the text runs so; nothing otherwise. */
void put_dir(struct html *h, struct nd_view text);
/** ` lang="…"` when it is a language tag; nothing otherwise. */
void put_lang(struct html *h, const char *lang);
/** A heading of a part: `<h2 id="ID-h">title</h2>`. */
void open_part(struct html *h, const char *id, const char *css_class, const char *title);
void close_part(struct html *h);
/** A table of the ledger: its rows come next. `columns` ends with NULL. */
void open_table(struct html *h, const char *id, const char *title, const char *const *columns);
void close_table(struct html *h);
/** The link from a statement to the quote's card: [3, p. 12]. */
void put_cite(struct html *h, size_t quote);
/** The quotes of a claim as the source's words, each followed by its citation. */
void put_quotes(struct html *h, const struct refs *quotes);

/* ---- the parts ---- */
void html_front(struct html *h);                    /* skip link, title block */
void html_contents(struct html *h);                 /* contents list */
void html_changes(struct html *h);                  /* since an earlier report */
void html_summary(struct html *h);                  /* key findings */
void html_sections(struct html *h);                 /* findings with their exhibits */
void html_exhibits(struct html *h, size_t section); /* those of a section, or of none (NONE) */
void html_contradictions(struct html *h);
void html_gaps(struct html *h);
void html_method(struct html *h);
void html_references(struct html *h);
void html_receipt(struct html *h);
void html_ledger(struct html *h);
void html_findings(struct html *h); /* of the ledger */
void html_cards(struct html *h);    /* every quote in its context */

bool html_has_loose_exhibits(const struct doc *doc);

#endif
