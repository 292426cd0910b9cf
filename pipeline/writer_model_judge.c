/*
 * Support: does the evidence say what a statement says? yes: supported. partly: a caveat, labelled so. no:
 * its quotes are printed in its place, or nothing where they were printed already or are too many. A key
 * finding that is not wholly supported is removed.
 */
#include "checking.h"
#include "in_place.h"
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include "writer_model.h"
#include <string.h>

#define STATEMENTS_MOST 24
#define TOKENS_EACH 25
#define TOKENS_MORE 60

/* The statements that are judged: not quotes, and sound by the program's own checks. Number i is that of
 * "k<i>". */
struct docket {
    const struct nd_json *claim[STATEMENTS_MOST];
    size_t index[STATEMENTS_MOST], n; /* index: in the section */
    struct nd_known known;
};

static void docket_open(const struct nd_scene *scene, struct docket *out)
{
    *out = (struct docket){0};
    nd_known_gather(&out->known, scene);
    const struct nd_json *checked =
        nd_json_first(nd_json_get(nd_seen_last(scene->lane, ND_ACT_TOOL, "check"), "claims"));
    size_t index = 0;
    ND_JSON_EACH(claim, nd_json_get(scene->lane->spec, "claims"))
    {
        bool sound = nd_json_get_bool(checked, "ok", false),
             quoted = nd_json_get_bool(claim, "quoted", false);
        if (sound && !quoted && out->n < STATEMENTS_MOST) {
            out->index[out->n] = index;
            out->claim[out->n++] = claim;
        }
        checked = nd_json_next(checked);
        index++;
    }
}

static bool is_local(const struct nd_scene *scene, const struct docket *d, size_t i)
{
    if (nd_json_get_bool(d->claim[i], "private", false)) return true;
    ND_JSON_EACH(id, nd_json_get(d->claim[i], "evidence"))
    if (nd_parts_are_local(scene, nd_known_find(&d->known, nd_json_str(id)))) return true;
    return false;
}

static void add_statement(const struct docket *d, size_t i, struct nd_sheet *sheet)
{
    char *id = nd_sprintf("k%zu statement", i + 1);
    (void)nd_sheet_add(sheet, id, nd_json_view(nd_json_get(d->claim[i], "text")));
    nd_free(id);
    id = nd_sprintf("k%zu evidence", i + 1);
    ND_JSON_EACH(name, nd_json_get(d->claim[i], "evidence"))
    (void)nd_sheet_add(sheet, id,
                       nd_json_view(nd_json_get(nd_known_find(&d->known, nd_json_str(name)), "text")));
    nd_free(id);
}

static enum nd_rc make(const struct nd_scene *scene, bool open, struct nd_ask *out, struct nd_error *err)
{
    (void)err;
    struct docket d;
    docket_open(scene, &d);
    out->holes = nd_json_object();
    for (size_t i = 0; i < d.n; i++) {
        bool local = is_local(scene, &d, i);
        if (open && local) continue;
        out->is_private = out->is_private || local;
        add_statement(&d, i, &out->sheet);
    }
    out->is_empty = out->sheet.lines.len == 0;
    struct nd_json *support = nd_schema_string(), *words = nd_json_set(support, "enum", nd_json_array());
    nd_json_add_str(words, "yes");
    nd_json_add_str(words, "partly");
    nd_json_add_str(words, "no");
    struct nd_json *verdict = nd_schema_with("id", nd_schema_ids('k', d.n));
    nd_schema_member(verdict, "support", support);
    out->schema = nd_schema_with("verdicts", nd_schema_array(verdict, d.n));
    out->max_tokens = (int64_t)d.n * TOKENS_EACH + TOKENS_MORE;
    nd_known_release(&d.known);
    return ND_OK;
}

/* ---- the answer ---- */

/* "yes", "partly", "no" for number i; NULL: it says nothing of it. */
static const char *support_of(const struct nd_json *answer, size_t i, size_t n)
{
    static const char *const words[] = {"yes", "partly", "no"};
    ND_JSON_EACH(verdict, nd_json_get(answer, "verdicts"))
    {
        const char *said = nd_json_get_str(verdict, "support");
        if (nd_answer_id(nd_json_get(verdict, "id"), 'k', n) != i + 1) continue;
        for (size_t w = 0; said && w < 3; w++)
            if (strcmp(said, words[w]) == 0) return words[w];
    }
    return NULL;
}

static char *check(const struct nd_scene *scene, bool open, const struct nd_json *answer)
{
    struct docket d;
    docket_open(scene, &d);
    struct nd_bytes missing = ND_BYTES(500);
    for (size_t i = 0; i < d.n; i++) {
        if (support_of(answer, i, d.n) || (open && is_local(scene, &d, i))) continue;
        nd_bytes_addf(&missing, "%sk%zu", missing.len ? ", " : "", i + 1);
    }
    nd_known_release(&d.known);
    char *problem =
        missing.len ? nd_sprintf("it has no verdict of yes, partly or no for %s", missing.data) : NULL;
    nd_bytes_release(&missing);
    return problem;
}

static const struct nd_talk talk = {
    .job = "judge", .role = "read", .after = "check", .make = make, .check = check};

enum nd_rc nd_model_judge_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    return nd_talk_next(&talk, scene, out, err);
}

/* ---- verdicts ---- */

static void add_verdict(struct nd_json *list, const char *word, const char *why)
{
    struct nd_json *json = nd_json_add(list, nd_json_object());
    nd_json_set_str(json, "verdict", word);
    if (why) nd_json_set_str(json, "why", why);
}

enum nd_rc nd_model_judge(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    (void)err;
    struct docket d;
    docket_open(scene, &d);
    struct nd_reply reply = nd_talk_reply(&talk, scene);
    *out = nd_json_object();
    struct nd_json *list = nd_json_set(*out, "claims", nd_json_array());
    size_t index = 0, i = 0;
    ND_JSON_EACH(claim, nd_json_get(scene->lane->spec, "claims"))
    {
        bool judged = i < d.n && d.index[i] == index;
        index++;
        const char *support = judged ? support_of(reply.json, i++, d.n) : NULL;
        if (!support)
            add_verdict(list, "unjudged", NULL);
        else if (strcmp(support, "yes") == 0)
            add_verdict(list, "supported", NULL);
        else if (strcmp(support, "partly") == 0 && !nd_is_summary(scene))
            add_verdict(list, "caveat", "its quotes say only part of it");
        else if (nd_quotes_may_stand(scene, claim, list))
            add_verdict(list, "quoted", "its quotes do not say it: they stand in its place");
        else
            add_verdict(list, "removed", "its quotes do not say it, or only part of it");
    }
    nd_json_free(reply.json);
    nd_known_release(&d.known);
    return ND_OK;
}
