#include "rules.h"
#include "nightdesk/core/request.h"

#include <stdio.h>
#include <string.h>

enum nd_rc nd_rules_run_id(const char *run_id, struct nd_error *err)
{
    if (run_id && nd_run_id_valid(run_id)) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "run id '%.80s' is not 1 to 64 of 0-9 A-Z a-z _ -",
                   run_id ? run_id : "");
}

enum nd_rc nd_rules_object_name(const char *name, struct nd_error *err)
{
    static const char wanted[] = "0123456789abcdefghijklmnopqrstuvwxyz._-/";
    size_t len = name ? strlen(name) : 0;
    if (len > 0 && len <= ND_OBJECT_NAME_MAX && strspn(name, wanted) == len) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "object name '%.80s' is not 1 to %d of a-z 0-9 . _ - /",
                   name ? name : "", ND_OBJECT_NAME_MAX);
}

enum nd_rc nd_rules_sha256(const char *sha256, struct nd_error *err)
{
    if (nd_is_hex(sha256, ND_SHA256_HEX - 1)) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "'%.80s' is not a sha256 in 64 lower-case hex digits",
                   sha256 ? sha256 : "");
}

enum nd_rc nd_rules_create(const struct nd_meta *meta, struct nd_view request, struct nd_error *err)
{
    enum nd_rc rc = nd_rules_run_id(meta->run_id, err);
    if (rc != ND_OK) return rc;
    if (meta->format != ND_META_FORMAT || meta->rev != 0)
        return nd_fail(err, ND_BROKEN, "new run '%s' has format %u and rev %llu, wanted %d and 0",
                       meta->run_id, meta->format, (unsigned long long)meta->rev, ND_META_FORMAT);
    if (meta->started_ms < 0)
        return nd_fail(err, ND_BAD_INPUT, "run '%s' would start before 1970: %lld ms", meta->run_id,
                       (long long)meta->started_ms);
    if (request.len > ND_REQUEST_MAX_BYTES)
        return nd_fail(err, ND_OVER_LIMIT, "the request of run '%s' has %zu bytes, limit is %zu",
                       meta->run_id, request.len, ND_REQUEST_MAX_BYTES);
    return ND_OK;
}

/* ---- what stands in a store ---- */

static bool lane_valid(const char *lane)
{
    return strcmp(lane, "0") == 0 || nd_is_hex(lane, ND_LANE_ID_BYTES - 1);
}

static bool place_valid(unsigned phase, const char *lane, unsigned step)
{
    return phase < ND_PHASES && lane_valid(lane) && step <= ND_STEP_NO_MAX;
}

enum nd_rc nd_rules_record(const struct nd_record *r, size_t inline_max, struct nd_error *err)
{
    if (r->format > ND_RECORD_FORMAT)
        return nd_fail(err, ND_VERSION,
                       "a record has format %u, this nightdesk reads up to %d: use a newer one", r->format,
                       ND_RECORD_FORMAT);
    bool fine = r->format >= 1 && place_valid(r->phase, r->lane, r->step);
    fine = fine && nd_is_hex(r->id, ND_ACTION_ID_BYTES - 1) && nd_is_hex(r->version, sizeof r->version - 1);
    fine = fine && r->cost_microusd >= 0 && r->payload.len <= inline_max;
    fine = fine &&
           (*r->blob ? nd_is_hex(r->blob, ND_SHA256_HEX - 1) && r->payload.len == 0 : r->payload.len > 0);
    if (fine) return ND_OK;
    return nd_fail(err, ND_BROKEN, "record of phase %u, lane '%.16s', step %u has a wrong member", r->phase,
                   r->lane, r->step);
}

int nd_rules_record_order(const struct nd_record *a, const struct nd_record *b)
{
    if (a->phase != b->phase) return a->phase < b->phase ? -1 : 1;
    int order = strcmp(a->lane, b->lane);
    return order ? order : (a->step > b->step) - (a->step < b->step);
}

enum nd_rc nd_rules_reserve(const struct nd_reserve *r, struct nd_error *err)
{
    bool fine = nd_is_hex(r->id, sizeof r->id - 1) && nd_is_hex(r->action_id, ND_ACTION_ID_BYTES - 1);
    fine = fine && place_valid(r->phase, r->lane, r->step) && r->amount_microusd >= 0;
    fine = fine && (r->state == ND_RESERVE_OPEN || r->state == ND_RESERVE_UNKNOWN);
    if (fine) return ND_OK;
    return nd_fail(err, ND_BROKEN, "reservation '%.32s' has a wrong member", r->id);
}

enum nd_rc nd_rules_approval(const struct nd_approval *a, struct nd_error *err)
{
    size_t letters = strspn(a->gate, "abcdefghijklmnopqrstuvwxyz");
    bool fine = letters > 0 && a->gate[letters] == '\0' && a->n >= 1 && a->phase < ND_PHASES;
    fine = fine && nd_is_hex(a->shown_sha256, ND_SHA256_HEX - 1);
    if (fine) return ND_OK;
    return nd_fail(err, ND_BROKEN, "approval '%.31s' %u has a wrong member", a->gate, a->n);
}

/* ---- a commit ---- */

