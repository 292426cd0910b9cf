/* One GET, whether an address may be asked, where redirects lead, and a site's robots.txt. */
#include "nightdesk/base/alloc.h"
#include "web_private.h"
#include <string.h>

#define HEADERS_MAX 8

struct gate web_gate(const struct web *web, const struct nd_url *url)
{
    if (web_is_allowed(web, url)) return (struct gate){.guarded = false};
    if (url->port == 80 || url->port == 443) return (struct gate){.guarded = true};
    return (struct gate){.guarded = true,
                         .why = nd_sprintf("port %u is not 80 or 443, and %.*s:%u is not on the list of "
                                           "--allow-host",
                                           url->port, (int)url->host.len, url->host.data, url->port)};
}

struct gate web_gate_from(const struct web *web, bool guarded, const struct nd_url *url)
{
    struct gate gate = web_gate(web, url);
    if (!guarded || gate.guarded) return gate;
    return (struct gate){.guarded = true,
                         .why = nd_sprintf("it leads on to %.*s:%u, where only you may send the program",
                                           (int)url->host.len, url->host.data, url->port)};
}

enum nd_rc web_get(const struct web *web, const char *url, bool guarded, const char *const *more,
                   size_t max_bytes, const atomic_bool *stop, struct nd_http_answer *answer, char **why,
                   struct nd_error *err)
{
    const char *headers[HEADERS_MAX] = {AGENT_HEADER, "Accept-Encoding: identity"};
    struct nd_error mine = {0};
    for (size_t i = 2; more && *more && i + 1 < HEADERS_MAX; i++) headers[i] = *more++;
    struct nd_http_request request = {.method = "GET",
                                      .url = url,
                                      .headers = headers,
                                      .total_ms = ND_WEB_TOTAL_MS,
                                      .max_body_bytes = max_bytes,
                                      .guarded = guarded};
    enum nd_rc rc = nd_http_send(web->http, &request, stop, answer, &mine);
    if (rc == ND_STOPPED) return nd_fail(err, rc, "asked to stop before '%.100s' was fetched", url);
    if (rc != ND_OK) *why = nd_strdup(mine.note[0]);
    return ND_OK;
}

char *web_redirect(const char *from, const struct nd_http_answer *answer)
{
    char *to = nd_url_resolve(from, nd_http_header(answer, "Location"));
    bool weaker = to && strncmp(from, "https:", 6) == 0 && strncmp(to, "http:", 5) == 0;
    if (!weaker) return to;
    nd_free(to);
    return NULL;
}

/* ---- robots.txt ---- */

static bool redirects(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Follows redirects to the last answer; *why: there is none. */
static enum nd_rc get_robots(const struct web *web, const char *first, const atomic_bool *stop,
                             struct nd_http_answer *answer, char **why, struct nd_error *err)
{
    char *url = nd_strdup(first);
    bool guarded = false; /* the first is judged like the page it is asked for */
    enum nd_rc rc = ND_OK;
    for (unsigned hop = 0; rc == ND_OK; hop++) {
        struct nd_url parts;
        struct gate gate = {.why = NULL};
        if (nd_url_split(&parts, nd_view_of(url))) gate = web_gate_from(web, guarded, &parts);
        guarded = gate.guarded;
        *why = gate.why;
        if (*why) break;
        rc = web_get(web, url, gate.guarded, NULL, 2 * ROBOTS_MAX_BYTES, stop, answer, why, err);
        if (rc != ND_OK || *why || !redirects(answer->status) || hop == ND_WEB_REDIRECTS_MAX) break;
        char *to = web_redirect(url, answer);
        if (!to) break;
        nd_http_answer_release(answer);
        nd_free(url);
        url = to;
    }
    nd_free(url);
    return rc;
}

static void forget(struct site *site)
{
    robots_release(&site->robots);
    nd_free(site->closed);
    site->closed = NULL;
}

enum nd_rc web_robots(struct web *web, struct site *site, const atomic_bool *stop, struct nd_error *err)
{
    int64_t now = web_now_ms();
    if (site->robots_until_ms > now) return ND_OK;
    struct nd_http_answer answer = {0};
    char *url = nd_sprintf("%s/robots.txt", site->origin), *why = NULL;
    enum nd_rc rc = get_robots(web, url, stop, &answer, &why, err);
    nd_free(url);
    if (rc != ND_OK) return rc;
    forget(site);
    if (why)
        site->closed = why;
    else if (answer.status >= 500 || answer.status == 429)
        site->closed = nd_sprintf("its robots.txt could not be had: the server answered %d", answer.status);
    else if (answer.status >= 200 && answer.status < 300)
        robots_parse(&site->robots, nd_bytes_view(&answer.body), ND_WEB_AGENT);
    site->robots_until_ms = web_now_ms() + (site->closed ? ROBOTS_CLOSED_MS : ROBOTS_KEPT_MS);
    if (!why) nd_http_answer_release(&answer);
    return ND_OK;
}
