#include "words.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"

#include "nightdesk/base/host.h"
#include "nightdesk/base/text.h"

#include <stdio.h>
#include <string.h>

const char *say(const struct doc *doc, const char *english)
{
    return nd_say(doc->language, english);
}

void put_said(struct nd_bytes *out, const struct doc *doc, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = nd_vsprintf(say(doc, fmt), args);
    va_end(args);
    nd_bytes_add_str(out, text);
    nd_free(text);
}

void put_count(struct nd_bytes *out, const struct doc *doc, int64_t n)
{
    char separator = *say(doc, ", of thousands");
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n);
    for (int i = 0; i < len; i++) {
        if (i && digits[i - 1] != '-' && (len - i) % 3 == 0) nd_bytes_add_char(out, separator);
        nd_bytes_add_char(out, digits[i]);
    }
}

void put_plural(struct nd_bytes *out, const struct doc *doc, int64_t n, const char *one, const char *many)
{
    put_count(out, doc, n);
    nd_bytes_addf(out, " %s", nd_plural(doc->language, n, one, many));
}

void put_date(struct nd_bytes *out, const struct doc *doc, const char *started_at)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    int64_t ms = 0;
    if (nd_time_parse(started_at, &ms, NULL) != ND_OK) {
        put_one_line(out, started_at);
        return;
    }
    char iso[ND_TIME_BYTES];
    int64_t year = 0, month = 0, day = 0;
    nd_time_format(ms, iso);
    (void)nd_view_int((struct nd_view){iso, 4}, &year);
    (void)nd_view_int((struct nd_view){iso + 5, 2}, &month);
    (void)nd_view_int((struct nd_view){iso + 8, 2}, &day);
    if (month < 1 || month > 12) return;
    put_said(out, doc, "%lld %s %lld", (long long)day, say(doc, months[month - 1]), (long long)year);
}

void put_one_line(struct nd_bytes *out, const char *text)
{
    struct nd_view v = nd_view_of(text);
    bool space = false, any = false;
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        if (nd_is_space(c)) {
            space = true;
            continue;
        }
        if (space && any) nd_bytes_add_char(out, ' ');
        nd_utf8_add(out, c);
        space = false;
        any = true;
    }
}

void put_beginning(struct nd_bytes *out, const char *text, size_t max)
{
    struct nd_view v = nd_view_of(text);
    size_t cut = v.len > max ? nd_utf8_cut(v, max) : v.len, blank = cut;
    while (cut < v.len && blank > max / 2 && v.data[blank] != ' ') blank--;
    if (cut < v.len && blank > max / 2) cut = blank;
    char *head = nd_view_dup(nd_view_sub(v, 0, cut));
    put_one_line(out, head);
    if (cut < v.len) nd_bytes_add_str(out, "…");
    nd_free(head);
}

void put_sentence(struct nd_bytes *out, const char *text)
{
    size_t first = out->len;
    put_one_line(out, text);
    if (out->len > first && out->data[first] >= 'a' && out->data[first] <= 'z')
        out->data[first] = (char)(out->data[first] - 32);
}

const char *after_why(const char *why, bool question)
{
    size_t len = strlen(why);
    bool ended = len > 0 && strchr(".?!", why[len - 1]) != NULL;
    if (question) return ended ? " " : ": ";
    return ended ? "" : ".";
}

static void put_label(struct nd_bytes *out, const struct doc_quote *q)
{
    if (*q->label)
        put_one_line(out, q->label);
    else
        nd_bytes_addf(out, "%u", (unsigned)q->page);
}

void put_citation(struct nd_bytes *out, const struct doc *doc, const struct doc_quote *q)
{
    nd_bytes_addf(out, "[%zu", q->source + 1);
    if (doc_paged(&doc->sources[q->source])) {
        nd_bytes_add_str(out, say(doc, ", p. "));
        put_label(out, q);
    }
    nd_bytes_add_char(out, ']');
}

