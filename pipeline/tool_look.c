/* Quotes, figures and tables for words of a model's own. */
#include "candidate.h"
#include "nightdesk/base/alloc.h"
#include "tools.h"
#include "unit_hits.h"
#include "writer_extractive.h"

#define ITEMS_MOST 24
#define LOOSE_PASSAGES 8 /* looked at when none holds enough of the words */

static bool is_banned(const struct nd_json *exclude, int64_t source)
{
    ND_JSON_EACH(n, exclude)
    if (nd_json_int(n, 0) == source) return true;
    return false;
}

/* Nothing holds enough of the words: the sentences that hold most of them. */
static enum nd_rc look_loosely(const struct nd_collection *c, const char *words,
                               const struct nd_json *exclude, struct nd_json *out, struct nd_error *err)
{
    struct nd_unit_hits best = {0};
    struct nd_hits hits = {0};
    struct nd_query q;
    nd_query_init(&q, c);
    nd_query_add(&q, nd_view_of(words), 1, .7);
    enum nd_rc rc = nd_search(&q, ND_COLUMNS, LOOSE_PASSAGES, &hits, err);
    for (size_t i = 0; rc == ND_OK && i < hits.n; i++) {
        const struct nd_passage *p = nd_collection_passage(c, hits.v[i].passage);
        if (is_banned(exclude, (int64_t)nd_collection_document(c, p->document)->source + 1)) continue;
        for (uint32_t u = 0; u < p->unit_count; u++) nd_unit_hits_try(&best, &q, p->unit + u);
    }
    if (rc == ND_OK) nd_json_set(out, "items", nd_unit_hits_json(&best, c));
    if (rc == ND_OK) nd_json_set_bool(out, "loose", true);
    nd_hits_release(&hits);
    nd_query_release(&q);
    return rc;
}

static void add_all(const struct nd_aim *aim, const struct nd_sources *sources,
                    const struct nd_ranked *ranked, size_t n, struct nd_json *out)
{
    struct nd_candidates list = {0};
    struct nd_json *items = nd_json_array();
    nd_aim_candidates(aim, ranked, n, &list);
    for (size_t i = 0; i < list.n && i < ITEMS_MOST; i++)
        nd_json_add(items, nd_candidate_json(aim->c, &list.v[i]));
    nd_candidates_release(&list);
    nd_json_set(out, "items", items);
    nd_json_set(out, "figures", nd_aim_figures(aim, ranked, n));
    nd_json_set(out, "tables", nd_aim_tables(aim, sources, ranked, n));
}

static enum nd_rc look(const struct nd_aim *aim, const struct nd_sources *sources, const char *words,
                       const struct nd_json *exclude, struct nd_json *out, struct nd_error *err)
{
    struct nd_ranked ranked[ND_AIM_PASSAGES];
    size_t n = 0, found = 0;
    enum nd_rc rc = nd_aim_passages(aim, ND_AIM_PASSAGES, ranked, &n, &found, err);
    if (rc == ND_OK) add_all(aim, sources, ranked, n, out);
    if (rc == ND_OK && nd_json_len(nd_json_get(out, "items")) == 0)
        rc = look_loosely(aim->c, words, exclude, out, err);
    return rc;
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    const struct nd_collection *c = NULL;
    const char *words = NULL;
    enum nd_rc rc = nd_json_need_str(args, "look", "words", &words, err);
    if (rc == ND_OK) rc = nd_library_open(scene, false, stop, &lib, &c, err);
    if (rc != ND_OK) return rc;
    struct nd_question question;
    struct nd_aim aim;
    const struct nd_json *exclude = nd_json_get(args, "exclude");
    struct nd_wanted wanted;
    nd_wanted_of(&wanted, args);
    wanted.title = words;
    nd_question_cut(&question, scene->request->topic);
    rc = nd_aim_open(&aim, c, &question, scene->request->topic, &wanted, err);
    if (rc == ND_OK) {
        struct nd_json *json = nd_json_object();
        aim.forbidden = &scene->request->forbidden_terms;
        rc = look(&aim, nd_library_sources(lib), words, exclude, json, err);
        nd_aim_release(&aim);
        if (rc == ND_OK)
            *observation = json;
        else
            nd_json_free(json);
    }
    nd_question_release(&question);
    return rc;
}

const struct nd_tool nd_tool_look = {.name = "look", .counted = true, .call = call};
