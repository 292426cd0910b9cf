#include "batch_work.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/core/money.h"
#include "paste.h"
#include "progress.h"
#include "signals.h"
#include "since.h"
#include <string.h>

enum { POLL_MS = 20, TRIES_MAX = 4, PAUSE_MS = 2000, PAUSE_GROWS = 4 };

static int64_t clock_ms(const struct batch *b)
{
    return b->cli->host->monotonic_ms(b->cli->host->ctx);
}

static bool stopping(void)
{
    return atomic_load(signals_stop());
}

/* ---- what is left to be done for a run ---- */

/* The report lies whole in its folder. */
static bool delivered(const struct job *job)
{
    char *marker = nd_sprintf("%s/.nightdesk-%s", job->out, job->run_id);
    char *manifest = nd_path_join(job->out, "manifest.json");
    bool whole = nd_file_exists(manifest) && !nd_file_exists(marker);
    nd_free(manifest);
    nd_free(marker);
    return whole;
}

/* It waits for a person: has one decided, or is it too late by now? */
static bool may_go_on(const struct batch *b, const struct job *job)
{
    struct nd_gate gate = {.shown = NULL};
    enum nd_rc rc = nd_engine_gate(&b->w->engine, job->run_id, &gate, NULL);
    bool late = rc == ND_OK && job->meta.outcome != ND_EXPIRED &&
                gate.expires_ms <= b->cli->host->now_ms(b->cli->host->ctx);
    nd_gate_release(&gate);
    return rc == ND_CONFLICT || late;
}

static bool is_left(const struct batch *b, const struct job *job)
{
    const struct nd_meta *meta = &job->meta;
    bool report = *meta->report || *meta->partial;
    if (!job->made) return true;
    if (meta->outcome == ND_FAILED || meta->outcome == ND_REJECTED || meta->outcome == ND_CANCELLED)
        return false;
    if (meta->outcome == ND_COMPLETED) return meta->phase < ND_PHASES || !delivered(job);
    if (!nd_outcome_waits(meta->outcome)) return true;
    return may_go_on(b, job) || (report && !delivered(job));
}

/* ---- the money ---- */

/* What is to be reserved before the job's process may start. */
static int64_t still_needed(const struct job *job)
{
    enum nd_outcome outcome = job->meta.outcome;
    if (!job->made) return job->item->request->limits.budget_microusd;
    /* one that waits for a person counts with its ceiling already; one that is complete is only delivered */
    bool waits = nd_outcome_waits(outcome) && outcome != ND_EXPIRED;
    if (waits || (outcome == ND_COMPLETED && job_settled(&job->meta))) return 0;
    int64_t rest = job->meta.ledger.ceiling_microusd - job_gone(job);
    return rest > 0 ? rest : 0;
}

/* What is asked, compared with what the item says: the caller frees. */
static enum nd_rc asked(const struct batch *b, const struct job *job, struct nd_request **out,
                        struct nd_error *err)
{
    char latest[ND_RUN_ID_BYTES], earlier[ND_RUN_ID_BYTES];
    const char *since = job->item->since;
    struct nd_json *json = nd_request_json(job->item->request);
    enum nd_rc rc = nd_request_parse(out, json, err);
    nd_json_free(json);
    if (rc == ND_OK && since && strcmp(since, "latest") == 0) {
        rc = since_in_series(b->w, job->run_id, latest, err);
        since = latest;
    }
    return rc == ND_OK && since && *since ? since_add(b->w, since, job->run_id, out, earlier, err) : rc;
}

static enum nd_rc make(struct batch *b, struct job *job, struct nd_error *err)
{
    struct nd_request *request = NULL;
    enum nd_rc rc = asked(b, job, &request, err);
    if (rc == ND_OK) rc = nd_engine_create(&b->w->engine, job->run_id, request, b->scheduled_ms, err);
    nd_request_free(request);
    return rc == ND_OK ? job_look(b, job, err) : rc;
}

/* The run is made before its process starts, so what it may use is durably known. *fits stays false when it
 * has to wait for money of others. */
static enum nd_rc reserve(struct batch *b, struct job *job, bool *fits, struct nd_error *err)
{
    int64_t used = 0, reserved = 0, needed = still_needed(job);
    enum nd_rc rc = batch_counted(b, &used, &reserved, err);
    if (rc != ND_OK) return rc;
    *fits = needed == 0 || used + reserved + needed <= b->max_total_microusd;
    if (!*fits || job->made) return ND_OK;
    return make(b, job, err);
}

