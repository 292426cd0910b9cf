#include "nd_server.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "within.h"
#include <string.h>

/* Answers with these statuses in turn, then with the last again; remembers what it got. 0: no answer at all.
 */
struct hook {
    int statuses[4];
    char *ids[8], *bodies[8];
};

static enum nd_server_end receive(void *ctx, int fd, const struct nd_server_request *r)
{
    struct hook *hook = ctx;
    unsigned i = r->number - 1;
    const char *id = strstr(r->head, "\r\nX-Nightdesk-Event-Id: ");
    ck_assert_uint_lt(i, 8);
    hook->ids[i] = nd_strndup(id ? id + 24 : "", id ? strcspn(id + 24, "\r") : 0);
    hook->bodies[i] = nd_view_dup(r->body);
    int status = hook->statuses[i < 3 ? i : 3];
    if (!status) return ND_SERVER_CLOSE;
    nd_server_answer(fd, status, "text/plain", "thanks");
    return ND_SERVER_KEEP;
}

/* Notifies; the number of copies that arrived. All carry the same id and body. */
static unsigned notify(struct hook *hook, enum nd_rc wanted, struct nd_error *err)
{
    struct nd_server *server = nd_server_start(receive, hook);
    struct nd_http *http = NULL;
    struct nd_notifier *n = NULL;
    struct nd_json *event = nd_json_object();
    nd_json_set_str(event, "event_id", "e-77");
    nd_json_set_str(event, "kind", "awaiting_approval");
    nd_ck_ok(nd_http_open(&http, err), err);
    char *url = nd_sprintf("%s/services/T0/key-of-the-hook", nd_server_url(server));
    nd_ck_ok(notify_webhook_within(&n, url, http, 1000, 10, err), err);
    nd_ck_rc(n->ops->send(n, event, err), wanted, err);
    for (unsigned i = 0; i < err->notes; i++) /* who has the address can post to it */
        ck_assert_msg(!strstr(err->note[i], "key-of-the-hook"), "%s", err->note[i]);
    nd_free(url);
    unsigned copies = nd_server_requests(server);
    nd_notifier_close(n);
    nd_http_close(http);
    nd_server_stop(server);
    nd_json_free(event);
    for (unsigned i = 0; i < copies; i++) {
        ck_assert_str_eq(hook->ids[i], "e-77");
        ck_assert_str_eq(hook->bodies[i], "{\"event_id\":\"e-77\",\"kind\":\"awaiting_approval\"}");
        nd_free(hook->ids[i]);
        nd_free(hook->bodies[i]);
    }
    return copies;
}

START_TEST(delivered_at_once)
{
    struct nd_error err = {0};
    ck_assert_uint_eq(notify(&(struct hook){.statuses = {200, 200, 200, 200}}, ND_OK, &err), 1);
    ck_assert_uint_eq(notify(&(struct hook){.statuses = {204, 200, 200, 200}}, ND_OK, &err), 1);
}
END_TEST

START_TEST(a_failure_that_may_pass_is_tried_again_with_the_same_id)
{
    struct nd_error err = {0};
    ck_assert_uint_eq(notify(&(struct hook){.statuses = {500, 429, 200, 200}}, ND_OK, &err), 3);
    ck_assert_uint_eq(err.notes, 0);
    ck_assert_uint_eq(notify(&(struct hook){.statuses = {0, 200, 200, 200}}, ND_OK, &err), 2);
}
END_TEST

START_TEST(three_times_at_most)
{
    struct nd_error err = {0};
    ck_assert_uint_eq(notify(&(struct hook){.statuses = {503, 503, 503, 503}}, ND_RETRY, &err), 3);
    nd_ck_note(&err, "answered 503");
    nd_error_clear(&err);
    ck_assert_uint_eq(notify(&(struct hook){.statuses = {0, 0, 0, 0}}, ND_RETRY, &err), 3);
}
END_TEST

START_TEST(what_is_refused_for_good_is_not_repeated)
{
    struct nd_error err = {0};
    ck_assert_uint_eq(notify(&(struct hook){.statuses = {404, 200, 200, 200}}, ND_RETRY, &err), 1);
    nd_ck_note(&err, "answered 404");
}
END_TEST

