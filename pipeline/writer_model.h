/**
 * The model writer: the extractive writer's tools, and a language model to judge what they give. One file a
 * part:
 *
 *     prompt   prompts/NAME.md with their holes filled, source text marked as data
 *     talk     one question to the model in a lane, with one repair
 *     answer   what a model said, taken apart and checked; repeats: what it says twice, or copies; wording
 *     agent, calls, show   the research agent: writer_model_agent.h
 *     points, exhibits     data points and what is built from them: writer_model_points.h
 *     plan, research (choose), draft, summary, judge   one judgement each
 *
 * A model sees text under ids and gives back ids and sentences of its own. It never writes an address, a page
 * number, a quote or a citation that is printed: those are made here from the ids. Where it gives nothing
 * that can be used, the extractive writer's result stands, with a note. Sources labelled local stay out of a
 * question once the model is known to be elsewhere; their text is then judged by the extractive writer alone.
 */
#ifndef PIPELINE_WRITER_MODEL_H
#define PIPELINE_WRITER_MODEL_H

#include "nightdesk/core/phase.h"
#include "nightdesk/report/quote.h"

/* ---- prompt ---- */

/** Lines of text from documents on their way into a prompt: "MARK id: text". */
struct nd_sheet {
    struct nd_bytes lines;
};
#define ND_SHEET_MAX_BYTES 16384 /* what does not fit is left out */
#define ND_SHEET_LINE_BYTES 700  /* of one text; more is cut */
#define ND_MARK_BYTES 10         /* "#", eight hex digits, NUL */
#define ND_SHEET ((struct nd_sheet){ND_BYTES(ND_SHEET_MAX_BYTES)})
/** One line, without what could forge another; false when it does not fit (then nothing is added). */
bool nd_sheet_add(struct nd_sheet *sheet, const char *id, struct nd_view text);

/** What is asked. Made anew from the scene each time, so that it is the same each time. */
struct nd_ask {
    struct nd_json
        *holes; /* {"title": "…"}: the text for {{title}}; {{sheet}} and {{mark}} come from the sheet */
    struct nd_sheet sheet;
    struct nd_json *schema; /* of the answer */
    bool is_private;        /* the sheet holds text of sources labelled local */
    bool is_empty;          /* there is nothing to ask about */
    int64_t max_tokens;     /* of the answer */
    bool by_tools;          /* it is answered by calling tools, not by one JSON object */
};
void nd_ask_release(struct nd_ask *ask);
/** The mark of this sheet's lines. */
void nd_sheet_mark(const struct nd_sheet *sheet, char mark[ND_MARK_BYTES]);
/** The lines, each with the mark before it: of this sheet, or of the one that began the conversation. Caller
 * frees.
 */
char *nd_sheet_marked(const struct nd_sheet *sheet, const char *mark);
/** The messages for prompts/JOB.md. Caller frees. ND_BROKEN: a hole has no text. */
enum nd_rc nd_prompt_messages(const char *job, const struct nd_ask *ask, struct nd_json **out,
                              struct nd_error *err);
/** The text of prompts/repair.md. Caller frees. */
enum nd_rc nd_prompt_repair(const char *problem, char **out, struct nd_error *err);
/** That many words of the text, one after another, stand in one of the prompts. */
bool nd_prompt_shares(struct nd_view text, size_t least);
/** What the request wants of the wording, one line each; "" when nothing. Caller frees. */
char *nd_prompt_wishes(const struct nd_request *request);
/**
 * Fills {{topic}}, {{title}} and {{question}} of the lane's sub-topic. Where its title is made of what must
 * stay on this machine, the topic stands for it in a question that is open.
 * @return true when what was filled in must stay on this machine
 */
bool nd_prompt_subject(const struct nd_scene *scene, bool open, struct nd_json *holes);

/* Schemas in the subset that all endpoints know: every member required, no others. Caller frees. */
struct nd_json *nd_schema_object(void);
void nd_schema_member(struct nd_json *object, const char *name, struct nd_json *schema); /* takes schema */
/** An object with one member. */
struct nd_json *nd_schema_with(const char *name, struct nd_json *schema);
struct nd_json *nd_schema_array(struct nd_json *items, size_t most);
struct nd_json *nd_schema_string(void);
/** One of "c1" … "cN". */
struct nd_json *nd_schema_ids(char letter, size_t n);

/* ---- talk ---- */

