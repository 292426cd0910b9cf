/*
 * Research. Lane 0: freeze the inputs (files, and pages of the user's list), read them, plan, the gate
 * `plan`, then the lanes. A lane gathers candidates for one sub-topic, from the run's sources and from pages
 * that it finds itself; what is printed is chosen over all of them at the end.
 */
#include "answered.h"
#include "choice.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "outgoing.h"
#include "nightdesk/core/kb.h"
#include "nightdesk/core/say.h"
#include "phase_table.h"
#include "scene.h"
#include "seen.h"
#include "tools.h"
#include "web_pages.h"
#include "writer.h"
#include "writer_model.h"
#include <string.h>
#include <strings.h>

#define HEADING_WEIGHT 0.6 /* quotes of a sub-topic that nobody asked for, against one that was */
#define SPARES_MAX 20      /* candidates kept beside the chosen ones, for the summary and for edits */
#define WORDS_EACH 48      /* all quotes together, on average: 4,800 words in 100 quotes */

size_t nd_quotes_wanted(const struct nd_request *request)
{
    return request->length == ND_LENGTH_SHORT ? 40 : 100;
}

/* ---- the plan ---- */

/* The plan that stands: as edited at the gate, else as the writer made it. */
static enum nd_rc plan_of(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    const struct nd_json *edited = nd_gate_state(scene, ND_GATE_PLAN, "plan").edited;
    if (edited) {
        *out = nd_json_copy(edited);
        return ND_OK;
    }
    const struct nd_writer *writer = NULL;
    enum nd_rc rc = nd_writer_of(scene, &writer, err);
    return rc == ND_OK ? writer->plan.result(scene, out, err) : rc;
}

/* The next of the addresses that the user listed. */
static enum nd_rc fetch(size_t fetched, struct nd_action *out)
{
    struct nd_json *args = nd_json_object();
    nd_json_set_int(args, "from", (int64_t)fetched + 1);
    return nd_do_tool(out, "fetch", args);
}

static enum nd_rc lane0_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    const struct nd_lane *lane = scene->lane0;
    if (nd_lane_must_finish(lane)) return scene->lanes ? nd_do_done(out) : nd_do_lanes(out);
    if (nd_steps_of(lane, ND_ACT_TOOL, "inputs") == 0) return nd_do_tool(out, "inputs", nd_json_object());
    size_t fetched = nd_steps_of(lane, ND_ACT_TOOL, "fetch") * ND_FETCH_BATCH;
    if (fetched < scene->request->urls.n) return fetch(fetched, out);
    if (nd_steps_of(lane, ND_ACT_TOOL, "read") == 0) return nd_do_tool(out, "read", nd_json_object());
    const struct nd_writer *writer = NULL;
    enum nd_rc rc = nd_writer_of(scene, &writer, err);
    if (rc == ND_OK) rc = writer->plan.next(scene, out, err);
    if (rc != ND_OK || out->kind != ND_ACT_DONE) return rc;
    struct nd_gate_state gate = nd_gate_state(scene, ND_GATE_PLAN, "plan");
    if (gate.open) {
        struct nd_json *shown = NULL;
        rc = writer->plan.result(scene, &shown, err);
        if (rc == ND_OK) rc = nd_outgoing_add(scene, shown, err);
        if (rc != ND_OK) nd_json_free(shown);
        return rc == ND_OK ? nd_do_ask(out, "plan", shown,
                                       "Approve the sub-topics before documents are searched for them.")
                           : rc;
    }
    return scene->lanes ? nd_do_done(out) : nd_do_lanes(out);
}

/* ---- lanes ---- */

/* What a lane is about: all of the sub-topic that its search depends on, and nothing that only tells of it.
 */
static struct nd_json *lane_spec(const struct nd_json *sub_topic)
{
    struct nd_json *spec = nd_json_copy(sub_topic);
    static const char *const told[] = {"id", "why", "documents", "passages"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) nd_json_remove(spec, told[i]);
    return spec;
}

