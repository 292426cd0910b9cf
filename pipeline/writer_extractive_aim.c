/* What a sub-topic looks for. Weights are those of the measured recipe; reasons stand where they differ. */
#include "nightdesk/base/alloc.h"
#include "writer_extractive.h"
#include <string.h>

#define W_HEAD 0.35  /* what the question is about, in a sub-topic's query */
#define W_PARENT 0.5 /* the part of the question that a section title was found for */
#define W_JOINED 0.7 /* two of its words that the documents write as one */
#define W_REST 0.1   /* the question's other words */
#define W_EXACT 0.7  /* the word as it stands, against its stem */
#define W_SHARED 0.4 /* terms that the best passages share (RM3) */
#define SHARED_PASSAGES 15
#define SHARED_TERMS 20
#define PROMINENT 0.2  /* of a document's passages: a word in so many is what it is about */
#define HELD_LEAST 0.6 /* of the words' weight: of two words that are alike rare, one is not enough */
#define FEW_WORDS 3
#define COMMON_LEAST 30  /* passages, for a word to be common at all */
#define COMMON 0.015     /* of all passages: a word in so many means many things */
#define TOGETHER_LEAST 2 /* passages with the head's words together */
#define SMALL_DOCUMENT 6 /* passages: one is enough then */
#define A_OWN 0.4        /* a document's weight for the sub-topic, and for the question as a whole */
#define A_QUESTION 0.6

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

void nd_wanted_of(struct nd_wanted *out, const struct nd_json *spec)
{
    const struct nd_json *section = nd_json_get(spec, "section");
    *out = (struct nd_wanted){
        .title = text_or_empty(nd_json_get_str(spec, "title")),
        .words = text_or_empty(nd_json_get_str(spec, "words")),
        .parent = text_or_empty(nd_json_get_str(spec, "parent")),
        .more = text_or_empty(nd_json_get_str(spec, "more")),
        .pin = nd_json_get(spec, "pin"),
        .exclude = nd_json_get(spec, "exclude"),
        .source = (uint32_t)nd_json_get_int(section, "source", 0),
        .page = (uint32_t)nd_json_get_int(section, "page", 0),
        .section = text_or_empty(nd_json_get_str(section, "title")),
        .aspect = nd_json_get_bool(spec, "aspect", false),
        .clause = nd_json_get_bool(spec, "clause", false),
        .attempt = (unsigned)nd_json_get_int(spec, "attempt", 0),
    };
}

static void mark_sources(const struct nd_collection *c, const struct nd_json *numbers, bool *mark, bool *any)
{
    ND_JSON_EACH(number, numbers)
    {
        int64_t n = nd_json_int(number, 0);
        uint32_t document =
            n > 0 && n <= ND_INPUTS_MAX ? nd_collection_of_source(c, (uint32_t)n - 1) : ND_NONE;
        if (document == ND_NONE) continue;
        mark[document] = true;
        *any = true;
    }
}

static uint32_t find_section(const struct nd_collection *c, const struct nd_wanted *w)
{
    uint32_t document = w->source ? nd_collection_of_source(c, w->source - 1) : ND_NONE;
    if (document == ND_NONE) return ND_NONE;
    const struct nd_document *d = nd_collection_document(c, document);
    for (uint32_t s = d->section; s < d->section + d->section_count; s++) {
        const struct nd_section *section = nd_collection_section(c, s);
        if (section->page == w->page && strcmp(section->title, w->section) == 0) return s;
    }
    return ND_NONE;
}

/* The question's words, apart from the sub-topic's: what it is about, then everything else that was asked. */
static void add_context(struct nd_query *q, const struct nd_question *question, const struct nd_wanted *w)
{
    nd_query_add(q, nd_view_of(w->parent), W_PARENT, W_EXACT);
    nd_query_add(q, nd_view_of(question->subject), W_HEAD, W_EXACT);
}

/* A copy in which every word counts alike. */
static void even(struct nd_query *to, const struct nd_query *from)
{
    nd_query_copy(to, from);
    for (size_t i = 0; i < to->word_count; i++) to->words[i].idf = to->words[i].weight = 1;
}

bool nd_holds(const struct nd_query *q, const struct nd_query *evenly, uint32_t passage)
{
    double least = q->word_count <= FEW_WORDS ? HELD_LEAST : ND_COVER_FLOOR;
    return nd_passage_cover(q, passage) >= least || nd_passage_cover(evenly, passage) > ND_COVER_FLOOR;
}

/* ---- does a document speak of what the question is about? ---- */

static bool many(size_t passages, const struct nd_document *d)
{
    return (double)passages >= PROMINENT * (double)d->passage_count + 1;
}

