#include "writer_extractive_web.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/kb.h"
#include "scene.h"
#include "web_pages.h"
#include <string.h>

static bool is_call(const struct nd_step *step, const char *tool)
{
    return step->action.kind == ND_ACT_TOOL && strcmp(step->action.name, tool) == 0;
}

struct nd_finds nd_finds_of(const struct nd_lane *lane, bool pages)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    struct nd_finds finds = {0};
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_step *step = &t->v[i];
        if (!is_call(step, "find") || (nd_json_get(step->action.args, "in") != NULL) != pages) continue;
        finds.n++;
        finds.args = step->action.args;
        if (!nd_step_refused(step) && !nd_json_get(step->observation, "error"))
            finds.seen = step->observation;
    }
    return finds;
}

/* ---- what to ask ---- */

/* The title of a section of a private document is a piece of it, however short; so may be one that a model
 * made which saw the document. */
static bool is_private_title(const struct nd_scene *scene)
{
    if (nd_json_get_bool(scene->lane->spec, "private", false)) return true;
    const struct nd_json *section = nd_json_get(scene->lane->spec, "section");
    return nd_source_stays(scene, nd_json_get_int(section, "source", 0));
}

/* tool: "search" of the web, or "retrieve" from knowledge bases elsewhere. */
static enum nd_rc search(const struct nd_scene *scene, const char *tool, struct nd_action *out)
{
    const struct nd_json *spec = scene->lane->spec;
    const char *words = nd_json_get_str(spec, "words"), *parent = nd_json_get_str(spec, "parent");
    const char *title = nd_json_get_str(spec, "title");
    struct nd_json *args = nd_json_object();
    char *query = nd_sprintf("%s %s", words && *words ? words : title ? title : "", parent ? parent : "");
    nd_json_set_str(args, "query", query);
    nd_free(query);
    return nd_do_tool(out, tool, args);
}

static bool asks_kbs(const struct nd_scene *scene)
{
    return nd_kbs_elsewhere(scene->request) > 0;
}

/* ---- what to open ---- */

/* Did a knowledge base give the lane a passage with text? */
static bool has_passages(const struct nd_scene *scene)
{
    const struct nd_transcript *t = nd_lane_transcript(scene->lane);
    size_t n = 0;
    for (size_t i = 0; i < t->n && n == 0; i++) {
        struct nd_json *numbers =
            is_call(&t->v[i], "retrieve") ? nd_retrieved_sources(scene, &t->v[i]) : NULL;
        n += nd_json_len(numbers);
        nd_json_free(numbers);
    }
    return n > 0;
}

struct opened {
    size_t tried, good;
};

static struct opened opened_of(const struct nd_lane *lane)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    struct opened o = {0};
    for (size_t i = 0; i < t->n; i++) {
        if (!is_call(&t->v[i], "open")) continue;
        o.tried++;
        o.good += !nd_step_refused(&t->v[i]) && !nd_json_get(t->v[i].observation, "error");
    }
    return o;
}

static enum nd_rc open_page(const char *id, struct nd_action *out)
{
    struct nd_json *args = nd_json_object();
    nd_json_set_str(args, "id", id);
    return nd_do_tool(out, "open", args);
}

static enum nd_rc find_in_pages(const struct nd_scene *scene, struct nd_action *out)
{
    struct nd_json *args = nd_json_copy(scene->lane->spec);
    nd_json_set_int(args, "attempt", 0);
    nd_json_set_str(args, "in", "pages");
    return nd_do_tool(out, "find", args);
}

enum nd_rc nd_extractive_web_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    (void)err;
    const struct nd_lane *lane = scene->lane;
    bool web = nd_web_wanted(scene->request, true);
    if ((!web && !asks_kbs(scene)) || is_private_title(scene)) return nd_do_done(out);
    if (asks_kbs(scene) && nd_steps_of(lane, ND_ACT_TOOL, "retrieve") == 0)
        return search(scene, "retrieve", out);
    if (web && nd_steps_of(lane, ND_ACT_TOOL, "search") == 0) return search(scene, "search", out);
    const struct nd_json *results = nd_json_get(nd_seen_last(lane, ND_ACT_TOOL, "search"), "results");
    struct opened o = opened_of(lane);
    const char *next = nd_json_get_str(nd_json_at(results, o.tried), "id");
    bool more = o.good < ND_WEB_OPEN_WANTED && o.tried < ND_WEB_OPEN_TRIES && next;
    if (more) return open_page(next, out);
    bool found = nd_finds_of(lane, true).n > 0;
    bool any = !found && (o.good > 0 || has_passages(scene));
    return any ? find_in_pages(scene, out) : nd_do_done(out);
}

/* ---- what came of it ---- */

static void add_all(struct nd_json *to, const struct nd_json *from, const char *member)
{
    const struct nd_json *ours = nd_json_get(to, member);
    struct nd_json *array = ours ? nd_json_copy(ours) : nd_json_array();
    ND_JSON_EACH(item, nd_json_get(from, member)) nd_json_add(array, nd_json_copy(item));
    nd_json_set(to, member, array);
}

