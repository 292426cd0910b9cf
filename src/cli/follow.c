#include "follow.h"
#include "machine.h"
#include "nightdesk/base/alloc.h"
#include "paste.h"
#include "result.h"
#include "signals.h"

enum { POLL_MS = 500, POLL_AWS_MS = 2000, SILENCE_MS = 60000 };

static bool goes_on(const struct nd_meta *meta)
{
    return meta->outcome == ND_RUNNING || (meta->outcome == ND_COMPLETED && meta->phase < ND_PHASES);
}

static void say_silence(struct cli *cli, struct progress *p, const struct nd_meta *meta)
{
    char *resume = paste_command(cli, &cmd_resume, "%s", meta->run_id);
    char *text = nd_sprintf("nothing was recorded for a minute; if no process works on it: %s", resume);
    struct nd_event note = {.kind = ND_EV_NOTE, .phase = meta->phase, .meta = meta, .text = text};
    progress_event(p, &note);
    nd_free(text);
    nd_free(resume);
}

/* Follows META until the run has an outcome. A run that its execution has not made yet is waited for. */
static enum nd_rc follow(struct wiring *w, struct cli *cli, const char *run_id, struct progress *p,
                         struct nd_meta *meta)
{
    const struct nd_host *host = cli->host;
    int64_t changed_ms = host->monotonic_ms(host->ctx);
    uint64_t rev = UINT64_MAX;
    bool told = false;
    while (!atomic_load(signals_stop())) {
        enum nd_rc rc = w->store->ops->meta(w->store, run_id, meta, &cli->err);
        bool begins = false;
        if (rc == ND_NOT_FOUND) rc = machine_missing(w, run_id, &begins, &cli->err);
        if (rc != ND_OK && !begins) return rc;
        if (rc == ND_OK && !goes_on(meta)) return ND_OK;
        int64_t now = host->monotonic_ms(host->ctx);
        if (rc == ND_OK && meta->rev != rev) {
            rev = meta->rev;
            changed_ms = now;
            told = false;
        }
        nd_error_clear(&cli->err);
        if (rc == ND_OK) progress_meta(p, meta);
        if (rc == ND_OK && now - changed_ms >= SILENCE_MS && !told) {
            told = true;
            say_silence(cli, p, meta);
        }
        host->sleep_ms(host->ctx, w->aws ? POLL_AWS_MS : POLL_MS);
    }
    return *meta->run_id ? ND_OK : nd_fail(&cli->err, ND_STOPPED, "run '%s' has not begun yet", run_id);
}

enum nd_exit follow_run(struct wiring *w, struct cli *cli, const char *run_id)
{
    struct nd_meta meta = {.format = 0};
    signals_install("\nnightdesk: no longer watching; the run goes on\n");
    struct progress *p = progress_open(setting_text(&cli->settings, OPT_PROGRESS), &cli->screen, cli->host,
                                       cli->environment, w->engine.pipeline, run_id);
    enum nd_rc rc = follow(w, cli, run_id, p, &meta);
    progress_close(p);
    if (rc == ND_STOPPED) return (enum nd_exit)(128 + signals_received());
    if (rc != ND_OK) return nd_exit_of_rc(rc);
    struct nd_gate gate = {.shown = NULL};
    struct result result = {.meta = &meta};
    result_look(&result, w, &gate);
    result_say(cli, &result);
    cli->result = result_json(cli, &result);
    nd_gate_release(&gate);
    return goes_on(&meta) ? (enum nd_exit)(128 + signals_received()) : nd_exit_of_outcome(meta.outcome);
}