void put_page(struct nd_bytes *out, const struct doc *doc, const struct doc_quote *q)
{
    char number[16];
    const struct doc_source *s = &doc->sources[q->source];
    if (!doc_paged(s)) return;
    (void)snprintf(number, sizeof number, "%u", (unsigned)q->page);
    nd_bytes_add_str(out, say(doc, "page "));
    put_label(out, q);
    if (*q->label && strcmp(q->label, number) != 0)
        put_said(out, doc, " (page %s of the file’s %u)", number, (unsigned)s->pages);
    else
        put_said(out, doc, " of %u", (unsigned)s->pages);
}

bool doc_extractive(const struct doc *doc)
{
    ND_JSON_EACH(writer, doc->writers)
    {
        const char *word = nd_json_str(writer);
        if (!word || strcmp(word, "extractive") != 0) return false;
    }
    return true;
}

static bool has_role(const struct nd_json *writer, const char *role)
{
    ND_JSON_EACH(word, nd_json_get(writer, "roles"))
    if (nd_view_is(nd_json_view(word), role)) return true;
    return false;
}

void put_model(struct nd_bytes *out, const struct nd_json *writer)
{
    const char *provider = nd_json_get_str(writer, "provider");
    put_one_line(out, nd_json_get_str(writer, "model"));
    if (!provider) return;
    nd_bytes_add_str(out, " (");
    put_one_line(out, provider);
    nd_bytes_add_char(out, ')');
}

enum { PARTS = 3 };
/* What a model was: 0 wrote, 1 stood in, 2 only read and judged. Reports of old say no roles: they name who
 * wrote. */
static unsigned part_of(const struct nd_json *writer)
{
    if (has_role(writer, "write") || !nd_json_len(nd_json_get(writer, "roles"))) return 0;
    return has_role(writer, "fallback") ? 1 : 2;
}

/* Is any statement a model's own sentence? */
static bool has_sentences(const struct doc *doc)
{
    for (size_t i = 0; i < doc->claim_count; i++) {
        if (doc->claims[i].verdict != QUOTED) return true;
    }
    return false;
}

/* The models of one part, with the words that go before them. */
static bool put_part(struct nd_bytes *out, const struct doc *doc, unsigned part, const char *before)
{
    bool any = false;
    ND_JSON_EACH(writer, doc->writers)
    {
        if (!nd_json_get_str(writer, "model") || part_of(writer) != part) continue;
        nd_bytes_add_str(out, any ? ", " : before);
        put_model(out, writer);
        any = true;
    }
    return any;
}

/* A run that stopped early may have models that planned and read, and no sentence of theirs. */
static void put_writers(struct nd_bytes *out, const struct doc *doc)
{
    if (!has_sentences(doc)) {
        const char *before = say(doc, "Quotations chosen by program and by ");
        for (unsigned part = 0; part < PARTS; part++)
            if (put_part(out, doc, part, before)) before = ", ";
        return;
    }
    bool written = put_part(out, doc, 0, say(doc, "Written by "));
    bool part = put_part(out, doc, 1, say(doc, written ? ", in part by " : "Written in part by "));
    if (!written && !part) nd_bytes_add_str(out, say(doc, "Written by a language model"));
    (void)put_part(out, doc, 2, say(doc, ", read and judged by "));
}

void put_roles(struct nd_bytes *out, const struct doc *doc, const struct nd_json *writer)
{
    static const struct {
        const char *role, *words;
    } all[] = {{"write", "writing"},
               {"read", "reading and judging"},
               {"fallback", "in place of one that did not answer"}};
    const char *between = ": ";
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!has_role(writer, all[i].role)) continue;
        nd_bytes_addf(out, "%s%s", between, say(doc, all[i].words));
        between = ", ";
    }
}

static int64_t count_sources(const struct doc *doc, bool used)
{
    int64_t n = 0;
    for (size_t i = 0; i < doc->source_count; i++) {
        const struct doc_source *s = &doc->sources[i];
        n += used ? s->used : s->status == READ || s->status == PARTLY;
    }
    return n;
}

