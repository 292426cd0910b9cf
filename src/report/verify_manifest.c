/* manifest.json, the hash of every output, and the index of evidence. */
#include "verify_run.h"

#include "files.h"

#include "nightdesk/base/alloc.h"

#include <inttypes.h>
#include <string.h>

#define MANIFEST "manifest.json"
#define INDEX "evidence/index.json"

static void check_self(struct verify_run *v)
{
    char wanted[ND_SHA256_HEX];
    const char *found = nd_json_get_str(v->manifest, "manifest_sha256");
    manifest_hash(v->manifest, wanted);
    if (!found || strcmp(found, wanted) != 0)
        verify_finding(v, MANIFEST, "manifest_sha256", "found '%.64s', wanted '%s'", found ? found : "",
                       wanted);
}

static void check_member(struct verify_run *v, const char *member, const char *wanted)
{
    const char *found = nd_json_get_str(v->manifest, member);
    if (!found || strcmp(found, wanted) != 0)
        verify_finding(v, MANIFEST, member, "found '%.100s', wanted '%.100s' as in report.json",
                       found ? found : "", wanted);
}

static void check_inputs(struct verify_run *v)
{
    struct nd_json *wanted = manifest_inputs(v->doc);
    if (!nd_json_equal(nd_json_get(v->manifest, "inputs"), wanted))
        verify_finding(v, MANIFEST, "inputs", "found other inputs than the sources of report.json");
    nd_json_free(wanted);
}

static enum nd_rc check_output(struct verify_run *v, const struct nd_json *output, struct nd_error *err)
{
    char sha256[ND_SHA256_HEX];
    struct nd_bytes bytes = ND_BYTES(OUTPUT_MAX_BYTES);
    const char *name = nd_json_get_str(output, "file"), *wanted = nd_json_get_str(output, "sha256");
    int64_t size = nd_json_get_int(output, "size_bytes", -1);
    if (!name || !wanted) {
        verify_finding(v, MANIFEST, "outputs", "found an output without 'file' or 'sha256'");
        return ND_OK;
    }
    enum nd_rc rc = verify_read(v, name, &bytes, err);
    if (rc == ND_OK) {
        nd_sha256_hex(nd_bytes_view(&bytes), sha256);
        if (strcmp(sha256, wanted) != 0)
            verify_finding(v, name, "", "found SHA-256 %s, wanted %.64s", sha256, wanted);
        else if (size != (int64_t)bytes.len)
            verify_finding(v, name, "", "found %zu bytes, wanted %" PRId64, bytes.len, size);
        v->out->outputs++;
    }
    nd_bytes_release(&bytes);
    return verify_settled(rc);
}

static void check_listed(struct verify_run *v, const char *name)
{
    ND_JSON_EACH(output, nd_json_get(v->manifest, "outputs"))
    {
        const char *listed = nd_json_get_str(output, "file");
        if (listed && strcmp(listed, name) == 0) return;
    }
    verify_finding(v, MANIFEST, "outputs", "found no '%s', wanted every file of the report", name);
}

enum nd_rc verify_manifest(struct verify_run *v, struct nd_error *err)
{
    static const char *const always[] = {"report.json", "report.md", "report.html", "sources.bib", INDEX};
    enum nd_rc rc = verify_json(v, MANIFEST, MANIFEST_SCHEMA, &v->manifest, err);
    if (rc != ND_OK || !v->manifest) return rc;
    const struct nd_json *outputs = nd_json_get(v->manifest, "outputs");
    check_self(v);
    if (v->doc) {
        check_member(v, "run_id", v->doc->run_id);
        check_member(v, "started_at", v->doc->started_at);
        check_inputs(v);
    }
    if (nd_json_len(outputs) > OUTPUTS_MAX) {
        verify_finding(v, MANIFEST, "outputs", "found %zu outputs, wanted at most %d", nd_json_len(outputs),
                       OUTPUTS_MAX);
        return ND_OK;
    }
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) check_listed(v, always[i]);
    ND_JSON_EACH(output, outputs)
    {
        if (rc == ND_OK) rc = check_output(v, output, err);
    }
    return rc;
}

