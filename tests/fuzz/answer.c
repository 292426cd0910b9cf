/* Answers of a model's endpoint: status (two bytes), then the body. */
#include "fuzz.h"
#include "openai.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    struct nd_price price = {.usual = {.input = 2500000, .cached = 250000, .output = 10000000}};
    struct openai_asked asked = {.url = "https://models.example/v1", .model = "a-model", .price = &price};
    struct nd_http_answer answer = {.body = ND_BYTES(ND_HTTP_BODY_MAX_BYTES), .retry_after_ms = -1};
    struct nd_json *observation = NULL;
    struct nd_error err = {0};
    int64_t cost = -1, wait_ms = -1;
    int status = (int)fuzz_byte(&rest) << 8;
    answer.status = status + (int)fuzz_byte(&rest);
    nd_bytes_add_view(&answer.body, rest);
    enum nd_rc rc = openai_judge(&asked, &answer, &observation, &cost, &wait_ms, &err);
    FUZZ_CHECK(rc == ND_OK || rc == ND_RETRY || rc == ND_UNKNOWN || rc == ND_CONFIG);
    FUZZ_CHECK(cost >= 0 && (rc != ND_RETRY || wait_ms >= 0));
    if (rc == ND_OK) {
        const struct nd_json *usage = nd_json_get(observation, "usage");
        FUZZ_CHECK(!nd_json_get(observation, "error") == (answer.status == 200));
        FUZZ_CHECK(answer.status != 200 ||
                   nd_json_get_int(usage, "cached", -1) <= nd_json_get_int(usage, "input", -2));
        char *text = fuzz_canonical(observation);
        FUZZ_CHECK(nd_json_parse(&observation, nd_view_of(text), &err) == ND_OK);
        nd_json_free(observation);
        nd_free(text);
    }
    nd_http_answer_release(&answer);
    return 0;
}
