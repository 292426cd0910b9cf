/* Answers of a model's endpoint: status (two bytes; the first one's high bit: in pieces), then the body. */
#include "fuzz.h"
#include "judge.h"
#include "nightdesk/base/hash.h"

static void add_u32(struct nd_bytes *out, size_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8) nd_bytes_add_char(out, (char)(n >> shift & 0xFF));
}

static void add_header(struct nd_bytes *out, const char *name, struct nd_view value)
{
    nd_bytes_add_char(out, (char)nd_view_of(name).len);
    nd_bytes_add_str(out, name);
    nd_bytes_add_char(out, 7);
    nd_bytes_add_char(out, 0);
    nd_bytes_add_char(out, (char)value.len);
    nd_bytes_add_view(out, value);
}

/* One frame with true CRCs of a line "EVENT {payload}"; "!EVENT …" is an exception. */
static void add_frame(struct nd_bytes *out, struct nd_view line)
{
    bool exception = nd_view_starts(line, "!");
    if (exception) line = nd_view_sub(line, 1, line.len);
    size_t space = nd_view_find(line, ND_VIEW(" "), 0);
    struct nd_view name = nd_view_sub(line, 0, space < 200 ? space : 200);
    struct nd_view payload =
        space == SIZE_MAX ? (struct nd_view){"", 0} : nd_view_sub(line, space + 1, line.len);
    struct nd_bytes headers = ND_BYTES(ND_BYTES_MAX), frame = ND_BYTES(ND_BYTES_MAX);
    add_header(&headers, ":message-type", exception ? ND_VIEW("exception") : ND_VIEW("event"));
    add_header(&headers, exception ? ":exception-type" : ":event-type", name);
    add_u32(&frame, headers.len + payload.len + 16);
    add_u32(&frame, headers.len);
    add_u32(&frame, nd_crc32(nd_bytes_view(&frame)));
    nd_bytes_add_view(&frame, nd_bytes_view(&headers));
    nd_bytes_add_view(&frame, payload);
    add_u32(&frame, nd_crc32(nd_bytes_view(&frame)));
    nd_bytes_add_view(out, nd_bytes_view(&frame));
    nd_bytes_release(&headers);
    nd_bytes_release(&frame);
}

static void add_frames(struct nd_bytes *out, struct nd_view lines)
{
    while (lines.len) {
        size_t end = nd_view_find(lines, ND_VIEW("\n"), 0);
        add_frame(out, nd_view_sub(lines, 0, end));
        lines = end == SIZE_MAX ? (struct nd_view){"", 0} : nd_view_sub(lines, end + 1, lines.len);
    }
}

static void check_good(const struct nd_json *seen)
{
    const struct nd_json *usage = nd_json_get(seen, "usage");
    int64_t cached = nd_json_get_int(usage, "cached", -1), written = nd_json_get_int(usage, "cache_write", 0);
    FUZZ_CHECK(cached >= 0 && written >= 0 && cached + written <= nd_json_get_int(usage, "input", -2));
    FUZZ_CHECK(nd_json_get_str(seen, "text") && nd_json_get_str(seen, "stop"));
    ND_JSON_EACH(call, nd_json_get(seen, "tool_calls"))
    {
        FUZZ_CHECK(nd_json_get_str(call, "id") &&
                   nd_json_view(nd_json_get(call, "id")).len <= ND_TOOL_ID_MAX);
        FUZZ_CHECK(nd_json_kind(nd_json_get(call, "input")) == ND_JSON_OBJECT);
    }
    struct nd_json *reply = nd_model_reply(seen);
    nd_json_free(reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    const struct provider *p = &ANSWER_PROVIDER;
    struct nd_price price = {
        .usual = {.input = 2500000, .cached = 250000, .cache_write = 3000000, .output = 10000000}};
    struct nd_traits traits = {.tools = true};
    struct asked asked = {.url = "https://models.example/v1",
                          .model = "a-model",
                          .by = "p:a-model",
                          .price = &price,
                          .traits = &traits};
    struct nd_http_answer answer = {.body = ND_BYTES(ND_HTTP_BODY_MAX_BYTES), .retry_after_ms = -1};
    struct nd_json *observation = NULL, *args = NULL;
    struct nd_error err = {0};
    int64_t cost = -1, wait_ms = -1;
    unsigned high = fuzz_byte(&rest);
    answer.status = (int)((high & 0x7F) << 8 | fuzz_byte(&rest));
    (void)nd_json_parse(
        &args, ND_VIEW("{\"tools\":[{\"name\":\"find\",\"description\":\"d\",\"schema\":{}}]}"), &err);
    if (high & 0x80) memcpy(answer.content_type, p->stream_type, nd_view_of(p->stream_type).len + 1);
    if (high & 0x80 && p->signs)
        add_frames(&answer.body, rest);
    else
        nd_bytes_add_view(&answer.body, rest);
    enum nd_rc rc = judge_answer(p, &asked, args, &answer, &observation, &cost, &wait_ms, &err);
    FUZZ_CHECK(rc == ND_OK || rc == ND_RETRY || rc == ND_UNKNOWN || rc == ND_CONFIG);
    FUZZ_CHECK(cost >= 0 && (rc != ND_RETRY || wait_ms >= 0));
    if (rc == ND_OK) {
        FUZZ_CHECK(!nd_json_get(observation, "error") == (answer.status == 200));
        if (answer.status == 200) check_good(observation);
        char *text = fuzz_canonical(observation);
        FUZZ_CHECK(nd_json_parse(&observation, nd_view_of(text), &err) == ND_OK);
        nd_json_free(observation);
        nd_free(text);
    }
    nd_json_free(args);
    nd_http_answer_release(&answer);
    return 0;
}
