#include "batch_state.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/lock.h"
#include "nightdesk/core/schema.h"
#include "paste.h"
#include "since.h"
#include <ctype.h>
#include <dirent.h>
#include <string.h>
#include <unistd.h>

enum { STATE_MAX_BYTES = 1 << 20, LOCK_WAIT_MS = 5000 };
#define SCHEMA "nightdesk.batch"

/* ---- names ---- */

/* "papers.v2.jsonl" gives "papers-v2". */
static void name_of(const char *manifest, char out[BATCH_NAME_BYTES])
{
    const char *slash = strrchr(manifest, '/'), *name = slash ? slash + 1 : manifest;
    const char *dot = strrchr(name, '.');
    size_t len = dot && dot > name ? (size_t)(dot - name) : strlen(name), n = 0;
    for (size_t i = 0; i < len && n + 1 < BATCH_NAME_BYTES; i++) {
        unsigned char c = (unsigned char)name[i];
        out[n++] = isalnum(c) || c == '_' ? (char)c : '-';
    }
    out[n] = '\0';
}

static void stamp_of(int64_t ms, char out[BATCH_STAMP_BYTES])
{
    char time[ND_TIME_BYTES];
    nd_time_format(ms, time);
    (void)snprintf(out, BATCH_STAMP_BYTES, "%.4s%.2s%.2sT%.2s%.2s%.2s", time, time + 5, time + 8, time + 11,
                   time + 14, time + 17);
}

static void set_time(struct batch *b, int64_t ms)
{
    b->scheduled_ms = ms - ms % 1000;
    stamp_of(b->scheduled_ms, b->stamp);
    (void)snprintf(b->id, BATCH_BYTES, "%s-%s", b->name, b->stamp);
}

/* ---- the file ---- */

static char *state_path(const struct batch *b, const char *id)
{
    char *file = nd_sprintf("%s.json", id), *path = nd_path_join(b->folder, file);
    nd_free(file);
    return path;
}

/* *out stays NULL when there is none. */
static enum nd_rc load(const struct batch *b, const char *id, struct nd_json **out, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(STATE_MAX_BYTES);
    struct nd_json *json = NULL;
    char *path = state_path(b, id);
    enum nd_rc rc = nd_file_read(path, &text, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        rc = ND_OK;
    } else {
        if (rc == ND_OK) rc = nd_json_parse(&json, nd_bytes_view(&text), err);
        if (rc == ND_OK) rc = nd_schema_check(json, SCHEMA, 1, err);
        if (rc == ND_BAD_INPUT || rc == ND_OVER_LIMIT) rc = err->rc = ND_BROKEN;
        if (rc != ND_OK) (void)nd_while(err, "while reading '%.180s'", path);
    }
    if (rc == ND_OK) {
        *out = json;
    } else {
        nd_json_free(json);
    }
    nd_bytes_release(&text);
    nd_free(path);
    return rc;
}

static enum nd_rc save(const struct batch *b, bool ended, struct nd_error *err)
{
    char time[ND_TIME_BYTES], *path = state_path(b, b->id);
    struct nd_bytes text = ND_BYTES(STATE_MAX_BYTES);
    struct nd_json *json = nd_json_object();
    nd_time_format(b->scheduled_ms, time);
    nd_json_set_str(json, "schema", SCHEMA "/1");
    nd_json_set_str(json, "scheduled_time", time);
    nd_json_set_str(json, "manifest", b->where);
    nd_json_set_bool(json, "ended", ended);
    struct nd_json *runs = nd_json_set(json, "runs", nd_json_array());
    for (size_t i = 0; i < b->n; i++) nd_json_add_str(runs, b->jobs[i].run_id);
    for (size_t i = 0; i < b->gone.n; i++) nd_json_add_str(runs, b->gone.v[i]);
    nd_json_print_pretty(json, &text);
    enum nd_rc rc = text.over ? nd_fail(err, ND_OVER_LIMIT, "batch '%s' has had too many runs", b->id)
                              : nd_file_write(path, nd_bytes_view(&text), err);
    nd_json_free(json);
    nd_bytes_release(&text);
    nd_free(path);
    return rc;
}

/* ---- which batch ---- */

/* "NAME-yyyymmddThhmmss.json" */
static bool is_state_of(const struct batch *b, const char *file)
{
    size_t name = strlen(b->name);
    return strncmp(file, b->name, name) == 0 && file[name] == '-' &&
           strlen(file) == name + BATCH_STAMP_BYTES + strlen(".json") && strstr(file, ".json") &&
           strspn(file + name + 1, "0123456789T") == BATCH_STAMP_BYTES - 1;
}

/* The newest batch of this name; "" when there is none. */
static void newest(const struct batch *b, char id[BATCH_BYTES])
{
    DIR *folder = opendir(b->folder);
    id[0] = '\0';
    for (const struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder)) {
        char one[BATCH_BYTES];
        if (!is_state_of(b, e->d_name)) continue;
        (void)snprintf(one, sizeof one, "%.*s", (int)(strlen(e->d_name) - strlen(".json")), e->d_name);
        if (strcmp(one, id) > 0) (void)snprintf(id, BATCH_BYTES, "%s", one);
    }
    if (folder) (void)closedir(folder);
}

