/* The knowledge bases elsewhere, asked one after another. A passage comes with its text, which is read like a
 * document's and kept, so nothing is opened afterwards. */
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/kb.h"
#include "nightdesk/document/document.h"
#include "scene.h"
#include "tools.h"
#include "web_query.h"
#include <string.h>

static enum nd_rc add_passages(const struct nd_scene *scene, const char *kb,
                               const struct nd_kb_passages *passages, const atomic_bool *stop,
                               struct nd_json *list, struct nd_error *err)
{
    const struct nd_read_options options = {
        .reader = nd_desk_config(scene)->reader, .workers = 1, .stop = stop};
    for (size_t i = 0; i < passages->n; i++) {
        const struct nd_kb_passage *p = &passages->v[i];
        struct nd_source source = {.found = false};
        enum nd_rc rc =
            nd_passage_read(&source, kb, p->place, nd_view_of(p->text), scene->objects, &options, err);
        if (rc != ND_OK) return rc;
        source.found = true;
        /* labelled by where it stands, as files are by their paths */
        source.confidential = nd_glob_match_any(&scene->request->confidential, p->place);
        struct nd_json *passage = nd_json_add(list, nd_json_object());
        nd_json_set(passage, "source", nd_source_json(&source, 0));
        nd_source_release(&source);
    }
    return ND_OK;
}

/* Members of the observation while it is made. */
struct answers {
    struct nd_json *asked, *passages;
    int64_t cost_microusd;
};

static enum nd_rc ask(const struct nd_scene *scene, struct nd_kbs *kbs, const char *kb, const char *query,
                      const atomic_bool *stop, struct answers *answers, struct nd_error *err)
{
    struct nd_kb_passages passages = {.n = 0};
    enum nd_rc rc = kbs->ops->retrieve(kbs, kb, query, stop, &passages, err);
    if (rc != ND_OK) return rc;
    struct nd_json *row = nd_json_add(answers->asked, nd_json_object());
    nd_json_set_str(row, "kb", kb);
    if (passages.told) nd_json_set_str(row, "told", passages.told);
    if (passages.why) (void)nd_observe_failure(row, passages.why);
    answers->cost_microusd += passages.cost_microusd;
    rc = add_passages(scene, kb, &passages, stop, answers->passages, err);
    nd_kb_passages_release(&passages);
    return rc;
}

static enum nd_rc ask_all(const struct nd_scene *scene, const char *query, const atomic_bool *stop,
                          struct nd_json *observation, struct nd_error *err)
{
    const struct nd_strings *names = &scene->request->kbs;
    struct nd_kbs *kbs = nd_desk_kbs(scene);
    enum nd_rc rc = ND_OK;
    if (!kbs)
        return nd_fail(
            err, ND_CONFIG,
            "the run asks for knowledge bases elsewhere, and this process was started without them");
    struct answers answers = {.asked = nd_json_set(observation, "asked", nd_json_array()),
                              .passages = nd_json_set(observation, "passages", nd_json_array())};
    for (size_t i = 0; i < names->n && rc == ND_OK; i++)
        if (nd_kb_is_address(names->v[i])) rc = ask(scene, kbs, names->v[i], query, stop, &answers, err);
    nd_json_set_int(observation, "cost_microusd", answers.cost_microusd);
    return rc;
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    char *query = nd_query_cut(nd_json_get_str(args, "query"));
    struct nd_json *json = nd_json_object();
    bool leaks = false;
    enum nd_rc rc = *query ? nd_query_leaks(scene, query, &leaks, err) : ND_OK;
    nd_json_set_str(json, "query", leaks ? "" : query);
    nd_json_set_int(json, "cost_microusd", 0);
    if (rc == ND_OK && *query && !leaks) rc = ask_all(scene, query, stop, json, err);
    if (leaks || !*query) (void)nd_observe_failure(json, leaks ? ND_QUERY_LEAKS : "the query holds no words");
    nd_free(query);
    if (rc == ND_OK)
        *observation = json;
    else
        nd_json_free(json);
    return rc;
}

static int64_t fee(const struct nd_scene *scene)
{
    const struct nd_kbs *kbs = nd_desk_kbs(scene);
    return kbs ? kbs->fee_microusd * (int64_t)nd_kbs_elsewhere(scene->request) : 0;
}

const struct nd_tool nd_tool_retrieve = {
    .name = "retrieve", .counted = true, .leaves = true, .fee = fee, .call = call};
