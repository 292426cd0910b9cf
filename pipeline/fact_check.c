/*
 * Fact-check. A lane for the summary and for each section checks every statement against the page texts; what
 * fails is removed; what a writer or a guardrail finds unsupported gives way to its quotes, is demoted or
 * removed. Then the gate `final`, safety (report/safety.h), and the report with its files.
 */
#include "checking.h"
#include "grounding.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/pipeline/pipeline.h"
#include "nightdesk/report/report.h"
#include "nightdesk/report/safety.h"
#include "phase_table.h"
#include "report_json.h"
#include "scene.h"
#include "tools.h"
#include "writer.h"
#include <string.h>

static enum nd_rc ready(const struct nd_scene *scene, struct nd_error *err)
{
    enum nd_rc rc = nd_artefact_check(scene, ND_RESEARCH, ND_EVIDENCE_SCHEMA, err);
    if (rc == ND_OK) rc = nd_artefact_check(scene, ND_DRAFT, ND_DRAFT_SCHEMA, err);
    return rc == ND_OK ? nd_artefact_check(scene, ND_SYNTHESIZE, ND_SYNTHESIS_SCHEMA, err) : rc;
}

/* ---- the parts of the report that are checked ---- */

struct part {
    const char *id, *title;
    const struct nd_json *claims;
};
struct parts {
    struct part *v;
    size_t n, cap;
};

static void add_part(struct parts *list, const char *id, const char *title, const struct nd_json *claims)
{
    if (!id || nd_json_len(claims) == 0 || list->n == ND_LANES_MAX - 1) return;
    ND_GROW(list->v, list->n, list->cap);
    list->v[list->n++] = (struct part){id, title, claims};
}

static void parts_of(const struct nd_scene *scene, struct parts *out)
{
    *out = (struct parts){0};
    add_part(out, "summary", "Key findings", nd_json_get(scene->artefact[ND_SYNTHESIZE], "summary"));
    ND_JSON_EACH(section, nd_json_get(scene->artefact[ND_DRAFT], "sections"))
    add_part(out, nd_json_get_str(section, "id"), nd_json_get_str(section, "title"),
             nd_json_get(section, "claims"));
}

static struct nd_json *part_spec(const struct part *part)
{
    struct nd_json *spec = nd_json_object();
    nd_json_set_str(spec, "section", part->id);
    nd_json_set(spec, "claims", nd_json_copy(part->claims));
    return spec;
}

static enum nd_rc lanes(const struct nd_scene *scene, struct nd_lanes *out, struct nd_error *err)
{
    enum nd_rc rc = ready(scene, err);
    if (rc != ND_OK) return rc;
    struct parts parts;
    parts_of(scene, &parts);
    for (size_t i = 0; i < parts.n; i++) nd_lanes_add(out, part_spec(&parts.v[i]), parts.v[i].title);
    nd_free(parts.v);
    return ND_OK;
}

/* ---- verdicts ---- */

static const char *known_verdict(const char *word, const char *otherwise)
{
    static const char *const words[] = {"supported", "unjudged", "caveat", "quoted", "removed"};
    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i]) == 0) return words[i];
    }
    return otherwise;
}

/* Everything that was checked and judged; the JSON that the verdicts' strings lie in. */
struct judged {
    struct nd_verdicts verdicts;
    struct nd_known known;
    struct nd_json **owned;
    size_t n, cap;
};

static void judged_release(struct judged *j)
{
    for (size_t i = 0; i < j->n; i++) nd_json_free(j->owned[i]);
    nd_free(j->owned);
    nd_free(j->verdicts.v);
    nd_known_release(&j->known);
}

static const struct nd_json *own(struct judged *j, struct nd_json *json)
{
    ND_GROW(j->owned, j->n, j->cap);
    return j->owned[j->n++] = json;
}

/* What the judges said of a statement that is not a quote. */
static void apply_judgement(struct judged *j, struct nd_verdict *v, const struct nd_json *claim,
                            const struct nd_json *judged)
{
    v->guardrail = nd_json_get(judged, "guardrail");
    v->missed = nd_json_get_str(judged, "missed");
    v->verdict = known_verdict(nd_json_get_str(judged, "verdict"), "unjudged");
    bool caveat = strcmp(v->verdict, "caveat") == 0, quoted = strcmp(v->verdict, "quoted") == 0;
    v->kept = strcmp(v->verdict, "removed") != 0;
    if (!caveat && !quoted && v->kept) return;
    v->what = nd_json_get_str(judged, "why");
    v->done = caveat ? "demoted" : quoted ? "repaired" : "removed";
    if (!quoted) return;
    char *quotes = nd_claim_quotes(&j->known, nd_json_get(claim, "evidence"));
    v->text = nd_json_str(own(j, nd_json_string(quotes)));
    nd_free(quotes);
}

