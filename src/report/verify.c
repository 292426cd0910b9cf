#include "verify_run.h"

#include "files.h"
#include "statements.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

void verify_finding(struct verify_run *v, const char *file, const char *subject, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *what = nd_vsprintf(fmt, args);
    va_end(args);
    nd_findings_add(&v->out->findings, file, subject, "%s", what);
    nd_free(what);
}

enum nd_rc verify_settled(enum nd_rc rc)
{
    return rc == ND_NOT_FOUND || rc == ND_BAD_INPUT || rc == ND_OVER_LIMIT ? ND_OK : rc;
}

enum nd_rc verify_read(struct verify_run *v, const char *name, struct nd_bytes *out, struct nd_error *err)
{
    struct nd_error why = {0};
    enum nd_rc rc = folder_read(&v->folder, name, out, &why);
    if (rc == ND_OK) return ND_OK;
    if (verify_settled(rc) != ND_OK) {
        if (err) *err = why;
        return rc;
    }
    verify_finding(v, name, "", "%s", why.note[0]);
    return rc;
}

/* A version above ours: "nightdesk.report/2" where "nightdesk.report/1" is known. */
static bool is_newer(const char *found, const char *known)
{
    size_t name = (size_t)(strchr(known, '/') - known) + 1;
    int64_t version = 0;
    struct nd_view v = nd_view_of(found);
    return strncmp(found, known, name) == 0 && nd_view_int(nd_view_sub(v, name, v.len), &version) &&
           version > 1;
}

enum nd_rc verify_json(struct verify_run *v, const char *name, const char *schema, struct nd_json **out,
                       struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(OUTPUT_MAX_BYTES), again = ND_BYTES(ND_BYTES_MAX);
    struct nd_error why = {0};
    struct nd_json *json = NULL;
    enum nd_rc rc = verify_read(v, name, &text, err);
    if (rc != ND_OK) goto out;
    if (nd_json_parse(&json, nd_bytes_view(&text), &why) != ND_OK) {
        verify_finding(v, name, "", "%s", why.note[0]);
        goto out;
    }
    const char *found = nd_json_get_str(json, "schema");
    if (found && is_newer(found, schema)) {
        rc = nd_fail(err, ND_VERSION, "'%s' is '%.60s', this program knows '%s'", name, found, schema);
        goto out;
    }
    nd_json_print_pretty(json, &again);
    if (!nd_view_eq(nd_bytes_view(&text), nd_bytes_view(&again)))
        verify_finding(v, name, "",
                       "found bytes that nightdesk does not write (white space, order or form of numbers)");
    if (found && strcmp(found, schema) == 0) {
        *out = json;
        json = NULL;
    } else {
        verify_finding(v, name, "schema", "found '%.60s', wanted '%s'", found ? found : "", schema);
    }
out:
    nd_json_free(json);
    nd_bytes_release(&text);
    nd_bytes_release(&again);
    return verify_settled(rc);
}

static char *printable(const char *text)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    nd_text_printable(nd_view_of(text), &out);
    return nd_bytes_take(&out, NULL);
}

static enum nd_rc read_report(struct verify_run *v, struct nd_error *err)
{
    struct nd_error why = {0};
    enum nd_rc rc = verify_json(v, "report.json", REPORT_SCHEMA, &v->report, err);
    if (rc != ND_OK || !v->report) return rc;
    if (doc_open(&v->doc, v->report, &why) != ND_OK) {
        verify_finding(v, "report.json", "", "%s", why.note[0]);
        return ND_OK;
    }
    v->out->run_id = printable(v->doc->run_id);
    v->out->topic = printable(v->doc->topic);
    return ND_OK;
}

static enum nd_rc run(struct verify_run *v, const struct nd_originals *originals, const char *program,
                      struct nd_error *err)
{
    enum nd_rc rc = read_report(v, err);
    if (rc == ND_OK) rc = verify_manifest(v, err);
    if (rc == ND_OK) verify_others(v);
    if (rc == ND_OK && v->doc) rc = verify_evidence(v, err);
    if (rc != ND_OK || !v->doc) return rc;
    (void)doc_pages(v->doc, v->pages, NULL); /* a page that is missing is each of its quotes' finding */
    check_statements(v->doc, &v->out->findings, &v->out->checked);
    rc = verify_printed(v, program, err);
    if (rc == ND_OK && nd_findings_total(&v->out->findings) == 0) v->out->level = "evidence";
    if (rc != ND_OK || !originals) return rc;
    rc = verify_originals(v, originals, err);
    if (rc == ND_OK && nd_findings_total(&v->out->findings) == 0) v->out->level = "originals";
    return rc;
}

enum nd_rc nd_verify_dir(const char *dir, const struct nd_originals *originals, const char *program,
                         struct nd_verify *out, struct nd_error *err)
{
    *out = (struct nd_verify){.level = "none"};
    struct verify_run v = {.folder = {-1}, .out = out, .pages = nd_cited_new()};
    enum nd_rc rc = folder_open(&v.folder, dir, err);
    if (rc == ND_OK) rc = run(&v, originals, program, err);
    folder_close(&v.folder);
    doc_free(v.doc);
    nd_json_free(v.report);
    nd_json_free(v.manifest);
    nd_cited_free(v.pages);
    if (rc == ND_OK) return ND_OK;
    nd_verify_release(out);
    return nd_while(err, "while verifying '%.160s'", dir);
}

void nd_verify_release(struct nd_verify *v)
{
    nd_findings_release(&v->findings);
    nd_strings_release(&v->others);
    nd_free(v->run_id);
    nd_free(v->topic);
    *v = (struct nd_verify){.level = "none"};
}
