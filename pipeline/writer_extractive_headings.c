/* Sub-topics from the documents' own section titles: those under which the best passages of what was asked
 * stand. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "writer_extractive.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LOOKED_AT 200 /* passages of a sub-topic whose sections are looked at */
#define SECTIONS_MAX 80
#define SHARED_TERMS 10
#define SHARED_LEAST 2
#define EVERYWHERE 0.35 /* of a document's passages that hold a word */
#define ASKED_LEAST 0.6 /* of the mean idf of the question's words */
#define TITLE_WORDS_LEAST 2
#define TITLE_WORDS_MOST 9
#define TITLE_BYTES_MOST 70
#define SIMILAR 0.6      /* share of a title's terms that another title may have */
#define PASSAGES_LEAST 3 /* above the floor, or there is nothing to write under it */

/* Titles that say where in a document one is, not what is told. */
static const char *const generic[] = {
    "version",     "versions",    "revision",     "revisions",     "documents",  "complementary",
    "libraries",   "internal",    "actual",       "introduction",  "conclusion", "conclusions",
    "history",     "example",     "examples",     "description",   "overview",   "summary",
    "notes",       "references",  "bibliography", "appendix",      "abstract",   "preface",
    "contents",    "index",       "glossary",     "background",    "discussion", "usage",
    "synopsis",    "options",     "author",       "authors",       "copyright",  "license",
    "faq",         "see",         "also",         "general",       "basic",      "basics",
    "further",     "reading",     "more",         "information",   "about",      "document",
    "manual",      "guide",       "chapter",      "section",       "tips",       "requirements",
    "features",    "limitations", "simple",       "advanced",      "getting",    "started",
    "quick",       "start",       "other",        "miscellaneous", "new",        "some",
    "this",        "known",       "issues",       "bugs",          "changes",    "configuration",
    "terminology", "definitions", "concepts"};
/* Titles that speak to somebody, and titles that are sentences. */
static const char *const personal[] = {"i",   "my",     "you",   "your",  "we",     "our", "me",
                                       "why", "what's", "don't", "i'm",   "is",     "are", "does",
                                       "not", "isn't",  "won't", "can't", "doesn't"};

static bool in_list(struct nd_view word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (word.len == strlen(list[i]) && strncasecmp(word.data, list[i], word.len) == 0) return true;
    }
    return false;
}
#define IN(word, list) in_list((word), (list), sizeof(list) / sizeof *(list))

/* "4.2 Remote login", "Chapter 3: Remote login", "B. Remote login" -> "Remote login" */
static struct nd_view without_number(struct nd_view title)
{
    static const char *const kinds[] = {"chapter ", "section ", "appendix ", "part "};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (title.len > strlen(kinds[i]) && strncasecmp(title.data, kinds[i], strlen(kinds[i])) == 0)
            title = nd_view_sub(title, strlen(kinds[i]), title.len);
    }
    size_t at = 0;
    bool letter = title.len > 1 && title.data[0] >= 'A' && title.data[0] <= 'Z' &&
                  (title.data[1] == '.' || title.data[1] == ':');
    if (letter) at = 1;
    while (at < title.len && strchr("0123456789.:)-", title.data[at])) at++;
    if (at > 0 && (letter || (at < title.len && title.data[at] == ' ')))
        title = nd_view_sub(title, at, title.len);
    return nd_view_trim(title);
}

static bool well_formed(struct nd_view title)
{
    if (title.len > TITLE_BYTES_MOST || memchr(title.data, '?', title.len) ||
        memchr(title.data, '=', title.len) || memchr(title.data, ':', title.len) ||
        memchr(title.data, '(', title.len) || memchr(title.data, '_', title.len) ||
        memchr(title.data, '/', title.len) || memchr(title.data, '<', title.len))
        return false;
    size_t words = 0, telling = 0, at = 0, letters = 0;
    struct nd_view word;
    while (nd_word_next(title, &at, &word)) {
        if (IN(word, personal)) return false;
        words++;
        telling += !IN(word, generic) && !nd_stop_word("en", word);
        size_t in = 0;
        letters += nd_is_letter(nd_utf8_next(word, &in));
    }
    return words >= TITLE_WORDS_LEAST && words <= TITLE_WORDS_MOST && telling > 0 && 2 * letters > words;
}

/* ---- is it about what was asked? ---- */

struct judge {
    const struct nd_collection *c;
    struct nd_query asked;                        /* the question's words */
    struct nd_weighted_term shared[SHARED_TERMS]; /* of the sub-topic's best passages */
    size_t shared_n;
};

struct sight {
    const struct nd_collection *c;
    const struct nd_document *document;
    const struct nd_query *asked;
    const struct nd_weighted_term *shared;
    size_t shared_n, both;
    double idf;
};

