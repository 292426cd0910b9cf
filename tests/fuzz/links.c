/* A base, then a link: what it leads to is clean, and libcurl reads the same host and port out of it. */
#include "fuzz.h"
#include "nightdesk/core/url.h"
#include "nightdesk/net/http.h"

#include <curl/curl.h>
#include <strings.h>

/* Digits, dots and letters of hex: libcurl may write such a host as another number. */
static bool is_number(struct nd_view host)
{
    for (size_t i = 0; i < host.len; i++)
        if (!strchr("0123456789abcdefx.:", host.data[i])) return false;
    return true;
}

static void check_clean(const char *url)
{
    struct nd_url parts;
    CURLU *parsed = curl_url();
    char *host = NULL, *port = NULL, *again = nd_url_clean(nd_view_of(url));
    FUZZ_CHECK(again && strcmp(again, url) == 0 && strlen(url) <= ND_URL_MAX_BYTES);
    FUZZ_CHECK(nd_url_split(&parts, nd_view_of(url)));
    FUZZ_CHECK(nd_view_eq(nd_url_host(nd_view_of(url)), parts.host));
    if (curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK) {
        FUZZ_CHECK(curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK);
        FUZZ_CHECK(curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK);
        struct nd_view curls = nd_view_of(host);
        if (nd_view_starts(curls, "[")) curls = nd_view_sub(curls, 1, curls.len - 1);
        FUZZ_CHECK(nd_view_eq(curls, parts.host) || is_number(parts.host));
        FUZZ_CHECK((unsigned)atoi(port) == parts.port);
        curl_free(host);
        curl_free(port);
        FUZZ_CHECK(curl_url_get(parsed, CURLUPART_USER, &host, 0) == CURLUE_NO_USER);
    }
    curl_url_cleanup(parsed);
    nd_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size), given = fuzz_part(&rest);
    char *base = nd_url_clean(given), *first = nd_url_clean(rest);
    if (first) check_clean(first);
    if (base) {
        char *to = nd_url_resolve(base, rest);
        check_clean(base);
        if (to) {
            check_clean(to);
            FUZZ_CHECK(strcmp(to, base) != 0);
        }
        nd_free(to);
    }
    nd_free(first);
    nd_free(base);
    return 0;
}
