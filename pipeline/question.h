/**
 * A question cut into what it is about (the head) and what is asked of it (facets):
 *
 *     "Write a report on securing Debian servers: accounts, remote login and updates."
 *       head  "securing Debian servers"     facets  "accounts", "remote login", "updates"
 *
 * Only wording that stands in the question is used, so every title is one that the asker would know again.
 */
#ifndef PIPELINE_QUESTION_H
#define PIPELINE_QUESTION_H

#include "nightdesk/base/bytes.h"

struct nd_facet {
    char *title; /* "Remote login", "What must be copied": capitalised, wording as asked */
    char *words; /* what is searched for: the title without articles, question words and auxiliaries */
    bool clause; /* "what must be copied": a verb, which alone says little of what is meant */
    bool aspect; /* asks for a kind of statement (warnings, examples, limits …) rather than for a thing */
};

#define ND_FACETS_MAX 40

struct nd_question {
    char *head;    /* never empty */
    char *subject; /* its words without verbs and adjectives that any subject may have: "Debian servers" */
    struct nd_facet facet[ND_FACETS_MAX];
    size_t n; /* 0: the question is one piece, the head */
};

void nd_question_cut(struct nd_question *out, const char *topic);
void nd_question_release(struct nd_question *q);

/** A line of the user's (or of a document's outline) as a title: trimmed, one line, first letter upper case.
 * Caller frees. */
char *nd_title_of(struct nd_view text);

/** The words of a title worth searching for: without leading articles, question words and auxiliaries. Caller
 * frees. */
char *nd_title_words(struct nd_view title);

#endif
