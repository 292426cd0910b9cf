/* Draft. Lane 0: the outline, the gate `outline`, then a lane for each section. */
#include "answered.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "phase_table.h"
#include "scene.h"
#include "writer.h"
#include <string.h>

enum nd_rc nd_artefact_check(const struct nd_scene *scene, unsigned phase, const char *schema,
                             struct nd_error *err)
{
    const char *found = nd_json_get_str(scene->artefact[phase], "schema");
    if (found && strcmp(found, schema) == 0) return ND_OK;
    if (found && strncmp(found, schema, strlen(schema) - 1) == 0)
        return nd_fail(err, ND_VERSION, "an earlier phase left '%s', this program reads '%s'", found, schema);
    return nd_fail(err, ND_BROKEN, "an earlier phase left '%s', wanted '%s'", found ? found : "nothing",
                   schema);
}

static enum nd_rc outline_of(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    enum nd_rc rc = nd_artefact_check(scene, ND_RESEARCH, ND_EVIDENCE_SCHEMA, err);
    const struct nd_json *edited = nd_gate_state(scene, ND_GATE_OUTLINE, "outline").edited;
    if (rc == ND_OK && edited) {
        *out = nd_json_copy(edited);
        return ND_OK;
    }
    const struct nd_writer *writer = NULL;
    if (rc == ND_OK) rc = nd_writer_of(scene, &writer, err);
    return rc == ND_OK ? writer->outline.result(scene, out, err) : rc;
}

static enum nd_rc lane0_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    const struct nd_writer *writer = NULL;
    enum nd_rc rc = nd_writer_of(scene, &writer, err);
    if (rc == ND_OK) rc = writer->outline.next(scene, out, err);
    if (rc != ND_OK || out->kind != ND_ACT_DONE) return rc;
    if (nd_gate_state(scene, ND_GATE_OUTLINE, "outline").open) {
        struct nd_json *shown = NULL;
        rc = outline_of(scene, &shown, err);
        return rc == ND_OK ? nd_do_ask(out, "outline", shown,
                                       "Approve the sections and their quotes before they are written.")
                           : rc;
    }
    return scene->lanes ? nd_do_done(out) : nd_do_lanes(out);
}

static enum nd_rc next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    if (scene->lane == scene->lane0) return lane0_next(scene, out, err);
    const struct nd_writer *writer = NULL;
    if (nd_lane_must_finish(scene->lane)) return nd_do_done(out);
    enum nd_rc rc = nd_writer_of(scene, &writer, err);
    return rc == ND_OK ? writer->draft.next(scene, out, err) : rc;
}

/* ---- sections ---- */

static const struct nd_json *sub_topic_with(const struct nd_scene *scene, const char *id)
{
    ND_JSON_EACH(topic, nd_json_get(nd_json_get(scene->artefact[ND_RESEARCH], "plan"), "sub_topics"))
    {
        const char *its = nd_json_get_str(topic, "id");
        if (its && id && strcmp(its, id) == 0) return topic;
    }
    return NULL;
}

/* What a section's lane is about: its title, its question and the quotes that it may use. */
static struct nd_json *section_spec(const struct nd_scene *scene, const struct nd_json *section)
{
    struct nd_json *spec = nd_json_object();
    const char *id = nd_json_get_str(section, "sub_topic");
    const struct nd_json *topic = sub_topic_with(scene, id);
    nd_json_set_str(spec, "title", nd_json_get_str(section, "title"));
    if (!topic) {
        nd_json_set_bool(spec, "added", true);
        nd_json_set_str(spec, "words", nd_json_get_str(section, "title"));
        nd_json_set_bool(spec, "user", true);
        const struct nd_json *exclude = nd_json_get(section, "exclude");
        if (exclude) nd_json_set(spec, "exclude", nd_json_copy(exclude));
        return spec;
    }
    nd_json_set_str(spec, "sub_topic", id);
    struct nd_json *ids = nd_json_array();
    nd_json_set_str(spec, "question", nd_json_get_str(topic, "question"));
    ND_JSON_EACH(e, nd_json_get(section, "evidence"))
    if (nd_json_get_str(e, "id")) nd_json_add_str(ids, nd_json_get_str(e, "id"));
    nd_json_set(spec, "evidence", ids);
    if (nd_json_get_bool(topic, "private", false)) nd_json_set_bool(spec, "private", true);
    return spec;
}

