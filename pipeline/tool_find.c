/* Passages, quotes, figures and tables for one sub-topic. */
#include "candidate.h"
#include "nightdesk/base/alloc.h"
#include "tools.h"
#include "writer.h"
#include "writer_extractive.h"

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

/* Pages of the passages that were looked at, in order; a page of two passages stands twice. */
static struct nd_json *pages_json(const struct nd_aim *aim, const struct nd_ranked *ranked, size_t n)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < n; i++) {
        const struct nd_passage *p = nd_collection_passage(aim->c, ranked[i].passage);
        struct nd_json *json = nd_json_add(array, nd_json_object());
        nd_json_set_int(json, "source", nd_collection_document(aim->c, p->document)->source + 1);
        nd_json_set_int(json, "page", p->page);
    }
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
    nd_json_set(json, "pages", pages_json(aim, ranked, n));
    for (size_t i = 0; i < list.n; i++) nd_json_add(array, nd_candidate_json(aim->c, &list.v[i]));
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
    enum nd_rc rc = nd_library_open(scene, nd_json_get(args, "in") != NULL, stop, &lib, &c, err);
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
        if (nd_writer_extractive.serves(scene->writer)) aim.quote_words = ND_WINDOW_WORDS;
        rc = find_for(&aim, nd_library_sources(lib), observation, err);
        nd_aim_release(&aim);
    }
    if (rc == ND_OK && wanted.attempt == 0 && other) nd_json_set_str(*observation, "other_words", other);
    nd_free(other);
    nd_question_release(&question);
    return rc;
}

const struct nd_tool nd_tool_find = {.name = "find", .counted = true, .call = call};