static enum nd_rc check_amount(const struct nd_commit *c, struct nd_error *err)
{
    size_t entries = c->record_count + c->reserve_count + c->released_count + c->approval_count;
    size_t bytes = ND_META_MAX_BYTES;
    for (size_t i = 0; i < c->record_count; i++) bytes += c->records[i].payload.len;
    for (size_t i = 0; i < c->approval_count; i++) bytes += c->approvals[i].shown.len;
    if (entries <= ND_COMMIT_MAX_ENTRIES && bytes <= ND_COMMIT_MAX_BYTES) return ND_OK;
    return nd_fail(err, ND_OVER_LIMIT, "commit has %zu entries and %zu bytes, limits are %d and %zu", entries,
                   bytes, ND_COMMIT_MAX_ENTRIES, ND_COMMIT_MAX_BYTES);
}

static enum nd_rc check_entries(const struct nd_commit *c, size_t inline_max, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; rc == ND_OK && i < c->record_count; i++)
        rc = nd_rules_record(&c->records[i], inline_max, err);
    for (size_t i = 0; rc == ND_OK && i < c->reserve_count; i++) rc = nd_rules_reserve(&c->reserves[i], err);
    for (size_t i = 0; rc == ND_OK && i < c->approval_count; i++)
        rc = nd_rules_approval(&c->approvals[i], err);
    return rc;
}

enum nd_rc nd_rules_commit(const struct nd_lease *lease, const struct nd_commit *c, size_t inline_max,
                           struct nd_error *err)
{
    const struct nd_meta *meta = c->meta;
    bool fine = strcmp(meta->run_id, lease->run_id) == 0 && meta->fence == lease->fence && meta->rev > 0;
    fine = fine && meta->format == ND_META_FORMAT && nd_is_hex(meta->commit_id, sizeof meta->commit_id - 1);
    if (!fine)
        return nd_fail(err, ND_BROKEN,
                       "commit to run '%.64s' does not fit its lease of run '%.64s', fence %llu",
                       meta->run_id, lease->run_id, (unsigned long long)lease->fence);
    enum nd_rc rc = check_amount(c, err);
    return rc == ND_OK ? check_entries(c, inline_max, err) : rc;
}

enum nd_condition nd_rules_condition(const struct nd_meta *stands, const struct nd_meta *wanted)
{
    if (stands->fence != wanted->fence) return ND_CONDITION_LOST;
    if (stands->rev + 1 == wanted->rev) return ND_CONDITION_HOLDS;
    bool own = stands->rev == wanted->rev && strcmp(stands->commit_id, wanted->commit_id) == 0;
    return own ? ND_CONDITION_DONE : ND_CONDITION_LOST;
}

enum nd_rc nd_rules_lost(const struct nd_meta *stands, const struct nd_meta *wanted, struct nd_error *err)
{
    return nd_fail(
        err, ND_LOST_LEASE,
        "run '%s' stands at fence %llu, rev %llu; the commit wanted fence %llu, rev %llu before it",
        wanted->run_id, (unsigned long long)stands->fence, (unsigned long long)stands->rev,
        (unsigned long long)wanted->fence, (unsigned long long)wanted->rev - 1);
}

enum nd_rc nd_rules_take(struct nd_meta *meta, int64_t open_microusd, const char *commit_id,
                         struct nd_error *err)
{
    struct nd_ledger *ledger = &meta->ledger;
    if (open_microusd != ledger->reserved_microusd)
        return nd_fail(err, ND_BROKEN,
                       "open reservations of run '%s' sum to %lld microusd, its head says %lld", meta->run_id,
                       (long long)open_microusd, (long long)ledger->reserved_microusd);
    ledger->unknown_microusd += open_microusd;
    ledger->reserved_microusd = 0;
    meta->fence++;
    meta->rev++;
    meta->outcome = ND_RUNNING;
    (void)snprintf(meta->commit_id, sizeof meta->commit_id, "%s", commit_id);
    return ND_OK;
}

/* ---- what others write ---- */

static void merge_one(int64_t *value, int64_t more)
{
    if (more >= 0) *value = more;
}

void nd_rules_merge(struct nd_control *control, const struct nd_control *more)
{
    control->cancel = control->cancel || more->cancel;
    merge_one(&control->ceiling_microusd, more->ceiling_microusd);
    merge_one(&control->tool_calls_per_lane, more->tool_calls_per_lane);
    merge_one(&control->tool_calls_per_run, more->tool_calls_per_run);
    merge_one(&control->steps_per_lane, more->steps_per_lane);
    merge_one(&control->wall_max_ms, more->wall_max_ms);
}

enum nd_rc nd_rules_decide(const struct nd_approval *stands, const char *shown_sha256,
                           struct nd_view decision, bool *again, struct nd_error *err)
{
    if (!decision.len)
        return nd_fail(err, ND_BAD_INPUT, "the decision on gate '%s' %u is empty", stands->gate, stands->n);
    if (strcmp(stands->shown_sha256, shown_sha256) != 0)
        return nd_fail(err, ND_CONFLICT, "gate '%s' %u shows %.12s…, the decision is about %.12s…",
                       stands->gate, stands->n, stands->shown_sha256, shown_sha256);
    if (stands->decision.len && !nd_view_eq(stands->decision, decision))
        return nd_fail(err, ND_CONFLICT, "gate '%s' %u was already decided otherwise", stands->gate,
                       stands->n);
    *again = stands->decision.len > 0;
    return ND_OK;
}
