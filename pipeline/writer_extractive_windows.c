/* Quotes: the best sentences of a sub-topic's passages, each with as many of its neighbours as a quote may
 * hold. */
#include "candidate.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define W_BM25 0.6
#define APART 0.75 /* what answering the title keeps when its words stand apart */
#define UNSAID 0.7 /* what a sentence keeps that does not name the sub-topic, under no title that does */
#define W_PASSAGE 0.5
#define W_SALIENCE 1.4
#define W_EARLY 0.8
#define FLOOR 0.5 /* of the mean of the FLOOR_OF best */
#define FLOOR_OF 5
#define MARKED 0.3            /* of salience, for what stands under a title like "Warning" */
#define NEIGHBOUR_QUALITY 0.5 /* of a sentence beside the one that was chosen */

/* A sentence of the passages looked at. */
struct seed {
    uint32_t unit;
    size_t passage; /* index in the ranked passages */
    struct nd_sentence is;
    double score;
    char *shown;
    unsigned words;
};
struct seeds {
    struct seed *v;
    size_t n, cap;
};

void nd_candidates_release(struct nd_candidates *list)
{
    for (size_t i = 0; i < list->n; i++) {
        nd_free(list->v[i].text);
        nd_free(list->v[i].seed_text);
    }
    nd_free(list->v);
    *list = (struct nd_candidates){0};
}

static char *show(const struct nd_collection *c, uint32_t unit)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_collection_show(c, unit, &out);
    return nd_bytes_take(&out, NULL);
}

static bool forbidden(const struct nd_aim *aim, const char *text)
{
    for (size_t i = 0; aim->forbidden && i < aim->forbidden->n; i++) {
        if (strcasestr(text, aim->forbidden->v[i])) return true;
    }
    return false;
}

static const char *lang_of(const struct nd_collection *c, uint32_t document)
{
    return nd_collection_document(c, document)->lang;
}

/* Does it stand right below a title that only says: this matters? */
static bool is_marked(const struct nd_collection *c, uint32_t unit)
{
    static const char *const titles[] = {"warning", "caution", "important", "note",    "attention", "danger",
                                         "tip",     "warnung", "achtung",   "wichtig", "hinweis"};
    const struct nd_unit *above = unit > 0 ? nd_collection_unit(c, unit - 1) : NULL;
    if (!above || above->kind != ND_UNIT_HEAD || above->document != nd_collection_unit(c, unit)->document)
        return false;
    char *title = show(c, unit - 1);
    size_t len = strcspn(title, " :!.");
    bool marked = false;
    for (size_t i = 0; i < sizeof titles / sizeof *titles && strlen(title) <= len + 1; i++)
        marked = marked || (len == strlen(titles[i]) && strncasecmp(title, titles[i], len) == 0);
    nd_free(title);
    return marked;
}

static void gather(const struct nd_aim *aim, const struct nd_ranked *passages, size_t n, struct seeds *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct nd_passage *p = nd_collection_passage(aim->c, passages[i].passage);
        for (uint32_t u = p->unit; u < p->unit + p->unit_count; u++) {
            const struct nd_unit *unit = nd_collection_unit(aim->c, u);
            if (unit->kind != ND_UNIT_PROSE || nd_unit_cut_by_page(aim->c, unit)) continue;
            struct seed seed = {
                .unit = u, .passage = i, .shown = nd_unit_quoted(aim->c, u), .words = unit->words};
            nd_sentence_judge(&seed.is, nd_view_of(seed.shown), unit->flags, lang_of(aim->c, unit->document));
            if (is_marked(aim->c, u)) seed.is.salience += MARKED;
            if (seed.is.salience > 1) seed.is.salience = 1;
            ND_GROW(out->v, out->n, out->cap);
            out->v[out->n++] = seed;
        }
    }
}

