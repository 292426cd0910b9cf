/* Tavily: POST with a bearer key; a basic search is one credit. */
#include "search_provider.h"
#include "nightdesk/base/alloc.h"

static void ask(struct ask *out, const char *base, const char *key, const char *query)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "query", query);
    nd_json_set_int(json, "max_results", HITS_ASKED);
    nd_json_set_str(json, "search_depth", "basic");
    *out = (struct ask){.url = nd_sprintf("%s/search", base),
                        .header = nd_sprintf("Authorization: Bearer %s", key),
                        .body = ND_BYTES(ND_BYTES_MAX)};
    nd_json_print(json, &out->body);
    nd_json_free(json);
}

static enum nd_rc read(const struct nd_json *answer, struct nd_web_hits *out, struct nd_error *err)
{
    const struct nd_json *results = NULL;
    enum nd_rc rc = nd_json_need(answer, "answer", "results", ND_JSON_ARRAY, &results, err);
    if (rc != ND_OK) return rc;
    ND_JSON_EACH(result, results) hits_add(out, result, "content", "published_date");
    return ND_OK;
}

static const char *refuses(int status)
{
    if (status == 401 || status == 403) return "it refuses the key in TAVILY_API_KEY";
    return status == 432 || status == 433 ? "the limit of its plan is reached" : NULL;
}

const struct provider provider_tavily = {.name = "tavily",
                                         .url = "https://api.tavily.com",
                                         .key_name = "TAVILY_API_KEY",
                                         .ask = ask,
                                         .read = read,
                                         .refuses = refuses};
