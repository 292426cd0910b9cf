/*
 * Reads report.html as a browser would, but knows only what nightdesk writes: a closed list of elements and
 * attributes, every attribute in double quotes, five character references, every element closed in order.
 * Anything else is a finding.
 */
#include "output_check.h"

#include "html.h"
#include "words.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/report/report.h"

#include <string.h>

#define FILE_NAME "report.html"
#define DEPTH_MAX 64
#define SHAPE_ATTRIBUTES                                                                                     \
    " x y width height cx cy r d fill stroke stroke-width stroke-opacity font-size text-anchor "

/* attributes between spaces, beside those that every element may have; void: has no end tag */
static const struct element {
    const char *name, *attributes;
    bool empty;
} elements[] = {
    {"html", "", false},
    {"head", "", false},
    {"meta", " charset name content http-equiv ", true},
    {"title", "", false},
    {"style", "", false},
    {"body", "", false},
    {"header", "", false},
    {"main", "", false},
    {"nav", "", false},
    {"section", "", false},
    {"footer", "", false},
    {"article", "", false},
    {"figure", "", false},
    {"figcaption", "", false},
    {"h1", "", false},
    {"h2", "", false},
    {"h3", "", false},
    {"p", "", false},
    {"ul", "", false},
    {"ol", "", false},
    {"li", " value ", false},
    {"dl", "", false},
    {"dt", "", false},
    {"dd", "", false},
    {"div", "", false},
    {"span", "", false},
    {"a", " href rel ", false},
    {"blockquote", "", false},
    {"cite", "", false},
    {"code", "", false},
    {"time", " datetime ", false},
    {"strong", "", false},
    {"mark", "", false},
    {"br", "", true},
    {"table", "", false},
    {"caption", "", false},
    {"thead", "", false},
    {"tbody", "", false},
    {"tr", "", false},
    {"th", " scope ", false},
    {"td", "", false},
    {"sup", "", false},
    {"svg", " viewBox ", false},
    {"g", "", false},
    {"desc", "", false},
    {"path", SHAPE_ATTRIBUTES, true},
    {"rect", SHAPE_ATTRIBUTES, true},
    {"circle", SHAPE_ATTRIBUTES, true},
    {"text", SHAPE_ATTRIBUTES, false},
};
static const char global_attributes[] = " id class lang dir role tabindex aria-label aria-labelledby ";

struct walk {
    const struct nd_json *report;
    struct nd_view html;
    size_t at;
    struct nd_findings *out;
    const struct element *open[DEPTH_MAX];
    size_t depth;
    struct ids ids, targets; /* their names are owned */
    bool policy;             /* the content security policy was seen */
};

static void finding(struct walk *w, const char *what, struct nd_view text)
{
    size_t line = 1;
    for (size_t i = 0; i < w->at && i < w->html.len; i++) line += w->html.data[i] == '\n';
    char *subject = nd_sprintf("line %zu", line);
    nd_findings_add(w->out, FILE_NAME, subject, "found %s '%.*s', wanted only what nightdesk writes", what,
                    (int)nd_utf8_cut(text, 80), text.data);
    nd_free(subject);
}

static const struct element *find_element(struct nd_view name)
{
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        if (nd_view_is(name, elements[i].name)) return &elements[i];
    }
    return NULL;
}

static bool is_listed(const char *list, struct nd_view name)
{
    char *padded = nd_sprintf(" %.*s ", (int)name.len, name.data);
    bool found = name.len < 40 && !memchr(name.data, ' ', name.len) && strstr(list, padded);
    nd_free(padded);
    return found;
}

/* The length of the character reference at `at`, or 0. */
static size_t reference(struct nd_view text, size_t at)
{
    static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    struct nd_view rest = nd_view_sub(text, at, text.len);
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        if (nd_view_starts(rest, references[i])) return strlen(references[i]);
    }
    return 0;
}

static void check_text(struct walk *w, struct nd_view text)
{
    for (size_t at = 0; at < text.len;) {
        size_t here = at;
        uint32_t c = nd_utf8_next(text, &at);
        bool bad =
            nd_is_unsafe(c) || c == '<' || c == '>' || c == '"' || (c == '&' && !reference(text, here));
        if (!bad) continue;
        finding(w, "the character", nd_view_sub(text, here, here + 20));
        return;
    }
}

/* The value as it is after references are resolved; caller frees. */
static char *resolve(struct nd_view value)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    for (size_t at = 0; at < value.len;) {
        size_t len = reference(value, at);
        if (!len) {
            nd_bytes_add_char(&out, value.data[at++]);
            continue;
        }
        static const char characters[] = "a&l<g>q\"#'";
        nd_bytes_add_char(&out, strchr(characters, value.data[at + 1])[1]);
        at += len;
    }
    return nd_bytes_take(&out, NULL);
}

static void check_href(struct walk *w, struct nd_view value)
{
    if (value.len > 1 && value.data[0] == '#') {
        ids_add(&w->targets, nd_view_dup(nd_view_sub(value, 1, value.len)), w->at);
        return;
    }
    char *url = resolve(value);
    if (!is_source_url(w->report, nd_view_of(url))) finding(w, "a link to", value);
    nd_free(url);
}

static void check_meta(struct walk *w, struct nd_view name, struct nd_view value, bool *equiv)
{
    if (nd_view_is(name, "http-equiv")) {
        *equiv = true;
        if (!nd_view_is(value, "Content-Security-Policy")) finding(w, "the http-equiv", value);
    } else if (nd_view_is(name, "content") && *equiv) {
        if (!nd_view_is(value, html_csp)) finding(w, "the policy", value);
        w->policy = true;
    }
}

