/**
 * What every store holds to, written once: the checks of what is handed in and read back, and the pure part
 * of each write. Nothing here knows how things are kept.
 */
#ifndef STORE_RULES_H
#define STORE_RULES_H

#include "nightdesk/core/store.h"

#define ND_STEP_NO_MAX 999999
#define ND_OBJECT_NAME_MAX 200

/** ND_BAD_INPUT unless it may name a run (and so a file). */
enum nd_rc nd_rules_run_id(const char *run_id, struct nd_error *err);
/** ND_BAD_INPUT unless it is lower-case letters, digits, '.', '_', '-' in parts divided by '/'. */
enum nd_rc nd_rules_object_name(const char *name, struct nd_error *err);
enum nd_rc nd_rules_sha256(const char *sha256, struct nd_error *err);
enum nd_rc nd_rules_create(const struct nd_meta *meta, struct nd_view request, struct nd_error *err);
/** ND_BROKEN for a commit that no engine should make, ND_OVER_LIMIT for too much at once. */
enum nd_rc nd_rules_commit(const struct nd_lease *lease, const struct nd_commit *commit, size_t inline_max,
                           struct nd_error *err);

/* What stands in a store; ND_BROKEN for nonsense, ND_VERSION for a newer format. */
enum nd_rc nd_rules_record(const struct nd_record *record, size_t inline_max, struct nd_error *err);
enum nd_rc nd_rules_reserve(const struct nd_reserve *reserve, struct nd_error *err);
enum nd_rc nd_rules_approval(const struct nd_approval *approval, struct nd_error *err);

/** The order of a walk over records: phase, lane, step. */
int nd_rules_record_order(const struct nd_record *a, const struct nd_record *b);

/** Whether a commit may be applied to what stands. */
enum nd_condition { ND_CONDITION_HOLDS, ND_CONDITION_DONE, ND_CONDITION_LOST };
enum nd_condition nd_rules_condition(const struct nd_meta *stands, const struct nd_meta *wanted);
enum nd_rc nd_rules_lost(const struct nd_meta *stands, const struct nd_meta *wanted, struct nd_error *err);

/** META as the taker leaves it. ND_BROKEN when the open reservations do not sum to what META says. */
enum nd_rc nd_rules_take(struct nd_meta *meta, int64_t open_microusd, const char *commit_id,
                         struct nd_error *err);

void nd_rules_merge(struct nd_control *control, const struct nd_control *more);

/** What becomes of a decision on `stands`: ND_OK with *again set when it is already there, ND_CONFLICT
 * otherwise. */
enum nd_rc nd_rules_decide(const struct nd_approval *stands, const char *shown_sha256,
                           struct nd_view decision, bool *again, struct nd_error *err);

#endif
