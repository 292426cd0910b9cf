#include "grounding.h"
#include "checking.h"
#include "in_place.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/model.h"
#include "nightdesk/core/say.h"
#include "nightdesk/report/safety.h"
#include "scene.h"
#include "web_query.h"
#include <string.h>

#define JOB "ground"
#define FAILURES_MOST 2 /* of a lane, until it asks no more */

/* ---- what the lane's record tells ---- */

static bool is_call(const struct nd_step *step)
{
    const char *job = nd_json_get_str(step->action.args, "job");
    return step->action.kind == ND_ACT_MODEL && job && strcmp(job, JOB) == 0;
}

static const struct nd_step *call_of(const struct nd_scene *scene, size_t index)
{
    const struct nd_transcript *t = nd_lane_transcript(scene->lane);
    for (size_t i = 0; i < t->n; i++)
        if (is_call(&t->v[i]) && nd_json_get_int(t->v[i].action.args, "claim", -1) == (int64_t)index)
            return &t->v[i];
    return NULL;
}

static bool is_code(const struct nd_json *error, const char *code)
{
    const char *its = nd_json_get_str(error, "code");
    return its && strcmp(its, code) == 0;
}

/* It will not answer to the next statement either. */
static bool is_refusal(const struct nd_json *error)
{
    return nd_json_get_int(error, "status", 0) / 100 == 4 && !is_code(error, ND_GUARD_AWAY);
}

struct history {
    size_t from;                   /* statements before it were dealt with */
    const struct nd_json *gave_up; /* the error after which no more are asked; NULL: go on */
};

static struct history history_of(const struct nd_scene *scene)
{
    struct history h = {0};
    const struct nd_transcript *t = nd_lane_transcript(scene->lane);
    size_t failures = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (!is_call(&t->v[i])) continue;
        const struct nd_json *error = nd_json_get(t->v[i].observation, "error");
        h.from = (size_t)nd_json_get_int(t->v[i].action.args, "claim", 0) + 1;
        failures += error && !is_code(error, ND_GUARD_TOO_LONG);
        if (error && (failures >= FAILURES_MOST || is_refusal(error))) h.gave_up = error;
    }
    return h;
}

/* ---- which statements ---- */

/* Would it be printed as its writer put it? */
static bool is_own_words(const struct nd_json *claim, const struct nd_json *checked,
                         const struct nd_json *verdict)
{
    const char *word = nd_json_get_str(verdict, "verdict");
    bool gone = word && (strcmp(word, "removed") == 0 || strcmp(word, "quoted") == 0);
    return nd_json_get_bool(checked, "ok", false) && !nd_json_get_bool(claim, "quoted", false) && !gone &&
           nd_json_len(nd_json_get(claim, "evidence")) > 0;
}

static bool rests_on_private(const struct nd_scene *scene, const struct nd_known *known,
                             const struct nd_json *claim)
{
    if (nd_json_get_bool(claim, "private", false)) return true; /* its writer saw others that do */
    ND_JSON_EACH(id, nd_json_get(claim, "evidence"))
    {
        const struct nd_json *evidence = nd_known_find(known, nd_json_str(id));
        ND_JSON_EACH(part, nd_json_get(evidence, "parts"))
        if (nd_source_stays(scene, nd_json_get_int(part, "source", 0))) return true;
    }
    return false;
}

/* ---- the call ---- */

/* Keys in it become asterisks; what does not fit is cut between words. Caller frees. */
static struct nd_json *shown(struct nd_view text, size_t max_bytes)
{
    struct nd_bytes hidden = ND_BYTES(ND_BYTES_MAX);
    nd_safety_hide(text, &hidden);
    struct nd_view view = nd_bytes_view(&hidden);
    struct nd_json *json = nd_json_string_view(nd_view_sub(view, 0, nd_utf8_cut(view, max_bytes)));
    nd_bytes_release(&hidden);
    return json;
}

/* The title of the section that the claim is of or, a key finding, is about; NULL: none that may leave. */
static const char *title_of(const struct nd_scene *scene, const struct nd_json *claim)
{
    const char *about = nd_json_get_str(claim, "section"),
               *section = about ? about : nd_json_get_str(scene->lane->spec, "section");
    ND_JSON_EACH(s, nd_json_get(scene->artefact[ND_DRAFT], "sections"))
    {
        const char *id = nd_json_get_str(s, "id");
        if (id && section && strcmp(id, section) == 0)
            return nd_json_get_bool(s, "private", false) ? NULL : nd_json_get_str(s, "title");
    }
    return NULL;
}

