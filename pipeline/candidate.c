#include "candidate.h"
#include "nightdesk/base/alloc.h"

#define MILLION 1e6

void nd_units_parts(const struct nd_collection *c, uint32_t first, uint32_t last, struct nd_parts *out)
{
    const struct nd_unit *a = nd_collection_unit(c, first), *b = nd_collection_unit(c, last);
    uint32_t source = nd_collection_document(c, a->document)->source + 1;
    *out = (struct nd_parts){.n = 1};
    out->v[0] = (struct nd_part){source, {a->at.page, a->at.start, b->at.end}};
    if (b->rest.page) out->v[out->n++] = (struct nd_part){source, b->rest};
}

char *nd_unit_quoted(const struct nd_collection *c, uint32_t u)
{
    const struct nd_unit *unit = nd_collection_unit(c, u);
    struct nd_bytes out = ND_BYTES(ND_MIB);
    if (!unit->rest.page) {
        nd_collection_show(c, u, &out);
        return nd_bytes_take(&out, NULL);
    }
    nd_collection_show_range(c, unit->document, unit->at, &out);
    nd_bytes_add_char(&out, ' ');
    nd_collection_show_range(c, unit->document, unit->rest, &out);
    return nd_bytes_take(&out, NULL);
}

bool nd_unit_cut_by_page(const struct nd_collection *c, const struct nd_unit *unit)
{
    struct nd_view first = nd_collection_range(c, unit->document, unit->at);
    return unit->rest.page && first.len > 0 && first.data[first.len - 1] == '-';
}

static int64_t millionths(double share)
{
    return (int64_t)(share * MILLION + .5);
}

/* A quote of two parts is shown part by part. */
static void add_shown(const struct nd_collection *c, const struct nd_parts *parts, struct nd_json *json)
{
    if (parts->n < 2) return;
    struct nd_json *shown = nd_json_set(json, "shown", nd_json_array());
    for (unsigned i = 0; i < parts->n; i++) {
        struct nd_bytes text = ND_BYTES(ND_MIB);
        nd_collection_show_range(c, nd_collection_of_source(c, parts->v[i].source - 1), parts->v[i].at,
                                 &text);
        nd_json_add(shown, nd_json_string_view(nd_bytes_view(&text)));
        nd_bytes_release(&text);
    }
}

struct nd_json *nd_quote_json(const struct nd_collection *c, const struct nd_parts *parts, const char *text)
{
    struct nd_json *json = nd_json_object();
    nd_json_set(json, "parts", nd_parts_json(parts));
    nd_json_set_str(json, "text", text);
    add_shown(c, parts, json);
    return json;
}

struct nd_json *nd_candidate_json(const struct nd_collection *c, const struct nd_candidate *cand)
{
    struct nd_json *json = nd_quote_json(c, &cand->parts, cand->text);
    nd_json_set_int(json, "words", cand->words);
    nd_json_set_str(json, "lang", cand->lang);
    nd_json_set_int(json, "passage", nd_collection_unit(c, cand->unit)->passage);
    nd_json_set_int(json, "score", millionths(cand->score));
    nd_json_set_int(json, "title", millionths(cand->title));
    nd_json_set_int(json, "rank", millionths(cand->rank));
    nd_json_set_int(json, "salience", millionths(cand->salience));
    const struct nd_section *section = nd_collection_section(c, cand->section);
    nd_json_set_str(json, "section", section ? section->title : NULL);
    struct nd_json *seed = nd_json_set(json, "seed", nd_quote_json(c, &cand->seed, cand->seed_text));
    nd_json_set_int(seed, "words", cand->seed_words);
    nd_json_set_bool(seed, "alone", cand->whole);
    return json;
}
