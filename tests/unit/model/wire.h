/** One provider's wire without a network: bodies of calls, and answers read. */
#ifndef WIRE_H
#define WIRE_H

#include "asker.h"
#include "judge.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include <stdio.h>
#include <string.h>

static inline struct nd_json *wire_json(const char *text)
{
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), &err), &err);
    return json;
}

/** A model with ordinary traits at one dollar a million, all ways. */
struct wire {
    const struct provider *provider;
    struct nd_price price;
    struct nd_traits traits;
    struct asked asked;
};
static inline void wire_open(struct wire *w, const struct provider *provider)
{
    *w = (struct wire){
        .provider = provider,
        .price = {.usual = {.input = 1000000, .cached = 100000, .cache_write = 1250000, .output = 5000000}},
        .traits = {.tools = true, .forced_tools = true, .schemas = true, .cache_points = true}};
    w->asked =
        (struct asked){"https://models.example/x", "m-1", "p:m-1", &w->price, &w->traits, ND_AT_PROVIDER};
}

/** The body of a call. Caller frees. */
static inline struct nd_json *wire_body(const struct wire *w, const char *args_text)
{
    struct nd_json *args = wire_json(args_text), *body = NULL;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    struct nd_error err = {0};
    nd_ck_ok(nd_model_check(args, &err), &err);
    asker_body(w->provider, &w->asked, args, &text);
    nd_ck_ok(nd_json_parse(&body, nd_bytes_view(&text), &err), &err);
    nd_bytes_release(&text);
    nd_json_free(args);
    return body;
}

/** Compares and says both when they differ. */
static inline void wire_same(const struct nd_json *got, const char *wanted_text)
{
    struct nd_json *wanted = wire_json(wanted_text);
    struct nd_bytes a = ND_BYTES(ND_BYTES_MAX), b = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(got, &a);
    nd_json_print_canonical(wanted, &b);
    ck_assert_str_eq(nd_bytes_view(&a).data, nd_bytes_view(&b).data);
    nd_bytes_release(&a);
    nd_bytes_release(&b);
    nd_json_free(wanted);
}

struct wire_answer {
    enum nd_rc rc;
    struct nd_json *seen;
    int64_t cost_microusd, wait_ms;
    struct nd_error err;
};
static inline void wire_answer_release(struct wire_answer *a)
{
    nd_json_free(a->seen);
    *a = (struct wire_answer){0};
}

/** What an answer to a call with that args means. */
static inline struct wire_answer wire_read(const struct wire *w, const char *args_text, int status,
                                           bool pieces, struct nd_view body)
{
    struct wire_answer out = {0};
    struct nd_json *args = wire_json(args_text);
    struct nd_http_answer http = {.status = status, .body = ND_BYTES(ND_BYTES_MAX), .retry_after_ms = -1};
    if (pieces) (void)snprintf(http.content_type, sizeof http.content_type, "%s", w->provider->stream_type);
    nd_bytes_add_view(&http.body, body);
    out.rc = judge_answer(w->provider, &w->asked, args, &http, &out.seen, &out.cost_microusd, &out.wait_ms,
                          &out.err);
    nd_http_answer_release(&http);
    nd_json_free(args);
    return out;
}

/* ---- a conversation with tools, as the agent has it ---- */
#define WIRE_TOOLS                                                                                           \
    "\"tools\":[{\"name\":\"find\",\"description\":\"looks\",\"schema\":{\"type\":\"object\"}}]"
#define WIRE_ASK                                                                                             \
    "{\"messages\":[{\"role\":\"system\",\"content\":\"Be "                                                  \
    "brief.\"},{\"role\":\"user\",\"content\":\"Go\"}],"                                                     \
    "\"max_tokens\":50," WIRE_TOOLS "}"
#define WIRE_TALK_MESSAGES                                                                                   \
    "\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"Go\"},"  \
    "{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"from\":\"p:m-1\",\"block\":{\"mine\":1}}" \
    ","                                                                                                      \
    "{\"type\":\"thinking\",\"from\":\"p:other\",\"block\":{\"theirs\":1}},"                                 \
    "{\"type\":\"text\",\"text\":\"I look.\"},"                                                              \
    "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"find\",\"input\":{\"q\":\"x\"}},"                        \
    "{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"find\",\"input\":{}}]},"                                 \
    "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"id\":\"a\",\"content\":\"found\"},"         \
    "{\"type\":\"tool_result\",\"id\":\"b\",\"content\":\"no q\",\"is_error\":true},"                        \
    "{\"type\":\"text\",\"text\":\"Go on.\"}]}]"
#define WIRE_TALK "{" WIRE_TALK_MESSAGES ",\"max_tokens\":50," WIRE_TOOLS "}"

#endif
