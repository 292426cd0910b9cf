#include "command.h"
#include "machine.h"
#include "paste.h"
#include "result.h"
#include "work.h"

static enum nd_exit status_run(struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0);
    struct wiring w;
    struct nd_meta meta = {.format = 0};
    struct nd_request *request = NULL;
    struct nd_gate gate = {.shown = NULL};
    struct nd_artefact files = {0};
    struct nd_json *report = NULL;
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = machine_run(&w, run_id, &meta, &cli->err);
    if (rc == ND_OK) rc = wiring_request(&w, run_id, &request, &cli->err);
    if (rc == ND_OK) {
        if (*meta.report && nd_engine_report(&w.engine, run_id, &files, NULL) == ND_OK)
            report = work_report_json(&files);
        struct result result = {
            .meta = &meta,
            .topic = request->topic,
            .report = report,
            .failed_inputs_max_percent = request->limits.max_failed_inputs_percent,
        };
        result_look(&result, &w, &gate);
        screen_people_on_out(&cli->screen);
        screen_say(&cli->screen, STYLE_BOLD, "%s", request->topic);
        if (result.gate) gate_say(cli, w.engine.pipeline, &gate);
        result_say(cli, &result);
        cli->result = result_json(cli, &result);
    }
    if (rc == ND_NOT_FOUND) paste_hint(cli, "next", &cmd_list, "%s", "");
    nd_gate_release(&gate);
    nd_json_free(report);
    nd_artefact_release(&files);
    nd_request_free(request);
    wiring_close(&w);
    return nd_exit_of_rc(rc);
}

static const char *const examples[] = {"how a run stands, and what it waits for", "nightdesk status RUN",
                                       "for a program", "nightdesk status RUN --json", NULL};

static const enum option_id uses[] = {OPTIONS_OF_STORE, OPTIONS_OF_ALL};

const struct command cmd_status = {
    .name = "status",
    .args = "RUN",
    .summary = "show how a run stands and what it waits for",
    .about = "",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = status_run,
};
