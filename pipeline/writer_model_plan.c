/*
 * The plan: the survey's, then a model's sub-topics from the topic and the documents' titles and headings,
 * then a survey of these. What the user named (outline, questions) stands as it is and needs no model.
 */
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/index/words.h"
#include "scene.h"
#include "writer.h"
#include "web_pages.h"
#include "writer_model.h"
#include <string.h>

#define HEADINGS_MOST 6 /* of a document, in the prompt */
#define SAME 0.8        /* Jaccard of the terms of two titles, questions or words */
#define TITLE_BYTES 120
#define QUESTION_BYTES 300
#define WORDS_BYTES 200
#define WHY_BYTES 160
#define TOKENS_EACH 110 /* of an answer */
#define TOKENS_MORE 100
#define READ_MOST 10000000         /* tokens of a plan: more is not believed */
#define COST_MOST (1000 * 1000000) /* micro-dollars */

static size_t wanted(const struct nd_request *request)
{
    return request->sub_topics > 0 ? (size_t)request->sub_topics : 10;
}

static bool user_named(const struct nd_request *request)
{
    return request->outline_count > 0 || request->questions.n > 0;
}

/* ---- the documents ---- */

static char *about(const struct nd_reading *reading)
{
    struct nd_bytes line = ND_BYTES(ND_SHEET_LINE_BYTES * 4);
    nd_bytes_addf(&line, "%s (%u pages)", reading->title, reading->pages);
    size_t n = 0;
    for (size_t i = 0; i < reading->heading_count && n < HEADINGS_MOST; i++) {
        if (reading->headings[i].level > 2) continue;
        nd_bytes_addf(&line, "%s%s", n++ ? " | " : " — ", reading->headings[i].title);
    }
    return nd_bytes_take(&line, NULL);
}

/* Does a sub-topic of the survey use source n? Those documents come first, should not all fit. */
static bool is_used(const struct nd_json *survey, size_t n)
{
    ND_JSON_EACH(topic, nd_json_get(survey, "sub_topics"))
    {
        ND_JSON_EACH(source, nd_json_get(topic, "documents"))
        if (nd_json_int(source, 0) == (int64_t)n) return true;
    }
    return false;
}

static enum nd_rc add_documents(const struct nd_scene *scene, bool open, struct nd_ask *out,
                                struct nd_error *err)
{
    struct nd_library *lib = NULL;
    enum nd_rc rc = nd_library_of(scene, &lib, err);
    if (rc != ND_OK) return rc;
    const struct nd_sources *sources = nd_library_sources(lib);
    const struct nd_json *survey = nd_seen_last(scene->lane0, ND_ACT_TOOL, "survey");
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sources->n; i++) {
            const struct nd_source *s = &sources->v[i];
            if (s->reading->pages == 0 || (open && s->local) || is_used(survey, i + 1) != (round == 0))
                continue;
            char id[16], *line = about(s->reading);
            nd_id(id, 'd', i + 1);
            if (nd_sheet_add(&out->sheet, id, nd_view_of(line)) && s->local) out->is_private = true;
            nd_free(line);
        }
    }
    return ND_OK;
}

/* ---- the question ---- */

static struct nd_json *plan_schema(size_t count)
{
    struct nd_json *one = nd_schema_with("title", nd_schema_string());
    nd_schema_member(one, "question", nd_schema_string());
    nd_schema_member(one, "words", nd_schema_string());
    nd_schema_member(one, "why", nd_schema_string());
    return nd_schema_with("sub_topics", nd_schema_array(one, count));
}

/* After a plan was sent back: why, and what it said. */
static char *again(const struct nd_scene *scene)
{
    struct nd_gate_state gate = nd_gate_state(scene, ND_GATE_PLAN, "plan");
    struct nd_bytes text = ND_BYTES(ND_MIB);
    if (gate.why) nd_bytes_addf(&text, "An earlier plan was sent back, with this reason: %s", gate.why);
    return nd_bytes_take(&text, NULL);
}

