/** The wrapped parts of the rig, and the death that they share. */
#ifndef RIG_PARTS_H
#define RIG_PARTS_H

#include "rig.h"

/** One effect: false when it must not happen. *answer_lost: it happens, and nobody hears of it. */
bool rig_effect(struct rig *rig, bool *answer_lost);
bool rig_is_dead(struct rig *rig);
/** What a dead process's calls give. */
enum nd_rc rig_died(struct nd_error *err);
/** Notes the first invariant that did not hold; takes `what`. */
void rig_breaks(struct rig *rig, char *what);

/** A process's handle of the store; nd_store_close. */
struct nd_store *rig_store(struct rig *rig);
/** The model that keeps its own bill, and the notifier; each is closed by its own close. */
struct nd_model *rig_model(struct rig *rig);
struct nd_notifier *rig_notifier(struct rig *rig);
/** The toy pipeline's hook around its tools' calls; ctx is the rig. */
enum nd_rc rig_on_call(void *ctx, const char *tool, const struct nd_json *args, bool after,
                       const atomic_bool *stop);

#endif