/* Both lists are best first; the run's own sources go before pages with the same score. */
static struct nd_json *merged(const struct nd_json *a, const struct nd_json *b)
{
    struct nd_json *array = nd_json_array();
    const struct nd_json *x = nd_json_first(a), *y = nd_json_first(b);
    while (x || y) {
        bool left = x && (!y || nd_json_get_int(x, "score", 0) >= nd_json_get_int(y, "score", 0));
        const struct nd_json **from = left ? &x : &y;
        nd_json_add(array, nd_json_copy(*from));
        *from = nd_json_next(*from);
    }
    return array;
}

static void add_line(struct nd_bytes *note, const char *what, const char *title, const char *why)
{
    nd_bytes_addf(note, "%s%s '%s': %s.", note->len > 0 ? " " : "", what, title, why);
}

/* What the lane's questions to one knowledge base came to. */
struct kb_answers {
    size_t failed, all;
    const char *why, *told; /* of the last that failed; what of an answer was left out; NULL */
};

static struct kb_answers kb_answers_of(const struct nd_lane *lane, const char *kb)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    struct kb_answers a = {0};
    for (size_t i = 0; i < t->n; i++) {
        if (!is_call(&t->v[i], "retrieve")) continue;
        ND_JSON_EACH(row, nd_json_get(t->v[i].observation, "asked"))
        {
            if (!nd_view_is(nd_json_view(nd_json_get(row, "kb")), kb)) continue;
            const char *why = nd_json_get_str(nd_json_get(row, "error"), "message");
            const char *told = nd_json_get_str(row, "told");
            a.all++;
            a.failed += why != NULL;
            a.why = why ? why : a.why;
            a.told = told ? told : a.told;
        }
    }
    return a;
}

static void add_kb_lines(const struct nd_scene *scene, const char *kb, struct nd_bytes *note)
{
    const char *title = scene->lane->title;
    struct kb_answers a = kb_answers_of(scene->lane, kb);
    char *what = a.failed == a.all ? nd_sprintf("Nothing from the knowledge base %s for", kb)
                                   : nd_sprintf("%zu of %zu questions to the knowledge base %s failed for",
                                                a.failed, a.all, kb);
    if (a.why) add_line(note, what, title, a.why);
    nd_free(what);
    what = nd_sprintf("Of the passages from the knowledge base %s for", kb);
    if (a.told) add_line(note, what, title, a.told);
    nd_free(what);
}

static const char *error_of(const struct nd_step *step)
{
    return step ? nd_json_get_str(nd_json_get(step->observation, "error"), "message") : NULL;
}

/* The lane's searches of the web that failed, of how many, and why the last of them did. */
static const char *failed_searches(const struct nd_lane *lane, size_t *failed, size_t *all)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    const char *why = NULL;
    for (size_t i = 0; i < t->n; i++) {
        if (!is_call(&t->v[i], "search") || nd_step_refused(&t->v[i])) continue;
        const char *its = nd_json_get_str(nd_json_get(t->v[i].observation, "error"), "message");
        ++*all;
        *failed += its != NULL;
        why = its ? its : why;
    }
    return why;
}

/* kept: why nothing may be asked; NULL: it may. */
static void add_web_line(const struct nd_scene *scene, const char *kept, struct nd_bytes *note)
{
    size_t failed = 0, all = 0;
    const char *why = failed_searches(scene->lane, &failed, &all);
    if (all == 0 && nd_web_wanted(scene->request, true)) why = kept;
    if (!why) return;
    char *what = failed < all ? nd_sprintf("%zu of %zu searches of the web failed for", failed, all)
                              : nd_strdup("The web was not searched for");
    add_line(note, what, scene->lane->title, why);
    nd_free(what);
}

static void add_note(const struct nd_scene *scene, struct nd_json *found)
{
    static const char private_title[] = "its title is of a document that must not leave this machine";
    const struct nd_strings *names = &scene->request->kbs;
    const struct nd_step *retrieve =
        nd_transcript_last(nd_lane_transcript(scene->lane), ND_ACT_TOOL, "retrieve");
    const char *kbs = error_of(retrieve), *title = scene->lane->title;
    struct nd_bytes note = ND_BYTES(ND_BYTES_MAX);
    bool kept = is_private_title(scene);
    if (kept && !retrieve && asks_kbs(scene)) kbs = private_title;
    if (kbs) add_line(&note, "Knowledge bases elsewhere were not asked for", title, kbs);
    for (size_t i = 0; i < names->n; i++)
        if (nd_kb_is_address(names->v[i])) add_kb_lines(scene, names->v[i], &note);
    add_web_line(scene, kept ? private_title : NULL, &note);
    if (note.len > 0) nd_json_set_str(found, "note", nd_bytes_view(&note).data);
    nd_bytes_release(&note);
}

void nd_extractive_web_result(const struct nd_scene *scene, struct nd_json *found)
{
    const struct nd_json *pages = nd_finds_of(scene->lane, true).seen;
    add_note(scene, found);
    if (!pages) return;
    nd_json_set(found, "candidates",
                merged(nd_json_get(found, "candidates"), nd_json_get(pages, "candidates")));
    add_all(found, pages, "figures");
    add_all(found, pages, "tables");
    nd_json_set_int(found, "passages",
                    nd_json_get_int(found, "passages", 0) + nd_json_get_int(pages, "passages", 0));
}
