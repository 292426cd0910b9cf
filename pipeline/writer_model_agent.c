#include "writer_model_agent.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/model.h"
#include "scene.h"
#include "web_pages.h"
#include <string.h>

#define JOB "research"
#define RUN_SHARE_PERCENT 90 /* of the run's tool calls, for its research lanes; the rest is for drafting */

/* ---- what is shown ---- */

void nd_agent_shown(const struct nd_step *step, size_t part, size_t *from, size_t *to)
{
    size_t n = nd_json_len(nd_step_items(step)), most = SIZE_MAX;
    if (strcmp(step->action.name, "find") == 0) most = ND_FIRST_ITEMS;
    if (strcmp(step->action.name, "look") == 0) most = ND_LOOK_ITEMS;
    *from = most == SIZE_MAX ? 0 : part * most;
    *to = most == SIZE_MAX ? n : *from + most;
    if (*to > n) *to = n;
    if (*from > n) *from = n;
}

size_t nd_agent_see(struct nd_agent *agent, const struct nd_step *step, size_t part)
{
    size_t from = 0, to = 0, i = 0, news = 0;
    nd_agent_shown(step, part, &from, &to);
    while (agent->seen_cap < agent->nb.n + 1) {
        size_t cap = agent->seen_cap ? agent->seen_cap * 2 : 256;
        agent->seen = nd_realloc(agent->seen, cap, sizeof *agent->seen);
        memset(agent->seen + agent->seen_cap, 0, cap - agent->seen_cap);
        agent->seen_cap = cap;
    }
    ND_JSON_EACH(item, nd_step_items(step))
    {
        struct nd_parts parts;
        struct nd_error ignored = {0};
        if (i++ < from || i > to || nd_parts_parse(&parts, nd_json_get(item, "parts"), &ignored) != ND_OK)
            continue;
        size_t number = nd_notebook_place(&agent->nb, &parts);
        if (number == 0 || (agent->nb.open && agent->nb.snippet[number - 1].local)) continue;
        news += !agent->seen[number - 1];
        agent->seen[number - 1] = true;
    }
    return news;
}

/* ---- limits ---- */

/* Every lane gets an even share of the run's calls, so that no lane's zeal stops the run. */
static int64_t calls_most(const struct nd_scene *scene)
{
    const struct nd_limits *limits = &scene->request->limits;
    const struct nd_json *plan = nd_seen_last(scene->lane0, ND_ACT_TOOL, "survey");
    int64_t lanes = (int64_t)nd_json_len(nd_json_get(plan, "sub_topics"));
    int64_t share = limits->tool_calls_per_run * RUN_SHARE_PERCENT / 100 / (lanes > 0 ? lanes : 1);
    return share < limits->tool_calls_per_lane ? share : limits->tool_calls_per_lane;
}

/* ---- a turn ---- */

static const char *error_code(const struct nd_step *step)
{
    const char *code = nd_json_get_str(nd_json_get(step->observation, "error"), "code");
    return code ? code : "";
}

static void fail(struct nd_agent *agent, const char *why)
{
    agent->end = ND_AGENT_FAILED;
    agent->why = why;
}

/* An answer that is none: the model is elsewhere, the conversation was too long for it, or it does not work.
 */
static void read_error(struct nd_agent *agent, const struct nd_step *step)
{
    const char *refused = nd_step_refused(step);
    bool is_private = strcmp(error_code(step), ND_MODEL_PRIVATE) == 0;
    if (refused)
        fail(agent, strcmp(refused, "phase_cap") == 0 ? "the money for this phase was used up"
                                                      : "no further calls were allowed");
    else if (is_private && !nd_json_get_bool(step->action.args, "private", false))
        fail(agent, "its sources must stay on this machine");
    else if (!is_private && ++agent->overflows > 1)
        fail(agent, "the model refused the question");
}

static bool is_answer(const struct nd_step *step)
{
    return !nd_step_refused(step) && nd_json_get_str(step->observation, "text");
}

static bool is_tool(const struct nd_step *step, const char *name)
{
    return step->action.kind == ND_ACT_TOOL && strcmp(step->action.name, name) == 0;
}

bool nd_is_fetch(const struct nd_step *step)
{
    return is_tool(step, "open") || is_tool(step, "retrieve");
}

/* What a step brings to the agent's knowledge. */
static void take(struct nd_agent *agent, const struct nd_step *step)
{
    nd_notebook_add(&agent->nb, agent->scene, step);
    agent->calls += step->action.kind == ND_ACT_TOOL && !nd_step_refused(step);
    if (!is_tool(step, "search") && !nd_is_fetch(step)) return;
    ND_GROW(agent->web, agent->webs, agent->web_cap);
    agent->web[agent->webs++] = step;
}

/* Makes a call meet its steps: what lies elsewhere is fetched before it is read. False when one is not there
 * yet. */
static bool meet_call(struct nd_agent *agent, struct nd_agent_call *call, size_t *at)
{
    const struct nd_transcript *t = nd_lane_transcript(agent->scene->lane);
    for (nd_agent_resolve(agent, call, &agent->due); agent->due.kind != ND_ACT_DONE;
         nd_agent_resolve(agent, call, &agent->due)) {
        if (*at == t->n) return false;
        nd_action_release(&agent->due);
        const struct nd_step *step = &t->v[*at];
        if (step->action.kind == ND_ACT_MODEL) { /* an earlier program did without it */
            call->said = nd_strdup("It was not made.");
            return true;
        }
        ++*at;
        take(agent, step);
        if (nd_step_refused(step)) fail(agent, "no further calls were allowed");
        if (nd_step_refused(step) || !nd_is_fetch(step)) {
            call->step = step;
            return true;
        }
        call->page = step;
    }
    return true;
}

