#include "safety_run.h"

#include "masks.h"
#include "statements.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/secret.h"
#include "nightdesk/core/say.h"

#include <string.h>

enum nd_safety nd_safety_of(const char *word)
{
    if (word && strcmp(word, "mask") == 0) return ND_SAFETY_MASK;
    return word && strcmp(word, "block") == 0 ? ND_SAFETY_BLOCK : ND_SAFETY_FLAG;
}

bool safety_masks(const struct safety *s, enum nd_hazard kind)
{
    return kind == ND_HAZARD_SECRET || s->rules->mode != ND_SAFETY_FLAG;
}

void safety_tell(struct safety *s, const char *place, enum nd_hazard kind, bool masked)
{
    for (size_t i = s->count_n; i > 0; i--) { /* a place's kinds lie together, the last place's at the end */
        struct safety_count *c = &s->count[i - 1];
        if (strcmp(c->place, place) != 0) break;
        if (c->kind != kind || c->masked != masked) continue;
        c->n++;
        return;
    }
    ND_GROW(s->count, s->count_n, s->count_cap);
    s->count[s->count_n++] = (struct safety_count){nd_strdup(place), kind, 1, masked};
}

void nd_safety_hide(struct nd_view text, struct nd_bytes *out)
{
    char *copy = nd_view_dup(text);
    size_t start, end;
    for (size_t at = 0; nd_secret_next(text, at, &start, &end); at = end) mask_fill(copy, start, end);
    nd_bytes_add(out, copy, text.len);
    nd_free(copy);
}

/* ---- texts that are no quotes ---- */

/* The text with its masks; what is in it is told. only_secrets: an address that must stay usable. */
static char *text_of(struct safety *s, const char *place, struct nd_view text, bool only_secrets)
{
    struct nd_hazard_list found = {0};
    char *copy = nd_view_dup(text);
    nd_hazards_find(text, s->rules->forbidden, &found);
    for (size_t i = 0; i < found.n; i++) {
        bool masked =
            safety_masks(s, found.v[i].kind) && (!only_secrets || found.v[i].kind == ND_HAZARD_SECRET);
        safety_tell(s, place, found.v[i].kind, masked);
        if (masked) mask_fill(copy, found.v[i].start, found.v[i].end);
    }
    nd_hazards_release(&found);
    return copy;
}

static bool is_among(const char *word, const char *const *words)
{
    for (; word && *words; words++)
        if (strcmp(word, *words) == 0) return true;
    return false;
}

/* ---- quotes, cells, values ---- */

static const struct doc_quote *quote_named(const struct safety *s, const struct nd_json *object,
                                           const char *member)
{
    const char *id = nd_json_get_str(object, member);
    size_t at = id ? ids_find(&s->doc->quote_ids, id) : NONE;
    return at == NONE ? NULL : &s->doc->quotes[at];
}

static struct nd_view bytes_of(const struct doc_quote *q)
{
    return nd_view_sub(q->page_text, (size_t)q->q.start, (size_t)q->q.end);
}

/* Does its place hold other bytes than it says, now that the page is masked? */
static bool is_masked(const struct doc_quote *q)
{
    return q && !nd_view_eq(bytes_of(q), q->q.text);
}

static struct nd_json *quote(struct safety *s, const struct nd_json *item)
{
    const struct doc_quote *q = quote_named(s, item, "id");
    struct nd_json *json = nd_json_copy(item);
    char *title = text_of(s, q ? q->q.id : "quotes", nd_json_view(nd_json_get(item, "section_title")), false);
    bool hide = q && safety_masks(s, ND_HAZARD_CONFIDENTIAL) && safety_is_confidential(s, q);
    if (nd_json_get_str(item, "section_title")) nd_json_set_str(json, "section_title", hide ? "" : title);
    nd_free(title);
    if (!q || !is_masked(q)) return json;
    struct nd_bytes shown = ND_BYTES(QUOTE_MAX_BYTES);
    mask_display(bytes_of(q), &shown);
    nd_json_set_view(json, "text", bytes_of(q));
    nd_json_set_view(json, "display", nd_bytes_view(&shown));
    nd_bytes_release(&shown);
    return json;
}

