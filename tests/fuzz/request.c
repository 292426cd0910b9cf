/* Request files: one that is accepted is the same request when it is written and read again. */
#include "fuzz.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/request.h"

static void check_money(struct nd_view text)
{
    int64_t microusd = 0, back = 0;
    char shown[ND_MONEY_BYTES];
    if (!nd_money_parse(text, &microusd)) return;
    FUZZ_CHECK(microusd >= 0);
    nd_money_format(microusd, shown);
    FUZZ_CHECK(nd_money_parse(nd_view_of(shown + (*shown == '$')), &back) && back == microusd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_request *request = NULL, *again = NULL;
    struct nd_error err = {0};
    char first[65], second[65];
    check_money(fuzz_view(data, size));
    if (nd_request_parse_text(&request, fuzz_view(data, size), &err) != ND_OK) {
        FUZZ_CHECK(err.notes > 0);
        return 0;
    }
    FUZZ_CHECK(*request->topic && request->limits.budget_microusd >= 0);
    struct nd_json *json = nd_request_json(request);
    FUZZ_CHECK(nd_request_parse(&again, json, &err) == ND_OK);
    nd_request_sha256(request, first);
    nd_request_sha256(again, second);
    FUZZ_CHECK(strcmp(first, second) == 0);
    nd_json_free(json);
    nd_request_free(request);
    nd_request_free(again);
    return 0;
}