struct nd_talk {
    const char *job;   /* prompts/JOB.md, and the name of the schema */
    const char *role;  /* "write" or "read" */
    const char *after; /* it follows the lane's last call of that tool; NULL: stands at the lane's start */
    /** open: leave out what must stay on this machine. */
    enum nd_rc (*make)(const struct nd_scene *scene, bool open, struct nd_ask *out, struct nd_error *err);
    /** What is wrong with the answer, told to the model; NULL: nothing. Caller frees. */
    char *(*check)(const struct nd_scene *scene, bool open, const struct nd_json *answer);
};
/** The model call that is due, or ND_ACT_DONE. */
enum nd_rc nd_talk_next(const struct nd_talk *talk, const struct nd_scene *scene, struct nd_action *out,
                        struct nd_error *err);
struct nd_reply {
    struct nd_json *json; /* the last answer that is an object, to be sifted; NULL: none. Caller frees */
    bool open;            /* it was asked without what must stay on this machine */
    bool is_private;      /* it was asked with it */
    const char *why;      /* there is none; NULL when nothing was asked */
};
struct nd_reply nd_talk_reply(const struct nd_talk *talk, const struct nd_scene *scene);

/** Is source n (from 1) of the run labelled local? Any of the parts of an evidence or candidate? */
bool nd_source_is_local(const struct nd_scene *scene, int64_t n);
bool nd_parts_are_local(const struct nd_scene *scene, const struct nd_json *with_parts);

/* ---- answer ---- */

/** The JSON object in what was said, past thoughts, fences and words around it; of one that was cut off, what
 * was whole before. NULL: none. Caller frees. */
struct nd_json *nd_answer_object(struct nd_view said);
/** "c12" -> 12 within 1..n, else 0. */
size_t nd_answer_id(const struct nd_json *id, char letter, size_t n);
#define ND_SENTENCE_BYTES 600
/** On one line, trimmed, unsafe characters left out; at most max_bytes. Caller frees. */
char *nd_answer_line(struct nd_view text, size_t max_bytes);
/**
 * What keeps a model's sentence from being printed: empty or too long, an address, markup, a citation mark, a
 * term that the request forbids, quoted words that stand in none of the texts, a number, unit, month or name
 * that is not held. NULL: nothing. Caller frees.
 */
char *nd_sentence_problem(struct nd_view sentence, const struct nd_held *held,
                          const struct nd_strings *forbidden);

/**
 * The same of a statement that is to be printed as one: beside that, letters of another script than its
 * evidence's, another language than the report's, words of a prompt, and an end without a stop.
 */
char *nd_statement_problem(struct nd_view sentence, const struct nd_held *held,
                           const struct nd_request *request);
/** It says again what a prompt says: seven words one after another, or all of a shorter one. */
bool nd_wording_echoes(struct nd_view text);
/** That many words of a, one after another, stand in b; case and signs may differ. */
bool nd_words_shared(struct nd_view a, struct nd_view b, size_t least);

/**
 * The place (from 1) of an earlier item that item i (from 0) says again: on the same ids, with the same
 * numbers, in nearly the same words of "text". 0: none.
 */
size_t nd_answer_repeats(const struct nd_json *list, size_t i);
/** The sentence is the piece or most of it, word by word, or the piece with few words left out; case and
 * signs may differ. What is left out may be a "not": print the piece. */
bool nd_sentence_copies(struct nd_view sentence, struct nd_view piece);

/**
 * What is wrong with a list of sentences in an answer: "it has no array 'MEMBER', or an empty one", or each
 * problem with the item's place, "WHAT 2: …"; a repeat is one. NULL: nothing. Caller frees.
 * @param problem  of one item, NULL: none; what it gives is freed here
 */
char *nd_answer_list_problem(const struct nd_json *answer, const char *member, const char *what,
                             char *(*problem)(void *ctx, const struct nd_json *item), void *ctx);

/* ---- judgements ---- */

enum nd_rc nd_model_plan_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err);
enum nd_rc nd_model_plan(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
enum nd_rc nd_model_choose_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err);
enum nd_rc nd_model_choose(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
enum nd_rc nd_model_draft_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err);
enum nd_rc nd_model_draft(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
enum nd_rc nd_model_summary_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err);
enum nd_rc nd_model_summary(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
enum nd_rc nd_model_judge_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err);
enum nd_rc nd_model_judge(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
/** Was this question to a person asked by the model, and not by the program? */
bool nd_asked_by_model(const struct nd_step *question);
/** Lines for the report's notes, as writer.h's `ignored`. */
void nd_model_ignored(const struct nd_request *request, struct nd_json *notes);

#endif
