#include "ask.h"
#include "chosen.h"
#include "command.h"
#include "dry_run.h"
#include "follow.h"
#include "machine.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/say.h"
#include "paste.h"
#include "since.h"
#include "upload.h"
#include <string.h>

/* What AWS itself usually takes for one report, in its cheap mode: docs/how-to/deploy.md, "What it costs". */
enum { AWS_RUN_MICROUSD = 19000, AWS_PUT_MICROUSD = 5 };

struct submission {
    struct cli *cli;
    struct wiring w;
    struct nd_request *asked;  /* as it was asked here */
    struct nd_request *stored; /* with a listing in the place of the folders */
    struct nd_inputs inputs;
    struct nd_bytes listing;                                /* of them, when it is to be uploaded */
    char run_id[ND_RUN_ID_BYTES], earlier[ND_RUN_ID_BYTES]; /* that it is compared with, or "" */
    struct nd_bytes input;                                  /* of the execution */
    struct upload_count count;
};

static void release(struct submission *s)
{
    nd_request_free(s->asked);
    nd_request_free(s->stored);
    nd_inputs_release(&s->inputs);
    nd_bytes_release(&s->listing);
    nd_bytes_release(&s->input);
    wiring_close(&s->w);
}

/* ---- what is asked ---- */

/* Bytes of the input where the machine passes it on: as a string in JSON, with a few members beside it. */
static size_t passed_on(struct nd_view input)
{
    enum { BESIDE_BYTES = 4096 };
    size_t bytes = input.len + BESIDE_BYTES;
    for (size_t i = 0; i < input.len; i++) bytes += input.data[i] == '"' || input.data[i] == '\\';
    return bytes;
}

/* Equal commands give equal bytes: that makes a repeated start harmless. */
static enum nd_rc make_input(struct submission *s, struct nd_error *err)
{
    const struct settings *settings = &s->cli->settings;
    struct nd_json *json = nd_json_object();
    nd_json_set(json, "request", nd_request_json(s->stored));
    if (*s->earlier) nd_json_set_str(json, "since", s->earlier);
    if (setting_given(settings, OPT_STARTED_AT)) {
        char time[ND_TIME_BYTES];
        nd_time_format(setting_number(settings, OPT_STARTED_AT, 0), time);
        nd_json_set_str(json, "started_at", time);
    }
    s->input = (struct nd_bytes)ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(json, &s->input);
    nd_json_free(json);
    size_t passed = passed_on(nd_bytes_view(&s->input));
    if (passed <= ND_SFN_TEXT_MAX_BYTES) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT,
                   "the request takes %zu bytes in a state machine, which has room for %zu: shorten what is "
                   "asked, or use 'nightdesk run'",
                   passed, ND_SFN_TEXT_MAX_BYTES);
}

static enum nd_rc prepare(struct submission *s)
{
    struct cli *cli = s->cli;
    enum nd_rc rc = ask_request(&cli->settings, cli_arg(cli, 0), &s->asked, &cli->err);
    if (rc == ND_OK) rc = nd_pipeline_writer_known(s->asked->writer, &cli->err);
    if (rc == ND_OK) rc = chosen_fill(cli, s->asked, &cli->err);
    if (rc == ND_OK) rc = ask_run_id(&cli->settings, cli->host, s->run_id, &cli->err);
    if (rc == ND_OK) rc = ask_inputs(s->asked, &s->inputs, &cli->err);
    if (rc == ND_OK) rc = upload_request(s->asked, &s->inputs, &s->stored, &s->listing, &cli->err);
    if (rc != ND_OK) cli_hint(cli, "try: %s submit --help", cli->program);
    return rc;
}

static enum nd_rc open_stack(struct submission *s)
{
    struct cli *cli = s->cli;
    enum nd_rc rc = wiring_open(&s->w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_NOT_FOUND || (rc == ND_OK && !s->w.stack.machine)) {
        nd_error_clear(&cli->err);
        rc = nd_fail(
            &cli->err, ND_CONFIG,
            "no stack to submit to: name it with --stack NAME, or with --store aws://TABLE/BUCKET and "
            "--machine ARN");
    }
    return rc;
}

/* The container takes what the report is compared with from the store; here it is only named. */
static enum nd_rc find_earlier(struct submission *s, struct nd_error *err)
{
    const struct cli *cli = s->cli;
    struct nd_meta meta;
    if (!since_given(cli)) return ND_OK;
    enum nd_rc rc = since_find(&s->w, setting_text(&cli->settings, OPT_SINCE), s->run_id, s->asked->topic,
                               s->earlier, err);
    if (rc == ND_OK && *s->earlier) rc = s->w.store->ops->meta(s->w.store, s->earlier, &meta, err);
    if (rc == ND_NOT_FOUND) rc = err->rc = ND_BAD_INPUT;
    if (rc == ND_OK) since_say(cli, s->earlier);
    return rc;
}

/* ---- starting ---- */

