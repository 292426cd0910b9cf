#include "command.h"
#include "nightdesk/base/alloc.h"
#include "paste.h"
#include "result.h"
#include "signals.h"
#include "wiring.h"

enum { POLL_MS = 500, SILENCE_MS = 60000 };

static bool goes_on(const struct nd_meta *meta)
{
    return meta->outcome == ND_RUNNING || (meta->outcome == ND_COMPLETED && meta->phase < ND_PHASES);
}

/* Follows META until the run has an outcome. */
static enum nd_rc follow(struct wiring *w, struct cli *cli, const char *run_id, struct nd_meta *meta)
{
    const struct nd_host *host = cli->host;
    int64_t changed_ms = host->monotonic_ms(host->ctx);
    uint64_t rev = UINT64_MAX;
    bool told = false;
    struct progress *p = progress_open(setting_text(&cli->settings, OPT_PROGRESS), &cli->screen, host,
                                       cli->environment, w->engine.pipeline, run_id);
    enum nd_rc rc = ND_OK;
    for (;;) {
        rc = w->store->ops->meta(w->store, run_id, meta, &cli->err);
        if (rc != ND_OK || !goes_on(meta) || atomic_load(signals_stop())) break;
        int64_t now = host->monotonic_ms(host->ctx);
        if (meta->rev != rev) {
            rev = meta->rev;
            changed_ms = now;
            told = false;
        }
        progress_meta(p, meta);
        if (now - changed_ms >= SILENCE_MS && !told) {
            told = true;
            char *resume = paste_command(cli, &cmd_resume, "%s", run_id);
            char *text =
                nd_sprintf("nothing was recorded for a minute; if no process works on it: %s", resume);
            struct nd_event note = {.kind = ND_EV_NOTE, .phase = meta->phase, .meta = meta, .text = text};
            progress_event(p, &note);
            nd_free(text);
            nd_free(resume);
        }
        host->sleep_ms(host->ctx, POLL_MS);
    }
    progress_close(p);
    return rc;
}

static enum nd_exit watch_run(struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0);
    struct wiring w;
    struct nd_meta meta = {.format = 0};
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    signals_install("\nnightdesk: no longer watching; the run goes on\n");
    if (rc == ND_OK) rc = follow(&w, cli, run_id, &meta);
    enum nd_exit status = nd_exit_of_rc(rc);
    if (rc == ND_OK) {
        struct result result = {.meta = &meta};
        result_say(cli, &result);
        cli->result = result_json(cli, &result);
        status = goes_on(&meta) ? (enum nd_exit)(128 + signals_received()) : nd_exit_of_outcome(meta.outcome);
    }
    wiring_close(&w);
    return status;
}

static const char *const examples[] = {"follow a run that another process works on", "nightdesk watch RUN",
                                       "wait for the end in a script",
                                       "nightdesk watch RUN --progress none --json", NULL};

static const enum option_id uses[] = {OPTIONS_OF_STORE, OPT_PROGRESS, OPTIONS_OF_ALL};

const struct command cmd_watch = {
    .name = "watch",
    .args = "RUN",
    .summary = "follow a run until it ends or waits",
    .about = "The exit status is that of the run's outcome. Ctrl-C ends the watching, not the run.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = watch_run,
};