/* ---- one report ---- */

/* What this call was told and the child needs too; all else it finds where this process found it. */
static void add_settings(const struct batch *b, struct nd_strings *args)
{
    for (const enum option_id *id = cmd_resume.uses; *id != OPTION_COUNT; id++) {
        const struct setting *set = &b->cli->settings.v[*id];
        if (!set->taken || set->origin != FROM_COMMAND_LINE || *id == OPT_STORE || *id == OPT_JSON) continue;
        for (size_t i = 0; i < set->values.n; i++) {
            char *word = nd_sprintf("--%s=%s", options[*id].name, set->values.v[i]);
            nd_strings_add(args, word);
            nd_free(word);
        }
    }
}

static void add_pair(struct nd_strings *args, const char *option, const char *value)
{
    nd_strings_add(args, option);
    nd_strings_add(args, value);
}

static enum nd_rc start(struct batch *b, struct job *job, struct nd_error *err)
{
    struct nd_strings args = {.v = NULL};
    char *store = path_from_anywhere(b->w->stack.store),
         *log = nd_sprintf("%s/logs/%s.txt", b->out, job->run_id);
    const char *program = b->cli->program;
    char *whole = strchr(program, '/') ? path_from_anywhere(program) : nd_strdup(program);
    nd_strings_add(&args, whole);
    add_pair(&args, cmd_resume.name, job->run_id);
    add_pair(&args, "--store", store);
    add_pair(&args, "--out", job->out);
    add_pair(&args, "--progress", "none");
    nd_strings_add(&args, "--json");
    add_settings(b, &args);
    enum nd_rc rc = child_start(&job->child, &args, b->lock, log, err);
    if (rc == ND_OK) {
        job->state = JOB_AT_WORK;
        if (job->began_ms == 0) {
            job->began_ms = clock_ms(b);
            screen_say(&b->cli->screen, STYLE_PLAIN, "%s: run %s", job->item->id, job->run_id);
        }
    }
    nd_strings_release(&args);
    nd_free(whole);
    nd_free(log);
    nd_free(store);
    return rc;
}

static void say_end(const struct batch *b, const struct job *job)
{
    char time[DURATION_BYTES], cost[ND_MONEY_BYTES];
    size_t ended = 0;
    for (size_t i = 0; i < b->n; i++) ended += b->jobs[i].state == JOB_ENDED;
    duration_text(clock_ms(b) - job->began_ms, time);
    nd_money_format(job_used(job), cost);
    const char *outcome = job->why ? "failed" : nd_outcome_word(job->meta.outcome);
    const char *reason = job->why ? job->why : job->meta.reason;
    bool good = !job->why && job->meta.outcome == ND_COMPLETED;
    screen_say(&b->cli->screen, good ? STYLE_GOOD : STYLE_WARN, "%s: %s after %s, %s%s%s (%zu of %zu)",
               job->item->id, outcome, time, cost, *reason ? ": " : "", reason, ended, b->n);
}

static void end(const struct batch *b, struct job *job)
{
    job->state = JOB_ENDED;
    say_end(b, job);
}

static bool has_outcome(const struct nd_meta *meta)
{
    return meta->outcome != ND_RUNNING && meta->outcome != ND_YIELDED &&
           (meta->outcome != ND_COMPLETED || meta->phase >= ND_PHASES);
}

/* No outcome, or no report: a crash, a provider that is down, another worker. A few tries, then it is
 * reported and the rest goes on. */
static void try_again(const struct batch *b, struct job *job, int status)
{
    bool temporary = status == ND_EXIT_TRY_AGAIN || status == ND_EXIT_LOST_LEASE || status > 128;
    if (temporary && ++job->tries < TRIES_MAX) {
        int64_t pause_ms = PAUSE_MS;
        for (unsigned i = 1; i < job->tries; i++) pause_ms *= PAUSE_GROWS;
        job->state = JOB_PAUSES;
        job->again_ms = clock_ms(b) + pause_ms;
        return;
    }
    char *said = child_message(&job->child);
    const char *none =
        has_outcome(&job->meta) ? "the report is not in its folder" : "no outcome was recorded";
    job->why = status > 128 ? nd_sprintf("%s: its process was ended by signal %d", none, status - 128)
                            : nd_sprintf("%s (status %d)", said ? said : none, status);
    job->status = status > 128 ? ND_EXIT_FAILED : (enum nd_exit)status;
    nd_free(said);
    end(b, job);
}

