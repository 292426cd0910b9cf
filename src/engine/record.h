/**
 * Records: a step as it is stored, both ways. The payload is the deflated JSON
 *
 *     {"action": {"kind", "name", "args"}, "observation": {…}}
 *
 * and of a conversation that extends an earlier one (conversation.h) args.messages holds only the new
 * messages, with "shared": n and "reply": true beside the action, and args.tools is left out when it is the
 * same ("same_tools": true). What is larger than the store keeps inline
 * is a blob. A record read back is hostile until every member was checked.
 */
#ifndef ENGINE_RECORD_H
#define ENGINE_RECORD_H

#include "nightdesk/core/objects.h"
#include "nightdesk/core/step.h"
#include "nightdesk/core/store.h"

/** A record and the bytes that its payload borrows. */
struct nd_packed {
    struct nd_record record;
    struct nd_bytes payload;
};
void nd_packed_release(struct nd_packed *packed);

/**
 * Packs the step that follows the transcript; a large payload is put to objects, durable before this returns.
 * ND_OVER_LIMIT: action and observation are larger than ND_STEP_MAX_BYTES · and what objects->put gives
 */
enum nd_rc nd_record_pack(struct nd_packed *out, unsigned phase, const struct nd_lane *lane,
                          const struct nd_step *step, size_t inline_max, struct nd_objects *objects,
                          struct nd_error *err);

/**
 * Appends the step of a record to the transcript it follows.
 * ND_BROKEN names the record and what is wrong with it · ND_VERSION a newer format · and what objects->get
 * gives
 */
enum nd_rc nd_record_unpack(const struct nd_record *record, struct nd_objects *objects,
                            struct nd_transcript *t, struct nd_error *err);

#endif