static void judge_one(struct judged *j, const struct part *part, size_t index, const struct nd_json *claim,
                      const struct nd_json *checked, const struct nd_json *judged)
{
    struct nd_verdicts *out = &j->verdicts;
    ND_GROW(out->v, out->n, out->cap);
    struct nd_verdict *v = &out->v[out->n++];
    bool ok = nd_json_get_bool(checked, "ok", false);
    *v = (struct nd_verdict){.section = part->id, .index = index, .kept = ok, .verdict = "quoted"};
    if (!ok) {
        v->what = nd_json_get_str(checked, "what");
        v->done = "removed";
    } else if (!nd_json_get_bool(claim, "quoted", false)) {
        apply_judgement(j, v, claim, judged);
    }
}

/* A part whose lane never ran (a run that stopped) is checked here and now: nothing unchecked is ever
 * printed. */
static enum nd_rc judge_part(const struct nd_scene *scene, const struct nd_writer *writer,
                             const struct part *part, struct judged *out, struct nd_error *err)
{
    struct nd_lane bare = {.spec = part_spec(part)};
    nd_lane_id(bare.spec, bare.id);
    const struct nd_lane *ran = nd_lanes_find(scene->lanes, bare.spec);
    struct nd_scene its = *scene;
    its.lane = ran ? ran : &bare;
    const struct nd_json *checked = nd_seen_last(its.lane, ND_ACT_TOOL, "check");
    struct nd_json *made = NULL;
    enum nd_rc rc = ND_OK;
    if (!checked) rc = nd_section_check(scene, part->id, NULL, &made, err);
    if (rc == ND_OK && made) checked = own(out, made);
    made = NULL;
    if (rc == ND_OK) rc = writer->judge.result(&its, &made, err);
    struct nd_json *judged = rc == ND_OK ? nd_grounding_judge(&its, checked, made) : NULL;
    nd_json_free(made);
    nd_lane_release(&bare);
    if (rc != ND_OK) return rc;
    const struct nd_json *c = nd_json_first(nd_json_get(checked, "claims")),
                         *v = nd_json_first(nd_json_get(own(out, judged), "claims"));
    size_t index = 0;
    ND_JSON_EACH(claim, part->claims)
    {
        judge_one(out, part, index++, claim, c, v);
        c = nd_json_next(c);
        v = nd_json_next(v);
    }
    return ND_OK;
}

static enum nd_rc judge_all(const struct nd_scene *scene, struct judged *out, struct nd_error *err)
{
    const struct nd_writer *writer = NULL;
    struct parts parts;
    enum nd_rc rc = nd_writer_of(scene, &writer, err);
    if (rc != ND_OK) return rc;
    nd_known_gather(&out->known, scene);
    parts_of(scene, &parts);
    for (size_t i = 0; i < parts.n && rc == ND_OK; i++) rc = judge_part(scene, writer, &parts.v[i], out, err);
    nd_free(parts.v);
    return rc;
}

/* ---- the gate: a person may drop statements ---- */

static struct nd_json *shown_part(const struct part *part, const struct nd_verdicts *verdicts)
{
    struct nd_json *json = nd_json_object(), *claims = nd_json_array();
    nd_json_set_str(json, "section", part->id);
    nd_json_set_str(json, "title", part->title);
    size_t index = 0;
    ND_JSON_EACH(claim, part->claims)
    {
        const struct nd_verdict *verdict = nd_verdicts_find(verdicts, part->id, index++);
        if (!verdict || !verdict->kept) continue;
        struct nd_json *one = nd_json_add(claims, nd_json_object());
        nd_json_set_int(one, "n", (int64_t)index);
        nd_json_set_str(one, "text", verdict->text ? verdict->text : nd_json_get_str(claim, "text"));
    }
    nd_json_set(json, "claims", claims);
    return json;
}

static enum nd_rc ask_final(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    struct judged judged = {0};
    enum nd_rc rc = judge_all(scene, &judged, err);
    if (rc == ND_OK) {
        struct nd_json *shown = nd_json_object(), *array = nd_json_array();
        struct parts parts;
        parts_of(scene, &parts);
        for (size_t i = 0; i < parts.n; i++) nd_json_add(array, shown_part(&parts.v[i], &judged.verdicts));
        nd_free(parts.v);
        nd_json_set_str(shown, "schema", "nightdesk.final/1");
        nd_json_set(shown, "sections", array);
        rc = nd_do_ask(out, "final", shown, "Approve the report; statements may be dropped.");
    }
    judged_release(&judged);
    return rc;
}

static bool still_there(const struct nd_json *edited, const char *section, size_t number)
{
    ND_JSON_EACH(part, nd_json_get(edited, "sections"))
    {
        const char *id = nd_json_get_str(part, "section");
        if (!id || strcmp(id, section) != 0) continue;
        ND_JSON_EACH(claim, nd_json_get(part, "claims"))
        if (nd_json_get_int(claim, "n", 0) == (int64_t)number) return true;
    }
    return false;
}

