/* The part of the receipt that says what became of each point that had to be covered. */
#include "doc.h"
#include "nightdesk/base/alloc.h"
#include "reader.h"

static void read_point(struct doc *doc, struct reader *r, const struct nd_json *item)
{
    struct doc_point *point = &doc->points[doc->point_count++];
    rd_at(r, "point %zu of 'must_cover'", doc->point_count);
    const char *section = rd_text(r, item, "section");
    *point = (struct doc_point){.text = rd_need(r, item, "point"),
                                .why = rd_text(r, item, "why"),
                                .covered = rd_bool(r, item, "covered"),
                                .section = *section ? doc_find(r, &doc->section_ids, section) : NONE};
    doc_read_refs(r, &doc->claim_ids, item, "claims", &point->claims);
}

void doc_read_points(struct doc *doc, struct reader *r)
{
    rd_at(r, "'receipt'");
    const struct nd_json *array = rd_array(r, doc->receipt, "must_cover", LIST_MAX);
    doc->points = ND_ARRAY(struct doc_point, nd_json_len(array) + 1);
    ND_JSON_EACH(item, array)
    {
        if (r->rc == ND_OK) read_point(doc, r, item);
    }
}

void doc_free_points(struct doc *doc)
{
    for (size_t i = 0; i < doc->point_count; i++) nd_free(doc->points[i].claims.v);
    nd_free(doc->points);
}
