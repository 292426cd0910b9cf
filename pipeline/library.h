/**
 * The library of a run: its sources, their page texts and the collection, rebuilt from content-addressed
 * blobs once in the life of the process and shared by all lanes. It depends on the run's recorded sources
 * alone.
 */
#ifndef PIPELINE_LIBRARY_H
#define PIPELINE_LIBRARY_H

#include "nightdesk/core/phase.h"
#include "nightdesk/index/search.h"
#include "nightdesk/pipeline/pipeline.h"

struct nd_library;

/** The desk behind scene->pipeline. */
const struct nd_desk_config *nd_desk_config(const struct nd_scene *scene);

/** The web that was set; NULL: none. */
struct nd_web *nd_desk_web(const struct nd_scene *scene);
/** The knowledge bases elsewhere that were set; NULL: none. */
struct nd_kbs *nd_desk_kbs(const struct nd_scene *scene);

/** The run's recorded sources ("nightdesk.sources/1"'s array): of the artefact, or of lane 0 of research;
 * NULL: none yet. */
const struct nd_json *nd_scene_sources(const struct nd_scene *scene);
/** True when the source of that number (from 1) may not be seen elsewhere: local, or confidential. */
bool nd_source_stays(const struct nd_scene *scene, int64_t number);

/**
 * The library of the scene's run, borrowed until the desk is closed.
 * ND_NOT_FOUND nothing was read yet · ND_BROKEN a record or blob is damaged · ND_VERSION a newer program read
 * it
 */
enum nd_rc nd_library_of(const struct nd_scene *scene, struct nd_library **out, struct nd_error *err);

/**
 * The lane's library: the run's sources and the pages that the lane opened, whose numbers go on after them.
 * Its collection is of those pages alone; the run's own is in nd_library_of. Borrowed likewise.
 */
enum nd_rc nd_lane_library_of(const struct nd_scene *scene, struct nd_library **out, struct nd_error *err);

const struct nd_sources *nd_library_sources(const struct nd_library *lib);
/** Page texts of source n (from 1), loaded when first asked for; empty for a source without text. Any thread.
 */
enum nd_rc nd_library_pages(struct nd_library *lib, struct nd_objects *objects, uint32_t source,
                            const struct nd_pages **out, struct nd_error *err);
/** The collection, built when first asked for. Any thread. */
enum nd_rc nd_library_collection(struct nd_library *lib, struct nd_objects *objects,
                                 const struct nd_collection **out, struct nd_error *err);
/** Is source n (from 1) a page that the lane opened, and none of the run's sources? */
bool nd_is_lane_page(const struct nd_scene *scene, uint32_t n);
/** Both, for a tool; pages: the lane's. ND_STOPPED: asked to stop meanwhile; else as above. */
enum nd_rc nd_library_open(const struct nd_scene *scene, bool pages, const atomic_bool *stop,
                           struct nd_library **lib, const struct nd_collection **c, struct nd_error *err);

#endif