/* Does the term stand all over the document? Then it tells its sections from nothing. */
static bool everywhere(const struct nd_collection *c, const struct nd_document *d, uint32_t term)
{
    size_t passages = 0;
    for (uint32_t p = d->passage; p < d->passage + d->passage_count; p++)
        passages += nd_passage_has(c, p, term);
    return (double)passages >= EVERYWHERE * (double)d->passage_count + 1;
}

static void see_term(void *ctx, struct nd_view term, bool exact)
{
    struct sight *s = ctx;
    uint32_t number = exact ? ND_NONE : nd_term_find(s->c, term);
    if (number == ND_NONE) return;
    for (size_t i = 0; i < s->asked->term_count; i++) {
        if (s->asked->terms[i].term == number) {
            if (!everywhere(s->c, s->document, number)) s->idf += nd_term_idf(s->c, number);
            break;
        }
    }
    for (size_t i = 0; i < s->shared_n; i++) s->both += s->shared[i].term == number;
}

/*
 * How much a title is about the question, 0..1: by its rarest words that the title holds. A word that is all
 * over the documents ("Debian", in Debian's manuals) says nothing; two terms of the best passages say a
 * little.
 */
static double bearing(const struct judge *j, struct nd_view title, const struct nd_document *d)
{
    struct sight s = {
        .c = j->c, .document = d, .asked = &j->asked, .shared = j->shared, .shared_n = j->shared_n};
    nd_terms(title, d->lang, see_term, &s);
    double mean = 0;
    for (size_t i = 0; i < j->asked.word_count; i++)
        mean += j->asked.words[i].idf / (double)j->asked.word_count;
    double share = mean > 0 ? s.idf / mean : 0;
    if (share >= ASKED_LEAST) return share < 1 ? share : 1;
    return s.both >= SHARED_LEAST ? ASKED_LEAST / 2 : 0;
}

static bool told_already(const struct nd_sub_topics *list, const struct nd_termset *title, const char *lang)
{
    bool found = false;
    for (size_t i = 0; i < list->n && !found; i++) {
        struct nd_termset have;
        nd_termset_of(&have, nd_view_of(list->v[i].title), lang);
        found = nd_termset_within(title, &have) >= SIMILAR || nd_termset_within(&have, title) >= SIMILAR + .3;
        nd_termset_release(&have);
    }
    return found;
}

/* ---- candidates of one sub-topic ---- */

struct titles {
    struct nd_section_hit v[SECTIONS_MAX];
    size_t n, at; /* at: the next to look at */
    struct judge judge;
    const struct nd_sub_topic *parent;
};

static int by_value(const void *a, const void *b)
{
    const struct nd_section_hit *x = a, *y = b;
    if (x->value != y->value) return x->value > y->value ? -1 : 1;
    return x->section < y->section ? -1 : x->section > y->section;
}

/* Sections by what stands in them and by what their titles say; those whose titles say nothing of it go. */
static void weigh(struct titles *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_section *section = nd_collection_section(t->judge.c, t->v[i].section);
        struct nd_view title = without_number(nd_view_of(section->title));
        const struct nd_document *d = nd_collection_document(t->judge.c, section->document);
        bool fit = well_formed(title) && !nd_view_is(title, d->title);
        double bears = fit ? bearing(&t->judge, title, d) : 0;
        if (bears <= 0) continue;
        t->v[kept] = t->v[i];
        t->v[kept++].value *= bears;
    }
    t->n = kept;
    qsort(t->v, t->n, sizeof *t->v, by_value);
}

static enum nd_rc titles_of(struct titles *out, const struct nd_collection *c, const struct nd_question *q,
                            const char *topic, const struct nd_sub_topic *parent, struct nd_error *err)
{
    struct nd_wanted wanted = {.title = parent->title,
                               .words = parent->words,
                               .parent = "",
                               .more = "",
                               .section = "",
                               .aspect = parent->aspect};
    struct nd_aim aim;
    enum nd_rc rc = nd_aim_open(&aim, c, q, topic, &wanted, err);
    if (rc != ND_OK) return rc;
    struct nd_ranked *ranked = ND_ARRAY(struct nd_ranked, LOOKED_AT);
    struct nd_hit *hit = ND_ARRAY(struct nd_hit, LOOKED_AT);
    size_t n = 0, found = 0;
    rc = nd_aim_passages(&aim, LOOKED_AT, ranked, &n, &found, err);
    for (size_t i = 0; rc == ND_OK && i < n; i++)
        hit[i] = (struct nd_hit){ranked[i].passage, 1 + (int64_t)(ranked[i].value * 1e6)};
    struct nd_hits hits = {hit, rc == ND_OK ? n : 0};
    out->n = nd_hits_sections(c, &hits, out->v, SECTIONS_MAX);
    out->judge.c = c;
    out->judge.shared_n = nd_expand(&aim.core, &hits, 15, out->judge.shared, SHARED_TERMS);
    nd_query_init(&out->judge.asked, c);
    nd_query_add(&out->judge.asked, nd_view_of(topic), 1, 0);
    char *joined = nd_joined_words(c, topic);
    nd_query_add(&out->judge.asked, nd_view_of(joined), 1, 0);
    nd_free(joined);
    out->parent = parent;
    weigh(out);
    nd_free(hit);
    nd_free(ranked);
    nd_aim_release(&aim);
    return rc;
}

