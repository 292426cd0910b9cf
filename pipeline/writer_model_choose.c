/* Evidence: the search is the extractive writer's; the model says by id which of its finds answer the
 * question. */
#include "nightdesk/base/alloc.h"
#include "phase_table.h"
#include "scene.h"
#include "writer.h"
#include "writer_model.h"
#include <string.h>

#define SHOWN_MOST 30  /* candidates in a question */
#define CHOSEN_MOST 12 /* candidates in an answer */
#define BEST_SCORE 1000000
#define STEP_SCORE 10000 /* between one choice and the next */
#define TOKENS 250

static const struct nd_json *candidates_of(const struct nd_scene *scene)
{
    return nd_json_get(nd_seen_last(scene->lane, ND_ACT_TOOL, "find"), "candidates");
}

static void set_holes(const struct nd_scene *scene, struct nd_ask *out)
{
    const struct nd_json *spec = scene->lane->spec;
    const char *title = nd_json_get_str(spec, "title"), *question = nd_json_get_str(spec, "question");
    char *most = nd_sprintf("%d", CHOSEN_MOST);
    out->holes = nd_json_object();
    nd_json_set_str(out->holes, "topic", scene->request->topic);
    nd_json_set_str(out->holes, "title", title ? title : "");
    nd_json_set_str(out->holes, "question", question ? question : "");
    nd_json_set_str(out->holes, "most", most);
    nd_free(most);
}

static enum nd_rc make(const struct nd_scene *scene, bool open, struct nd_ask *out, struct nd_error *err)
{
    (void)err;
    size_t i = 0;
    set_holes(scene, out);
    ND_JSON_EACH(c, candidates_of(scene))
    {
        bool local = nd_parts_are_local(scene, c);
        char id[16];
        if (++i > SHOWN_MOST) break;
        nd_id(id, 'c', i);
        if (open && local) continue;
        if (nd_sheet_add(&out->sheet, id, nd_json_view(nd_json_get(c, "text"))) && local)
            out->is_private = true;
    }
    out->is_empty = out->sheet.lines.len == 0;
    struct nd_json *ids = nd_schema_ids('c', i < SHOWN_MOST ? i : SHOWN_MOST);
    out->schema = nd_schema_with("chosen", nd_schema_array(ids, CHOSEN_MOST));
    out->max_tokens = TOKENS;
    return ND_OK;
}

/* The candidates that the answer names, in its order, each once; unknown ids are passed over. */
static size_t sift(const struct nd_scene *scene, bool open, const struct nd_json *answer, size_t *unknown,
                   const struct nd_json *chosen[CHOSEN_MOST])
{
    const struct nd_json *all = candidates_of(scene);
    size_t n = 0, shown = nd_json_len(all) < SHOWN_MOST ? nd_json_len(all) : SHOWN_MOST;
    *unknown = 0;
    ND_JSON_EACH(id, nd_json_get(answer, "chosen"))
    {
        size_t number = nd_answer_id(id, 'c', shown);
        const struct nd_json *c = number ? nd_json_at(all, number - 1) : NULL;
        bool again = false;
        for (size_t i = 0; i < n; i++) again = again || chosen[i] == c;
        if (!c || (open && nd_parts_are_local(scene, c)))
            ++*unknown;
        else if (!again && n < CHOSEN_MOST)
            chosen[n++] = c;
    }
    return n;
}

static char *check(const struct nd_scene *scene, bool open, const struct nd_json *answer)
{
    const struct nd_json *chosen[CHOSEN_MOST];
    size_t unknown = 0;
    if (nd_json_kind(nd_json_get(answer, "chosen")) != ND_JSON_ARRAY)
        return nd_strdup("it has no array 'chosen'");
    size_t n = sift(scene, open, answer, &unknown, chosen);
    if (unknown == 0 || n > 0) return NULL;
    return nd_sprintf("%zu of its ids are none of those shown", unknown);
}

static const struct nd_talk talk = {
    .job = "choose", .role = "read", .after = "find", .make = make, .check = check};

/* A person gave other words after the model had found nothing in what was there. */
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

enum nd_rc nd_model_choose_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    const char *words = other_words(scene);
    if (words) return find_more(scene, words, out);
    enum nd_rc rc = nd_writer_extractive.choose.next(scene, out, err);
    if (rc != ND_OK || out->kind != ND_ACT_DONE || nd_json_len(candidates_of(scene)) == 0) return rc;
    return nd_talk_next(&talk, scene, out, err);
}

static void add_candidate(struct nd_json *list, const struct nd_json *c, int64_t score, bool spare)
{
    struct nd_json *copy = nd_json_add(list, nd_json_copy(c));
    nd_json_set_int(copy, "score", score);
    if (spare) nd_json_set_bool(copy, "spare", true);
}

static bool is_among(const struct nd_json *c, const struct nd_json *const *chosen, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (chosen[i] == c) return true;
    return false;
}

/*
 * The model's choice in its order; what it never saw, since it must stay here, in the order of the search;
 * the rest spare. Nothing when there is nothing but spares.
 */
static struct nd_json *ordered(const struct nd_scene *scene, const struct nd_reply *reply)
{
    const struct nd_json *chosen[CHOSEN_MOST];
    size_t unknown = 0, n = sift(scene, reply->open, reply->json, &unknown, chosen);
    struct nd_json *list = nd_json_array();
    size_t offered = n;
    for (size_t i = 0; i < n; i++)
        add_candidate(list, chosen[i], BEST_SCORE - (int64_t)i * STEP_SCORE, false);
    ND_JSON_EACH(c, candidates_of(scene))
    {
        if (is_among(c, chosen, n)) continue;
        bool unseen = reply->open && nd_parts_are_local(scene, c);
        add_candidate(list, c, BEST_SCORE / 2, !unseen);
        offered += unseen;
    }
    if (offered > 0) return list;
    nd_json_free(list);
    return nd_json_array();
}

enum nd_rc nd_model_choose(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    enum nd_rc rc = nd_writer_extractive.choose.result(scene, out, err);
    if (rc != ND_OK) return rc;
    struct nd_reply reply = nd_talk_reply(&talk, scene);
    if (reply.json) nd_json_set(*out, "candidates", ordered(scene, &reply));
    if (reply.why) {
        char *note = nd_sprintf("The evidence for '%s' was chosen by program: %s.",
                                nd_json_get_str(scene->lane->spec, "title"), reply.why);
        nd_json_set_str(*out, "note", note);
        nd_free(note);
    }
    nd_json_free(reply.json);
    return ND_OK;
}