/* The time of the newest batch if it is this manifest's and has not ended; else now. */
static enum nd_rc choose_time(struct batch *b, struct nd_error *err)
{
    const struct settings *s = &b->cli->settings;
    int64_t ms = b->cli->host->now_ms(b->cli->host->ctx);
    char id[BATCH_BYTES];
    struct nd_json *json = NULL;
    if (setting_given(s, OPT_SCHEDULED_TIME)) {
        set_time(b, setting_number(s, OPT_SCHEDULED_TIME, 0));
        return ND_OK;
    }
    newest(b, id);
    enum nd_rc rc = *id ? load(b, id, &json, err) : ND_OK;
    const char *where = nd_json_get_str(json, "manifest"), *time = nd_json_get_str(json, "scheduled_time");
    bool open = json && !nd_json_get_bool(json, "ended", true);
    if (rc == ND_OK && open && (!where || strcmp(where, b->where) != 0)) {
        rc = nd_fail(err, ND_BAD_INPUT,
                     "batch '%s' of '%.120s' has not ended: rename this manifest, or give --scheduled-time",
                     id, where ? where : "another manifest");
    } else if (rc == ND_OK && open) {
        rc = nd_time_parse(time ? time : "", &ms, err);
        if (rc == ND_OK) screen_say(&b->cli->screen, STYLE_DIM, "batch %s has not ended: it goes on", id);
    }
    nd_json_free(json);
    if (rc == ND_OK) set_time(b, ms);
    return rc;
}

/* ---- its runs ---- */

enum nd_rc job_look(const struct batch *b, struct job *job, struct nd_error *err)
{
    enum nd_rc rc = b->w->store->ops->meta(b->w->store, job->run_id, &job->meta, err);
    job->made = rc == ND_OK;
    if (rc != ND_NOT_FOUND) return rc;
    nd_error_clear(err);
    return ND_OK;
}

bool job_settled(const struct nd_meta *meta)
{
    switch (meta->outcome) {
    case ND_COMPLETED:
        return meta->phase >= ND_PHASES;
    case ND_REJECTED:
    case ND_CANCELLED:
    case ND_EXPIRED:
    case ND_FAILED:
        return true;
    default:
        return false;
    }
}

int64_t job_used(const struct job *job)
{
    return job->made ? job->meta.ledger.spent_microusd + job->meta.ledger.unknown_microusd : 0;
}

int64_t job_gone(const struct job *job)
{
    return job->made ? job_used(job) + job->meta.ledger.reserved_microusd : 0;
}

/* May it go on without asking us? */
static bool holds_ceiling(const struct job *job)
{
    return job->state == JOB_AT_WORK || job->state == JOB_PAUSES ||
           (nd_outcome_waits(job->meta.outcome) && job->meta.outcome != ND_EXPIRED);
}

static void count(const struct job *job, int64_t *used, int64_t *reserved)
{
    int64_t spent = job_used(job), counted = job_gone(job), ceiling = job->meta.ledger.ceiling_microusd;
    if (job->made && holds_ceiling(job) && ceiling > counted) counted = ceiling;
    *used += spent;
    *reserved += counted - spent;
}

enum nd_rc batch_counted(const struct batch *b, int64_t *used, int64_t *reserved, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    *used = *reserved = 0;
    for (size_t i = 0; i < b->n && rc == ND_OK; i++) {
        struct job *job = &b->jobs[i];
        if (job->made && holds_ceiling(job)) rc = job_look(b, job, err); /* somebody may have raised it */
        count(job, used, reserved);
    }
    for (size_t i = 0; i < b->gone.n && rc == ND_OK; i++) {
        struct job job = {.state = JOB_ENDED};
        (void)snprintf(job.run_id, sizeof job.run_id, "%s", b->gone.v[i]);
        rc = job_look(b, &job, err);
        count(&job, used, reserved);
    }
    return rc;
}

size_t batch_failed(const struct batch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        n += b->jobs[i].why || (b->jobs[i].made && b->jobs[i].meta.outcome == ND_FAILED);
    return n;
}

/* One run, one request. */
static enum nd_rc check_run(const struct batch *b, const struct job *job, struct nd_error *err)
{
    char sha256[ND_SHA256_HEX];
    nd_request_sha256(job->item->request, sha256);
    bool same = !job->made || strcmp(sha256, job->meta.request_sha256) == 0;
    enum nd_rc rc = same || !job->item->since
                        ? ND_OK
                        : since_same_request(b->w, job->run_id, job->item->request, &same, err);
    if (rc != ND_OK || same) return rc;
    return nd_fail(
        err, ND_BAD_INPUT,
        "line %zu asks for something else than run '%s' was made with: give the item another id, or "
        "the batch another --scheduled-time",
        job->item->line, job->run_id);
}

