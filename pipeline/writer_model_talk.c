#include "nightdesk/base/alloc.h"
#include "nightdesk/core/model.h"
#include "library.h"
#include "scene.h"
#include "writer_model.h"
#include <string.h>

/* What the lane's record tells of a talk. */
struct history {
    const struct nd_step *last;
    const struct nd_step *answer; /* the last that said an object */
    bool open;                    /* the model is elsewhere: private text was kept back */
    bool repaired;                /* the one repair was asked for */
};

static bool is_of(const struct nd_step *step, enum nd_act kind, const char *member, const char *value)
{
    const char *its = kind == ND_ACT_MODEL ? nd_json_get_str(step->action.args, member) : step->action.name;
    return step->action.kind == kind && its && strcmp(its, value) == 0;
}

static const char *error_code(const struct nd_step *step)
{
    const char *code = nd_json_get_str(nd_json_get(step->observation, "error"), "code");
    return code ? code : "";
}

static bool is_answer(const struct nd_step *step)
{
    return !nd_step_refused(step) && nd_json_get_str(step->observation, "text");
}

static struct nd_json *object_of(const struct nd_step *step)
{
    return is_answer(step) ? nd_answer_object(nd_json_view(nd_json_get(step->observation, "text"))) : NULL;
}

static struct history history_of(const struct nd_talk *talk, const struct nd_lane *lane)
{
    struct history h = {0};
    const struct nd_transcript *t = nd_lane_transcript(lane);
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_step *step = &t->v[i];
        if (talk->after && is_of(step, ND_ACT_TOOL, NULL, talk->after)) h = (struct history){0};
        if (!is_of(step, ND_ACT_MODEL, "job", talk->job)) continue;
        h.last = step;
        struct nd_json *said = object_of(step);
        if (said) h.answer = step;
        nd_json_free(said);
        h.open = h.open || strcmp(error_code(step), ND_MODEL_PRIVATE) == 0;
        h.repaired = h.repaired || nd_json_get(step->action.args, "extends");
    }
    return h;
}

/* What is wrong with an answer; NULL: nothing. Caller frees. */
static char *problem_of(const struct nd_talk *talk, const struct nd_scene *scene, bool open,
                        const struct nd_step *step)
{
    const char *stop = nd_json_get_str(step->observation, "stop");
    struct nd_json *json = object_of(step);
    if (json) {
        char *problem = talk->check(scene, open, json);
        nd_json_free(json);
        return problem;
    }
    return nd_strdup(stop && strcmp(stop, "length") == 0 ? "it was cut off before its end; be briefer"
                                                         : "it is not one JSON object");
}

/* ---- the next call ---- */

static struct nd_json *args_of(const struct nd_talk *talk, struct nd_json *messages,
                               const struct nd_json *schema, int64_t max_tokens, bool is_private)
{
    struct nd_json *args = nd_json_object();
    nd_json_set_str(args, "role", talk->role);
    nd_json_set_str(args, "job", talk->job);
    nd_json_set(args, "messages", messages);
    nd_json_set(args, "schema", nd_json_copy(schema));
    nd_json_set_str(args, "schema_name", talk->job);
    nd_json_set_int(args, "max_tokens", max_tokens);
    if (is_private) nd_json_set_bool(args, "private", true);
    return args;
}

static enum nd_rc ask(const struct nd_talk *talk, const struct nd_scene *scene, bool open,
                      struct nd_action *out, struct nd_error *err)
{
    struct nd_ask ask = {.sheet = ND_SHEET};
    struct nd_json *messages = NULL;
    enum nd_rc rc = talk->make(scene, open, &ask, err);
    if (rc == ND_OK && !ask.is_empty) rc = nd_prompt_messages(talk->job, &ask, &messages, err);
    if (rc == ND_OK && ask.is_empty)
        rc = nd_do_done(out);
    else if (rc == ND_OK)
        rc =
            nd_do_model(out, talk->role, args_of(talk, messages, ask.schema, ask.max_tokens, ask.is_private));
    nd_ask_release(&ask);
    return rc;
}

