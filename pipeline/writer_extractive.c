/*
 * The extractive writer: no model, no key, no cost; every sentence is a quote. Its judgements need nothing
 * but tools of this machine, or nothing at all.
 */
#include "writer_extractive.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"
#include "phase_table.h"
#include "scene.h"
#include "writer.h"
#include "writer_extractive_draft.h"
#include "writer_extractive_web.h"
#include <string.h>

static enum nd_rc nothing_to_do(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    (void)scene, (void)err;
    return nd_do_done(out);
}

/* ---- plan ---- */

static enum nd_rc plan_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    (void)err;
    struct nd_gate_state gate = nd_gate_state(scene, ND_GATE_PLAN, "plan");
    if (nd_steps_of(scene->lane0, ND_ACT_TOOL, "survey") > gate.version) return nd_do_done(out);
    struct nd_json *args = nd_json_object();
    nd_json_set_int(args, "version", gate.version);
    if (gate.why) nd_json_set_str(args, "why", gate.why);
    return nd_do_tool(out, "survey", args);
}

/* Without a survey (a run that stopped before it) the plan is what the user named. */
static struct nd_json *plan_asked(const struct nd_request *request)
{
    struct nd_json *plan = nd_json_object(), *array = nd_json_array();
    struct nd_sub_topics list = {0};
    struct nd_sources none = {0};
    struct nd_question q;
    nd_question_cut(&q, request->topic);
    nd_sub_topics_asked(&list, request, &q);
    for (size_t i = 0; i < list.n; i++) {
        char id[16];
        nd_id(id, 't', i + 1);
        nd_json_set_str(nd_json_add(array, nd_sub_topic_json(&list.v[i], &none)), "id", id);
    }
    nd_json_set_str(plan, "schema", "nightdesk.plan/1");
    nd_json_set(plan, "sub_topics", array);
    nd_json_set(plan, "notes", nd_json_array());
    nd_sub_topics_release(&list);
    nd_question_release(&q);
    return plan;
}

static enum nd_rc plan_result(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    (void)err;
    const struct nd_json *plan = nd_seen_last(scene->lane0, ND_ACT_TOOL, "survey");
    *out = plan ? nd_json_copy(plan) : plan_asked(scene->request);
    return ND_OK;
}

/* ---- choose ---- */

/* A first search of the run's sources; one with other forms of its words, where the documents have them; one
 * with a person's words. */
static enum nd_rc find_next(const struct nd_scene *scene, struct nd_action *out)
{
    const char *words = NULL;
    bool told = nd_lane_answer(scene->lane, &words) == ND_ANSWER_WORDS;
    struct nd_finds finds = nd_finds_of(scene->lane, false);
    bool other = nd_json_get(finds.seen, "other_words") != NULL;
    bool search = finds.n == 0 || (finds.n == 1 && other) || (told && !nd_json_get(finds.args, "more"));
    if (nd_json_len(nd_json_get(finds.seen, "candidates")) > 0 || !search) return nd_do_done(out);
    struct nd_json *args = nd_json_copy(scene->lane->spec);
    nd_json_set_int(args, "attempt", (int64_t)finds.n);
    if (told) nd_json_set_str(args, "more", words);
    return nd_do_tool(out, "find", args);
}

static enum nd_rc choose_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    enum nd_rc rc = find_next(scene, out);
    return rc == ND_OK && out->kind == ND_ACT_DONE ? nd_extractive_web_next(scene, out, err) : rc;
}

static enum nd_rc choose_result(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    (void)err;
    const struct nd_json *found = nd_finds_of(scene->lane, false).seen;
    *out = found ? nd_json_copy(found) : nd_json_object();
    nd_extractive_web_result(scene, *out);
    return ND_OK;
}

/* ---- judge: a quote is its own support ---- */

static enum nd_rc judge_result(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    (void)scene, (void)err;
    *out = nd_json_object();
    return ND_OK;
}

/* ---- who it is ---- */

static bool serves(const char *writer)
{
    return strcmp(writer, "extractive") == 0;
}

static struct nd_json *label(const struct nd_scene *scene)
{
    (void)scene;
    return nd_json_string("extractive");
}

static void note(struct nd_json *notes, const struct nd_request *request, const char *member,
                 const char *value)
{
    if (!value || *value == '\0') return;
    char *line =
        nd_sayf(request->language,
                "The %s asked for (%s) was not obeyed: quotations stand as their authors wrote them.",
                nd_say(request->language, member), value);
    nd_json_add_str(notes, line);
    nd_free(line);
}

static void ignored(const struct nd_request *request, struct nd_json *notes)
{
    nd_json_add_str(notes, "This report quotes and does not paraphrase: every sentence is one of "
                           "the documents; no text was generated.");
    note(notes, request, "audience", request->audience);
    note(notes, request, "tone", request->tone);
    note(notes, request, "house style", request->house_style);
    if (request->length == ND_LENGTH_LONG)
        nd_json_add_str(notes, "A long report was asked for: without a model it has the standard length, "
                               "since further quotations repeat more than they add.");
}

const struct nd_writer nd_writer_extractive = {
    .name = "extractive",
    .serves = serves,
    .plan = {plan_next, plan_result},
    .choose = {choose_next, choose_result},
    .outline = {nothing_to_do, nd_extractive_outline},
    .draft = {nd_extractive_draft_next, nd_extractive_draft},
    .exhibits = {nothing_to_do, nd_extractive_exhibits},
    .exhibit = {nd_extractive_exhibit_next, nd_extractive_exhibit},
    .summary = {nothing_to_do, nd_extractive_summary},
    .judge = {nothing_to_do, judge_result},
    .label = label,
    .ignored = ignored,
};
