/**
 * The pipeline: the four phases, their tools, and the desk on which they lie.
 *
 *     struct nd_desk *desk = nd_desk_open(&config);
 *     engine.pipeline = nd_pipeline();
 *     engine.pipeline_ctx = desk;
 *     … nd_engine_work(&engine, …) …
 *     nd_desk_close(desk);
 *
 * A desk holds what the phases' functions compute from content-addressed blobs and keep for the life of the
 * process (readings, page texts, the collection), and how documents are read. It may serve any number of
 * threads and runs.
 */
#ifndef NIGHTDESK_PIPELINE_PIPELINE_H
#define NIGHTDESK_PIPELINE_PIPELINE_H

#include "nightdesk/core/kb.h"
#include "nightdesk/core/phase.h"
#include "nightdesk/core/web.h"
#include "nightdesk/document/document.h"

struct nd_desk; /* opaque: scene->pipeline */

struct nd_desk_config {
    const char *reader; /* path of nightdesk-read; borrowed until the desk is closed. NULL: nothing can be
                           parsed anew */
    struct nd_origin origin; /* of documents that a request lists; .get NULL: there is none */
    unsigned threads;        /* reading children and indexing threads at a time; 0: one per processor */
    void (*on_read)(void *ctx, const struct nd_read_progress *progress); /* NULL: none; one call at a time */
    void *ctx;
};

struct nd_desk *nd_desk_open(const struct nd_desk_config *config);
/** The web, for runs that ask for it; borrowed until the desk is closed. Before any phase is at work. */
void nd_desk_set_web(struct nd_desk *desk, struct nd_web *web);
/** The same for knowledge bases elsewhere. */
void nd_desk_set_kbs(struct nd_desk *desk, struct nd_kbs *kbs);
void nd_desk_close(struct nd_desk *desk); /* NULL is fine; no phase may be at work */

/** Phases, tools and the text forms of gates. Never NULL, never freed. */
const struct nd_pipeline *nd_pipeline(void);

/** Whether a request's writer is one that this pipeline has: ND_BAD_INPUT names it and those there are. */
enum nd_rc nd_pipeline_writer_known(const char *writer, struct nd_error *err);

#endif
