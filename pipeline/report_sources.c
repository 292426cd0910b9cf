/* Sources and receipt: every input, whether it was read, and whether it is cited. */
#include "nightdesk/base/alloc.h"
#include "report_builder.h"
#include <string.h>

static void add_faults(struct nd_json *json, const struct nd_reading *r)
{
    struct nd_json *failed = nd_json_set(json, "pages_failed", nd_json_array());
    for (size_t i = 0; i < r->fault_count; i++) {
        struct nd_json *fault = nd_json_add(failed, nd_json_object());
        nd_json_set_int(fault, "page", r->faults[i].page);
        nd_json_set_str(fault, "why", r->faults[i].why);
    }
}

static struct nd_json *source_json(const struct nd_source *s, size_t id, bool used)
{
    const struct nd_reading *r = s->reading;
    struct nd_json *json = nd_json_object(), *also = nd_json_array();
    nd_json_set_int(json, "id", (int64_t)id);
    nd_json_set_str(json, "sha256", r->sha256);
    nd_json_set_int(json, "size_bytes", r->size_bytes);
    nd_json_set_str(json, "text_sha256", r->text_sha256);
    nd_json_set_str(json, "kind", r->kind);
    nd_json_set_str(json, "title", r->title);
    nd_json_set_str(json, "author", r->author);
    nd_json_set_str(json, "date", r->date);
    nd_json_set_str(json, "path", s->path);
    nd_json_set_int(json, "root", s->root);
    if (s->url) nd_json_set_str(json, "url", s->url);
    if (s->found) nd_json_set_bool(json, "found", true);
    if (s->kb) nd_json_set_str(json, "kb", s->kb);
    for (size_t i = 0; i < s->also.n; i++) nd_json_add_str(also, s->also.v[i]);
    nd_json_set(json, "also", also);
    nd_json_set_int(json, "pages", r->pages);
    nd_json_set_str(json, "lang", r->lang);
    nd_json_set_str(json, "extractor", r->extractor);
    nd_json_set_str(json, "status", nd_source_status_word(r->status));
    nd_json_set_str(json, "why", r->why);
    add_faults(json, r);
    nd_json_set_bool(json, "used", used);
    nd_json_set_bool(json, "local", s->local);
    nd_json_set_bool(json, "confidential", s->confidential);
    return json;
}

struct counts {
    size_t inputs, identical, unused, found, found_failed, retrieved, of[ND_SOURCE_UNSUPPORTED + 1];
    int64_t pages;
};

static void count(struct counts *c, const struct nd_source *s, bool used)
{
    c->inputs += 1 + s->also.n;
    c->identical += s->also.n;
    c->of[s->reading->status]++;
    c->found += s->found;
    c->retrieved += s->kb != NULL;
    c->found_failed += s->found && s->reading->status == ND_SOURCE_FAILED;
    if (s->reading->status != ND_SOURCE_READ && s->reading->status != ND_SOURCE_PARTLY) return;
    c->pages += (int64_t)s->reading->pages - (int64_t)s->reading->fault_count;
    c->unused += !used;
}

static int64_t failed_searches(const struct nd_json *evidence)
{
    int64_t n = 0;
    ND_JSON_EACH(topic, nd_json_get(evidence, "sub_topics"))
    n += nd_json_get_int(topic, "searches_failed", 0);
    return n;
}

static void add_receipt(struct nd_builder *b, const struct counts *c)
{
    struct nd_json *receipt = nd_json_set(b->report, "receipt", nd_json_object());
    nd_json_set_int(receipt, "inputs", (int64_t)c->inputs);
    nd_json_set_int(receipt, "read", (int64_t)c->of[ND_SOURCE_READ]);
    nd_json_set_int(receipt, "partly", (int64_t)c->of[ND_SOURCE_PARTLY]);
    nd_json_set_int(receipt, "failed", (int64_t)c->of[ND_SOURCE_FAILED]);
    nd_json_set_int(receipt, "unsupported", (int64_t)c->of[ND_SOURCE_UNSUPPORTED]);
    nd_json_set_int(receipt, "unused", (int64_t)c->unused);
    nd_json_set_int(receipt, "pages_read", c->pages);
    nd_json_set_int(receipt, "quotes", (int64_t)b->cited_n);
    nd_json_set_int(receipt, "identical", (int64_t)c->identical);
    if (b->must_cover) nd_json_set(receipt, "must_cover", b->must_cover);
    b->must_cover = NULL;
    int64_t unsearched = failed_searches(b->scene->artefact[ND_RESEARCH]);
    if (unsearched > 0) nd_json_set_int(receipt, "searches_failed", unsearched);
    if (c->found == 0) return;
    nd_json_set_int(receipt, "found", (int64_t)c->found);
    nd_json_set_int(receipt, "found_failed", (int64_t)c->found_failed);
    if (c->retrieved > 0) nd_json_set_int(receipt, "retrieved", (int64_t)c->retrieved);
}

void nd_builder_sources(struct nd_builder *b)
{
    struct nd_json *array = nd_json_set(b->report, "sources", nd_json_array());
    const struct nd_sources none = {0}, *sources = b->lib ? nd_library_sources(b->lib) : &none;
    struct counts counts = {0};
    /* cited ones first, in the order of their ids */
    size_t *of_id = ND_ARRAY(size_t, sources->n + 1);
    for (size_t i = 0; i < sources->n; i++) {
        if (b->source_id[i + 1]) of_id[b->source_id[i + 1] - 1] = i;
    }
    for (size_t k = 0; k < b->sources_used && k < sources->n; k++) {
        nd_json_add(array, source_json(&sources->v[of_id[k]], k + 1, true));
        count(&counts, &sources->v[of_id[k]], true);
    }
    size_t id = b->sources_used;
    for (size_t i = 0; i < sources->n; i++) {
        if (b->source_id[i + 1]) continue;
        nd_json_add(array, source_json(&sources->v[i], ++id, false));
        count(&counts, &sources->v[i], false);
    }
    nd_free(of_id);
    add_receipt(b, &counts);
}
