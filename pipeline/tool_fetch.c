/* The addresses that the user listed, fetched and read a few side by side. */
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include "tools.h"
#include "web_read.h"
#include <pthread.h>

enum { THREADS = 8 };

struct batch {
    const struct nd_scene *scene;
    const atomic_bool *stop;
    size_t first, n;      /* of the request's addresses */
    pthread_mutex_t lock; /* of what follows */
    size_t next;
    struct nd_json **page; /* observations, in the order of the addresses */
    enum nd_rc rc;
    struct nd_error err; /* of the first failure */
};

static bool take(struct batch *b, size_t *i)
{
    pthread_mutex_lock(&b->lock);
    bool any = b->rc == ND_OK && b->next < b->n;
    if (any) *i = b->next++;
    pthread_mutex_unlock(&b->lock);
    return any;
}

static void *work(void *ctx)
{
    struct batch *b = ctx;
    for (size_t i = 0; take(b, &i);) {
        char id[16];
        struct nd_error err = {0};
        nd_id(id, 'u', b->first + i + 1);
        enum nd_rc rc = nd_web_read(b->scene, id, b->scene->request->urls.v[b->first + i], false, b->stop,
                                    &b->page[i], &err);
        pthread_mutex_lock(&b->lock);
        if (rc != ND_OK && b->rc == ND_OK) {
            b->rc = rc;
            b->err = err;
        }
        pthread_mutex_unlock(&b->lock);
    }
    return NULL;
}

static void run(struct batch *b)
{
    pthread_t threads[THREADS];
    size_t started = 0;
    while (started < THREADS && started + 1 < b->n && pthread_create(&threads[started], NULL, work, b) == 0)
        started++;
    (void)work(b);
    for (size_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    size_t total = scene->request->urls.n;
    int64_t first = nd_json_get_int(args, "from", 1) - 1;
    if (first < 0 || (size_t)first >= total)
        return nd_fail(err, ND_BROKEN, "address %lld is wanted, the request has %zu", (long long)first + 1,
                       total);
    size_t left = total - (size_t)first;
    struct batch b = {.scene = scene,
                      .stop = stop,
                      .first = (size_t)first,
                      .n = left < ND_FETCH_BATCH ? left : ND_FETCH_BATCH,
                      .page = ND_ARRAY(struct nd_json *, ND_FETCH_BATCH)};
    pthread_mutex_init(&b.lock, NULL);
    run(&b);
    pthread_mutex_destroy(&b.lock);
    struct nd_json *pages = nd_json_array();
    for (size_t i = 0; i < b.n; i++)
        if (b.page[i]) nd_json_add(pages, b.page[i]);
    nd_free(b.page);
    if (b.rc == ND_OK) {
        nd_json_set(*observation = nd_json_object(), "pages", pages);
        return ND_OK;
    }
    nd_json_free(pages);
    if (err) *err = b.err;
    return b.rc;
}

const struct nd_tool nd_tool_fetch = {.name = "fetch", .leaves = true, .call = call};
