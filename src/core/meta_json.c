/* META as JSON, both ways. Counters stand in arrays, so that the whole stays under ND_META_MAX_BYTES. */
#include "nightdesk/core/store.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define WHOLE_MAX (INT64_C(1) << 53)

/* the places of the two arrays of counters; new ones are added at the end */
static const size_t ledger_at[] = {
    offsetof(struct nd_meta, ledger.ceiling_microusd),
    offsetof(struct nd_meta, ledger.spent_microusd),
    offsetof(struct nd_meta, ledger.reserved_microusd),
    offsetof(struct nd_meta, ledger.unknown_microusd),
    offsetof(struct nd_meta, ledger.steps),
    offsetof(struct nd_meta, ledger.model_calls),
    offsetof(struct nd_meta, ledger.tool_calls),
    offsetof(struct nd_meta, ledger.tokens_in),
    offsetof(struct nd_meta, ledger.tokens_out),
};
static const size_t limits_at[] = {
    offsetof(struct nd_meta, tool_calls_per_lane),
    offsetof(struct nd_meta, tool_calls_per_run),
    offsetof(struct nd_meta, steps_per_lane),
    offsetof(struct nd_meta, wall_max_ms),
    offsetof(struct nd_meta, wall_ms),
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static void set_counters(struct nd_json *json, const char *member, const struct nd_meta *meta,
                         const size_t *at, size_t count)
{
    struct nd_json *array = nd_json_set(json, member, nd_json_array());
    for (size_t i = 0; i < count; i++) {
        nd_json_add_int(array, *(const int64_t *)(const void *)((const char *)meta + at[i]));
    }
}

static void set_given(struct nd_json *json, const char *member, const char *text)
{
    if (*text) nd_json_set_str(json, member, text);
}

struct nd_json *nd_meta_json(const struct nd_meta *meta)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_int(json, "format", meta->format);
    nd_json_set_str(json, "run_id", meta->run_id);
    nd_json_set_str(json, "request", meta->request_sha256);
    nd_json_set_str(json, "pipeline", meta->pipeline_sha256);
    nd_json_set_int(json, "started_ms", meta->started_ms);
    nd_json_set_int(json, "phase", meta->phase);
    nd_json_set_str(json, "outcome", nd_outcome_word(meta->outcome));
    set_given(json, "reason", meta->reason);
    nd_json_set_int(json, "fence", (int64_t)meta->fence);
    nd_json_set_int(json, "rev", (int64_t)meta->rev);
    set_given(json, "commit", meta->commit_id);
    set_counters(json, "ledger", meta, ledger_at, COUNT(ledger_at));
    set_counters(json, "limits", meta, limits_at, COUNT(limits_at));
    if (meta->quiet) nd_json_set_bool(json, "quiet", true);
    if (meta->idle_yields) nd_json_set_int(json, "idle", meta->idle_yields);
    struct nd_json *artefacts = nd_json_set(json, "artefacts", nd_json_array());
    size_t made = ND_PHASES;
    while (made > 0 && !*meta->artefact[made - 1]) made--;
    for (size_t i = 0; i < made; i++) nd_json_add_str(artefacts, meta->artefact[i]);
    set_given(json, "report", meta->report);
    set_given(json, "partial", meta->partial);
    return json;
}

/* ---- parsing: one flag that turns false at the first member that is not as it should be ---- */

static bool read_text(const struct nd_json *node, char *out, size_t size)
{
    const char *text = nd_json_str(node);
    if (!text || strlen(text) >= size) return false;
    (void)snprintf(out, size, "%s", text);
    return true;
}

static bool read_given(const struct nd_json *json, const char *member, char *out, size_t size)
{
    const struct nd_json *node = nd_json_get(json, member);
    return !node || read_text(node, out, size);
}

static bool read_hash(const struct nd_json *node, char out[ND_SHA256_HEX])
{
    return read_text(node, out, ND_SHA256_HEX) && nd_is_hex(out, ND_SHA256_HEX - 1);
}

static bool read_whole(const struct nd_json *json, const char *member, int64_t min, int64_t max, int64_t *out)
{
    const struct nd_json *node = nd_json_get(json, member);
    *out = nd_json_int(node, min);
    return nd_json_is_int(node) && *out >= min && *out <= max;
}

