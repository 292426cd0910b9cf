/* Cells, formulas and differing values against their quotes. */
#include "statements.h"

#include "powers.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <math.h>

ND_PRINTF(4, 5)
static void cell_finding(struct nd_findings *out, const struct doc_exhibit *x, size_t place, const char *fmt,
                         ...)
{
    va_list args;
    va_start(args, fmt);
    char *what = nd_vsprintf(fmt, args);
    char *subject =
        nd_sprintf("cell %s row %zu column %zu", x->id, place / x->column_count, place % x->column_count);
    va_end(args);
    nd_findings_add(out, STATEMENTS_FILE, subject, "%s", what);
    nd_free(subject);
    nd_free(what);
}

/* Lower case, white space as one space: what words are compared by. */
static void fold(struct nd_view text, struct nd_bytes *out)
{
    bool space = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (nd_is_space(c)) {
            space = true;
            continue;
        }
        if (space && out->len) nd_bytes_add_char(out, ' ');
        nd_utf8_add(out, nd_text_lower(c));
        space = false;
    }
}

static bool is_part(uint32_t c)
{
    return (nd_is_letter(c) && !nd_is_cjk(c)) || nd_is_digit(c);
}

static uint32_t character_at(struct nd_view v, size_t at)
{
    return at < v.len ? nd_utf8_next(v, &at) : ' ';
}

static uint32_t character_before(struct nd_view v, size_t at)
{
    if (at == 0) return ' ';
    do at--;
    while (at > 0 && ((unsigned char)v.data[at] & 0xC0) == 0x80);
    return character_at(v, at);
}

/* Does no word or number go on over the place between a and b? */
static bool is_edge(struct nd_view v, size_t at)
{
    uint32_t before = character_before(v, at), after = character_at(v, at);
    if (is_part(before) && is_part(after)) return false;
    bool point_before =
             (before == '.' || before == ',') && at > 1 && nd_is_digit(character_before(v, at - 1)),
         point_after = (after == '.' || after == ',') && nd_is_digit(character_at(v, at + 1));
    return !(point_before && nd_is_digit(after)) && !(point_after && nd_is_digit(before));
}

bool nd_words_stand(struct nd_view text, const char *words)
{
    struct nd_bytes hay = ND_BYTES(ND_BYTES_MAX), needle = ND_BYTES(ND_BYTES_MAX);
    bool found = false;
    fold(text, &hay);
    fold(nd_view_of(words), &needle);
    struct nd_view v = nd_bytes_view(&hay), wanted = nd_bytes_view(&needle);
    for (size_t at = 0; wanted.len && !found && at < v.len; at++) {
        at = nd_view_find(v, wanted, at);
        if (at == SIZE_MAX) break;
        size_t end = at + wanted.len;
        bool plural = character_at(v, end) == 's' && nd_is_letter(character_before(v, end));
        found = is_edge(v, at) && (is_edge(v, end) || (plural && is_edge(v, end + 1)));
    }
    nd_bytes_release(&hay);
    nd_bytes_release(&needle);
    return found;
}

/* Does the quote say the words, or does its section's or its document's title? */
static bool quote_says(const struct doc *doc, const struct doc_quote *q, const char *words)
{
    return nd_words_stand(q->q.display, words) || nd_words_stand(nd_view_of(q->section_title), words) ||
           nd_words_stand(nd_view_of(doc->sources[q->source].title), words);
}

/* The number of a cell that says no power of ten, where its quote does: "5 euros" of "5 million euros". */
static char *missing_power(const struct doc_cell *c, const struct doc_quote *q)
{
    char *stated = nd_sprintf("%s %s", c->text, c->unit), *missing = NULL;
    struct nd_view text = nd_view_of(stated);
    struct number number;
    size_t at = 0;
    if (number_next(text, &at, &number) && !power_at(text, &number, at).own)
        missing = power_missing(text, &q->q.display, 1);
    nd_free(stated);
    return missing;
}