/* Before anything is uploaded: is the run id another request's? */
static enum nd_rc check_taken(const struct submission *s, struct nd_error *err)
{
    struct nd_meta meta;
    char sha256[ND_SHA256_HEX];
    enum nd_rc rc = s->w.store->ops->meta(s->w.store, s->run_id, &meta, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        return ND_OK;
    }
    nd_request_sha256(s->stored, sha256);
    bool same = rc == ND_OK && strcmp(sha256, meta.request_sha256) == 0;
    if (rc == ND_OK && *s->earlier) rc = since_same_request(&s->w, s->run_id, s->stored, &same, err);
    if (rc == ND_OK && !same)
        rc = nd_fail(err, ND_CONFLICT, "run '%s' exists with another request; choose another --run-id",
                     s->run_id);
    return rc;
}

/* The name was used before: by the same request, which is fine, or by another. */
static enum nd_rc compare(const struct submission *s, char arn[ND_SFN_ARN_BYTES], struct nd_error *err)
{
    struct nd_sfn_execution execution = {0};
    struct nd_json *theirs = NULL, *ours = NULL;
    nd_error_clear(err);
    enum nd_rc rc = nd_sfn_execution_arn(s->w.stack.machine, s->run_id, arn, err);
    if (rc == ND_OK) rc = nd_sfn_describe(s->w.aws, arn, &execution, err);
    bool same = rc == ND_OK && execution.input &&
                nd_json_parse(&theirs, nd_view_of(execution.input), NULL) == ND_OK &&
                nd_json_parse(&ours, nd_bytes_view(&s->input), NULL) == ND_OK && nd_json_equal(theirs, ours);
    if (rc == ND_OK && !same)
        rc = nd_fail(err, ND_CONFLICT,
                     "run '%s' was submitted before, with another request; choose another --run-id",
                     s->run_id);
    nd_json_free(theirs);
    nd_json_free(ours);
    nd_sfn_execution_release(&execution);
    return rc;
}

static enum nd_rc start(const struct submission *s, char arn[ND_SFN_ARN_BYTES], bool *again,
                        struct nd_error *err)
{
    enum nd_rc rc = nd_sfn_start(s->w.aws, s->w.stack.machine, s->run_id, nd_bytes_view(&s->input), arn, err);
    *again = rc == ND_CONFLICT;
    return *again ? compare(s, arn, err) : rc;
}

/* ---- saying ---- */

static void say_documents(const struct submission *s, const char *verb)
{
    const struct upload_count *c = &s->count;
    const struct screen *screen = &s->cli->screen;
    double mb = 1.0 / (1 << 20);
    screen_say(screen, STYLE_PLAIN, "%zu %s, %zu %s (%.1f MB): %zu %s (%.1f MB), %zu there already", c->files,
               nd_plural(NULL, (int64_t)c->files, "file", "files"), c->documents,
               nd_plural(NULL, (int64_t)c->documents, "document", "documents"), (double)c->bytes * mb,
               c->documents - c->there, verb, (double)(c->bytes - c->there_bytes) * mb, c->there);
    if (c->unreadable)
        screen_say(screen, STYLE_WARN, "%zu %s cannot be read; the report lists them", c->unreadable,
                   nd_plural(NULL, (int64_t)c->unreadable, "file", "files"));
    if (s->inputs.reports)
        screen_say(screen, STYLE_DIM, "%zu %s left out", s->inputs.reports,
                   nd_plural(NULL, (int64_t)s->inputs.reports, "folder with a report of nightdesk is",
                             "folders with reports of nightdesk are"));
}

static struct nd_json *documents_json(const struct upload_count *c)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_int(json, "files", (int64_t)c->files);
    nd_json_set_int(json, "unreadable", (int64_t)c->unreadable);
    nd_json_set_int(json, "documents", (int64_t)c->documents);
    nd_json_set_int(json, "bytes", c->bytes);
    nd_json_set_int(json, "there_already", (int64_t)c->there);
    nd_json_set_int(json, "upload_bytes", c->bytes - c->there_bytes);
    return json;
}

static struct nd_json *result_of(const struct submission *s, const char *arn)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "schema", "nightdesk.submit/1");
    nd_json_set_str(json, "run_id", s->run_id);
    nd_json_set_str(json, "execution", arn);
    nd_json_set_str(json, "bucket", s->w.bucket);
    nd_json_set(json, "documents", documents_json(&s->count));
    return json;
}

/* ---- the command ---- */