static enum nd_rc lanes(const struct nd_scene *scene, struct nd_lanes *out, struct nd_error *err)
{
    struct nd_json *plan = NULL;
    enum nd_rc rc = plan_of(scene, &plan, err);
    if (rc != ND_OK) return rc;
    ND_JSON_EACH(sub_topic, nd_json_get(plan, "sub_topics"))
    nd_lanes_add(out, lane_spec(sub_topic), nd_json_get_str(sub_topic, "title"));
    nd_json_free(plan);
    return ND_OK;
}

static bool says(const char *answer, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(answer, list[i]) == 0) return true;
    }
    return false;
}

/* The answer to the program's own question, which comes when nothing was found; a model may have asked
 * others. */
static const struct nd_json *answered(const struct nd_lane *lane)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    for (size_t i = t->n; i > 0; i--) {
        const struct nd_step *step = &t->v[i - 1];
        if (step->action.kind == ND_ACT_HUMAN && strcmp(step->action.name, "question") == 0 &&
            !nd_asked_by_model(step))
            return step->observation;
    }
    return NULL;
}

enum nd_answer nd_lane_answer(const struct nd_lane *lane, const char **words)
{
    static const char *const out[] = {"leave out", "leave it out", "omit", "skip"};
    static const char *const gap[] = {"gap", "state as gap", "state it as a gap", "say so"};
    const struct nd_json *seen = answered(lane);
    const char *answer = nd_json_get_str(seen, "answer");
    if (!seen) return ND_ANSWER_NONE;
    if (!answer || *answer == '\0' || says(answer, gap, sizeof gap / sizeof *gap)) return ND_ANSWER_GAP;
    if (says(answer, out, sizeof out / sizeof *out)) return ND_ANSWER_LEAVE_OUT;
    *words = answer;
    return ND_ANSWER_WORDS;
}

static enum nd_rc ask(const struct nd_scene *scene, struct nd_action *out)
{
    const char *title = scene->lane->title ? scene->lane->title : "";
    struct nd_json *shown = nd_json_object(), *choices = nd_json_array();
    nd_json_set_str(shown, "id", scene->lane->id);
    nd_json_set_str(shown, "title", title);
    char *question = nd_sprintf(
        "Nothing solid was found for '%s'. Answer 'leave out', 'gap', or other words to look for.", title);
    nd_json_set_str(shown, "question", question);
    nd_json_add_str(choices, "leave out");
    nd_json_add_str(choices, "gap");
    nd_json_set(shown, "choices", choices);
    enum nd_rc rc = nd_do_ask(out, "question", shown, question);
    nd_free(question);
    return rc;
}

static enum nd_rc lane_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    const struct nd_writer *writer = NULL;
    if (nd_lane_must_finish(scene->lane) || !nd_scene_sources(scene)) return nd_do_done(out);
    enum nd_rc rc = nd_writer_of(scene, &writer, err);
    if (rc == ND_OK) rc = writer->choose.next(scene, out, err);
    if (rc != ND_OK || out->kind != ND_ACT_DONE) return rc;
    bool user = nd_json_get_bool(scene->lane->spec, "user", false);
    if (!scene->request->ask || !user || scene->stop || answered(scene->lane)) return ND_OK;
    struct nd_json *judged = NULL;
    rc = writer->choose.result(scene, &judged, err);
    if (rc != ND_OK) return rc;
    bool empty = nd_json_len(nd_json_get(judged, "candidates")) == 0;
    nd_json_free(judged);
    return empty ? ask(scene, out) : ND_OK;
}

static enum nd_rc next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    return scene->lane == scene->lane0 ? lane0_next(scene, out, err) : lane_next(scene, out, err);
}

/* ---- evidence ---- */

