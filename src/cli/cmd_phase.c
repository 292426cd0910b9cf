#include "ask.h"
#include "cloud_inputs.h"
#include "command.h"
#include "nightdesk/base/log.h"
#include "nightdesk/base/text.h"
#include "nightdesk/store/store.h"
#include "signals.h"
#include "since.h"
#include "work.h"
#include <string.h>

/* Stopping in order takes at most so long: a container is killed two minutes after it was told to stop. */
#define GRACE_MS 110000
#define IDLE_MIN_S 60

static int phase_number(const char *name)
{
    const struct nd_pipeline *pipeline = nd_pipeline();
    int i = 0;
    while (i < ND_PHASES && strcmp(pipeline->phases[i]->name, name) != 0) i++;
    return i;
}

/* A run that is there was compared when it was made: what it was compared with may be gone by now. */
static enum nd_rc compare(struct wiring *w, const struct cli *cli, const char *run_id,
                          struct nd_request **request, struct nd_error *err)
{
    struct nd_meta meta;
    char earlier[ND_RUN_ID_BYTES];
    bool same = false;
    enum nd_rc rc = w->store->ops->meta(w->store, run_id, &meta, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        return since_add(w, setting_text(&cli->settings, OPT_SINCE), run_id, request, earlier, err);
    }
    if (rc == ND_OK) rc = since_same_request(w, run_id, *request, &same, err);
    if (rc != ND_OK || !same) return rc; /* another request is found out when the run is made */
    nd_request_free(*request);
    *request = NULL;
    return wiring_request(w, run_id, request, err);
}

/* --request makes the run when it is not there yet; otherwise the stored request counts. */
static enum nd_rc load(struct cli *cli, struct wiring *w, const char *run_id, struct nd_request **request)
{
    const char *from = setting_text(&cli->settings, OPT_REQUEST);
    bool create = from != NULL;
    enum nd_rc rc = wiring_open(w, cli, create ? STORE_CREATE : STORE_EXISTING, &cli->err);
    if (rc != ND_OK || !create) return rc == ND_OK ? wiring_request(w, run_id, request, &cli->err) : rc;
    rc = cloud_is_object(from) ? cloud_request(w, from, request, &cli->err)
                               : ask_request(&cli->settings, NULL, request, &cli->err);
    if (rc == ND_OK) rc = nd_pipeline_writer_known((*request)->writer, &cli->err);
    if (rc == ND_OK && since_given(cli)) rc = compare(w, cli, run_id, request, &cli->err);
    return rc;
}

/* A process that hangs would be paid for until its scheduler gives up; half of its time is enough to know,
 * but the lease of a dead worker must have time to end. */
static void guard(struct wiring *w, const struct cli *cli)
{
    int64_t longest_s = setting_number(&cli->settings, OPT_MAX_SECONDS, 0), half_s = longest_s / 2;
    if (longest_s > 0 && half_s < IDLE_MIN_S) half_s = IDLE_MIN_S;
    const struct watchdog_config config = {
        .host = cli->host,
        .idle_ms = setting_number(&cli->settings, OPT_WATCHDOG, half_s) * 1000,
        .stop_ms = longest_s * 1000,
        .stop = signals_stop(),
        .grace_ms = GRACE_MS,
    };
    w->watchdog = watchdog_start(&config);
}

/* Whoever started the container sees its exit status alone; the reason goes where the state machine looks. */
static void leave_reason(const struct wiring *w, const char *run_id, enum nd_exit status,
                         const struct nd_error *err)
{
    bool refused = status == ND_EXIT_USAGE || status == ND_EXIT_CONFIG;
    if (!refused || !w->aws || !w->store || err->notes == 0) return;
    struct nd_bytes masked = ND_BYTES(ND_MIB), line = ND_BYTES(ND_MIB);
    struct nd_error unsaid = {0};
    nd_log_mask(nd_view_of(err->note[0]), &masked);
    nd_text_printable(nd_bytes_view(&masked), &line);
    nd_bytes_add_str(&line, "");
    if (nd_store_aws_refuse(w->store, run_id, nd_bytes_view(&line).data, &unsaid) != ND_OK)
        nd_log(ND_LOG_WARN, "the reason is not in the table: %s", unsaid.notes ? unsaid.note[0] : "");
    nd_bytes_release(&masked);
    nd_bytes_release(&line);
}

static enum nd_exit phase_run(struct cli *cli)
{
    const struct settings *s = &cli->settings;
    const char *run_id = setting_text(s, OPT_RUN), *name = setting_text(s, OPT_PHASE);
    if (!nd_run_id_valid(run_id) || !name) {
        cli_hint(cli, "try: %s phase --help", cli->program);
        (void)nd_fail(&cli->err, ND_BAD_INPUT,
                      "'phase' needs --run ID (1-64 of [0-9A-Za-z_-]) and --phase NAME");
        return ND_EXIT_USAGE;
    }
    struct wiring w;
    struct nd_request *request = NULL;
    enum nd_rc rc = load(cli, &w, run_id, &request);
    struct work work = {
        .cli = cli,
        .run_id = run_id,
        .request = request,
        .phase = phase_number(name),
        .create = setting_text(s, OPT_REQUEST) != NULL,
        .started_ms = setting_number(s, OPT_STARTED_AT, cli->host->now_ms(cli->host->ctx)),
        .quiet_folder = true,
    };
    if (rc == ND_OK) guard(&w, cli);
    enum nd_exit status = rc == ND_OK ? work_on(&w, &work) : nd_exit_of_rc(rc);
    watchdog_end(w.watchdog);
    w.watchdog = NULL;
    /* an outcome is durable: whatever it is, this process has done its work */
    bool outcome = cli->result && cli->err.rc == ND_OK;
    if (!outcome) leave_reason(&w, run_id, status, &cli->err);
    wiring_close(&w);
    nd_request_free(request);
    return outcome ? ND_EXIT_OK : status;
}

static const char *const examples[] = {
    "the first phase of a new run",
    "nightdesk phase --run nightly-7 --phase research --request request.json",
    "one step, then stop in order",
    "nightdesk phase --run nightly-7 --phase draft --max-steps 1",
    "the first phase in AWS, from a stored request",
    "nightdesk phase --store aws://TABLE/BUCKET --run nightly-7 --phase research --request "
    "s3://BUCKET/runs/nightly-7/request-1.json",
    "the last phase, with the report",
    "nightdesk phase --run nightly-7 --phase fact-check --out report/",
    NULL};

static const enum option_id uses[] = {OPTIONS_OF_WORK, OPTIONS_OF_ONE_RUN, OPT_REQUEST,   OPT_SINCE,
                                      OPT_STARTED_AT,  OPT_WATCHDOG,       OPT_GATE_WAIT, OPT_STORE,
                                      OPT_RUN,         OPT_PHASE,          OPTIONS_OF_ALL};

const struct command cmd_phase = {
    .name = "phase",
    .args = "",
    .summary = "work on one phase of a run, as a process of its own",
    .about =
        "For schedulers: the exit status is 0 whenever the phase's outcome is recorded, whatever it is; "
        "read it with "
        "'nightdesk status RUN --json'. Any other status means that none was recorded, and that the "
        "same command may be "
        "tried again. A request at s3://BUCKET/KEY is taken as it is, and lists documents that lie in the "
        "store's bucket. Told to stop, it stops in order within 110 seconds. A report is written only when "
        "--out was given, now or in an earlier command.",
    .examples = examples,
    .uses = uses,
    .run = phase_run,
};
