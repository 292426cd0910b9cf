/* Records: round trips, size, and what a damaged store may hold. */
#include "record.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/deflate.h"
#include "nightdesk/store/store.h"

#include <string.h>

#define INLINE_MAX 2000

struct bench {
    struct nd_store *store;
    struct nd_objects *objects;
    struct nd_lane lane;
    struct nd_error err;
};

static void bench_open(struct bench *b)
{
    struct nd_meta meta = {.format = ND_META_FORMAT, .run_id = "r"};
    memset(meta.request_sha256, 'a', 64);
    memset(meta.pipeline_sha256, 'a', 64);
    *b = (struct bench){.store = nd_store_memory_open(nd_host_posix()), .lane = {.id = "0123456789abcdef"}};
    nd_ck_ok(b->store->ops->create(b->store, &meta, ND_VIEW("{}"), &b->err), &b->err);
    nd_ck_ok(b->store->ops->objects(b->store, "r", &b->objects, &b->err), &b->err);
}

static void bench_close(struct bench *b)
{
    nd_lane_release(&b->lane);
    nd_objects_close(b->objects);
    nd_store_close(b->store);
}

static struct nd_json *json(const char *text)
{
    struct nd_json *out = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&out, nd_view_of(text), &err), &err);
    return out;
}

static struct nd_step step_of(const struct nd_lane *lane, enum nd_act kind, const char *args,
                              const char *observation)
{
    struct nd_step step = {
        .no = (unsigned)lane->transcript.n, .cost_microusd = 12, .version = "aaaaaaaaaaaaaaaa"};
    step.action.kind = kind;
    strcpy(step.action.name, "write");
    step.action.args = json(args);
    step.observation = json(observation);
    nd_action_id("draft", lane->id, step.no, &step.action, step.id);
    return step;
}

static void step_free(struct nd_step *step)
{
    nd_action_release(&step->action);
    nd_json_free(step->observation);
}

/* Packs, unpacks behind what is there, and compares. */
static size_t round_trip(struct bench *b, enum nd_act kind, const char *args, const char *observation)
{
    struct nd_step step = step_of(&b->lane, kind, args, observation);
    struct nd_packed packed = {0};
    nd_ck_ok(nd_record_pack(&packed, 1, &b->lane, &step, INLINE_MAX, b->objects, &b->err), &b->err);
    ck_assert_uint_le(packed.record.payload.len, INLINE_MAX);
    nd_ck_ok(nd_record_unpack(&packed.record, b->objects, &b->lane.transcript, &b->err), &b->err);
    const struct nd_step *back = &b->lane.transcript.v[step.no];
    ck_assert_int_eq(back->action.kind, kind);
    ck_assert_str_eq(back->action.name, "write");
    ck_assert(nd_json_equal(back->action.args, step.action.args));
    ck_assert(nd_json_equal(back->observation, step.observation));
    ck_assert_str_eq(back->id, step.id);
    ck_assert_int_eq(back->cost_microusd, 12);
    char id[ND_ACTION_ID_BYTES];
    nd_action_id("draft", b->lane.id, step.no, &back->action, id);
    ck_assert_str_eq(id, step.id);
    size_t bytes = packed.payload.len;
    step_free(&step);
    nd_packed_release(&packed);
    return bytes;
}

START_TEST(steps_come_back_as_they_were)
{
    struct bench b;
    bench_open(&b);
    (void)round_trip(&b, ND_ACT_TOOL, "{\"x\":[1,2.5,\"\\u00e9\",null,true]}", "{\"y\":{}}");
    (void)round_trip(&b, ND_ACT_HUMAN, "{\"shown\":{}}", "{\"decision\":\"approve\"}");
    (void)round_trip(&b, ND_ACT_TOOL, "{}", "{\"refused\":\"phase_cap\"}");
    bench_close(&b);
}
END_TEST

