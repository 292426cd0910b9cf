/* Synthesize. Lane 0 names the exhibits worth trying, a lane builds each; the summary is written once they
 * are there. */
#include "answered.h"
#include "phase_table.h"
#include "scene.h"
#include "writer.h"
#include <string.h>

static enum nd_rc ready(const struct nd_scene *scene, const struct nd_writer **writer, struct nd_error *err)
{
    enum nd_rc rc = nd_artefact_check(scene, ND_RESEARCH, ND_EVIDENCE_SCHEMA, err);
    if (rc == ND_OK) rc = nd_artefact_check(scene, ND_DRAFT, ND_DRAFT_SCHEMA, err);
    return rc == ND_OK ? nd_writer_of(scene, writer, err) : rc;
}

static enum nd_rc next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    const struct nd_writer *writer = NULL;
    enum nd_rc rc = ready(scene, &writer, err);
    if (rc != ND_OK) return rc;
    if (scene->lane != scene->lane0)
        return nd_lane_must_finish(scene->lane) ? nd_do_done(out) : writer->exhibit.next(scene, out, err);
    if (scene->lanes) return writer->summary.next(scene, out, err);
    rc = writer->exhibits.next(scene, out, err);
    return rc == ND_OK && out->kind == ND_ACT_DONE ? nd_do_lanes(out) : rc;
}

static enum nd_rc lanes(const struct nd_scene *scene, struct nd_lanes *out, struct nd_error *err)
{
    const struct nd_writer *writer = NULL;
    struct nd_json *wanted = NULL;
    enum nd_rc rc = ready(scene, &writer, err);
    if (rc == ND_OK) rc = writer->exhibits.result(scene, &wanted, err);
    if (rc != ND_OK) return rc;
    ND_JSON_EACH(spec, nd_json_get(wanted, "exhibits"))
    nd_lanes_add(out, nd_json_copy(spec), nd_json_get_str(spec, "title"));
    nd_json_free(wanted);
    return ND_OK;
}

static enum nd_rc exhibits_of(const struct nd_scene *scene, const struct nd_writer *writer,
                              struct nd_json *out, struct nd_error *err)
{
    struct nd_json *exhibits = nd_json_set(out, "exhibits", nd_json_array());
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; scene->lanes && i < scene->lanes->n && rc == ND_OK; i++) {
        struct nd_scene its = *scene;
        struct nd_json *exhibit = NULL;
        its.lane = &scene->lanes->v[i];
        rc = writer->exhibit.result(&its, &exhibit, err);
        if (rc != ND_OK || nd_json_kind(exhibit) != ND_JSON_OBJECT) {
            nd_json_free(exhibit);
            continue;
        }
        char id[16];
        nd_id(id, 'x', nd_json_len(exhibits) + 1);
        nd_json_set_str(exhibit, "id", id);
        nd_json_add(exhibits, exhibit);
    }
    return rc;
}

static void move_member(struct nd_json *to, const struct nd_json *from, const char *member)
{
    const struct nd_json *value = nd_json_get(from, member);
    nd_json_set(to, member, value ? nd_json_copy(value) : nd_json_array());
}

static enum nd_rc finish(const struct nd_scene *scene, struct nd_artefact *out, struct nd_error *err)
{
    const struct nd_writer *writer = NULL;
    struct nd_json *json = nd_json_object(), *summary = NULL;
    nd_json_set_str(json, "schema", ND_SYNTHESIS_SCHEMA);
    enum nd_rc rc = ready(scene, &writer, err);
    if (rc == ND_OK) rc = exhibits_of(scene, writer, json, err);
    if (rc == ND_OK) rc = writer->summary.result(scene, &summary, err);
    if (rc != ND_OK) {
        nd_json_free(json);
        return rc;
    }
    static const char *const members[] = {"summary", "contradictions", "evidence", "gaps", "notes"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) move_member(json, summary, members[i]);
    nd_json_free(summary);
    nd_answered_add(scene, json);
    out->json = json;
    return ND_OK;
}

const struct nd_phase nd_phase_synthesize = {
    .name = "synthesize", .cap_percent = 95, .lanes = lanes, .next = next, .finish = finish};
