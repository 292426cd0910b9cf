#include "request_fields.h"
#include "nightdesk/core/kb.h"
#include <stddef.h>
#include <string.h>

enum { TITLE_MAX = 400, TEXT_MAX = 4000, STYLE_MAX = 20000, ITEMS_MAX = 200, ROOTS_MAX = 1000 };

#define BUDGET_MAX_MICROUSD INT64_C(1000000000000) /* a million dollars */
#define CALLS_MAX 100000
#define CONTEXT_MAX 100000000
#define WALL_MAX_SECONDS (366 * 86400)

static const char *const length_words[] = {"short", "standard", "long", NULL};
static const char *const gate_words[] = {"plan", "outline", "final", NULL};
static const char *const output_words[] = {"html", "markdown", "json", "bibtex", NULL};
static const char *const safety_words[] = {"flag", "mask", "block", NULL};
static const char *const citation_words[] = {"numeric", "author-date", NULL};

static bool alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* the shape of BCP 47: a language of 2-8 letters, then parts of 1-8 letters or digits */
static const char *check_language(const char *text)
{
    static const char wanted[] = "a language tag like 'en' or 'de-AT'";
    size_t part = 0, part_len = 0;
    for (const char *c = text;; c++) {
        if (*c == '-' || *c == '\0') {
            if (part_len < (part == 0 ? 2 : 1) || part_len > 8) return wanted;
            if (*c == '\0') return NULL;
            part++;
            part_len = 0;
        } else if (alphanumeric(*c) && (part > 0 || *c > '9')) {
            part_len++;
        } else {
            return wanted;
        }
    }
}

static const char *check_writer(const char *text)
{
    const char *colon = strchr(text, ':');
    bool model = colon && colon != text && colon[1] != '\0';
    return model || strcmp(text, "extractive") == 0 ? NULL : "'extractive' or 'PROVIDER:MODEL'";
}

static const char *check_model(const char *text)
{
    return strchr(text, ':') && !check_writer(text) ? NULL : "'PROVIDER:MODEL'";
}

/* An id of lower-case letters and digits, or an ARN that ends in one. */
static bool is_guardrail_id(struct nd_view id)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    bool arn = nd_view_starts(id, "arn:aws");
    size_t slash = arn ? nd_view_find(id, ND_VIEW(":guardrail/"), 0) : SIZE_MAX;
    if (arn && slash == SIZE_MAX) return false;
    for (size_t i = 0; arn && i < slash; i++)
        if (!strchr(plain, id.data[i]) && id.data[i] != ':' && id.data[i] != '-') return false;
    struct nd_view name = arn ? nd_view_sub(id, slash + strlen(":guardrail/"), id.len) : id;
    for (size_t i = 0; i < name.len; i++)
        if (!strchr(plain, name.data[i])) return false;
    return name.len > 0;
}

static const char *check_guardrail(const char *text)
{
    const char *colon = strrchr(text, ':');
    struct nd_view version = nd_view_of(colon ? colon + 1 : "");
    int64_t n = 0;
    bool numbered = version.len > 0 && version.len <= 8 && version.data[0] != '0' && version.data[0] != '-' &&
                    nd_view_int(version, &n);
    bool fine = colon && (numbered || nd_view_is(version, "DRAFT")) &&
                is_guardrail_id((struct nd_view){text, (size_t)(colon - text)});
    return fine ? NULL : "'ID:VERSION' with a guardrail's id or ARN and its version's number or DRAFT";
}

static const char *check_url(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;
    bool host = scheme > 0 && text[scheme] != '\0' && text[scheme] != '/';
    return host && strpbrk(text, " \t\r\n\"<>") == NULL ? NULL : "an http:// or https:// address";
}

/* Names are looked up where the request is made; an address says itself where to ask. */
static const char *check_kb(const char *text)
{
    struct nd_kb_address address;
    return !nd_kb_is_address(text) || nd_kb_split(&address, text)
               ? NULL
               : "a name, or an address like bedrock:eu-west-1:ABCDE12345";
}

#define AT(member) .at = offsetof(struct nd_request, member)

