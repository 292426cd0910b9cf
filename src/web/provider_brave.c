/* Brave: GET with the key in a header; without text_decorations=false its texts hold markup. */
#include "search_provider.h"
#include "nightdesk/base/alloc.h"

static void ask(struct ask *out, const char *base, const char *key, const char *query)
{
    struct nd_bytes url = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_addf(&url, "%s/res/v1/web/search?count=%d&text_decorations=false&q=", base, HITS_ASKED);
    add_query_value(query, &url);
    *out =
        (struct ask){.url = nd_bytes_take(&url, NULL), .header = nd_sprintf("X-Subscription-Token: %s", key)};
}

/* A search without hits has no member "web". */
static enum nd_rc read(const struct nd_json *answer, struct nd_web_hits *out, struct nd_error *err)
{
    const struct nd_json *web = nd_json_get(answer, "web"), *results = NULL;
    const char *type = nd_json_get_str(answer, "type");
    if (!web && type) return ND_OK;
    enum nd_rc rc = nd_json_need(answer, "answer", "web", ND_JSON_OBJECT, &web, err);
    if (rc == ND_OK) rc = nd_json_need(web, "web", "results", ND_JSON_ARRAY, &results, err);
    if (rc != ND_OK) return rc;
    ND_JSON_EACH(result, results) hits_add(out, result, "description", "page_age");
    return ND_OK;
}

static const char *refuses(int status)
{
    return status == 401 || status == 403 || status == 422 ? "it refuses the key in BRAVE_API_KEY" : NULL;
}

const struct provider provider_brave = {.name = "brave",
                                        .url = "https://api.search.brave.com",
                                        .key_name = "BRAVE_API_KEY",
                                        .ask = ask,
                                        .read = read,
                                        .refuses = refuses};
