/* Items of the table, both ways. What is read back is hostile until the rules have seen it. */
#include "dynamo.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "rules.h"

#include <stdio.h>
#include <string.h>

#define WHOLE_MAX (INT64_C(1) << 53)

/* attributes of META that are not members of nd_meta_json */
static const char *const beside[] = {"pk", "sk", "held", "gate", "removing"};

struct nd_json *nd_dynamo_key(const char *run_id, const char *sk)
{
    struct nd_json *key = nd_json_object();
    char *pk = nd_sprintf("RUN#%s", run_id);
    nd_item_set_str(key, "pk", pk);
    nd_item_set_str(key, "sk", sk);
    nd_free(pk);
    return key;
}

void nd_dynamo_step_sk(const struct nd_record *r, char out[ND_DYNAMO_SK_BYTES])
{
    (void)snprintf(out, ND_DYNAMO_SK_BYTES, "STEP#%u#%s#%06u", r->phase, r->lane, r->step);
}

void nd_dynamo_gate_sk(const char *gate, unsigned n, char out[ND_DYNAMO_SK_BYTES])
{
    (void)snprintf(out, ND_DYNAMO_SK_BYTES, "APPROVAL#%s#%u", gate, n);
}

/* ---- reading members: one flag that turns false at the first that is not as it should be ---- */

static bool read_text(const struct nd_json *item, const char *name, char *out, size_t size)
{
    const char *text = nd_item_str(item, name);
    if (!text || strlen(text) >= size) return false;
    (void)snprintf(out, size, "%s", text);
    return true;
}

static bool read_given(const struct nd_json *item, const char *name, char *out, size_t size)
{
    out[0] = '\0';
    return !nd_item_has(item, name) || read_text(item, name, out, size);
}

static bool read_number(const struct nd_json *item, const char *name, int64_t max, int64_t *out)
{
    *out = nd_item_int(item, name, -1);
    return *out >= 0 && *out <= max;
}

static bool read_unsigned(const struct nd_json *item, const char *name, unsigned max, unsigned *out)
{
    int64_t value = 0;
    bool fine = read_number(item, name, max, &value);
    *out = fine ? (unsigned)value : 0;
    return fine;
}

static enum nd_rc broken(const struct nd_json *item, struct nd_error *err)
{
    const char *pk = nd_item_str(item, "pk"), *sk = nd_item_str(item, "sk");
    return nd_fail(err, ND_BROKEN,
                   "item '%.80s', '%.80s' has a wrong or missing attribute: the table is damaged",
                   pk ? pk : "", sk ? sk : "");
}

/* ---- META ---- */

struct nd_json *nd_dynamo_head_item(const struct dynamo_head *head)
{
    struct nd_json *item = nd_dynamo_key(head->meta.run_id, "META");
    struct nd_json *json = nd_meta_json(&head->meta);
    ND_JSON_EACH(member, json)
    {
        const char *name = nd_json_name(member);
        if (strcmp(name, "run_id") != 0) nd_item_set_json(item, name, member);
    }
    nd_json_free(json);
    nd_item_set_bool(item, "held", head->held);
    if (*head->gate) nd_item_set_str(item, "gate", head->gate);
    if (head->removing) nd_item_set_bool(item, "removing", true);
    return item;
}

static bool is_beside(const char *name)
{
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
        if (strcmp(name, beside[i]) == 0) return true;
    return false;
}

static enum nd_rc parse_meta(const struct nd_json *item, const char *run_id, struct nd_meta *out,
                             struct nd_error *err)
{
    struct nd_json *json = nd_json_object();
    bool fine = true;
    nd_json_set_str(json, "run_id", run_id);
    ND_JSON_EACH(attribute, item)
    {
        const char *name = nd_json_name(attribute);
        if (is_beside(name)) continue;
        struct nd_json *value = nd_item_json(item, name);
        if (value) {
            nd_json_set(json, name, value);
        } else {
            fine = false;
        }
    }
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(json, &text);
    enum nd_rc rc = fine ? nd_meta_parse(out, nd_bytes_view(&text), err) : broken(item, err);
    nd_bytes_release(&text);
    nd_json_free(json);
    return rc;
}