#define TOOLS                                                                                                \
    "[{\"name\":\"search\",\"description\":\"looks for words in the gathered "                               \
    "documents\",\"schema\":{\"type\":"                                                                      \
    "\"object\",\"properties\":{\"query\":{\"type\":\"string\",\"description\":\"what to look for\"}}}}]"
#define CALL(n)                                                                                              \
    "{\"type\":\"tool_use\",\"id\":\"t" #n "\",\"name\":\"search\",\"input\":{\"query\":\"q" #n "\"}}"
#define THOUGHT                                                                                              \
    "{\"type\":\"thinking\",\"from\":\"p:m\",\"block\":{\"signature\":\"c2ln\",\"thinking\":\"hm\"}}"
#define CALLS(n)                                                                                             \
    "{\"text\":\"\",\"tool_calls\":[{\"id\":\"t" #n "\",\"name\":\"search\",\"input\":{\"query\":\"q" #n     \
    "\"}}],\"content\":[" THOUGHT "," CALL(n) "],\"by\":\"p:m\",\"usage\":{\"input\":5,\"output\":6}}"
#define TURN(n)                                                                                              \
    "{\"role\":\"assistant\",\"content\":[" THOUGHT                                                          \
    "," CALL(n) "]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"id\":\"t" #n                 \
                "\",\"content\":\"nothing\"}]}"
#define USER "{\"role\":\"user\",\"content\":\"go\"}"

START_TEST(a_conversation_with_tools_is_written_once)
{
    struct bench b;
    bench_open(&b);
    size_t first = round_trip(&b, ND_ACT_MODEL, "{\"messages\":[" USER "],\"tools\":" TOOLS "}", CALLS(1));
    size_t second =
        round_trip(&b, ND_ACT_MODEL,
                   "{\"messages\":[" USER "," TURN(1) "],\"tools\":" TOOLS ",\"extends\":0}", CALLS(2));
    size_t third = round_trip(
        &b, ND_ACT_MODEL,
        "{\"messages\":[" USER "," TURN(1) "," TURN(2) "],\"tools\":" TOOLS ",\"extends\":1}", CALLS(3));
    ck_assert_uint_lt(second, first);
    ck_assert_uint_le(third, second + 4);
    /* other tools are written */
    (void)round_trip(&b, ND_ACT_MODEL, "{\"messages\":[" USER "," TURN(1) "],\"tools\":[],\"extends\":0}",
                     "{}");
    bench_close(&b);
}
END_TEST

START_TEST(a_conversation_is_written_once)
{
    struct bench b;
    bench_open(&b);
    struct nd_bytes text = ND_BYTES(ND_MIB);
    size_t bytes[21] = {0};
    nd_bytes_add_str(&text, "{\"role\":\"user\",\"content\":\"first\"}");
    for (int i = 0; i < 20; i++) {
        char *args = i ? nd_sprintf("{\"messages\":[%s],\"extends\":%d}", text.data, i - 1)
                       : nd_sprintf("{\"messages\":[%s]}", text.data);
        char *said =
            nd_sprintf("{\"text\":\"answer number %d of many\",\"usage\":{\"input\":5,\"output\":6}}", i);
        bytes[i] = round_trip(&b, ND_ACT_MODEL, args, said);
        nd_bytes_addf(&text, ",{\"role\":\"assistant\",\"content\":\"answer number %d of many\"}", i);
        nd_bytes_addf(&text, ",{\"role\":\"user\",\"content\":\"and question number %d\"}", i);
        nd_free(args);
        nd_free(said);
    }
    ck_assert_uint_le(bytes[19], bytes[2] + 10); /* not a byte for what was said before */
    ck_assert_uint_eq(nd_json_len(nd_json_get(b.lane.transcript.v[19].action.args, "messages")), 39);
    /* what only claims to extend is written whole */
    (void)round_trip(&b, ND_ACT_MODEL,
                     "{\"messages\":[{\"role\":\"user\",\"content\":\"other\"}],\"extends\":3}", "{}");
    (void)round_trip(&b, ND_ACT_MODEL, "{\"messages\":[],\"extends\":99}", "{}");
    (void)round_trip(&b, ND_ACT_MODEL, "{\"messages\":[],\"extends\":-1}", "{}");
    nd_bytes_release(&text);
    bench_close(&b);
}
END_TEST