/* Is one of the head's words what a document is about: in its title, or in many of its passages? */
static enum nd_rc hear_word(struct nd_aim *aim, size_t word, size_t *passages, struct nd_error *err)
{
    struct nd_query one;
    struct nd_hits hits = {0};
    size_t n = nd_collection_documents(aim->c);
    nd_query_init(&one, aim->c);
    nd_query_add(&one, nd_view_of(aim->head.words[word].text), 1, 0);
    enum nd_rc rc = nd_search(&one, (struct nd_columns){1, 0, 0}, SIZE_MAX, &hits, err);
    for (size_t d = 0; d < n; d++) passages[d] = 0;
    for (size_t i = 0; i < hits.n; i++) {
        if (nd_passage_cover(&one, hits.v[i].passage) > 0)
            passages[nd_collection_passage(aim->c, hits.v[i].passage)->document]++;
    }
    for (uint32_t d = 0; d < n && rc == ND_OK; d++) {
        const struct nd_document *document = nd_collection_document(aim->c, d);
        aim->heard[d] |= many(passages[d], document) ||
                         nd_text_cover(&one, nd_view_of(document->title), document->lang) > 0;
    }
    nd_hits_release(&hits);
    nd_query_release(&one);
    return rc;
}

/* Do the head's words stand together in passages of a document? */
static enum nd_rc hear_together(struct nd_aim *aim, size_t *passages, struct nd_error *err)
{
    struct nd_hits hits = {0};
    size_t n = nd_collection_documents(aim->c);
    enum nd_rc rc = nd_search(&aim->head, ND_COLUMNS, SIZE_MAX, &hits, err);
    for (size_t d = 0; d < n; d++) passages[d] = 0;
    for (size_t i = 0; i < hits.n; i++) {
        if (nd_holds(&aim->head, &aim->head_even, hits.v[i].passage))
            passages[nd_collection_passage(aim->c, hits.v[i].passage)->document]++;
    }
    for (uint32_t d = 0; d < n && rc == ND_OK; d++) {
        bool small = nd_collection_document(aim->c, d)->passage_count <= SMALL_DOCUMENT;
        aim->heard[d] |= passages[d] >= (small ? 1 : TOGETHER_LEAST);
    }
    nd_hits_release(&hits);
    return rc;
}

/*
 * A document speaks of the head when it is plainly about one of its words ("Bacula", of "Bacula in a
 * hospital"), or has them together in several passages. That they stand in it somewhere is not enough: a
 * manual that mentions a server farm, and elsewhere growing files, says nothing of growing tea on a farm.
 */
static enum nd_rc hear_documents(struct nd_aim *aim, struct nd_error *err)
{
    size_t n = nd_collection_documents(aim->c), words = aim->head.word_count;
    size_t *passages = ND_ARRAY(size_t, n + 1);
    enum nd_rc rc = words ? hear_together(aim, passages, err) : ND_OK;
    for (size_t w = 0; w < words && rc == ND_OK; w++) rc = hear_word(aim, w, passages, err);
    for (size_t d = 0; d < n && words == 0; d++) aim->heard[d] = true;
    nd_free(passages);
    return rc;
}

static enum nd_rc weigh_documents(struct nd_aim *aim, const char *topic, struct nd_error *err)
{
    size_t n = nd_collection_documents(aim->c);
    double *question = ND_ARRAY(double, n + 1), best = 0;
    struct nd_query asked;
    nd_query_init(&asked, aim->c);
    nd_query_add(&asked, nd_view_of(topic), 1, W_EXACT);
    enum nd_rc rc = nd_search_documents(&asked, question, err);
    if (rc == ND_OK) rc = nd_search_documents(&aim->core, aim->about, err);
    for (size_t i = 0; rc == ND_OK && i < n; i++) {
        aim->about[i] = A_OWN * aim->about[i] + A_QUESTION * question[i];
        if (!aim->banned[i] && aim->about[i] > best) best = aim->about[i];
    }
    for (size_t i = 0; rc == ND_OK && i < n; i++) {
        aim->about[i] = best > 0 ? aim->about[i] / best : 0;
        if (aim->pinned[i]) aim->about[i] = 1;
    }
    nd_query_release(&asked);
    nd_free(question);
    return rc;
}

static enum nd_rc add_shared_terms(struct nd_aim *aim, struct nd_error *err)
{
    struct nd_hits hits = {0};
    enum nd_rc rc = nd_search(&aim->full, ND_COLUMNS, SHARED_PASSAGES, &hits, err);
    if (rc != ND_OK) return rc;
    struct nd_weighted_term shared[SHARED_TERMS];
    size_t n = nd_expand(&aim->full, &hits, SHARED_PASSAGES, shared, SHARED_TERMS);
    for (size_t i = 0; i < n; i++) nd_query_add_term(&aim->full, shared[i].term, W_SHARED * shared[i].weight);
    nd_hits_release(&hits);
    return ND_OK;
}

