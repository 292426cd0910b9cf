#include "ask.h"
#include "chosen_kbs.h"
#include "chosen_web.h"
#include "chosen.h"
#include "command.h"
#include "dry_run.h"
#include "since.h"
#include "work.h"
#include "nightdesk/core/say.h"
#include <string.h>

static enum nd_exit run_run(struct cli *cli)
{
    struct nd_request *request = NULL;
    char run_id[ND_RUN_ID_BYTES];
    size_t reports = 0;
    enum nd_rc rc = ask_request(&cli->settings, cli_arg(cli, 0), &request, &cli->err);
    if (rc == ND_OK) rc = nd_pipeline_writer_known(request->writer, &cli->err);
    if (rc == ND_OK) rc = chosen_fill(cli, request, &cli->err);
    if (rc == ND_OK) rc = chosen_web_check(cli, request, &cli->err);
    if (rc == ND_OK) rc = chosen_kbs_check(cli, request, &cli->err);
    if (rc == ND_OK) rc = ask_check_inputs(request, &reports, &cli->err);
    if (rc == ND_OK) rc = ask_run_id(&cli->settings, cli->host, run_id, &cli->err);
    if (rc == ND_OK) rc = since_resolve(cli, run_id, &request, &cli->err);
    if (rc != ND_OK) {
        nd_request_free(request);
        cli_hint(cli, "try: %s run --help", cli->program);
        return nd_exit_of_rc(rc);
    }
    if (reports > 0) {
        screen_say(&cli->screen, STYLE_DIM, "%zu %s left out", reports,
                   nd_plural(NULL, (int64_t)reports, "folder with a report of nightdesk is",
                             "folders with reports of nightdesk are"));
    }
    bool dry = setting_flag(&cli->settings, OPT_DRY_RUN);
    struct wiring w;
    struct work work = {
        .cli = cli,
        .run_id = run_id,
        .request = request,
        .phase = WORK_ALL_PHASES,
        .create = true,
        .started_ms = setting_number(&cli->settings, OPT_STARTED_AT, cli->host->now_ms(cli->host->ctx)),
    };
    rc = wiring_open(&w, cli, dry ? STORE_IN_MEMORY : STORE_CREATE, &cli->err);
    if (rc == ND_OK && !dry) rc = work_check_fault(&w, cli, run_id);
    enum nd_exit status = rc != ND_OK ? nd_exit_of_rc(rc) : dry ? dry_run(&w, &work) : work_on(&w, &work);
    wiring_close(&w);
    nd_request_free(request);
    return status;
}

static const char with_model[] = "nightdesk run \"How are backups kept safe?\" --docs papers/ "
                                 "--model openai:gpt-4o-mini --approve plan --budget 2";
static const char *const examples[] = {
    "a report from a folder, on this machine, free",
    "nightdesk run \"How are backups kept safe?\" --docs papers/",
    "see the plan, the cost and who would receive what, and spend nothing",
    "nightdesk run \"How are backups kept safe?\" --docs papers/ --dry-run",
    "approve the plan first, and stop at 2 dollars",
    with_model,
    "everything in a file",
    "nightdesk run --request request.json",
    NULL,
};

static const enum option_id uses[] = {OPTIONS_OF_REQUEST, OPTIONS_OF_WORK, OPTIONS_OF_ONE_RUN,
                                      OPT_SINCE,          OPT_DRY_RUN,     OPT_STORE,
                                      OPT_STACK,          OPTIONS_OF_ALL};

const struct command cmd_run = {
    .name = "run",
    .args = "[TOPIC]",
    .summary = "write a report: plan, read, draft, check every statement, cite",
    .about =
        "The run works in four phases and records every step before the next begins. Killed, interrupted or "
        "stopped at a "
        "limit, it goes on with 'nightdesk resume RUN'. The same --run-id with the same request goes on "
        "too.\n\n"
        "The report is written to --out: report.html, report.md, report.json, sources.bib, charts, evidence "
        "and a manifest. "
        "Its path is printed on standard output; everything else goes to standard error.\n\n"
        "Without --model the report is made of quotations alone: no model, no key, no cost, no connection.",
    .examples = examples,
    .uses = uses,
    .args_max = 1,
    .run = run_run,
};
