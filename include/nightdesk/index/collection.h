/**
 * A collection: the readable documents of a run, cut into units and passages and searchable. It lives in
 * memory, is built from page texts alone, and is the same for the same sources on every machine and with any
 * number of threads. After it is open it is read-only: any number of threads may use it at the same time
 * (searching locks inside).
 */
#ifndef NIGHTDESK_INDEX_COLLECTION_H
#define NIGHTDESK_INDEX_COLLECTION_H

#include "nightdesk/core/objects.h"
#include "nightdesk/index/units.h"
#include "nightdesk/index/words.h"

struct nd_collection;

/**
 * Builds the collection of all sources whose reading has text (status read or partly); the others are left
 * out. sources and what it points to must outlive the collection. threads: 0 means one per processor.
 * @return ND_NOT_FOUND, ND_BROKEN from objects · ND_BAD_INPUT a blob that does not fit its reading ·
 * ND_OVER_LIMIT
 */
enum nd_rc nd_collection_open(struct nd_collection **out, const struct nd_sources *sources,
                              struct nd_objects *objects, unsigned threads, struct nd_error *err);
/** The same from text at hand: text[i] is the blob of sources->v[i], borrowed until the collection is freed.
 */
enum nd_rc nd_collection_build(struct nd_collection **out, const struct nd_sources *sources,
                               const struct nd_view *text, unsigned threads, struct nd_error *err);
void nd_collection_free(struct nd_collection *c);

/* ---- what is in it; indices count from 0, arrays are in order of source, page, offset ---- */
size_t nd_collection_documents(const struct nd_collection *c);
const struct nd_document *nd_collection_document(const struct nd_collection *c, uint32_t document);
uint32_t nd_collection_of_source(const struct nd_collection *c, uint32_t source); /* ND_NONE: has no text */
size_t nd_collection_units(const struct nd_collection *c);
const struct nd_unit *nd_collection_unit(const struct nd_collection *c, uint32_t unit);
size_t nd_collection_passages(const struct nd_collection *c);
const struct nd_passage *nd_collection_passage(const struct nd_collection *c, uint32_t passage);
size_t nd_collection_sections(const struct nd_collection *c);
const struct nd_section *nd_collection_section(const struct nd_collection *c,
                                               uint32_t section); /* NULL for ND_NONE */

/* ---- text ---- */
const struct nd_vocabulary *nd_collection_vocabulary(const struct nd_collection *c);
/** The page text, empty when there is no such page. */
struct nd_view nd_collection_page(const struct nd_collection *c, uint32_t document, uint32_t page);
/** Page text of a range as it stands. */
struct nd_view nd_collection_range(const struct nd_collection *c, uint32_t document, struct nd_range range);
/** Appends a unit on one line, with its part on the next page (nd_display's rules). */
void nd_collection_show(const struct nd_collection *c, uint32_t unit, struct nd_bytes *out);
/**
 * Appends a range of a document's page on one line (nd_display's rules). A quote of neighbouring units of one
 * page is the range from the first one's at.start to the last one's at.end; a last one that continues adds
 * its `rest`.
 */
void nd_collection_show_range(const struct nd_collection *c, uint32_t document, struct nd_range range,
                              struct nd_bytes *out);

#endif
