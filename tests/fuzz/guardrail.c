/* What a guardrail answers, and arguments of a call to it: a byte chooses. */
#include "fuzz.h"
#include "guardrail_wire.h"
#include "nightdesk/model/prices.h"

static void check_score(const struct nd_json *score)
{
    double value = nd_json_get_num(score, "score", 0), threshold = nd_json_get_num(score, "threshold", 0);
    FUZZ_CHECK(value >= 0 && value <= 1 && threshold >= 0 && threshold <= 1);
}

static void check_answer(struct nd_view body)
{
    struct nd_json *seen = NULL;
    struct nd_error err = {0};
    if (!guardrail_read(body, &seen)) {
        FUZZ_CHECK(!seen);
        return;
    }
    check_score(nd_json_get(seen, "grounding"));
    check_score(nd_json_get(seen, "relevance"));
    FUZZ_CHECK(nd_json_kind(nd_json_get(seen, "blocked")) == ND_JSON_BOOL);
    FUZZ_CHECK(nd_price_guard(nd_json_get(seen, "usage")) >= 0);
    char *text = fuzz_canonical(seen);
    FUZZ_CHECK(nd_json_parse(&seen, nd_view_of(text), &err) == ND_OK);
    nd_json_free(seen);
    nd_free(text);
}

static void check_args(struct nd_view text)
{
    struct nd_json *args = NULL, *body = NULL;
    struct nd_bytes sent = ND_BYTES(ND_BYTES_MAX);
    struct nd_error err = {0};
    if (nd_json_parse(&args, text, &err) != ND_OK) return;
    if (guardrail_fits(args)) {
        guardrail_body(args, &sent);
        FUZZ_CHECK(guardrail_units(args) >= 3 && nd_price_guard_bound(guardrail_units(args)) > 0);
        FUZZ_CHECK(nd_json_parse(&body, nd_bytes_view(&sent), &err) == ND_OK);
        FUZZ_CHECK(nd_json_len(nd_json_get(body, "content")) ==
                   nd_json_len(nd_json_get(args, "sources")) + 2);
    }
    nd_json_free(body);
    nd_json_free(args);
    nd_bytes_release(&sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    if (fuzz_byte(&rest) & 1)
        check_args(rest);
    else
        check_answer(rest);
    return 0;
}