static bool read_counters(const struct nd_json *array, struct nd_meta *meta, const size_t *at, size_t count)
{
    if (nd_json_kind(array) != ND_JSON_ARRAY || nd_json_len(array) != count) return false;
    size_t i = 0;
    ND_JSON_EACH(item, array)
    {
        int64_t value = nd_json_int(item, -1);
        if (!nd_json_is_int(item) || value < 0 || value > WHOLE_MAX) return false;
        *(int64_t *)(void *)((char *)meta + at[i++]) = value;
    }
    return true;
}

static bool read_artefacts(const struct nd_json *array, struct nd_meta *meta)
{
    if (nd_json_kind(array) != ND_JSON_ARRAY || nd_json_len(array) > ND_PHASES) return false;
    size_t i = 0;
    ND_JSON_EACH(item, array)
    {
        char *out = meta->artefact[i++];
        bool none = nd_view_is(nd_json_view(item), "") && nd_json_str(item);
        if (!none && !read_hash(item, out)) return false;
    }
    return true;
}

static bool read_meta(const struct nd_json *json, struct nd_meta *meta)
{
    int64_t phase = 0, fence = 0, rev = 0, idle = 0;
    bool fine = read_text(nd_json_get(json, "run_id"), meta->run_id, sizeof meta->run_id);
    fine = fine && read_hash(nd_json_get(json, "request"), meta->request_sha256);
    fine = fine && read_hash(nd_json_get(json, "pipeline"), meta->pipeline_sha256);
    fine = fine && read_whole(json, "started_ms", 0, WHOLE_MAX, &meta->started_ms);
    fine = fine && read_whole(json, "phase", 0, ND_PHASES, &phase);
    fine = fine && nd_outcome_parse(nd_json_get_str(json, "outcome"), &meta->outcome);
    fine = fine && read_given(json, "reason", meta->reason, sizeof meta->reason);
    fine = fine && read_whole(json, "fence", 0, WHOLE_MAX, &fence);
    fine = fine && read_whole(json, "rev", 0, WHOLE_MAX, &rev);
    fine = fine && read_given(json, "commit", meta->commit_id, sizeof meta->commit_id);
    fine = fine && read_counters(nd_json_get(json, "ledger"), meta, ledger_at, COUNT(ledger_at));
    fine = fine && read_counters(nd_json_get(json, "limits"), meta, limits_at, COUNT(limits_at));
    fine = fine && (!nd_json_get(json, "idle") || read_whole(json, "idle", 0, 1000000, &idle));
    fine = fine && read_artefacts(nd_json_get(json, "artefacts"), meta);
    fine = fine && (!nd_json_get(json, "report") || read_hash(nd_json_get(json, "report"), meta->report));
    fine = fine && (!nd_json_get(json, "partial") || read_hash(nd_json_get(json, "partial"), meta->partial));
    meta->quiet = nd_json_get_bool(json, "quiet", false);
    meta->phase = (unsigned)phase;
    meta->fence = (uint64_t)fence;
    meta->rev = (uint64_t)rev;
    meta->idle_yields = (unsigned)idle;
    return fine;
}

enum nd_rc nd_meta_parse(struct nd_meta *out, struct nd_view json_text, struct nd_error *err)
{
    struct nd_json *json = NULL;
    if (nd_json_parse(&json, json_text, err) != ND_OK) {
        nd_error_clear(err);
        return nd_fail(err, ND_BROKEN, "the head of the run is not JSON: the store is damaged");
    }
    struct nd_meta meta = {0};
    enum nd_rc rc = ND_OK;
    int64_t format = nd_json_get_int(json, "format", 0);
    if (format > ND_META_FORMAT) {
        rc = nd_fail(err, ND_VERSION,
                     "the run has format %lld, this nightdesk reads up to %d: use a newer one",
                     (long long)format, ND_META_FORMAT);
    } else if (format < 1 || !read_meta(json, &meta)) {
        rc = nd_fail(err, ND_BROKEN,
                     "the head of the run has a wrong or missing member: the store is damaged");
    } else {
        meta.format = (unsigned)format;
        *out = meta;
    }
    nd_json_free(json);
    return rc;
}
