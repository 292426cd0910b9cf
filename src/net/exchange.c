#include "exchange.h"
#include "nightdesk/base/alloc.h"
#include <string.h>
#include <strings.h>

/* Cannot rewind: there is no seek function, so libcurl must give up rather than send the body a second time.
 */
static size_t give_body(char *out, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    struct nd_view left = nd_view_sub(x->request->body, x->sent, x->request->body.len);
    size_t len = left.len < size * n ? left.len : size * n;
    if (len) memcpy(out, left.data, len);
    x->sent += len;
    return len;
}

static size_t take_body(char *data, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    nd_bytes_add(&x->answer->body, data, size * n);
    return x->answer->body.over ? 0 : size * n; /* too large ends the exchange */
}

static void take_field(struct nd_http_answer *answer, struct nd_view name, struct nd_view value)
{
    if (name.len == strlen("content-type") && strncasecmp(name.data, "content-type", name.len) == 0) {
        size_t len =
            value.len < sizeof answer->content_type - 1 ? value.len : sizeof answer->content_type - 1;
        memcpy(answer->content_type, value.data, len);
        answer->content_type[len] = 0;
    }
    int64_t seconds;
    if (name.len == strlen("retry-after") && strncasecmp(name.data, "retry-after", name.len) == 0 &&
        nd_view_int(value, &seconds) && seconds >= 0)
        answer->retry_after_ms = seconds > ND_HTTP_WAIT_MAX_MS / 1000 ? ND_HTTP_WAIT_MAX_MS : seconds * 1000;
}

static size_t take_header(char *data, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    struct nd_view line = {data, size * n};
    x->header_bytes += line.len;
    if (x->header_bytes > ND_HTTP_HEADERS_MAX_BYTES) return 0;
    size_t colon = nd_view_find(line, ND_VIEW(":"), 0);
    if (colon != SIZE_MAX)
        take_field(x->answer, nd_view_sub(line, 0, colon),
                   nd_view_trim(nd_view_sub(line, colon + 1, line.len)));
    return line.len;
}

static void set_policy(CURL *c)
{
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_UNRESTRICTED_AUTH, 0L);
    curl_easy_setopt(c, CURLOPT_ALTSVC_CTRL, 0L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PIPEWAIT, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)ND_HTTP_CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "nightdesk");
}

static void set_request(struct exchange *x)
{
    const struct nd_http_request *r = x->request;
    for (const char *const *h = r->headers; h && *h; h++) x->headers = curl_slist_append(x->headers, *h);
    x->headers =
        curl_slist_append(x->headers, "Expect:"); /* no half-sent requests waiting for 100 Continue */
    curl_easy_setopt(x->easy, CURLOPT_URL, r->url);
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
    curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS, (long)(r->total_ms ? r->total_ms : 600000));
    if (strcmp(r->method, "POST") == 0) {
        curl_easy_setopt(x->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
        curl_easy_setopt(x->easy, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(x->easy, CURLOPT_READDATA, x);
    }
}

enum nd_rc exchange_open(struct exchange *x, const struct nd_http_request *request,
                         struct nd_http_answer *answer, struct nd_error *err)
{
    struct nd_view url = nd_view_of(request->url);
    *x = (struct exchange){.request = request, .answer = answer};
    if (url.len > ND_HTTP_URL_MAX_BYTES || nd_url_host(url).len == 0 ||
        !(nd_view_starts(url, "http://") || nd_view_starts(url, "https://")))
        return nd_fail(err, ND_BAD_INPUT, "'%.100s' is not an address that begins with http:// or https://",
                       request->url);
    x->easy = curl_easy_init();
    if (!x->easy) return nd_fail(err, ND_RETRY, "libcurl gives no handle");
    answer->body = ND_BYTES(request->max_body_bytes ? request->max_body_bytes : ND_HTTP_BODY_MAX_BYTES);
    answer->retry_after_ms = -1;
    set_policy(x->easy);
    set_request(x);
    curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->reason);
    curl_easy_setopt(x->easy, CURLOPT_PRIVATE, x);
    return ND_OK;
}

/* Errors that can only come before the first byte of the request was sent. */
static bool before_sending(CURLcode code)
{
    switch ((int)code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return true;
    default:
        return false;
    }
}

enum nd_rc exchange_verdict(struct exchange *x, struct nd_error *err)
{
    if (x->result == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
        x->answer->status = (int)status;
        return ND_OK;
    }
    long request_bytes = 0;
    curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    const char *reason = x->reason[0] ? x->reason : curl_easy_strerror(x->result);
    if (before_sending(x->result) || (request_bytes == 0 && x->sent == 0))
        return nd_fail(err, ND_RETRY, "'%.120s' was not reached: %s", x->request->url, reason);
    return nd_fail(err, ND_UNKNOWN, "'%.120s' gave no whole answer: %s", x->request->url, reason);
}

void exchange_close(struct exchange *x)
{
    if (x->easy) curl_easy_cleanup(x->easy);
    curl_slist_free_all(x->headers);
    *x = (struct exchange){0};
}

void nd_http_answer_release(struct nd_http_answer *answer)
{
    nd_bytes_release(&answer->body);
}