/* One line of the index: it names a page of a source as report.json has it, and the page's text has the hash.
 */
static enum nd_rc check_page(struct verify_run *v, const struct nd_json *page, struct nd_error *err)
{
    const struct doc *doc = v->doc;
    int64_t source = nd_json_get_int(page, "source", 0), no = nd_json_get_int(page, "page", 0);
    const char *wanted = nd_json_get_str(page, "page_sha256"), *file = nd_json_get_str(page, "file");
    const char *sha256 = nd_json_get_str(page, "sha256"), *text_sha256 = nd_json_get_str(page, "text_sha256");
    if (source < 1 || (size_t)source > doc->source_count || no < 1 || no > PAGE_MAX || !wanted || !file ||
        !sha256 || !text_sha256) {
        verify_finding(v, INDEX, "",
                       "found a page without its members, or of source %" PRId64 ", wanted 1 to %zu", source,
                       doc->source_count);
        return ND_OK;
    }
    const struct doc_source *s = &doc->sources[source - 1];
    char *name = evidence_name(s->text_sha256, (uint32_t)no), found[ND_SHA256_HEX];
    struct nd_bytes text = ND_BYTES(OUTPUT_MAX_BYTES);
    if (strcmp(sha256, s->sha256) != 0 || strcmp(text_sha256, s->text_sha256) != 0 || strcmp(file, name) != 0)
        verify_finding(v, INDEX, "",
                       "found other hashes or another file than source %" PRId64 " page %" PRId64 " has",
                       source, no);
    enum nd_rc rc = verify_read(v, name, &text, err);
    if (rc == ND_OK) {
        nd_sha256_hex(nd_bytes_view(&text), found);
        if (strcmp(found, wanted) != 0)
            verify_finding(v, name, "", "found SHA-256 %s, wanted %.64s", found, wanted);
        rc = nd_cited_add(v->pages, s->text_sha256, (uint32_t)no, nd_bytes_view(&text), NULL);
    }
    nd_bytes_release(&text);
    nd_free(name);
    return verify_settled(rc);
}

/* A document all of whose pages are at hand must have the hash of its texts. */
static void check_whole_text(struct verify_run *v, size_t source)
{
    const struct doc_source *s = &v->doc->sources[source];
    struct nd_sha256 *hash = nd_sha256_open();
    char found[ND_SHA256_HEX];
    uint32_t page = 1;
    for (; page <= s->pages; page++) {
        struct nd_view text;
        if (!nd_cited_text(v->pages, s->text_sha256, page, &text)) break;
        nd_sha256_add(hash, text);
        nd_sha256_add(hash, ND_VIEW("\f"));
    }
    nd_sha256_close(hash, found);
    if (page <= s->pages || strcmp(found, s->text_sha256) == 0) return;
    char *subject = nd_sprintf("source %zu", source + 1);
    verify_finding(v, "report.json", subject, "found text_sha256 %s, wanted %s of its pages in evidence",
                   s->text_sha256, found);
    nd_free(subject);
}

enum nd_rc verify_evidence(struct verify_run *v, struct nd_error *err)
{
    struct nd_json *index = NULL;
    enum nd_rc rc = verify_json(v, INDEX, INDEX_SCHEMA, &index, err);
    const struct nd_json *pages = nd_json_get(index, "pages");
    if (nd_json_len(pages) > ND_CITED_PAGES_MAX)
        verify_finding(v, INDEX, "", "found %zu pages, wanted at most %d", nd_json_len(pages),
                       ND_CITED_PAGES_MAX);
    else
        ND_JSON_EACH(page, pages)
        {
            if (rc == ND_OK) rc = check_page(v, page, err);
        }
    nd_json_free(index);
    for (size_t i = 0; rc == ND_OK && i < v->doc->source_count; i++) {
        if (v->doc->sources[i].quotes && !v->doc->sources[i].masks) check_whole_text(v, i);
    }
    return rc;
}
