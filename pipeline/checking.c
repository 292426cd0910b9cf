#include "checking.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/report/quote.h"
#include <string.h>

/* ---- evidence by id ---- */

static void add_all(struct nd_known *out, const struct nd_json *list)
{
    ND_JSON_EACH(e, list)
    {
        ND_GROW(out->v, out->n, out->cap);
        out->v[out->n++] = e;
    }
}

void nd_known_gather(struct nd_known *out, const struct nd_scene *scene)
{
    *out = (struct nd_known){0};
    ND_JSON_EACH(topic, nd_json_get(scene->artefact[ND_RESEARCH], "sub_topics"))
    add_all(out, nd_json_get(topic, "evidence"));
    add_all(out, nd_json_get(scene->artefact[ND_DRAFT], "evidence"));
    add_all(out, nd_json_get(scene->artefact[ND_SYNTHESIZE], "evidence"));
}

void nd_known_release(struct nd_known *known)
{
    nd_free(known->v);
    *known = (struct nd_known){0};
}

const struct nd_json *nd_known_find(const struct nd_known *known, const char *id)
{
    for (size_t i = 0; id && i < known->n; i++) {
        const char *its = nd_json_get_str(known->v[i], "id");
        if (its && strcmp(its, id) == 0) return known->v[i];
    }
    return NULL;
}

struct nd_view nd_evidence_shown(const struct nd_json *evidence, unsigned i)
{
    const struct nd_json *shown = nd_json_get(evidence, "shown");
    return shown ? nd_json_view(nd_json_at(shown, i)) : nd_json_view(nd_json_get(evidence, "text"));
}

/* ---- checks ---- */

static char *first_note(const struct nd_error *err)
{
    return nd_strdup(err->notes ? err->note[0] : "it cannot be checked");
}

static enum nd_rc part_check(struct nd_library *lib, struct nd_objects *objects, const struct nd_part *part,
                             const char *id, struct nd_view shown, char **what, struct nd_error *err)
{
    const struct nd_pages *pages = NULL;
    if (part->source > nd_library_sources(lib)->n) {
        *what = nd_sprintf("quote '%s' is of source %u, there are %zu", id, part->source,
                           nd_library_sources(lib)->n);
        return ND_OK;
    }
    enum nd_rc rc = nd_library_pages(lib, objects, part->source, &pages, err);
    if (rc != ND_OK) return rc;
    if (part->at.page > pages->n) {
        *what = nd_sprintf("quote '%s' is on page %u, the source has %zu", id, part->at.page, pages->n);
        return ND_OK;
    }
    struct nd_view page = nd_pages_at(pages, part->at.page);
    struct nd_quote quote = {.id = id, .start = part->at.start, .end = part->at.end, .display = shown};
    quote.text = nd_view_sub(page, part->at.start, part->at.end);
    struct nd_error found = {0};
    if (nd_quote_check(&quote, page, &found) != ND_OK) *what = first_note(&found);
    return ND_OK;
}

static enum nd_rc evidence_check(struct nd_library *lib, struct nd_objects *objects,
                                 const struct nd_json *evidence, const char *id, char **what,
                                 struct nd_error *err)
{
    struct nd_parts parts;
    struct nd_error found = {0};
    if (nd_parts_parse(&parts, nd_json_get(evidence, "parts"), &found) != ND_OK) {
        *what = first_note(&found);
        return ND_OK;
    }
    enum nd_rc rc = ND_OK;
    for (unsigned i = 0; i < parts.n && rc == ND_OK && !*what; i++)
        rc = part_check(lib, objects, &parts.v[i], id, nd_evidence_shown(evidence, i), what, err);
    return rc;
}

char *nd_claim_quotes(const struct nd_known *known, const struct nd_json *ids)
{
    struct nd_bytes joined = ND_BYTES(ND_MIB);
    ND_JSON_EACH(id, ids)
    {
        const struct nd_json *e = nd_known_find(known, nd_json_str(id));
        for (unsigned i = 0; i < nd_json_len(nd_json_get(e, "parts")); i++) {
            if (joined.len) nd_bytes_add_char(&joined, ' ');
            nd_bytes_add_view(&joined, nd_evidence_shown(e, i));
        }
    }
    return nd_bytes_take(&joined, NULL);
}

