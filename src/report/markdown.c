/* report.md: the same parts as the HTML, in the same order. */
#include "markdown.h"

#include "uses.h"
#include "words.h"

#include <string.h>

struct md {
    const struct doc *doc;
    struct nd_bytes *out, scratch;
};

static void raw(struct md *m, const char *text)
{
    nd_bytes_add_str(m->out, say(m->doc, text));
}

static void esc(struct md *m, const char *text)
{
    put_markdown(nd_view_of(text), m->out);
}

static void esc_scratch(struct md *m)
{
    put_markdown(nd_bytes_view(&m->scratch), m->out);
    nd_bytes_clear(&m->scratch);
}

/* [3, p. xii]: the brackets are ours, a page label is not. */
static void put_cite(struct md *m, size_t quote)
{
    put_citation(&m->scratch, m->doc, &m->doc->quotes[quote]);
    struct nd_view v = nd_bytes_view(&m->scratch);
    raw(m, "[");
    put_markdown(nd_view_sub(v, 1, v.len - 1), m->out);
    raw(m, "]");
    nd_bytes_clear(&m->scratch);
}

/* Several quotes of one page are one mark. */
static bool is_marked(const struct md *m, const struct refs *quotes, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (doc_same_page(m->doc, quotes->v[k], quotes->v[i])) return true;
    return false;
}

static void put_cites(struct md *m, const struct refs *quotes)
{
    for (size_t i = 0; i < quotes->n; i++) {
        if (is_marked(m, quotes, i)) continue;
        raw(m, " ");
        put_cite(m, quotes->v[i]);
    }
}

static void put_quotes(struct md *m, const struct refs *quotes)
{
    size_t first = 0;
    for (size_t i = 0; i < quotes->n; i++) {
        const struct doc_quote *q = &m->doc->quotes[quotes->v[i]];
        bool more = i + 1 < quotes->n, goes_on = more && doc_continues(q, &m->doc->quotes[quotes->v[i + 1]]);
        raw(m, first == i ? (i ? " “" : "“") : " ");
        put_markdown(q->q.display, m->out);
        if (goes_on) continue;
        raw(m, "”");
        for (; first <= i; first++) {
            raw(m, " ");
            put_cite(m, quotes->v[first]);
        }
    }
}

static void put_list(struct md *m, const char *title, const struct nd_json *items)
{
    if (!nd_json_len(items)) return;
    nd_bytes_addf(m->out, "**%s**\n\n", say(m->doc, title));
    ND_JSON_EACH(item, items)
    {
        raw(m, "- ");
        esc(m, say(m->doc, nd_json_str(item)));
        raw(m, "\n");
    }
    raw(m, "\n");
}

static void put_front(struct md *m)
{
    const struct doc *doc = m->doc;
    raw(m, "# ");
    esc(m, doc->topic);
    raw(m, "\n\n*Research report, ");
    put_date(&m->scratch, m->doc, doc->started_at);
    esc_scratch(m);
    raw(m, ", run ");
    esc(m, doc->run_id);
    raw(m, "*\n\n");
    put_standfirst(&m->scratch, doc);
    esc_scratch(m);
    raw(m, "\n\n");
    if (doc->partial) {
        const char *reason = nd_json_get_str(doc->stop, "reason");
        raw(m, "> **Partial report.** The run stopped before its end");
        if (reason) raw(m, ": ");
        esc(m, reason ? reason : "");
        raw(m, ". What is missing stands under “Not found”.\n\n");
    }
    put_list(m, "Asked", nd_json_get(doc->request, "questions"));
    put_list(m, "Notes", doc->notes);
}

static void put_changed_sources(struct md *m, const char *title, const struct refs *sources)
{
    for (size_t i = 0; i < sources->n; i++) {
        nd_bytes_addf(m->out, "- %s: ", say(m->doc, title));
        esc(m, m->doc->sources[sources->v[i]].title);
        if (m->doc->sources[sources->v[i]].used)
            nd_bytes_addf(m->out, " [%zu]\n", sources->v[i] + 1);
        else
            raw(m, " (not cited)\n");
    }
}

static void put_place(struct md *m, const struct nd_json *item)
{
    const char *url = nd_json_get_str(item, "url"), *path = nd_json_get_str(item, "path");
    raw(m, url || path ? ", " : "");
    esc(m, url ? url : path ? path : "");
}

static void put_new_statement(struct md *m, const struct doc_claim *c)
{
    raw(m, "- New statement: ");
    put_beginning(&m->scratch, c->text, CHANGED_HEAD_BYTES);
    esc_scratch(m);
    put_cites(m, &c->quotes);
    if (c->section != NONE) put_said(m->out, m->doc, ", section %zu", c->section + 1);
    raw(m, "\n");
}