static int by_score(const void *a, const void *b)
{
    const struct seed *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

/* How far the sentence itself, or the titles it stands under, speak of the sub-topic. */
static double answers(const struct nd_aim *aim, uint32_t unit)
{
    const struct nd_unit *u = nd_collection_unit(aim->c, unit);
    const struct nd_section *section = nd_collection_section(aim->c, u->section);
    double said = nd_unit_cover(&aim->own, unit);
    double titled =
        section ? nd_text_cover(&aim->own, nd_view_of(section->path), lang_of(aim->c, u->document)) : 0;
    return said > titled ? said : titled;
}

static void score(const struct nd_aim *aim, const struct nd_ranked *passages, struct seeds *seeds)
{
    uint32_t *units = ND_ARRAY(uint32_t, seeds->n + 1);
    int64_t best = 1;
    for (size_t i = 0; i < seeds->n; i++) {
        units[i] = seeds->v[i].unit;
        int64_t s = nd_unit_score(&aim->full, units[i]);
        if (s > best) best = s;
    }
    for (size_t i = 0; i < seeds->n; i++) {
        struct seed *s = &seeds->v[i];
        const struct nd_ranked *p = &passages[s->passage];
        s->score = W_BM25 * (double)nd_unit_score(&aim->full, s->unit) / (double)best + W_PASSAGE * p->value +
                   W_SALIENCE * s->is.salience + W_EARLY * p->early;
        if (aim->aspect)
            s->score *= s->is.warns;
        else
            s->score *= UNSAID + (1 - UNSAID) * answers(aim, s->unit);
        s->score *= s->is.quality;
    }
    nd_free(units);
    if (seeds->n) qsort(seeds->v, seeds->n, sizeof *seeds->v, by_score);
}

/* ---- windows ---- */

/* Do unit b's bytes follow unit a's on the same page with nothing but white space between them? */
static bool follows(const struct nd_collection *c, const struct nd_unit *a, const struct nd_unit *b)
{
    if (a->document != b->document || a->section != b->section || a->at.page != b->at.page ||
        (a->flags & ND_UNIT_CONTINUES))
        return false;
    if (b->flags & ND_UNIT_CONTINUES) return false;
    struct nd_view gap =
        nd_collection_range(c, a->document, (struct nd_range){a->at.page, a->at.end, b->at.start});
    return b->at.start >= a->at.end && nd_view_trim(gap).len == 0;
}

struct window {
    uint32_t first, last; /* units */
    unsigned words;
};

/* Sentences that a quote holds already, by unit. */
struct taken {
    uint32_t n;
    bool *v;
};

static bool is_taken(const struct taken *t, uint32_t unit)
{
    return unit < t->n && t->v[unit];
}

/* How `unit` reads beside its neighbour; false when it may not stand in a quote. */
static bool judge_neighbour(const struct nd_collection *c, const struct taken *taken, uint32_t unit,
                            struct nd_sentence *is)
{
    const struct nd_unit *u = nd_collection_unit(c, unit);
    if (u->kind != ND_UNIT_PROSE || is_taken(taken, unit)) return false;
    char *shown = show(c, unit);
    nd_sentence_judge(is, nd_view_of(shown), u->flags, lang_of(c, u->document));
    nd_free(shown);
    return is->quality >= NEIGHBOUR_QUALITY;
}

static void grow_on(const struct nd_collection *c, const struct taken *taken, unsigned most, struct window *w)
{
    struct nd_sentence is;
    while (w->last + 1 < nd_collection_units(c)) {
        const struct nd_unit *next = nd_collection_unit(c, w->last + 1);
        if (!follows(c, nd_collection_unit(c, w->last), next) || w->words + next->words > most ||
            !judge_neighbour(c, taken, w->last + 1, &is))
            return;
        w->last++;
        w->words += next->words;
    }
}

/* As far back as there is room, to a sentence that leans on none before it. `least`: the first that will do.
 */
static bool grow_back(const struct nd_collection *c, const struct taken *taken, unsigned most,
                      struct window *w, bool least)
{
    struct window at = *w;
    struct nd_sentence is;
    bool grown = false;
    while (at.first > 0 && !(grown && least)) {
        const struct nd_unit *before = nd_collection_unit(c, at.first - 1);
        if (!follows(c, before, nd_collection_unit(c, at.first)) || at.words + before->words > most ||
            !judge_neighbour(c, taken, at.first - 1, &is))
            break;
        at.first--;
        at.words += before->words;
        if (is.leans) continue;
        *w = at;
        grown = true;
    }
    return grown;
}

/* The seed, what it leans on, what follows, what stood before: false when it leans and nothing holds it. */
static bool window_of(const struct nd_aim *aim, const struct taken *taken, const struct seed *seed,
                      struct window *w)
{
    *w = (struct window){seed->unit, seed->unit, seed->words};
    if (seed->is.leans && !grow_back(aim->c, taken, aim->quote_words, w, true)) return false;
    grow_on(aim->c, taken, aim->quote_words, w);
    grow_back(aim->c, taken, aim->quote_words, w, false);
    return true;
}

/* Do the sub-topic's words stand next to each other ("file integrity"), in any form that begins alike? */
static bool in_one_breath(const struct nd_query *own, const char *shown)
{
    for (size_t i = 0; i + 1 < own->word_count; i++) {
        struct nd_view first = nd_view_of(own->words[i].text), second = nd_view_of(own->words[i + 1].text);
        if (second.len > 4) second.len -= 1; /* plural or not */
        char *pair = nd_sprintf("%.*s %.*s", (int)first.len, first.data, (int)second.len, second.data);
        bool found = strcasestr(shown, pair) != NULL;
        nd_free(pair);
        if (found) return true;
    }
    return own->word_count < 2;
}

static void add_candidate(const struct nd_aim *aim, const struct seed *seed, const struct window *w,
                          double rank, struct nd_candidates *out)
{
    const struct nd_unit *unit = nd_collection_unit(aim->c, seed->unit);
    struct nd_candidate cand = {
        .unit = seed->unit, .seed_words = seed->words, .words = w->words, .score = seed->score};
    nd_units_parts(aim->c, w->first, w->last, &cand.parts);
    nd_units_parts(aim->c, seed->unit, seed->unit, &cand.seed);
    struct nd_bytes shown = ND_BYTES(ND_MIB);
    if (w->first == w->last)
        nd_bytes_add_str(&shown, seed->shown);
    else
        nd_collection_show_range(aim->c, unit->document, cand.parts.v[0].at, &shown);
    cand.text = nd_bytes_take(&shown, NULL);
    cand.seed_text = nd_strdup(seed->shown);
    cand.lang = lang_of(aim->c, unit->document);
    cand.salience = seed->is.salience;
    cand.rank = rank;
    cand.whole = seed->is.quality >= .6 && !seed->is.leans;
    cand.section = unit->section;
    cand.title = nd_passage_cover(&aim->own, unit->passage) * .3 + nd_unit_cover(&aim->own, seed->unit) * .7;
    if (!in_one_breath(&aim->own, seed->shown)) cand.title *= APART;
    ND_GROW(out->v, out->n, out->cap);
    out->v[out->n++] = cand;
}

static void drop_last(struct nd_candidates *list)
{
    struct nd_candidate *last = &list->v[--list->n];
    nd_free(last->text);
    nd_free(last->seed_text);
}

/* What a clause asks ("must be copied") must be said by the quote itself: its passage is about many things.
 */
static bool says_it(const struct nd_aim *aim, const struct window *w)
{
    for (uint32_t u = w->first; u <= w->last; u++) {
        if (nd_unit_cover(&aim->own, u) >= ND_COVER_FLOOR) return true;
    }
    return false;
}

/* A seed below it says too little of the sub-topic, against those that say most: that would be filler. */
static double floor_of(const struct seeds *seeds)
{
    double sum = 0;
    size_t n = seeds->n < FLOOR_OF ? seeds->n : FLOOR_OF;
    for (size_t i = 0; i < n; i++) sum += seeds->v[i].score;
    return n ? FLOOR * sum / (double)n : 0;
}

void nd_aim_candidates(const struct nd_aim *aim, const struct nd_ranked *passages, size_t n,
                       struct nd_candidates *out)
{
    struct seeds seeds = {0};
    gather(aim, passages, n, &seeds);
    score(aim, passages, &seeds);
    struct taken taken = {.n = (uint32_t)nd_collection_units(aim->c)};
    taken.v = ND_ARRAY(bool, taken.n + 1);
    double floor = floor_of(&seeds);
    for (size_t i = 0;
         i < seeds.n && out->n < ND_CANDIDATES_MAX && seeds.v[i].score > 0 && seeds.v[i].score >= floor;
         i++) {
        const struct seed *seed = &seeds.v[i];
        struct window w;
        if (seed->words > aim->quote_words || is_taken(&taken, seed->unit) ||
            !window_of(aim, &taken, seed, &w))
            continue;
        add_candidate(aim, seed, &w, passages[seed->passage].value, out);
        if (aim->clause && !says_it(aim, &w)) {
            drop_last(out);
            continue;
        }
        if (forbidden(aim, out->v[out->n - 1].text))
            drop_last(out);
        else
            memset(&taken.v[w.first], true, w.last - w.first + 1);
    }
    nd_free(taken.v);
    for (size_t i = 0; i < seeds.n; i++) nd_free(seeds.v[i].shown);
    nd_free(seeds.v);
}
