#include "exchange.h"
#include "holds.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "url.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>

#define POLL_MS 1000        /* the transport thread looks at its queue at least this often */
#define STOP_LOOK_MS 100    /* a waiting caller looks at its stop flag this often */
#define CONNECTIONS_KEPT 64 /* idle ones */
#define OVERSLEPT_MS 3000   /* a look later than this: the process was stopped, or the machine slept */

/*
 * queue --transport thread--> running, in the multi handle --done--> the caller wakes.
 * `lock` guards queue, holds, callers, closing and every exchange's done; the exchange itself belongs to the
 * transport thread between the queue and done, as do `multi` and `running`.
 */
struct nd_http {
    CURLM *multi;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct exchange *queue, *running;
    struct holds holds;
    size_t callers; /* inside nd_http_send; the transport lives until they have left */
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

/* Takes it out of the multi handle and hands it back. */
static void end(struct nd_http *http, struct exchange *x, CURLcode result)
{
    struct exchange **at = &http->running;
    while (*at && *at != x) at = &(*at)->next;
    if (*at) *at = x->next;
    curl_multi_remove_handle(http->multi, x->easy);
    finish(http, x, result);
}

static void reap(struct nd_http *http)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        CURLcode result = message->data.result; /* the message is gone once the handle is removed */
        struct exchange *x = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&x);
        end(http, x, result);
    }
}

static void begin(struct nd_http *http, struct exchange *x)
{
    if (curl_multi_add_handle(http->multi, x->easy) != CURLM_OK) {
        finish(http, x, CURLE_FAILED_INIT);
        return;
    }
    x->next = http->running;
    http->running = x;
}

/* Begins what waits; false when the transport is to end. */
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
        begin(http, x);
    }
    return !closing;
}

static void *transport(void *ctx)
{
    struct nd_http *http = ctx;
    while (admit(http)) {
        int running = 0;
        curl_multi_perform(http->multi, &running);
        reap(http);
        curl_multi_poll(http->multi, NULL, 0, POLL_MS, NULL);
    }
    while (http->running) end(http, http->running, CURLE_ABORTED_BY_CALLBACK);
    curl_multi_cleanup(http->multi);
    return NULL;
}

/* Signals are for the other threads, and a write to a dead TLS connection must not be one. */
static int start_thread(struct nd_http *http)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(&http->thread, NULL, transport, http);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum nd_rc nd_http_open(struct nd_http **out, struct nd_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_curl);
    struct nd_http *http = ND_NEW(struct nd_http);
    http->multi = curl_multi_init();
    if (!http->multi) nd_no_memory();
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    pthread_mutex_init(&http->lock, NULL);
    pthread_cond_init(&http->changed, NULL);
    int failed = start_thread(http);
    if (failed) {
        curl_multi_cleanup(http->multi);
        pthread_cond_destroy(&http->changed);
        pthread_mutex_destroy(&http->lock);
        nd_free(http);
        return nd_fail(err, ND_RETRY, "the transport thread could not be started: %s",
                       strerrorname_np(failed));
    }
    *out = http;
    return ND_OK;
}

void nd_http_close(struct nd_http *http)
{
    if (!http) return;
    pthread_mutex_lock(&http->lock);
    http->closing = true;
    curl_multi_wakeup(http->multi); /* under the lock: the thread ends `multi` once it has seen `closing` */
    pthread_mutex_unlock(&http->lock);
    pthread_join(http->thread, NULL);
    pthread_mutex_lock(&http->lock);
    while (http->callers) pthread_cond_wait(&http->changed, &http->lock);
    pthread_mutex_unlock(&http->lock);
    pthread_cond_destroy(&http->changed);
    pthread_mutex_destroy(&http->lock);
    nd_free(http);
}

static bool stopped(const atomic_bool *stop)
{
    return stop && atomic_load(stop);
}

/* Waits until the host wants requests again. What may be paid for is not sent after a sleep: its caller looks
 * again whether it may. */
static enum nd_rc wait_for_host(struct nd_http *http, const struct nd_http_request *request,
                                const atomic_bool *stop, struct nd_error *err)
{
    const struct nd_host *host = nd_host_posix();
    const char *url = request->url;
    for (;;) {
        pthread_mutex_lock(&http->lock);
        int64_t until_ms = holds_until(&http->holds, url_authority(nd_view_of(url)));
        bool closing = http->closing;
        pthread_mutex_unlock(&http->lock);
        if (stopped(stop)) return nd_fail(err, ND_STOPPED, "asked to stop before '%.100s' was asked", url);
        int64_t left_ms = until_ms - host->monotonic_ms(host->ctx);
        if (closing || left_ms <= 0) return ND_OK; /* a closing transport refuses it at once */
        int64_t before_ms = host->monotonic_ms(host->ctx);
        host->sleep_ms(host->ctx, left_ms < STOP_LOOK_MS ? left_ms : STOP_LOOK_MS);
        if (request->body.len && host->monotonic_ms(host->ctx) - before_ms > OVERSLEPT_MS)
            return nd_fail(err, ND_RETRY, "'%.100s' was not asked: this process slept while it waited", url);
    }
}

static void enqueue_and_wait(struct nd_http *http, struct exchange *x)
{
    pthread_mutex_lock(&http->lock);
    if (http->closing) {
        x->result = CURLE_ABORTED_BY_CALLBACK;
    } else {
        x->next = http->queue;
        http->queue = x;
        curl_multi_wakeup(http->multi);
        while (!x->done) pthread_cond_wait(&http->changed, &http->lock);
    }
    pthread_mutex_unlock(&http->lock);
}

static void count_caller(struct nd_http *http, bool enters)
{
    pthread_mutex_lock(&http->lock);
    http->callers += enters ? 1 : SIZE_MAX;
    if (!enters) pthread_cond_broadcast(&http->changed);
    pthread_mutex_unlock(&http->lock);
}

enum nd_rc nd_http_send(struct nd_http *http, const struct nd_http_request *request, const atomic_bool *stop,
                        struct nd_http_answer *answer, struct nd_error *err)
{
    struct exchange x = {0};
    *answer = (struct nd_http_answer){.retry_after_ms = -1};
    count_caller(http, true);
    enum nd_rc rc = exchange_open(&x, request, answer, err);
    if (rc == ND_OK) rc = wait_for_host(http, request, stop, err);
    if (rc == ND_OK) {
        enqueue_and_wait(http, &x);
        rc = exchange_verdict(&x, err);
    }
    exchange_close(&x);
    if (rc != ND_OK) nd_http_answer_release(answer);
    count_caller(http, false);
    return rc;
}

void nd_http_hold(struct nd_http *http, const char *url, int64_t wait_ms)
{
    const struct nd_host *host = nd_host_posix();
    int64_t wait = wait_ms > ND_HTTP_WAIT_MAX_MS ? ND_HTTP_WAIT_MAX_MS : wait_ms;
    pthread_mutex_lock(&http->lock);
    holds_set(&http->holds, url_authority(nd_view_of(url)), host->monotonic_ms(host->ctx) + wait);
    pthread_mutex_unlock(&http->lock);
}
