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
    if (name.len != strlen("content-type") || strncasecmp(name.data, "content-type", name.len) != 0) return;
    struct nd_view kept = nd_view_sub(value, 0, sizeof answer->content_type - 1);
    if (kept.len) memcpy(answer->content_type, kept.data, kept.len);
    answer->content_type[kept.len] = 0;
}

static size_t take_header(char *data, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    struct nd_view line = {data, size * n};
    x->header_bytes += line.len;
    if (x->header_bytes > ND_HTTP_HEADERS_MAX_BYTES) return 0;
    if (nd_view_starts(line, "HTTP/")) { /* the last head counts, not that of "100 Continue" */
        x->headers_ended = false;
        nd_bytes_clear(&x->answer->headers);
    }
    if (nd_view_trim(line).len == 0) x->headers_ended = true;
    size_t colon = nd_view_find(line, ND_VIEW(":"), 0);
    if (colon != SIZE_MAX) nd_bytes_add_view(&x->answer->headers, line);
    if (colon != SIZE_MAX)
        take_field(x->answer, nd_view_sub(line, 0, colon),
                   nd_view_trim(nd_view_sub(line, colon + 1, line.len)));
    return line.len;
}

static void set_policy(CURL *c)
{
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L); /* a path may be signed as it is */
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_UNRESTRICTED_AUTH, 0L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); /* or all wait for the look-up of a name that is given up */
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)ND_HTTP_CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "nightdesk");
}

static void add_header(struct exchange *x, const char *line)
{
    struct curl_slist *longer = curl_slist_append(x->headers, line);
    if (!longer) nd_no_memory();
    x->headers = longer;
}

static bool method_is(const struct nd_http_request *r, const char *method)
{
    return strcmp(r->method, method) == 0;
}

static void set_method(CURL *c, const struct nd_http_request *r)
{
    if (method_is(r, "POST")) {
        curl_easy_setopt(c, CURLOPT_POST, 1L);
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
    } else if (method_is(r, "PUT")) {
        curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->body.len);
    } else if (method_is(r, "HEAD")) {
        curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    } else if (method_is(r, "DELETE")) {
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, "DELETE");
    }
}