static enum nd_rc make(const struct nd_scene *scene, bool open, struct nd_ask *out, struct nd_error *err)
{
    size_t count = wanted(scene->request);
    char *wishes = nd_prompt_wishes(scene->request), *why = again(scene), *number = nd_sprintf("%zu", count);
    out->holes = nd_json_object();
    nd_json_set_str(out->holes, "topic", scene->request->topic);
    nd_json_set_str(out->holes, "wishes", wishes);
    nd_json_set_str(out->holes, "count", number);
    nd_json_set_str(out->holes, "again", why);
    nd_json_set_str(
        out->holes, "web",
        nd_web_wanted(scene->request, true)
            ? "The web is searched too, so a sub-topic may be one that none of these documents is about: "
              "what matters is the topic."
            : "");
    nd_free(wishes);
    nd_free(why);
    nd_free(number);
    out->schema = plan_schema(count);
    out->max_tokens = (int64_t)count * TOKENS_EACH + TOKENS_MORE;
    enum nd_rc rc = add_documents(scene, open, out, err);
    out->is_empty = out->sheet.lines.len == 0;
    return rc;
}

/* ---- the answer ---- */

static char *line_of(const struct nd_json *item, const char *member, size_t max_bytes)
{
    return nd_answer_line(nd_json_view(nd_json_get(item, member)), max_bytes);
}

/* A reason that may be printed: it names nothing that the topic and the documents' titles do not. Caller
 * frees; NULL: none. */
static char *reason_of(const struct nd_scene *scene, const struct nd_json *item, const char *title)
{
    struct nd_view texts[] = {nd_view_of(scene->request->topic), nd_view_of(title)};
    const struct nd_held held = {.texts = texts, .text_count = 2, .titles = texts, .title_count = 2};
    char *why = line_of(item, "why", WHY_BYTES);
    char *problem = nd_sentence_problem(nd_view_of(why), &held, &scene->request->forbidden_terms);
    if (problem || nd_wording_echoes(nd_view_of(why))) {
        nd_free(why);
        why = NULL;
    }
    nd_free(problem);
    return why;
}

/* An earlier one has nearly the same words there. */
static bool is_there(const struct nd_json *list, const char *member, const char *text)
{
    ND_JSON_EACH(item, list)
    if (nd_jaccard(nd_json_view(nd_json_get(item, member)), nd_view_of(text), NULL) >= SAME) return true;
    return false;
}

/* What can be used of it, at most as many as were asked for; every one has a title of its own. A question or
 * words that an earlier one has give way to the title. */
static struct nd_json *sift(const struct nd_scene *scene, const struct nd_json *answer, size_t most)
{
    struct nd_json *list = nd_json_array();
    ND_JSON_EACH(item, nd_json_get(answer, "sub_topics"))
    {
        char *title = line_of(item, "title", TITLE_BYTES),
             *question = line_of(item, "question", QUESTION_BYTES);
        char *words = line_of(item, "words", WORDS_BYTES);
        if (*title && nd_json_len(list) < most && !is_there(list, "title", title) &&
            !nd_wording_echoes(nd_view_of(title))) {
            bool own_question = *question && !strstr(question, " | ") &&
                                !is_there(list, "question", question) &&
                                !nd_wording_echoes(nd_view_of(question)),
                 own_words = !is_there(list, "words", words);
            struct nd_json *one = nd_json_add(list, nd_json_object());
            nd_json_set_str(one, "title", title);
            nd_json_set_str(one, "question", own_question ? question : title);
            nd_json_set_str(one, "words", own_words ? words : title);
            char *why = reason_of(scene, item, title);
            if (why) nd_json_set_str(one, "why", why);
            nd_free(why);
        }
        nd_free(title);
        nd_free(question);
        nd_free(words);
    }
    return list;
}

static char *check(const struct nd_scene *scene, bool open, const struct nd_json *answer)
{
    (void)open;
    size_t want = wanted(scene->request);
    if (nd_json_kind(nd_json_get(answer, "sub_topics")) != ND_JSON_ARRAY)
        return nd_strdup("it has no array 'sub_topics'");
    struct nd_json *list = sift(scene, answer, want);
    size_t n = nd_json_len(list);
    nd_json_free(list);
    if (n * 2 >= want) return NULL;
    return nd_sprintf("it names %zu sub-topics with a title of their own, wanted %zu", n, want);
}