void put_standfirst(struct nd_bytes *out, const struct doc *doc)
{
    int64_t pages = nd_json_get_int(doc->receipt, "pages_read", 0);
    if (doc_extractive(doc)) {
        nd_bytes_add_str(out, say(doc, "Quotations chosen by program from "));
    } else {
        put_writers(out, doc);
        nd_bytes_add_str(out, say(doc, " from "));
    }
    put_plural(out, doc, count_sources(doc, false), "document", "documents");
    if (pages) {
        nd_bytes_add_str(out, " (");
        put_plural(out, doc, pages, "page", "pages");
        nd_bytes_add_char(out, ')');
    }
    nd_bytes_add_str(
        out,
        say(doc,
            doc_extractive(doc)
                ? "; no text was generated. Every statement is a source’s own wording, shown with its page."
                : ". Every quotation and every number was checked against its source by program."));
}

static void put_row_name(struct nd_bytes *out, const struct doc *doc, const struct doc_exhibit *x, size_t row)
{
    const char *label = x->cells[row * x->column_count].text;
    if (*label)
        put_one_line(out, label);
    else
        put_said(out, doc, "row %zu", row + 1);
}

static void put_column_name(struct nd_bytes *out, const struct doc *doc, const struct doc_exhibit *x,
                            size_t column)
{
    if (*x->columns[column].title)
        put_one_line(out, x->columns[column].title);
    else
        put_said(out, doc, "column %zu", column + 1);
}

/* Which parts of a place have to be named: all cells of the formula may lie in one row or in one column. */
struct naming {
    bool row, column;
};

static struct naming naming_of(const struct doc_exhibit *x, const struct doc_cell *c)
{
    size_t own = (size_t)(c - x->cells);
    struct naming n = {false, false};
    for (size_t i = 0; i < c->args.n; i++) {
        n.row = n.row || c->args.v[i] / x->column_count != own / x->column_count;
        n.column = n.column || c->args.v[i] % x->column_count != own % x->column_count;
    }
    return n;
}

static void put_place(struct nd_bytes *out, const struct doc *doc, const struct doc_exhibit *x, size_t place,
                      struct naming n)
{
    if (n.row) put_row_name(out, doc, x, place / x->column_count);
    if (n.row && n.column) nd_bytes_add_str(out, " · ");
    if (n.column || !n.row) put_column_name(out, doc, x, place % x->column_count);
}

void put_formula(struct nd_bytes *out, const struct doc *doc, const struct doc_exhibit *x,
                 const struct doc_cell *c)
{
    static const struct {
        const char *op, *before, *between, *after;
    } words[] = {{"difference", "", " minus ", ""},      {"ratio", "", " divided by ", ""},
                 {"change", "change from ", " to ", ""}, {"convert", "", "", " in another unit"},
                 {"mean", "mean of ", ", ", ""},         {"sum", "sum of ", ", ", ""}};
    size_t at = 0;
    while (at + 1 < sizeof words / sizeof words[0] && strcmp(words[at].op, c->op) != 0) at++;
    struct naming n = naming_of(x, c);
    put_place(out, doc, x, (size_t)(c - x->cells), n);
    nd_bytes_addf(out, ": %s", say(doc, words[at].before));
    for (size_t i = 0; i < c->args.n; i++) {
        if (i) nd_bytes_add_str(out, say(doc, words[at].between));
        put_place(out, doc, x, c->args.v[i], n);
    }
    nd_bytes_add_str(out, say(doc, words[at].after));
}

bool formula_is_new(const struct doc *doc, const struct doc_exhibit *x, size_t cell)
{
    if (!x->cells[cell].op) return false;
    struct nd_bytes own = ND_BYTES(ND_BYTES_MAX), other = ND_BYTES(ND_BYTES_MAX);
    bool known = false;
    put_formula(&own, doc, x, &x->cells[cell]);
    for (size_t above = cell; !known && above >= x->column_count;) {
        above -= x->column_count;
        if (!x->cells[above].op) continue;
        nd_bytes_clear(&other);
        put_formula(&other, doc, x, &x->cells[above]);
        known = nd_view_eq(nd_bytes_view(&own), nd_bytes_view(&other));
    }
    nd_bytes_release(&own);
    nd_bytes_release(&other);
    return !known;
}

static const char *fault_words(const struct nd_json *fault)
{
    const char *why = nd_json_get_str(fault, "why");
    return why ? why : "not usable";
}