static void set_request(struct exchange *x)
{
    const struct nd_http_request *r = x->request;
    for (const char *const *h = r->headers; h && *h; h++) add_header(x, *h);
    add_header(x, "Expect:"); /* no half-sent requests waiting for 100 Continue */
    curl_easy_setopt(x->easy, CURLOPT_URL, r->url);
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
    curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS, (long)(r->total_ms > 0 ? r->total_ms : ND_HTTP_TOTAL_MS));
    if (r->idle_ms > 0) {
        curl_easy_setopt(x->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(x->easy, CURLOPT_LOW_SPEED_TIME, (long)((r->idle_ms + 999) / 1000));
    }
    set_method(x->easy, r);
    curl_easy_setopt(x->easy, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(x->easy, CURLOPT_READDATA, x);
    /* nothing to rewind means that libcurl may send it twice on a kept connection */
    if (r->body.len == 0 && !r->harmless) curl_easy_setopt(x->easy, CURLOPT_FRESH_CONNECT, 1L);
    if (r->guarded) guard_set(x->easy, x->refused);
}

/* A line break in a header would begin another one. */
static bool is_header(const char *line)
{
    for (const char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f) return false;
    return strchr(line, ':') != NULL;
}

static enum nd_rc check_request(const struct nd_http_request *request, struct nd_error *err)
{
    bool with_body = method_is(request, "POST") || method_is(request, "PUT");
    bool without = method_is(request, "GET") || method_is(request, "HEAD") || method_is(request, "DELETE");
    if (!with_body && (!without || request->body.len))
        return nd_fail(
            err, ND_BAD_INPUT,
            "method '%.20s' with %zu bytes is neither a GET, HEAD or DELETE without a body nor a POST"
            " or PUT",
            request->method, request->body.len);
    if (nd_url_host(nd_view_of(request->url)).len == 0)
        return nd_fail(err, ND_BAD_INPUT, "'%.100s' is not an address like https://host/path", request->url);
    for (const char *const *h = request->headers; h && *h; h++)
        if (!is_header(*h))
            return nd_fail(err, ND_BAD_INPUT,
                           "the header '%.12s…' for '%.100s' is not one line of 'Name: value'", *h,
                           request->url);
    return ND_OK;
}

enum nd_rc exchange_open(struct exchange *x, const struct nd_http_request *request,
                         struct nd_http_answer *answer, struct nd_error *err)
{
    *x = (struct exchange){.request = request, .answer = answer};
    enum nd_rc rc = check_request(request, err);
    if (rc != ND_OK) return rc;
    x->easy = curl_easy_init();
    if (!x->easy) return nd_fail(err, ND_RETRY, "libcurl gives no handle");
    answer->body = ND_BYTES(request->max_body_bytes ? request->max_body_bytes : ND_HTTP_BODY_MAX_BYTES);
    answer->headers = ND_BYTES(ND_HTTP_HEADERS_MAX_BYTES);
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

static void take_info(struct exchange *x)
{
    long status = 0;
    curl_off_t seconds = 0;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(x->easy, CURLINFO_RETRY_AFTER, &seconds);
    x->answer->status = (int)status;
    x->answer->retry_after_ms = seconds <= 0                           ? -1
                                : seconds > ND_HTTP_WAIT_MAX_MS / 1000 ? ND_HTTP_WAIT_MAX_MS
                                                                       : (int64_t)seconds * 1000;
}

/* libcurl's longer words for these hold the milliseconds that passed, and reasons are printed in reports. */
static bool tells_time(CURLcode result)
{
    return result == CURLE_COULDNT_CONNECT || result == CURLE_OPERATION_TIMEDOUT;
}

static const char *reason_of(const struct exchange *x)
{
    if (x->result == CURLE_OK) return "it ends within its headers";
    if (tells_time(x->result)) return curl_easy_strerror(x->result);
    return x->reason[0] ? x->reason : curl_easy_strerror(x->result);
}

enum nd_rc exchange_verdict(struct exchange *x, struct nd_error *err)
{
    /* libcurl takes an answer that ends within its headers for a whole one */
    if (x->result == CURLE_OK && x->headers_ended) {
        take_info(x);
        return ND_OK;
    }
    long request_bytes = 0;
    curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    const char *url = x->request->url, *reason = reason_of(x);
    x->answer->too_large = x->answer->body.over;
    if (x->answer->body.over)
        return nd_fail(err, ND_UNKNOWN, "'%.120s' answers with more than %zu bytes", url,
                       x->answer->body.max);
    if (x->header_bytes > ND_HTTP_HEADERS_MAX_BYTES)
        return nd_fail(err, ND_UNKNOWN, "'%.120s' answers with more than %zu bytes of headers", url,
                       ND_HTTP_HEADERS_MAX_BYTES);
    if (*x->refused)
        return nd_fail(err, ND_RETRY, "'%.120s' leads to %s, which is no public address", url, x->refused);
    if (request_bytes == 0 && x->sent == 0)
        return nd_fail(err, ND_RETRY, "'%.120s' was not reached: %s", url, reason);
    return nd_fail(err, ND_UNKNOWN, "'%.120s' gave no whole answer: %s", url, reason);
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
    nd_bytes_release(&answer->headers);
}

struct nd_view nd_http_header(const struct nd_http_answer *answer, const char *name)
{
    struct nd_view all = nd_bytes_view(&answer->headers);
    size_t len = strlen(name);
    for (size_t at = 0; at < all.len;) {
        size_t end = nd_view_find(all, ND_VIEW("\n"), at);
        struct nd_view line = nd_view_sub(all, at, end);
        if (line.len > len && line.data[len] == ':' && strncasecmp(line.data, name, len) == 0)
            return nd_view_trim(nd_view_sub(line, len + 1, line.len));
        at = end == SIZE_MAX ? all.len : end + 1;
    }
    return (struct nd_view){NULL, 0};
}

#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */

bool nd_http_date(struct nd_view text, int64_t *ms)
{
    char *copy = nd_view_dup(text);
    time_t seconds = text.len < 64 ? curl_getdate(copy, NULL) : -1;
    nd_free(copy);
    if (seconds < 0 || seconds > LAST_SECOND) return false;
    *ms = (int64_t)seconds * 1000;
    return true;
}