START_TEST(a_redirect_is_not_followed)
{
    struct nd_error err = {0};
    ck_assert_uint_eq(notify(&(struct hook){.statuses = {302, 302, 302, 302}}, ND_RETRY, &err), 3);
}
END_TEST

static enum nd_server_end hang(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx, (void)fd, (void)r;
    return ND_SERVER_HANG;
}

START_TEST(a_receiver_that_hangs_costs_a_bounded_time)
{
    struct nd_server *server = nd_server_start(hang, NULL);
    struct nd_http *http = NULL;
    struct nd_notifier *n = NULL;
    struct nd_error err = {0};
    struct nd_json *event = nd_json_object();
    const struct nd_host *host = nd_host_posix();
    nd_ck_ok(nd_http_open(&http, &err), &err);
    nd_ck_ok(notify_webhook_within(&n, nd_server_url(server), http, 200, 10, &err), &err);
    int64_t start = host->monotonic_ms(host->ctx);
    nd_ck_rc(n->ops->send(n, event, &err), ND_RETRY, &err);
    ck_assert_int_lt(host->monotonic_ms(host->ctx) - start, 5000);
    nd_notifier_close(n);
    nd_http_close(http);
    nd_server_stop(server);
    nd_json_free(event);
}
END_TEST

START_TEST(only_addresses_are_accepted)
{
    static const char *const bad[] = {"", "hooks.example", "ftp://x/", "http://user:pw@host/",
                                      "file:///etc/passwd"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct nd_notifier *n = NULL;
        struct nd_error err = {0};
        nd_ck_rc(nd_notify_webhook(&n, bad[i], NULL, &err), ND_BAD_INPUT, &err);
        nd_ck_note(&err, "notification address");
        ck_assert_ptr_null(n);
    }
}
END_TEST

/* A notifier that only counts. */
struct counter {
    struct nd_notifier base;
    enum nd_rc rc;
    unsigned *sent, *closed;
};

static enum nd_rc count_send(struct nd_notifier *n, const struct nd_json *event, struct nd_error *err)
{
    struct counter *c = (struct counter *)n;
    (void)event;
    ++*c->sent;
    return c->rc == ND_OK ? ND_OK : nd_fail(err, c->rc, "counter refuses");
}

static void count_close(struct nd_notifier *n)
{
    ++*((struct counter *)n)->closed;
    nd_free(n);
}

static const struct nd_notifier_ops count_ops = {"counter", count_send, count_close};

static struct nd_notifier *counter(enum nd_rc rc, unsigned *sent, unsigned *closed)
{
    struct counter *c = ND_NEW(struct counter);
    *c = (struct counter){.base.ops = &count_ops, .rc = rc, .sent = sent, .closed = closed};
    return &c->base;
}

START_TEST(both_are_told_whatever_becomes_of_the_other)
{
    static const enum nd_rc rows[][2] = {
        {ND_OK, ND_OK}, {ND_RETRY, ND_OK}, {ND_OK, ND_RETRY}, {ND_RETRY, ND_RETRY}};
    for (size_t i = 0; i < 4; i++) {
        unsigned sent = 0, closed = 0;
        struct nd_error err = {0};
        struct nd_json *event = nd_json_object();
        struct nd_notifier *both =
            nd_notify_both(counter(rows[i][0], &sent, &closed), counter(rows[i][1], &sent, &closed));
        nd_ck_rc(both->ops->send(both, event, &err), i == 0 ? ND_OK : ND_RETRY, &err);
        ck_assert_uint_eq(sent, 2);
        if (i) nd_ck_note(&err, "counter refuses");
        nd_notifier_close(both);
        ck_assert_uint_eq(closed, 2);
        nd_json_free(event);
    }
    nd_notifier_close(NULL);
}
END_TEST

ND_TEST_MAIN("notify/webhook", delivered_at_once, a_failure_that_may_pass_is_tried_again_with_the_same_id,
             three_times_at_most, what_is_refused_for_good_is_not_repeated, a_redirect_is_not_followed,
             a_receiver_that_hangs_costs_a_bounded_time, only_addresses_are_accepted,
             both_are_told_whatever_becomes_of_the_other)