/* What it is about: the topic, and the sub-topic where that may leave. */
static enum nd_rc set_query(const struct nd_scene *scene, const struct nd_json *claim, struct nd_json *args,
                            struct nd_error *err)
{
    const char *title = title_of(scene, claim), *topic = scene->request->topic;
    bool leaks = true;
    enum nd_rc rc = title ? nd_query_leaks(scene, title, &leaks, err) : ND_OK;
    char *query = leaks ? nd_strdup(topic) : nd_sprintf("%s: %s", title, topic);
    nd_json_set(args, "query", shown(nd_view_of(query), ND_GUARD_QUERY_MAX_CHARS));
    nd_free(query);
    return rc;
}

static struct nd_json *sources_of(const struct nd_known *known, const struct nd_json *claim)
{
    struct nd_json *sources = nd_json_array();
    ND_JSON_EACH(id, nd_json_get(claim, "evidence"))
    {
        const struct nd_json *evidence = nd_known_find(known, nd_json_str(id));
        for (unsigned i = 0; i < nd_json_len(nd_json_get(evidence, "parts")); i++)
            nd_json_add(sources, shown(nd_evidence_shown(evidence, i), ND_BYTES_MAX));
    }
    return sources;
}

static enum nd_rc ask(const struct nd_scene *scene, const struct nd_known *known, const struct nd_json *claim,
                      size_t index, struct nd_action *out, struct nd_error *err)
{
    struct nd_json *args = nd_json_object();
    nd_json_set_str(args, "role", "guard");
    nd_json_set_str(args, "job", JOB);
    nd_json_set_int(args, "claim", (int64_t)index);
    nd_json_set(args, "sources", sources_of(known, claim));
    nd_json_set(args, "text", shown(nd_json_view(nd_json_get(claim, "text")), ND_BYTES_MAX));
    enum nd_rc rc = set_query(scene, claim, args, err);
    if (rc == ND_OK) return nd_do_model(out, "guard", args);
    nd_json_free(args);
    return rc;
}

static enum nd_rc may_leave(const struct nd_scene *scene, const struct nd_known *known,
                            const struct nd_json *claim, bool *may, struct nd_error *err)
{
    const char *text = nd_json_get_str(claim, "text");
    bool leaks = true;
    enum nd_rc rc = ND_OK;
    if (text && !rests_on_private(scene, known, claim)) rc = nd_query_leaks(scene, text, &leaks, err);
    *may = !leaks;
    return rc;
}

enum nd_rc nd_grounding_next(const struct nd_scene *scene, const struct nd_writer *writer,
                             struct nd_action *out, struct nd_error *err)
{
    struct history h = history_of(scene);
    struct nd_json *judged = NULL;
    if (!scene->request->guardrail || scene->stop || h.gave_up) return nd_do_done(out);
    enum nd_rc rc = writer->judge.result(scene, &judged, err);
    if (rc != ND_OK) return rc;
    struct nd_known known;
    nd_known_gather(&known, scene);
    const struct nd_json *verdict = nd_json_first(nd_json_get(judged, "claims")),
                         *checked = nd_json_first(
                             nd_json_get(nd_seen_last(scene->lane, ND_ACT_TOOL, "check"), "claims"));
    const struct nd_json *claim = nd_json_first(nd_json_get(scene->lane->spec, "claims"));
    bool may = false;
    for (size_t i = 0; claim && rc == ND_OK && !may; i++) {
        if (i >= h.from && is_own_words(claim, checked, verdict))
            rc = may_leave(scene, &known, claim, &may, err);
        if (rc == ND_OK && may) rc = ask(scene, &known, claim, i, out, err);
        claim = nd_json_next(claim);
        verdict = nd_json_next(verdict);
        checked = nd_json_next(checked);
    }
    nd_known_release(&known);
    nd_json_free(judged);
    return rc == ND_OK && !may ? nd_do_done(out) : rc;
}

/* ---- what came of it ---- */

/* Why a call told nothing. */
static const char *why_of(const struct nd_json *error)
{
    if (is_code(error, ND_GUARD_TOO_LONG)) return "they are longer than a guardrail takes";
    if (is_code(error, ND_GUARD_LOST)) return "its answer never came or could not be read";
    if (is_refusal(error)) return "the service refuses it: no permission, or no such guardrail";
    return "it took no calls";
}