static void check_quoted_cell(const struct doc *doc, const struct doc_exhibit *x, size_t place,
                              struct nd_findings *out)
{
    const struct doc_cell *c = &x->cells[place];
    const struct doc_quote *q = &doc->quotes[c->quote];
    double shown;
    unsigned decimals;
    bool number = nd_number_first(nd_view_of(c->text), &shown, &decimals);
    char *missing = nd_number_missing(nd_view_of(c->text), &q->q.display, 1);
    if (missing && !quote_says(doc, q, c->text))
        cell_finding(out, x, place, "found the number '%.60s', wanted it in its quote", missing);
    else if (!number && *c->text && !quote_says(doc, q, c->text))
        cell_finding(out, x, place, "found '%.100s', wanted it in its quote", c->text);
    if (c->has_value && !nd_value_shown(nd_view_of(c->text), c->value))
        cell_finding(out, x, place, "found a value that its text '%.60s' does not show", c->text);
    if (c->own_unit && !nd_unit_named(q->q.display, c->unit))
        cell_finding(out, x, place, "found the unit '%.30s', wanted it in its quote", c->unit);
    nd_free(missing);
    missing = missing_power(c, q);
    if (missing)
        cell_finding(out, x, place, "found '%.60s' without the power of ten that its quote says", missing);
    nd_free(missing);
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b)));
}

static void check_formula(const struct doc_exhibit *x, size_t place, struct nd_findings *out)
{
    const struct doc_cell *c = &x->cells[place];
    struct nd_amount *args = ND_ARRAY(struct nd_amount, c->args.n + 1);
    struct nd_error err = {0};
    double value = 0;
    bool usable = true;
    for (size_t i = 0; i < c->args.n; i++) {
        const struct doc_cell *arg = &x->cells[c->args.v[i]];
        args[i] = (struct nd_amount){arg->value, arg->unit};
        usable = usable && arg->has_value && (arg->quote != NONE || (arg->op && c->args.v[i] < place));
    }
    if (!usable)
        cell_finding(out, x, place,
                     "found an argument of '%.30s' without a value and a quote or an earlier formula", c->op);
    else if (nd_formula_value(c->op, args, c->args.n, c->unit, &value, &err) != ND_OK)
        cell_finding(out, x, place, "%s", err.note[0]);
    else if (!near(value, c->value))
        cell_finding(out, x, place, "found %.12g, wanted %.12g", c->value, value);
    else if (!nd_value_shown(nd_view_of(c->text), c->value))
        cell_finding(out, x, place, "found the text '%.60s', which does not show its value", c->text);
    nd_free(args);
}

void check_exhibits(const struct doc *doc, struct nd_findings *out, struct nd_checked *checked)
{
    for (size_t i = 0; i < doc->exhibit_count; i++) {
        const struct doc_exhibit *x = &doc->exhibits[i];
        for (size_t place = 0; place < x->rows * x->column_count; place++) {
            const struct doc_cell *c = &x->cells[place];
            checked->cells++;
            if (c->quote != NONE) {
                check_quoted_cell(doc, x, place, out);
            } else if (c->op) {
                checked->formulas++;
                check_formula(x, place, out);
            } else if (*c->text || c->has_value) {
                cell_finding(out, x, place, "found '%.60s' without a quote or a formula", c->text);
            }
        }
    }
}

void check_contradictions(const struct doc *doc, struct nd_findings *out)
{
    for (size_t i = 0; i < doc->contradiction_count; i++) {
        const struct doc_contradiction *d = &doc->contradictions[i];
        char *subject = nd_sprintf("contradiction %s", d->id);
        for (size_t k = 0; k < d->n; k++) {
            const struct doc_value *v = &d->values[k];
            const struct doc_quote *q = &doc->quotes[v->quote];
            char *missing = nd_number_missing(nd_view_of(v->text), &q->q.display, 1);
            bool there = !missing && (nd_number_first(nd_view_of(v->text), &(double){0}, &(unsigned){0}) ||
                                      quote_says(doc, q, v->text));
            if (!there)
                nd_findings_add(out, STATEMENTS_FILE, subject, "found '%.60s', wanted it in quote %s",
                                v->text, q->q.id);
            if (*v->unit && !nd_unit_named(q->q.display, v->unit))
                nd_findings_add(out, STATEMENTS_FILE, subject,
                                "found the unit '%.30s', wanted it in quote %s", v->unit, q->q.id);
            nd_free(missing);
        }
        nd_free(subject);
    }
}