static void add_title(struct nd_sub_topics *list, const struct nd_collection *c,
                      const struct nd_section *section, struct nd_view title,
                      const struct nd_sub_topic *parent)
{
    const struct nd_document *d = nd_collection_document(c, section->document);
    struct nd_sub_topic *t = &list->v[list->n++];
    t->title = nd_title_of(title);
    t->words = nd_title_words(title);
    t->parent = nd_strdup(parent->words);
    t->why = nd_sprintf("from section titles of %s", d->title);
    t->source = d->source + 1;
    t->page = section->page;
    t->section = nd_strdup(section->title);
}

/* Is there enough above the floor to write under that title? */
static enum nd_rc enough(const struct nd_collection *c, const struct nd_question *q, const char *topic,
                         const struct nd_sub_topic *t, bool *yes, struct nd_error *err)
{
    struct nd_wanted wanted = {.title = t->title,
                               .words = t->words,
                               .parent = t->parent,
                               .more = "",
                               .section = t->section,
                               .source = t->source,
                               .page = t->page};
    struct nd_aim aim;
    enum nd_rc rc = nd_aim_open(&aim, c, q, topic, &wanted, err);
    if (rc != ND_OK) return rc;
    struct nd_ranked ranked[1];
    size_t n = 0, found = 0;
    rc = nd_aim_passages(&aim, 1, ranked, &n, &found, err);
    *yes = found >= PASSAGES_LEAST;
    nd_aim_release(&aim);
    return rc;
}

static void drop_last(struct nd_sub_topics *list)
{
    struct nd_sub_topics one = {.n = 1};
    one.v[0] = list->v[--list->n];
    nd_sub_topics_release(&one);
}

/* Adds the next title that will do; *added stays false when there is none left. */
static enum nd_rc next_title(struct nd_sub_topics *list, struct titles *from, const struct nd_collection *c,
                             const struct nd_question *q, const char *topic, bool *added,
                             struct nd_error *err)
{
    while (from->at < from->n && !*added) {
        const struct nd_section *section = nd_collection_section(c, from->v[from->at++].section);
        const char *lang = nd_collection_document(c, section->document)->lang;
        struct nd_view title = without_number(nd_view_of(section->title));
        struct nd_termset terms;
        nd_termset_of(&terms, title, lang);
        bool told = told_already(list, &terms, lang);
        nd_termset_release(&terms);
        if (told) continue;
        add_title(list, c, section, title, from->parent);
        enum nd_rc rc = enough(c, q, topic, &list->v[list->n - 1], added, err);
        if (rc != ND_OK) return rc;
        if (!*added) drop_last(list);
    }
    return ND_OK;
}

/* Titles in turn for each parent, until the list has `want`; the first *skip that fit are passed over. */
static enum nd_rc fill_round(struct nd_sub_topics *list, struct titles *of, size_t parents,
                             const struct nd_collection *c, const struct nd_question *q, const char *topic,
                             size_t want, size_t *skip, struct nd_error *err)
{
    for (bool more = true; more && list->n < want;) {
        more = false;
        for (size_t i = 0; i < parents && list->n < want; i++) {
            bool added = false;
            enum nd_rc rc = next_title(list, &of[i], c, q, topic, &added, err);
            if (rc != ND_OK) return rc;
            more = more || added;
            if (!added || *skip == 0) continue;
            drop_last(list);
            --*skip;
        }
    }
    return ND_OK;
}

enum nd_rc nd_sub_topics_fill(struct nd_sub_topics *list, const struct nd_collection *c,
                              const struct nd_question *q, const char *topic, size_t want, size_t skip,
                              struct nd_error *err)
{
    size_t parents = list->n;
    if (want > ND_SUB_TOPICS_MAX) want = ND_SUB_TOPICS_MAX;
    struct titles *of = ND_ARRAY(struct titles, parents + 1);
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < parents && rc == ND_OK; i++)
        if (!list->v[i].clause) rc = titles_of(&of[i], c, q, topic, &list->v[i], err);
    if (rc == ND_OK) rc = fill_round(list, of, parents, c, q, topic, want, &skip, err);
    for (size_t i = 0; i < parents; i++) nd_query_release(&of[i].judge.asked);
    nd_free(of);
    return rc;
}