/* One lane's part of the artefact while it is made. */
struct gathered {
    const struct nd_json *sub_topic; /* of the plan */
    struct nd_json *judged;          /* the writer's candidates */
    struct nd_json *seen;            /* pages that were looked at */
    struct nd_pool pool;
    enum nd_answer answer;
    const char *refused; /* why the engine refused its last step; NULL */
    int64_t unsearched;  /* searches of the web or a knowledge base elsewhere that came to nothing */
};

/* Why a lane had to finish with what it had, for people; NULL: it had not. */
static const char *refusal(const struct nd_lane *lane)
{
    static const struct {
        const char *word, *said;
    } refusals[] = {{"lane_tool_calls", "the limit of tool calls was reached (--max-tool-calls)"},
                    {"lane_steps", "the limit of steps was reached (--max-lane-steps)"},
                    {"phase_cap", "this phase's share of the budget was used up (--budget)"},
                    {"cancelled", "the run was cancelled"}};
    if (!nd_lane_must_finish(lane)) return NULL;
    const char *word = nd_step_refused(&lane->transcript.v[lane->transcript.n - 1]);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (strcmp(word, refusals[i].word) == 0) return refusals[i].said;
    }
    return word;
}

static void renumber(struct nd_json **json, const struct nd_json *sources, const struct nd_json *run_sources)
{
    struct nd_json *renumbered = nd_web_renumbered(*json, sources, run_sources);
    nd_json_free(*json);
    *json = renumbered;
}

/* What the lane judged and saw, with the run's numbers of the pages that it opened. */
static void number_pages(const struct nd_scene *scene, const struct nd_json *run_sources, struct gathered *g)
{
    size_t run = 0;
    struct nd_json *sources = nd_lane_sources(scene, scene->lane, &run);
    if (nd_json_len(sources) > run) {
        renumber(&g->judged, sources, run_sources);
        renumber(&g->seen, sources, run_sources);
    }
    nd_json_free(sources);
}

static int64_t failed_searches(const struct nd_lane *lane)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    int64_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_step *step = &t->v[i];
        if (step->action.kind != ND_ACT_TOOL) continue;
        bool asks = strcmp(step->action.name, "retrieve") == 0;
        if (asks || strcmp(step->action.name, "search") == 0)
            n += nd_json_get(step->observation, "error") != NULL;
        ND_JSON_EACH(kb, asks ? nd_json_get(step->observation, "asked") : NULL)
        n += nd_json_get(kb, "error") != NULL;
    }
    return n;
}

static enum nd_rc gather(const struct nd_scene *scene, const struct nd_json *sub_topic,
                         const struct nd_json *run_sources, struct gathered *out, struct nd_error *err)
{
    struct nd_json *spec = lane_spec(sub_topic);
    *out = (struct gathered){.sub_topic = sub_topic};
    const struct nd_lane *lane = nd_lanes_find(scene->lanes, spec);
    nd_json_free(spec);
    const struct nd_writer *writer = NULL;
    enum nd_rc rc = nd_writer_of(scene, &writer, err);
    if (rc != ND_OK || !lane) return rc;
    const char *words = NULL;
    out->answer = nd_lane_answer(lane, &words);
    out->refused = refusal(lane);
    if (!out->refused) out->refused = refusal(scene->lane0);
    out->unsearched = failed_searches(lane);
    out->seen = nd_lane_seen(lane);
    struct nd_scene its = *scene;
    its.lane = lane;
    /* what a model noted is evidence in the report of a stopped run, too */
    if (nd_steps_of(lane, ND_ACT_TOOL, "note") > 0) writer = &nd_writer_model;
    rc = writer->choose.result(&its, &out->judged, err);
    if (rc == ND_OK) number_pages(&its, run_sources, out);
    if (rc == ND_OK && out->answer != ND_ANSWER_LEAVE_OUT) {
        rc = nd_pool_load(&out->pool, nd_json_get(out->judged, "candidates"), err);
        out->pool.weight = nd_json_get(sub_topic, "section") ? HEADING_WEIGHT : 1;
    }
    return rc;
}

