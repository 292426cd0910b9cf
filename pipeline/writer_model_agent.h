/**
 * The research agent of a lane: turns of a model over a few read-only tools. All of it is read anew from the
 * lane's transcript for every step, so that a killed run goes on where it was.
 *
 *     agent      what was called, with what result, and whether it goes on
 *     calls      the tools as the model sees them; a call becomes an action, or a result without one
 *     show       the conversation, made to fit the model's window
 *     research   the judgement: the next action, and the evidence in the end
 *
 * The first step is the program's own search (`find`); its candidates are the first snippets. A turn is one
 * answer of the model; the calls in it are steps in their order, and the next turn starts when all have their
 * result. What cannot be called (a name, an argument) gets a result that says what was found and wanted; it
 * costs a turn, no call. docs/explanation/agent.md tells how it works.
 */
#ifndef PIPELINE_WRITER_MODEL_AGENT_H
#define PIPELINE_WRITER_MODEL_AGENT_H

#include "notebook.h"
#include "writer_model.h"

#define ND_TURNS_MOST 24    /* of a lane */
#define ND_CALLS_OF_TURN 8  /* calls that are made of one answer */
#define ND_BAD_TURNS 3      /* in a row without a call that can be made: the program chooses instead */
#define ND_DRY_TURNS 3      /* in a row that brought nothing new: it has looked enough */
#define ND_QUESTIONS_MOST 2 /* to a person, of a lane */
#define ND_FIRST_ITEMS 12   /* of the first search, shown at the start */
#define ND_LOOK_ITEMS 8     /* of a search, shown at a time */

/** A call of a turn. */
struct nd_agent_call {
    const struct nd_json *json; /* {"id", "name", "input"}, borrowed from the transcript */
    const struct nd_step *step; /* whose observation is its result; NULL: none */
    const struct nd_step *page; /* the fetch (of a page, of passages) that went before it; NULL: none */
    size_t part;                /* of a search: which ND_LOOK_ITEMS of its items, from 0 */
    char *said;                 /* the result where there is no step */
    bool bad;                   /* it could not be made: no such tool, argument or id */
    bool again;                 /* its step is that of an earlier, equal call */
};
struct nd_agent_turn {
    const struct nd_step *step; /* the model's answer */
    struct nd_agent_call calls[ND_CALLS_OF_TURN];
    size_t n, more;    /* calls, and those beyond the most */
    const char *nudge; /* what is said to a turn that calls nothing; NULL: it calls */
    int64_t left;      /* tool calls left after it */
    unsigned dry;      /* turns in a row, with this one, that brought nothing new */
};

enum nd_agent_end {
    ND_AGENT_GOES_ON,
    ND_AGENT_FINISHED, /* it said so */
    ND_AGENT_ENOUGH,   /* nothing new came, or its turns are used up */
    ND_AGENT_FAILED,   /* `why` says for people what kept it from working */
};

struct nd_agent {
    const struct nd_scene *scene;
    struct nd_notebook nb;
    struct nd_agent_turn *turn;
    size_t n, cap;
    const struct nd_step *search,
        *pages;                 /* the program's last searches: of the run's sources, of pages; NULL */
    const struct nd_step **web; /* searches of the web, and what was fetched (nd_is_fetch) */
    size_t webs, web_cap;
    struct nd_json *sources; /* of the lane: the run's, then the pages that it opened */
    size_t start;            /* the turns from here on follow it */
    bool *seen;              /* of each snippet: it was shown */
    size_t seen_cap;
    struct nd_action due;       /* the call that is to be made now; ND_ACT_DONE: none */
    const struct nd_step *last; /* its last answer or refusal; NULL: none */
    int64_t calls, calls_most;  /* tool calls made, and what its share is */
    unsigned asked;             /* questions to a person */
    unsigned bad, overflows;    /* bad turns in a row; answers that said that the conversation was too long */
    enum nd_agent_end end;
    const struct nd_json *finish; /* the input of the call that ended it; NULL */
    const char *why;
};

void nd_agent_read(struct nd_agent *agent, const struct nd_scene *scene);
void nd_agent_release(struct nd_agent *agent);
/** Does the step bring texts that a call then reads: a page, or passages of a knowledge base elsewhere? */
bool nd_is_fetch(const struct nd_step *step);
/** Marks what a result shows as seen; how many of it were not before. */
size_t nd_agent_see(struct nd_agent *agent, const struct nd_step *step, size_t part);
/** The items that a result shows: *from and *to are indices in nd_step_items. */
void nd_agent_shown(const struct nd_step *step, size_t part, size_t *from, size_t *to);

/* ---- calls ---- */

/** The tools for every turn. Caller frees. */
struct nd_json *nd_agent_tools(const struct nd_agent *agent);
/**
 * What becomes of a call (asked again once a page that it needs was fetched): *action is due (kind set), or
 * the call's step, `said` and `bad` are set. `finish` sets the agent's end.
 */
void nd_agent_resolve(struct nd_agent *agent, struct nd_agent_call *call, struct nd_action *action);

/* ---- show ---- */

#define ND_ANSWER_TOKENS 700 /* of a turn */
/** The args of the next model call. ND_BROKEN: a prompt is damaged. Caller frees. */
enum nd_rc nd_agent_args(const struct nd_agent *agent, struct nd_json **out, struct nd_error *err);

#endif