/* The same conversation, the answer, and what was wrong with it. */
static enum nd_rc repair(const struct nd_talk *talk, const struct nd_step *step, const char *problem,
                         struct nd_action *out, struct nd_error *err)
{
    const struct nd_json *earlier = step->action.args;
    const char *said = nd_json_get_str(step->observation, "text");
    char *wanted = NULL;
    enum nd_rc rc = nd_prompt_repair(problem, &wanted, err);
    if (rc != ND_OK) return rc;
    struct nd_json *messages = nd_json_copy(nd_json_get(earlier, "messages"));
    const char *turns[][2] = {{"assistant", said}, {"user", wanted}};
    for (size_t i = 0; i < 2; i++) {
        if (!turns[i][1] || !*turns[i][1]) continue;
        struct nd_json *message = nd_json_add(messages, nd_json_object());
        nd_json_set_str(message, "role", turns[i][0]);
        nd_json_set_str(message, "content", turns[i][1]);
    }
    nd_free(wanted);
    struct nd_json *args =
        args_of(talk, messages, nd_json_get(earlier, "schema"), nd_json_get_int(earlier, "max_tokens", 1),
                nd_json_get_bool(earlier, "private", false));
    nd_json_set_int(args, "extends", step->no);
    return nd_do_model(out, talk->role, args);
}

enum nd_rc nd_talk_next(const struct nd_talk *talk, const struct nd_scene *scene, struct nd_action *out,
                        struct nd_error *err)
{
    struct history h = history_of(talk, scene->lane);
    if (!h.last) return ask(talk, scene, false, out, err);
    if (strcmp(error_code(h.last), ND_MODEL_PRIVATE) == 0 &&
        nd_json_get_bool(h.last->action.args, "private", false))
        return ask(talk, scene, true, out, err);
    const char *stop = nd_json_get_str(h.last->observation, "stop");
    if (!is_answer(h.last) || h.repaired || (stop && strcmp(stop, "filter") == 0)) return nd_do_done(out);
    char *problem = problem_of(talk, scene, h.open, h.last);
    enum nd_rc rc = problem ? repair(talk, h.last, problem, out, err) : nd_do_done(out);
    nd_free(problem);
    return rc;
}

/* ---- what came of it ---- */

static const char *why_none(const struct nd_step *last)
{
    const char *refused = nd_step_refused(last);
    if (refused && strcmp(refused, "phase_cap") == 0) return "the money for this phase was used up";
    if (refused) return "no further calls were allowed";
    if (nd_json_get(last->observation, "error"))
        return strcmp(error_code(last), ND_MODEL_PRIVATE) == 0 ? "its sources must stay on this machine"
                                                               : "the model refused the question";
    return "the model's answer could not be used";
}

struct nd_reply nd_talk_reply(const struct nd_talk *talk, const struct nd_scene *scene)
{
    struct history h = history_of(talk, scene->lane);
    return (struct nd_reply){
        .open = h.open,
        .is_private = h.answer && nd_json_get_bool(h.answer->action.args, "private", false),
        .json = h.answer ? object_of(h.answer) : NULL,
        .why = h.last && !h.answer ? why_none(h.last) : NULL,
    };
}

/* ---- what must stay here ---- */

bool nd_source_is_local(const struct nd_scene *scene, int64_t n)
{
    return n > 0 && nd_json_get_bool(nd_json_at(nd_scene_sources(scene), (size_t)n - 1), "local", false);
}

bool nd_parts_are_local(const struct nd_scene *scene, const struct nd_json *with_parts)
{
    ND_JSON_EACH(part, nd_json_get(with_parts, "parts"))
    if (nd_source_is_local(scene, nd_json_get_int(part, "source", 0))) return true;
    return false;
}
