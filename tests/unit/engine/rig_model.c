/* The rig's model, tool calls and notifications: what leaves the machine. */
#include "rig_parts.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"

#include <string.h>

/* ---- the model ---- */

struct rig_model {
    struct nd_model base;
    struct rig *rig;
};

/* Prices: 1 microusd a byte in, 5 a token out; the provider counts a token for every 4 bytes. */
static size_t content_bytes(const struct nd_json *args)
{
    size_t bytes = 0;
    ND_JSON_EACH(message, nd_json_get(args, "messages"))
    bytes += nd_json_view(nd_json_get(message, "content")).len;
    return bytes;
}

static enum nd_rc m_bound(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                          size_t known_bytes, int64_t *microusd, struct nd_error *err)
{
    (void)m;
    (void)err;
    size_t bytes = content_bytes(args);
    ck_assert_uint_le(known_bytes, bytes);
    int64_t tokens = known ? known->input + (int64_t)(bytes - known_bytes) : (int64_t)bytes;
    *microusd = tokens + 8 + 5 * nd_json_get_int(args, "max_tokens", 0);
    return ND_OK;
}

static void m_tighten(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                      int64_t *microusd)
{
    (void)stop;
    if (!((struct rig_model *)m)->rig->counts) return;
    *microusd = (int64_t)(content_bytes(args) + 3) / 4 + 8 + 5 * nd_json_get_int(args, "max_tokens", 0);
}

static enum rig_answer next_answer(struct rig *rig)
{
    if (rig->answers_n == 0) return rig->always;
    enum rig_answer answer = rig->answers[0];
    memmove(rig->answers, rig->answers + 1, --rig->answers_n * sizeof *rig->answers);
    return answer;
}

static void bill(struct rig *rig, const struct nd_json *args, int64_t microusd)
{
    char *key = nd_sprintf("%lld %s %s", (long long)nd_json_get_int(args, "phase", -1),
                           nd_json_get_str(args, "lane"), nd_json_get_str(args, "what"));
    rig->bill_microusd += microusd;
    for (size_t i = 0; i < rig->bill_count; i++) {
        if (strcmp(rig->bills[i].key, key) != 0) continue;
        rig->bills[i].times++;
        rig->bills[i].microusd += microusd;
        nd_free(key);
        return;
    }
    ND_GROW(rig->bills, rig->bill_count, rig->bill_cap);
    rig->bills[rig->bill_count++] = (struct rig_bill){key, 1, microusd};
}

static struct nd_json *answer_to(const struct nd_json *args, int64_t *microusd)
{
    char hex[ND_SHA256_HEX];
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(args, &text);
    nd_sha256_hex(nd_bytes_view(&text), hex);
    nd_bytes_release(&text);
    hex[16] = '\0';
    int64_t input = (int64_t)(content_bytes(args) + 3) / 4, output = 4;
    struct nd_json *observation = nd_json_object();
    nd_json_set_str(observation, "text", hex);
    struct nd_json *usage = nd_json_set(observation, "usage", nd_json_object());
    nd_json_set_int(usage, "input", input);
    nd_json_set_int(usage, "output", output);
    *microusd = input + 5 * output;
    return observation;
}

static enum nd_rc end_call(struct rig *rig, const struct nd_json *args, struct nd_json **observation,
                           int64_t *cost, int64_t *wait_ms, struct nd_error *err)
{
    struct nd_json *answer = answer_to(args, cost);
    enum nd_rc rc = ND_OK;
    (void)pthread_mutex_lock(&rig->mutex);
    switch (next_answer(rig)) {
    case RIG_BUSY:
        *wait_ms = 700;
        rc = nd_fail(err, ND_RETRY, "too many requests");
        break;
    case RIG_ABSENT:
        *wait_ms = 0;
        rc = nd_fail(err, ND_RETRY, "'http://127.0.0.1:1' was not reached");
        break;
    case RIG_LOST:
        bill(rig, args, *cost);
        rc = nd_fail(err, ND_UNKNOWN, "timed out");
        break;
    case RIG_LOST_UNBILLED:
        rc = nd_fail(err, ND_UNKNOWN, "reset");
        break;
    case RIG_REFUSES_KEY:
        rc = nd_fail(err, ND_CONFIG, "the key was refused");
        break;
    case RIG_OVERBILLS:
        *cost += 1000;
        bill(rig, args, *cost);
        break;
    case RIG_ERROR:
        *cost = 0;
        nd_json_free(answer);
        answer = nd_json_object();
        nd_json_set_str(nd_json_set(answer, "error", nd_json_object()), "message", "bad schema");
        break;
    default:
        bill(rig, args, *cost);
    }
    (void)pthread_mutex_unlock(&rig->mutex);
    if (rc == ND_OK) {
        *observation = answer;
    } else {
        nd_json_free(answer);
    }
    return rc;
}

