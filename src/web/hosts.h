/** What is known of each site in this process: its robots.txt, and when it may be asked again. */
#ifndef ND_WEB_HOSTS_H
#define ND_WEB_HOSTS_H

#include "robots.h"
#include <pthread.h>
#include <stdatomic.h>

#define HOSTS_MAX 4096
#define ROBOTS_KEPT_MS ((int64_t)24 * 60 * 60 * 1000)
#define ROBOTS_CLOSED_MS ((int64_t)5 * 60 * 1000) /* a site whose robots.txt cannot be had is tried again */

struct site {
    char *origin;    /* "https://example.org:8443" */
    bool busy;       /* somebody is asking it: robots and until are theirs */
    int64_t next_ms; /* monotonic: not before */
    struct robots robots;
    char *closed;            /* why all of it may not be read; NULL: by the rules */
    int64_t robots_until_ms; /* monotonic: what is said above counts until then; 0: nothing is known */
    struct site *next;
};
struct hosts {
    pthread_mutex_t lock;
    struct site *first; /* newest first */
    size_t n;
};
void hosts_init(struct hosts *hosts);
void hosts_release(struct hosts *hosts);
/** Waits for the site's turn and takes it; NULL: asked to stop. */
struct site *hosts_enter(struct hosts *hosts, struct nd_view origin, const atomic_bool *stop);
/** Hands it back; it may be asked again after the pause. */
void hosts_leave(struct hosts *hosts, struct site *site, int64_t pause_ms);
/** Sleeps; false: asked to stop. */
bool web_sleep(int64_t ms, const atomic_bool *stop);
int64_t web_now_ms(void);

#endif