static void put_changes(struct md *m)
{
    const struct doc_changes *c = &m->doc->changes;
    if (!c->there) return;
    raw(m, "## What has changed\n\n");
    put_changes_lead(&m->scratch, m->doc);
    esc_scratch(m);
    raw(m, "\n\n");
    put_changed_sources(m, "New source", &c->fresh);
    put_changed_sources(m, "Changed source", &c->changed);
    ND_JSON_EACH(item, c->withdrawn)
    {
        raw(m, "- Withdrawn source: ");
        esc(m, nd_json_get_str(item, "title"));
        put_place(m, item);
        raw(m, nd_json_get_bool(item, "used", false) ? " (the earlier report cites it)\n" : "\n");
    }
    for (size_t i = 0; i < c->statements.n; i++) put_new_statement(m, &m->doc->claims[c->statements.v[i]]);
    if (c->gone) {
        raw(m, "- Statements no longer here: ");
        put_plural(m->out, m->doc, c->gone, "statement of the earlier report",
                   "statements of the earlier report");
        raw(m, "\n");
    }
    raw(m, "\n");
}

static void put_claim(struct md *m, const struct doc_claim *c)
{
    const char *sources = doc_confidence_words(m->doc, c->confidence);
    if (c->verdict == QUOTED) {
        put_quotes(m, &c->quotes);
        return;
    }
    if (c->verdict == CAVEAT) raw(m, "**Not confirmed:** ");
    esc(m, c->text);
    put_cites(m, &c->quotes);
    if (c->verdict == CAVEAT)
        raw(m, " (no quotation supports this as it stands)");
    else if (*sources)
        nd_bytes_addf(m->out, " (%s%s)", sources,
                      c->verdict == UNJUDGED ? say(m->doc, ", checked by program only") : "");
}

static void put_summary(struct md *m)
{
    const struct doc *doc = m->doc;
    if (!doc->summary_count && !*doc->introduction) return;
    nd_bytes_addf(m->out, "## %s\n\n", doc_summary_title(doc));
    if (*doc->introduction) {
        esc(m, doc->introduction);
        raw(m, "\n\n");
    }
    for (size_t i = 0; i < doc->summary_count; i++) {
        const struct doc_claim *c = &doc->claims[i];
        nd_bytes_addf(m->out, "%zu. ", i + 1);
        put_claim(m, c);
        if (c->section != NONE) {
            put_said(m->out, m->doc, " — section %zu, ", c->section + 1);
            esc(m, doc->sections[c->section].title);
        }
        raw(m, "\n");
    }
    raw(m, "\n");
}

static void put_from(struct md *m, const struct doc_quote *q)
{
    raw(m, "**");
    esc(m, m->doc->sources[q->source].title);
    raw(m, "**");
    if (*q->section_title && strcmp(q->section_title, m->doc->sources[q->source].title) != 0) {
        raw(m, " · ");
        esc(m, q->section_title);
    }
    raw(m, "\n\n");
}

static void put_claims(struct md *m, const struct doc_section *s)
{
    const struct doc_quote *place = NULL;
    for (size_t i = s->first; i < s->first + s->n; i++) {
        const struct doc_claim *c = &m->doc->claims[i];
        if (c->verdict != QUOTED) {
            place = NULL;
        } else {
            const struct doc_quote *q = &m->doc->quotes[c->quotes.v[0]];
            if (!place || place->source != q->source || strcmp(place->section_title, q->section_title) != 0)
                put_from(m, q);
            place = q;
            raw(m, "> ");
        }
        put_claim(m, c);
        raw(m, "\n\n");
    }
}

static void put_row_cites(struct md *m, const struct doc_exhibit *x, size_t row)
{
    for (size_t i = 0; i < x->column_count; i++) {
        if (!cell_cites_anew(m->doc, x, row, i)) continue;
        raw(m, " ");
        put_cite(m, x->cells[row * x->column_count + i].quote);
    }
}

static void put_table(struct md *m, const struct doc_exhibit *x)
{
    raw(m, "|");
    for (size_t i = 0; i < x->column_count; i++) {
        raw(m, " ");
        esc(m, x->columns[i].title);
        if (*x->columns[i].unit) {
            raw(m, " (");
            esc(m, x->columns[i].unit);
            raw(m, ")");
        }
        raw(m, " |");
    }
    raw(m, " Source |\n|");
    for (size_t i = 0; i <= x->column_count; i++) raw(m, " --- |");
    raw(m, "\n");
    for (size_t row = 0; row < x->rows; row++) {
        raw(m, "|");
        for (size_t i = 0; i < x->column_count; i++) {
            const struct doc_cell *c = &x->cells[row * x->column_count + i];
            raw(m, " ");
            esc(m, c->text);
            if (c->own_unit && !nd_unit_named(nd_view_of(c->text), c->unit)) {
                raw(m, " ");
                esc(m, c->unit);
            }
            raw(m, c->op ? " ƒ |" : " |");
        }
        put_row_cites(m, x, row);
        raw(m, " |\n");
    }
    raw(m, "\n");
}

