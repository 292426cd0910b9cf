#include "exchange.h"
#include "holds.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include <pthread.h>

#define POLL_MS 1000        /* the transport thread looks at its queue at least this often */
#define STOP_LOOK_MS 100    /* a waiting caller looks at its stop flag this often */
#define CONNECTIONS_KEPT 64 /* idle ones */

/*
 * queue --transport thread--> curl multi --done--> the caller wakes.
 * `lock` guards queue, holds, closing and every exchange's done; the exchange itself belongs to the transport
 * thread between the queue and done.
 */
struct nd_http {
    CURLM *multi;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct exchange *queue;
    struct holds holds;
    bool closing;
};

static void finish(struct nd_http *http, struct exchange *x, CURLcode result)
{
    pthread_mutex_lock(&http->lock);
    x->result = result;
    x->done = true;
    pthread_cond_broadcast(&http->changed);
    pthread_mutex_unlock(&http->lock);
}

static void reap(struct nd_http *http)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        struct exchange *x = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&x);
        curl_multi_remove_handle(http->multi, easy);
        finish(http, x, result);
    }
}

/* Moves what waits into the multi handle; true when the transport is to end. */
static bool admit(struct nd_http *http)
{
    pthread_mutex_lock(&http->lock);
    struct exchange *list = http->queue;
    http->queue = NULL;
    bool closing = http->closing;
    pthread_mutex_unlock(&http->lock);
    while (list) {
        struct exchange *x = list;
        list = x->next;
        if (closing || curl_multi_add_handle(http->multi, x->easy) != CURLM_OK)
            finish(http, x, CURLE_FAILED_INIT);
    }
    return closing;
}

static void *transport(void *ctx)
{
    struct nd_http *http = ctx;
    while (!admit(http)) {
        int running = 0;
        curl_multi_perform(http->multi, &running);
        reap(http);
        curl_multi_poll(http->multi, NULL, 0, POLL_MS, NULL);
    }
    return NULL;
}

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum nd_rc nd_http_open(struct nd_http **out, struct nd_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct nd_http *http = ND_NEW(struct nd_http);
    pthread_once(&once, start_curl);
    http->multi = curl_multi_init();
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    pthread_mutex_init(&http->lock, NULL);
    pthread_cond_init(&http->changed, NULL);
    if (pthread_create(&http->thread, NULL, transport, http) != 0) {
        curl_multi_cleanup(http->multi);
        nd_free(http);
        return nd_fail(err, ND_RETRY, "the transport thread could not be started");
    }
    *out = http;
    return ND_OK;
}

void nd_http_close(struct nd_http *http)
{
    if (!http) return;
    pthread_mutex_lock(&http->lock);
    http->closing = true;
    pthread_mutex_unlock(&http->lock);
    curl_multi_wakeup(http->multi);
    pthread_join(http->thread, NULL);
    curl_multi_cleanup(http->multi);
    pthread_mutex_destroy(&http->lock);
    pthread_cond_destroy(&http->changed);
    nd_free(http);
}

static bool stopped(const atomic_bool *stop)
{
    return stop && atomic_load(stop);
}

/* Waits until the host wants requests again. */
static enum nd_rc wait_for_host(struct nd_http *http, const char *url, const atomic_bool *stop,
                                struct nd_error *err)
{
    const struct nd_host *host = nd_host_posix();
    for (;;) {
        pthread_mutex_lock(&http->lock);
        int64_t until = holds_until(&http->holds, nd_url_host(nd_view_of(url)));
        pthread_mutex_unlock(&http->lock);
        if (stopped(stop)) return nd_fail(err, ND_STOPPED, "asked to stop before '%.100s' was asked", url);
        int64_t left = until - host->monotonic_ms(host->ctx);
        if (left <= 0) return ND_OK;
        host->sleep_ms(host->ctx, left < STOP_LOOK_MS ? left : STOP_LOOK_MS);
    }
}

static void enqueue_and_wait(struct nd_http *http, struct exchange *x)
{
    pthread_mutex_lock(&http->lock);
    x->next = http->queue;
    http->queue = x;
    pthread_mutex_unlock(&http->lock);
    curl_multi_wakeup(http->multi);
    pthread_mutex_lock(&http->lock);
    while (!x->done) pthread_cond_wait(&http->changed, &http->lock);
    pthread_mutex_unlock(&http->lock);
}

enum nd_rc nd_http_send(struct nd_http *http, const struct nd_http_request *request, const atomic_bool *stop,
                        struct nd_http_answer *answer, struct nd_error *err)
{
    struct exchange x = {0};
    *answer = (struct nd_http_answer){0};
    enum nd_rc rc = exchange_open(&x, request, answer, err);
    if (rc == ND_OK) rc = wait_for_host(http, request->url, stop, err);
    if (rc == ND_OK) {
        enqueue_and_wait(http, &x);
        rc = exchange_verdict(&x, err);
    }
    exchange_close(&x);
    if (rc != ND_OK) nd_http_answer_release(answer);
    return rc;
}

void nd_http_hold(struct nd_http *http, const char *url, int64_t wait_ms)
{
    const struct nd_host *host = nd_host_posix();
    int64_t wait = wait_ms > ND_HTTP_WAIT_MAX_MS ? ND_HTTP_WAIT_MAX_MS : wait_ms;
    pthread_mutex_lock(&http->lock);
    holds_set(&http->holds, nd_url_host(nd_view_of(url)), host->monotonic_ms(host->ctx) + wait);
    pthread_mutex_unlock(&http->lock);
}