START_TEST(large_payloads_are_blobs)
{
    struct bench b;
    bench_open(&b);
    struct nd_bytes text = ND_BYTES(ND_MIB);
    nd_bytes_add_str(&text, "{\"t\":\"");
    for (unsigned i = 0; i < 200; i++) {
        char hex[ND_SHA256_HEX];
        nd_sha256_hex((struct nd_view){(const char *)&i, sizeof i}, hex);
        nd_bytes_add_str(&text, hex);
    }
    nd_bytes_add_str(&text, "\"}");
    ck_assert_uint_gt(round_trip(&b, ND_ACT_TOOL, "{}", text.data), INLINE_MAX);
    nd_bytes_release(&text);
    bench_close(&b);
}
END_TEST

START_TEST(what_is_too_large_is_refused)
{
    struct bench b;
    bench_open(&b);
    struct nd_step step = step_of(&b.lane, ND_ACT_TOOL, "{}", "{}");
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    while (text.len <= ND_STEP_MAX_BYTES)
        nd_bytes_add_str(&text, "0123456789abcdef0123456789abcdef0123456789abcdef");
    nd_json_set_view(step.observation, "t", nd_bytes_view(&text));
    struct nd_packed packed = {0};
    nd_ck_rc(nd_record_pack(&packed, 1, &b.lane, &step, INLINE_MAX, b.objects, &b.err), ND_OVER_LIMIT,
             &b.err);
    nd_bytes_release(&text);
    step_free(&step);
    bench_close(&b);
}
END_TEST

/* A payload made by hand: unpacking it must give wanted and name the record. */
static void hostile(struct bench *b, const char *payload, enum nd_rc wanted, const char *note)
{
    struct nd_bytes bytes = ND_BYTES(ND_MIB);
    struct nd_record r = {
        .format = 1, .phase = 2, .step = (unsigned)b->lane.transcript.n, .version = "aaaaaaaaaaaaaaaa"};
    strcpy(r.lane, "0123456789abcdef");
    strcpy(r.id, "0123456789abcdef0123456789abcdef");
    nd_ck_ok(nd_deflate(nd_view_of(payload), (struct nd_view){0}, &bytes, &b->err), &b->err);
    r.payload = nd_bytes_view(&bytes);
    size_t n = b->lane.transcript.n;
    nd_error_clear(&b->err);
    nd_ck_rc(nd_record_unpack(&r, b->objects, &b->lane.transcript, &b->err), wanted, &b->err);
    nd_ck_note(&b->err, note);
    nd_ck_note(&b->err, "phase 2, lane '0123456789abcdef'");
    ck_assert_uint_eq(b->lane.transcript.n, n);
    nd_error_clear(&b->err);
    nd_bytes_release(&bytes);
}

