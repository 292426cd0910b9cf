/* Quotes and claims against the page texts. */
#include "statements.h"

#include "masks.h"
#include "uses.h"

#include "nightdesk/base/alloc.h"

#include <inttypes.h>
#include <string.h>

#define SUPPORT_MAX_BYTES ((size_t)1 << 20) /* of all texts that one claim rests on */

ND_PRINTF(3, 4)
static void claim_finding(struct nd_findings *out, const struct doc_claim *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *subject = nd_sprintf("claim %s", c->id), *what = nd_vsprintf(fmt, args);
    va_end(args);
    nd_findings_add(out, STATEMENTS_FILE, subject, "%s", what);
    nd_free(subject);
    nd_free(what);
}

static void check_quotes(const struct doc *doc, struct nd_findings *out, struct nd_checked *checked)
{
    for (size_t i = 0; i < doc->quote_count; i++) {
        const struct doc_quote *q = &doc->quotes[i];
        char *subject = nd_sprintf("quote %s", q->q.id);
        struct nd_error err = {0};
        checked->quotes++;
        if (!q->page_text.data)
            nd_findings_add(out, STATEMENTS_FILE, subject,
                            "found no text of page %u of source %zu, wanted it in evidence",
                            (unsigned)q->page, q->source + 1);
        else if (nd_quote_check(&q->q, q->page_text, &err) != ND_OK)
            nd_findings_add(out, STATEMENTS_FILE, subject, "%s", err.note[0]);
        else
            checked->quotes_verified++;
        nd_free(subject);
    }
}

static void check_uses(const struct doc *doc, struct nd_findings *out)
{
    struct uses uses;
    uses_open(&uses, doc);
    for (size_t i = 0; i < doc->quote_count; i++) {
        if (uses.first[i] != uses.first[i + 1]) continue;
        char *subject = nd_sprintf("quote %s", doc->quotes[i].q.id);
        nd_findings_add(out, STATEMENTS_FILE, subject,
                        "found in no claim, cell or contradiction, wanted in one");
        nd_free(subject);
    }
    uses_release(&uses);
}

static void check_quoted(const struct doc *doc, const struct doc_claim *c, struct nd_findings *out)
{
    struct nd_bytes wanted = ND_BYTES(ND_BYTES_MAX);
    for (size_t i = 0; i < c->quotes.n; i++) {
        if (i) nd_bytes_add_char(&wanted, ' ');
        nd_bytes_add_view(&wanted, doc->quotes[c->quotes.v[i]].q.display);
    }
    if (!nd_view_is(nd_bytes_view(&wanted), c->text))
        claim_finding(out, c,
                      "found '%.150s', wanted exactly what its quotes say, since its verdict is quoted",
                      c->text);
    nd_bytes_release(&wanted);
}

/* The texts that a claim's numbers may come from. */
struct support {
    const struct doc *doc;
    struct nd_view *v, *title, *page; /* nd_held's three */
    size_t n, cap, bytes, titles, title_cap, pages, page_cap;
    bool *seen; /* claims whose texts are in it */
};

static void support_release(struct support *s)
{
    nd_free(s->seen);
    nd_free(s->title);
    nd_free(s->page);
    nd_free(s->v);
}

static void add_text(struct support *s, struct nd_view text)
{
    s->bytes += text.len;
    if (s->bytes > SUPPORT_MAX_BYTES) return;
    ND_GROW(s->v, s->n, s->cap);
    s->v[s->n++] = text;
}

static void add_title(struct support *s, const char *title)
{
    ND_GROW(s->title, s->titles, s->title_cap);
    s->title[s->titles++] = nd_view_of(title);
}

static void add_quote(struct support *s, const struct doc_quote *q)
{
    add_text(s, q->q.display);
    add_title(s, q->section_title);
    add_title(s, s->doc->sources[q->source].title);
    if (!q->page_text.data || s->bytes > SUPPORT_MAX_BYTES) return;
    ND_GROW(s->page, s->pages, s->page_cap);
    s->page[s->pages++] = q->page_text;
}

/* Adds what the claim at `first` rests on, premises of premises too, each claim once. */
static void gather(struct support *s, size_t first)
{
    size_t *todo = ND_ARRAY(size_t, s->doc->claim_count + 1), n = 0;
    memset(s->seen, 0, s->doc->claim_count * sizeof *s->seen);
    todo[n++] = first;
    s->seen[first] = true;
    while (n) {
        const struct doc_claim *c = &s->doc->claims[todo[--n]];
        for (size_t i = 0; i < c->quotes.n; i++) add_quote(s, &s->doc->quotes[c->quotes.v[i]]);
        for (size_t i = 0; i < c->cell_count; i++) {
            const struct doc_exhibit *x = &s->doc->exhibits[c->cells[i].exhibit];
            add_text(s, nd_view_of(x->cells[c->cells[i].row * x->column_count + c->cells[i].column].text));
        }
        for (size_t i = 0; i < c->premises.n; i++) {
            if (s->seen[c->premises.v[i]]) continue;
            s->seen[c->premises.v[i]] = true;
            todo[n++] = c->premises.v[i];
        }
    }
    nd_free(todo);
}

