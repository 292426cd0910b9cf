/**
 * report.json, read and checked: every shape, limit, id and reference. What comes out of here may be indexed
 * and printed without another look; texts borrow the JSON tree, which must live as long.
 */
#ifndef ND_REPORT_DOC_H
#define ND_REPORT_DOC_H

#include "ids.h"

#include "nightdesk/core/limits.h"
#include "nightdesk/report/cited.h"
#include "nightdesk/report/formula.h"
#include "nightdesk/report/quote.h"
#include "nightdesk/base/json.h"

#define REPORT_SCHEMA "nightdesk.report/1"
#define SECTIONS_MAX 256
#define CLAIMS_MAX 5000 /* of the summary and of all sections */
#define QUOTES_MAX 20000
#define CLAIM_MAX_BYTES 65536
#define QUOTE_MAX_BYTES 65536
#define REFS_MAX 100 /* quotes, premises or cells of one claim */
#define EXHIBITS_MAX 64
#define COLUMNS_MAX 24
#define ROWS_MAX 1000
#define CELLS_MAX 20000 /* of all exhibits */
#define VALUES_MAX 1000 /* of one contradiction */
#define LIST_MAX 1000   /* contradictions, gaps, notes, findings, questions */
#define CHART_MARKS_MAX 60
#define CELL_VALUE_MAX 1e15
#define PAGE_MAX 1000000

#define NONE SIZE_MAX

enum verdict { QUOTED, SUPPORTED, UNJUDGED, CAVEAT };
enum source_status { READ, PARTLY, FAILED, UNSUPPORTED };

struct refs {
    size_t *v;
    size_t n;
};

struct doc_source {
    const struct nd_json *json; /* for pages_failed and also */
    const char *sha256, *text_sha256, *kind, *title, *author, *date, *path, *url, *lang, *extractor, *why;
    int64_t size_bytes, root;
    uint32_t pages;
    enum source_status status;
    bool used, local, confidential;
    size_t quotes, masks; /* how many */
};

struct doc_quote {
    struct nd_quote q;
    size_t source;
    uint32_t page;
    const char *label, *lang, *section_title;
    struct nd_view page_text; /* of its page; empty until doc_pages */
};

struct cell_ref {
    size_t exhibit, row, column;
};

struct doc_claim {
    const char *id, *text, *confidence; /* confidence "": not given */
    struct refs quotes, premises;
    struct cell_ref *cells;
    size_t cell_count;
    enum verdict verdict;
    size_t section; /* NONE: of no section */
    bool summary;
};

struct doc_section {
    const char *id, *title, *question, *why, *note;
    bool found;
    size_t first, n; /* its claims */
};

struct doc_column {
    const char *title, *unit;
};

struct doc_cell {
    const char *text, *unit; /* unit: its own, else the column's */
    double value;
    bool has_value, own_unit;
    size_t quote;     /* NONE: has none */
    const char *op;   /* NULL: no formula */
    struct refs args; /* places in the exhibit's cells */
};

struct doc_exhibit {
    const char *id, *title, *note;
    size_t section; /* NONE: of no section */
    struct doc_column *columns;
    struct doc_cell *cells; /* rows * column_count, row by row */
    size_t rows, column_count;
    bool chart, line;
    size_t x, y; /* columns of the chart */
};

struct doc_value {
    const char *text, *unit;
    size_t quote;
};

struct doc_contradiction {
    const char *id, *label;
    struct doc_value *values;
    size_t n;
};

struct doc_mask {
    size_t source;
    uint32_t page;
    int64_t start, end;       /* of the page text */
    struct nd_view page_text; /* empty until doc_pages, or when the page is not at hand */
};

struct doc_gap {
    const char *id, *what, *why;
};

/** What has changed since an earlier report. */
struct doc_changes {
    bool there;
    const char *run_id, *started_at;
    struct refs fresh, changed;      /* sources */
    struct refs statements;          /* claims that the earlier report does not have */
    const struct nd_json *withdrawn; /* [{"title", "path" | "url", "used"}] */
    int64_t unchanged;               /* sources */
    int64_t gone;                    /* statements of the earlier report that this one does not have */
};

/** A point that had to be covered. */
struct doc_point {
    const char *text, *why;
    bool covered;
    size_t section;     /* the one about it; NONE */
    struct refs claims; /* that name it */
};

struct doc {
    const struct nd_json *json;
    const char *run_id, *topic, *started_at, *outcome, *language, *introduction;
    bool partial;
    const struct nd_json *stop, *request, *checks, *receipt, *notes, *writers;
    struct doc_source *sources;
    struct doc_quote *quotes;
    struct doc_claim *claims; /* the summary's first, then section by section */
    struct doc_section *sections;
    struct doc_exhibit *exhibits;
    struct doc_contradiction *contradictions;
    struct doc_gap *gaps;
    struct doc_mask *masks;
    struct doc_changes changes;
    struct doc_point *points;
    size_t source_count, quote_count, claim_count, summary_count, section_count, exhibit_count;
    size_t contradiction_count, gap_count, mask_count, point_count;
    struct ids quote_ids, section_ids, exhibit_ids, claim_ids;
};

/** ND_BAD_INPUT names the first member that is wrong; ND_VERSION a newer schema. */
enum nd_rc doc_open(struct doc **out, const struct nd_json *json, struct nd_error *err);
void doc_free(struct doc *doc);
/** Gives each quote the text of its page; ND_BAD_INPUT names the first page that is not there. */
enum nd_rc doc_pages(struct doc *doc, const struct nd_cited *pages, struct nd_error *err);

/* the parts of doc_open, in the order in which they need each other */
struct reader;
void doc_read_sources(struct doc *doc, struct reader *r);
void doc_read_quotes(struct doc *doc, struct reader *r);
void doc_read_masks(struct doc *doc, struct reader *r);
void doc_read_sections(struct doc *doc, struct reader *r); /* without their claims */
void doc_read_exhibits(struct doc *doc, struct reader *r);
void doc_read_claims(struct doc *doc, struct reader *r);
void doc_read_lists(struct doc *doc, struct reader *r);
void doc_read_changes(struct doc *doc, struct reader *r);
void doc_read_points(struct doc *doc, struct reader *r);
void doc_free_points(struct doc *doc);
void doc_free_changes(struct doc *doc);
void doc_free_exhibits(struct doc *doc);
void doc_free_claims(struct doc *doc);

/** The element that an id names; a failure when there is none. */
size_t doc_find(struct reader *r, const struct ids *ids, const char *id);
/** Reads an array of ids of elements. */
void doc_read_refs(struct reader *r, const struct ids *ids, const struct nd_json *object, const char *member,
                   struct refs *out);

/** Does the document have pages a reader can turn to? */
bool doc_paged(const struct doc_source *source);

#endif
