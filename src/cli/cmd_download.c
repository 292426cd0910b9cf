#include "command.h"
#include "folder.h"
#include "machine.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"
#include "paste.h"
#include "work.h"
#include <string.h>

#define PAGE "report.html"

static const struct nd_file *file_named(const struct nd_artefact *report, const char *name)
{
    for (size_t i = 0; i < report->file_count; i++)
        if (strcmp(report->files[i].name, name) == 0) return &report->files[i];
    return NULL;
}

/* ---- against the report's own manifest ---- */

static enum nd_rc check_output(const struct nd_artefact *report, const struct nd_json *output,
                               struct nd_error *err)
{
    char sha256[ND_SHA256_HEX];
    const char *name = nd_json_get_str(output, "file"), *wanted = nd_json_get_str(output, "sha256");
    const struct nd_file *file = name ? file_named(report, name) : NULL;
    if (!file || !wanted)
        return nd_fail(err, ND_BROKEN, "the manifest lists '%.150s', which is no file of the report",
                       name ? name : "");
    nd_sha256_hex(nd_bytes_view(&file->bytes), sha256);
    if (strcmp(sha256, wanted) == 0) return ND_OK;
    return nd_fail(err, ND_BROKEN, "'%.150s' has other bytes than the manifest says", name);
}

static enum nd_rc check_manifest(const struct nd_artefact *report, const char *run_id, struct nd_error *err)
{
    const struct nd_file *file = file_named(report, "manifest.json");
    struct nd_json *manifest = NULL;
    if (!file) return nd_fail(err, ND_BROKEN, "the report has no manifest.json");
    enum nd_rc rc = nd_json_parse(&manifest, nd_bytes_view(&file->bytes), err);
    const char *owner = nd_json_get_str(manifest, "run_id");
    if (rc == ND_OK && (!owner || strcmp(owner, run_id) != 0))
        rc = nd_fail(err, ND_BROKEN, "the manifest is that of run '%.64s'", owner ? owner : "");
    const struct nd_json *output = nd_json_first(nd_json_get(manifest, "outputs"));
    for (; rc == ND_OK && output; output = nd_json_next(output)) rc = check_output(report, output, err);
    if (rc != ND_OK) {
        (void)nd_while(err, "while checking the report of run '%s'", run_id);
        rc = err->rc = ND_BROKEN;
    }
    nd_json_free(manifest);
    return rc;
}

/* ---- to a folder ---- */

static struct nd_json *files_json(const struct nd_artefact *report)
{
    struct nd_json *files = nd_json_array();
    for (size_t i = 0; i < report->file_count; i++) {
        char sha256[ND_SHA256_HEX];
        struct nd_json *row = nd_json_add(files, nd_json_object());
        nd_sha256_hex(nd_bytes_view(&report->files[i].bytes), sha256);
        nd_json_set_str(row, "file", report->files[i].name);
        nd_json_set_int(row, "size_bytes", (int64_t)report->files[i].bytes.len);
        nd_json_set_str(row, "sha256", sha256);
    }
    return files;
}

static enum nd_rc to_folder(struct wiring *w, struct cli *cli, const struct nd_meta *meta,
                            const struct nd_artefact *report)
{
    const char *given = setting_text(&cli->settings, OPT_DOWNLOAD_OUT);
    char *out = given ? nd_strdup(given) : nd_sprintf("nightdesk-%s", meta->run_id);
    struct nd_json *ledger = NULL;
    enum nd_rc rc = nd_engine_ledger(&w->engine, meta->run_id, &ledger, &cli->err);
    if (rc == ND_OK) rc = folder_write(out, meta->run_id, report, ledger, &cli->err);
    if (rc == ND_OK) {
        bool partial = !*meta->report;
        screen_say(&cli->screen, partial ? STYLE_WARN : STYLE_GOOD, "run %s: %zu %s of the %sreport in %s",
                   meta->run_id, report->file_count,
                   nd_plural(NULL, (int64_t)report->file_count, "file", "files"), partial ? "partial " : "",
                   out);
        char *folder = path_from_anywhere(out);
        struct nd_bytes word = ND_BYTES(ND_BYTES_MAX);
        paste_word(&word, folder);
        paste_hint(cli, "next", &cmd_verify, "%s", word.data);
        nd_bytes_release(&word);
        nd_json_set_str(cli->result, "out", folder);
        nd_json_set_bool(cli->result, "partial", partial);
        nd_json_set(cli->result, "files", files_json(report));
        if (!cli->screen.json) screen_data(&cli->screen, STYLE_PLAIN, "%s/" PAGE, out);
        nd_free(folder);
    }
    nd_json_free(ledger);
    nd_free(out);
    return rc;
}

