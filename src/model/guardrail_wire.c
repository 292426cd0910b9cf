#include "guardrail_wire.h"
#include "nightdesk/base/text.h"

#include <string.h>

#define UNIT_CHARS 1000

/* ---- the request ---- */

static void add_block(struct nd_json *content, struct nd_view text, const char *qualifier)
{
    struct nd_json *block = nd_json_set(nd_json_add(content, nd_json_object()), "text", nd_json_object());
    nd_json_set_view(block, "text", text);
    nd_json_add_str(nd_json_set(block, "qualifiers", nd_json_array()), qualifier);
}

void guardrail_body(const struct nd_json *args, struct nd_bytes *out)
{
    struct nd_json *body = nd_json_object();
    nd_json_set_str(body, "source", "OUTPUT");
    nd_json_set_str(body, "outputScope", "FULL"); /* scores also where nothing is blocked */
    struct nd_json *content = nd_json_set(body, "content", nd_json_array());
    ND_JSON_EACH(text, nd_json_get(args, "sources"))
    add_block(content, nd_json_view(text), "grounding_source");
    add_block(content, nd_json_view(nd_json_get(args, "query")), "query");
    add_block(content, nd_json_view(nd_json_get(args, "text")), "guard_content");
    nd_json_print(body, out);
    nd_json_free(body);
}

static size_t chars(const struct nd_json *text)
{
    struct nd_view v = nd_json_view(text);
    size_t n = 0;
    for (size_t at = 0; at < v.len; n++) (void)nd_utf8_next(v, &at);
    return n;
}

static bool is_within(const struct nd_json *text, size_t most)
{
    size_t n = chars(text);
    return n > 0 && n <= most;
}

bool guardrail_fits(const struct nd_json *args)
{
    size_t sources = 0;
    ND_JSON_EACH(text, nd_json_get(args, "sources"))
    {
        if (!is_within(text, ND_GUARD_SOURCES_MAX_CHARS)) return false;
        sources += chars(text);
    }
    return sources > 0 && sources <= ND_GUARD_SOURCES_MAX_CHARS &&
           is_within(nd_json_get(args, "query"), ND_GUARD_QUERY_MAX_CHARS) &&
           is_within(nd_json_get(args, "text"), ND_GUARD_TEXT_MAX_CHARS);
}

/* Bytes are at least as many as characters, whatever the service takes for one. */
static int64_t units(const struct nd_json *text)
{
    return (int64_t)(nd_json_view(text).len / UNIT_CHARS) + 1;
}

int64_t guardrail_units(const struct nd_json *args)
{
    int64_t n = units(nd_json_get(args, "query")) + units(nd_json_get(args, "text"));
    ND_JSON_EACH(text, nd_json_get(args, "sources")) n += units(text);
    return n;
}

/* ---- the answer ---- */

static bool is_share(double value)
{
    return value >= 0 && value <= 1;
}

/* {"type", "score", "threshold", "action"}; of several with one type the worst stands. */
static bool read_filter(const struct nd_json *filter, struct nd_json *seen)
{
    const char *type = nd_json_get_str(filter, "type"), *action = nd_json_get_str(filter, "action");
    double score = nd_json_get_num(filter, "score", -1), threshold = nd_json_get_num(filter, "threshold", -1);
    if (!type || !action || !is_share(score) || !is_share(threshold)) return false;
    bool grounding = strcmp(type, "GROUNDING") == 0;
    if (!grounding && strcmp(type, "RELEVANCE") != 0) return true;
    const char *member = grounding ? "grounding" : "relevance";
    const struct nd_json *there = nd_json_get(seen, member);
    bool blocked = strcmp(action, "BLOCKED") == 0;
    bool worse = blocked && !nd_json_get_bool(there, "blocked", false);
    if (there && !worse && score >= nd_json_get_num(there, "score", 0)) return true;
    struct nd_json *row = nd_json_set(seen, member, nd_json_object());
    nd_json_set_num(row, "score", score);
    nd_json_set_num(row, "threshold", threshold);
    nd_json_set_bool(row, "blocked", blocked);
    return true;
}

static bool read_filters(const struct nd_json *whole, struct nd_json *seen)
{
    ND_JSON_EACH(assessment, nd_json_get(whole, "assessments"))
    {
        const struct nd_json *policy = nd_json_get(assessment, "contextualGroundingPolicy");
        ND_JSON_EACH(filter, nd_json_get(policy, "filters"))
        if (!read_filter(filter, seen)) return false;
    }
    return true;
}

static bool is_blocked(const struct nd_json *seen, const char *member)
{
    return nd_json_get_bool(nd_json_get(seen, member), "blocked", false);
}

/* Units of each policy, as counted; the grounding's must be told, or nobody knows what the call cost. */
static bool read_usage(const struct nd_json *whole, struct nd_json *seen)
{
    const struct nd_json *usage = nd_json_get(whole, "usage");
    if (nd_json_get_int(usage, "contextualGroundingPolicyUnits", -1) < 0) return false;
    struct nd_json *counted = nd_json_object();
    ND_JSON_EACH(member, usage)
    {
        int64_t n = nd_json_int(member, -1);
        if (n > 0) nd_json_set_int(counted, nd_json_name(member), n);
    }
    nd_json_set(seen, "usage", counted);
    return true;
}

static bool read_whole(const struct nd_json *whole, struct nd_json *seen)
{
    const char *action = nd_json_get_str(whole, "action");
    bool intervened = action && strcmp(action, "GUARDRAIL_INTERVENED") == 0;
    if (!intervened && (!action || strcmp(action, "NONE") != 0)) return false;
    nd_json_set_bool(seen, "blocked", intervened);
    if (!read_filters(whole, seen) || !read_usage(whole, seen)) return false;
    if (intervened && !is_blocked(seen, "grounding") && !is_blocked(seen, "relevance"))
        nd_json_set_bool(seen, "other", true);
    return true;
}

bool guardrail_read(struct nd_view body, struct nd_json **observation)
{
    struct nd_json *whole = NULL, *seen = nd_json_object();
    bool read = nd_json_parse(&whole, body, NULL) == ND_OK && read_whole(whole, seen);
    nd_json_free(whole);
    if (read)
        *observation = seen;
    else
        nd_json_free(seen);
    return read;
}
