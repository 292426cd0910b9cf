/* What readers see: report.html and report.md show each quote, hold nothing active, and come out of
 * report.json again. */
#include "verify_run.h"

#include "files.h"
#include "markdown.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

#define SEARCH_MAX_BYTES                                                                                     \
    (UINT64_C(64) << 30) /* of all searches in one file: hostile input must not take hours */

typedef void (*escape_fn)(struct nd_view text, struct nd_bytes *out);

static void check_shown(struct verify_run *v, const char *file, struct nd_view text, escape_fn escape)
{
    struct nd_bytes wanted = ND_BYTES(ND_BYTES_MAX);
    uint64_t searched = 0;
    for (size_t i = 0; i < v->doc->quote_count && searched < SEARCH_MAX_BYTES; i++) {
        const struct nd_quote *q = &v->doc->quotes[i].q;
        nd_bytes_clear(&wanted);
        escape(q->display, &wanted);
        size_t at = nd_view_find(text, nd_bytes_view(&wanted), 0);
        searched += at == SIZE_MAX ? text.len : at;
        if (at != SIZE_MAX) continue;
        char *subject = nd_sprintf("quote %s", q->id);
        verify_finding(v, file, subject, "found it nowhere, wanted '%.150s'", nd_bytes_view(&wanted).data);
        nd_free(subject);
    }
    if (searched >= SEARCH_MAX_BYTES)
        verify_finding(v, file, "", "is too large to look for each quote in it");
    nd_bytes_release(&wanted);
}

static enum nd_rc check_text(struct verify_run *v, const char *file, escape_fn escape, bool html,
                             struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(OUTPUT_MAX_BYTES);
    enum nd_rc rc = verify_read(v, file, &text, err);
    if (rc == ND_OK) {
        struct nd_view view = nd_bytes_view(&text), none = {"", 0};
        check_shown(v, file, view, escape);
        nd_report_check(v->report, html ? view : none, html ? none : view, &v->out->findings);
    }
    nd_bytes_release(&text);
    return verify_settled(rc);
}

static enum nd_rc compare(struct verify_run *v, const struct nd_file *wanted, struct nd_error *err)
{
    struct nd_bytes found = ND_BYTES(OUTPUT_MAX_BYTES);
    enum nd_rc rc = verify_read(v, wanted->name, &found, err);
    if (rc == ND_OK && !nd_view_eq(nd_bytes_view(&found), nd_bytes_view(&wanted->bytes))) {
        size_t at = 0;
        while (at < found.len && at < wanted->bytes.len && found.data[at] == wanted->bytes.data[at]) at++;
        verify_finding(v, wanted->name, "",
                       "found another byte at offset %zu than report.json and evidence/ give", at);
    }
    nd_bytes_release(&found);
    return verify_settled(rc);
}

/* Makes every file again and compares. Only of use when all quotes stand, which has its own findings. */
static enum nd_rc remake(struct verify_run *v, const char *program, struct nd_error *err)
{
    const char *made_by = nd_json_get_str(v->manifest, "program");
    if (!program || !made_by || strcmp(program, made_by) != 0) return ND_OK;
    const char *pipeline = nd_json_get_str(v->manifest, "pipeline_sha256");
    const char *request = nd_json_get_str(v->manifest, "request_sha256");
    struct nd_report_about about = {program, pipeline ? pipeline : "", request ? request : ""};
    struct nd_artefact files = {0};
    enum nd_rc rc = ND_OK;
    if (nd_report_files(v->report, v->pages, &about, &files, NULL) == ND_OK) {
        for (size_t i = 0; rc == ND_OK && i < files.file_count; i++) rc = compare(v, &files.files[i], err);
    }
    nd_artefact_release(&files);
    return rc;
}

enum nd_rc verify_printed(struct verify_run *v, const char *program, struct nd_error *err)
{
    enum nd_rc rc = check_text(v, "report.html", nd_text_html, true, err);
    if (rc == ND_OK) rc = check_text(v, "report.md", put_markdown, false, err);
    if (rc == ND_OK) rc = remake(v, program, err);
    return rc;
}
