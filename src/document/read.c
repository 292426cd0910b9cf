/* Reading what was frozen: a pool of threads, each with one child at a time; every result is stored at once.
 */
#include "inputs.h"
#include "nightdesk/base/alloc.h"
#include "reader.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, THREADS_MAX = 2 * WORKERS_MAX, RECORD_NAME_BYTES = 128 };

/* One source to be: its first file, and what became of it. */
struct task {
    const struct nd_input *input;
    struct nd_reading *reading;
    char record[ND_SHA256_HEX]; /* blob of its record; "" when there is none */
};

struct pool {
    const struct nd_request *request;
    struct nd_objects *objects;
    const struct nd_read_options *options;
    struct task *tasks;  /* in the order of inputs */
    struct task **order; /* the same, large documents first, so that none is left running alone at the end */
    size_t count;
    sem_t children;       /* that may still be started */
    pthread_mutex_t lock; /* guards all below */
    size_t next;
    struct nd_read_progress progress;
    atomic_bool failed;
    struct nd_stop stop; /* asked by the caller, or because of `failed`: what is being read is dropped */
    enum nd_rc rc;
    struct nd_error err; /* of the first failure */
};

/* ---- the store ---- */

static void record_name(const struct nd_input *input, char name[RECORD_NAME_BYTES])
{
    const char *hint = nd_hint_of_name(input->name);
    (void)snprintf(name, RECORD_NAME_BYTES, "reading/%s-%s%s%s", input->sha256, ND_READER_VERSION,
                   *hint ? "-" : "", hint);
}

/* True when the record is one of these bytes and its page texts are there, too; getting them makes them this
 * run's. */
static bool is_usable(struct pool *p, const struct task *task, const struct nd_reading *reading)
{
    struct nd_bytes text = ND_BYTES(ND_PAGE_TEXT_MAX_BYTES);
    bool usable = strcmp(reading->sha256, task->input->sha256) == 0;
    if (usable && reading->text_sha256[0])
        usable = nd_objects_get(p->objects, reading->text_sha256, &text, NULL) == ND_OK;
    nd_bytes_release(&text);
    return usable;
}

/* Fills the task from the store; *found tells. A record that is missing or not sound is made anew. */
static enum nd_rc look_up(struct pool *p, struct task *task, bool *found, struct nd_error *err)
{
    char name[RECORD_NAME_BYTES];
    struct nd_bytes record = ND_BYTES(ND_READ_RECORD_MAX_BYTES);
    struct nd_reading *reading = NULL;
    record_name(task->input, name);
    enum nd_rc rc = nd_objects_name_get(p->objects, name, &record, err);
    if (rc == ND_OK) rc = nd_reading_parse(&reading, nd_bytes_view(&record), err);
    *found = rc == ND_OK && is_usable(p, task, reading);
    if (*found) {
        nd_sha256_hex(nd_bytes_view(&record), task->record);
        task->reading = reading;
        reading = NULL;
    }
    nd_reading_free(reading);
    nd_bytes_release(&record);
    if (rc == ND_NOT_FOUND || rc == ND_BAD_INPUT || rc == ND_BROKEN || rc == ND_VERSION) {
        nd_error_clear(err);
        rc = ND_OK;
    }
    return rc;
}

/* Page texts, then the record, then its name: what is named is always there. */
static enum nd_rc keep(struct pool *p, struct task *task, const struct nd_read_result *result,
                       struct nd_error *err)
{
    char name[RECORD_NAME_BYTES], text_sha256[ND_SHA256_HEX];
    enum nd_rc rc = ND_OK;
    if (result->blob.len > 0) rc = nd_objects_put(p->objects, nd_bytes_view(&result->blob), text_sha256, err);
    if (rc != ND_OK) return rc;
    struct nd_bytes record = ND_BYTES(ND_BYTES_MAX);
    struct nd_json *json = nd_reading_json(result->reading);
    nd_json_print(json, &record);
    nd_json_free(json);
    rc = nd_objects_put(p->objects, nd_bytes_view(&record), task->record, err);
    record_name(task->input, name);
    if (rc == ND_OK && result->lasting)
        rc = nd_objects_name_put(p->objects, name, nd_bytes_view(&record), err);
    if (rc ==
        ND_CONFLICT) { /* there is an older record of that name that is not usable any more, or a rival's */
        nd_error_clear(err);
        rc = ND_OK;
    }
    nd_bytes_release(&record);
    return rc;
}

