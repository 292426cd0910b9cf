/* A search of the web. Its results get ids; only what has an id can be opened. */
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/web.h"
#include "scene.h"
#include "tools.h"
#include "web_query.h"
#include "web_read.h"
#include <string.h>

/* Results that the lane's searches brought so far. */
static size_t results_before(const struct nd_lane *lane)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_step *step = &t->v[i];
        if (step->action.kind == ND_ACT_TOOL && strcmp(step->action.name, "search") == 0)
            n += nd_json_len(nd_json_get(step->observation, "results"));
    }
    return n;
}

static struct nd_json *failed(const char *query, const char *why)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "query", query);
    return nd_observe_failure(json, why);
}

static struct nd_json *results_json(const struct nd_web_hits *hits, size_t before)
{
    struct nd_json *results = nd_json_array();
    for (size_t i = 0; i < hits->n; i++) {
        const struct nd_web_hit *hit = &hits->v[i];
        struct nd_json *result = nd_json_add(results, nd_json_object());
        char id[16];
        nd_id(id, 'r', before + i + 1);
        nd_json_set_str(result, "id", id);
        nd_json_set_str(result, "url", hit->url);
        nd_json_set_str(result, "title", hit->title);
        nd_json_set_str(result, "snippet", hit->snippet);
        if (hit->published) nd_json_set_str(result, "published", hit->published);
    }
    return results;
}

static enum nd_rc ask(const struct nd_scene *scene, const char *query, const atomic_bool *stop,
                      struct nd_json **observation, struct nd_error *err)
{
    struct nd_web *web = NULL;
    struct nd_web_hits hits = {.n = 0};
    enum nd_rc rc = nd_web_of(scene, &web, err);
    if (rc == ND_OK) rc = web->ops->search(web, query, stop, &hits, err);
    if (rc != ND_OK) return rc;
    struct nd_json *json = hits.why ? failed(query, hits.why) : nd_json_object();
    if (!hits.why) {
        nd_json_set_str(json, "query", query);
        nd_json_set_str(json, "service", web->search);
        nd_json_set(json, "results", results_json(&hits, results_before(scene->lane)));
    }
    nd_json_set_int(json, "cost_microusd", hits.cost_microusd);
    nd_web_hits_release(&hits);
    *observation = json;
    return ND_OK;
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    char *query = nd_query_cut(nd_json_get_str(args, "query"));
    bool leaks = false;
    enum nd_rc rc = *query ? nd_query_leaks(scene, query, &leaks, err) : ND_OK;
    if (rc == ND_OK && *query && !leaks) {
        rc = ask(scene, query, stop, observation, err);
    } else if (rc == ND_OK) {
        *observation = failed(leaks ? "" : query, leaks ? ND_QUERY_LEAKS : "the query holds no words");
        nd_json_set_int(*observation, "cost_microusd", 0);
    }
    nd_free(query);
    return rc;
}

static int64_t fee(const struct nd_scene *scene)
{
    const struct nd_web *web = nd_desk_web(scene);
    return web ? web->search_fee_microusd : 0;
}

const struct nd_tool nd_tool_search = {
    .name = "search", .counted = true, .leaves = true, .fee = fee, .call = call};
