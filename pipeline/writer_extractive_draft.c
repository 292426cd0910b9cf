/* Outline and sections: the chosen quotes in an order that reads. */
#include "writer_extractive_draft.h"
#include "choice.h"
#include "nightdesk/base/alloc.h"
#include "phase_table.h"
#include "scene.h"
#include "writer_extractive.h"
#include <stdlib.h>
#include <string.h>

#define ADDED_QUOTES_MAX 10 /* of a section that a person added to the outline */

/* ---- outline ---- */

static const struct nd_json *gathered_for(const struct nd_json *evidence, const char *id)
{
    ND_JSON_EACH(sub_topic, nd_json_get(evidence, "sub_topics"))
    {
        const char *its = nd_json_get_str(sub_topic, "id");
        if (its && id && strcmp(its, id) == 0) return sub_topic;
    }
    return NULL;
}

static struct nd_json *shown_evidence(const struct nd_json *list)
{
    struct nd_json *array = nd_json_array();
    ND_JSON_EACH(e, list)
    {
        struct nd_json *json = nd_json_add(array, nd_json_object());
        const struct nd_json *place = nd_json_first(nd_json_get(e, "parts"));
        nd_json_set_str(json, "id", nd_json_get_str(e, "id"));
        nd_json_set_int(json, "source", nd_json_get_int(place, "source", 0));
        nd_json_set_int(json, "page", nd_json_get_int(place, "page", 0));
        nd_json_set_str(json, "text", nd_json_get_str(e, "text"));
    }
    return array;
}

static void add_section(struct nd_json *sections, const struct nd_json *topic, const struct nd_json *gathered)
{
    const char *status = nd_json_get_str(gathered, "status");
    if (status && strcmp(status, "left_out") == 0) return;
    struct nd_json *section = nd_json_add(sections, nd_json_object());
    nd_json_set_str(section, "sub_topic", nd_json_get_str(topic, "id"));
    nd_json_set_str(section, "title", nd_json_get_str(topic, "title"));
    nd_json_set_str(section, "question", nd_json_get_str(topic, "question"));
    nd_json_set_str(section, "why", nd_json_get_str(topic, "why"));
    nd_json_set_str(section, "status", status ? status : "nothing_solid");
    nd_json_set_str(section, "note", nd_json_get_str(gathered, "note"));
    nd_json_set(section, "evidence", shown_evidence(nd_json_get(gathered, "evidence")));
}

static size_t evidence_count(const struct nd_json *section)
{
    return nd_json_len(nd_json_get(section, "evidence"));
}

static int by_place(const void *a, const void *b)
{
    const struct nd_json *const *x = a, *const *y = b;
    size_t n = evidence_count(*x), m = evidence_count(*y);
    if (n != m) return n > m ? -1 : 1;
    unsigned i = nd_id_number(nd_json_get_str(*x, "sub_topic")),
             j = nd_id_number(nd_json_get_str(*y, "sub_topic"));
    return i < j ? -1 : i > j;
}

/* Sent back once: the sections with most evidence first. Sent back again: those without any are left out,
 * too. */
static struct nd_json *another_version(struct nd_json *sections, unsigned version)
{
    size_t n = nd_json_len(sections), i = 0;
    const struct nd_json **order = ND_ARRAY(const struct nd_json *, n + 1);
    ND_JSON_EACH(section, sections) order[i++] = section;
    qsort(order, n, sizeof *order, by_place);
    struct nd_json *array = nd_json_array();
    for (i = 0; i < n; i++) {
        if (version < 2 || evidence_count(order[i]) > 0) nd_json_add(array, nd_json_copy(order[i]));
    }
    nd_free(order);
    nd_json_free(sections);
    return array;
}

enum nd_rc nd_extractive_outline(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    (void)err;
    const struct nd_json *evidence = scene->artefact[ND_RESEARCH];
    struct nd_json *outline = nd_json_object(), *sections = nd_json_array();
    ND_JSON_EACH(topic, nd_json_get(nd_json_get(evidence, "plan"), "sub_topics"))
    add_section(sections, topic, gathered_for(evidence, nd_json_get_str(topic, "id")));
    unsigned version = nd_gate_state(scene, ND_GATE_OUTLINE, "outline").version;
    if (version > 0) sections = another_version(sections, version);
    nd_json_set_str(outline, "schema", ND_OUTLINE_SCHEMA);
    nd_json_set(outline, "sections", sections);
    *out = outline;
    return ND_OK;
}

/* ---- a section ---- */

enum nd_rc nd_extractive_draft_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    (void)err;
    bool added = nd_json_get_bool(scene->lane->spec, "added", false);
    if (!added || nd_steps_of(scene->lane, ND_ACT_TOOL, "find") > 0) return nd_do_done(out);
    struct nd_json *args = nd_json_copy(scene->lane->spec);
    nd_json_set_int(args, "attempt", 0);
    return nd_do_tool(out, "find", args);
}

static const struct nd_json *evidence_with(const struct nd_json *artefact, const char *id)
{
    ND_JSON_EACH(sub_topic, nd_json_get(artefact, "sub_topics"))
    {
        ND_JSON_EACH(e, nd_json_get(sub_topic, "evidence"))
        {
            const char *its = nd_json_get_str(e, "id");
            if (its && id && strcmp(its, id) == 0) return e;
        }
    }
    return NULL;
}

/* One quote of a section on its way into order. */
struct placed {
    const struct nd_json *evidence;
    struct nd_parts parts;
    size_t source_rank; /* sources in the order in which the choice met them */
};

