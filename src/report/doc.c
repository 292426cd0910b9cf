#include "doc.h"

#include "masks.h"
#include "reader.h"

#include "nightdesk/base/alloc.h"

#include <stdlib.h>
#include <string.h>

bool doc_paged(const struct doc_source *source)
{
    return source->pages > 1;
}

size_t doc_find(struct reader *r, const struct ids *ids, const char *id)
{
    if (r->rc != ND_OK) return 0;
    size_t at = ids_find(ids, id);
    if (at != NONE) return at;
    rd_fail(r, "names '%.20s', which is not in the report", id);
    return 0;
}

void doc_read_refs(struct reader *r, const struct ids *ids, const struct nd_json *object, const char *member,
                   struct refs *out)
{
    const struct nd_json *array = rd_array(r, object, member, REFS_MAX);
    out->v = ND_ARRAY(size_t, nd_json_len(array) + 1);
    ND_JSON_EACH(item, array)
    {
        const char *id = nd_json_str(item);
        if (!id) rd_fail(r, "'%s' has %s, wanted an id", member, nd_json_kind_word(nd_json_kind(item)));
        out->v[out->n] = doc_find(r, ids, id);
        if (r->rc != ND_OK) return;
        out->n++;
    }
}

static void read_source(struct doc *doc, struct reader *r, const struct nd_json *item)
{
    static const char *const statuses[] = {"read", "partly", "failed", "unsupported", NULL};
    struct doc_source *s = &doc->sources[doc->source_count];
    rd_at(r, "source %zu", doc->source_count + 1);
    (void)rd_int(r, item, "id", (int64_t)doc->source_count + 1, (int64_t)doc->source_count + 1);
    *s = (struct doc_source){
        .json = item,
        .sha256 = rd_sha256(r, item, "sha256"),
        .text_sha256 = rd_sha256(r, item, "text_sha256"),
        .size_bytes = rd_int_or(r, item, "size_bytes", 0, INT64_C(1) << 50, 0),
        .kind = rd_text(r, item, "kind"),
        .title = rd_need(r, item, "title"),
        .author = rd_text(r, item, "author"),
        .date = rd_text(r, item, "date"),
        .path = rd_text(r, item, "path"),
        .root = rd_int_or(r, item, "root", 0, ND_INPUTS_MAX, 0),
        .url = rd_text(r, item, "url"),
        .pages = (uint32_t)rd_int_or(r, item, "pages", 0, PAGE_MAX, 0),
        .lang = rd_text(r, item, "lang"),
        .extractor = rd_text(r, item, "extractor"),
        .status = (enum source_status)rd_word(r, item, "status", statuses),
        .why = rd_text(r, item, "why"),
        .used = rd_bool(r, item, "used"),
        .local = rd_bool(r, item, "local"),
        .confidential = rd_bool(r, item, "confidential"),
    };
    (void)rd_array(r, item, "also", ND_INPUTS_MAX);
    (void)rd_array(r, item, "pages_failed", PAGE_MAX);
    doc->source_count++;
}

void doc_read_sources(struct doc *doc, struct reader *r)
{
    rd_at(r, "the report");
    const struct nd_json *array = rd_array(r, doc->json, "sources", ND_INPUTS_MAX);
    doc->sources = ND_ARRAY(struct doc_source, nd_json_len(array) + 1);
    ND_JSON_EACH(item, array)
    {
        if (r->rc == ND_OK) read_source(doc, r, item);
    }
}

static void read_quote(struct doc *doc, struct reader *r, const struct nd_json *item)
{
    struct doc_quote *q = &doc->quotes[doc->quote_count];
    rd_at(r, "quote %zu", doc->quote_count + 1);
    const char *id = rd_id(r, item, "id", 'q');
    int64_t source = rd_int(r, item, "source", 1, (int64_t)doc->source_count);
    if (r->rc != ND_OK) return;
    struct doc_source *s = &doc->sources[source - 1];
    *q = (struct doc_quote){
        .source = (size_t)source - 1,
        .page = (uint32_t)rd_int(r, item, "page", 1, s->pages),
        .label = rd_text(r, item, "page_label"),
        .lang = rd_text(r, item, "lang"),
        .section_title = rd_text(r, item, "section_title"),
    };
    int64_t max = (int64_t)ND_PAGE_TEXT_MAX_BYTES;
    q->q.id = id;
    q->q.start = rd_int(r, item, "start", 0, max);
    q->q.end = rd_int(r, item, "end", 0, max);
    q->q.text = nd_view_of(rd_need(r, item, "text"));
    q->q.display = nd_view_of(rd_need(r, item, "display"));
    if (q->q.text.len > QUOTE_MAX_BYTES || q->q.display.len > QUOTE_MAX_BYTES)
        rd_fail(r, "has %zu bytes, the limit is %d", q->q.text.len, QUOTE_MAX_BYTES);
    if (!*s->text_sha256) rd_fail(r, "is of source %lld, which has no text", (long long)source);
    ids_add(&doc->quote_ids, id, doc->quote_count++);
    s->quotes++;
}

void doc_read_quotes(struct doc *doc, struct reader *r)
{
    rd_at(r, "the report");
    const struct nd_json *array = rd_array(r, doc->json, "quotes", QUOTES_MAX);
    doc->quotes = ND_ARRAY(struct doc_quote, nd_json_len(array) + 1);
    ND_JSON_EACH(item, array)
    {
        if (r->rc == ND_OK) read_quote(doc, r, item);
    }
    const char *twice = ids_sort(&doc->quote_ids);
    if (twice) rd_fail(r, "id '%s' stands twice", twice);
}

