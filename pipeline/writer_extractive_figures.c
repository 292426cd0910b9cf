/*
 * Values that a sentence states of something: "The default retention period is 365 days", "passwords must
 * have at least 8 characters", "port 749". Only wordings in which the thing, the value and the unit cannot be
 * mistaken are taken.
 */
#include "writer_extractive_figures.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "writer_extractive.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LABEL_WORDS_MOST 6
#define LABEL_BYTES_MOST 60

static const char *const units[] = {
    "millisecond", "milliseconds", "second",    "seconds", "minute", "minutes",    "hour",   "hours",
    "day",         "days",         "week",      "weeks",   "month",  "months",     "year",   "years",
    "byte",        "bytes",        "kB",        "KB",      "MB",     "GB",         "TB",     "KiB",
    "MiB",         "GiB",          "TiB",       "bits",    "bit",    "percent",    "%",      "characters",
    "character",   "volts",        "amps",      "watts",   "VA",     "MHz",        "GHz",    "kilobytes",
    "megabytes",   "gigabytes",    "terabytes", "meters",  "metres", "kilometers", "km",     "kg",
    "degrees",     "dollars",      "euros",     "USD",     "EUR",    "hectares",   "tonnes", "tons",
    "litres",      "liters"};

/* How a value is stated, and what stands between the thing and the value. Longer wordings first. */
static const struct {
    const char *words, *kind;
} statements[] = {{"defaults to", "default"},
                  {"must be at least", "at least"},
                  {"should be at least", "at least"},
                  {"must have at least", "at least"},
                  {"should have at least", "at least"},
                  {"must contain at least", "at least"},
                  {"is at least", "at least"},
                  {"are at least", "at least"},
                  {"must be at most", "at most"},
                  {"must not exceed", "must not exceed"},
                  {"is at most", "at most"},
                  {"is limited to", "limited to"},
                  {"are limited to", "limited to"},
                  {"is typically", "typically"},
                  {"is usually", "usually"},
                  {"is normally", "normally"},
                  {"is set to", "set to"}};

struct word {
    struct nd_view text;
    size_t start;
};
struct words {
    struct word v[96];
    size_t n;
};

/* Blank-separated pieces without the punctuation around them. */
static void cut(struct nd_view text, struct words *out)
{
    out->n = 0;
    for (size_t at = 0; at < text.len && out->n < sizeof out->v / sizeof *out->v;) {
        while (at < text.len && text.data[at] == ' ') at++;
        size_t end = at;
        while (end < text.len && text.data[end] != ' ') end++;
        size_t from = at, to = end;
        while (from < to && strchr("\"'([", text.data[from])) from++;
        while (to > from && strchr("\"').,;:]", text.data[to - 1])) to--;
        if (to > from) out->v[out->n++] = (struct word){nd_view_sub(text, from, to), from};
        at = end;
    }
}

static bool is(struct nd_view word, const char *text)
{
    return word.len == strlen(text) && strncasecmp(word.data, text, word.len) == 0;
}

static bool ends_clause(struct nd_view text, const struct word *w)
{
    size_t end = w->start + w->text.len;
    return end < text.len && strchr(",;:)", text.data[end]);
}

static const char *unit_of(struct nd_view word)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (nd_view_is(word, units[i])) return units[i];
    }
    return NULL;
}

/* "365", "1,500", "0.5": digits with at most one kind of mark; not "3.0.1". */
static bool number_of(struct nd_view word, double *value)
{
    char plain[24];
    size_t n = 0, points = 0;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.data[i];
        if (c == ',' && i > 0 && word.len - i > 3) continue;
        points += c == '.';
        if (!((c >= '0' && c <= '9') || c == '.') || n + 1 >= sizeof plain || points > 1) return false;
        plain[n++] = c;
    }
    if (n == 0 || plain[0] == '.' || plain[n - 1] == '.') return false;
    plain[n] = '\0';
    *value = 0;
    double scale = 1;
    bool behind = false;
    for (size_t i = 0; i < n; i++) {
        if (plain[i] == '.')
            behind = true;
        else
            *value = *value * 10 + (plain[i] - '0'), scale *= behind ? 10 : 1;
    }
    *value /= scale;
    return true;
}

/* ---- labels ---- */

