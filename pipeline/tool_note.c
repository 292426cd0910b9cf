/*
 * Evidence that a model noted, brought to sentences that stand in the documents: as the snippets it names
 * show it; word for word there, around them or elsewhere in what it was shown; or the nearest sentence. Else
 * it is refused with the reason.
 */
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/report/quote.h"
#include "notebook.h"
#include "scene.h"
#include "stretch.h"
#include "tools.h"
#include <string.h>

#define NOTES_MOST 24 /* of a call */
#define IDS_MOST 8    /* of a note */

/* What one call has to work with. */
struct noting {
    const struct nd_scene *scene;
    const struct nd_collection *run,
        *pages; /* of the run's sources; of the pages that the lane opened, NULL: none */
    struct nd_notebook nb;
    struct nd_json *noted, *refused;
    int64_t of; /* the note at hand */
};

/* A sentence with the collection that it stands in. */
struct place {
    const struct nd_collection *c;
    struct nd_stretch at;
};

static const struct nd_collection *collection_of(const struct noting *n, const struct nd_parts *parts)
{
    return nd_is_lane_page(n->scene, parts->v[0].source) ? n->pages : n->run;
}

/* The units of a place; false: it is no text of the documents. */
static bool area_of(const struct noting *n, const struct nd_parts *parts, struct place *out)
{
    out->c = collection_of(n, parts);
    return out->c && nd_stretch_of(out->c, parts, &out->at);
}

static struct nd_json *refuse(struct noting *n, const char *why)
{
    struct nd_json *json = nd_json_add(n->refused, nd_json_object());
    nd_json_set_int(json, "of", n->of);
    nd_json_set_str(json, "why", why);
    return json;
}

/* Notes it, unless it can't be quoted or is noted already. */
static void keep(struct noting *n, const struct place *place, const char *how)
{
    char *problem = nd_stretch_problem(place->c, place->at, &n->scene->request->forbidden_terms);
    struct nd_json *json = problem ? NULL : nd_stretch_json(place->c, place->at);
    struct nd_parts parts = {0};
    struct nd_error ignored = {0};
    if (json && nd_parts_parse(&parts, nd_json_get(json, "parts"), &ignored) == ND_OK) {
        size_t before = nd_notebook_noted(&n->nb, &parts);
        if (before) problem = nd_sprintf("it is noted already, as n%zu", before);
    }
    if (problem) {
        refuse(n, problem);
        nd_json_free(json);
    } else {
        nd_json_set_int(json, "of", n->of);
        nd_json_set_str(json, "how", how);
        nd_json_add(n->noted, json);
        ND_GROW(n->nb.note, n->nb.notes, n->nb.note_cap);
        n->nb.note[n->nb.notes++] = json;
    }
    nd_free(problem);
}

/* ---- words ---- */

static bool holding(const struct noting *n, const struct nd_parts *parts, bool around, struct nd_view quote,
                    struct place *out)
{
    struct place area;
    if (!area_of(n, parts, &area)) return false;
    if (around) area.at = nd_stretch_around(area.c, area.at);
    out->c = area.c;
    return nd_stretch_holding(area.c, area.at, quote, &out->at);
}

/* Word for word: where the ids say, on their pages, or in anything else that the lane was shown. */
static const char *word_for_word(const struct noting *n, const struct nd_snippet *const *named, size_t count,
                                 struct nd_view quote, struct place *out)
{
    for (size_t i = 0; i < count; i++)
        if (holding(n, &named[i]->parts, false, quote, out)) return "verbatim";
    for (size_t i = 0; i < count; i++)
        if (holding(n, &named[i]->parts, true, quote, out)) return "verbatim";
    for (size_t i = 0; i < n->nb.n; i++) {
        const struct nd_snippet *s = &n->nb.snippet[i];
        if (!(n->nb.open && s->local) && holding(n, &s->parts, false, quote, out)) return "elsewhere";
    }
    return NULL;
}