/* What is wrong with the pages of a source, each once and in order; a reader of the receipt is told that
 * many. */
#define REASONS_MAX 8
struct reasons {
    const char *v[REASONS_MAX];
    size_t n;
    bool more;
};

static void add_reason(struct reasons *reasons, const char *why)
{
    for (size_t i = 0; i < reasons->n; i++) {
        if (strcmp(reasons->v[i], why) == 0) return;
    }
    if (reasons->n < REASONS_MAX)
        reasons->v[reasons->n++] = why;
    else
        reasons->more = true;
}

/* "pages 1-3, 9: ", all that have the fault. */
static void put_faulty_pages(struct nd_bytes *out, const struct doc *doc, const struct nd_json *faults,
                             const char *why)
{
    struct nd_bytes list = ND_BYTES(ND_BYTES_MAX);
    int64_t from = 0, last = 0, pages = 0;
    ND_JSON_EACH(fault, faults)
    {
        int64_t page = nd_json_get_int(fault, "page", 0);
        if (strcmp(fault_words(fault), why) != 0 || (pages > 0 && page == last)) continue;
        if (pages > 0 && page != last + 1) {
            if (last > from) nd_bytes_addf(&list, "\u2013%lld", (long long)last);
            nd_bytes_add_str(&list, ", ");
        }
        if (pages == 0 || page != last + 1) nd_bytes_addf(&list, "%lld", (long long)(from = page));
        last = page;
        pages++;
    }
    if (last > from) nd_bytes_addf(&list, "\u2013%lld", (long long)last);
    put_said(out, doc, pages == 1 ? "page %s: " : "pages %s: ", list.data);
    nd_bytes_release(&list);
}

void put_reason(struct nd_bytes *out, const struct doc *doc, const struct doc_source *s)
{
    const struct nd_json *faults = nd_json_get(s->json, "pages_failed");
    struct reasons reasons = {0};
    ND_JSON_EACH(fault, faults) add_reason(&reasons, fault_words(fault));
    bool repeats = reasons.n > 0 && nd_view_ends(nd_view_of(s->why), reasons.v[0]);
    bool all = repeats && reasons.n == 1 && s->status == FAILED;
    if (!repeats || all) put_one_line(out, say(doc, s->why));
    for (size_t i = 0; i < reasons.n && !all; i++) {
        if (out->len > 0) nd_bytes_add_str(out, "; ");
        if (s->pages > 1) put_faulty_pages(out, doc, faults, reasons.v[i]);
        put_one_line(out, say(doc, reasons.v[i]));
    }
    if (reasons.more) nd_bytes_add_str(out, say(doc, "; and other reasons"));
}

const char *doc_summary_title(const struct doc *doc)
{
    return say(doc, doc->summary_count > 0 ? "Key findings" : "In short");
}

void put_quoted_pages(struct nd_bytes *out, const struct doc *doc, size_t source)
{
    uint32_t last = 0;
    if (!doc_paged(&doc->sources[source])) return;
    for (;;) {
        const struct doc_quote *next = NULL;
        for (size_t i = 0; i < doc->quote_count; i++) {
            const struct doc_quote *q = &doc->quotes[i];
            if (q->source == source && q->page > last && (!next || q->page < next->page)) next = q;
        }
        if (!next) return;
        if (last) nd_bytes_add_str(out, ", ");
        put_label(out, next);
        last = next->page;
    }
}

const char *doc_no_gaps_words(const struct doc *doc)
{
    bool all = doc->section_count > 0 && !doc->partial;
    for (size_t i = 0; i < doc->section_count; i++) all = all && doc->sections[i].found;
    return say(doc, all ? "Every part of what was asked has at least one quotation."
                        : "Parts for which nothing solid was found are marked so above.");
}

bool doc_of_safety(const struct nd_json *finding)
{
    struct nd_view done = nd_json_view(nd_json_get(finding, "done"));
    return nd_view_is(done, "flagged") || nd_view_is(done, "masked");
}

size_t doc_findings_of_safety(const struct doc *doc)
{
    size_t n = 0;
    ND_JSON_EACH(finding, nd_json_get(doc->checks, "findings")) n += doc_of_safety(finding);
    return n;
}

