#include "nightdesk/model/traits.h"
#include "table.h"

#include <stddef.h>
#include <string.h>

struct quirk {
    const char *name;
    size_t at;
    bool usual;
    const char *words; /* when it is not the usual */
};

#define QUIRK(name, member, usual, words)                                                                    \
    {                                                                                                        \
        name, offsetof(struct nd_traits, member), usual, words                                               \
    }

static const struct quirk quirks[] = {
    QUIRK("tools", tools, true, "tools by structured answers"),
    QUIRK("forced_tools", forced_tools, true, "no forced tool choice"),
    QUIRK("schema", schemas, true, "JSON by instruction"),
    QUIRK("temperature", temperature, false, "temperature 0"),
    QUIRK("stream", streams, true, "no streaming"),
    QUIRK("cache_points", cache_points, false, "cache points"),
};

static bool *slot(struct nd_traits *traits, const struct quirk *q)
{
    return (bool *)((char *)traits + q->at);
}

static void apply(struct nd_traits *traits, const struct nd_json *said)
{
    for (size_t i = 0; i < sizeof quirks / sizeof *quirks; i++) {
        bool *at = slot(traits, &quirks[i]);
        *at = nd_json_get_bool(said, quirks[i].name, *at);
    }
    traits->reasoning_tokens = nd_json_get_int(said, "reasoning", traits->reasoning_tokens);
}

void nd_traits_find(const char *provider, const char *model, enum nd_whereabouts where, struct nd_traits *out)
{
    const struct nd_json *terms = table_row("providers", provider, NULL);
    const struct nd_json *row = where == ND_AT_PROVIDER ? table_row("models", provider, model) : NULL;
    *out = (struct nd_traits){
        .context_tokens = nd_json_get_int(row, "context", 0),
        .output_tokens = nd_json_get_int(row, "max_output", 0),
        .body = nd_json_get(row, "body"),
    };
    for (size_t i = 0; i < sizeof quirks / sizeof *quirks; i++) *slot(out, &quirks[i]) = quirks[i].usual;
    apply(out, nd_json_get(terms, "quirks"));
    if (where == ND_ELSEWHERE) apply(out, nd_json_get(terms, "elsewhere"));
    if (where == ND_HERE) apply(out, nd_json_get(terms, "here"));
    apply(out, nd_json_get(row, "quirks"));
}

void nd_traits_describe(const struct nd_traits *traits, struct nd_bytes *out)
{
    struct nd_traits copy = *traits;
    size_t before = out->len;
    for (size_t i = 0; i < sizeof quirks / sizeof *quirks; i++)
        if (*slot(&copy, &quirks[i]) != quirks[i].usual)
            nd_bytes_addf(out, "%s%s", out->len > before ? ", " : "", quirks[i].words);
    if (traits->reasoning_tokens) nd_bytes_addf(out, "%sreasons", out->len > before ? ", " : "");
}