static enum nd_rc m_ask(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                        struct nd_json **observation, int64_t *cost, int64_t *wait_ms, struct nd_error *err)
{
    struct rig *rig = ((struct rig_model *)m)->rig;
    bool lost = false;
    if (atomic_load(stop)) return nd_fail(err, ND_STOPPED, "asked to stop");
    if (rig->on_effect) rig->on_effect(rig);
    enum nd_rc rc =
        rig_effect(rig, &lost) ? end_call(rig, args, observation, cost, wait_ms, err) : rig_died(err);
    if (lost && rc == ND_OK) {
        nd_json_free(*observation);
        *observation = NULL;
    }
    if (lost) rc = rig_died(err);
    return rc;
}

static void m_close(struct nd_model *m)
{
    nd_free(m);
}

/* ---- tools and notifications ---- */

enum nd_rc rig_on_call(void *ctx, const char *tool, const struct nd_json *args, bool after,
                       const atomic_bool *stop)
{
    struct rig *rig = ctx;
    (void)stop;
    bool lost = false;
    if (after) return rig_is_dead(rig) ? ND_UNKNOWN : ND_OK;
    if (strcmp(tool, "fetch") != 0) return rig_is_dead(rig) ? ND_UNKNOWN : ND_OK;
    if (rig->on_effect) rig->on_effect(rig);
    if (!rig_effect(rig, &lost)) return ND_UNKNOWN;
    char *key =
        nd_sprintf("%lld %s", (long long)nd_json_get_int(args, "phase", -1), nd_json_get_str(args, "lane"));
    (void)pthread_mutex_lock(&rig->mutex);
    bool there = false;
    for (size_t i = 0; i < rig->calls_distinct.n; i++)
        there = there || strcmp(rig->calls_distinct.v[i], key) == 0;
    if (!there) nd_strings_add(&rig->calls_distinct, key);
    rig->calls_out++;
    rig->bill_microusd += TOY_FEE_MICROUSD;
    (void)pthread_mutex_unlock(&rig->mutex);
    nd_free(key);
    return lost ? ND_UNKNOWN : ND_OK;
}

struct rig_notifier {
    struct nd_notifier base;
    struct rig *rig;
};

static enum nd_rc n_send(struct nd_notifier *n, const struct nd_json *event, struct nd_error *err)
{
    struct rig *rig = ((struct rig_notifier *)n)->rig;
    bool lost = false;
    if (!rig_effect(rig, &lost)) return rig_died(err);
    if (rig->sends_fail) return nd_fail(err, ND_RETRY, "nobody listens");
    (void)pthread_mutex_lock(&rig->mutex);
    nd_strings_add(&rig->sent, nd_json_get_str(event, "event_id"));
    (void)pthread_mutex_unlock(&rig->mutex);
    return lost ? rig_died(err) : ND_OK;
}

static void n_close(struct nd_notifier *n)
{
    nd_free(n);
}

struct nd_model *rig_model(struct rig *rig)
{
    static const struct nd_model_ops ops = {
        .bound = m_bound, .ask = m_ask, .close = m_close, .tighten = m_tighten};
    struct rig_model *model = ND_NEW(struct rig_model);
    *model = (struct rig_model){.base = {&ops}, .rig = rig};
    return &model->base;
}

struct nd_notifier *rig_notifier(struct rig *rig)
{
    static const struct nd_notifier_ops ops = {.name = "rig", .send = n_send, .close = n_close};
    struct rig_notifier *notifier = ND_NEW(struct rig_notifier);
    *notifier = (struct rig_notifier){.base = {&ops}, .rig = rig};
    return &notifier->base;
}
