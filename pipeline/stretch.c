#include "stretch.h"
#include "candidate.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include <string.h>

#define AROUND_UNITS 60 /* on either side, where a page holds more */

static uint32_t end_of(struct nd_stretch s)
{
    return s.unit + s.count;
}

/* ---- from places ---- */

static bool covers(const struct nd_unit *u, const struct nd_range *at)
{
    const struct nd_range *ranges[] = {&u->at, &u->rest};
    for (size_t i = 0; i < 2; i++)
        if (ranges[i]->page == at->page && ranges[i]->start < at->end && at->start < ranges[i]->end)
            return true;
    return false;
}

bool nd_stretch_of(const struct nd_collection *c, const struct nd_parts *parts, struct nd_stretch *out)
{
    uint32_t document = nd_collection_of_source(c, parts->v[0].source - 1), first = ND_NONE, last = 0;
    if (document == ND_NONE) return false;
    const struct nd_document *doc = nd_collection_document(c, document);
    for (uint32_t u = doc->unit; u < doc->unit + doc->unit_count; u++) {
        const struct nd_unit *unit = nd_collection_unit(c, u);
        if (unit->at.page > parts->v[parts->n - 1].at.page) break;
        for (unsigned i = 0; i < parts->n; i++) {
            if (!covers(unit, &parts->v[i].at)) continue;
            if (first == ND_NONE) first = u;
            last = u;
        }
    }
    if (first == ND_NONE) return false;
    *out = (struct nd_stretch){first, last - first + 1};
    return true;
}

struct nd_stretch nd_stretch_around(const struct nd_collection *c, struct nd_stretch s)
{
    const struct nd_unit *first = nd_collection_unit(c, s.unit), *last = nd_collection_unit(c, end_of(s) - 1);
    const struct nd_document *doc = nd_collection_document(c, first->document);
    uint32_t from = s.unit, to = end_of(s);
    while (from > doc->unit && s.unit - from < AROUND_UNITS &&
           nd_collection_unit(c, from - 1)->at.page == first->at.page)
        from--;
    while (to < doc->unit + doc->unit_count && to - end_of(s) < AROUND_UNITS &&
           nd_collection_unit(c, to)->at.page == last->at.page)
        to++;
    return (struct nd_stretch){from, to - from};
}

/* ---- as evidence ---- */

static char *shown(const struct nd_collection *c, struct nd_stretch s, const struct nd_parts *parts)
{
    if (s.count == 1) return nd_unit_quoted(c, s.unit);
    struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_collection_show_range(c, nd_collection_unit(c, s.unit)->document, parts->v[0].at, &out);
    return nd_bytes_take(&out, NULL);
}

static unsigned words_of(const struct nd_collection *c, struct nd_stretch s)
{
    unsigned words = 0;
    for (uint32_t u = s.unit; u < end_of(s); u++) words += nd_collection_unit(c, u)->words;
    return words;
}

static bool is_quotable(const struct nd_unit *u)
{
    return u->kind == ND_UNIT_PROSE || u->kind == ND_UNIT_FRAGMENT || u->kind == ND_UNIT_ITEM;
}

/* Why its units can't stand in one quote; NULL: they can. */
static const char *shape_problem(const struct nd_collection *c, struct nd_stretch s)
{
    const struct nd_unit *first = nd_collection_unit(c, s.unit);
    for (uint32_t u = s.unit; u < end_of(s); u++) {
        const struct nd_unit *unit = nd_collection_unit(c, u);
        if (!is_quotable(unit)) return "it holds a heading, a listing, a table or the like";
        if (nd_unit_cut_by_page(c, unit)) return "a word of it is cut by the end of a page";
        if (unit->document != first->document || unit->at.page != first->at.page ||
            (unit->rest.page && s.count > 1))
            return "it goes over the end of a page";
    }
    return NULL;
}

char *nd_stretch_problem(const struct nd_collection *c, struct nd_stretch s,
                         const struct nd_strings *forbidden)
{
    const char *shape = shape_problem(c, s);
    if (shape) return nd_strdup(shape);
    unsigned words = words_of(c, s), most = s.count > 1 ? ND_QUOTE_WORDS : ND_STRETCH_WORDS;
    if (words > most) return nd_sprintf("it has %u words, a quote has at most %u", words, most);
    struct nd_parts parts;
    nd_units_parts(c, s.unit, end_of(s) - 1, &parts);
    char *text = shown(c, s, &parts), *problem = NULL;
    for (size_t i = 0; i < forbidden->n && !problem; i++)
        if (strcasestr(text, forbidden->v[i]))
            problem = nd_sprintf("it uses '%s', which must not be used", forbidden->v[i]);
    nd_free(text);
    return problem;
}