static bool weak(struct nd_view word)
{
    static const char *const list[] = {
        "it",  "this", "that",    "they",    "these", "those", "which", "there", "value", "values", "one",
        "you", "we",   "default", "setting", "size",  "time",  "limit", "and",   "or",    "if",     "when"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (is(word, list[i])) return true;
    }
    return false;
}

static bool article(struct nd_view word)
{
    static const char *const list[] = {"the",  "a",    "an", "its", "their", "your", "each",
                                       "this", "that", "of", "for", "and",   "so",   "but"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (is(word, list[i])) return true;
    }
    return false;
}

/* Words [from, to) as a label: a stretch of the sentence, not only weak words; empty when it is none. */
static struct nd_view label_of(struct nd_view text, const struct words *w, size_t from, size_t to)
{
    while (from < to && article(w->v[from].text)) from++;
    if (from >= to || to - from > LABEL_WORDS_MOST) return nd_view_sub(text, 0, 0);
    bool telling = false;
    for (size_t i = from; i < to; i++) {
        size_t at = 0;
        if (i + 1 < to && ends_clause(text, &w->v[i])) return nd_view_sub(text, 0, 0);
        if (!nd_is_letter(nd_utf8_next(w->v[i].text, &at))) return nd_view_sub(text, 0, 0);
        telling = telling || (!weak(w->v[i].text) && !article(w->v[i].text));
    }
    if (!telling || weak(w->v[from].text) || nd_stop_word("en", w->v[from].text))
        return nd_view_sub(text, 0, 0);
    struct nd_view label = nd_view_sub(text, w->v[from].start, w->v[to - 1].start + w->v[to - 1].text.len);
    return label.len <= LABEL_BYTES_MOST ? label : nd_view_sub(text, 0, 0);
}

static size_t clause_start(struct nd_view text, const struct words *w, size_t at)
{
    while (at > 0 && !ends_clause(text, &w->v[at - 1])) at--;
    return at;
}

/* ---- wordings ---- */

static size_t matches(const struct words *w, size_t at, const char *wording)
{
    struct words parts;
    cut(nd_view_of(wording), &parts);
    for (size_t i = 0; i < parts.n; i++) {
        if (at + i >= w->n || w->v[at + i].text.len != parts.v[i].text.len ||
            strncasecmp(w->v[at + i].text.data, parts.v[i].text.data, parts.v[i].text.len) != 0)
            return 0;
    }
    return parts.n;
}

/* A number with its unit at word `at`: the unit behind it, or "%" joined to it. */
static bool amount_at(const struct words *w, size_t at, struct nd_figure *f)
{
    if (at >= w->n) return false;
    struct nd_view number = w->v[at].text;
    bool percent = number.len > 1 && number.data[number.len - 1] == '%';
    if (percent) number.len--;
    if (!number_of(number, &f->value)) return false;
    f->unit = percent ? "%" : at + 1 < w->n ? unit_of(w->v[at + 1].text) : NULL;
    f->number = number;
    return f->unit != NULL;
}

/* "the default LABEL is N unit", "the default of LABEL is N unit", "LABEL defaults to N unit" … */
static bool default_is(struct nd_view text, const struct words *w, size_t at, struct nd_figure *f)
{
    if (!is(w->v[at].text, "default")) return false;
    for (size_t i = at + 1; i < w->n && i <= at + 1 + LABEL_WORDS_MOST; i++) {
        if (!is(w->v[i].text, "is") && !is(w->v[i].text, "of")) continue;
        if (!amount_at(w, i + 1, f)) continue;
        f->label = label_of(text, w, at + 1, i);
        f->kind = "default";
        return f->label.len > 0;
    }
    return false;
}

static bool statement_at(struct nd_view text, const struct words *w, size_t at, struct nd_figure *f)
{
    for (size_t s = 0; s < sizeof statements / sizeof *statements; s++) {
        size_t n = matches(w, at, statements[s].words);
        if (n == 0 || !amount_at(w, at + n, f)) continue;
        f->label = label_of(text, w, clause_start(text, w, at), at);
        f->kind = statements[s].kind;
        return f->label.len > 0;
    }
    return false;
}