/* One common word ("updates") means something else in every document. */
static bool is_common(const struct nd_query *own)
{
    if (own->word_count != 1) return false;
    double most = COMMON * (double)nd_collection_passages(own->collection);
    if (most < COMMON_LEAST) most = COMMON_LEAST;
    for (size_t i = 0; i < own->term_count; i++) {
        if (!own->terms[i].exact && (double)nd_term_passages(own->collection, own->terms[i].term) >= most)
            return true;
    }
    return false;
}

enum nd_rc nd_aim_open(struct nd_aim *aim, const struct nd_collection *c, const struct nd_question *q,
                       const char *topic, const struct nd_wanted *w, struct nd_error *err)
{
    size_t n = nd_collection_documents(c);
    *aim = (struct nd_aim){.c = c,
                           .section = find_section(c, w),
                           .aspect = w->aspect,
                           .clause = w->clause,
                           .quote_words = ND_QUOTE_WORDS};
    aim->about = ND_ARRAY(double, n + 1);
    aim->heard = ND_ARRAY(bool, n + 1);
    aim->banned = ND_ARRAY(bool, n + 1);
    aim->pinned = ND_ARRAY(bool, n + 1);
    bool any_banned = false;
    mark_sources(c, w->pin, aim->pinned, &aim->any_pinned);
    mark_sources(c, w->exclude, aim->banned, &any_banned);

    nd_query_init(&aim->head, c);
    nd_query_add(&aim->head, nd_view_of(q->subject), 1, 0);
    if (w->clause) nd_query_add(&aim->head, nd_view_of(w->parent), 1, 0);
    nd_query_init(&aim->own, c);
    nd_query_add(&aim->own, nd_view_of(w->words), 1, W_EXACT);
    nd_query_add(&aim->own, nd_view_of(w->more), 1, W_EXACT);
    even(&aim->own_even, &aim->own);
    even(&aim->head_even, &aim->head);
    nd_query_copy(&aim->core, &aim->own);
    add_context(&aim->core, q, w);
    nd_query_copy(&aim->full, &aim->core);
    nd_query_add(&aim->full, nd_view_of(topic), W_REST, W_EXACT);
    char *joined = nd_joined_words(c, w->words);
    nd_query_add(&aim->full, nd_view_of(joined), W_JOINED, W_EXACT);
    nd_free(joined);

    aim->common = is_common(&aim->own);
    enum nd_rc rc = hear_documents(aim, err);
    if (rc == ND_OK) rc = weigh_documents(aim, topic, err);
    if (rc == ND_OK) rc = add_shared_terms(aim, err);
    if (rc == ND_OK && aim->section != ND_NONE)
        aim->about[nd_collection_section(c, aim->section)->document] = 1;
    if (rc != ND_OK) nd_aim_release(aim);
    return rc;
}

void nd_aim_release(struct nd_aim *aim)
{
    nd_query_release(&aim->own);
    nd_query_release(&aim->core);
    nd_query_release(&aim->full);
    nd_query_release(&aim->head);
    nd_query_release(&aim->own_even);
    nd_query_release(&aim->head_even);
    nd_free(aim->about);
    nd_free(aim->heard);
    nd_free(aim->banned);
    nd_free(aim->pinned);
    *aim = (struct nd_aim){0};
}

/* ---- how much of a query a text holds ---- */

struct cover {
    const struct nd_query *q;
    bool *held; /* by word */
};

static void hold(void *ctx, struct nd_view term, bool exact)
{
    struct cover *cover = ctx;
    uint32_t number = exact ? ND_NONE : nd_term_find(cover->q->collection, term);
    for (size_t i = 0; number != ND_NONE && i < cover->q->term_count; i++) {
        const struct nd_query_term *t = &cover->q->terms[i];
        if (t->term == number && t->word < cover->q->word_count) cover->held[t->word] = true;
    }
}

double nd_text_cover(const struct nd_query *q, struct nd_view text, const char *lang)
{
    struct cover cover = {q, ND_ARRAY(bool, q->word_count + 1)};
    double all = 0, held = 0;
    nd_terms(text, lang, hold, &cover);
    for (size_t i = 0; i < q->word_count; i++) {
        double weight = q->words[i].weight * q->words[i].idf;
        all += weight;
        if (cover.held[i]) held += weight;
    }
    nd_free(cover.held);
    return all > 0 ? held / all : 0;
}