static void read_mask(struct doc *doc, struct reader *r, const struct nd_json *item)
{
    struct doc_mask *m = &doc->masks[doc->mask_count];
    rd_at(r, "mask %zu", doc->mask_count + 1);
    int64_t source = rd_int(r, item, "source", 1, (int64_t)doc->source_count);
    if (r->rc != ND_OK) return;
    *m = (struct doc_mask){
        .source = (size_t)source - 1,
        .page = (uint32_t)rd_int(r, item, "page", 1, doc->sources[source - 1].pages),
        .start = rd_int(r, item, "start", 0, (int64_t)ND_PAGE_TEXT_MAX_BYTES),
    };
    m->end = rd_int(r, item, "end", m->start + 1, (int64_t)ND_PAGE_TEXT_MAX_BYTES);
    doc->sources[m->source].masks++;
    doc->mask_count++;
}

void doc_read_masks(struct doc *doc, struct reader *r)
{
    rd_at(r, "the report");
    const struct nd_json *array = rd_array(r, doc->json, "masks", MASKS_MAX);
    doc->masks = ND_ARRAY(struct doc_mask, nd_json_len(array) + 1);
    ND_JSON_EACH(item, array)
    {
        if (r->rc == ND_OK) read_mask(doc, r, item);
    }
}

static void read_head(struct doc *doc, struct reader *r)
{
    rd_at(r, "the report");
    doc->run_id = rd_need(r, doc->json, "run_id");
    doc->topic = rd_need(r, doc->json, "topic");
    doc->started_at = rd_need(r, doc->json, "started_at");
    doc->outcome = rd_need(r, doc->json, "outcome");
    doc->language = rd_text(r, doc->json, "language");
    doc->introduction = rd_text(r, doc->json, "introduction");
    doc->partial = rd_bool(r, doc->json, "partial");
    doc->stop = rd_object(r, doc->json, "stop");
    doc->request = rd_object(r, doc->json, "request");
    doc->checks = rd_object(r, doc->json, "checks");
    doc->receipt = rd_object(r, doc->json, "receipt");
    doc->notes = rd_array(r, doc->json, "notes", LIST_MAX);
    doc->writers = rd_array(r, doc->json, "writers", LIST_MAX);
    rd_at(r, "'request'");
    (void)rd_array(r, doc->request, "questions", LIST_MAX);
    rd_at(r, "'checks'");
    (void)rd_array(r, doc->checks, "findings", CLAIMS_MAX);
}

static enum nd_rc check_schema(const struct nd_json *json, struct nd_error *err)
{
    const char *schema = NULL;
    enum nd_rc rc = nd_json_need_str(json, "the report", "schema", &schema, err);
    if (rc != ND_OK || strcmp(schema, REPORT_SCHEMA) == 0) return rc;
    static const char ours[] = "nightdesk.report/";
    struct nd_view version = nd_view_of(schema);
    int64_t number = 0;
    if (nd_view_starts(version, ours) &&
        nd_view_int(nd_view_sub(version, sizeof ours - 1, version.len), &number) && number > 1)
        return nd_fail(err, ND_VERSION, "the report is '%.60s', this program knows '%s'", schema,
                       REPORT_SCHEMA);
    return nd_fail(err, ND_BAD_INPUT, "the report's 'schema' is '%.60s', wanted '%s'", schema, REPORT_SCHEMA);
}

enum nd_rc doc_open(struct doc **out, const struct nd_json *json, struct nd_error *err)
{
    enum nd_rc rc = check_schema(json, err);
    if (rc != ND_OK) return rc;
    struct doc *doc = ND_NEW(struct doc);
    doc->json = json;
    struct reader r = {.err = err};
    read_head(doc, &r);
    doc_read_sources(doc, &r);
    doc_read_quotes(doc, &r);
    doc_read_masks(doc, &r);
    doc_read_sections(doc, &r);
    doc_read_exhibits(doc, &r);
    doc_read_claims(doc, &r);
    doc_read_lists(doc, &r);
    doc_read_changes(doc, &r);
    doc_read_points(doc, &r);
    if (r.rc == ND_OK)
        *out = doc;
    else
        doc_free(doc);
    return r.rc;
}

void doc_free(struct doc *doc)
{
    if (!doc) return;
    doc_free_exhibits(doc);
    doc_free_claims(doc);
    doc_free_changes(doc);
    doc_free_points(doc);
    for (size_t i = 0; i < doc->contradiction_count; i++) nd_free(doc->contradictions[i].values);
    nd_free(doc->contradictions);
    nd_free(doc->gaps);
    nd_free(doc->masks);
    nd_free(doc->quotes);
    nd_free(doc->sources);
    ids_release(&doc->quote_ids);
    ids_release(&doc->section_ids);
    ids_release(&doc->exhibit_ids);
    ids_release(&doc->claim_ids);
    nd_free(doc);
}

enum nd_rc doc_pages(struct doc *doc, const struct nd_cited *pages, struct nd_error *err)
{
    for (size_t i = 0; i < doc->mask_count; i++) {
        struct doc_mask *m = &doc->masks[i];
        (void)nd_cited_text(pages, doc->sources[m->source].text_sha256, m->page, &m->page_text);
    }
    for (size_t i = 0; i < doc->quote_count; i++) {
        struct doc_quote *q = &doc->quotes[i];
        const char *sha256 = doc->sources[q->source].text_sha256;
        if (!nd_cited_text(pages, sha256, q->page, &q->page_text))
            return nd_fail(err, ND_BAD_INPUT,
                           "quote '%s' is on page %u of source %zu, whose text is not at hand", q->q.id,
                           (unsigned)q->page, q->source + 1);
    }
    return ND_OK;
}