static struct nd_json *value(struct safety *s, const char *place, const struct nd_json *item)
{
    const struct doc_quote *q = quote_named(s, item, "quote");
    struct nd_json *json = nd_json_copy(item);
    if (q) (void)safety_of_quote(s, q, place);
    if (!is_masked(q)) return json;
    nd_json_set_str(json, "value", "*");
    nd_json_set_str(json, "unit", "");
    return json;
}

/* The cells of an exhibit, row by row: one over a masked quote, and what is computed from it, is left empty.
 */
static struct nd_json *rows(struct safety *s, const struct doc_exhibit *x, const struct nd_json *from,
                            bool *emptied)
{
    struct nd_json *list = nd_json_array();
    bool *empty = ND_ARRAY(bool, x->rows * x->column_count + 1);
    size_t place = 0;
    ND_JSON_EACH(row, from)
    {
        struct nd_json *cells = nd_json_add(list, nd_json_array());
        ND_JSON_EACH(item, row)
        {
            const struct doc_cell *c = &x->cells[place];
            const struct doc_quote *q = c->quote == NONE ? NULL : &s->doc->quotes[c->quote];
            struct nd_json *cell = nd_json_copy(item);
            if (q) (void)safety_of_quote(s, q, x->id);
            empty[place] = is_masked(q);
            for (size_t i = 0; i < c->args.n; i++) empty[place] = empty[place] || empty[c->args.v[i]];
            if (empty[place]) {
                static const char *const gone[] = {"value", "unit", "formula"};
                nd_json_set_str(cell, "text", "");
                for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) nd_json_remove(cell, gone[i]);
                *emptied = true;
            }
            nd_json_add(cells, cell);
            place++;
        }
    }
    nd_free(empty);
    return list;
}

/* ---- the tree ---- */

static struct nd_json *walk(struct safety *s, const char *place, const struct nd_json *node);

/* Ids, hashes, words of closed lists, and what has a pass of its own. */
static bool is_left(const char *member)
{
    static const char *const left[] = {"schema",     "run_id",     "started_at", "outcome", "language",
                                       "lang",       "kind",       "status",     "sha256",  "verdict",
                                       "confidence", "section",    "id",         "chart",   "text_sha256",
                                       "extractor",  "page_label", "writers",    "checks",  "summary",
                                       "claims",     "masks",      "formula",    "quote",   NULL};
    return is_among(member, left);
}

static struct nd_json *exhibit(struct safety *s, const struct nd_json *item)
{
    const char *id = nd_json_get_str(item, "id");
    size_t at = id ? ids_find(&s->doc->exhibit_ids, id) : NONE;
    if (at == NONE) return nd_json_copy(item);
    bool emptied = false;
    struct nd_json *json = nd_json_copy(item);
    static const char *const walked[] = {"title", "note", "columns"};
    for (size_t i = 0; i < sizeof walked / sizeof *walked; i++)
        if (nd_json_get(item, walked[i]))
            nd_json_set(json, walked[i], walk(s, id, nd_json_get(item, walked[i])));
    nd_json_set(json, "rows", rows(s, &s->doc->exhibits[at], nd_json_get(item, "rows"), &emptied));
    if (!emptied) return json;
    nd_json_set_str(json, "kind", "table");
    nd_json_remove(json, "chart");
    return json;
}

