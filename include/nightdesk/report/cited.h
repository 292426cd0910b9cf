/**
 * The texts of cited pages, by (text_sha256, page). Loaded from a run's blobs before a report is made, from
 * evidence/ when it is verified.
 */
#ifndef NIGHTDESK_REPORT_CITED_H
#define NIGHTDESK_REPORT_CITED_H

#include "nightdesk/base/json.h"
#include "nightdesk/core/objects.h"

#define ND_CITED_PAGES_MAX 20000

struct nd_cited; /* opaque; not for use by several threads while it is filled */

struct nd_cited *nd_cited_new(void);
void nd_cited_free(struct nd_cited *cited);
/** Copies a page's text. Adding a page again replaces nothing: the first text stays. ND_OVER_LIMIT too many
 * pages. */
enum nd_rc nd_cited_add(struct nd_cited *cited, const char *text_sha256, uint32_t page, struct nd_view text,
                        struct nd_error *err);
/** The page's text, borrowed until nd_cited_free; false when it is not there. */
bool nd_cited_text(const struct nd_cited *cited, const char *text_sha256, uint32_t page,
                   struct nd_view *text);
/** Masks bytes [start, end) of a page's text, if it is there: each becomes '*', white space stays. */
void nd_cited_mask(struct nd_cited *cited, const char *text_sha256, uint32_t page, size_t start, size_t end);
/**
 * Loads every page that report.json cites. Each document's blob is read once and only its cited pages are
 * kept.
 * @return ND_BAD_INPUT the report is no "nightdesk.report/1" or cites a page that its source has not · what
 * get gives
 */
enum nd_rc nd_cited_load(struct nd_cited *cited, const struct nd_json *report, struct nd_objects *objects,
                         struct nd_error *err);

#endif
