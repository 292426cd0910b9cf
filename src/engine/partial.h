/**
 * The partial report of a run stopped at its budget or a limit: the stopped phase and those after it, worked
 * in memory by the extractive writer from what is recorded: lane 0 and the lanes that had ended keep their
 * steps, the others start anew. It costs nothing, writes no step, and is a function of what is stored: a
 * replay gives the same bytes.
 */
#ifndef ENGINE_PARTIAL_H
#define ENGINE_PARTIAL_H

#include "nightdesk/engine/engine.h"

/** {"outcome", "reason", "phase"}: what scene->stop holds and what is stored beside the files. Caller frees.
 */
struct nd_json *nd_partial_stop(enum nd_outcome outcome, const char *reason, const char *phase);

/** @param base  the run's scene, with the artefacts of the phases before `phase` */
enum nd_rc nd_partial_build(const struct nd_engine *e, const struct nd_scene *base, unsigned phase,
                            const struct nd_json *stop, struct nd_artefact *out, struct nd_error *err);

#endif