/* "LABEL … on port 749": the port's user is the name in front of it. */
static bool port_at(struct nd_view text, const struct words *w, size_t at, struct nd_figure *f)
{
    double value = 0;
    if (!is(w->v[at].text, "port") || at + 1 >= w->n || !number_of(w->v[at + 1].text, &value) || value < 1 ||
        value > 65535 || value != (double)(long)value)
        return false;
    size_t from = clause_start(text, w, at);
    for (size_t i = from; i + 1 < at; i++) {
        if (!is(w->v[i].text, "uses") && !is(w->v[i].text, "listens") && !is(w->v[i].text, "runs")) continue;
        *f = (struct nd_figure){.value = value,
                                .unit = "port",
                                .number = w->v[at + 1].text,
                                .kind = "port",
                                .label = label_of(text, w, from, i)};
        return f->label.len > 0;
    }
    return false;
}

size_t nd_figures_in(struct nd_view text, struct nd_figure *out, size_t max)
{
    struct words w;
    cut(text, &w);
    size_t n = 0;
    for (size_t at = 0; at < w.n && n < max; at++) {
        struct nd_figure f = {0};
        if (default_is(text, &w, at, &f) || statement_at(text, &w, at, &f) || port_at(text, &w, at, &f))
            out[n++] = f;
    }
    return n;
}

/* ---- of passages ---- */

#define FIGURES_MOST 20 /* of a sub-topic */
#define OF_A_SENTENCE 3

static void add_figure(struct nd_json *array, const struct nd_collection *c, const struct nd_unit *unit,
                       const char *shown, const struct nd_figure *f)
{
    const struct nd_document *d = nd_collection_document(c, unit->document);
    const struct nd_section *section = nd_collection_section(c, unit->section);
    struct nd_parts parts = {.n = 1, .v = {{d->source + 1, unit->at}}};
    struct nd_json *json = nd_json_add(array, nd_json_object());
    nd_json_set_view(json, "label", f->label);
    nd_json_set_view(json, "number", f->number);
    nd_json_set_num(json, "value", f->value);
    nd_json_set_str(json, "unit", f->unit);
    nd_json_set_str(json, "kind", f->kind);
    nd_json_set(json, "parts", nd_parts_json(&parts));
    nd_json_set_str(json, "text", shown);
    nd_json_set_str(json, "lang", d->lang);
    nd_json_set_str(json, "section", section ? section->title : NULL);
}

/* Is it a figure of the sub-topic: does its label share a word with it, or with the title that it stands
 * under? */
static bool of_sub_topic(const struct nd_aim *aim, const struct nd_unit *unit, const struct nd_figure *f,
                         const char *lang)
{
    if (nd_text_cover(&aim->own, f->label, lang) > 0 || nd_text_cover(&aim->head, f->label, lang) > 0)
        return true;
    const struct nd_section *section = nd_collection_section(aim->c, unit->section);
    struct nd_termset label, title;
    nd_termset_of(&label, f->label, lang);
    nd_termset_of(&title, nd_view_of(section ? section->title : ""), lang);
    bool shared = nd_termset_shared(&label, &title) > 0;
    nd_termset_release(&label);
    nd_termset_release(&title);
    return shared;
}

struct nd_json *nd_aim_figures(const struct nd_aim *aim, const struct nd_ranked *ranked, size_t n)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < n; i++) {
        const struct nd_passage *p = nd_collection_passage(aim->c, ranked[i].passage);
        for (uint32_t u = p->unit; u < p->unit + p->unit_count; u++) {
            const struct nd_unit *unit = nd_collection_unit(aim->c, u);
            if (unit->kind != ND_UNIT_PROSE || (unit->flags & ND_UNIT_CONTINUES)) continue;
            struct nd_bytes shown = ND_BYTES(ND_MIB);
            struct nd_figure found[OF_A_SENTENCE];
            nd_collection_show(aim->c, u, &shown);
            size_t figures = nd_figures_in(nd_bytes_view(&shown), found, OF_A_SENTENCE);
            const char *lang = nd_collection_document(aim->c, unit->document)->lang;
            for (size_t k = 0; k < figures && nd_json_len(array) < FIGURES_MOST; k++)
                if (of_sub_topic(aim, unit, &found[k], lang))
                    add_figure(array, aim->c, unit, nd_bytes_view(&shown).data, &found[k]);
            nd_bytes_release(&shown);
        }
    }
    return array;
}
