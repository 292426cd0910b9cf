/* A plan: sub-topics with the documents and the number of passages that each would use. */
#include "nightdesk/base/alloc.h"
#include "tools.h"
#include "scene.h"
#include "writer.h"
#include "writer_extractive.h"

static void documents_used(const struct nd_aim *aim, const struct nd_ranked *ranked, size_t n,
                           struct nd_json *spec)
{
    struct nd_json *array = nd_json_array();
    for (uint32_t d = 0; d < nd_collection_documents(aim->c); d++) {
        bool used = false;
        for (size_t i = 0; i < n; i++)
            used = used || nd_collection_passage(aim->c, ranked[i].passage)->document == d;
        if (used) nd_json_add_int(array, nd_collection_document(aim->c, d)->source + 1);
    }
    nd_json_set(spec, "documents", array);
}

static enum nd_rc add_found(struct nd_json *spec, const struct nd_collection *c, const struct nd_question *q,
                            const char *topic, struct nd_error *err)
{
    struct nd_wanted wanted;
    struct nd_aim aim;
    nd_wanted_of(&wanted, spec);
    enum nd_rc rc = nd_aim_open(&aim, c, q, topic, &wanted, err);
    if (rc != ND_OK) return rc;
    struct nd_ranked ranked[ND_AIM_PASSAGES];
    size_t n = 0, found = 0;
    rc = nd_aim_passages(&aim, ND_AIM_PASSAGES, ranked, &n, &found, err);
    if (rc == ND_OK) {
        documents_used(&aim, ranked, n, spec);
        nd_json_set_int(spec, "passages", (int64_t)found);
    }
    nd_aim_release(&aim);
    return rc;
}

static enum nd_rc plan(const struct nd_scene *scene, struct nd_library *lib, const struct nd_collection *c,
                       const struct nd_json *args, struct nd_json *out, struct nd_error *err)
{
    const struct nd_request *request = scene->request;
    struct nd_sub_topics list = {0};
    struct nd_question q;
    nd_question_cut(&q, request->topic);
    const struct nd_json *given = nd_json_get(args, "sub_topics");
    if (given) {
        nd_sub_topics_given(&list, given, request, &q);
        bool is_private = nd_json_get_bool(args, "private", false);
        for (size_t i = 0; i < list.n; i++) list.v[i].is_private = is_private && !list.v[i].user;
    }
    if (!given) nd_sub_topics_asked(&list, request, &q);
    const char *why = nd_json_get_str(args, "why");
    char *asked = why ? nd_sprintf("%s %s", request->topic, why) : nd_strdup(request->topic);
    size_t named = list.n, want = request->sub_topics > 0 ? (size_t)request->sub_topics : named;
    size_t version = (size_t)nd_json_get_int(args, "version", 0);
    enum nd_rc rc = ND_OK;
    if (request->outline_count == 0 && request->questions.n == 0 && want > named)
        rc = nd_sub_topics_fill(&list, c, &q, asked, want, version * (want - named), err);
    struct nd_json *array = nd_json_set(out, "sub_topics", nd_json_array());
    for (size_t i = 0; i < list.n && rc == ND_OK; i++) {
        struct nd_json *spec = nd_json_add(array, nd_sub_topic_json(&list.v[i], nd_library_sources(lib)));
        char id[16];
        nd_id(id, 't', i + 1);
        nd_json_set_str(spec, "id", id);
        rc = add_found(spec, c, &q, request->topic, err);
    }
    nd_free(asked);
    nd_sub_topics_release(&list);
    nd_question_release(&q);
    return rc;
}

/* Number, title and path of every source that a sub-topic would use: what a person pins and excludes by. */
static struct nd_json *sources_named(const struct nd_sources *sources, const struct nd_json *sub_topics)
{
    bool *used = ND_ARRAY(bool, sources->n + 1);
    ND_JSON_EACH(topic, sub_topics)
    {
        ND_JSON_EACH(n, nd_json_get(topic, "documents"))
        {
            int64_t number = nd_json_int(n, 0);
            if (number >= 1 && (size_t)number <= sources->n) used[number] = true;
        }
    }
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < sources->n; i++) {
        if (!used[i + 1]) continue;
        struct nd_json *json = nd_json_add(array, nd_json_object());
        nd_json_set_int(json, "n", (int64_t)i + 1);
        nd_json_set_str(json, "title", sources->v[i].reading->title);
        nd_json_set_str(json, "path", sources->v[i].path);
    }
    nd_free(used);
    return array;
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    const struct nd_collection *c = NULL;
    enum nd_rc rc = nd_library_open(scene, false, stop, &lib, &c, err);
    if (rc != ND_OK) return rc;
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "schema", "nightdesk.plan/1");
    rc = plan(scene, lib, c, args, json, err);
    nd_json_set_int(json, "source_count", (int64_t)nd_library_sources(lib)->n);
    nd_json_set(json, "sources", sources_named(nd_library_sources(lib), nd_json_get(json, "sub_topics")));
    struct nd_json *notes = nd_json_set(json, "notes", nd_json_array());
    nd_writer_extractive.ignored(scene->request, notes);
    nd_json_set_int(json, "expected_cost_microusd", 0);
    if (rc == ND_OK)
        *observation = json;
    else
        nd_json_free(json);
    return rc;
}

const struct nd_tool nd_tool_survey = {.name = "survey", .call = call};