struct nd_json *nd_stretch_json(const struct nd_collection *c, struct nd_stretch s)
{
    const struct nd_unit *unit = nd_collection_unit(c, s.unit);
    struct nd_candidate cand = {.unit = s.unit, .title = 1, .rank = 1, .section = unit->section};
    nd_units_parts(c, s.unit, end_of(s) - 1, &cand.parts);
    cand.seed = cand.parts;
    cand.text = cand.seed_text = shown(c, s, &cand.parts);
    cand.words = cand.seed_words = words_of(c, s);
    cand.lang = nd_collection_document(c, unit->document)->lang;
    struct nd_sentence is;
    nd_sentence_judge(&is, nd_view_of(cand.text), unit->flags, cand.lang);
    cand.salience = is.salience;
    cand.whole = !is.leans;
    struct nd_json *json = nd_candidate_json(c, &cand);
    nd_free(cand.text);
    return json;
}

/* ---- from words ---- */

/* Words as hashes of their folded form, each with the unit it stands in. */
struct heard {
    uint64_t *word;
    uint32_t *unit;
    size_t n, word_cap, unit_cap;
};

static void heard_release(struct heard *h)
{
    nd_free(h->word);
    nd_free(h->unit);
}

static uint64_t hash_of(struct nd_view word)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t at = 0; at < word.len;) {
        uint32_t c = nd_text_lower(nd_utf8_next(word, &at));
        for (int shift = 0; shift < 32; shift += 8) hash = (hash ^ ((c >> shift) & 0xFF)) * 1099511628211u;
    }
    return hash;
}

static void hear(struct heard *h, struct nd_view text, uint32_t unit)
{
    struct nd_bytes folded = ND_BYTES(ND_BYTES_MAX);
    struct nd_view word;
    nd_text_nfkc(text, &folded);
    for (size_t at = 0; nd_word_next(nd_bytes_view(&folded), &at, &word);) {
        size_t units = h->n;
        ND_GROW(h->word, h->n, h->word_cap);
        ND_GROW(h->unit, units, h->unit_cap);
        h->unit[h->n] = unit;
        h->word[h->n++] = hash_of(word);
    }
    nd_bytes_release(&folded);
}

bool nd_stretch_holding(const struct nd_collection *c, struct nd_stretch area, struct nd_view quote,
                        struct nd_stretch *out)
{
    struct heard wanted = {0}, there = {0};
    hear(&wanted, quote, 0);
    for (uint32_t u = area.unit; u < end_of(area); u++) {
        char *text = nd_unit_quoted(c, u);
        hear(&there, nd_view_of(text), u);
        nd_free(text);
    }
    bool found = false;
    for (size_t i = 0; wanted.n >= ND_QUOTED_LEAST && i + wanted.n <= there.n && !found; i++) {
        if (memcmp(&there.word[i], wanted.word, wanted.n * sizeof *wanted.word) != 0) continue;
        uint32_t first = there.unit[i], last = there.unit[i + wanted.n - 1];
        *out = (struct nd_stretch){first, last - first + 1};
        found = true;
    }
    heard_release(&wanted);
    heard_release(&there);
    return found;
}

double nd_stretch_nearest(const struct nd_collection *c, struct nd_stretch area, struct nd_view words,
                          struct nd_stretch *out)
{
    double best = 0, best_like = 0;
    struct nd_termset wanted = {0};
    const char *lang = NULL;
    for (uint32_t u = area.unit; u < end_of(area); u++) {
        const struct nd_unit *unit = nd_collection_unit(c, u);
        if (unit->kind != ND_UNIT_PROSE) continue;
        const char *its = nd_collection_document(c, unit->document)->lang;
        if (!wanted.v || its != lang) {
            nd_termset_release(&wanted);
            nd_termset_of(&wanted, words, lang = its);
        }
        struct nd_termset terms;
        char *text = nd_unit_quoted(c, u);
        nd_termset_of(&terms, nd_view_of(text), its);
        double share = nd_termset_within(&wanted, &terms), like = nd_termset_jaccard(&wanted, &terms);
        if (share > best || (share == best && like > best_like)) {
            best = share;
            best_like = like;
            *out = (struct nd_stretch){u, 1};
        }
        nd_termset_release(&terms);
        nd_free(text);
    }
    nd_termset_release(&wanted);
    return best;
}
