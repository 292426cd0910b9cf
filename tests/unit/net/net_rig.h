/** A transport and a server for the tests of HTTP. */
#ifndef NET_RIG_H
#define NET_RIG_H

#include "nd_server.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "nightdesk/net/http.h"

struct rig {
    struct nd_http *http;
    struct nd_server *server;
};

static inline struct rig rig_open(nd_server_handler handler, void *ctx)
{
    struct rig rig = {0};
    struct nd_error err = {0};
    nd_ck_ok(nd_http_open(&rig.http, &err), &err);
    rig.server = nd_server_start(handler, ctx);
    return rig;
}

static inline void rig_close(struct rig *rig)
{
    nd_http_close(rig->http);
    nd_server_stop(rig->server);
}

/** POSTs the body and wants that result. */
static inline void rig_post(struct rig *rig, const char *body, enum nd_rc wanted,
                            struct nd_http_answer *answer, struct nd_error *err)
{
    struct nd_http_request request = {
        .method = "POST", .url = nd_server_url(rig->server), .body = nd_view_of(body), .total_ms = 20000};
    nd_error_clear(err);
    nd_ck_rc(nd_http_send(rig->http, &request, NULL, answer, err), wanted, err);
}

static inline int64_t rig_now(void)
{
    const struct nd_host *host = nd_host_posix();
    return host->monotonic_ms(host->ctx);
}

#endif
