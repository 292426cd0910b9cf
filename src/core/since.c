/* What a request says of an earlier report. */
#include "nightdesk/base/hash.h"
#include "nightdesk/base/host.h"
#include "nightdesk/core/request.h"
#include <string.h>

enum { MARK_BYTES = 17, STATEMENTS_MAX = 5000, PATH_MAX_BYTES = 4096, TITLE_MAX_BYTES = 1000 };

void nd_statement_mark(const char *text, char mark[MARK_BYTES])
{
    char hex[ND_SHA256_HEX];
    nd_sha256_hex(nd_view_of(text), hex);
    memcpy(mark, hex, MARK_BYTES - 1);
    mark[MARK_BYTES - 1] = '\0';
}

/* ---- made from a report ---- */

static void add_statements(struct nd_json *marks, const struct nd_json *claims)
{
    ND_JSON_EACH(claim, claims)
    {
        const char *text = nd_json_get_str(claim, "text");
        char mark[MARK_BYTES];
        if (!text || nd_json_len(marks) == STATEMENTS_MAX) continue;
        nd_statement_mark(text, mark);
        nd_json_add_str(marks, mark);
    }
}

static void add_source(struct nd_json *sources, const struct nd_json *source)
{
    const char *path = nd_json_get_str(source, "path"), *url = nd_json_get_str(source, "url");
    const char *sha256 = nd_json_get_str(source, "sha256"), *title = nd_json_get_str(source, "title");
    if ((!path && !url) || !sha256 || !*sha256 || nd_json_len(sources) == ND_INPUTS_MAX) return;
    struct nd_json *json = nd_json_add(sources, nd_json_object());
    nd_json_set_str(json, url ? "url" : "path", url ? url : path);
    nd_json_set_str(json, "sha256", sha256);
    nd_json_set_str(json, "title", title ? title : "");
    nd_json_set_bool(json, "used", nd_json_get_bool(source, "used", false));
}

struct nd_json *nd_since_of(const struct nd_json *report)
{
    struct nd_json *since = nd_json_object(), *sources = nd_json_array(), *marks = nd_json_array();
    nd_json_set_str(since, "run_id", nd_json_get_str(report, "run_id"));
    nd_json_set_str(since, "started_at", nd_json_get_str(report, "started_at"));
    ND_JSON_EACH(source, nd_json_get(report, "sources")) add_source(sources, source);
    ND_JSON_EACH(section, nd_json_get(report, "sections"))
    add_statements(marks, nd_json_get(section, "claims"));
    nd_json_set(since, "sources", sources);
    nd_json_set(since, "statements", marks);
    return since;
}

/* ---- checked ---- */

static enum nd_rc wrong(const char *place, const char *wanted, struct nd_error *err)
{
    return nd_fail(err, ND_BAD_INPUT, "'since.%s' is missing or wrong, wanted %s", place, wanted);
}

static bool is_hex(const char *text, size_t digits)
{
    return text && strlen(text) == digits && nd_is_hex(text, digits);
}

static bool is_text(const char *text, size_t max)
{
    return text && strlen(text) <= max;
}

static enum nd_rc check_source(const struct nd_json *source, struct nd_error *err)
{
    const char *path = nd_json_get_str(source, "path"), *url = nd_json_get_str(source, "url");
    bool one = (path != NULL) != (url != NULL);
    if (nd_json_kind(source) != ND_JSON_OBJECT || !one || !is_text(path ? path : url, PATH_MAX_BYTES))
        return wrong("sources", "objects with a 'path' or a 'url'", err);
    if (!is_hex(nd_json_get_str(source, "sha256"), ND_SHA256_HEX - 1))
        return wrong("sources", "a sha256 of each", err);
    if (!is_text(nd_json_get_str(source, "title"), TITLE_MAX_BYTES))
        return wrong("sources", "a title of each, of at most 1,000 bytes", err);
    return ND_OK;
}

enum nd_rc nd_since_check(const struct nd_json *since, struct nd_error *err)
{
    const struct nd_json *sources = nd_json_get(since, "sources"), *marks = nd_json_get(since, "statements");
    if (!nd_run_id_valid(nd_json_get_str(since, "run_id"))) return wrong("run_id", "a run's id", err);
    if (!is_text(nd_json_get_str(since, "started_at"), ND_TIME_BYTES - 1))
        return wrong("started_at", "a time", err);
    if (nd_json_kind(sources) != ND_JSON_ARRAY || nd_json_len(sources) > ND_INPUTS_MAX)
        return wrong("sources", "an array of at most 10,000", err);
    if (nd_json_kind(marks) != ND_JSON_ARRAY || nd_json_len(marks) > STATEMENTS_MAX)
        return wrong("statements", "an array of at most 5,000", err);
    enum nd_rc rc = ND_OK;
    for (const struct nd_json *s = nd_json_first(sources); s && rc == ND_OK; s = nd_json_next(s))
        rc = check_source(s, err);
    for (const struct nd_json *m = nd_json_first(marks); m && rc == ND_OK; m = nd_json_next(m)) {
        if (!is_hex(nd_json_str(m), MARK_BYTES - 1)) rc = wrong("statements", "marks of 16 hex digits", err);
    }
    return rc;
}