static void release(struct gathered *g, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        nd_pool_release(&g[i].pool);
        nd_json_free(g[i].judged);
        nd_json_free(g[i].seen);
    }
    nd_free(g);
}

static void add_text(struct nd_json *json, const struct nd_offer *o, bool seed_only)
{
    nd_json_set(json, "parts", nd_parts_json(seed_only ? &o->seed : &o->parts));
    nd_json_set_view(json, "text", seed_only ? o->seed_text : o->text);
    nd_json_set_int(json, "words", seed_only ? o->seed_words : o->words);
    const struct nd_json *shown = nd_json_get(seed_only ? nd_json_get(o->json, "seed") : o->json, "shown");
    if (shown) nd_json_set(json, "shown", nd_json_copy(shown));
    static const char *const kept[] = {"lang", "section", "score", "title", "salience"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const struct nd_json *member = nd_json_get(o->json, kept[i]);
        if (member) nd_json_set(json, kept[i], nd_json_copy(member));
    }
}

static struct nd_json *chosen_json(const struct gathered *g, const char *writer, size_t *counter)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < g->pool.given; i++) {
        const struct nd_offer *o = &g->pool.v[g->pool.chosen[i]];
        struct nd_json *json = nd_json_add(array, nd_json_object());
        char id[16];
        nd_id(id, 'e', ++*counter);
        nd_json_set_str(json, "id", id);
        add_text(json, o, o->seed_only);
        nd_json_set_str(json, "by", writer);
    }
    return array;
}

/* Single sentences that stand alone, overlap nothing chosen and say nothing that was said: best first. */
static struct nd_json *spares_json(const struct gathered *all, size_t n, const struct gathered *g)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < g->pool.n && nd_json_len(array) < SPARES_MAX; i++) {
        const struct nd_offer *o = &g->pool.v[i];
        bool free = o->alone && (!o->used || !o->seed_only);
        for (size_t p = 0; p < n && free; p++) {
            for (size_t k = 0; k < all[p].pool.given && free; k++) {
                const struct nd_offer *taken = &all[p].pool.v[all[p].pool.chosen[k]];
                free = !nd_parts_overlap(&o->seed, taken->seed_only ? &taken->seed : &taken->parts);
            }
        }
        if (!free || o->likest > ND_SAME_JACCARD) continue;
        add_text(nd_json_add(array, nd_json_object()), o, true);
    }
    return array;
}

/* What a longer quote was chosen for: its own sentence, where that stands alone. For the key findings. */
static struct nd_json *cores_json(const struct gathered *g)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < g->pool.given; i++) {
        const struct nd_offer *o = &g->pool.v[g->pool.chosen[i]];
        bool shorter = !o->seed_only && o->seed_words * 10 <= o->words * 7;
        if (o->alone && shorter) add_text(nd_json_add(array, nd_json_object()), o, true);
    }
    return array;
}

static const char *status_of(const struct gathered *g)
{
    if (g->answer == ND_ANSWER_LEAVE_OUT) return "left_out";
    return g->pool.given > 0 ? "found" : "nothing_solid";
}

static void add_gap(struct nd_json *gaps, const char *what, const char *why)
{
    struct nd_json *gap = nd_json_add(gaps, nd_json_object());
    nd_json_set_str(gap, "what", what);
    nd_json_set_str(gap, "why", why);
}

/* Why there is nothing: "the documents say nothing" is said only when they were searched. */
static void add_not_found(const struct nd_scene *scene, const struct gathered *g, struct nd_json *json,
                          struct nd_json *gaps)
{
    const char *title = nd_json_get_str(g->sub_topic, "title");
    if (g->refused) {
        const char *language = scene->request->language;
        char *why = nd_sayf(language, "Not searched to the end: %s.", nd_say(language, g->refused));
        add_gap(gaps, title, why);
        nd_json_set_str(json, "note", why);
        nd_free(why);
    } else if (!g->judged && scene->stop) {
        add_gap(gaps, title, "the run stopped before it was looked for");
        nd_json_set_str(json, "note", "The run stopped before it was looked for.");
    } else {
        add_gap(gaps, title,
                nd_web_wanted(scene->request, true)
                    ? "no passage of the documents and of the pages found says enough about it"
                : nd_kbs_elsewhere(scene->request) > 0
                    ? "no passage of the documents and of the knowledge bases says enough about it"
                    : "no passage of the documents says enough about it");
    }
}

