/* Evidence for a sub-topic: what a research agent noted. Where it noted nothing that can be used, the
 * extractive writer's choice stands, with a note. */
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/kb.h"
#include "phase_table.h"
#include "scene.h"
#include "writer.h"
#include "web_pages.h"
#include "writer_model_agent.h"
#include <string.h>

#define BEST_SCORE 1000000
#define STEP_SCORE 10000 /* between one note and the next */
#define RANK_SCORE 5000  /* between what the search ranks one after another, below all notes */
#define MISSING_BYTES 300

/* ---- the next action ---- */

/* A person gave other words after the agent had found nothing. */
static const char *other_words(const struct nd_scene *scene)
{
    const char *words = NULL;
    const struct nd_step *found = nd_transcript_last(nd_lane_transcript(scene->lane), ND_ACT_TOOL, "find");
    if (!found || nd_lane_answer(scene->lane, &words) != ND_ANSWER_WORDS) return NULL;
    const char *looked_for = nd_json_get_str(found->action.args, "more");
    return looked_for && strcmp(looked_for, words) == 0 ? NULL : words;
}

static enum nd_rc find_more(const struct nd_scene *scene, const char *words, struct nd_action *out)
{
    struct nd_json *args = nd_json_copy(scene->lane->spec);
    nd_json_set_int(args, "attempt", (int64_t)nd_steps_of(scene->lane, ND_ACT_TOOL, "find"));
    nd_json_set_str(args, "more", words);
    return nd_do_tool(out, "find", args);
}

static bool has_something(const struct nd_scene *scene, bool open)
{
    if (nd_web_wanted(scene->request, true) || nd_kbs_elsewhere(scene->request) > 0) return true;
    ND_JSON_EACH(source, nd_scene_sources(scene))
    if (nd_json_get_int(source, "pages", 0) > 0 && !(open && nd_json_get_bool(source, "local", false)))
        return true;
    return false;
}

static enum nd_rc agent_next(struct nd_agent *agent, struct nd_action *out, struct nd_error *err)
{
    struct nd_json *args = NULL;
    if (agent->due.kind != ND_ACT_DONE) {
        *out = agent->due;
        agent->due = (struct nd_action){.kind = ND_ACT_DONE};
        return ND_OK;
    }
    if (agent->end != ND_AGENT_GOES_ON || !has_something(agent->scene, agent->nb.open))
        return nd_do_done(out);
    enum nd_rc rc = nd_agent_args(agent, &args, err);
    return rc == ND_OK ? nd_do_model(out, "read", args) : rc;
}

enum nd_rc nd_model_choose_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    const char *words = other_words(scene);
    if (words) return find_more(scene, words, out);
    bool begun = nd_steps_of(scene->lane, ND_ACT_MODEL, "read") > 0;
    enum nd_rc rc = begun ? nd_do_done(out) : nd_writer_extractive.choose.next(scene, out, err);
    if (rc != ND_OK || out->kind != ND_ACT_DONE) return rc;
    struct nd_agent agent;
    nd_agent_read(&agent, scene);
    rc = agent_next(&agent, out, err);
    nd_agent_release(&agent);
    return rc;
}

/* ---- what came of it ---- */

static void add_candidate(struct nd_json *list, const struct nd_json *c, int64_t score, bool spare)
{
    struct nd_json *copy = nd_json_add(list, nd_json_copy(c));
    nd_json_set_int(copy, "score", score);
    if (spare) nd_json_set_bool(copy, "spare", true);
    nd_json_remove(copy, "of");
    nd_json_remove(copy, "how");
}

/* Notes first, in their order; what the model never saw, since it must stay here, as the search ranks it; the
 * rest spare (or, where the program has to choose, not). Nothing when there is nothing but spares. */
static struct nd_json *ordered(const struct nd_agent *agent, const struct nd_json *found,
                               bool program_chooses)
{
    struct nd_json *list = nd_json_array();
    size_t offered = agent->nb.notes;
    int64_t rank = 0;
    for (size_t i = 0; i < agent->nb.notes; i++)
        add_candidate(list, agent->nb.note[i], BEST_SCORE - (int64_t)i * STEP_SCORE, false);
    ND_JSON_EACH(c, found)
    {
        struct nd_parts parts;
        struct nd_error ignored = {0};
        if (nd_parts_parse(&parts, nd_json_get(c, "parts"), &ignored) != ND_OK ||
            nd_notebook_noted(&agent->nb, &parts))
            continue;
        bool unseen = agent->nb.open && nd_parts_are_local(agent->scene, c);
        add_candidate(list, c, BEST_SCORE / 2 - RANK_SCORE * rank++, !unseen && !program_chooses);
        offered += unseen || program_chooses;
    }
    if (offered > 0) return list;
    nd_json_free(list);
    return nd_json_array();
}