START_TEST(damaged_payloads_are_named)
{
    struct bench b;
    bench_open(&b);
    hostile(&b, "", ND_BROKEN, "is not JSON");
    hostile(&b, "{", ND_BROKEN, "is not JSON");
    hostile(&b, "[]", ND_BROKEN, "unknown kind");
    hostile(&b, "{\"action\":{\"kind\":\"done\",\"name\":\"x\",\"args\":{}},\"observation\":{}}", ND_BROKEN,
            "unknown kind");
    hostile(&b, "{\"action\":{\"kind\":\"tool\",\"args\":{}},\"observation\":{}}", ND_BROKEN, "no name");
    hostile(&b,
            "{\"action\":{\"kind\":\"tool\",\"name\":\"a-name-that-is-longer-than-any-name\",\"args\":{}},"
            "\"observation\":{}}",
            ND_BROKEN, "no name");
    hostile(&b, "{\"action\":{\"kind\":\"tool\",\"name\":\"x\",\"args\":[]},\"observation\":{}}", ND_BROKEN,
            "no args");
    hostile(&b, "{\"action\":{\"kind\":\"tool\",\"name\":\"x\",\"args\":{}}}", ND_BROKEN,
            "no args or no observation");
    hostile(&b,
            "{\"action\":{\"kind\":\"model\",\"name\":\"x\",\"args\":{\"extends\":0}},\"observation\":{},"
            "\"shared\":1}",
            ND_BROKEN, "extends a step that is not there");
    (void)round_trip(&b, ND_ACT_MODEL, "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}",
                     "{\"error\":{}}");
    hostile(&b,
            "{\"action\":{\"kind\":\"model\",\"name\":\"x\",\"args\":{\"extends\":0}},\"observation\":{},"
            "\"shared\":2}",
            ND_BROKEN, "other messages");
    hostile(&b,
            "{\"action\":{\"kind\":\"model\",\"name\":\"x\",\"args\":{\"extends\":0}},\"observation\":{},"
            "\"shared\":-1}",
            ND_BROKEN, "other messages");
    hostile(&b,
            "{\"action\":{\"kind\":\"model\",\"name\":\"x\",\"args\":{\"extends\":0}},\"observation\":{},"
            "\"shared\":1,"
            "\"reply\":true}",
            ND_BROKEN, "other messages");
    hostile(&b,
            "{\"action\":{\"kind\":\"model\",\"name\":\"x\",\"args\":{\"extends\":1e300}},\"observation\":{},"
            "\"shared\":1}",
            ND_BROKEN, "not there");
    bench_close(&b);
}
END_TEST

START_TEST(damaged_heads_are_named)
{
    struct bench b;
    bench_open(&b);
    struct nd_step step = step_of(&b.lane, ND_ACT_TOOL, "{}", "{}");
    struct nd_packed packed = {0};
    nd_ck_ok(nd_record_pack(&packed, 1, &b.lane, &step, INLINE_MAX, b.objects, &b.err), &b.err);
    struct nd_record r = packed.record;
    r.format = ND_RECORD_FORMAT + 1;
    nd_ck_rc(nd_record_unpack(&r, b.objects, &b.lane.transcript, &b.err), ND_VERSION, &b.err);
    r = packed.record;
    r.step = 1;
    nd_ck_rc(nd_record_unpack(&r, b.objects, &b.lane.transcript, &b.err), ND_BROKEN, &b.err);
    r = packed.record;
    r.cost_microusd = -1;
    nd_ck_rc(nd_record_unpack(&r, b.objects, &b.lane.transcript, &b.err), ND_BROKEN, &b.err);
    r = packed.record;
    r.id[3] = 'X';
    nd_ck_rc(nd_record_unpack(&r, b.objects, &b.lane.transcript, &b.err), ND_BROKEN, &b.err);
    r = packed.record;
    r.payload.len -= 2;
    nd_ck_rc(nd_record_unpack(&r, b.objects, &b.lane.transcript, &b.err), ND_BROKEN, &b.err);
    r = packed.record;
    memset(r.blob, 'a', 64);
    nd_ck_rc(nd_record_unpack(&r, b.objects, &b.lane.transcript, &b.err), ND_NOT_FOUND, &b.err);
    ck_assert_uint_eq(b.lane.transcript.n, 0);
    step_free(&step);
    nd_packed_release(&packed);
    bench_close(&b);
}
END_TEST

ND_TEST_MAIN("engine/record", steps_come_back_as_they_were, a_conversation_is_written_once,
             a_conversation_with_tools_is_written_once, large_payloads_are_blobs,
             what_is_too_large_is_refused, damaged_payloads_are_named, damaged_heads_are_named)
