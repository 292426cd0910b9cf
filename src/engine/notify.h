/**
 * Telling somebody how a run stands, after the outcome is durable. What was delivered is remembered under the
 * event's id (an object name), so a copy is sent again only if the process died between sending and
 * remembering, or could not send.
 */
#ifndef ENGINE_NOTIFY_H
#define ENGINE_NOTIFY_H

#include "nightdesk/engine/engine.h"

/** Sends the event of META's outcome, if it has one and it was not delivered; n tells gates of one phase
 * apart. */
void nd_notify(const struct nd_engine *e, struct nd_objects *objects, const struct nd_meta *meta, unsigned n);

#endif