/* What `text` says that the claim at `claim` does not rest on; NULL: nothing. Caller frees. */
static char *problem_of(struct support *s, size_t claim, const char *text)
{
    s->n = s->bytes = s->titles = s->pages = 0;
    const struct doc_claim *c = &s->doc->claims[claim];
    add_title(s, s->doc->topic);
    if (c->section != NONE) add_title(s, s->doc->sections[c->section].title);
    gather(s, claim);
    if (!s->n) return nd_strdup("found no quote, premise or cell under it, wanted one");
    if (s->bytes > SUPPORT_MAX_BYTES) return nd_strdup("rests on more text than can be checked");
    const char *kind = NULL;
    const struct nd_held held = {s->v, s->n, s->title, s->titles, s->page, s->pages};
    char *missing = nd_fact_missing(nd_view_of(text), &held, &kind), *problem = NULL;
    if (missing)
        problem =
            nd_sprintf("found the %s '%.60s', wanted it in its quotes, premises or cells", kind, missing);
    nd_free(missing);
    return problem;
}

char *statement_problem(const struct doc *doc, size_t claim, const char *text)
{
    struct support support = {.doc = doc, .seen = ND_ARRAY(bool, doc->claim_count + 1)};
    char *problem = problem_of(&support, claim, text);
    support_release(&support);
    return problem;
}

static void check_written(struct support *s, size_t claim, struct nd_findings *out)
{
    char *problem = problem_of(s, claim, s->doc->claims[claim].text);
    if (problem) claim_finding(out, &s->doc->claims[claim], "%s", problem);
    nd_free(problem);
}

static void check_claims(const struct doc *doc, struct nd_findings *out, struct nd_checked *checked)
{
    struct support support = {.doc = doc, .seen = ND_ARRAY(bool, doc->claim_count + 1)};
    for (size_t i = 0; i < doc->claim_count; i++) {
        checked->claims++;
        if (doc->claims[i].verdict == QUOTED)
            check_quoted(doc, &doc->claims[i], out);
        else if (doc->claims[i].verdict != CAVEAT)
            check_written(&support, i, out);
    }
    support_release(&support);
}

/* Two passages of one document elsewhere, or two versions of one page, are one source. */
static bool speak_as_one(const struct doc *doc, size_t source, size_t other)
{
    const char *place = doc->sources[source].url;
    return source == other || (*place && strcmp(place, doc->sources[other].url) == 0);
}

/* How many independent sources speak, by the stated rule. */
static const char *confidence_of(const struct doc *doc, const struct doc_claim *c)
{
    size_t sources[3], n = 0;
    if (c->verdict == QUOTED) return "low";
    for (size_t i = 0; i < c->quotes.n && n < 3; i++) {
        size_t source = doc->quotes[c->quotes.v[i]].source, k = 0;
        while (k < n && !speak_as_one(doc, sources[k], source)) k++;
        if (k == n) sources[n++] = source;
    }
    return n >= 3 ? "high" : n == 2 ? "medium" : "low";
}

static void check_confidence(const struct doc *doc, struct nd_findings *out)
{
    for (size_t i = 0; i < doc->claim_count; i++) {
        const struct doc_claim *c = &doc->claims[i];
        const char *most = confidence_of(doc, c);
        bool over = strcmp(c->confidence, "high") == 0
                        ? strcmp(most, "high") != 0
                        : strcmp(c->confidence, "medium") == 0 && strcmp(most, "low") == 0;
        if (over && !c->premises.n && c->verdict != QUOTED)
            claim_finding(out, c, "found a confidence that its sources do not give, wanted at most '%s'",
                          most);
    }
}

static void check_counts(const struct doc *doc, const struct nd_checked *checked, struct nd_findings *out)
{
    const struct {
        const char *member;
        size_t wanted;
    } counts[] = {{"quotes_total", doc->quote_count}, {"quotes_verified", checked->quotes_verified}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        int64_t found = nd_json_get_int(doc->checks, counts[i].member, -1);
        if (found != (int64_t)counts[i].wanted)
            nd_findings_add(out, STATEMENTS_FILE, counts[i].member, "found %" PRId64 ", wanted %zu", found,
                            counts[i].wanted);
    }
}

/* What is told to be masked must be: else the mark would hide a change. */
static void check_masks(const struct doc *doc, struct nd_findings *out)
{
    for (size_t i = 0; i < doc->mask_count; i++) {
        const struct doc_mask *m = &doc->masks[i];
        if (m->page_text.data && mask_is_filled(m->page_text, (size_t)m->start, (size_t)m->end)) continue;
        char *subject = nd_sprintf("mask %zu", i + 1);
        nd_findings_add(out, STATEMENTS_FILE, subject,
                        "found other text at its place on page %u of source %zu, wanted '*' alone",
                        (unsigned)m->page, m->source + 1);
        nd_free(subject);
    }
}

void check_statements(const struct doc *doc, struct nd_findings *out, struct nd_checked *checked)
{
    check_masks(doc, out);
    check_quotes(doc, out, checked);
    check_uses(doc, out);
    check_claims(doc, out, checked);
    check_confidence(doc, out);
    check_exhibits(doc, out, checked);
    check_contradictions(doc, out);
    check_counts(doc, checked, out);
}

enum nd_rc nd_report_statements(const struct nd_json *report, const struct nd_cited *pages,
                                struct nd_findings *out, struct nd_checked *checked, struct nd_error *err)
{
    struct doc *doc = NULL;
    enum nd_rc rc = doc_open(&doc, report, err);
    if (rc != ND_OK) return rc;
    (void)doc_pages(doc, pages, NULL);
    check_statements(doc, out, checked);
    doc_free(doc);
    return ND_OK;
}