static const struct nd_talk talk = {
    .job = "plan", .role = "write", .after = "survey", .make = make, .check = check};

/* ---- the judgement ---- */

static bool is_of_model(const struct nd_step *survey)
{
    return nd_json_get(survey->action.args, "sub_topics") != NULL;
}

/* The last survey of the version that is wanted; NULL: not made yet. */
static const struct nd_step *survey_of(const struct nd_scene *scene)
{
    const struct nd_step *step = nd_transcript_last(nd_lane_transcript(scene->lane0), ND_ACT_TOOL, "survey");
    int64_t version = nd_gate_state(scene, ND_GATE_PLAN, "plan").version;
    return step && nd_json_get_int(step->action.args, "version", -1) == version ? step : NULL;
}

/* given NULL: what the extractive writer would plan. */
static enum nd_rc survey(const struct nd_scene *scene, struct nd_json *given, bool is_private,
                         struct nd_action *out)
{
    struct nd_json *args = nd_json_object();
    struct nd_gate_state gate = nd_gate_state(scene, ND_GATE_PLAN, "plan");
    nd_json_set_int(args, "version", gate.version);
    if (gate.why) nd_json_set_str(args, "why", gate.why);
    if (given) nd_json_set(args, "sub_topics", given);
    if (is_private) nd_json_set_bool(args, "private", true);
    return nd_do_tool(out, "survey", args);
}

enum nd_rc nd_model_plan_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    const struct nd_step *made = survey_of(scene);
    if (!made) return survey(scene, NULL, false, out);
    if (user_named(scene->request) || is_of_model(made) || nd_step_refused(made)) return nd_do_done(out);
    enum nd_rc rc = nd_talk_next(&talk, scene, out, err);
    if (rc != ND_OK || out->kind != ND_ACT_DONE) return rc;
    struct nd_reply reply = nd_talk_reply(&talk, scene);
    struct nd_json *given = sift(scene, reply.json, wanted(scene->request));
    nd_json_free(reply.json);
    if (nd_json_len(given) > 0) return survey(scene, given, reply.is_private, out);
    nd_json_free(given);
    return nd_do_done(out);
}

/*
 * What the run is likely to cost, from what the plan cost: a token written is taken for four read, and the
 * calls of a sub-topic for so many of these. -1: nothing is known, since the user named the sub-topics.
 */
static int64_t expected_cost(const struct nd_scene *scene, size_t sub_topics)
{
    const int64_t written = 4, research = 5 * (4000 + written * 100),
                  for_each = research + 1500 + 1500 + written * (700 + 100),
                  once = 5000 + 1500 + written * (700 + 100);
    const struct nd_step *step =
        nd_transcript_last(nd_lane_transcript(scene->lane0), ND_ACT_MODEL, talk.role);
    if (!step) return -1;
    const struct nd_json *usage = nd_json_get(step->observation, "usage");
    int64_t read = nd_json_get_int(usage, "input", 0) + written * nd_json_get_int(usage, "output", 0);
    if (read <= 0 || read > READ_MOST || step->cost_microusd > COST_MOST) return -1;
    return step->cost_microusd + step->cost_microusd * ((int64_t)sub_topics * for_each + once) / read;
}

enum nd_rc nd_model_plan(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    enum nd_rc rc = nd_writer_extractive.plan.result(scene, out, err);
    if (rc != ND_OK) return rc;
    const struct nd_step *made = survey_of(scene);
    nd_model_ignored(scene->request, nd_json_set(*out, "notes", nd_json_array()));
    int64_t cost = expected_cost(scene, nd_json_len(nd_json_get(*out, "sub_topics")));
    if (cost >= 0)
        nd_json_set_int(*out, "expected_cost_microusd", cost);
    else
        nd_json_remove(*out, "expected_cost_microusd");
    if (made && !is_of_model(made) && !user_named(scene->request)) {
        struct nd_reply reply = nd_talk_reply(&talk, scene);
        char *note = nd_sprintf("The sub-topics were chosen by program: %s.",
                                reply.why ? reply.why : "the model named none");
        nd_json_set_str(*out, "note", note);
        nd_json_free(reply.json);
        nd_free(note);
    }
    return ND_OK;
}