static enum nd_rc lanes(const struct nd_scene *scene, struct nd_lanes *out, struct nd_error *err)
{
    struct nd_json *outline = NULL;
    enum nd_rc rc = outline_of(scene, &outline, err);
    if (rc != ND_OK) return rc;
    ND_JSON_EACH(section, nd_json_get(outline, "sections"))
    nd_lanes_add(out, section_spec(scene, section), nd_json_get_str(section, "title"));
    nd_json_free(outline);
    return ND_OK;
}

/* ---- the artefact ---- */

/* A lane that never ran (a run that stopped) is drafted from its spec alone. */
static enum nd_rc draft_section(const struct nd_scene *scene, const struct nd_writer *writer,
                                const struct nd_json *section, struct nd_json **out, struct nd_error *err)
{
    struct nd_lane bare = {.spec = section_spec(scene, section)};
    nd_lane_id(bare.spec, bare.id);
    const struct nd_lane *ran = nd_lanes_find(scene->lanes, bare.spec);
    struct nd_scene its = *scene;
    its.lane = ran ? ran : &bare;
    enum nd_rc rc = writer->draft.result(&its, out, err);
    nd_json_free(bare.spec);
    return rc;
}

static void add_section(const struct nd_scene *scene, struct nd_json *sections, const struct nd_json *section,
                        const struct nd_json *drafted)
{
    char id[16];
    nd_id(id, 's', nd_json_len(sections) + 1);
    struct nd_json *json = nd_json_add(sections, nd_json_object());
    const struct nd_json *claims = nd_json_get(drafted, "claims");
    bool found = nd_json_len(claims) > 0;
    const char *why = nd_json_get_str(section, "why");
    nd_json_set_str(json, "id", id);
    nd_json_set_str(json, "sub_topic", nd_json_get_str(section, "sub_topic"));
    nd_json_set_str(json, "title", nd_json_get_str(section, "title"));
    nd_json_set_str(json, "question", nd_json_get_str(section, "question"));
    nd_json_set_str(json, "why", why ? why : "added when the outline was approved");
    nd_json_set_str(json, "status", found ? "found" : "nothing_solid");
    const char *note = nd_json_get_str(drafted, "note");
    nd_json_set_str(json, "note", note ? note : nd_json_get_str(section, "note"));
    nd_json_set(json, "claims", claims ? nd_json_copy(claims) : nd_json_array());
    const struct nd_json *topic = sub_topic_with(scene, nd_json_get_str(section, "sub_topic"));
    if (nd_json_get_bool(topic, "private", false)) nd_json_set_bool(json, "private", true);
}

static enum nd_rc sections_of(const struct nd_scene *scene, const struct nd_json *outline,
                              struct nd_json *out, struct nd_error *err)
{
    const struct nd_writer *writer = NULL;
    enum nd_rc rc = nd_writer_of(scene, &writer, err);
    struct nd_json *sections = nd_json_set(out, "sections", nd_json_array()),
                   *evidence = nd_json_set(out, "evidence", nd_json_array());
    const struct nd_json *section = nd_json_first(nd_json_get(outline, "sections"));
    for (; section && rc == ND_OK; section = nd_json_next(section)) {
        struct nd_json *drafted = NULL;
        rc = draft_section(scene, writer, section, &drafted, err);
        if (rc != ND_OK) break;
        add_section(scene, sections, section, drafted);
        ND_JSON_EACH(e, nd_json_get(drafted, "evidence")) nd_json_add(evidence, nd_json_copy(e));
        nd_json_free(drafted);
    }
    return rc;
}

static enum nd_rc finish(const struct nd_scene *scene, struct nd_artefact *out, struct nd_error *err)
{
    struct nd_json *json = nd_json_object(), *outline = NULL;
    nd_json_set_str(json, "schema", ND_DRAFT_SCHEMA);
    enum nd_rc rc = outline_of(scene, &outline, err);
    if (rc == ND_OK) rc = sections_of(scene, outline, json, err);
    nd_json_free(outline);
    if (rc == ND_OK) {
        nd_answered_add(scene, json);
        out->json = json;
    } else {
        nd_json_free(json);
    }
    return rc;
}

const struct nd_phase nd_phase_draft = {
    .name = "draft", .cap_percent = 88, .lanes = lanes, .next = next, .finish = finish};
