#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "nightdesk/notify/notify.h"

#define ANSWER_MS 15000
#define FIRST_WAIT_MS 500 /* doubled at each try */

struct webhook {
    struct nd_notifier base;
    struct nd_http *http;
    char *url;
};

static enum nd_rc post(const struct webhook *w, const struct nd_json *event, struct nd_view body,
                       struct nd_error *err)
{
    const char *id = nd_json_get_str(event, "event_id");
    char *header = nd_sprintf("X-Nightdesk-Event-Id: %s", id ? id : "");
    const char *headers[] = {"Content-Type: application/json", header, NULL};
    struct nd_http_request request = {.method = "POST",
                                      .url = w->url,
                                      .headers = headers,
                                      .body = body,
                                      .total_ms = ANSWER_MS,
                                      .max_body_bytes = 65536};
    struct nd_http_answer answer = {0};
    enum nd_rc rc = nd_http_send(w->http, &request, NULL, &answer, err);
    if (rc == ND_OK && (answer.status < 200 || answer.status > 299))
        rc = nd_fail(err, ND_RETRY, "'%.120s' answered %d, wanted 2xx", w->url, answer.status);
    nd_http_answer_release(&answer);
    nd_free(header);
    return rc;
}

static enum nd_rc webhook_send(struct nd_notifier *n, const struct nd_json *event, struct nd_error *err)
{
    const struct webhook *w = (const struct webhook *)n;
    const struct nd_host *host = nd_host_posix();
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(event, &body);
    enum nd_rc rc = ND_RETRY;
    for (int tried = 0; rc != ND_OK && tried < ND_NOTIFY_TRIES; tried++) {
        if (tried) host->sleep_ms(host->ctx, (int64_t)FIRST_WAIT_MS << (tried - 1));
        nd_error_clear(err);
        rc = post(w, event, nd_bytes_view(&body), err);
    }
    nd_bytes_release(&body);
    return rc == ND_OK ? rc : ND_RETRY;
}

static void webhook_close(struct nd_notifier *n)
{
    nd_free(((struct webhook *)n)->url);
    nd_free(n);
}

static const struct nd_notifier_ops webhook_ops = {"webhook", webhook_send, webhook_close};

enum nd_rc nd_notify_webhook(struct nd_notifier **out, const char *url, struct nd_http *http,
                             struct nd_error *err)
{
    struct nd_view v = nd_view_of(url);
    if (nd_url_host(v).len == 0 || !(nd_view_starts(v, "http://") || nd_view_starts(v, "https://")))
        return nd_fail(err, ND_BAD_INPUT, "the notification address '%.120s' does not begin with http(s)://",
                       url);
    struct webhook *w = ND_NEW(struct webhook);
    w->base.ops = &webhook_ops;
    w->http = http;
    w->url = nd_strdup(url);
    *out = &w->base;
    return ND_OK;
}