static enum nd_rc make_jobs(struct batch *b, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    b->n = b->manifest->n;
    b->jobs = ND_ARRAY(struct job, b->n);
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = &b->jobs[i];
        job->item = &b->manifest->v[i];
        (void)snprintf(job->run_id, sizeof job->run_id, "%s-%s", job->item->id, b->stamp);
        job->out = nd_path_join(b->out, job->run_id);
        if (rc == ND_OK) rc = job_look(b, job, err);
        if (rc == ND_OK) rc = check_run(b, job, err);
    }
    return rc;
}

static bool has_job(const struct batch *b, const char *run_id)
{
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->jobs[i].run_id, run_id) == 0) return true;
    return false;
}

/* What an earlier call has made counts, even if its line was taken out of the manifest since. */
static enum nd_rc remember(struct batch *b, struct nd_error *err)
{
    struct nd_json *json = NULL;
    enum nd_rc rc = load(b, b->id, &json, err);
    ND_JSON_EACH(run, nd_json_get(json, "runs"))
    {
        const char *id = nd_json_str(run);
        if (id && nd_run_id_valid(id) && !has_job(b, id)) nd_strings_add(&b->gone, id);
    }
    nd_json_free(json);
    return rc;
}

/* ---- the folder for results ---- */

/* Nothing of others is in the folder: it is empty, or has the batch's marker. What a killed process was about
 * to write is removed. */
static bool is_ours(const char *dir, const char *marker)
{
    bool empty = true, ours = false;
    DIR *folder = opendir(dir);
    for (const struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder)) {
        struct nd_view name = nd_view_of(e->d_name);
        if (nd_view_is(name, ".") || nd_view_is(name, "..")) continue;
        bool marks = nd_view_starts(name, marker);
        empty = false;
        ours = ours || marks;
        if (nd_view_ends(name, ".tmp") && (marks || nd_view_starts(name, "results.")))
            (void)unlinkat(dirfd(folder), e->d_name, 0);
    }
    if (folder) (void)closedir(folder);
    return empty || ours;
}

/* A hidden file says whose it is; it also keeps the folder out of what documents are read from. */
static enum nd_rc take_folder(const struct batch *b, struct nd_error *err)
{
    char *name = nd_sprintf(".nightdesk-batch-%s", b->id), *marker = nd_path_join(b->out, name);
    char *logs = nd_path_join(b->out, "logs");
    enum nd_rc rc = nd_file_mkdirs_shared(b->out, err);
    if (rc == ND_OK && !is_ours(b->out, name))
        rc = nd_fail(err, ND_BAD_INPUT,
                     "'%.150s' has other things in it than batch '%s'; choose another folder with --out",
                     b->out, b->id);
    if (rc == ND_OK && !nd_file_exists(marker)) rc = nd_file_write(marker, nd_view_of(b->id), err);
    if (rc == ND_OK) rc = nd_file_mkdirs_shared(logs, err);
    nd_free(logs);
    nd_free(marker);
    nd_free(name);
    return rc;
}

static void choose_folder(struct batch *b)
{
    const char *given = setting_text(&b->cli->settings, OPT_BATCH_OUT);
    char *named = given ? nd_strdup(given) : nd_sprintf("nightdesk-%s", b->id);
    b->out = path_from_anywhere(named);
    nd_free(named);
}

static enum nd_rc take_lock(struct batch *b, struct nd_error *err)
{
    char *file = nd_sprintf("%s.lock", b->name), *path = nd_path_join(b->folder, file);
    enum nd_rc rc = nd_file_mkdirs(b->folder, err);
    /* the reports of a batch that was killed stop in order */
    if (rc == ND_OK) rc = nd_lock_take(path, LOCK_WAIT_MS, &b->lock, err);
    if (rc == ND_RETRY) (void)nd_while(err, "a batch of '%s' is at work", b->name);
    nd_free(path);
    nd_free(file);
    return rc;
}

enum nd_rc batch_open(struct batch *b, struct nd_error *err)
{
    const char *manifest = cli_arg(b->cli, 0);
    b->lock = -1;
    name_of(manifest, b->name);
    b->where = path_from_anywhere(manifest);
    b->folder = nd_path_join(b->w->stack.store, "batches");
    enum nd_rc rc = take_lock(b, err);
    if (rc == ND_OK) rc = choose_time(b, err);
    if (rc == ND_OK) choose_folder(b);
    if (rc == ND_OK) rc = make_jobs(b, err);
    if (rc == ND_OK) rc = remember(b, err);
    if (rc == ND_OK) rc = take_folder(b, err);
    if (rc == ND_OK) rc = save(b, false, err);
    return rc;
}

enum nd_rc batch_end(const struct batch *b, struct nd_error *err)
{
    return save(b, true, err);
}

void batch_close(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        child_release(&b->jobs[i].child);
        nd_free(b->jobs[i].out);
        nd_free(b->jobs[i].why);
    }
    nd_free(b->jobs);
    nd_strings_release(&b->gone);
    nd_lock_release(b->lock);
    nd_free(b->folder);
    nd_free(b->out);
    nd_free(b->where);
}
