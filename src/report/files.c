#include "files.h"

#include "chart.h"
#include "html.h"
#include "markdown.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/report/report.h"

#include <stdlib.h>
#include <string.h>

char *evidence_name(const char *text_sha256, uint32_t page)
{
    return nd_sprintf("evidence/%s/p%u.txt", text_sha256, (unsigned)page);
}

void manifest_hash(const struct nd_json *manifest, char hex[ND_SHA256_HEX])
{
    struct nd_json *copy = nd_json_copy(manifest);
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_remove(copy, "manifest_sha256");
    nd_json_print_canonical(copy, &text);
    nd_sha256_hex(nd_bytes_view(&text), hex);
    nd_bytes_release(&text);
    nd_json_free(copy);
}

/* A quote's place, in the order of texts, pages and sources. */
struct place {
    const char *text_sha256;
    const struct doc_quote *q;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int by_text = strcmp(x->text_sha256, y->text_sha256);
    if (by_text) return by_text;
    if (x->q->page != y->q->page) return x->q->page < y->q->page ? -1 : 1;
    return (x->q->source > y->q->source) - (x->q->source < y->q->source);
}

static void index_page(struct nd_json *pages, const struct doc *doc, const struct doc_quote *q,
                       const char *name)
{
    char sha256[ND_SHA256_HEX];
    struct nd_json *page = nd_json_add(pages, nd_json_object());
    nd_sha256_hex(q->page_text, sha256);
    nd_json_set_int(page, "source", (int64_t)q->source + 1);
    nd_json_set_str(page, "sha256", doc->sources[q->source].sha256);
    nd_json_set_str(page, "text_sha256", doc->sources[q->source].text_sha256);
    nd_json_set_int(page, "page", q->page);
    nd_json_set_str(page, "file", name);
    nd_json_set_str(page, "page_sha256", sha256);
}

/* Every cited page once, in the order of texts and pages; two sources with one text share its files. */
static void add_evidence(const struct doc *doc, struct nd_artefact *out)
{
    struct place *places = ND_ARRAY(struct place, doc->quote_count + 1);
    struct nd_json *index = nd_json_object();
    nd_json_set_str(index, "schema", INDEX_SCHEMA);
    struct nd_json *pages = nd_json_set(index, "pages", nd_json_array());
    for (size_t i = 0; i < doc->quote_count; i++) {
        const struct doc_quote *q = &doc->quotes[i];
        places[i] = (struct place){doc->sources[q->source].text_sha256, q};
    }
    qsort(places, doc->quote_count, sizeof *places, by_place);
    for (size_t i = 0; i < doc->quote_count; i++) {
        bool again = i && by_place(&places[i - 1], &places[i]) == 0;
        bool same_file = i && strcmp(places[i - 1].text_sha256, places[i].text_sha256) == 0 &&
                         places[i - 1].q->page == places[i].q->page;
        char *name = evidence_name(places[i].text_sha256, places[i].q->page);
        if (!same_file) nd_bytes_add_view(nd_artefact_add(out, name), places[i].q->page_text);
        if (!again) index_page(pages, doc, places[i].q, name);
        nd_free(name);
    }
    nd_json_print_pretty(index, nd_artefact_add(out, "evidence/index.json"));
    nd_json_free(index);
    nd_free(places);
}

struct nd_json *manifest_inputs(const struct doc *doc)
{
    struct nd_json *inputs = nd_json_array();
    for (size_t i = 0; i < doc->source_count; i++) {
        const struct doc_source *s = &doc->sources[i];
        const struct nd_json *also = nd_json_get(s->json, "also");
        struct nd_json *input = nd_json_add(inputs, nd_json_object());
        nd_json_set_int(input, "root", s->root);
        nd_json_set_str(input, "path", *s->path ? s->path : s->url);
        nd_json_set(input, "also",
                    nd_json_kind(also) == ND_JSON_ARRAY ? nd_json_copy(also) : nd_json_array());
        nd_json_set_str(input, "sha256", s->sha256);
        nd_json_set_int(input, "size_bytes", s->size_bytes);
    }
    return inputs;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct nd_file *const *)a)->name, (*(const struct nd_file *const *)b)->name);
}