static enum nd_rc show_only(struct submission *s)
{
    struct cli *cli = s->cli;
    char money[ND_MONEY_BYTES], aws[ND_MONEY_BYTES], most[ND_MONEY_BYTES];
    size_t sub_topics = s->asked->outline_count ? s->asked->outline_count : (size_t)s->asked->sub_topics;
    int64_t model = 0;
    enum nd_rc rc = dry_run_cost(cli, s->asked, sub_topics, &model, &cli->err);
    if (rc != ND_OK) return rc;
    int64_t of_aws = AWS_RUN_MICROUSD + AWS_PUT_MICROUSD * (int64_t)(s->count.documents - s->count.there);
    int64_t ceiling = model > 0 ? s->asked->limits.budget_microusd : 0;
    nd_money_format(model, money);
    nd_money_format(of_aws, aws);
    nd_money_format(ceiling, most);
    screen_people_on_out(&cli->screen);
    say_documents(s, "to upload");
    screen_say(&cli->screen, STYLE_BOLD, "bucket %s in %s receives the documents and the request",
               s->w.bucket, nd_aws_region(s->w.aws));
    work_say_hosts(cli, s->asked, STYLE_BOLD);
    screen_say(&cli->screen, STYLE_BOLD, "writer %s, expected cost %s, worst case %s; AWS itself about %s",
               s->asked->writer, money, most, aws);
    cli->result = result_of(s, NULL);
    nd_json_set_bool(cli->result, "dry_run", true);
    nd_json_set_int(cli->result, "expected_cost_microusd", model);
    nd_json_set_int(cli->result, "worst_case_cost_microusd", ceiling);
    nd_json_set_int(cli->result, "aws_cost_microusd", of_aws);
    return ND_OK;
}

static enum nd_rc hand_in(struct submission *s)
{
    struct cli *cli = s->cli;
    char arn[ND_SFN_ARN_BYTES];
    bool again = false;
    enum nd_rc rc = upload_listing(&s->w, nd_bytes_view(&s->listing), &cli->err);
    if (rc == ND_OK) rc = start(s, arn, &again, &cli->err);
    if (rc != ND_OK) return rc;
    say_documents(s, "uploaded");
    screen_say(&cli->screen, STYLE_GOOD, again ? "run %s was submitted before" : "run %s is submitted",
               s->run_id);
    paste_hint(cli, "next", &cmd_watch, "%s", s->run_id);
    cli->result = result_of(s, arn);
    if (!cli->screen.json) screen_data(&cli->screen, STYLE_PLAIN, "%s", s->run_id);
    return ND_OK;
}

static enum nd_exit submit_run(struct cli *cli)
{
    struct submission s = {.cli = cli, .input = ND_BYTES(0), .listing = ND_BYTES(ND_LISTING_MAX_BYTES)};
    bool dry = setting_flag(&cli->settings, OPT_SUBMIT_DRY_RUN);
    enum nd_rc rc = prepare(&s);
    if (rc == ND_OK) rc = open_stack(&s);
    if (rc == ND_OK) rc = find_earlier(&s, &cli->err);
    if (rc == ND_OK) rc = make_input(&s, &cli->err);
    if (rc == ND_OK) rc = check_taken(&s, &cli->err);
    if (rc == ND_OK) rc = upload_documents(&s.w, &cli->screen, s.asked, &s.inputs, dry, &s.count, &cli->err);
    if (rc == ND_OK) rc = dry ? show_only(&s) : hand_in(&s);
    enum nd_exit status = nd_exit_of_rc(rc);
    if (rc == ND_OK && !dry && setting_flag(&cli->settings, OPT_WATCH)) {
        nd_json_free(cli->result);
        cli->result = NULL;
        status = follow_run(&s.w, cli, s.run_id);
    }
    release(&s);
    return status;
}

static const char *const examples[] = {
    "a report from a folder, made in AWS",
    "nightdesk submit \"How are backups kept safe?\" --docs papers/ --stack nightdesk",
    "what would be uploaded, and what it may cost",
    "nightdesk submit \"How are backups kept safe?\" --docs papers/ --stack nightdesk --dry-run",
    "approve the plan first; follow it until it waits",
    "nightdesk submit \"How are backups kept safe?\" --docs papers/ --stack nightdesk --approve plan --watch",
    NULL};

static const enum option_id uses[] = {OPTIONS_OF_REQUEST, OPT_SINCE,        OPT_SUBMIT_DRY_RUN, OPT_WATCH,
                                      OPT_PROGRESS,       OPTIONS_OF_STORE, OPTIONS_OF_ALL};

const struct command cmd_submit = {
    .name = "submit",
    .args = "[TOPIC]",
    .summary = "have a report made in AWS: upload the documents, start the state machine",
    .about =
        "Each document is uploaded once, by its content, to the stack's bucket; the request lists them with "
        "the paths they have here. The execution bears the run's id, which is printed on standard output. "
        "The "
        "same --run-id with the same request is the same run, however often it is submitted.\n\n"
        "Documents marked --local never leave this machine, so they cannot be submitted. Keys of model "
        "providers are the stack's own: no request holds a secret.\n\n"
        "Look with 'nightdesk status RUN', decide with approve, reject and answer, fetch the report with "
        "'nightdesk download RUN'.",
    .examples = examples,
    .uses = uses,
    .args_max = 1,
    .run = submit_run,
};
