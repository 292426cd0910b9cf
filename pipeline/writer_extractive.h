/**
 * The extractive writer's parts, one file each. How it works: docs/explanation/extractive.md.
 *
 *     aim        what a sub-topic looks for: queries, how much each document is about it, the relevance floor
 *     passages   the passages above the floor, best first
 *     sentences  which of their sentences say something, and how well they stand alone
 *     windows    a sentence with its neighbours, as far as a quote may go
 *     figures    values with units that sentences state of something
 *     choice     which quotes all sub-topics together print
 */
#ifndef PIPELINE_WRITER_EXTRACTIVE_H
#define PIPELINE_WRITER_EXTRACTIVE_H

#include "evidence.h"
#include "library.h"
#include "question.h"

#define ND_QUOTE_WORDS 60      /* of a quote for a model, at most: it reads many and prints few */
#define ND_WINDOW_WORDS 90     /* of a quote that is printed as it stands */
#define ND_AIM_PASSAGES 30     /* of a sub-topic, looked at sentence by sentence */
#define ND_ASPECT_PASSAGES 200 /* where a kind of statement is asked for: it is rare */
#define ND_CANDIDATES_MAX 80   /* quotes that a sub-topic offers */

/* ---- aim ---- */

/** A sub-topic as a lane's spec has it; strings are borrowed from it. */
struct nd_wanted {
    const char *title, *words;           /* words: what is searched for */
    const char *parent;                  /* words of the part of the question that it belongs to; "" none */
    const char *more;                    /* other words to look for, from a person; "" none */
    const struct nd_json *pin, *exclude; /* numbers of sources */
    uint32_t source, page;               /* of the section that the title was taken from; 0: none */
    const char *section;
    bool aspect, clause;
    unsigned attempt; /* from 0; 1: with other words */
};
void nd_wanted_of(struct nd_wanted *out, const struct nd_json *spec);

struct nd_aim {
    const struct nd_collection *c;
    struct nd_query own;  /* the sub-topic's own words */
    struct nd_query core; /* own words and, weaker, what the question is about */
    struct nd_query full; /* and the rest of the question, and terms that the best passages share */
    struct nd_query head; /* what the question is about */
    struct nd_query own_even, head_even; /* the same, each word counting alike */
    double *about;                       /* of each document, 0..1: about the sub-topic and the question */
    bool *heard;                         /* of each document: it speaks of what the question is about */
    bool *banned;                        /* documents that must not be used */
    bool *pinned;
    bool any_pinned;
    const struct nd_strings *forbidden; /* terms that no quote may hold; NULL: none */
    unsigned quote_words;               /* of a quote, at most; ND_QUOTE_WORDS unless set */
    uint32_t section;                   /* of the collection; ND_NONE */
    bool aspect, clause;
    bool common; /* its own words are one that means many things */
};
enum nd_rc nd_aim_open(struct nd_aim *aim, const struct nd_collection *c, const struct nd_question *q,
                       const char *topic, const struct nd_wanted *wanted, struct nd_error *err);
void nd_aim_release(struct nd_aim *aim);
/**
 * Does the passage hold enough of the query's words: half of their weight by rarity, or more than half of
 * them? (Rarity alone would say nothing where all documents are about one subject: words that stand
 * everywhere weigh nothing.)
 * @param evenly  the same query with every word counting alike
 */
bool nd_holds(const struct nd_query *q, const struct nd_query *evenly, uint32_t passage);
/** Which share of the query's words (by idf and weight) a text holds: 0..1. */
double nd_text_cover(const struct nd_query *q, struct nd_view text, const char *lang);

/** The same words in the longer forms that the documents have ("synchronized" for "sync"); NULL: none. Caller
 * frees. */
char *nd_other_words(const struct nd_collection *c, const char *words);
/** Neighbouring words that the documents write as one ("shutdown" for "shut down"); "" for none. Caller
 * frees. */
char *nd_joined_words(const struct nd_collection *c, const char *words);

/* ---- passages ---- */

struct nd_ranked {
    uint32_t passage;
    double value; /* the best has 1 */
    double early; /* 1 at the start of a document, falling */
};
/** The passages above the floor, best first, at most `top`; *found: how many there are in all. */
enum nd_rc nd_aim_passages(const struct nd_aim *aim, size_t top, struct nd_ranked *out, size_t *n,
                           size_t *found, struct nd_error *err);

/** Sections that tell what changed, who wrote it and under which terms: not how things are. */
bool nd_tells_news(const struct nd_collection *c, uint32_t section);