static void add_sub_topic(const struct nd_scene *scene, struct nd_json *out, const struct gathered *all,
                          size_t n, const struct gathered *g, size_t *counter, struct nd_json *gaps)
{
    struct nd_json *json = nd_json_add(out, nd_json_object());
    nd_json_set_str(json, "id", nd_json_get_str(g->sub_topic, "id"));
    nd_json_set_str(json, "status", status_of(g));
    const char *note = nd_json_get_str(g->judged, "note");
    if (note) nd_json_set_str(json, "note", note);
    if (g->unsearched > 0) nd_json_set_int(json, "searches_failed", g->unsearched);
    nd_json_set(json, "evidence", chosen_json(g, scene->writer, counter));
    nd_json_set(json, "spare", spares_json(all, n, g));
    nd_json_set(json, "core", cores_json(g));
    static const char *const kept[] = {"figures", "tables"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const struct nd_json *member = nd_json_get(g->judged, kept[i]);
        nd_json_set(json, kept[i], member ? nd_json_copy(member) : nd_json_array());
    }
    nd_json_set(json, "seen", g->seen ? nd_json_copy(g->seen) : nd_json_array());
    if (strcmp(status_of(g), "nothing_solid") == 0) add_not_found(scene, g, json, gaps);
}

static enum nd_rc evidence(const struct nd_scene *scene, const struct nd_json *plan, struct nd_json *out,
                           struct nd_error *err)
{
    const struct nd_json *topics = nd_json_get(plan, "sub_topics");
    size_t total = nd_json_len(topics), n = 0, counter = 0;
    struct gathered *g = ND_ARRAY(struct gathered, total + 1);
    enum nd_rc rc = ND_OK;
    for (const struct nd_json *t = nd_json_first(topics); t && rc == ND_OK; t = nd_json_next(t))
        rc = gather(scene, t, nd_json_get(out, "sources"), &g[n++], err);
    if (rc == ND_OK) {
        struct nd_pool *pools = ND_ARRAY(struct nd_pool, n + 1);
        for (size_t i = 0; i < n; i++) pools[i] = g[i].pool;
        size_t wanted = nd_quotes_wanted(scene->request);
        nd_choose(pools, n, (struct nd_choice_limits){wanted, wanted * WORDS_EACH});
        for (size_t i = 0; i < n; i++) g[i].pool = pools[i];
        nd_free(pools);
        struct nd_json *array = nd_json_set(out, "sub_topics", nd_json_array()),
                       *gaps = nd_json_set(out, "gaps", nd_json_array());
        for (size_t i = 0; i < n; i++) add_sub_topic(scene, array, g, n, &g[i], &counter, gaps);
    }
    release(g, n);
    return rc;
}

static enum nd_rc finish(const struct nd_scene *scene, struct nd_artefact *out, struct nd_error *err)
{
    struct nd_json *json = nd_json_object(), *plan = NULL;
    nd_json_set_str(json, "schema", ND_EVIDENCE_SCHEMA);
    enum nd_rc rc = plan_of(scene, &plan, err);
    if (rc == ND_OK) {
        nd_json_set(json, "plan", plan);
        nd_json_set(json, "sources", nd_research_sources(scene));
        rc = evidence(scene, plan, json, err);
        nd_answered_add(scene, json);
    }
    if (rc == ND_OK)
        out->json = json;
    else
        nd_json_free(json);
    return rc;
}

const struct nd_phase nd_phase_research = {
    .name = "research", .cap_percent = 70, .lanes = lanes, .next = next, .finish = finish};