static void drop_edited(struct nd_verdicts *verdicts, const struct nd_json *edited)
{
    for (size_t i = 0; edited && i < verdicts->n; i++) {
        struct nd_verdict *v = &verdicts->v[i];
        if (!v->kept || still_there(edited, v->section, v->index + 1)) continue;
        v->kept = false;
        v->what = "dropped by the person who approved the report";
        v->done = "removed";
    }
}

/* The writer's judge, then the guardrail. */
static enum nd_rc judge_next(const struct nd_scene *scene, const struct nd_writer *writer,
                             struct nd_action *out, struct nd_error *err)
{
    enum nd_rc rc = writer->judge.next(scene, out, err);
    return rc == ND_OK && out->kind == ND_ACT_DONE ? nd_grounding_next(scene, writer, out, err) : rc;
}

static enum nd_rc next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    const struct nd_writer *writer = NULL;
    enum nd_rc rc = ready(scene, err);
    if (rc == ND_OK) rc = nd_writer_of(scene, &writer, err);
    if (rc != ND_OK) return rc;
    if (scene->lane == scene->lane0) {
        if (!scene->lanes) return nd_do_lanes(out);
        return nd_gate_state(scene, ND_GATE_FINAL, "final").open ? ask_final(scene, out, err)
                                                                 : nd_do_done(out);
    }
    if (nd_lane_must_finish(scene->lane)) return nd_do_done(out);
    if (nd_steps_of(scene->lane, ND_ACT_TOOL, "check") > 0) return judge_next(scene, writer, out, err);
    struct nd_json *args = nd_json_object();
    nd_json_set_str(args, "section", nd_json_get_str(scene->lane->spec, "section"));
    return nd_do_tool(out, "check", args);
}

/* ---- the report ---- */

static struct nd_view file_named(const struct nd_artefact *artefact, const char *name)
{
    for (size_t i = 0; i < artefact->file_count; i++) {
        if (strcmp(artefact->files[i].name, name) == 0) return nd_bytes_view(&artefact->files[i].bytes);
    }
    return (struct nd_view){"", 0};
}

/* What the files show must be inert, whatever the documents held. */
static enum nd_rc check_output(const struct nd_json *report, const struct nd_artefact *out,
                               struct nd_error *err)
{
    struct nd_findings findings = {0};
    nd_report_check(report, file_named(out, "report.html"), file_named(out, "report.md"), &findings);
    enum nd_rc rc = ND_OK;
    if (nd_findings_total(&findings) > 0)
        rc = nd_fail(err, ND_BROKEN, "%s: %s %s", findings.v[0].file, findings.v[0].subject,
                     findings.v[0].what);
    nd_findings_release(&findings);
    return rc;
}

/* Safety comes before anything is written: *report becomes what may be printed. */
static enum nd_rc write_files(const struct nd_scene *scene, struct nd_json **report, struct nd_artefact *out,
                              struct nd_error *err)
{
    char request_sha256[ND_SHA256_HEX];
    nd_request_asked_sha256(scene->request, request_sha256);
    struct nd_report_about about = {ND_PROGRAM, nd_pipeline()->sha256, request_sha256};
    struct nd_safety_rules rules = {nd_safety_of(scene->request->safety), &scene->request->forbidden_terms};
    struct nd_cited *pages = nd_cited_new();
    enum nd_rc rc = nd_cited_load(pages, *report, scene->objects, err);
    if (rc == ND_OK) rc = nd_report_safety(report, pages, &rules, err);
    if (rc == ND_OK) rc = nd_report_files(*report, pages, &about, out, err);
    if (rc == ND_OK) rc = check_output(*report, out, err);
    nd_cited_free(pages);
    return rc;
}

static enum nd_rc finish(const struct nd_scene *scene, struct nd_artefact *out, struct nd_error *err)
{
    struct judged judged = {0};
    struct nd_json *report = NULL;
    enum nd_rc rc = ready(scene, err);
    if (rc == ND_OK) rc = judge_all(scene, &judged, err);
    if (rc == ND_OK) {
        drop_edited(&judged.verdicts, nd_gate_state(scene, ND_GATE_FINAL, "final").edited);
        rc = nd_report_json(scene, &judged.verdicts, &report, err);
    }
    judged_release(&judged);
    if (rc == ND_OK) rc = write_files(scene, &report, out, err);
    if (rc == ND_OK)
        out->json = report;
    else
        nd_json_free(report);
    return rc;
}

const struct nd_phase nd_phase_fact_check = {
    .name = "fact-check", .cap_percent = 100, .lanes = lanes, .next = next, .finish = finish};
