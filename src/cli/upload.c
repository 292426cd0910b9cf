#include "upload.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/base/alloc.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 4, LINES_MAX = 20 };

struct job {
    const struct wiring *w;
    const struct screen *screen;
    const struct nd_request *request;
    bool look_only;
    const struct nd_input **documents;
    size_t n;
    pthread_mutex_t lock; /* of the rest */
    size_t next, done;
    struct upload_count *count;
    struct nd_error err; /* the first failure */
};

/* ---- one document ---- */

static void key_of(const struct nd_input *input, char key[sizeof "inputs/" + ND_SHA256_HEX])
{
    (void)snprintf(key, sizeof "inputs/" + ND_SHA256_HEX, "inputs/%s", input->sha256);
}

/* Without a checksum of S3's own (somebody else put it there) the bytes themselves are looked at. */
static enum nd_rc check_bytes(const struct job *job, const char *key, const struct nd_input *input,
                              bool *same, struct nd_error *err)
{
    char sha256[ND_SHA256_HEX];
    struct nd_bytes bytes = ND_BYTES(ND_READ_FILE_MAX_BYTES);
    enum nd_rc rc = nd_s3_get(job->w->aws, job->w->bucket, key, &bytes, err);
    if (rc == ND_OK) {
        nd_sha256_hex(nd_bytes_view(&bytes), sha256);
        *same = strcmp(sha256, input->sha256) == 0;
    }
    nd_bytes_release(&bytes);
    return rc;
}

/* *there: the document lies in the bucket. */
static enum nd_rc look(const struct job *job, const char *key, const struct nd_input *input, bool *there,
                       struct nd_error *err)
{
    struct nd_s3_object object;
    enum nd_rc rc = nd_s3_head(job->w->aws, job->w->bucket, key, &object, err);
    *there = rc == ND_OK;
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        return ND_OK;
    }
    if (rc != ND_OK) return rc;
    bool same = object.size_bytes == input->size_bytes;
    if (same && *object.sha256) same = strcmp(object.sha256, input->sha256) == 0;
    if (same && !*object.sha256) rc = check_bytes(job, key, input, &same, err);
    if (rc == ND_OK && !same)
        rc = nd_fail(err, ND_BROKEN, "'%s' in bucket '%s' holds other bytes than its name says: delete it",
                     key, job->w->bucket);
    return rc;
}

static enum nd_rc put(const struct job *job, const char *key, const struct nd_input *input,
                      struct nd_error *err)
{
    const struct nd_s3_condition once = {.if_absent = true};
    struct nd_bytes bytes = ND_BYTES(ND_READ_FILE_MAX_BYTES);
    bool there = false;
    if (job->request->listing) {
        return nd_fail(err, ND_BAD_INPUT, "the request lists '%.120s', which is not in the bucket as '%s'",
                       input->path, key);
    }
    enum nd_rc rc = nd_input_load(job->request, input, &bytes, err);
    if (rc == ND_OK)
        rc = nd_s3_put(job->w->aws, job->w->bucket, key, nd_bytes_view(&bytes), "application/octet-stream",
                       &once, err);
    if (rc == ND_CONFLICT) { /* ours, its answer was lost; or that of somebody who submits the same */
        nd_error_clear(err);
        rc = look(job, key, input, &there, err);
    }
    nd_bytes_release(&bytes);
    return rc;
}

static enum nd_rc bring(const struct job *job, const struct nd_input *input, bool *there,
                        struct nd_error *err)
{
    char key[sizeof "inputs/" + ND_SHA256_HEX];
    key_of(input, key);
    enum nd_rc rc = look(job, key, input, there, err);
    if (rc == ND_OK && !*there && !job->look_only) rc = put(job, key, input, err);
    if (rc != ND_OK) (void)nd_while(err, "while uploading '%.150s'", input->path);
    return rc;
}

/* ---- several side by side ---- */

static const struct nd_input *take(struct job *job)
{
    const struct nd_input *input = NULL;
    pthread_mutex_lock(&job->lock);
    if (job->err.rc == ND_OK && job->next < job->n) input = job->documents[job->next++];
    pthread_mutex_unlock(&job->lock);
    return input;
}

static void note(struct job *job, const struct nd_input *input, bool there, const struct nd_error *err)
{
    pthread_mutex_lock(&job->lock);
    job->done++;
    if (err->rc != ND_OK && job->err.rc == ND_OK) job->err = *err;
    if (err->rc == ND_OK && there) {
        job->count->there++;
        job->count->there_bytes += input->size_bytes;
    }
    size_t every = job->n / LINES_MAX + 1;
    if (!job->look_only && (job->done % every == 0 || job->done == job->n))
        screen_say(job->screen, STYLE_DIM, "%s %zu/%zu %s", there ? "there already" : "uploaded", job->done,
                   job->n, input->path);
    pthread_mutex_unlock(&job->lock);
}

static void *work(void *ctx)
{
    struct job *job = ctx;
    for (const struct nd_input *input = take(job); input; input = take(job)) {
        struct nd_error err = {0};
        bool there = false;
        (void)bring(job, input, &there, &err);
        note(job, input, there, &err);
    }
    return NULL;
}

static int by_content(const void *a, const void *b)
{
    const struct nd_input *const *x = a, *const *y = b;
    return strcmp((*x)->sha256, (*y)->sha256);
}

