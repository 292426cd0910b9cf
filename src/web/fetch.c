/* A page: hop by hop through redirects, each with the site's turn, its robots.txt and the address guard. */
#include "cache.h"
#include "nightdesk/base/alloc.h"
#include "web_private.h"
#include <string.h>
#include <stdio.h>

#define ACCEPT                                                                                               \
    "Accept: text/html, application/xhtml+xml, application/pdf, text/plain, text/markdown, */*;q=0.5"
#define HEADER_BYTES 1200
#define BUSY_TRIES 2 /* of a page whose server asks to wait */

struct hop {
    struct web *web;
    const atomic_bool *stop;
    char *url;
    char *next;   /* a redirect leads there; NULL: this hop is the last */
    bool guarded; /* the hop before this one was */
    struct nd_web_page *page;
};

static bool redirects(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* "Text/HTML; charset=utf-8" -> "text/html" */
static char *media_type_of(const char *content_type)
{
    struct nd_view v = nd_view_of(content_type);
    v = nd_view_trim(nd_view_sub(v, 0, nd_view_find(v, ND_VIEW(";"), 0)));
    char *type = nd_view_dup(v);
    for (char *c = type; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + ('a' - 'A'));
    return type;
}

static bool has_no_text(const char *media_type)
{
    static const char *const kinds[] = {"image/", "audio/", "video/", "font/"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(media_type, kinds[i], strlen(kinds[i])) == 0) return true;
    return false;
}

static void give_up(struct hop *h, char *why)
{
    nd_free(h->page->why);
    h->page->why = why;
}

/* ---- what an answer means ---- */

static void take_body(struct hop *h, struct nd_http_answer *answer)
{
    h->page->media_type = media_type_of(answer->content_type);
    if (has_no_text(h->page->media_type)) {
        size_t known = strcspn(h->page->media_type, "/"); /* the rest may be any words of the server */
        give_up(h, nd_sprintf("it is of kind %.*s, which has no text", (int)known, h->page->media_type));
        return;
    }
    cache_keep(h->web->cache, h->url, h->page->media_type, answer);
    h->page->body = answer->body;
    answer->body = (struct nd_bytes){0};
}

static void take_kept(struct hop *h, const struct kept *kept)
{
    if (cache_body(h->web->cache, kept, &h->page->body))
        h->page->media_type = nd_strdup(kept->media_type ? kept->media_type : "");
    else
        give_up(h, nd_strdup("the server says that it has not changed, and it is not kept here any more"));
}

static void take_answer(struct hop *h, struct nd_http_answer *answer, const struct kept *kept)
{
    int status = answer->status;
    if (redirects(status)) {
        h->next = web_redirect(h->url, answer);
        if (!h->next)
            give_up(h, nd_sprintf("the server answered %d, and leads nowhere that may be gone to", status));
    } else if (status == 304 && kept->sha256[0]) {
        take_kept(h, kept);
    } else if (status >= 200 && status < 300) {
        take_body(h, answer);
    } else {
        give_up(h, nd_sprintf("the server answered %d", status));
    }
}

/* ---- one hop ---- */

static enum nd_rc get_page(struct hop *h, bool guarded, struct nd_error *err)
{
    char etag[HEADER_BYTES], modified[HEADER_BYTES];
    const char *headers[4] = {ACCEPT};
    size_t n = 1;
    struct kept kept = {.etag = NULL};
    if (cache_find(h->web->cache, h->url, &kept)) {
        (void)snprintf(etag, sizeof etag, "If-None-Match: %s", kept.etag ? kept.etag : "");
        (void)snprintf(modified, sizeof modified, "If-Modified-Since: %s",
                       kept.modified ? kept.modified : "");
        if (kept.etag) headers[n++] = etag;
        if (kept.modified) headers[n++] = modified;
    }
    enum nd_rc rc = ND_OK;
    for (unsigned try = 1; rc == ND_OK; try++) {
        struct nd_http_answer answer = {0};
        char *why = NULL;
        rc = web_get(h->web, h->url, guarded, headers, ND_WEB_PAGE_MAX_BYTES, h->stop, &answer, &why, err);
        if (rc != ND_OK) break;
        if (why) {
            give_up(h, why);
            break;
        }
        bool busy = (answer.status == 429 || answer.status == 503) && answer.retry_after_ms >= 0 &&
                    answer.retry_after_ms <= ND_WEB_PAUSE_MAX_MS && try < BUSY_TRIES;
        int64_t wait_ms = answer.retry_after_ms;
        if (!busy) take_answer(h, &answer, &kept);
        nd_http_answer_release(&answer);
        if (!busy) break;
        if (!web_sleep(wait_ms, h->stop)) rc = nd_fail(err, ND_STOPPED, "asked to stop");
    }
    kept_release(&kept);
    return rc;
}

/* With the site's turn taken: what robots.txt says, then the page. */
static enum nd_rc ask_site(struct hop *h, struct site *site, const struct nd_url *url, bool guarded,
                           struct nd_error *err)
{
    enum nd_rc rc = web_robots(h->web, site, h->stop, err);
    if (rc != ND_OK) return rc;
    if (site->closed)
        give_up(h, nd_strdup(site->closed));
    else if (!robots_allow(&site->robots, url->path))
        give_up(h, nd_strdup("the site's robots.txt asks programs not to read it"));
    else
        rc = get_page(h, guarded, err);
    return rc;
}

static int64_t pause_after(const struct site *site, bool guarded)
{
    int64_t asked = site->robots.pause_ms < ND_WEB_PAUSE_MAX_MS ? site->robots.pause_ms : ND_WEB_PAUSE_MAX_MS;
    if (!guarded || site->closed) return asked; /* the user's own; or it will not be asked */
    return asked > ND_WEB_PAUSE_MS ? asked : ND_WEB_PAUSE_MS;
}

static enum nd_rc one_hop(struct hop *h, struct nd_error *err)
{
    struct nd_url url;
    if (!nd_url_split(&url, nd_view_of(h->url))) {
        give_up(h, nd_strdup("it is not an address like https://host/path"));
        return ND_OK;
    }
    struct gate gate = web_gate_from(h->web, h->guarded, &url);
    h->guarded = gate.guarded;
    if (gate.why) {
        give_up(h, gate.why);
        return ND_OK;
    }
    struct nd_view origin = {h->url, (size_t)(url.path.data - h->url)};
    struct site *site = hosts_enter(&h->web->hosts, origin, h->stop);
    if (!site) return nd_fail(err, ND_STOPPED, "asked to stop before '%.100s' was fetched", h->url);
    enum nd_rc rc = ask_site(h, site, &url, gate.guarded, err);
    hosts_leave(&h->web->hosts, site, pause_after(site, gate.guarded));
    return rc;
}

/* ---- all hops ---- */

static enum nd_rc follow(struct hop *h, struct nd_error *err)
{
    for (unsigned hop = 0;; hop++) {
        enum nd_rc rc = one_hop(h, err);
        if (rc != ND_OK || !h->next) return rc;
        if (hop == ND_WEB_REDIRECTS_MAX) {
            give_up(h, nd_sprintf("it leads on more than %d times", ND_WEB_REDIRECTS_MAX));
            return ND_OK;
        }
        nd_free(h->url);
        h->url = h->next;
        h->next = NULL;
    }
}

enum nd_rc web_fetch(struct nd_web *base, const char *url, const atomic_bool *stop, struct nd_web_page *out,
                     struct nd_error *err)
{
    struct nd_web_page page = {.body = ND_BYTES(ND_WEB_PAGE_MAX_BYTES)};
    struct hop h = {.web = (struct web *)(void *)base, .stop = stop, .page = &page};
    h.url = nd_url_clean(nd_view_of(url));
    if (!h.url) h.url = nd_strdup(url); /* the first hop says so */
    enum nd_rc rc = follow(&h, err);
    page.url = h.url;
    if (!page.media_type) page.media_type = nd_strdup("");
    nd_free(h.next);
    if (rc == ND_OK)
        *out = page;
    else
        nd_web_page_release(&page);
    return rc;
}
