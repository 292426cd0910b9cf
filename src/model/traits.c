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
    QUIRK("json_object", json_object, false, "schemas by json_object"),
    QUIRK("temperature", temperature, false, "temperature 0"),
    QUIRK("stream", streams, true, "no streaming"),
    QUIRK("cache_points", cache_points, false, "cache points"),
    QUIRK("count", counts, false, "counts tokens"),
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

static bool adjust(struct nd_traits *traits, struct nd_view word)
{
    bool off = nd_view_starts(word, "no-");
    if (off) word = nd_view_sub(word, 3, word.len);
    for (size_t i = 0; i < sizeof quirks / sizeof *quirks; i++) {
        if (!nd_view_is(word, quirks[i].name)) continue;
        *slot(traits, &quirks[i]) = !off;
        return true;
    }
    return false;
}

enum nd_rc nd_traits_adjust(struct nd_traits *traits, const char *words, struct nd_error *err)
{
    struct nd_view rest = nd_view_of(words);
    while (rest.len) {
        size_t comma = nd_view_find(rest, ND_VIEW(","), 0);
        struct nd_view word = nd_view_trim(nd_view_sub(rest, 0, comma));
        if (word.len && !adjust(traits, word)) {
            struct nd_bytes names = ND_BYTES(512);
            for (size_t i = 0; i < sizeof quirks / sizeof *quirks; i++)
                nd_bytes_addf(&names, "%s%s", i ? ", " : "", quirks[i].name);
            (void)nd_fail(err, ND_BAD_INPUT, "trait '%.*s' is none of %s, nor one of them after 'no-'",
                          (int)(word.len < 40 ? word.len : 40), word.data, nd_bytes_view(&names).data);
            nd_bytes_release(&names);
            return ND_BAD_INPUT;
        }
        rest = comma == SIZE_MAX ? (struct nd_view){"", 0} : nd_view_sub(rest, comma + 1, rest.len);
    }
    return ND_OK;
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
