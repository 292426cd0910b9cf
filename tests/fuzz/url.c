/* Addresses: a host that is found is the host that the transport will connect to. Dates and headers of
 * answers. */
#include "fuzz.h"
#include "nightdesk/net/http.h"

#include <curl/curl.h>
#include <strings.h>

/* curl turns numbers of other spellings into addresses ("0x7f.1", "[::0]"), which ours does not. */
static void check_number(struct nd_view curls, const char *url)
{
    for (size_t i = 0; i < curls.len; i++) FUZZ_CHECK(strchr("0123456789abcdef:.", curls.data[i]));
    FUZZ_CHECK(!nd_url_is_local(nd_view_of(url)));
}

static void check_host(const char *url, struct nd_view host)
{
    CURLU *parsed = curl_url();
    char *seen = NULL;
    if (curl_url_set(parsed, CURLUPART_URL, url, 0) !=
        CURLUE_OK) { /* it will refuse it, and nothing is sent */
        curl_url_cleanup(parsed);
        return;
    }
    FUZZ_CHECK(curl_url_get(parsed, CURLUPART_HOST, &seen, 0) == CURLUE_OK);
    struct nd_view curls = nd_view_of(seen);
    if (nd_view_starts(curls, "[")) curls = nd_view_sub(curls, 1, curls.len - 1);
    if (curls.len != host.len || strncasecmp(curls.data, host.data, host.len) != 0) check_number(curls, url);
    curl_free(seen);
    FUZZ_CHECK(curl_url_get(parsed, CURLUPART_USER, &seen, 0) == CURLUE_NO_USER);
    curl_url_cleanup(parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view url = fuzz_view(data, size);
    struct nd_view host = nd_url_host(url);
    int64_t ms = 0;
    if (host.len > 0) {
        char *text = nd_view_dup(url);
        check_host(text, host);
        nd_free(text);
    }
    FUZZ_CHECK(!nd_url_is_local(url) || host.len > 0);
    if (nd_http_date(url, &ms)) FUZZ_CHECK(ms >= 0 && ms < INT64_C(253402300800000));
    struct nd_http_answer answer = {.headers = ND_BYTES(ND_HTTP_HEADERS_MAX_BYTES)};
    nd_bytes_add_view(&answer.headers, url);
    FUZZ_CHECK(nd_http_header(&answer, "Retry-After").len <= url.len);
    nd_http_answer_release(&answer);
    return 0;
}