/* The path that opens the document; one that does not lie here is fetched first, and is open as fd then. */
static enum nd_rc find_bytes(const struct pool *p, const struct nd_input *input, char **path, int *fd,
                             char **why, struct nd_error *err)
{
    if (!p->request->listing) {
        *path = nd_input_path(p->request, input);
        return ND_OK;
    }
    enum nd_rc rc = nd_input_fetch(&p->options->origin, input, fd, why, err);
    if (rc == ND_OK && !*why) *path = nd_sprintf("/proc/self/fd/%d", *fd);
    return rc;
}

static enum nd_rc read_one(struct pool *p, struct task *task, bool *parsed, struct nd_error *err)
{
    const struct nd_input *input = task->input;
    if (input->why) {
        task->reading = nd_reading_failed(input, input->why);
        return ND_OK;
    }
    bool found = false;
    enum nd_rc rc = look_up(p, task, &found, err);
    if (rc != ND_OK || found) return rc;
    struct nd_read_result result = {0};
    char *path = NULL, *why = NULL;
    int fd = -1;
    rc = find_bytes(p, input, &path, &fd, &why, err);
    if (rc == ND_OK && why) task->reading = nd_reading_failed(input, why);
    if (rc != ND_OK || why) {
        nd_free(why);
        return rc;
    }
    while (sem_wait(&p->children) != 0 && errno == EINTR) {
    }
    rc = nd_read_document(&result, p->options->reader, path, input, &p->stop, err);
    (void)sem_post(&p->children);
    nd_free(path);
    if (fd >= 0) (void)close(fd);
    if (rc == ND_OK) rc = keep(p, task, &result, err);
    if (rc == ND_OK) {
        task->reading = result.reading;
        result.reading = NULL;
        *parsed = true;
    }
    nd_read_result_release(&result);
    return rc;
}

/* ---- the pool ---- */

static struct task *take(struct pool *p)
{
    struct task *task = NULL;
    pthread_mutex_lock(&p->lock);
    if (!nd_stop_now(&p->stop) && p->next < p->count) task = p->order[p->next++];
    pthread_mutex_unlock(&p->lock);
    return task;
}

static void report(struct pool *p, const struct task *task, bool parsed, enum nd_rc rc,
                   const struct nd_error *err)
{
    pthread_mutex_lock(&p->lock);
    if (rc == ND_OK) {
        p->progress.done++;
        if (parsed)
            p->progress.parsed++;
        else if (!task->input->why)
            p->progress.cached++;
        p->progress.pages += task->reading->pages;
        p->progress.path = task->input->path;
        if (p->options->progress) p->options->progress(p->options->ctx, &p->progress);
    } else if (p->rc == ND_OK) {
        p->rc = rc;
        p->err = *err;
        atomic_store(&p->failed, true);
    }
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *ctx)
{
    struct pool *p = ctx;
    for (struct task *task = take(p); task; task = take(p)) {
        struct nd_error err = {0};
        bool parsed = false;
        enum nd_rc rc = read_one(p, task, &parsed, &err);
        report(p, task, parsed, rc, &err);
    }
    return NULL;
}

static void run(struct pool *p, unsigned workers)
{
    pthread_t threads[THREADS_MAX];
    unsigned started = 0;
    (void)sem_init(&p->children, 0, workers);
    for (; started < 2 * workers; started++) {
        if (pthread_create(&threads[started], NULL, work, p) != 0) break;
    }
    if (started == 0) (void)work(p);
    for (unsigned i = 0; i < started; i++) pthread_join(threads[i], NULL);
    (void)sem_destroy(&p->children);
}

static int compare_size(const void *a, const void *b)
{
    const struct task *x = *(struct task *const *)a, *y = *(struct task *const *)b;
    if (x->input->size_bytes != y->input->size_bytes)
        return x->input->size_bytes > y->input->size_bytes ? -1 : 1;
    return (x > y) - (x < y);
}

static void plan(struct pool *p, const struct nd_inputs *inputs, const struct nd_input **first)
{
    p->tasks = ND_ARRAY(struct task, inputs->n + 1);
    p->order = ND_ARRAY(struct task *, inputs->n + 1);
    for (size_t i = 0; i < inputs->n; i++) {
        if (first[i] != &inputs->v[i]) continue;
        p->order[p->count] = &p->tasks[p->count];
        p->tasks[p->count++].input = first[i];
    }
    qsort(p->order, p->count, sizeof *p->order, compare_size);
    p->progress.total = p->count;
}

static unsigned workers_for(const struct nd_read_options *options, size_t tasks)
{
    long cores = options->workers > 0 ? (long)options->workers : sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = cores > 0 ? (size_t)cores : 1;
    if (n > WORKERS_MAX) n = WORKERS_MAX;
    return (unsigned)(n < tasks ? n : tasks);
}

