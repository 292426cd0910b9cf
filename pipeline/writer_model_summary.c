/* The key findings: sentences by the model, each with the statements of the sections that it rests on. */
#include "checking.h"
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include "writer_extractive_draft.h"
#include "writer_model.h"
#include "writer_model_points.h"

#define STATEMENTS_MOST 60
#define STATEMENTS_OF_FINDING 4
#define EVIDENCE_OF_FINDING 12
#define FINDINGS_MOST 8
#define FINDINGS_SHORT 5
#define FINDINGS_LEAST 3
#define TOKENS_EACH 110
#define TOKENS_MORE 100

/* A statement of a section that findings may rest on. */
struct statement {
    const char *section, *title;
    size_t index;       /* in its section */
    bool private_title; /* made of what must stay on this machine */
    const struct nd_json *claim;
};
struct statements {
    struct statement v[STATEMENTS_MOST];
    size_t n;
    struct nd_known known;
};

/* Every section in turn gives its first statements, as many as there is room for. */
static void gather(const struct nd_scene *scene, struct statements *out)
{
    const struct nd_json *sections = nd_json_get(scene->artefact[ND_DRAFT], "sections");
    size_t count = nd_json_len(sections),
           each = count < STATEMENTS_MOST && count ? STATEMENTS_MOST / count : 1;
    *out = (struct statements){0};
    nd_known_gather(&out->known, scene);
    ND_JSON_EACH(section, sections)
    {
        size_t index = 0;
        ND_JSON_EACH(claim, nd_json_get(section, "claims"))
        {
            if (index == each || out->n == STATEMENTS_MOST) break;
            out->v[out->n++] =
                (struct statement){.section = nd_json_get_str(section, "id"),
                                   .title = nd_json_get_str(section, "title"),
                                   .index = index,
                                   .private_title = nd_json_get_bool(section, "private", false),
                                   .claim = claim};
            index++;
        }
    }
}

static bool is_local(const struct nd_scene *scene, const struct statements *s, size_t i)
{
    if (nd_json_get_bool(s->v[i].claim, "private", false)) return true;
    ND_JSON_EACH(id, nd_json_get(s->v[i].claim, "evidence"))
    if (nd_parts_are_local(scene, nd_known_find(&s->known, nd_json_str(id)))) return true;
    return false;
}

static void set_holes(const struct nd_scene *scene, struct nd_ask *out)
{
    int most = scene->request->length == ND_LENGTH_SHORT ? FINDINGS_SHORT : FINDINGS_MOST;
    char *wishes = nd_prompt_wishes(scene->request), *upper = nd_sprintf("%d", most),
         *lower = nd_sprintf("%d", FINDINGS_LEAST);
    out->holes = nd_json_object();
    nd_json_set_str(out->holes, "topic", scene->request->topic);
    nd_json_set_str(out->holes, "wishes", wishes);
    nd_json_set_str(out->holes, "least", lower);
    nd_json_set_str(out->holes, "most", upper);
    nd_free(wishes);
    nd_free(upper);
    nd_free(lower);
    out->max_tokens = most * TOKENS_EACH + TOKENS_MORE;
}

static struct nd_json *summary_schema(size_t statements)
{
    struct nd_json *ids = nd_schema_array(nd_schema_ids('k', statements), STATEMENTS_OF_FINDING);
    struct nd_json *finding = nd_schema_with("text", nd_schema_string());
    nd_schema_member(finding, "statements", ids);
    return nd_schema_with("findings", nd_schema_array(finding, FINDINGS_MOST));
}

static enum nd_rc make(const struct nd_scene *scene, bool open, struct nd_ask *out, struct nd_error *err)
{
    (void)err;
    struct statements s;
    gather(scene, &s);
    set_holes(scene, out);
    for (size_t i = 0; i < s.n; i++) {
        bool local = is_local(scene, &s, i), titled = !open || !s.v[i].private_title;
        if (open && local) continue;
        local = local || (titled && s.v[i].private_title);
        char *id = nd_sprintf("k%zu", i + 1), *text = nd_sprintf("(%s) %s", titled ? s.v[i].title : "…",
                                                                 nd_json_get_str(s.v[i].claim, "text"));
        if (nd_sheet_add(&out->sheet, id, nd_view_of(text)) && local) out->is_private = true;
        nd_free(id);
        nd_free(text);
    }
    out->is_empty = out->sheet.lines.len == 0;
    out->schema = summary_schema(s.n);
    nd_known_release(&s.known);
    return ND_OK;
}

/* ---- the answer ---- */

/* One finding of an answer; what is wrong with it, NULL: nothing. */
struct finding {
    char *text;
    const struct statement *on[STATEMENTS_OF_FINDING];
    size_t n;
    const struct nd_json *evidence[EVIDENCE_OF_FINDING]; /* of these statements, each once */
    size_t evidence_n;
    char *problem;
};

static void add_evidence(const struct statements *s, const struct nd_json *claim, struct finding *out)
{
    ND_JSON_EACH(id, nd_json_get(claim, "evidence"))
    {
        const struct nd_json *e = nd_known_find(&s->known, nd_json_str(id));
        bool again = !e;
        for (size_t i = 0; i < out->evidence_n; i++) again = again || out->evidence[i] == e;
        if (!again && out->evidence_n < EVIDENCE_OF_FINDING) out->evidence[out->evidence_n++] = e;
    }
}