static void put_exhibits(struct md *m, size_t section)
{
    for (size_t i = 0; i < m->doc->exhibit_count; i++) {
        const struct doc_exhibit *x = &m->doc->exhibits[i];
        if (x->section != section) continue;
        nd_bytes_addf(m->out, "### %s %zu. ", say(m->doc, x->chart ? "Chart" : "Table"), i + 1);
        esc(m, x->title);
        raw(m, "\n\n");
        if (x->chart) put_said(m->out, m->doc, "![Chart %zu](charts/%s.svg)\n\n", i + 1, x->id);
        put_table(m, x);
        for (size_t k = 0; k < x->rows * x->column_count; k++) {
            if (!formula_is_new(m->doc, x, k)) continue;
            put_formula(&m->scratch, m->doc, x, &x->cells[k]);
            raw(m, "ƒ ");
            esc_scratch(m);
            raw(m, "\n\n");
        }
        if (*x->note) {
            raw(m, "Note: ");
            esc(m, x->note);
            raw(m, "\n\n");
        }
    }
}

static void put_sections(struct md *m)
{
    for (size_t i = 0; i < m->doc->section_count; i++) {
        const struct doc_section *s = &m->doc->sections[i];
        nd_bytes_addf(m->out, "## %zu. ", i + 1);
        esc(m, s->title);
        raw(m, "\n\n");
        if (*s->why || *s->question) {
            raw(m, "*");
            put_sentence(&m->scratch, say(m->doc, s->why));
            esc_scratch(m);
            if (*s->why) raw(m, after_why(s->why, *s->question != 0));
            esc(m, s->question);
            raw(m, "*\n\n");
        }
        if (!s->found) raw(m, "**Nothing solid found.** ");
        esc(m, say(m->doc, s->note));
        if (!s->found || *s->note) raw(m, "\n\n");
        put_claims(m, s);
        put_exhibits(m, i);
    }
}

static bool has_loose_exhibits(const struct doc *doc)
{
    for (size_t i = 0; i < doc->exhibit_count; i++) {
        if (doc->exhibits[i].section == NONE) return true;
    }
    return false;
}

static void put_contradictions(struct md *m)
{
    const struct doc *doc = m->doc;
    if (doc->contradiction_count) raw(m, "## Different values stated\n\n");
    for (size_t i = 0; i < doc->contradiction_count; i++) {
        const struct doc_contradiction *d = &doc->contradictions[i];
        raw(m, "**");
        esc(m, d->label);
        raw(m, "**\n\n");
        for (size_t k = 0; k < d->n; k++) {
            raw(m, "- ");
            esc(m, d->values[k].text);
            raw(m, *d->values[k].unit ? " " : "");
            esc(m, d->values[k].unit);
            raw(m, ": ");
            put_quotes(m, &(struct refs){(size_t[]){d->values[k].quote}, 1});
            raw(m, "\n");
        }
        raw(m, "\n");
    }
}

static void put_gaps(struct md *m)
{
    raw(m, "## Not found\n\n");
    if (!m->doc->gap_count) nd_bytes_addf(m->out, "%s\n", doc_no_gaps_words(m->doc));
    for (size_t i = 0; i < m->doc->gap_count; i++) {
        raw(m, "- **");
        esc(m, m->doc->gaps[i].what);
        raw(m, "**");
        raw(m, *m->doc->gaps[i].why ? ": " : "");
        esc(m, say(m->doc, m->doc->gaps[i].why));
        raw(m, "\n");
    }
    raw(m, "\n");
}

/* Quotes whose words do not stand above: those behind written statements and cells. */
static void put_other_quotes(struct md *m)
{
    struct uses uses;
    bool any = false;
    uses_open(&uses, m->doc);
    for (size_t q = 0; q < m->doc->quote_count; q++) {
        bool whole = false;
        for (size_t u = uses.first[q]; u < uses.first[q + 1]; u++) whole = whole || uses.v[u].whole;
        if (whole) continue;
        if (!any) raw(m, "## Quotations behind statements and tables\n\n");
        any = true;
        nd_bytes_addf(m->out, "- %s: ", m->doc->quotes[q].q.id);
        put_quotes(m, &(struct refs){(size_t[]){q}, 1});
        raw(m, "\n");
    }
    if (any) raw(m, "\n");
    uses_release(&uses);
}