/* The child has ended: what stands in the store counts. */
static enum nd_rc take_end(const struct batch *b, struct job *job, int status, struct nd_error *err)
{
    enum nd_rc rc = job_look(b, job, err);
    if (rc != ND_OK) return rc;
    bool yielded = job->meta.outcome == ND_YIELDED;
    if (stopping() && !has_outcome(&job->meta)) {
        end(b, job);
    } else if (yielded) { /* told to stop by somebody else, or --max-steps: it goes on */
        job->state = JOB_TO_DO;
    } else if (!has_outcome(&job->meta) || (job->meta.outcome == ND_COMPLETED && !delivered(job))) {
        try_again(b, job, status);
    } else {
        end(b, job);
    }
    child_release(&job->child);
    return ND_OK;
}

/* ---- all of them ---- */

static size_t count_in(const struct batch *b, enum job_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) n += b->jobs[i].state == state;
    return n;
}

static enum nd_rc collect(struct batch *b, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < b->n && rc == ND_OK; i++) {
        struct job *job = &b->jobs[i];
        int status = 0;
        if (job->state == JOB_AT_WORK && child_ended(&job->child, &status))
            rc = take_end(b, job, status, err);
        if (job->state == JOB_PAUSES && clock_ms(b) >= job->again_ms) job->state = JOB_TO_DO;
    }
    return rc;
}

static void refuse(const struct batch *b, struct job *job, const char *why)
{
    job->refused = why;
    job->state = JOB_ENDED;
    screen_say(&b->cli->screen, STYLE_WARN, "%s: not started, %s", job->item->id,
               strcmp(why, JOB_OVER_TOTAL) == 0 ? "the total is reached" : "too many reports have failed");
}

/* Starts those that were begun before, or else those that were not. *waits: one does not fit yet. */
static enum nd_rc start_these(struct batch *b, bool begun, bool *waits, struct nd_error *err)
{
    size_t slots = (size_t)setting_number(&b->cli->settings, OPT_CONCURRENCY, 1);
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < b->n && rc == ND_OK && !stopping(); i++) {
        struct job *job = &b->jobs[i];
        bool fits = false;
        if (job->state != JOB_TO_DO || job->made != begun) continue;
        if (!begun && batch_failed(b) > (size_t)b->tolerated) {
            refuse(b, job, JOB_TOO_MANY_FAILED);
            continue;
        }
        if (count_in(b, JOB_AT_WORK) + count_in(b, JOB_PAUSES) >= slots) break;
        rc = reserve(b, job, &fits, err);
        if (rc == ND_OK && fits) rc = start(b, job, err);
        if (rc != ND_OK) (void)nd_while(err, "while starting item '%s'", job->item->id);
        *waits = *waits || !fits;
    }
    return rc;
}

/* What may start now, in the manifest's order; a report that waits for money lets smaller ones pass, but for
 * one that was begun before. */
static enum nd_rc start_some(struct batch *b, struct nd_error *err)
{
    bool waits = false;
    enum nd_rc rc = start_these(b, true, &waits, err);
    return rc == ND_OK && !waits ? start_these(b, false, &waits, err) : rc;
}

/* Nobody is at work, so no money comes back: what waits for it is not started. */
static void refuse_rest(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->jobs[i].state == JOB_TO_DO) refuse(b, &b->jobs[i], JOB_OVER_TOTAL);
}

static void stop_children(const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->jobs[i].state == JOB_AT_WORK) child_stop(&b->jobs[i].child);
}

enum nd_rc batch_work(struct batch *b, struct nd_error *err)
{
    bool told = false;
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < b->n; i++)
        if (!is_left(b, &b->jobs[i])) b->jobs[i].state = JOB_ENDED;
    while (rc == ND_OK) {
        if (stopping() && !told) {
            stop_children(b);
            told = true;
        }
        rc = collect(b, err);
        if (rc == ND_OK && !stopping()) rc = start_some(b, err);
        if (count_in(b, JOB_AT_WORK) > 0 || (count_in(b, JOB_PAUSES) > 0 && !stopping())) {
            b->cli->host->sleep_ms(b->cli->host->ctx, POLL_MS);
            continue;
        }
        if (stopping()) return nd_fail(err, ND_STOPPED, "the batch was told to stop");
        if (rc == ND_OK) refuse_rest(b);
        if (rc == ND_OK) break;
    }
    if (rc != ND_OK) stop_children(b); /* batch_close waits for them */
    return rc;
}