static void finding_read(const struct nd_scene *scene, const struct statements *s, bool open,
                         const struct nd_json *json, struct finding *out)
{
    struct nd_view texts[EVIDENCE_OF_FINDING], titles[STATEMENTS_OF_FINDING + 1];
    size_t title_count = 0;
    *out = (struct finding){
        .text = nd_answer_line(nd_json_view(nd_json_get(json, "text")), ND_SENTENCE_BYTES + 100)};
    ND_JSON_EACH(id, nd_json_get(json, "statements"))
    {
        size_t number = nd_answer_id(id, 'k', s->n);
        bool again = false;
        for (size_t i = 0; number && i < out->n; i++) again = again || out->on[i] == &s->v[number - 1];
        if (!number || again || out->n == STATEMENTS_OF_FINDING || (open && is_local(scene, s, number - 1)))
            continue;
        out->on[out->n++] = &s->v[number - 1];
        add_evidence(s, s->v[number - 1].claim, out);
    }
    for (size_t i = 0; i < out->evidence_n; i++)
        texts[i] = nd_json_view(nd_json_get(out->evidence[i], "text"));
    titles[title_count++] = nd_view_of(scene->request->topic);
    for (size_t i = 0; i < out->n; i++) titles[title_count++] = nd_view_of(out->on[i]->title);
    const struct nd_held held = {texts, out->evidence_n, titles, title_count, texts, out->evidence_n};
    out->problem = out->evidence_n ? nd_statement_problem(nd_view_of(out->text), &held, scene->request)
                                   : nd_strdup("it names no statement by its id");
}

static void finding_release(struct finding *finding)
{
    nd_free(finding->text);
    nd_free(finding->problem);
}

/* An answer while it is checked. */
struct checked {
    const struct nd_scene *scene;
    struct statements s;
    bool open;
};

static char *problem_of(void *ctx, const struct nd_json *json)
{
    const struct checked *c = ctx;
    struct finding finding;
    finding_read(c->scene, &c->s, c->open, json, &finding);
    nd_free(finding.text);
    return finding.problem;
}

static char *check(const struct nd_scene *scene, bool open, const struct nd_json *answer)
{
    struct checked c = {.scene = scene, .open = open};
    gather(scene, &c.s);
    char *problem = nd_answer_list_problem(answer, "findings", "finding", problem_of, &c);
    nd_known_release(&c.s.known);
    return problem;
}

static const struct nd_talk talk = {.job = "synthesize", .role = "write", .make = make, .check = check};

enum nd_rc nd_model_summary_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    return nd_talk_next(&talk, scene, out, err);
}

static void add_finding(struct nd_json *summary, const struct finding *finding, bool is_private)
{
    struct nd_json *json = nd_json_add(summary, nd_json_object()), *ids = nd_json_array(),
                   *premises = nd_json_array();
    for (size_t i = 0; i < finding->evidence_n; i++)
        nd_json_add(ids, nd_json_copy(nd_json_get(finding->evidence[i], "id")));
    for (size_t i = 0; i < finding->n; i++) {
        struct nd_json *place = nd_json_add(premises, nd_json_object());
        nd_json_set_str(place, "section", finding->on[i]->section);
        nd_json_set_int(place, "index", (int64_t)finding->on[i]->index);
    }
    nd_json_set_str(json, "text", finding->text);
    nd_json_set(json, "evidence", ids);
    nd_json_set_bool(json, "quoted", false);
    nd_json_set(json, "premises", premises);
    if (finding->n) nd_json_set_str(json, "section", finding->on[0]->section);
    if (is_private) nd_json_set_bool(json, "private", true);
}

static struct nd_json *findings_of(const struct nd_scene *scene, const struct nd_reply *reply)
{
    struct statements s;
    struct nd_json *summary = nd_json_array();
    gather(scene, &s);
    const struct nd_json *said = nd_json_get(reply->json, "findings");
    size_t i = 0;
    ND_JSON_EACH(json, said)
    {
        struct finding finding;
        if (nd_json_len(summary) == FINDINGS_MOST) break;
        if (nd_answer_repeats(said, i++)) continue;
        finding_read(scene, &s, reply->open, json, &finding);
        if (!finding.problem) add_finding(summary, &finding, reply->is_private);
        finding_release(&finding);
    }
    nd_known_release(&s.known);
    return summary;
}

/* The extractive writer's findings stand in where the model gave none. */
enum nd_rc nd_model_summary(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    enum nd_rc rc = nd_extractive_summary(scene, out, err);
    if (rc != ND_OK) return rc;
    struct nd_json *differing = nd_json_copy(nd_json_get(*out, "contradictions"));
    nd_points_differences(scene, differing);
    nd_json_set(*out, "contradictions", differing);
    struct nd_reply reply = nd_talk_reply(&talk, scene);
    struct nd_json *summary = reply.json ? findings_of(scene, &reply) : NULL;
    if (nd_json_len(summary) > 0) {
        nd_json_set(*out, "summary", summary);
        nd_json_set(*out, "evidence", nd_json_array());
    } else if (reply.json || reply.why) {
        char *note = nd_sprintf("The key findings are quotations chosen by program: %s.",
                                reply.why ? reply.why : "the model's answer could not be used");
        nd_json_add_str(nd_json_set(*out, "notes", nd_json_array()), note);
        nd_free(note);
        nd_json_free(summary);
    }
    nd_json_free(reply.json);
    return ND_OK;
}
