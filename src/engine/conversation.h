/**
 * Which part of a model call was already sent in an earlier step of the lane ("extends", core/model.h). It
 * makes the bound tight and keeps records small: of an extended conversation only what is new is written.
 */
#ifndef ENGINE_CONVERSATION_H
#define ENGINE_CONVERSATION_H

#include "nightdesk/core/model.h"
#include "nightdesk/core/step.h"

struct nd_extension {
    const struct nd_step *step; /* the one extended; NULL: none, the call stands alone */
    size_t shared;              /* how many of its messages the new call repeats: all */
    bool tools;                 /* it offers the same tools */
    bool schema;                /* it wants the same schema */
    bool reply;                 /* the message after them is that step's answer, word for word */
};

/** Looks at args.extends; whatever does not hold (no such step, other messages) means that the call stands
 * alone. */
struct nd_extension nd_extension_of(const struct nd_transcript *t, const struct nd_json *args);

/** What the provider reported for that part; false when it reported nothing usable. */
bool nd_extension_usage(const struct nd_extension *extension, struct nd_usage *known, size_t *known_bytes);

#endif