static struct nd_json *object(struct safety *s, const char *place, const struct nd_json *node)
{
    struct nd_json *json = nd_json_object();
    const char *id = nd_json_get_str(node, "id");
    int64_t number = nd_json_get_int(node, "id", 0);
    char *named = id       ? nd_strdup(id)
                  : number ? nd_sprintf("source %lld", (long long)number)
                           : nd_strdup(place);
    ND_JSON_EACH(child, node)
    {
        static const char *const addresses[] = {"path", "also", "url", NULL};
        const char *member = nd_json_name(child);
        struct nd_json *made = NULL;
        if (is_left(member)) {
            made = nd_json_copy(child);
        } else if (is_among(member, addresses) && nd_json_str(child)) {
            char *text = text_of(s, named, nd_json_view(child), true);
            made = nd_json_string(text);
            nd_free(text);
        } else {
            made = walk(s, *named ? named : member, child);
        }
        nd_json_set(json, member, made);
    }
    nd_free(named);
    return json;
}

static struct nd_json *element(struct safety *s, const char *place, const struct nd_json *item)
{
    if (nd_json_get(item, "display")) return quote(s, item);
    if (nd_json_get(item, "rows")) return exhibit(s, item);
    if (nd_json_get(item, "value") && nd_json_get(item, "quote")) return value(s, place, item);
    return walk(s, place, item);
}

static struct nd_json *walk(struct safety *s, const char *place, const struct nd_json *node)
{
    if (nd_json_kind(node) == ND_JSON_OBJECT) return object(s, place, node);
    if (nd_json_kind(node) == ND_JSON_STRING) {
        char *text = text_of(s, place, nd_json_view(node), false);
        struct nd_json *json = nd_json_string(text);
        nd_free(text);
        return json;
    }
    if (nd_json_kind(node) != ND_JSON_ARRAY) return nd_json_copy(node);
    struct nd_json *json = nd_json_array();
    ND_JSON_EACH(item, node) nd_json_add(json, element(s, place, item));
    return json;
}

/* ---- claims: when everything they rest on is masked ---- */

static char *joined(const struct safety *s, const struct doc_claim *c)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    for (size_t i = 0; i < c->quotes.n; i++) {
        if (i) nd_bytes_add_char(&out, ' ');
        nd_bytes_add_view(&out, s->doc->quotes[c->quotes.v[i]].q.display);
    }
    return nd_bytes_take(&out, NULL);
}

/* What a claim that is no quote says; whole under a mask when it tells what may not be told. */
static char *written(struct safety *s, size_t at)
{
    const struct doc_claim *c = &s->doc->claims[at];
    char *text = text_of(s, c->id, nd_view_of(c->text), false);
    bool hide = false;
    for (size_t i = 0; i < c->quotes.n; i++)
        hide = hide || safety_is_confidential(s, &s->doc->quotes[c->quotes.v[i]]);
    hide = hide && safety_masks(s, ND_HAZARD_CONFIDENTIAL);
    char *problem = c->verdict == CAVEAT ? NULL : statement_problem(s->doc, at, text);
    if (hide || (problem && nd_json_len(s->masks))) mask_fill(text, 0, strlen(text));
    nd_free(problem);
    return text;
}

static struct nd_json *claims(struct safety *s, const struct nd_json *from)
{
    struct nd_json *list = nd_json_array();
    ND_JSON_EACH(item, from)
    {
        size_t at = ids_find(&s->doc->claim_ids, nd_json_get_str(item, "id"));
        const struct doc_claim *c = &s->doc->claims[at];
        for (size_t i = 0; i < c->quotes.n; i++)
            (void)safety_of_quote(s, &s->doc->quotes[c->quotes.v[i]], c->id);
        char *text = c->verdict == QUOTED ? joined(s, c) : written(s, at);
        nd_json_set_str(nd_json_add(list, nd_json_copy(item)), "text", text);
        nd_free(text);
    }
    return list;
}