static int in_reading_order(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    if (x->source_rank != y->source_rank) return x->source_rank < y->source_rank ? -1 : 1;
    return nd_parts_cmp(&x->parts, &y->parts);
}

/* The opener stays; what follows is told source by source, each in its own order, the opener's first. */
static void put_in_order(struct placed *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        list[i].source_rank = i;
        for (size_t j = 0; j < i; j++) {
            if (list[j].parts.v[0].source != list[i].parts.v[0].source) continue;
            list[i].source_rank = list[j].source_rank;
            break;
        }
    }
    if (n > 2) qsort(list + 1, n - 1, sizeof *list, in_reading_order);
}

static struct nd_json *claims_of(struct placed *list, size_t n)
{
    put_in_order(list, n);
    struct nd_json *claims = nd_json_array();
    for (size_t i = 0; i < n; i++) {
        struct nd_json *claim = nd_json_add(claims, nd_json_object()), *ids = nd_json_array();
        nd_json_set_str(claim, "text", nd_json_get_str(list[i].evidence, "text"));
        nd_json_add_str(ids, nd_json_get_str(list[i].evidence, "id"));
        nd_json_set(claim, "evidence", ids);
        nd_json_set_bool(claim, "quoted", true);
        nd_json_set(claim, "premises", nd_json_array());
    }
    return claims;
}

static enum nd_rc place_all(struct placed *list, size_t *n, const struct nd_json *evidence,
                            struct nd_error *err)
{
    list[*n].evidence = evidence;
    enum nd_rc rc = nd_parts_parse(&list[*n].parts, nd_json_get(evidence, "parts"), err);
    if (rc == ND_OK) ++*n;
    return rc;
}

static bool printed_elsewhere(const struct nd_json *artefact, const struct nd_parts *parts)
{
    ND_JSON_EACH(sub_topic, nd_json_get(artefact, "sub_topics"))
    {
        ND_JSON_EACH(e, nd_json_get(sub_topic, "evidence"))
        {
            struct nd_parts its;
            struct nd_error ignored = {0};
            if (nd_parts_parse(&its, nd_json_get(e, "parts"), &ignored) == ND_OK &&
                nd_parts_overlap(&its, parts))
                return true;
        }
    }
    return false;
}

/* Quotes for a section that a person added: from the lane's own search, less what other sections print. */
static enum nd_rc draft_added(const struct nd_scene *scene, struct nd_json *out, struct nd_error *err)
{
    const struct nd_json *seen = nd_seen_last(scene->lane, ND_ACT_TOOL, "find");
    struct nd_pool pool;
    enum nd_rc rc = nd_pool_load(&pool, nd_json_get(seen, "candidates"), err);
    if (rc != ND_OK) return rc;
    size_t kept = 0;
    for (size_t i = 0; i < pool.n; i++) {
        if (!printed_elsewhere(scene->artefact[ND_RESEARCH], &pool.v[i].parts))
            pool.v[kept++] = pool.v[i];
        else
            nd_termset_release(&pool.v[i].terms);
    }
    pool.n = kept;
    nd_choose(&pool, 1, (struct nd_choice_limits){ADDED_QUOTES_MAX, ADDED_QUOTES_MAX * ND_QUOTE_WORDS});
    struct nd_json *evidence = nd_json_set(out, "evidence", nd_json_array());
    struct placed list[ADDED_QUOTES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < pool.given && rc == ND_OK; i++) {
        const struct nd_offer *o = &pool.v[pool.chosen[i]];
        struct nd_json *e = nd_json_add(evidence, nd_json_copy(o->json));
        char *id = nd_sprintf("%s-%zu", scene->lane->id, i + 1);
        nd_json_set_str(e, "id", id);
        nd_free(id);
        nd_json_set(e, "parts", nd_parts_json(o->seed_only ? &o->seed : &o->parts));
        nd_json_set_view(e, "text", o->seed_only ? o->seed_text : o->text);
        const struct nd_json *shown =
            nd_json_get(o->seed_only ? nd_json_get(o->json, "seed") : o->json, "shown");
        nd_json_remove(e, "shown");
        if (shown) nd_json_set(e, "shown", nd_json_copy(shown));
        nd_json_remove(e, "seed");
        rc = place_all(list, &n, e, err);
    }
    if (rc == ND_OK) nd_json_set(out, "claims", claims_of(list, n));
    nd_pool_release(&pool);
    return rc;
}

enum nd_rc nd_extractive_draft(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    struct nd_json *json = nd_json_object();
    enum nd_rc rc = ND_OK;
    if (nd_json_get_bool(scene->lane->spec, "added", false)) {
        rc = draft_added(scene, json, err);
    } else {
        const struct nd_json *ids = nd_json_get(scene->lane->spec, "evidence");
        struct placed *list = ND_ARRAY(struct placed, nd_json_len(ids) + 1);
        size_t n = 0;
        for (const struct nd_json *id = nd_json_first(ids); id && rc == ND_OK; id = nd_json_next(id)) {
            const struct nd_json *evidence = evidence_with(scene->artefact[ND_RESEARCH], nd_json_str(id));
            if (evidence) rc = place_all(list, &n, evidence, err);
        }
        if (rc == ND_OK) nd_json_set(json, "claims", claims_of(list, n));
        nd_json_set(json, "evidence", nd_json_array());
        nd_free(list);
    }
    if (rc == ND_OK)
        *out = json;
    else
        nd_json_free(json);
    return rc;
}