bool doc_same_page(const struct doc *doc, size_t a, size_t b)
{
    return doc->quotes[a].source == doc->quotes[b].source && doc->quotes[a].page == doc->quotes[b].page;
}

bool cell_cites_anew(const struct doc *doc, const struct doc_exhibit *x, size_t row, size_t column)
{
    const struct doc_cell *cells = &x->cells[row * x->column_count];
    if (cells[column].quote == NONE) return false;
    for (size_t i = 0; i < column; i++) {
        if (cells[i].quote != NONE && doc_same_page(doc, cells[i].quote, cells[column].quote)) return false;
    }
    return true;
}

bool doc_continues(const struct doc_quote *first, const struct doc_quote *second)
{
    return first->source == second->source && second->page == first->page + 1;
}

const char *doc_verdict_word(const struct doc *doc, enum verdict verdict)
{
    static const char *const words[] = {"quoted", "supported", "unjudged", "caveat"};
    return say(doc, words[verdict]);
}

const char *doc_status_word(const struct doc *doc, enum source_status status)
{
    static const char *const words[] = {"read", "partly read", "failed", "unsupported"};
    return say(doc, words[status]);
}

const char *doc_confidence_words(const struct doc *doc, const char *confidence)
{
    if (strcmp(confidence, "high") == 0) return say(doc, "three or more sources");
    if (strcmp(confidence, "medium") == 0) return say(doc, "two sources");
    return strcmp(confidence, "low") == 0 ? say(doc, "one source") : "";
}

const char *doc_confidence_number(const char *confidence)
{
    if (strcmp(confidence, "high") == 0) return "3+";
    if (strcmp(confidence, "medium") == 0) return "2";
    return strcmp(confidence, "low") == 0 ? "1" : "";
}

bool url_is_plain(const char *url)
{
    struct nd_view v = nd_view_of(url);
    if (!nd_view_starts(v, "https://") && !nd_view_starts(v, "http://")) return false;
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] <= ' ' || v.data[i] > '~' || strchr("\"'<>\\`(){}[]|^", v.data[i])) return false;
    }
    return v.len > 8 && v.len <= 2048;
}

bool lang_is_plain(const char *lang)
{
    size_t len = strlen(lang);
    return len >= 2 && len <= 35 &&
           strspn(lang, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

void put_checks(struct nd_bytes *out, const struct doc *doc)
{
    const struct nd_json *c = doc->checks;
    int64_t quotes = nd_json_get_int(c, "quotes_total", 0);
    put_count(out, doc, nd_json_get_int(c, "quotes_verified", 0));
    nd_bytes_add_str(out, say(doc, " of "));
    put_plural(out, doc, quotes, "quotation equals the bytes at its place in the source; ",
               "quotations equal the bytes at their place in the source; ");
    put_plural(out, doc, nd_json_get_int(c, "claims_total", 0), "statement was", "statements were");
    nd_bytes_add_str(out, say(doc, " checked, "));
    put_count(out, doc, nd_json_get_int(c, "claims_removed", 0));
    nd_bytes_add_str(out, say(doc, " removed, "));
    put_count(out, doc, nd_json_get_int(c, "claims_demoted", 0));
}

void put_changes_lead(struct nd_bytes *out, const struct doc *doc)
{
    const struct doc_changes *c = &doc->changes;
    size_t withdrawn = nd_json_len(c->withdrawn);
    bool none = c->fresh.n + c->changed.n + withdrawn == 0;
    nd_bytes_add_str(out, say(doc, none ? "Nothing in the sources has changed since the report of "
                                        : "Since the report of "));
    put_date(out, doc, c->started_at);
    put_said(out, doc, " (run %s)", c->run_id);
    if (!none)
        put_said(out, doc, ": %zu new, %zu changed, %zu withdrawn", c->fresh.n, c->changed.n, withdrawn);
    nd_bytes_add_str(out, ". ");
    put_plural(out, doc, c->unchanged, "source is", "sources are");
    nd_bytes_add_str(out, say(doc, " as before."));
}
