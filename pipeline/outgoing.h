/** What of the documents may leave the machine, for the plan that a person sees before any does. */
#ifndef PIPELINE_OUTGOING_H
#define PIPELINE_OUTGOING_H

#include "nightdesk/core/phase.h"

#define ND_OUTGOING_NAMED 200 /* sources named one by one; totals count all */

/**
 * Adds to what the gate `plan` shows: "outgoing": {"documents", "bytes", "stay_documents", "stay_bytes",
 * "sources": [{"path", "bytes"}]}: the text that a model, wherever it is, could at most be sent, and that of
 * sources labelled local, which stays unless the model is on this machine. ND_OK, or what the library's blobs
 * give.
 */
enum nd_rc nd_outgoing_add(const struct nd_scene *scene, struct nd_json *shown, struct nd_error *err);

#endif