static struct nd_json *with_claims(struct safety *s, const struct nd_json *report)
{
    struct nd_json *json = nd_json_copy(report), *sections = nd_json_array();
    nd_json_set(json, "summary", claims(s, nd_json_get(report, "summary")));
    ND_JSON_EACH(section, nd_json_get(report, "sections"))
    nd_json_set(nd_json_add(sections, nd_json_copy(section)), "claims",
                claims(s, nd_json_get(section, "claims")));
    nd_json_set(json, "sections", sections);
    return json;
}

/* ---- what was found ---- */

static void add_findings(const struct safety *s, struct nd_json *report)
{
    struct nd_json *checks = nd_json_copy(nd_json_get(report, "checks"));
    struct nd_json *findings = nd_json_copy(nd_json_get(checks, "findings"));
    for (size_t i = 0; i < s->count_n && nd_json_len(findings) < LIST_MAX; i++) {
        const struct safety_count *c = &s->count[i];
        struct nd_json *finding = nd_json_add(findings, nd_json_object());
        const char *language = s->doc->language, *name = nd_say(language, nd_hazard_name(c->kind, c->n > 1));
        char *what =
            c->n == 1 ? nd_sayf(language, "holds %s", name) : nd_sayf(language, "holds %zu %s", c->n, name);
        nd_json_set_str(finding, "kind", nd_hazard_word(c->kind));
        nd_json_set_str(finding, "claim", c->place);
        nd_json_set_str(finding, "what", what);
        nd_json_set_str(finding, "done", c->masked ? "masked" : "flagged");
        nd_free(what);
    }
    nd_json_set(checks, "findings", findings);
    nd_json_set(report, "checks", checks);
}

/* Hazards on cited pages outside of what the report prints block nothing: they are masked. */
static enum nd_rc check_block(const struct safety *s, struct nd_error *err)
{
    const struct safety_count *first = NULL;
    size_t places = 0;
    for (size_t i = 0; i < s->count_n; i++) {
        if (strcmp(s->count[i].place, SAFETY_PAGES) == 0) continue;
        places++;
        if (!first) first = &s->count[i];
    }
    if (s->rules->mode != ND_SAFETY_BLOCK || !first) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "safety_block: %s holds %s (findings: %zu); nothing is printed",
                   first->place, nd_hazard_name(first->kind, first->n > 1), places);
}

/* ---- the pass ---- */

static enum nd_rc open_doc(struct safety *s, const struct nd_json *report, struct nd_error *err)
{
    doc_free(s->doc);
    s->doc = NULL;
    enum nd_rc rc = doc_open(&s->doc, report, err);
    return rc == ND_OK ? doc_pages(s->doc, s->pages, err) : rc;
}

static enum nd_rc run(struct safety *s, struct nd_json **report, struct nd_error *err)
{
    enum nd_rc rc = open_doc(s, *report, err);
    if (rc != ND_OK) return rc;
    safety_search_pages(s);
    safety_mask_pages(s);
    struct nd_json *parts = walk(s, "", *report), *whole = NULL;
    rc = open_doc(s, parts, err);
    if (rc == ND_OK) {
        whole = with_claims(s, parts);
        safety_tell_pages(s);
        if (s->count_n) add_findings(s, whole);
    }
    if (rc == ND_OK && nd_json_len(s->masks)) nd_json_set(whole, "masks", nd_json_copy(s->masks));
    nd_json_free(parts);
    if (rc != ND_OK) return rc;
    nd_json_free(*report);
    *report = whole;
    return check_block(s, err);
}

enum nd_rc nd_report_safety(struct nd_json **report, struct nd_cited *pages,
                            const struct nd_safety_rules *rules, struct nd_error *err)
{
    struct safety s = {.rules = rules, .pages = pages, .masks = nd_json_array()};
    enum nd_rc rc = run(&s, report, err);
    doc_free(s.doc);
    safety_free_pages(&s);
    for (size_t i = 0; i < s.count_n; i++) nd_free(s.count[i].place);
    nd_free(s.count);
    nd_json_free(s.masks);
    return rc;
}
