#include "nd_server.h"
#include "nightdesk/base/alloc.h"
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define REQUEST_MAX_BYTES ((size_t)64 << 20)

struct connection {
    struct nd_server *server;
    pthread_t thread;
    int fd;
};

struct nd_server {
    nd_server_handler handler;
    void *ctx;
    int listener;
    char url[40];
    pthread_t acceptor;
    pthread_mutex_t lock; /* guards all below */
    struct connection v[CONNECTIONS_MAX];
    unsigned n, requests;
    bool reset_all, stopping;
};

void nd_server_write(int fd, struct nd_view bytes)
{
    for (size_t done = 0; done < bytes.len;) {
        ssize_t sent = send(fd, bytes.data + done, bytes.len - done, MSG_NOSIGNAL);
        if (sent <= 0) return;
        done += (size_t)sent;
    }
}

void nd_server_say(int fd, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = nd_vsprintf(fmt, args);
    va_end(args);
    nd_server_write(fd, nd_view_of(text));
    nd_free(text);
}

void nd_server_answer(int fd, int status, const char *type, const char *body)
{
    nd_server_say(fd, "HTTP/1.1 %d Status\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", status, type,
                  strlen(body), body);
}

static size_t content_length(const char *head)
{
    const char *at = strcasestr(head, "\r\nContent-Length:");
    return at ? (size_t)strtoul(at + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

/* Reads until the buffer holds a whole request; its length, or 0 when the peer is gone. */
static size_t read_request(int fd, struct nd_bytes *in, size_t *head_len)
{
    for (;;) {
        size_t blank = nd_view_find(nd_bytes_view(in), ND_VIEW("\r\n\r\n"), 0);
        if (blank != SIZE_MAX) {
            *head_len = blank + 4;
            char *head = nd_strndup(in->data, *head_len);
            size_t whole = *head_len + content_length(head);
            nd_free(head);
            if (in->len >= whole) return whole;
        }
        char part[65536];
        ssize_t got = recv(fd, part, sizeof part, 0);
        if (got <= 0) return 0;
        nd_bytes_add(in, part, (size_t)got);
    }
}

static enum nd_server_end serve_one(struct connection *c, struct nd_bytes *in, size_t whole, size_t head_len,
                                    unsigned nth)
{
    char *head = nd_strndup(in->data, head_len);
    struct nd_server_request request = {
        .head = head, .body = {in->data + head_len, whole - head_len}, .on_connection = nth};
    pthread_mutex_lock(&c->server->lock);
    request.number = ++c->server->requests;
    pthread_mutex_unlock(&c->server->lock);
    enum nd_server_end end = c->server->handler(c->server->ctx, c->fd, &request);
    nd_free(head);
    return end;
}

static void reset(int fd)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void *serve(void *ctx)
{
    struct connection *c = ctx;
    enum nd_server_end end = ND_SERVER_KEEP;
    struct nd_bytes in = ND_BYTES(REQUEST_MAX_BYTES);
    pthread_mutex_lock(&c->server->lock);
    if (c->server->reset_all) end = ND_SERVER_RESET;
    pthread_mutex_unlock(&c->server->lock);
    for (unsigned nth = 1; end == ND_SERVER_KEEP; nth++) {
        size_t head_len = 0, whole = read_request(c->fd, &in, &head_len);
        if (!whole) break;
        end = serve_one(c, &in, whole, head_len, nth);
        memmove(in.data, in.data + whole, in.len - whole);
        in.len -= whole;
    }
    nd_bytes_release(&in);
    if (end == ND_SERVER_HANG) return NULL; /* closed by nd_server_stop */
    if (end == ND_SERVER_RESET) reset(c->fd);
    pthread_mutex_lock(&c->server->lock);
    close(c->fd);
    c->fd = -1;
    pthread_mutex_unlock(&c->server->lock);
    return NULL;
}

static void *accept_all(void *ctx)
{
    struct nd_server *s = ctx;
    for (;;) {
        int fd = accept(s->listener, NULL, NULL);
        pthread_mutex_lock(&s->lock);
        bool stop = s->stopping || fd < 0 || s->n == CONNECTIONS_MAX;
        if (!stop) {
            struct connection *c = &s->v[s->n++];
            *c = (struct connection){.server = s, .fd = fd};
            if (pthread_create(&c->thread, NULL, serve, c) != 0) abort();
        }
        pthread_mutex_unlock(&s->lock);
        if (!stop) continue;
        if (fd >= 0) close(fd);
        return NULL;
    }
}

static int listen_here(struct sockaddr_in *at)
{
    socklen_t len = sizeof *at;
    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_msg(fd >= 0 && bind(fd, (struct sockaddr *)at, sizeof *at) == 0 && listen(fd, 256) == 0 &&
                      getsockname(fd, (struct sockaddr *)at, &len) == 0,
                  "cannot listen on 127.0.0.1: %s", strerror(errno));
    return fd;
}

struct nd_server *nd_server_start(nd_server_handler handler, void *ctx)
{
    struct nd_server *s = ND_NEW(struct nd_server);
    struct sockaddr_in at;
    s->handler = handler;
    s->ctx = ctx;
    s->listener = listen_here(&at);
    (void)snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", ntohs(at.sin_port));
    pthread_mutex_init(&s->lock, NULL);
    ck_assert_int_eq(pthread_create(&s->acceptor, NULL, accept_all, s), 0);
    return s;
}

const char *nd_server_url(const struct nd_server *s)
{
    return s->url;
}

unsigned nd_server_requests(struct nd_server *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned n = s->requests;
    pthread_mutex_unlock(&s->lock);
    return n;
}

unsigned nd_server_connections(struct nd_server *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned n = s->n;
    pthread_mutex_unlock(&s->lock);
    return n;
}

void nd_server_reset_all(struct nd_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->reset_all = true;
    pthread_mutex_unlock(&s->lock);
}

void nd_server_deaf(struct nd_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    shutdown(s->listener, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
}

void nd_server_stop(struct nd_server *s)
{
    nd_server_deaf(s);
    pthread_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->n; i++)
        if (s->v[i].fd >= 0) shutdown(s->v[i].fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->acceptor, NULL);
    for (unsigned i = 0; i < s->n; i++) {
        pthread_join(s->v[i].thread, NULL);
        if (s->v[i].fd >= 0) close(s->v[i].fd);
    }
    close(s->listener);
    pthread_mutex_destroy(&s->lock);
    nd_free(s);
}

int nd_server_free_port(void)
{
    struct sockaddr_in at;
    close(listen_here(&at));
    return ntohs(at.sin_port);
}
