/**
 * A small HTTP server inside a test: one thread accepts on 127.0.0.1, one thread serves each connection. It
 * counts what a paying server would bill: whole requests.
 *
 *     static enum nd_server_end answer(void *ctx, int fd, const struct nd_server_request *r)
 *     {
 *         nd_server_answer(fd, 200, "application/json", "{}");
 *         return ND_SERVER_KEEP;
 *     }
 *     struct nd_server *server = nd_server_start(answer, NULL);
 *     … nd_server_url(server) is "http://127.0.0.1:PORT" …
 *     nd_server_stop(server);
 */
#ifndef ND_SERVER_H
#define ND_SERVER_H

#include "nightdesk/base/bytes.h"

struct nd_server_request {
    const char *head; /* request line and headers, NUL-ended */
    struct nd_view body;
    unsigned number;        /* of all whole requests, from 1 */
    unsigned on_connection; /* of this connection's, from 1 */
};

/** What becomes of the connection after the handler. */
enum nd_server_end {
    ND_SERVER_KEEP,
    ND_SERVER_CLOSE,
    ND_SERVER_RESET, /* the peer sees a reset */
    ND_SERVER_HANG,  /* kept open, and nothing more is read or said */
};

/** Called for each whole request; it writes the answer to fd itself. Any thread. */
typedef enum nd_server_end (*nd_server_handler)(void *ctx, int fd, const struct nd_server_request *request);

struct nd_server;
struct nd_server *nd_server_start(nd_server_handler handler, void *ctx);
const char *nd_server_url(const struct nd_server *server);
unsigned nd_server_requests(struct nd_server *server);    /* whole ones so far */
unsigned nd_server_connections(struct nd_server *server); /* accepted so far */
/** From now on connections are reset as soon as they are accepted. */
void nd_server_reset_all(struct nd_server *server);
/** No new connections from now on: they are refused. Those that are open go on. May be called by a handler.
 */
void nd_server_deaf(struct nd_server *server);
/** Ends every connection and all threads. */
void nd_server_stop(struct nd_server *server);

/** Writes it all; a peer that is gone is fine. */
void nd_server_write(int fd, struct nd_view bytes);
void nd_server_say(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** A whole answer with Content-Length. */
void nd_server_answer(int fd, int status, const char *type, const char *body);
/** A port of 127.0.0.1 where nobody listens. */
int nd_server_free_port(void);

#endif
