#include "hosts.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"

#define LOOK_MS 50 /* how often a waiting caller looks again */

int64_t web_now_ms(void)
{
    const struct nd_host *host = nd_host_posix();
    return host->monotonic_ms(host->ctx);
}

static bool stopped(const atomic_bool *stop)
{
    return stop && atomic_load(stop);
}

bool web_sleep(int64_t ms, const atomic_bool *stop)
{
    const struct nd_host *host = nd_host_posix();
    int64_t until = web_now_ms() + ms;
    for (int64_t left = ms; left > 0 && !stopped(stop); left = until - web_now_ms())
        host->sleep_ms(host->ctx, left < LOOK_MS ? left : LOOK_MS);
    return !stopped(stop);
}

void hosts_init(struct hosts *hosts)
{
    *hosts = (struct hosts){.n = 0};
    pthread_mutex_init(&hosts->lock, NULL);
}

static void site_free(struct site *site)
{
    robots_release(&site->robots);
    nd_free(site->closed);
    nd_free(site->origin);
    nd_free(site);
}

void hosts_release(struct hosts *hosts)
{
    for (struct site *site = hosts->first, *next; site; site = next) {
        next = site->next;
        site_free(site);
    }
    pthread_mutex_destroy(&hosts->lock);
    *hosts = (struct hosts){.n = 0};
}

/* Forgets the oldest that nobody is asking. */
static void forget_one(struct hosts *hosts)
{
    struct site **oldest = NULL;
    for (struct site **at = &hosts->first; *at; at = &(*at)->next)
        if (!(*at)->busy) oldest = at;
    if (!oldest) return;
    struct site *gone = *oldest;
    *oldest = gone->next;
    hosts->n--;
    site_free(gone);
}

static struct site *site_of(struct hosts *hosts, struct nd_view origin)
{
    struct site *site = hosts->first;
    while (site && !nd_view_is(origin, site->origin)) site = site->next;
    if (site) return site;
    if (hosts->n >= HOSTS_MAX) forget_one(hosts);
    site = ND_NEW(struct site);
    site->origin = nd_view_dup(origin);
    site->next = hosts->first;
    hosts->first = site;
    hosts->n++;
    return site;
}

struct site *hosts_enter(struct hosts *hosts, struct nd_view origin, const atomic_bool *stop)
{
    while (!stopped(stop)) {
        pthread_mutex_lock(&hosts->lock);
        struct site *site = site_of(hosts, origin);
        int64_t left_ms = site->next_ms - web_now_ms();
        bool mine = !site->busy && left_ms <= 0;
        site->busy = site->busy || mine;
        pthread_mutex_unlock(&hosts->lock);
        if (mine) return site;
        (void)web_sleep(left_ms > 0 && left_ms < LOOK_MS ? left_ms : LOOK_MS, stop);
    }
    return NULL;
}

void hosts_leave(struct hosts *hosts, struct site *site, int64_t pause_ms)
{
    pthread_mutex_lock(&hosts->lock);
    site->busy = false;
    site->next_ms = web_now_ms() + pause_ms;
    pthread_mutex_unlock(&hosts->lock);
}
