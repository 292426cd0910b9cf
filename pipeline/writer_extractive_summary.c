/* The key findings: for each section the short sentence that says most about its title. Some stand in a
 * longer quote of the section, the others are printed here alone; none repeats a quote as it stands there. */
#include "choice.h"
#include "nightdesk/base/alloc.h"
#include "phase_table.h"
#include "scene.h"
#include "writer_extractive_draft.h"
#include <string.h>

#define FINDINGS_LEAST 5 /* below it, sections give a second one */
#define FINDING_WORDS 32
#define FINDING_WORDS_LEAST 7
#define TOLD_ALREADY 0.7 /* share of a sentence's terms that another finding holds */
#define SAME_QUOTE 0.8   /* Jaccard with a quote of the body: it would be that quote again */
#define W_SALIENCE 1.0
#define W_TITLE                                                                                              \
    1.5 /* of the title's own words, against the sentence of the section that holds most of them */

static const struct nd_json *sub_topic_of(const struct nd_json *evidence, const char *id)
{
    ND_JSON_EACH(topic, nd_json_get(evidence, "sub_topics"))
    {
        const char *its = nd_json_get_str(topic, "id");
        if (its && id && strcmp(its, id) == 0) return topic;
    }
    return NULL;
}

/* Terms of what is printed already. */
struct printed {
    struct nd_termset *v;
    size_t n, cap;
};

static void print(struct printed *list, const struct nd_json *text)
{
    ND_GROW(list->v, list->n, list->cap);
    nd_termset_of(&list->v[list->n++], nd_json_view(text), NULL);
}

static void printed_release(struct printed *list)
{
    for (size_t i = 0; i < list->n; i++) nd_termset_release(&list->v[i]);
    nd_free(list->v);
}

/* What the search for one section's finding looks at. */
struct search {
    const struct printed *body, *findings;
    struct nd_termset title;
    double top,
        held; /* the best score of the section; the greatest share of the title's words in a sentence */
    const struct nd_json *best;
    double most;
};

static bool is_new(const struct search *s, const struct nd_termset *terms)
{
    for (size_t i = 0; i < s->findings->n; i++) {
        if (nd_termset_within(terms, &s->findings->v[i]) > TOLD_ALREADY) return false;
    }
    for (size_t i = 0; i < s->body->n; i++) {
        if (nd_termset_jaccard(terms, &s->body->v[i]) > SAME_QUOTE) return false;
    }
    return terms->n > 0;
}

/* Asides and pointers to other places of the document find nothing. */
static bool is_finding(const struct nd_json *sentence)
{
    int64_t words = nd_json_get_int(sentence, "words", 0);
    const char *text = nd_json_get_str(sentence, "text");
    return words >= FINDING_WORDS_LEAST && words <= FINDING_WORDS && text && text[0] != '(' &&
           !strcasestr(text, "chapter") && !strcasestr(text, "see ");
}

static void measure(struct search *s, const struct nd_json *sentence)
{
    if (!is_finding(sentence)) return;
    struct nd_termset terms;
    nd_termset_of(&terms, nd_json_view(nd_json_get(sentence, "text")), NULL);
    double held = nd_termset_within(&s->title, &terms);
    if (held > s->held) s->held = held;
    nd_termset_release(&terms);
}

static void look_at(struct search *s, const struct nd_json *sentence)
{
    if (!is_finding(sentence)) return;
    struct nd_termset terms;
    nd_termset_of(&terms, nd_json_view(nd_json_get(sentence, "text")), NULL);
    double worth = (double)nd_json_get_int(sentence, "score", 0) / s->top +
                   W_SALIENCE * (double)nd_json_get_int(sentence, "salience", 0) / 1e6 +
                   (s->held > 0 ? W_TITLE * nd_termset_within(&s->title, &terms) / s->held : 0);
    if ((!s->best || worth > s->most) && is_new(s, &terms)) {
        s->best = sentence;
        s->most = worth;
    }
    nd_termset_release(&terms);
}

static const struct nd_json *finding_of(const struct nd_json *sub_topic, const struct nd_json *title,
                                        const struct printed *body, const struct printed *findings)
{
    struct search s = {.body = body, .findings = findings, .top = 1};
    nd_termset_of(&s.title, nd_json_view(title), NULL);
    ND_JSON_EACH(e, nd_json_get(sub_topic, "evidence"))
    {
        double score = (double)nd_json_get_int(e, "score", 0);
        if (score > s.top) s.top = score;
    }
    ND_JSON_EACH(e, nd_json_get(sub_topic, "core")) measure(&s, e);
    ND_JSON_EACH(e, nd_json_get(sub_topic, "spare")) measure(&s, e);
    ND_JSON_EACH(e, nd_json_get(sub_topic, "core")) look_at(&s, e);
    ND_JSON_EACH(e, nd_json_get(sub_topic, "spare")) look_at(&s, e);
    nd_termset_release(&s.title);
    return s.best;
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
    struct printed body = {0}, findings = {0};
    ND_JSON_EACH(section, sections)
    {
        ND_JSON_EACH(claim, nd_json_get(section, "claims")) print(&body, nd_json_get(claim, "text"));
    }
    for (int round = 0; round < 3 && nd_json_len(summary) < FINDINGS_LEAST; round++) {
        ND_JSON_EACH(section, sections)
        {
            const struct nd_json *sub_topic =
                sub_topic_of(scene->artefact[ND_RESEARCH], nd_json_get_str(section, "sub_topic"));
            const struct nd_json *finding =
                finding_of(sub_topic, nd_json_get(section, "title"), &body, &findings);
            if (!finding || nd_json_len(summary) >= ND_FINDINGS_MOST) continue;
            add_finding(summary, evidence, finding, nd_json_get_str(section, "id"));
            print(&findings, nd_json_get(finding, "text"));
        }
    }
    printed_release(&body);
    printed_release(&findings);
    nd_json_set(json, "contradictions", nd_extractive_differences(scene));
    *out = json;
    return ND_OK;
}