/* The sentence that holds most of the words, in a snippet or on its page: which share of them. */
static double nearest(const struct noting *n, const struct nd_parts *parts, bool around, struct nd_view quote,
                      double least, struct place *best)
{
    struct place area;
    struct nd_stretch at;
    if (!area_of(n, parts, &area)) return least;
    if (around) area.at = nd_stretch_around(area.c, area.at);
    double share = nd_stretch_nearest(area.c, area.at, quote, &at);
    if (share > least) *best = (struct place){area.c, at};
    return share > least ? share : least;
}

/* First where the ids say, then in all that the lane was shown. */
static void align(struct noting *n, const struct nd_snippet *const *named, size_t count, struct nd_view quote)
{
    struct place best = {0};
    double share = 0;
    for (size_t i = 0; i < count; i++) share = nearest(n, &named[i]->parts, true, quote, share, &best);
    for (size_t i = 0; i < n->nb.n && share < ND_NEAREST_SHARE; i++)
        if (!(n->nb.open && n->nb.snippet[i].local))
            share = nearest(n, &n->nb.snippet[i].parts, false, quote, share, &best);
    if (share == 0) {
        refuse(n, "no sentence that was shown has its words");
        return;
    }
    struct nd_json *found = nd_stretch_json(best.c, best.at);
    struct nd_view text = nd_json_view(nd_json_get(found, "text"));
    char *number = nd_number_missing(quote, &text, 1), *why = NULL;
    if (number)
        why = nd_sprintf("the number '%s' stands not in the nearest sentence", number);
    else if (share < ND_NEAREST_SHARE)
        why = nd_sprintf("the nearest sentence holds %d %% of its words, wanted %d %%", (int)(share * 100),
                         (int)(ND_NEAREST_SHARE * 100));
    if (why) {
        struct nd_json *json = nd_json_set(refuse(n, why), "nearest", nd_json_object());
        nd_json_set(json, "parts", nd_json_copy(nd_json_get(found, "parts")));
        nd_json_set_view(json, "text", text);
    } else {
        keep(n, &best, "nearest");
    }
    nd_free(why);
    nd_free(number);
    nd_json_free(found);
}

/* ---- a call ---- */

static void note_shown(struct noting *n, const struct nd_snippet *snippet)
{
    struct place place;
    if (area_of(n, &snippet->parts, &place))
        keep(n, &place, "shown");
    else
        refuse(n, "it is no text of the documents");
}

static void note_one(struct noting *n, const struct nd_json *note)
{
    const struct nd_snippet *named[IDS_MOST];
    size_t count = 0;
    ND_JSON_EACH(id, nd_json_get(note, "ids"))
    {
        const struct nd_snippet *snippet = nd_notebook_find(&n->nb, nd_json_str(id));
        if (snippet && count < IDS_MOST) named[count++] = snippet;
    }
    struct nd_view quote = nd_view_trim(nd_json_view(nd_json_get(note, "quote")));
    struct place at;
    if (count == 0) {
        refuse(n, "it names nothing by an id that was shown");
        return;
    }
    for (size_t i = 0; quote.len == 0 && i < count; i++) note_shown(n, named[i]);
    if (quote.len == 0) return;
    const char *how = word_for_word(n, named, count, quote, &at);
    if (how)
        keep(n, &at, how);
    else
        align(n, named, count, quote);
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    struct noting n = {.scene = scene};
    enum nd_rc rc = nd_library_open(scene, false, stop, &lib, &n.run, err);
    bool fetched = nd_steps_of(scene->lane, ND_ACT_TOOL, "open") > 0 ||
                   nd_steps_of(scene->lane, ND_ACT_TOOL, "retrieve") > 0;
    if (rc == ND_OK && fetched) rc = nd_library_open(scene, true, stop, &lib, &n.pages, err);
    if (rc != ND_OK) return rc;
    struct nd_json *json = nd_json_object();
    n.noted = nd_json_set(json, "noted", nd_json_array());
    n.refused = nd_json_set(json, "not_noted", nd_json_array());
    nd_notebook_read(&n.nb, scene, SIZE_MAX);
    ND_JSON_EACH(note, nd_json_get(args, "notes"))
    {
        if (n.of == NOTES_MOST) break;
        note_one(&n, note);
        n.of++;
    }
    nd_notebook_release(&n.nb);
    *observation = json;
    return ND_OK;
}

const struct nd_tool nd_tool_note = {.name = "note", .counted = true, .call = call};