/* A quoted claim is its quotes and nothing else. */
static bool is_its_quotes(struct nd_view text, const struct nd_known *known, const struct nd_json *ids)
{
    char *quotes = nd_claim_quotes(known, ids);
    bool same = nd_view_is(text, quotes);
    nd_free(quotes);
    return same;
}

#define TEXTS_MOST 128 /* that one claim is held against */

/* What a claim is held against. */
struct ground {
    struct nd_view text[TEXTS_MOST], title[2 * TEXTS_MOST + 2], page[TEXTS_MOST];
    size_t n, titles;
};

static enum nd_rc add_part(struct ground *g, struct nd_library *lib, struct nd_objects *objects,
                           const struct nd_json *evidence, unsigned i, struct nd_error *err)
{
    const struct nd_json *part = nd_json_at(nd_json_get(evidence, "parts"), i);
    uint32_t source = (uint32_t)nd_json_get_int(part, "source", 0);
    const struct nd_pages *pages = NULL;
    enum nd_rc rc = nd_library_pages(lib, objects, source, &pages, err);
    if (rc != ND_OK) return rc;
    g->text[g->n] = nd_evidence_shown(evidence, i);
    g->page[g->n++] = nd_pages_at(pages, (uint32_t)nd_json_get_int(part, "page", 0));
    g->title[g->titles++] = nd_json_view(nd_json_get(evidence, "section"));
    g->title[g->titles++] = nd_view_of(nd_library_sources(lib)->v[source - 1].reading->title);
    return ND_OK;
}

/* The quotes were checked before: their parts are of sources that there are. */
static enum nd_rc check_facts(struct nd_library *lib, struct nd_objects *objects,
                              const struct nd_known *known, const struct nd_view asked[2],
                              const struct nd_json *claim, char **what, struct nd_error *err)
{
    struct ground *g = ND_NEW(struct ground);
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < 2; i++) g->title[g->titles++] = asked[i];
    ND_JSON_EACH(id, nd_json_get(claim, "evidence"))
    {
        const struct nd_json *e = nd_known_find(known, nd_json_str(id));
        for (unsigned i = 0; i < nd_json_len(nd_json_get(e, "parts")) && g->n < TEXTS_MOST && rc == ND_OK;
             i++)
            rc = add_part(g, lib, objects, e, i, err);
    }
    const char *kind = NULL;
    const struct nd_held held = {g->text, g->n, g->title, g->titles, g->page, g->n};
    char *missing =
        rc == ND_OK ? nd_fact_missing(nd_json_view(nd_json_get(claim, "text")), &held, &kind) : NULL;
    if (missing) *what = nd_sprintf("the %s '%s' stands in none of its quotes", kind, missing);
    nd_free(missing);
    nd_free(g);
    return rc;
}

enum nd_rc nd_claim_check(struct nd_library *lib, struct nd_objects *objects, const struct nd_known *known,
                          const struct nd_view asked[2], const struct nd_json *claim, char **what,
                          struct nd_error *err)
{
    const struct nd_json *ids = nd_json_get(claim, "evidence");
    *what = NULL;
    if (nd_json_len(ids) == 0 && nd_json_len(nd_json_get(claim, "premises")) == 0)
        *what = nd_strdup("it names no quote");
    enum nd_rc rc = ND_OK;
    for (const struct nd_json *id = nd_json_first(ids); id && rc == ND_OK && !*what; id = nd_json_next(id)) {
        const char *name = nd_json_str(id);
        const struct nd_json *evidence = nd_known_find(known, name);
        if (!evidence)
            *what = nd_sprintf("it names the quote '%s', which was never found", name ? name : "");
        else
            rc = evidence_check(lib, objects, evidence, name, what, err);
    }
    if (rc != ND_OK || *what) return rc;
    if (!nd_json_get_bool(claim, "quoted", false))
        return check_facts(lib, objects, known, asked, claim, what, err);
    if (!is_its_quotes(nd_json_view(nd_json_get(claim, "text")), known, ids))
        *what = nd_strdup("it is not its quotes word for word");
    return ND_OK;
}