static const struct field documents[] = {
    {"roots", FIELD_TEXTS, AT(roots), .max = ROOTS_MAX},
    {"listing", FIELD_OBJECT, AT(listing)},
    {"include", FIELD_TEXTS, AT(include), .max = ITEMS_MAX},
    {"exclude", FIELD_TEXTS, AT(exclude), .max = ITEMS_MAX},
    {"local", FIELD_TEXTS, AT(local), .max = ITEMS_MAX},
    {"confidential", FIELD_TEXTS, AT(confidential), .max = ITEMS_MAX},
    {0},
};

static const struct field web[] = {
    {"search", FIELD_TEXT, AT(search), .max = TITLE_MAX},
    {"urls", FIELD_TEXTS, AT(urls), .max = ROOTS_MAX, .check = check_url},
    {0},
};

static const struct field limits[] = {
    {"budget_usd", FIELD_MONEY, AT(limits.budget_microusd), .max = BUDGET_MAX_MICROUSD},
    {"tool_calls_per_lane", FIELD_INT, AT(limits.tool_calls_per_lane), .max = CALLS_MAX},
    {"tool_calls_per_run", FIELD_INT, AT(limits.tool_calls_per_run), .max = CALLS_MAX},
    {"steps_per_lane", FIELD_INT, AT(limits.steps_per_lane), .min = 1, .max = 1000},
    {"wall_seconds", FIELD_INT, AT(limits.wall_seconds), .max = WALL_MAX_SECONDS},
    {"max_failed_inputs_percent", FIELD_INT, AT(limits.max_failed_inputs_percent), .max = 100},
    {0},
};

const struct field nd_request_fields[] = {
    {"schema", FIELD_SCHEMA, .at = 0},
    {"topic", FIELD_TEXT, AT(topic), .min = 1, .max = TEXT_MAX},
    {"questions", FIELD_TEXTS, AT(questions), .max = ITEMS_MAX},
    {"outline", FIELD_OUTLINE, AT(outline), .max = 100},
    {"sub_topics", FIELD_INT, AT(sub_topics), .min = 1, .max = 40},
    {"audience", FIELD_TEXT, AT(audience), .max = TEXT_MAX},
    {"tone", FIELD_TEXT, AT(tone), .max = TEXT_MAX},
    {"house_style", FIELD_TEXT, AT(house_style), .max = STYLE_MAX},
    {"citation_style", FIELD_TEXT, AT(citation_style), .max = TITLE_MAX, .words = citation_words},
    {"language", FIELD_TEXT, AT(language), .min = 1, .max = 64, .check = check_language},
    {"length", FIELD_LENGTH, AT(length), .words = length_words},
    {"must_cover", FIELD_TEXTS, AT(must_cover), .max = ITEMS_MAX},
    {"forbidden_terms", FIELD_TEXTS, AT(forbidden_terms), .max = ITEMS_MAX},
    {"outputs", FIELD_TEXTS, AT(outputs), .max = ITEMS_MAX, .words = output_words},
    {"documents", FIELD_GROUP, .members = documents},
    {"web", FIELD_GROUP, .members = web},
    {"kbs", FIELD_TEXTS, AT(kbs), .max = ITEMS_MAX, .check = check_kb},
    {"since", FIELD_OBJECT, AT(since)},
    {"writer", FIELD_TEXT, AT(writer), .min = 1, .max = TITLE_MAX, .check = check_writer},
    {"read_model", FIELD_TEXT, AT(read_model), .max = TITLE_MAX, .check = check_model, .late = true},
    {"fallback_model", FIELD_TEXT, AT(fallback_model), .max = TITLE_MAX, .check = check_model, .late = true},
    {"guardrail", FIELD_TEXT, AT(guardrail), .max = TITLE_MAX, .check = check_guardrail, .late = true},
    {"context_tokens", FIELD_INT, AT(context_tokens), .max = CONTEXT_MAX, .late = true},
    {"limits", FIELD_GROUP, .members = limits},
    {"approve", FIELD_GATES, AT(gates), .words = gate_words},
    {"ask", FIELD_FLAG, AT(ask)},
    {"safety", FIELD_TEXT, AT(safety), .min = 1, .max = 64, .words = safety_words},
    {0},
};

#undef AT
#define AT(member) .at = offsetof(struct nd_outline_item, member)

const struct field nd_outline_fields[] = {
    {"title", FIELD_TEXT, AT(title), .min = 1, .max = TITLE_MAX},
    {"question", FIELD_TEXT, AT(question), .max = TEXT_MAX},
    {"pin", FIELD_TEXTS, AT(pin), .max = ITEMS_MAX},
    {0},
};
