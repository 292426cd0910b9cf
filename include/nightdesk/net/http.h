/**
 * HTTP: the only part of nightdesk that opens connections (libcurl is behind it). One transport thread owns
 * all connections; callers are plain blocking code on any thread.
 *
 * A request is sent once. libcurl by itself re-sends a request when a re-used connection dies unanswered, and
 * the server bills twice; so a body comes from a callback that cannot rewind, and a request without a body
 * travels on a connection of its own unless its caller says that twice is harmless. HTTP/1.1 only: requests
 * never share a connection at the same time. No redirect is followed; no proxy, netrc, cookie or HSTS file is
 * used.
 */
#ifndef NIGHTDESK_NET_HTTP_H
#define NIGHTDESK_NET_HTTP_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"
#include <stdatomic.h>

#define ND_HTTP_URL_MAX_BYTES 8192
#define ND_HTTP_HEADERS_MAX_BYTES ((size_t)64 << 10) /* of an answer */
#define ND_HTTP_BODY_MAX_BYTES ((size_t)20 << 20)    /* of an answer; a request may ask for less */
#define ND_HTTP_CONNECT_MS 10000
#define ND_HTTP_TOTAL_MS 600000    /* of an exchange that names no time */
#define ND_HTTP_WAIT_MAX_MS 120000 /* the longest Retry-After that is believed */

struct nd_http; /* the transport: open one per process */

/** Starts the transport thread. */
enum nd_rc nd_http_open(struct nd_http **out, struct nd_error *err);
/** Ends it; requests in flight are given up as ND_UNKNOWN. Returns when their callers have left. NULL is
 * fine. */
void nd_http_close(struct nd_http *http);

struct nd_http_request {
    const char *method;         /* "GET", "HEAD" or "DELETE" without a body, "POST" or "PUT" with one */
    const char *url;            /* http:// or https://, see nd_url_host */
    const char *const *headers; /* "Name: value" without control characters, ended by NULL; NULL: none */
    struct nd_view body;
    int64_t total_ms;      /* the whole exchange; 0: ND_HTTP_TOTAL_MS */
    int64_t idle_ms;       /* the longest silence, in whole seconds; 0: as long as the whole exchange */
    size_t max_body_bytes; /* 0: ND_HTTP_BODY_MAX_BYTES */
    bool harmless;         /* twice is as once: without a body it may use a connection that is open already */
    /**
     * Connects to public addresses only (net/address.h), on a connection of its own that nobody uses after
     * it. What counts is the address that is connected to, whatever a name, a number in another spelling or a
     * resolver that changes its mind made of it. One that is not public is ND_RETRY, and the note names it.
     */
    bool guarded;
};

struct nd_http_answer {
    int status;
    struct nd_bytes body;
    char content_type[64];
    int64_t
        retry_after_ms; /* from Retry-After (seconds or a date), clipped to ND_HTTP_WAIT_MAX_MS; -1: none */
    struct nd_bytes headers; /* "Name: value\r\n" each, as they came; see nd_http_header */
    bool too_large;          /* with ND_UNKNOWN: the body passed max_body_bytes */
};
void nd_http_answer_release(struct nd_http_answer *answer);
/** The value of the first header with that name (in any case), trimmed; empty when there is none. Borrowed.
 */
struct nd_view nd_http_header(const struct nd_http_answer *answer, const char *name);
/** Reads a date of a header ("Tue, 24 Nov 2026 06:00:00 GMT") in ms since 1970; false when it is none. */
bool nd_http_date(struct nd_view text, int64_t *ms);

/**
 * Sends and waits. Requests to a host that asked to wait (nd_http_hold) wait first.
 * @param stop  may be NULL; when it becomes true before anything was sent, ND_STOPPED; later it is not looked
 * at, since an answer in flight may have been paid for
 * @return ND_OK        a whole answer, whatever its status; caller releases it
 *         ND_RETRY     not one byte was sent: no address, refused, no TLS; or this process slept meanwhile
 *         ND_UNKNOWN   something was sent, and no whole answer came: time-out, reset, torn or too large
 *         ND_STOPPED · ND_BAD_INPUT the address, the method or a header is not one
 */
enum nd_rc nd_http_send(struct nd_http *http, const struct nd_http_request *request, const atomic_bool *stop,
                        struct nd_http_answer *answer, struct nd_error *err);

/**
 * No new request to the URL's host and port is sent for so long (at most ND_HTTP_WAIT_MAX_MS): what one lane
 * learns from a 429 holds for all lanes.
 */
void nd_http_hold(struct nd_http *http, const char *url, int64_t wait_ms);

/**
 * "https://api.example.com:8443/v1/x" -> "api.example.com", "http://[::1]/" -> "::1". Empty for everything
 * that two parsers might read in two ways: another scheme, a user name, spaces, control characters,
 * backslashes, non-ASCII bytes, a host with other characters than letters, digits, '.', '-', '_', or a port
 * out of range.
 */
struct nd_view nd_url_host(struct nd_view url);
/** True when the host is this machine by its name: localhost, 127.0.0.0/8 in its usual spelling, ::1. */
bool nd_url_is_local(struct nd_view url);

#endif
