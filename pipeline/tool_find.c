/* Passages, quotes, figures and tables for one sub-topic. */
#include "nightdesk/base/alloc.h"
#include "tools.h"
#include "writer_extractive.h"

#define MILLION 1e6

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

static struct nd_json *candidate_json(const struct nd_collection *c, const struct nd_candidate *cand)
{
    struct nd_json *json = nd_json_object();
    nd_json_set(json, "parts", nd_parts_json(&cand->parts));
    nd_json_set_str(json, "text", cand->text);
    add_shown(c, &cand->parts, json);
    nd_json_set_int(json, "words", cand->words);
    nd_json_set_str(json, "lang", cand->lang);
    nd_json_set_int(json, "passage", nd_collection_unit(c, cand->unit)->passage);
    nd_json_set_int(json, "score", millionths(cand->score));
    nd_json_set_int(json, "title", millionths(cand->title));
    nd_json_set_int(json, "rank", millionths(cand->rank));
    nd_json_set_int(json, "salience", millionths(cand->salience));
    const struct nd_section *section = nd_collection_section(c, cand->section);
    nd_json_set_str(json, "section", section ? section->title : NULL);
    struct nd_json *seed = nd_json_set(json, "seed", nd_json_object());
    nd_json_set(seed, "parts", nd_parts_json(&cand->seed));
    nd_json_set_str(seed, "text", cand->seed_text);
    add_shown(c, &cand->seed, seed);
    nd_json_set_int(seed, "words", cand->seed_words);
    nd_json_set_bool(seed, "alone", cand->whole);
    return json;
}

static struct nd_json *documents_json(const struct nd_aim *aim, const struct nd_ranked *ranked, size_t n)
{
    size_t documents = nd_collection_documents(aim->c);
    bool *in = ND_ARRAY(bool, documents + 1);
    for (size_t i = 0; i < n; i++) in[nd_collection_passage(aim->c, ranked[i].passage)->document] = true;
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < documents; i++) {
        if (in[i]) nd_json_add_int(array, nd_collection_document(aim->c, (uint32_t)i)->source + 1);
    }
    nd_free(in);
    return array;
}

static enum nd_rc find_for(const struct nd_aim *aim, const struct nd_sources *sources,
                           struct nd_json **observation, struct nd_error *err)
{
    struct nd_ranked *ranked = ND_ARRAY(struct nd_ranked, ND_ASPECT_PASSAGES);
    size_t n = 0, found = 0;
    enum nd_rc rc =
        nd_aim_passages(aim, aim->aspect ? ND_ASPECT_PASSAGES : ND_AIM_PASSAGES, ranked, &n, &found, err);
    if (rc != ND_OK) {
        nd_free(ranked);
        return rc;
    }
    struct nd_candidates list = {0};
    nd_aim_candidates(aim, ranked, n, &list);
    struct nd_json *json = nd_json_object(), *array = nd_json_array();
    nd_json_set_int(json, "passages", (int64_t)found);
    nd_json_set(json, "documents", documents_json(aim, ranked, n));
    for (size_t i = 0; i < list.n; i++) nd_json_add(array, candidate_json(aim->c, &list.v[i]));
    nd_json_set(json, "candidates", array);
    nd_candidates_release(&list);
    nd_json_set(json, "figures", nd_aim_figures(aim, ranked, n));
    nd_json_set(json, "tables", nd_aim_tables(aim, sources, ranked, n));
    nd_free(ranked);
    *observation = json;
    return ND_OK;
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    const struct nd_collection *c = NULL;
    enum nd_rc rc = nd_library_of(scene, &lib, err);
    if (rc == ND_OK) rc = nd_library_collection(lib, scene->objects, &c, err);
    if (rc == ND_OK && atomic_load(stop)) rc = nd_fail(err, ND_STOPPED, "asked to stop");
    if (rc != ND_OK) return rc;
    struct nd_wanted wanted;
    struct nd_question question;
    struct nd_aim aim;
    nd_wanted_of(&wanted, args);
    char *other = nd_other_words(c, wanted.words);
    if (wanted.attempt > 0 && other) wanted.words = other;
    nd_question_cut(&question, scene->request->topic);
    rc = nd_aim_open(&aim, c, &question, scene->request->topic, &wanted, err);
    if (rc == ND_OK) {
        aim.forbidden = &scene->request->forbidden_terms;
        rc = find_for(&aim, nd_library_sources(lib), observation, err);
        nd_aim_release(&aim);
    }
    if (rc == ND_OK && wanted.attempt == 0 && other) nd_json_set_str(*observation, "other_words", other);
    nd_free(other);
    nd_question_release(&question);
    return rc;
}

const struct nd_tool nd_tool_find = {.name = "find", .counted = true, .call = call};
