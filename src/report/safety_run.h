/** One pass of safety: what its parts hand to each other. */
#ifndef ND_REPORT_SAFETY_RUN_H
#define ND_REPORT_SAFETY_RUN_H

#include "doc.h"

#include "nightdesk/report/safety.h"

/** A cited page and what is on it. */
struct safety_page {
    size_t source;
    uint32_t page;
    bool confidential; /* all of it is */
    struct nd_hazard_list found;
};

#define SAFETY_PAGES "evidence" /* the place of what lies on cited pages */

/** How often a kind was met at a place: an id ("c3", "x1", "source 2"), a member ("topic"), or SAFETY_PAGES.
 */
struct safety_count {
    char *place;
    enum nd_hazard kind;
    size_t n;
    bool masked;
};

struct safety {
    const struct nd_safety_rules *rules;
    struct nd_cited *pages;
    struct doc *doc;          /* of the report as it stands */
    struct safety_page *page; /* by source and page */
    size_t page_count;
    struct safety_count *count;
    size_t count_n, count_cap;
    struct nd_json *masks;
};

bool safety_masks(const struct safety *s, enum nd_hazard kind); /* in this mode */
void safety_tell(struct safety *s, const char *place, enum nd_hazard kind, bool masked);

/** safety_pages.c: searches the cited pages, then masks their texts and lists the places. */
void safety_search_pages(struct safety *s);
void safety_mask_pages(struct safety *s);
/** Tells what lies anywhere on them. Last, so that what lies in claims is never crowded out. */
void safety_tell_pages(struct safety *s);
/** Tells what lies within the quote at place; true: some of it is masked. */
bool safety_of_quote(struct safety *s, const struct doc_quote *q, const char *place);
bool safety_is_confidential(const struct safety *s, const struct doc_quote *q);
void safety_free_pages(struct safety *s);

#endif
