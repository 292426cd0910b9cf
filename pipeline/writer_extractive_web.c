#include "writer_extractive_web.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
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

/* The title of a section of a private document is a piece of it, however short. */
static bool is_private_title(const struct nd_scene *scene)
{
    const struct nd_json *section = nd_json_get(scene->lane->spec, "section");
    int64_t number = nd_json_get_int(section, "source", 0);
    const struct nd_json *source =
        number > 0 ? nd_json_at(nd_scene_sources(scene), (size_t)number - 1) : NULL;
    return nd_json_get_bool(source, "local", false) || nd_json_get_bool(source, "confidential", false);
}

static enum nd_rc search(const struct nd_scene *scene, struct nd_action *out)
{
    const struct nd_json *spec = scene->lane->spec;
    const char *words = nd_json_get_str(spec, "words"), *parent = nd_json_get_str(spec, "parent");
    const char *title = nd_json_get_str(spec, "title");
    struct nd_json *args = nd_json_object();
    char *query = nd_sprintf("%s %s", words && *words ? words : title ? title : "", parent ? parent : "");
    nd_json_set_str(args, "query", query);
    nd_free(query);
    return nd_do_tool(out, "search", args);
}

/* ---- what to open ---- */

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
    if (!nd_web_wanted(scene->request, true) || is_private_title(scene)) return nd_do_done(out);
    if (nd_steps_of(lane, ND_ACT_TOOL, "search") == 0) return search(scene, out);
    const struct nd_json *results = nd_json_get(nd_seen_last(lane, ND_ACT_TOOL, "search"), "results");
    struct opened o = opened_of(lane);
    const char *next = nd_json_get_str(nd_json_at(results, o.tried), "id");
    bool more = o.good < ND_WEB_OPEN_WANTED && o.tried < ND_WEB_OPEN_TRIES && next;
    if (more) return open_page(next, out);
    bool found = nd_finds_of(lane, true).n > 0;
    return o.good > 0 && !found ? find_in_pages(scene, out) : nd_do_done(out);
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

static void add_note(const struct nd_scene *scene, struct nd_json *found)
{
    const struct nd_step *step = nd_transcript_last(nd_lane_transcript(scene->lane), ND_ACT_TOOL, "search");
    const char *why = step ? nd_json_get_str(nd_json_get(step->observation, "error"), "message") : NULL;
    if (!why && !step && nd_web_wanted(scene->request, true) && is_private_title(scene))
        why = "its title is of a document that must not leave this machine";
    if (!why) return;
    char *note = nd_sprintf("The web was not searched for '%s': %s.", scene->lane->title, why);
    nd_json_set_str(found, "note", note);
    nd_free(note);
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