/* ---- sources ---- */

static int compare_content(const void *a, const void *b)
{
    const struct nd_input *x = *(const struct nd_input *const *)a, *y = *(const struct nd_input *const *)b;
    int order = strcmp(x->sha256, y->sha256);
    return order ? order : (x > y) - (x < y);
}

/* For each input, the first one with the same bytes (itself, when it is that or could not be read). */
static const struct nd_input **first_of_content(const struct nd_inputs *inputs)
{
    const struct nd_input **sorted = ND_ARRAY(const struct nd_input *, inputs->n + 1);
    const struct nd_input **first = ND_ARRAY(const struct nd_input *, inputs->n + 1);
    for (size_t i = 0; i < inputs->n; i++) sorted[i] = &inputs->v[i];
    qsort(sorted, inputs->n, sizeof *sorted, compare_content);
    for (size_t i = 0; i < inputs->n; i++) {
        const struct nd_input *input = sorted[i], *before = i > 0 ? sorted[i - 1] : NULL;
        bool same = before && !input->why && !before->why && strcmp(before->sha256, input->sha256) == 0;
        first[input - inputs->v] = same ? first[before - inputs->v] : input;
    }
    nd_free(sorted);
    return first;
}

static void add_file(struct nd_source *source, const struct nd_input *input, const struct nd_request *request)
{
    source->local = source->local || nd_glob_match_any(&request->local, input->path);
    source->confidential = source->confidential || nd_glob_match_any(&request->confidential, input->path);
    if (source->path)
        nd_strings_add(&source->also, input->path);
    else
        source->path = nd_strdup(input->path);
}

static struct nd_source source_of(struct task *task)
{
    struct nd_source source = {.root = task->input->root, .reading = task->reading};
    memcpy(source.reading_sha256, task->record, sizeof source.reading_sha256);
    nd_title_from_path(source.reading, task->input->path);
    task->reading = NULL;
    return source;
}

/* Tasks are in the order of inputs, so sources are, too. */
static void collect(struct nd_sources *out, struct pool *p, const struct nd_inputs *inputs,
                    const struct nd_input **first)
{
    size_t *source_of_input = ND_ARRAY(size_t, inputs->n + 1);
    for (size_t i = 0; i < inputs->n; i++) {
        size_t leader = (size_t)(first[i] - inputs->v);
        if (leader == i) {
            ND_GROW(out->v, out->n, out->cap);
            out->v[out->n] = source_of(&p->tasks[out->n]);
            source_of_input[i] = out->n++;
        }
        add_file(&out->v[source_of_input[leader]], &inputs->v[i], p->request);
    }
    nd_free(source_of_input);
}

static enum nd_rc check_roots(const struct nd_inputs *inputs, const struct nd_request *request,
                              struct nd_error *err)
{
    for (size_t i = 0; i < inputs->n && !request->listing; i++) {
        if (inputs->v[i].root >= request->roots.n) {
            return nd_fail(err, ND_BAD_INPUT, "file '%s' is listed below root %u, the request has %zu",
                           inputs->v[i].path, inputs->v[i].root, request->roots.n);
        }
    }
    return ND_OK;
}

enum nd_rc nd_inputs_read(struct nd_sources *out, const struct nd_inputs *inputs,
                          const struct nd_request *request, struct nd_objects *objects,
                          const struct nd_read_options *options, struct nd_read_progress *progress,
                          struct nd_error *err)
{
    enum nd_rc rc = check_roots(inputs, request, err);
    if (rc != ND_OK) return rc;
    const struct nd_input **first = first_of_content(inputs);
    struct pool pool = {.request = request, .objects = objects, .options = options};
    pool.stop = (struct nd_stop){.asked = options->stop, .failed = &pool.failed};
    plan(&pool, inputs, first);
    pthread_mutex_init(&pool.lock, NULL);
    run(&pool, workers_for(options, pool.count));
    pthread_mutex_destroy(&pool.lock);
    if (pool.rc != ND_OK) {
        if (err) *err = pool.err;
        rc = pool.rc;
    } else if (pool.progress.done < pool.count) {
        rc = nd_fail(err, ND_STOPPED, "stopped while reading documents");
    } else {
        struct nd_sources sources = {0};
        collect(&sources, &pool, inputs, first);
        nd_titles_apart(&sources);
        *out = sources;
    }
    if (progress) *progress = pool.progress;
    for (size_t i = 0; i < pool.count; i++) nd_reading_free(pool.tasks[i].reading);
    nd_free(pool.tasks);
    nd_free(pool.order);
    nd_free(first);
    return rc;
}