static void put_source(struct md *m, size_t source)
{
    const struct doc_source *s = &m->doc->sources[source];
    nd_bytes_addf(m->out, "- **[%zu]** ", source + 1);
    esc(m, s->title);
    raw(m, ".");
    if (*s->author) {
        raw(m, " ");
        esc(m, s->author);
        raw(m, ".");
    }
    if (*s->date) {
        raw(m, " ");
        esc(m, s->date);
        raw(m, ".");
    }
    raw(m, " ");
    if (url_is_plain(s->url))
        nd_bytes_addf(m->out, "<%s>", s->url);
    else
        esc(m, *s->path ? s->path : s->url);
    put_quoted_pages(&m->scratch, m->doc, source);
    if (m->scratch.len) raw(m, ", quoted: p. ");
    esc_scratch(m);
    if (*s->sha256) nd_bytes_addf(m->out, " (SHA-256 `%s`)", s->sha256);
    raw(m, "\n");
}

static void put_receipt_row(struct md *m, size_t source)
{
    const struct doc_source *s = &m->doc->sources[source];
    nd_bytes_addf(m->out, "| %zu | ", source + 1);
    esc(m, *s->path ? s->path : s->url);
    ND_JSON_EACH(also, nd_json_get(s->json, "also"))
    {
        raw(m, "; same bytes: ");
        put_markdown(nd_json_view(also), m->out);
    }
    nd_bytes_addf(m->out, " | %s", doc_status_word(m->doc, s->status));
    put_reason(&m->scratch, m->doc, s);
    raw(m, m->scratch.len ? ": " : "");
    esc_scratch(m);
    nd_bytes_addf(m->out, " | %u | %zu |\n", (unsigned)s->pages, s->quotes);
}

static void put_point(struct md *m, const struct doc_point *p)
{
    raw(m, "- **");
    esc(m, p->text);
    raw(m, p->covered ? "** covered" : "** not covered");
    raw(m, *p->why ? ": " : "");
    esc(m, say(m->doc, p->why));
    if (p->section != NONE) {
        put_said(m->out, m->doc, " — section %zu, ", p->section + 1);
        esc(m, m->doc->sections[p->section].title);
    }
    if (p->claims.n) {
        raw(m, ", ");
        put_plural(m->out, m->doc, (int64_t)p->claims.n, "statement", "statements");
    }
    raw(m, "\n");
}

static void put_member(struct md *m, const struct nd_json *finding, const char *member, const char *after)
{
    const char *text = nd_json_get_str(finding, member);
    esc(m, say(m->doc, text ? text : ""));
    nd_bytes_add_str(m->out, after);
}

/* "- c3 demoted: why"; of safety "- email, c3: holds 2 email addresses (masked)" */
static void put_findings(struct md *m, bool of_safety)
{
    bool any = false;
    ND_JSON_EACH(finding, nd_json_get(m->doc->checks, "findings"))
    {
        if (doc_of_safety(finding) != of_safety) continue;
        raw(m, "\n- ");
        if (of_safety) put_member(m, finding, "kind", ", ");
        put_member(m, finding, "claim", of_safety ? ": " : " ");
        if (!of_safety) put_member(m, finding, "done", ": ");
        put_member(m, finding, "what", "");
        if (of_safety) {
            raw(m, " (");
            put_member(m, finding, "done", ")");
        }
        any = true;
    }
    if (any) raw(m, "\n");
}

static void put_back(struct md *m)
{
    const struct doc *doc = m->doc;
    raw(m, "## Sources cited\n\n");
    for (size_t i = 0; i < doc->source_count; i++) {
        if (doc->sources[i].used || doc->sources[i].quotes) put_source(m, i);
    }
    raw(m, "\n## Receipt: every input\n\n| No. | File | Result | Pages | Quotations |\n| --- | --- | --- | "
           "--- | --- |\n");
    for (size_t i = 0; i < doc->source_count; i++) put_receipt_row(m, i);
    if (doc->point_count) raw(m, "\n### What had to be covered\n\n");
    for (size_t i = 0; i < doc->point_count; i++) put_point(m, &doc->points[i]);
    raw(m, "\n## Verification\n\n");
    put_checks(m->out, doc);
    raw(m, " demoted. `nightdesk verify` repeats this offline.\n");
    put_findings(m, false);
    if (!doc_findings_of_safety(doc)) return;
    raw(m, "\n### Safety: personal data, secrets, forbidden and confidential text\n");
    put_findings(m, true);
}

void markdown_report(const struct doc *doc, struct nd_bytes *out)
{
    struct md m = {.doc = doc, .out = out, .scratch = ND_BYTES(ND_BYTES_MAX)};
    put_front(&m);
    put_changes(&m);
    put_summary(&m);
    put_sections(&m);
    if (has_loose_exhibits(doc)) raw(&m, "## Tables and charts\n\n");
    put_exhibits(&m, NONE);
    put_contradictions(&m);
    put_gaps(&m);
    put_other_quotes(&m);
    put_back(&m);
    nd_bytes_release(&m.scratch);
}