/* ---- sentences ---- */

struct nd_sentence {
    double quality;  /* 0..1: how well it reads as a quote on its own; 0: not fit */
    double salience; /* 0..1: does it state something */
    bool leans;      /* opens with a pronoun or connective: wants the sentence before it */
    bool warns;      /* says what to avoid, or what goes wrong */
};
/** Judges one sentence as shown on one line. lang NULL: not known; words that give cues are known for English
 * only. */
void nd_sentence_judge(struct nd_sentence *out, struct nd_view shown, uint8_t unit_flags, const char *lang);

/** Ends with a stop and is no sentence all the same: a piece of a list, of a definition, or a cut one. low:
 * in lower case. */
bool nd_sentence_is_piece(struct nd_view shown, struct nd_view low);
/** Opens with a pronoun that stands for nothing: "There are no p values", "It is an error to …". English
 * only.
 */
bool nd_sentence_opens_empty(struct nd_view low);
/** Points from inside at what was said before: "cancel this timer", "the number here". */
bool nd_sentence_points_back(struct nd_view low);

/* ---- candidates ---- */

struct nd_candidate {
    struct nd_parts parts, seed; /* the quote, and the sentence it was chosen for */
    char *text, *seed_text;      /* as shown on one line */
    const char *lang;            /* borrowed from the collection; NULL */
    unsigned words, seed_words;
    double score; /* of the seed, within the sub-topic */
    double title; /* how well the quote answers the sub-topic's own words: 0..1 */
    double salience;
    double rank;      /* of its passage, the best has 1 */
    uint32_t section; /* of the collection, ND_NONE */
    uint32_t unit;    /* of the seed */
    bool whole;       /* the seed alone reads well */
};
struct nd_candidates {
    struct nd_candidate *v;
    size_t n, cap;
};
void nd_candidates_release(struct nd_candidates *list);
/** Tables of the sources that stand where these passages do: [{"source", "table", "title", "section"}].
 * Caller frees. */
struct nd_json *nd_aim_tables(const struct nd_aim *aim, const struct nd_sources *sources,
                              const struct nd_ranked *ranked, size_t n);
/** Figures that sentences of these passages state: [{"label", "number", "value", "unit", "kind", "parts",
 * "text", …}]. Caller frees. */
struct nd_json *nd_aim_figures(const struct nd_aim *aim, const struct nd_ranked *ranked, size_t n);

/* ---- sub-topics ---- */

#define ND_SUB_TOPICS_MAX 60

/** A sub-topic on its way into the plan. */
struct nd_sub_topic {
    char *title, *question, *words, *parent, *why;
    const struct nd_strings *pin; /* paths or globs of the user's outline; NULL */
    uint32_t source, page;        /* of the section whose title it is; 0: none */
    char *section;                /* its title as it stands there; NULL */
    bool user, aspect, clause;
    bool is_private; /* a model that saw text of local sources named it */
};
struct nd_sub_topics {
    struct nd_sub_topic v[ND_SUB_TOPICS_MAX];
    size_t n;
};
void nd_sub_topics_release(struct nd_sub_topics *list);
/** What the user named: outline, else questions; must-cover points; else the parts of the topic, else the
 * topic. */
void nd_sub_topics_asked(struct nd_sub_topics *list, const struct nd_request *request,
                         const struct nd_question *q);
/**
 * What a model suggested: [{"title", "question", "words"}…], then must-cover points that these do not cover;
 * where it suggested fewer than are wanted, the question's own parts. Near-copies of an earlier title are
 * passed over.
 */
void nd_sub_topics_given(struct nd_sub_topics *list, const struct nd_json *given,
                         const struct nd_request *request, const struct nd_question *q);
/**
 * Fills the list up to `want` with section titles of the documents, in turn for each sub-topic that is there.
 * @param skip  pass over so many that would do (a person sent the first ones back)
 */
enum nd_rc nd_sub_topics_fill(struct nd_sub_topics *list, const struct nd_collection *c,
                              const struct nd_question *q, const char *topic, size_t want, size_t skip,
                              struct nd_error *err);
/** The spec of a sub-topic, as a plan and a lane hold it; pins become numbers of sources. Caller frees. */
struct nd_json *nd_sub_topic_json(const struct nd_sub_topic *t, const struct nd_sources *sources);

/** The quotes that these passages offer, best first. */
void nd_aim_candidates(const struct nd_aim *aim, const struct nd_ranked *passages, size_t n,
                       struct nd_candidates *out);

#endif