enum nd_rc nd_dynamo_head_parse(const struct nd_json *item, const char *run_id, struct dynamo_head *out,
                                struct nd_error *err)
{
    struct dynamo_head head = {
        .held = nd_item_bool(item, "held", true), /* not taken for free when it is unclear */
        .removing = nd_item_bool(item, "removing", false)};
    if (!read_given(item, "gate", head.gate, sizeof head.gate)) return broken(item, err);
    enum nd_rc rc = parse_meta(item, run_id, &head.meta, err);
    if (rc == ND_OK) *out = head;
    return rc;
}

/* ---- sort keys: parts between "#"; what is read must give the same key when it is written ---- */

static struct nd_view part_of(const char *sk, unsigned number)
{
    struct nd_view all = nd_view_of(sk);
    size_t at = 0;
    for (; number > 0 && at != SIZE_MAX; number--) {
        at = nd_view_find(all, ND_VIEW("#"), at);
        if (at != SIZE_MAX) at++;
    }
    return at == SIZE_MAX ? (struct nd_view){"", 0}
                          : nd_view_sub(all, at, nd_view_find(all, ND_VIEW("#"), at));
}

static void part_text(const char *sk, unsigned number, char *out, size_t size)
{
    struct nd_view part = part_of(sk, number);
    (void)snprintf(out, size, "%.*s", (int)part.len, part.data);
}

static unsigned part_number(const char *sk, unsigned number)
{
    int64_t value = 0;
    bool fine = nd_view_int(part_of(sk, number), &value) && value >= 0 && value <= ND_STEP_NO_MAX;
    return fine ? (unsigned)value : 0;
}

/* ---- records ---- */

struct nd_json *nd_dynamo_record_item(const char *run_id, const struct nd_record *r)
{
    char sk[ND_DYNAMO_SK_BYTES];
    nd_dynamo_step_sk(r, sk);
    struct nd_json *item = nd_dynamo_key(run_id, sk);
    nd_item_set_int(item, "format", r->format);
    nd_item_set_str(item, "id", r->id);
    nd_item_set_str(item, "version", r->version);
    nd_item_set_int(item, "cost", r->cost_microusd);
    if (*r->blob) {
        nd_item_set_str(item, "blob", r->blob);
    } else {
        nd_item_set_bytes(item, "payload", r->payload);
    }
    return item;
}

/* "STEP#1#0#000003" */
static bool parse_step_sk(const char *sk, struct nd_record *out)
{
    char written[ND_DYNAMO_SK_BYTES];
    if (!sk) return false;
    out->phase = part_number(sk, 1);
    part_text(sk, 2, out->lane, sizeof out->lane);
    out->step = part_number(sk, 3);
    nd_dynamo_step_sk(out, written);
    return strcmp(sk, written) == 0;
}

enum nd_rc nd_dynamo_record_parse(const struct nd_json *item, struct nd_record *out, struct nd_bytes *payload,
                                  struct nd_error *err)
{
    struct nd_record r = {0};
    bool fine = parse_step_sk(nd_item_str(item, "sk"), &r);
    fine = fine && read_unsigned(item, "format", UINT32_MAX, &r.format);
    fine = fine && read_text(item, "id", r.id, sizeof r.id) &&
           read_text(item, "version", r.version, sizeof r.version);
    fine = fine && read_number(item, "cost", WHOLE_MAX, &r.cost_microusd);
    fine = fine && read_given(item, "blob", r.blob, sizeof r.blob);
    nd_bytes_clear(payload);
    fine = fine &&
           (!nd_item_has(item, "payload") || (nd_item_bytes(item, "payload", payload) && !payload->over));
    if (!fine) return broken(item, err);
    r.payload = payload->len ? nd_bytes_view(payload) : (struct nd_view){0};
    enum nd_rc rc = nd_rules_record(&r, ND_DYNAMO_INLINE_MAX, err);
    if (rc == ND_OK) *out = r;
    return rc;
}

/* ---- reservations ---- */

struct nd_json *nd_dynamo_reserve_item(const char *run_id, const struct nd_reserve *r, uint64_t fence)
{
    char sk[ND_DYNAMO_SK_BYTES];
    (void)snprintf(sk, sizeof sk, "RESERVE#%s", r->id);
    struct nd_json *item = nd_dynamo_key(run_id, sk);
    nd_item_set_str(item, "action_id", r->action_id);
    nd_item_set_int(item, "phase", r->phase);
    nd_item_set_str(item, "lane", r->lane);
    nd_item_set_int(item, "step", r->step);
    nd_item_set_int(item, "amount", r->amount_microusd);
    nd_item_set_bool(item, "unknown", r->state == ND_RESERVE_UNKNOWN);
    nd_item_set_int(item, "fence", (int64_t)fence);
    return item;
}