static bool holds(const struct nd_json *list, const struct nd_json *item)
{
    ND_JSON_EACH(other, list)
    if (nd_json_equal(nd_json_get(other, "parts"), nd_json_get(item, "parts")) &&
        nd_json_equal(nd_json_get(other, "label"), nd_json_get(item, "label")) &&
        nd_json_equal(nd_json_get(other, "source"), nd_json_get(item, "source")) &&
        nd_json_equal(nd_json_get(other, "table"), nd_json_get(item, "table")))
        return true;
    return false;
}

/* Figures or tables that the agent's searches brought beside those of the first. */
static void add_found(const struct nd_scene *scene, const char *member, struct nd_json *out)
{
    const struct nd_json *first = nd_json_get(out, member);
    struct nd_json *list = first ? nd_json_copy(first) : nd_json_array();
    const struct nd_transcript *t = nd_lane_transcript(scene->lane);
    for (size_t i = 0; i < t->n; i++) {
        if (t->v[i].action.kind != ND_ACT_TOOL || strcmp(t->v[i].action.name, "look") != 0) continue;
        ND_JSON_EACH(item, nd_json_get(t->v[i].observation, member))
        if (!holds(list, item)) nd_json_add(list, nd_json_copy(item));
    }
    nd_json_set(out, member, list);
}

/* What the agent says it did not find; NULL: nothing that may be printed. Caller frees. */
static char *missing_of(const struct nd_agent *agent)
{
    const struct nd_json *spec = agent->scene->lane->spec;
    const struct nd_view titles[] = {nd_json_view(nd_json_get(spec, "title")),
                                     nd_json_view(nd_json_get(spec, "question")),
                                     nd_view_of(agent->scene->request->topic)};
    const struct nd_held held = {.texts = titles, .text_count = 3, .titles = titles, .title_count = 3};
    char *line = nd_answer_line(nd_json_view(nd_json_get(agent->finish, "missing")), MISSING_BYTES);
    char *problem = nd_sentence_problem(nd_view_of(line), &held, &agent->scene->request->forbidden_terms);
    bool told = !problem && !nd_wording_echoes(nd_view_of(line));
    char *note = !told ? NULL : nd_sprintf("Not found, by the model's own account: %s", line);
    nd_free(problem);
    nd_free(line);
    return note;
}

static char *note_of(const struct nd_agent *agent, bool program_chooses)
{
    const char *title = nd_json_get_str(agent->scene->lane->spec, "title");
    if (!program_chooses) return missing_of(agent);
    return nd_sprintf("The evidence for '%s' was chosen by program%s: %s.", title,
                      agent->nb.notes ? ", beside what the model had noted" : "",
                      agent->why ? agent->why : "the model noted none");
}

/* Behind what the program says of its searches. Takes note, which may be NULL. */
static void add_note(struct nd_json *out, char *note)
{
    const char *earlier = nd_json_get_str(out, "note");
    char *both = note && earlier ? nd_sprintf("%s %s", earlier, note) : NULL;
    if (note) nd_json_set_str(out, "note", both ? both : note);
    nd_free(both);
    nd_free(note);
}

enum nd_rc nd_model_choose(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    enum nd_rc rc = nd_writer_extractive.choose.result(scene, out, err);
    if (rc != ND_OK) return rc;
    struct nd_agent agent;
    nd_agent_read(&agent, scene);
    if (!agent.why && agent.nb.open && agent.n == 0) agent.why = "its sources must stay on this machine";
    bool nothing = agent.end == ND_AGENT_FINISHED && !nd_json_get_bool(agent.finish, "found", true);
    bool program_chooses = agent.last && (agent.end == ND_AGENT_FAILED || (agent.nb.notes == 0 && !nothing));
    if (agent.last) {
        if (agent.nb.notes > 0 || !program_chooses)
            nd_json_set(*out, "candidates",
                        ordered(&agent, nd_json_get(*out, "candidates"), program_chooses));
        add_note(*out, note_of(&agent, program_chooses));
        add_found(scene, "figures", *out);
        add_found(scene, "tables", *out);
    }
    nd_agent_release(&agent);
    return ND_OK;
}