/* ---- as an address ---- */

static enum nd_rc to_url(struct wiring *w, struct cli *cli, const struct nd_meta *meta,
                         const struct nd_artefact *report)
{
    const struct nd_file *page = file_named(report, PAGE);
    int64_t wanted_s = setting_number(&cli->settings, OPT_EXPIRES, 0), expires_s = wanted_s;
    char sha256[ND_SHA256_HEX], until[ND_TIME_BYTES], source[96], *url = NULL;
    int64_t keys_ms = 0;
    if (!w->aws)
        return nd_fail(&cli->err, ND_BAD_INPUT, "'--url' needs a store in AWS, the runs are in '%.150s'",
                       w->stack.store);
    if (!page) return nd_fail(&cli->err, ND_NOT_FOUND, "the report has no " PAGE " (see --output of submit)");
    nd_sha256_hex(nd_bytes_view(&page->bytes), sha256);
    char *key = nd_sprintf("runs/%s/objects/%s", meta->run_id, sha256);
    char *name = nd_sprintf("%s-" PAGE, meta->run_id);
    enum nd_rc rc = nd_aws_identity(w->aws, source, &keys_ms, &cli->err);
    if (rc == ND_OK) rc = nd_s3_presign(w->aws, w->bucket, key, name, &expires_s, &url, &cli->err);
    if (rc == ND_OK) {
        nd_time_format(cli->host->now_ms(cli->host->ctx) + expires_s * 1000, until);
        screen_say(&cli->screen, STYLE_WARN, "whoever has this address can read the report until %s", until);
        if (expires_s < wanted_s)
            screen_say(&cli->screen, STYLE_WARN,
                       "not for %lld seconds: the keys of the %s that sign it end then", (long long)wanted_s,
                       source);
        nd_json_set_str(cli->result, "url", url);
        nd_json_set_str(cli->result, "expires_at", until);
        if (!cli->screen.json) screen_data(&cli->screen, STYLE_PLAIN, "%s", url);
    }
    nd_free(url);
    nd_free(name);
    nd_free(key);
    return rc;
}

static enum nd_exit download_run(struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0);
    struct wiring w;
    struct nd_meta meta = {.format = 0};
    struct nd_artefact report = {0};
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = machine_run(&w, run_id, &meta, &cli->err);
    if (rc == ND_OK && !*meta.report && !*meta.partial) {
        rc = nd_fail(&cli->err, ND_NOT_FOUND, "run '%s' has no report yet: it is %s", run_id,
                     nd_outcome_word(meta.outcome));
        paste_hint(cli, "next", &cmd_status, "%s", run_id);
    }
    if (rc == ND_OK) rc = nd_engine_report(&w.engine, run_id, &report, &cli->err);
    if (rc == ND_OK) rc = check_manifest(&report, run_id, &cli->err);
    if (rc == ND_OK) {
        cli->result = nd_json_object();
        nd_json_set_str(cli->result, "schema", "nightdesk.download/1");
        nd_json_set_str(cli->result, "run_id", run_id);
        nd_json_set_str(cli->result, "outcome", nd_outcome_word(meta.outcome));
        rc = setting_flag(&cli->settings, OPT_PRESIGN) ? to_url(&w, cli, &meta, &report)
                                                       : to_folder(&w, cli, &meta, &report);
    }
    nd_artefact_release(&report);
    wiring_close(&w);
    return nd_exit_of_rc(rc);
}

static const char *const examples[] = {"the report of a run in AWS",
                                       "nightdesk download RUN --stack nightdesk --out report/",
                                       "an address to read it from, good for ten minutes",
                                       "nightdesk download RUN --stack nightdesk --url --expires 600", NULL};

static const enum option_id uses[] = {OPT_DOWNLOAD_OUT, OPT_PRESIGN, OPT_EXPIRES, OPTIONS_OF_STORE,
                                      OPTIONS_OF_ALL};

const struct command cmd_download = {
    .name = "download",
    .args = "RUN",
    .summary = "fetch the report of a run from the store",
    .about =
        "Every file is checked against the report's manifest before anything is written, and a folder that "
        "is "
        "only half written is known as such (see 'nightdesk run'). A run that stopped at a limit has a "
        "partial "
        "report.\n\n"
        "With --url nothing is written: an address of report.html is printed, which needs no account. It is "
        "good for --expires seconds, but not longer than the keys that sign it: those of a role end within "
        "hours.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = download_run,
};
