/* SearXNG: the user's own, so it has no address of its own and takes no key. */
#include "search_provider.h"
#include "nightdesk/base/alloc.h"

static void ask(struct ask *out, const char *base, const char *key, const char *query)
{
    (void)key;
    struct nd_bytes url = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_addf(&url, "%s/search?format=json&q=", base);
    add_query_value(query, &url);
    *out = (struct ask){.url = nd_bytes_take(&url, NULL)};
}

/* [["duckduckgo", "timeout"], …] */
static enum nd_rc tell_silent(const struct nd_json *engines, struct nd_error *err)
{
    struct nd_bytes list = ND_BYTES(ND_ERROR_NOTE_BYTES / 2);
    ND_JSON_EACH(engine, engines)
    {
        const char *name = nd_json_str(nd_json_at(engine, 0)), *why = nd_json_str(nd_json_at(engine, 1));
        if (name) nd_bytes_addf(&list, "%s%s (%s)", list.len > 0 ? ", " : "", name, why ? why : "no reason");
    }
    struct nd_view text = nd_bytes_view(&list);
    enum nd_rc rc =
        nd_fail(err, ND_BAD_INPUT, "none of its engines answered: %.*s", (int)text.len, text.data);
    nd_bytes_release(&list);
    return rc;
}

static enum nd_rc read(const struct nd_json *answer, struct nd_web_hits *out, struct nd_error *err)
{
    const struct nd_json *results = NULL, *silent = nd_json_get(answer, "unresponsive_engines");
    enum nd_rc rc = nd_json_need(answer, "answer", "results", ND_JSON_ARRAY, &results, err);
    if (rc != ND_OK) return rc;
    if (nd_json_len(results) == 0 && nd_json_len(silent) > 0) return tell_silent(silent, err);
    ND_JSON_EACH(result, results) hits_add(out, result, "content", "publishedDate");
    return ND_OK;
}

static const char *refuses(int status)
{
    return status == 403 ? "it gives no JSON: add 'json' to 'search.formats' in its settings.yml" : NULL;
}

const struct provider provider_searxng = {.name = "searxng", .ask = ask, .read = read, .refuses = refuses};
