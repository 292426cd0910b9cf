#include "command.h"
#include "folder.h"
#include "wiring.h"
#include "nightdesk/core/say.h"

static enum nd_exit replay_run(struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0), *out = setting_text(&cli->settings, OPT_REPLAY_OUT);
    if (!out) {
        (void)nd_fail(&cli->err, ND_BAD_INPUT, "'replay' needs a folder: --out DIR");
        return ND_EXIT_USAGE;
    }
    struct wiring w;
    struct nd_artefact files = {0};
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = folder_check(out, run_id, &cli->err);
    if (rc == ND_OK) rc = nd_engine_replay(&w.engine, run_id, &files, &cli->err);
    if (rc == ND_OK) rc = folder_write(out, run_id, &files, NULL, &cli->err);
    if (rc == ND_OK) {
        screen_say(&cli->screen, STYLE_GOOD, "run %s: %zu %s rebuilt from the transcripts", run_id,
                   files.file_count, nd_plural(NULL, (int64_t)files.file_count, "file", "files"));
        if (!cli->screen.json) screen_data(&cli->screen, STYLE_PLAIN, "%s/report.html", out);
        cli->result = nd_json_object();
        nd_json_set_str(cli->result, "schema", "nightdesk.replay/1");
        nd_json_set_str(cli->result, "run_id", run_id);
        nd_json_set_str(cli->result, "out", out);
        nd_json_set_int(cli->result, "files", (int64_t)files.file_count);
    }
    nd_artefact_release(&files);
    wiring_close(&w);
    return nd_exit_of_rc(rc);
}

static const char *const examples[] = {
    "rebuild the report and compare it with what the run wrote",
    "nightdesk replay RUN --out again && diff -r -x ledger.json again nightdesk-RUN", NULL};

static const enum option_id uses[] = {OPT_REPLAY_OUT, OPT_STORE, OPT_STACK, OPTIONS_OF_ALL};

const struct command cmd_replay = {
    .name = "replay",
    .args = "RUN",
    .summary = "rebuild a run's report from what it recorded",
    .about = "No document is opened, no model is asked, nothing is spent: the report is a function of the "
             "request and the "
             "recorded steps, and the rebuilt bytes are the same.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = replay_run,
};
