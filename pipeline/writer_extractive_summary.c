/* The key findings: for each section the best short sentence that the section itself does not print. */
#include "choice.h"
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include "writer_extractive_draft.h"
#include <string.h>

#define FINDINGS_MOST 8
#define FINDINGS_LEAST 5 /* below it, sections give a second one */
#define FINDING_WORDS 30
#define TOLD_ALREADY 0.7 /* share of a sentence's terms that a printed quote holds */
#define W_SALIENCE 1.0
#define W_TITLE 0.7

static const struct nd_json *sub_topic_of(const struct nd_json *evidence, const char *id)
{
    ND_JSON_EACH(topic, nd_json_get(evidence, "sub_topics"))
    {
        const char *its = nd_json_get_str(topic, "id");
        if (its && id && strcmp(its, id) == 0) return topic;
    }
    return NULL;
}

/* Terms of everything printed so far. */
struct printed {
    struct nd_termset *v;
    size_t n, cap;
};

static void print(struct printed *list, const struct nd_json *text)
{
    ND_GROW(list->v, list->n, list->cap);
    nd_termset_of(&list->v[list->n++], nd_json_view(text), NULL);
}

static bool told(const struct printed *list, const struct nd_json *text)
{
    struct nd_termset terms;
    nd_termset_of(&terms, nd_json_view(text), NULL);
    bool found = terms.n == 0;
    for (size_t i = 0; i < list->n && !found; i++)
        found = nd_termset_within(&terms, &list->v[i]) > TOLD_ALREADY;
    nd_termset_release(&terms);
    return found;
}

static const struct nd_json *best_spare(const struct nd_json *sub_topic, const struct printed *printed)
{
    const struct nd_json *best = NULL;
    double most = 0, top = 1;
    ND_JSON_EACH(e, nd_json_get(sub_topic, "evidence"))
    {
        double score = (double)nd_json_get_int(e, "score", 0);
        if (score > top) top = score;
    }
    ND_JSON_EACH(e, nd_json_get(sub_topic, "spare"))
    {
        if (nd_json_get_int(e, "words", 0) > FINDING_WORDS || told(printed, nd_json_get(e, "text"))) continue;
        double worth = (double)nd_json_get_int(e, "score", 0) / top +
                       W_SALIENCE * (double)nd_json_get_int(e, "salience", 0) / 1e6 +
                       W_TITLE * (double)nd_json_get_int(e, "title", 0) / 1e6;
        if (best && worth <= most) continue;
        best = e;
        most = worth;
    }
    return best;
}

static void add_finding(struct nd_json *summary, struct nd_json *evidence, const struct nd_json *spare,
                        const char *section)
{
    char id[16];
    nd_id(id, 'y', nd_json_len(evidence) + 1);
    struct nd_json *mine = nd_json_add(evidence, nd_json_copy(spare));
    nd_json_set_str(mine, "id", id);
    struct nd_json *finding = nd_json_add(summary, nd_json_object()), *ids = nd_json_array();
    nd_json_set_str(finding, "text", nd_json_get_str(spare, "text"));
    nd_json_add_str(ids, id);
    nd_json_set(finding, "evidence", ids);
    nd_json_set_bool(finding, "quoted", true);
    nd_json_set_str(finding, "section", section);
}

enum nd_rc nd_extractive_summary(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    (void)err;
    struct nd_json *json = nd_json_object();
    struct nd_json *summary = nd_json_set(json, "summary", nd_json_array()),
                   *evidence = nd_json_set(json, "evidence", nd_json_array());
    const struct nd_json *sections = nd_json_get(scene->artefact[ND_DRAFT], "sections");
    struct printed printed = {0};
    ND_JSON_EACH(section, sections)
    {
        ND_JSON_EACH(claim, nd_json_get(section, "claims")) print(&printed, nd_json_get(claim, "text"));
    }
    for (int round = 0; round < 3 && nd_json_len(summary) < FINDINGS_LEAST; round++) {
        ND_JSON_EACH(section, sections)
        {
            const struct nd_json *spare = best_spare(
                sub_topic_of(scene->artefact[ND_RESEARCH], nd_json_get_str(section, "sub_topic")), &printed);
            if (!spare || nd_json_len(summary) >= FINDINGS_MOST) continue;
            add_finding(summary, evidence, spare, nd_json_get_str(section, "id"));
            print(&printed, nd_json_get(spare, "text"));
        }
    }
    for (size_t i = 0; i < printed.n; i++) nd_termset_release(&printed.v[i]);
    nd_free(printed.v);
    nd_json_set(json, "contradictions", nd_extractive_differences(scene));
    *out = json;
    return ND_OK;
}
