#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "within.h"
#include <string.h>

#define ANSWER_MAX_BYTES 65536
#define FIRST_WAIT_MS 500 /* doubled at each try */

struct webhook {
    struct nd_notifier base;
    struct nd_http *http;
    char *url;
    int64_t limit_ms, first_wait_ms;
};

/* Refused for good: the same again would be refused again. */
static bool is_final(int status)
{
    return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429;
}

/* Errors name the host alone: who has the whole address can post to it. */
static enum nd_rc fail(const struct webhook *w, enum nd_rc rc, const char *what, struct nd_error *err)
{
    struct nd_view host = nd_url_host(nd_view_of(w->url));
    return nd_fail(err, rc, "the receiver at '%.*s' %s", (int)host.len, host.data, what);
}

static enum nd_rc post(const struct webhook *w, const char *id_header, struct nd_view body, bool *final,
                       struct nd_error *err)
{
    const char *headers[] = {"Content-Type: application/json", id_header, NULL};
    struct nd_http_request request = {.method = "POST",
                                      .url = w->url,
                                      .headers = headers,
                                      .body = body,
                                      .total_ms = w->limit_ms,
                                      .max_body_bytes = ANSWER_MAX_BYTES};
    struct nd_http_answer answer;
    struct nd_error why = {0};
    enum nd_rc rc = nd_http_send(w->http, &request, NULL, &answer, &why);
    if (rc != ND_OK) {
        const char *behind = strstr(why.note[0], "' "); /* the address */
        return fail(w, rc, behind ? behind + 2 : "was not reached", err);
    }
    int status = answer.status;
    nd_http_answer_release(&answer);
    *final = is_final(status);
    if (status >= 200 && status <= 299) return ND_OK;
    char *what = nd_sprintf("answered %d, wanted 2xx", status);
    rc = fail(w, ND_RETRY, what, err);
    nd_free(what);
    return rc;
}

static enum nd_rc webhook_send(struct nd_notifier *n, const struct nd_json *event, struct nd_error *err)
{
    const struct webhook *w = (const struct webhook *)n;
    const struct nd_host *host = nd_host_posix();
    const char *id = nd_json_get_str(event, "event_id");
    char *id_header = nd_sprintf("X-Nightdesk-Event-Id: %s", id ? id : "");
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(event, &body);
    enum nd_rc rc = ND_RETRY;
    bool final = false;
    for (int tried = 0; rc != ND_OK && !final && tried < ND_NOTIFY_TRIES; tried++) {
        if (tried) host->sleep_ms(host->ctx, w->first_wait_ms << (tried - 1));
        nd_error_clear(err);
        rc = post(w, id_header, nd_bytes_view(&body), &final, err);
    }
    nd_bytes_release(&body);
    nd_free(id_header);
    return rc == ND_OK ? rc : ND_RETRY; /* a copy more or less: the event id tells */
}

static void webhook_close(struct nd_notifier *n)
{
    nd_free(((struct webhook *)n)->url);
    nd_free(n);
}

static const struct nd_notifier_ops webhook_ops = {"webhook", webhook_send, webhook_close};

enum nd_rc notify_webhook_within(struct nd_notifier **out, const char *url, struct nd_http *http,
                                 int64_t limit_ms, int64_t first_wait_ms, struct nd_error *err)
{
    if (nd_url_host(nd_view_of(url)).len == 0)
        return nd_fail(err, ND_BAD_INPUT,
                       "the notification address '%.120s' is not an address like https://host/path", url);
    struct webhook *w = ND_NEW(struct webhook);
    w->base.ops = &webhook_ops;
    w->http = http;
    w->url = nd_strdup(url);
    w->limit_ms = limit_ms;
    w->first_wait_ms = first_wait_ms;
    *out = &w->base;
    return ND_OK;
}

enum nd_rc nd_notify_webhook(struct nd_notifier **out, const char *url, struct nd_http *http,
                             struct nd_error *err)
{
    return notify_webhook_within(out, url, http, ND_NOTIFY_WEBHOOK_MS, FIRST_WAIT_MS, err);
}
