/**
 * The analysis of one document, from page texts to units and passages. Each stage is a file of its own and
 * runs in this order: lines, furniture, regions, heads, units, passages. Indices here count within the
 * document; the collection moves them to their places.
 */
#ifndef NIGHTDESK_INDEX_ANALYSIS_H
#define NIGHTDESK_INDEX_ANALYSIS_H

#include "measure.h"

#include "nightdesk/index/units.h"

struct nd_line {
    uint32_t page, start, end; /* white space trimmed off */
    uint32_t text;             /* where it starts behind a bullet or number */
    enum nd_unit_kind kind;    /* PROSE until a stage says otherwise */
    bool gap;                  /* an empty line stands before it */
    bool bullet;
    bool note; /* belongs to the notes at the foot of its page */
    double width;
    struct nd_measure m;
};

struct nd_analysis {
    const struct nd_reading *reading;
    const struct nd_language *language; /* NULL: none known */
    const char *lang;
    const struct nd_view *page; /* page[i] is page i + 1 */
    uint32_t pages;
    bool blocks; /* each line is a paragraph, as readers of marked-up documents give them */

    struct nd_line *lines; /* without empty ones */
    size_t line_count, line_cap;
    size_t *first_line; /* of page i + 1; first_line[pages] is line_count */

    struct nd_section *sections; /* document, parent, path as in the collection but within this document */
    size_t *section_line;        /* where each section starts */
    size_t section_count, section_cap;
    size_t compared_lines; /* with titles of headings, so far */
    struct nd_unit *units;
    size_t unit_count, unit_cap;
    struct nd_passage *passages;
    size_t passage_count, passage_cap;
};

/** The whole analysis of one document; page views are borrowed. */
void nd_analyse(struct nd_analysis *a, const struct nd_reading *reading, const struct nd_view *pages,
                size_t n);
void nd_analysis_release(struct nd_analysis *a);

/* ---- the stages ---- */
void nd_lines_split(struct nd_analysis *a);
void nd_lines_classify(struct nd_analysis *a); /* code, figures */
void nd_furniture_mark(struct nd_analysis *a); /* running heads and feet, page numbers */
void nd_regions_mark(struct nd_analysis *a);   /* contents, index, references, notes, captions, tables */
void nd_heads_mark(struct nd_analysis *a);     /* headings, sections */
void nd_units_cut(struct nd_analysis *a);
void nd_passages_cut(struct nd_analysis *a);

/** The first line that ends behind the offset of a page (1 <= page <= pages), or the first line of the next
 * page. */
size_t nd_line_at(const struct nd_analysis *a, uint32_t page, uint32_t offset);
struct nd_view nd_line_text(const struct nd_analysis *a, const struct nd_line *line); /* behind its bullet */
struct nd_view nd_line_whole(const struct nd_analysis *a, const struct nd_line *line);

#endif