static struct nd_json *outputs_of(const struct nd_artefact *files, size_t first)
{
    struct nd_json *outputs = nd_json_array();
    size_t n = files->file_count - first;
    const struct nd_file **sorted = ND_ARRAY(const struct nd_file *, n + 1);
    for (size_t i = 0; i < n; i++) sorted[i] = &files->files[first + i];
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 0; i < n; i++) {
        char sha256[ND_SHA256_HEX];
        struct nd_json *output = nd_json_add(outputs, nd_json_object());
        nd_sha256_hex(nd_bytes_view(&sorted[i]->bytes), sha256);
        nd_json_set_str(output, "file", sorted[i]->name);
        nd_json_set_str(output, "sha256", sha256);
        nd_json_set_int(output, "size_bytes", (int64_t)sorted[i]->bytes.len);
    }
    nd_free(sorted);
    return outputs;
}

static void add_manifest(const struct doc *doc, const struct nd_report_about *about, size_t first,
                         struct nd_artefact *out)
{
    char sha256[ND_SHA256_HEX];
    struct nd_json *manifest = nd_json_object();
    nd_json_set_str(manifest, "schema", MANIFEST_SCHEMA);
    nd_json_set_str(manifest, "run_id", doc->run_id);
    nd_json_set_str(manifest, "started_at", doc->started_at);
    nd_json_set_str(manifest, "program", about->program);
    nd_json_set_str(manifest, "pipeline_sha256", about->pipeline_sha256);
    nd_json_set_str(manifest, "request_sha256", about->request_sha256);
    nd_json_set(manifest, "inputs", manifest_inputs(doc));
    nd_json_set(manifest, "outputs", outputs_of(out, first));
    manifest_hash(manifest, sha256);
    nd_json_set_str(manifest, "manifest_sha256", sha256);
    nd_json_print_pretty(manifest, nd_artefact_add(out, "manifest.json"));
    nd_json_free(manifest);
}

static void add_charts(const struct doc *doc, struct nd_artefact *out)
{
    for (size_t i = 0; i < doc->exhibit_count; i++) {
        if (!doc->exhibits[i].chart) continue;
        char *name = nd_sprintf("charts/%s.svg", doc->exhibits[i].id);
        chart_svg(doc, &doc->exhibits[i], true, nd_artefact_add(out, name));
        nd_free(name);
    }
}

/* The first quote that does not stand on its page: what is printed must be verbatim, whoever calls. */
static enum nd_rc check_quotes(const struct doc *doc, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; rc == ND_OK && i < doc->quote_count; i++)
        rc = nd_quote_check(&doc->quotes[i].q, doc->quotes[i].page_text, err);
    return rc;
}

/* ND_OVER_LIMIT when a file did not fit; then, as after other failures, what was added goes again. */
static enum nd_rc settle(enum nd_rc rc, size_t first, struct nd_artefact *out, struct nd_error *err)
{
    for (size_t i = first; rc == ND_OK && i < out->file_count; i++) {
        if (out->files[i].bytes.over)
            rc = nd_fail(err, ND_OVER_LIMIT, "'%.100s' is larger than the limit of %zu bytes",
                         out->files[i].name, out->files[i].bytes.max);
    }
    while (rc != ND_OK && out->file_count > first) {
        struct nd_file *file = &out->files[--out->file_count];
        nd_free(file->name);
        nd_bytes_release(&file->bytes);
    }
    return rc == ND_OK ? ND_OK : nd_while(err, "while making the report's files");
}

enum nd_rc nd_report_files(const struct nd_json *report, const struct nd_cited *pages,
                           const struct nd_report_about *about, struct nd_artefact *out, struct nd_error *err)
{
    struct doc *doc = NULL;
    size_t first = out->file_count;
    enum nd_rc rc = doc_open(&doc, report, err);
    if (rc == ND_OK) rc = doc_pages(doc, pages, err);
    if (rc == ND_OK) rc = check_quotes(doc, err);
    if (rc == ND_OK) {
        nd_json_print_pretty(report, nd_artefact_add(out, "report.json"));
        markdown_report(doc, nd_artefact_add(out, "report.md"));
        html_report(doc, nd_artefact_add(out, "report.html"));
        bib_report(doc, nd_artefact_add(out, "sources.bib"));
        add_charts(doc, out);
        add_evidence(doc, out);
        add_manifest(doc, about, first, out);
    }
    doc_free(doc);
    return settle(rc, first, out, err);
}