/* Each content once. */
static void collect(struct job *job, const struct nd_inputs *inputs)
{
    struct upload_count *count = job->count;
    job->documents = ND_ARRAY(const struct nd_input *, inputs->n + 1);
    count->files = inputs->n;
    for (size_t i = 0; i < inputs->n; i++) {
        if (inputs->v[i].why) {
            count->unreadable++;
        } else {
            job->documents[job->n++] = &inputs->v[i];
        }
    }
    if (job->n > 1) qsort(job->documents, job->n, sizeof *job->documents, by_content);
    size_t kept = 0;
    for (size_t i = 0; i < job->n; i++) {
        if (kept && by_content(&job->documents[kept - 1], &job->documents[i]) == 0) continue;
        job->documents[kept++] = job->documents[i];
        count->bytes += job->documents[i]->size_bytes;
    }
    count->documents = job->n = kept;
}

enum nd_rc upload_documents(const struct wiring *w, const struct screen *screen,
                            const struct nd_request *request, const struct nd_inputs *inputs, bool look_only,
                            struct upload_count *out, struct nd_error *err)
{
    pthread_t threads[WORKERS];
    size_t started = 0;
    *out = (struct upload_count){0};
    struct job job = {.w = w, .screen = screen, .request = request, .look_only = look_only, .count = out};
    collect(&job, inputs);
    (void)pthread_mutex_init(&job.lock, NULL);
    while (started + 1 < WORKERS && started + 1 < job.n &&
           pthread_create(&threads[started], NULL, work, &job) == 0)
        started++;
    (void)work(&job); /* this thread is one of them */
    for (size_t i = 0; i < started; i++) (void)pthread_join(threads[i], NULL);
    (void)pthread_mutex_destroy(&job.lock);
    nd_free(job.documents);
    if (job.err.rc != ND_OK && err) *err = job.err;
    return job.err.rc;
}

/* ---- the request ---- */

static enum nd_rc check_private(const struct nd_request *request, const struct nd_inputs *inputs,
                                struct nd_error *err)
{
    const struct nd_input *input = nd_inputs_find(inputs, &request->local);
    if (input)
        return nd_fail(err, ND_BAD_INPUT,
                       "'%.120s' is marked --local, so it never leaves this machine: use 'nightdesk run', or "
                       "leave it out with --exclude",
                       input->path);
    for (size_t i = 0; i < request->urls.n; i++) {
        const char *url = request->urls.v[i], *host = strstr(url, "://");
        size_t len = host ? strcspn(host + 3, "/?#") : 0;
        if (host && memchr(host + 3, '@', len))
            return nd_fail(
                err, ND_BAD_INPUT,
                "an address of 'web.urls' has a name or password in it, which no request may hold");
    }
    return ND_OK;
}

/* {"schema", "sha256"} in the place of a listing whose text this is. */
static struct nd_json *name_of(const struct nd_json *list, struct nd_view text)
{
    char sha256[ND_SHA256_HEX];
    struct nd_json *named = nd_json_object();
    nd_sha256_hex(text, sha256);
    nd_json_set_str(named, "schema", nd_json_get_str(list, "schema"));
    nd_json_set_str(named, "sha256", sha256);
    return named;
}

static enum nd_rc put_listing(struct nd_json *request, const struct nd_inputs *inputs,
                              struct nd_bytes *listing, struct nd_error *err)
{
    struct nd_json *list = nd_inputs_json(inputs);
    nd_json_print_canonical(list, listing);
    if (!listing->over) {
        struct nd_json *documents =
            nd_json_set(request, "documents", nd_json_copy(nd_json_get(request, "documents")));
        nd_json_set(documents, "roots", nd_json_array());
        nd_json_set(documents, "listing", name_of(list, nd_bytes_view(listing)));
    }
    nd_json_free(list);
    if (!listing->over) return ND_OK;
    return nd_fail(err, ND_OVER_LIMIT, "the list of the %zu files takes more than %zu MB: submit fewer files",
                   inputs->n, ND_LISTING_MAX_BYTES >> 20);
}

enum nd_rc upload_request(const struct nd_request *request, const struct nd_inputs *inputs,
                          struct nd_request **out, struct nd_bytes *listing, struct nd_error *err)
{
    enum nd_rc rc = check_private(request, inputs, err);
    if (rc != ND_OK) return rc;
    struct nd_json *json = nd_request_json(request);
    if (!nd_inputs_elsewhere(request)) rc = put_listing(json, inputs, listing, err);
    if (rc == ND_OK) rc = nd_request_parse(out, json, err);
    nd_json_free(json);
    return rc;
}

enum nd_rc upload_listing(const struct wiring *w, struct nd_view listing, struct nd_error *err)
{
    const struct nd_s3_condition once = {.if_absent = true};
    const struct job job = {.w = w};
    struct nd_input as_input = {.size_bytes = (int64_t)listing.len};
    char key[sizeof "inputs/" + ND_SHA256_HEX];
    bool there = false;
    if (listing.len == 0) return ND_OK;
    nd_sha256_hex(listing, as_input.sha256);
    key_of(&as_input, key);
    enum nd_rc rc = nd_s3_put(w->aws, w->bucket, key, listing, "application/json", &once, err);
    if (rc == ND_CONFLICT) { /* that of somebody who submits the same */
        nd_error_clear(err);
        rc = look(&job, key, &as_input, &there, err);
    }
    if (rc != ND_OK) (void)nd_while(err, "while uploading the list of documents");
    return rc;
}