/* Makes the calls of a turn meet the steps that follow it; false when one has no step yet. */
static bool meet(struct nd_agent *agent, struct nd_agent_turn *turn, size_t *at, size_t *news)
{
    for (size_t i = 0; i < turn->n; i++) {
        struct nd_agent_call *call = &turn->calls[i];
        if (!meet_call(agent, call, at)) return false;
        if (!call->step) continue;
        bool asked = call->step->action.kind == ND_ACT_HUMAN;
        agent->asked += asked;
        *news += asked + nd_json_len(nd_json_get(call->step->observation, "noted")) +
                 (call->again ? 0 : nd_json_len(nd_json_get(call->step->observation, "results")));
        *news += nd_agent_see(agent, call->step, call->part);
    }
    return true;
}

static size_t bad_calls(const struct nd_agent_turn *turn)
{
    size_t bad = 0;
    for (size_t i = 0; i < turn->n; i++) bad += turn->calls[i].bad;
    return bad;
}

/* Whether it goes on after a turn that has all its results. */
static void judge_turn(struct nd_agent *agent, struct nd_agent_turn *turn, size_t news)
{
    const char *stop = nd_json_get_str(turn->step->observation, "stop");
    bool bad = bad_calls(turn) == turn->n, cut = stop && strcmp(stop, "length") == 0;
    turn->left = agent->calls_most - agent->calls;
    turn->dry = news > 0 ? 0 : agent->n - 1 > agent->start ? turn[-1].dry + 1 : 1;
    agent->bad = bad ? agent->bad + 1 : 0;
    if (turn->n == 0)
        turn->nudge = cut ? "That was cut off before it called a tool. Be briefer: call a tool now."
                          : "Call one of the tools: search, open, find, note, ask_human. When nothing is "
                            "left to look for, call finish.";
    if (agent->end != ND_AGENT_GOES_ON) return;
    if (stop && strcmp(stop, "filter") == 0)
        fail(agent, "the model refused the question");
    else if (turn->n == 0 && !cut && agent->nb.notes > 0 && agent->bad > 1)
        agent->end = ND_AGENT_ENOUGH; /* it has said its last word, and will not call finish */
    else if (agent->bad == ND_BAD_TURNS)
        fail(agent, "the model's calls could not be used");
    else if (turn->dry >= ND_DRY_TURNS || agent->n == ND_TURNS_MOST)
        agent->end = ND_AGENT_ENOUGH;
}

static bool read_turn(struct nd_agent *agent, const struct nd_step *step, size_t *at)
{
    size_t news = 0;
    ND_GROW(agent->turn, agent->n, agent->cap);
    struct nd_agent_turn *turn = &agent->turn[agent->n++];
    *turn = (struct nd_agent_turn){.step = step};
    ND_JSON_EACH(call, nd_json_get(step->observation, "tool_calls"))
    {
        if (turn->n < ND_CALLS_OF_TURN)
            turn->calls[turn->n++] = (struct nd_agent_call){.json = call};
        else
            turn->more++;
    }
    if (!meet(agent, turn, at, &news)) return false;
    judge_turn(agent, turn, news);
    return true;
}

/* A search of the program's: the first, or with a person's words after the agent had found nothing. */
static void begin(struct nd_agent *agent, const struct nd_step *search)
{
    if (nd_json_get(search->action.args, "in"))
        agent->pages = search;
    else
        agent->search = search;
    agent->start = agent->n;
    agent->bad = 0;
    agent->end = ND_AGENT_GOES_ON;
    agent->finish = NULL;
}

void nd_agent_read(struct nd_agent *agent, const struct nd_scene *scene)
{
    const struct nd_transcript *t = nd_lane_transcript(scene->lane);
    *agent = (struct nd_agent){.scene = scene, .calls_most = calls_most(scene)};
    agent->sources = nd_lane_sources(scene, scene->lane, NULL);
    for (size_t at = 0; at < t->n;) {
        const struct nd_step *step = &t->v[at++];
        const char *job = nd_json_get_str(step->action.args, "job");
        take(agent, step);
        if (is_tool(step, "find")) {
            nd_agent_see(agent, step, 0);
            begin(agent, step);
        }
        if (step->action.kind != ND_ACT_MODEL || !job || strcmp(job, JOB) != 0) continue;
        agent->last = step;
        if (!is_answer(step))
            read_error(agent, step);
        else if (!read_turn(agent, step, &at))
            return;
    }
}

void nd_agent_release(struct nd_agent *agent)
{
    for (size_t i = 0; i < agent->n; i++)
        for (size_t k = 0; k < agent->turn[i].n; k++) nd_free(agent->turn[i].calls[k].said);
    nd_free(agent->turn);
    nd_free(agent->seen);
    nd_free(agent->web);
    nd_json_free(agent->sources);
    nd_action_release(&agent->due);
    nd_notebook_release(&agent->nb);
    *agent = (struct nd_agent){0};
}
