#include "command.h"
#include "nightdesk/core/say.h"
#include "nightdesk/report/verify.h"
#include "originals.h"

enum { FINDINGS_SHOWN = 20 };

static struct nd_json *result_of(const struct nd_verify *v)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "schema", "nightdesk.verify/1");
    nd_json_set_bool(json, "verified", nd_findings_total(&v->findings) == 0);
    nd_json_set_str(json, "level", v->level);
    nd_json_set_str(json, "run_id", v->run_id);
    nd_json_set_str(json, "topic", v->topic);
    nd_json_set_int(json, "outputs", (int64_t)v->outputs);
    nd_json_set_int(json, "quotes", (int64_t)v->checked.quotes);
    nd_json_set_int(json, "quotes_verified", (int64_t)v->checked.quotes_verified);
    nd_json_set_int(json, "claims", (int64_t)v->checked.claims);
    nd_json_set_int(json, "cells", (int64_t)v->checked.cells);
    nd_json_set_int(json, "formulas", (int64_t)v->checked.formulas);
    nd_json_set_int(json, "originals", (int64_t)v->originals);
    nd_json_set_int(json, "findings_total", (int64_t)nd_findings_total(&v->findings));
    struct nd_json *rows = nd_json_set(json, "findings", nd_json_array());
    for (size_t i = 0; i < v->findings.n; i++) {
        struct nd_json *row = nd_json_add(rows, nd_json_object());
        nd_json_set_str(row, "file", v->findings.v[i].file);
        nd_json_set_str(row, "subject", v->findings.v[i].subject);
        nd_json_set_str(row, "what", v->findings.v[i].what);
    }
    nd_json_set_int(json, "others_total", (int64_t)v->others_total);
    struct nd_json *others = nd_json_set(json, "others", nd_json_array());
    for (size_t i = 0; i < v->others.n; i++) nd_json_add_str(others, v->others.v[i]);
    return json;
}

static void say_counts(const struct screen *s, const struct nd_verify *v)
{
    const struct {
        size_t n;
        const char *one, *many;
    } counts[] = {{v->checked.quotes, "quote", "quotes"},
                  {v->checked.claims, "claim", "claims"},
                  {v->checked.cells, "cell", "cells"},
                  {v->checked.formulas, "formula", "formulas"},
                  {v->originals, "original", "originals"}};
    struct nd_bytes line = ND_BYTES(1024);
    nd_bytes_addf(&line, "%zu %s, %zu of ", v->outputs, nd_plural(NULL, (int64_t)v->outputs, "file", "files"),
                  v->checked.quotes_verified);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        nd_bytes_addf(&line, "%s%zu %s", i ? ", " : "", counts[i].n,
                      nd_plural(NULL, (int64_t)counts[i].n, counts[i].one, counts[i].many));
    screen_say(s, STYLE_PLAIN, "%s", line.data);
    nd_bytes_release(&line);
}

static void say(const struct cli *cli, const struct nd_verify *v)
{
    const struct screen *s = &cli->screen;
    size_t total = nd_findings_total(&v->findings);
    for (size_t i = 0; i < v->findings.n && i < FINDINGS_SHOWN; i++) {
        const struct nd_finding *f = &v->findings.v[i];
        screen_say(s, STYLE_BAD, "%s: %s%s%s", f->file, f->subject, *f->subject ? ": " : "", f->what);
    }
    if (total > FINDINGS_SHOWN) screen_say(s, STYLE_BAD, "... and %zu more", total - FINDINGS_SHOWN);
    for (size_t i = 0; i < v->others.n && i < FINDINGS_SHOWN; i++)
        screen_say(s, STYLE_WARN, "%s: is no part of the report, and was not looked at", v->others.v[i]);
    if (v->others_total > FINDINGS_SHOWN)
        screen_say(
            s, STYLE_WARN, "... and %zu more %s no part of it", v->others_total - FINDINGS_SHOWN,
            nd_plural(NULL, (int64_t)v->others_total - FINDINGS_SHOWN, "file that is", "files that are"));
    say_counts(s, v);
    if (cli->screen.json) return;
    if (total == 0) {
        screen_data(s, STYLE_GOOD, "verified (level: %s)", v->level);
    } else {
        screen_data(s, STYLE_BAD, "not verified: %zu %s", total,
                    nd_plural(NULL, (int64_t)total, "finding", "findings"));
    }
}

static enum nd_exit verify_run(struct cli *cli)
{
    const struct nd_strings *docs = setting_texts(&cli->settings, OPT_VERIFY_DOCS);
    bool again = docs->n > 0;
    struct originals originals;
    struct nd_verify v = {.level = "none"};
    enum nd_rc rc = again ? originals_open(&originals, cli, docs, &cli->err) : ND_OK;
    if (rc == ND_OK)
        rc = nd_verify_dir(cli_arg(cli, 0), again ? &originals.table : NULL, ND_PROGRAM, &v, &cli->err);
    if (again) originals_close(&originals);
    enum nd_exit status = nd_exit_of_rc(rc);
    if (rc == ND_OK) {
        say(cli, &v);
        cli->result = result_of(&v);
        status = nd_findings_total(&v.findings) == 0 ? ND_EXIT_OK : ND_EXIT_FAILED;
    }
    nd_verify_release(&v);
    return status;
}

static const char *const examples[] = {
    "every quote, number, citation and file of a report, offline", "nightdesk verify nightdesk-RUN",
    "the same, and against the documents themselves", "nightdesk verify nightdesk-RUN --docs papers/", NULL};

static const enum option_id uses[] = {OPT_VERIFY_DOCS, OPT_READER, OPTIONS_OF_ALL};

const struct command cmd_verify = {
    .name = "verify",
    .args = "DIR",
    .summary = "check a report's quotes, numbers, citations and files",
    .about = "Without --docs the folder is checked against itself: every quote is the bytes at its place in "
             "the page text that "
             "lies in evidence/. With --docs the cited documents are read again and a changed file is a "
             "finding. No model and "
             "no network is used. The exit status is 1 when something is found.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = verify_run,
};