static const char *why_missed(const struct nd_scene *scene, const struct nd_step *call,
                              const struct nd_known *known, const struct nd_json *claim,
                              const struct nd_json *gave_up)
{
    const struct nd_json *error = call ? nd_json_get(call->observation, "error") : NULL;
    if (error) return why_of(error);
    if (!call && rests_on_private(scene, known, claim))
        return "they were written from sources that must stay on this machine";
    if (gave_up) return why_of(gave_up);
    return call || scene->stop || nd_lane_must_finish(scene->lane)
               ? "no further calls were allowed"
               : "they hold words of sources that must stay on this machine";
}

static struct nd_json *said_of(const struct nd_json *observation)
{
    static const char *const kept[] = {"blocked", "grounding", "relevance", "other"};
    struct nd_json *said = nd_json_object();
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const struct nd_json *member = nd_json_get(observation, kept[i]);
        if (member) nd_json_set(said, kept[i], nd_json_copy(member));
    }
    return said;
}

/* "grounding 0.31, wanted 0.70"; caller frees. */
static char *measure_of(const struct nd_json *said)
{
    bool grounding = nd_json_get_bool(nd_json_get(said, "grounding"), "blocked", false);
    const struct nd_json *row = nd_json_get(said, grounding ? "grounding" : "relevance");
    return nd_sprintf("%s %.2f < %.2f", grounding ? "grounding" : "relevance",
                      nd_json_get_num(row, "score", 0), nd_json_get_num(row, "threshold", 0));
}

/* A blocked statement. Its quotes may stand for it when it says more than they do, and nothing else is wrong.
 */
static void block(const struct nd_scene *scene, const struct nd_json *claim, const struct nd_json *judged,
                  const struct nd_json *verdicts, struct nd_json *verdict)
{
    const struct nd_json *said = nd_json_get(verdict, "guardrail");
    const char *language = scene->request->language;
    bool ungrounded = nd_json_get_bool(nd_json_get(said, "grounding"), "blocked", false);
    bool stands = ungrounded && nd_quotes_may_stand(scene, claim, verdicts) &&
                  nd_quotes_may_stand(scene, claim, nd_json_get(judged, "claims"));
    char *measure = measure_of(said), *why = NULL;
    if (nd_json_get_bool(said, "other", false))
        why = nd_sayf(language, "the guardrail blocked it or would have changed it");
    else if (stands)
        why = nd_sayf(language, "the guardrail blocked it (%s): its quotes stand in its place", measure);
    else
        why = nd_sayf(language, "the guardrail blocked it (%s)", measure);
    nd_json_set_str(verdict, "verdict", stands ? "quoted" : "removed");
    nd_json_set_str(verdict, "why", why);
    nd_free(measure);
    nd_free(why);
}

static void pass(struct nd_json *verdict)
{
    const char *word = nd_json_get_str(verdict, "verdict");
    bool grounded = nd_json_get(nd_json_get(verdict, "guardrail"), "grounding") != NULL;
    if (grounded && (!word || strcmp(word, "unjudged") == 0))
        nd_json_set_str(verdict, "verdict", "supported");
}

struct nd_json *nd_grounding_judge(const struct nd_scene *scene, const struct nd_json *checked,
                                   const struct nd_json *judged)
{
    if (!scene->request->guardrail) return nd_json_copy(judged);
    struct history h = history_of(scene);
    struct nd_known known;
    nd_known_gather(&known, scene);
    struct nd_json *out = nd_json_object(), *verdicts = nd_json_set(out, "claims", nd_json_array());
    const struct nd_json *verdict = nd_json_first(nd_json_get(judged, "claims")),
                         *sound = nd_json_first(nd_json_get(checked, "claims"));
    size_t index = 0;
    ND_JSON_EACH(claim, nd_json_get(scene->lane->spec, "claims"))
    {
        struct nd_json *mine = nd_json_add(verdicts, verdict ? nd_json_copy(verdict) : nd_json_object());
        const struct nd_step *call = call_of(scene, index++);
        bool told = call && !nd_step_refused(call) && !nd_json_get(call->observation, "error");
        if (told) nd_json_set(mine, "guardrail", said_of(call->observation));
        if (told && nd_json_get_bool(call->observation, "blocked", false))
            block(scene, claim, judged, verdicts, mine);
        else if (told)
            pass(mine);
        else if (is_own_words(claim, sound, verdict))
            nd_json_set_str(mine, "missed", why_missed(scene, call, &known, claim, h.gave_up));
        verdict = nd_json_next(verdict);
        sound = nd_json_next(sound);
    }
    nd_known_release(&known);
    return out;
}