/* One attribute at w->at inside a tag; false when there is none that can be read. */
static bool walk_attribute(struct walk *w, const struct element *element, bool *equiv)
{
    size_t start = w->at;
    size_t equals = nd_view_find(w->html, ND_VIEW("=\""), start);
    size_t end = equals == SIZE_MAX ? SIZE_MAX : nd_view_find(w->html, ND_VIEW("\""), equals + 2);
    if (end == SIZE_MAX) return false;
    struct nd_view name = nd_view_sub(w->html, start, equals), value = nd_view_sub(w->html, equals + 2, end);
    w->at = end + 1;
    if (!is_listed(global_attributes, name) && !is_listed(element->attributes, name)) {
        finding(w, "the attribute", nd_view_sub(w->html, start, end));
        return name.len < 40;
    }
    check_text(w, value);
    if (nd_view_is(name, "id")) ids_add(&w->ids, nd_view_dup(value), w->at);
    if (nd_view_is(name, "href")) check_href(w, value);
    if (nd_view_is(name, "aria-labelledby")) {
        size_t space = nd_view_find(value, ND_VIEW(" "), 0);
        ids_add(&w->targets, nd_view_dup(nd_view_sub(value, 0, space)), w->at);
        if (space != SIZE_MAX)
            ids_add(&w->targets, nd_view_dup(nd_view_sub(value, space + 1, value.len)), w->at);
    }
    check_meta(w, name, value, equiv);
    return true;
}

/* The style element's text is ours, byte for byte. */
static bool walk_style(struct walk *w)
{
    struct nd_view ours = html_style(), rest = nd_view_sub(w->html, w->at, w->html.len);
    if (!nd_view_starts(rest, "\n") || !nd_view_eq(nd_view_sub(rest, 1, 1 + ours.len), ours)) {
        finding(w, "another style sheet", nd_view_sub(rest, 0, 40));
        return false;
    }
    w->at += 1 + ours.len;
    return true;
}

static bool walk_end_tag(struct walk *w)
{
    size_t end = nd_view_find(w->html, ND_VIEW(">"), w->at);
    struct nd_view name = nd_view_sub(w->html, w->at + 2, end);
    if (end == SIZE_MAX || !w->depth || !nd_view_is(name, w->open[w->depth - 1]->name)) {
        finding(w, "the end tag", nd_view_sub(name, 0, 40));
        return false;
    }
    w->depth--;
    w->at = end + 1;
    return true;
}

static bool walk_start_tag(struct walk *w)
{
    size_t start = w->at + 1, end = start;
    bool equiv = false;
    while (end < w->html.len && memchr("abcdefghijklmnopqrstuvwxyz0123456789", w->html.data[end], 36)) end++;
    const struct element *element = find_element(nd_view_sub(w->html, start, end));
    if (!element || w->depth >= DEPTH_MAX) {
        finding(w, "the element", nd_view_sub(w->html, w->at, w->at + 40));
        return false;
    }
    w->at = end;
    while (w->at < w->html.len && w->html.data[w->at] == ' ') {
        w->at++;
        if (!walk_attribute(w, element, &equiv)) return false;
    }
    if (element->empty && w->at < w->html.len && w->html.data[w->at] == '/') w->at++;
    if (w->at >= w->html.len || w->html.data[w->at] != '>') {
        finding(w, "the tag", nd_view_sub(w->html, start, w->at + 20));
        return false;
    }
    w->at++;
    if (!element->empty) w->open[w->depth++] = element;
    return strcmp(element->name, "style") != 0 || walk_style(w);
}

static bool walk_next(struct walk *w)
{
    size_t tag = nd_view_find(w->html, ND_VIEW("<"), w->at);
    if (tag == SIZE_MAX) tag = w->html.len;
    check_text(w, nd_view_sub(w->html, w->at, tag));
    w->at = tag;
    if (tag == w->html.len) return false;
    bool end_tag = tag + 1 < w->html.len && w->html.data[tag + 1] == '/';
    return end_tag ? walk_end_tag(w) : walk_start_tag(w);
}

static void check_targets(struct walk *w)
{
    const char *twice = ids_sort(&w->ids);
    w->at = 0;
    if (twice) finding(w, "twice the id", nd_view_of(twice));
    for (size_t i = 0; i < w->targets.n; i++) {
        w->at = w->targets.v[i].at;
        if (ids_find(&w->ids, w->targets.v[i].name) == NONE)
            finding(w, "a link to the missing id", nd_view_of(w->targets.v[i].name));
    }
}

static void release_names(struct ids *ids)
{
    for (size_t i = 0; i < ids->n; i++) {
        union {
            const char *borrowed;
            char *owned;
        } name = {ids->v[i].name};
        nd_free(name.owned);
    }
    ids_release(ids);
}

void check_html(const struct nd_json *report, struct nd_view html, struct nd_findings *out)
{
    struct walk w = {.report = report, .html = html, .out = out};
    if (!nd_view_starts(html, "<!DOCTYPE html>\n")) finding(&w, "the start", nd_view_sub(html, 0, 40));
    w.at = strlen("<!DOCTYPE html>\n");
    while (walk_next(&w)) continue;
    if (w.at >= html.len && w.depth) finding(&w, "no end of", nd_view_of(w.open[w.depth - 1]->name));
    if (w.at >= html.len) check_targets(&w);
    if (!w.policy) finding(&w, "no", ND_VIEW("content security policy"));
    release_names(&w.ids);
    release_names(&w.targets);
}
