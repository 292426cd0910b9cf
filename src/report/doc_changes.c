/* The part of report.json that says what has changed since an earlier report. */
#include "doc.h"
#include "nightdesk/base/alloc.h"
#include "reader.h"

static void read_sources(const struct doc *doc, struct reader *r, const struct nd_json *object,
                         const char *member, struct refs *out)
{
    const struct nd_json *array = rd_array(r, object, member, ND_INPUTS_MAX);
    out->v = ND_ARRAY(size_t, nd_json_len(array) + 1);
    ND_JSON_EACH(item, array)
    {
        int64_t id = nd_json_int(item, 0);
        if (id < 1 || (uint64_t)id > doc->source_count)
            rd_fail(r, "'%s' names no source of the report", member);
        if (r->rc != ND_OK) return;
        out->v[out->n++] = (size_t)id - 1;
    }
}

static void read_statements(const struct doc *doc, struct reader *r, const struct nd_json *object,
                            struct refs *out)
{
    const struct nd_json *array = rd_array(r, object, "new_statements", CLAIMS_MAX);
    out->v = ND_ARRAY(size_t, nd_json_len(array) + 1);
    ND_JSON_EACH(item, array)
    {
        const char *id = nd_json_str(item);
        if (!id) rd_fail(r, "'new_statements' has %s, wanted an id", nd_json_kind_word(nd_json_kind(item)));
        size_t claim = doc_find(r, &doc->claim_ids, id);
        if (r->rc != ND_OK) return;
        out->v[out->n++] = claim;
    }
}

void doc_read_changes(struct doc *doc, struct reader *r)
{
    struct doc_changes *c = &doc->changes;
    rd_at(r, "the report");
    const struct nd_json *object = rd_object(r, doc->json, "changes");
    if (!object) return;
    rd_at(r, "'changes'");
    c->there = true;
    c->run_id = rd_need(r, object, "run_id");
    c->started_at = rd_need(r, object, "started_at");
    c->unchanged = rd_int(r, object, "unchanged", 0, ND_INPUTS_MAX);
    c->gone = rd_int_or(r, object, "gone_statements", 0, CLAIMS_MAX, 0);
    read_sources(doc, r, object, "new", &c->fresh);
    read_sources(doc, r, object, "changed", &c->changed);
    read_statements(doc, r, object, &c->statements);
    c->withdrawn = rd_array(r, object, "withdrawn", ND_INPUTS_MAX);
    ND_JSON_EACH(item, c->withdrawn)(void) rd_need(r, item, "title");
}

void doc_free_changes(struct doc *doc)
{
    nd_free(doc->changes.fresh.v);
    nd_free(doc->changes.changed.v);
    nd_free(doc->changes.statements.v);
}