enum nd_rc nd_dynamo_reserve_parse(const struct nd_json *item, struct nd_reserve *out, uint64_t *fence,
                                   struct nd_error *err)
{
    struct nd_reserve r = {0};
    int64_t made = 0;
    const char *sk = nd_item_str(item, "sk");
    static const char prefix[] = "RESERVE#";
    bool fine = sk && strncmp(sk, prefix, sizeof prefix - 1) == 0;
    if (fine) part_text(sk, 1, r.id, sizeof r.id);
    fine = fine && strcmp(sk + sizeof prefix - 1, r.id) == 0;
    fine = fine && read_text(item, "action_id", r.action_id, sizeof r.action_id);
    fine = fine && read_unsigned(item, "phase", ND_PHASES, &r.phase) &&
           read_text(item, "lane", r.lane, sizeof r.lane);
    fine = fine && read_unsigned(item, "step", ND_STEP_NO_MAX, &r.step);
    fine = fine && read_number(item, "amount", WHOLE_MAX, &r.amount_microusd);
    fine = fine && read_number(item, "fence", WHOLE_MAX, &made);
    if (!fine) return broken(item, err);
    r.state = nd_item_bool(item, "unknown", true) ? ND_RESERVE_UNKNOWN : ND_RESERVE_OPEN;
    enum nd_rc rc = nd_rules_reserve(&r, err);
    if (rc == ND_OK) {
        *out = r;
        *fence = (uint64_t)made;
    }
    return rc;
}

/* ---- gates ---- */

struct nd_json *nd_dynamo_approval_item(const char *run_id, const struct nd_approval *a)
{
    char sk[ND_DYNAMO_SK_BYTES];
    nd_dynamo_gate_sk(a->gate, a->n, sk);
    struct nd_json *item = nd_dynamo_key(run_id, sk);
    nd_item_set_int(item, "phase", a->phase);
    nd_item_set_str(item, "shown_sha256", a->shown_sha256);
    nd_item_set_bytes(item, "shown", a->shown);
    if (a->decision.len) nd_item_set_view(item, "decision", a->decision);
    nd_item_set_int(item, "opened_ms", a->opened_ms);
    nd_item_set_int(item, "expires_ms", a->expires_ms);
    char expires_at[ND_TIME_BYTES]; /* a state machine compares times only as texts */
    nd_time_format(a->expires_ms, expires_at);
    nd_item_set_str(item, "expires_at", expires_at);
    return item;
}

/* "APPROVAL#plan#1" */
static bool parse_gate_sk(const char *sk, struct nd_approval *out)
{
    char written[ND_DYNAMO_SK_BYTES];
    if (!sk) return false;
    part_text(sk, 1, out->gate, sizeof out->gate);
    out->n = part_number(sk, 2);
    nd_dynamo_gate_sk(out->gate, out->n, written);
    return strcmp(sk, written) == 0;
}

enum nd_rc nd_dynamo_approval_parse(const struct nd_json *item, struct nd_approval *out,
                                    struct nd_bytes *shown, struct nd_bytes *decision, struct nd_error *err)
{
    struct nd_approval a = {0};
    bool fine = parse_gate_sk(nd_item_str(item, "sk"), &a);
    fine = fine && read_unsigned(item, "phase", ND_PHASES, &a.phase);
    fine = fine && read_text(item, "shown_sha256", a.shown_sha256, sizeof a.shown_sha256);
    fine = fine && read_number(item, "opened_ms", WHOLE_MAX, &a.opened_ms);
    fine = fine && read_number(item, "expires_ms", WHOLE_MAX, &a.expires_ms);
    nd_bytes_clear(shown);
    nd_bytes_clear(decision);
    fine = fine && nd_item_bytes(item, "shown", shown) && !shown->over;
    const char *text = nd_item_str(item, "decision");
    fine = fine && (text || !nd_item_has(item, "decision"));
    if (text) nd_bytes_add_str(decision, text);
    fine = fine && !decision->over;
    if (!fine) return broken(item, err);
    a.shown = nd_bytes_view(shown);
    a.decision = decision->len ? nd_bytes_view(decision) : (struct nd_view){0};
    enum nd_rc rc = nd_rules_approval(&a, err);
    if (rc == ND_OK) *out = a;
    return rc;
}
