/* The report's notes: which wishes were not obeyed, and what was cut short. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"
#include "report_builder.h"
#include <string.h>

/* A sub-topic's note around its title: "The evidence for '" and "' was chosen by program …". */
struct around {
    struct nd_view before, title, after;
    bool told;
};

static struct around around_title(const struct nd_json *topic, const struct nd_json *planned)
{
    struct nd_view note = nd_json_view(nd_json_get(topic, "note"));
    struct nd_view title = nd_json_view(nd_json_get(planned, "title"));
    size_t at = title.len ? nd_view_find(note, title, 0) : SIZE_MAX;
    if (at == SIZE_MAX || at == 0 || note.data[at - 1] != '\'') return (struct around){.before = note};
    size_t end = at + title.len;
    return (struct around){nd_view_sub(note, 0, at - 1), title, nd_view_sub(note, end + 1, note.len), false};
}

static bool is_alike(const struct around *a, const struct around *b)
{
    return a->title.len && b->title.len && nd_view_eq(a->before, b->before) && nd_view_eq(a->after, b->after);
}

/* One note for all sub-topics to which the same befell. */
static void add_together(struct around *v, size_t n, size_t first, struct nd_json *notes)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_view(&text, v[first].before);
    if (v[first].title.len) nd_bytes_addf(&text, "'%.*s'", (int)v[first].title.len, v[first].title.data);
    for (size_t i = first + 1; i < n; i++) {
        if (v[i].told || !is_alike(&v[first], &v[i])) continue;
        nd_bytes_addf(&text, ", '%.*s'", (int)v[i].title.len, v[i].title.data);
        v[i].told = true;
    }
    nd_bytes_add_view(&text, v[first].after);
    if (text.len) nd_json_add_str(notes, text.data);
    nd_bytes_release(&text);
}

static void add_of_topics(const struct nd_json *evidence, struct nd_json *notes)
{
    const struct nd_json *topics = nd_json_get(evidence, "sub_topics");
    const struct nd_json *planned = nd_json_first(nd_json_get(nd_json_get(evidence, "plan"), "sub_topics"));
    struct around *v = ND_ARRAY(struct around, nd_json_len(topics) + 1);
    size_t n = 0;
    ND_JSON_EACH(topic, topics)
    {
        v[n++] = around_title(topic, planned);
        planned = nd_json_next(planned);
    }
    for (size_t i = 0; i < n; i++) {
        if (!v[i].told) add_together(v, n, i, notes);
    }
    nd_free(v);
}

static void add_note(struct nd_json *notes, const struct nd_json *note)
{
    if (nd_json_view(note).len) nd_json_add(notes, nd_json_copy(note));
}

/* What was cut short on the way, as the writer says it. */
static void add_cuts(const struct nd_scene *scene, struct nd_json *notes)
{
    const struct nd_json *evidence = scene->artefact[ND_RESEARCH];
    add_note(notes, nd_json_get(nd_json_get(evidence, "plan"), "note"));
    add_of_topics(evidence, notes);
    ND_JSON_EACH(note, nd_json_get(scene->artefact[ND_SYNTHESIZE], "notes")) add_note(notes, note);
}

static bool all_quoted(const struct nd_json *claims)
{
    ND_JSON_EACH(claim, claims)
    if (!nd_view_is(nd_json_view(nd_json_get(claim, "verdict")), "quoted")) return false;
    return true;
}

/* Is any statement a model's own sentence? */
static bool is_written(const struct nd_json *report)
{
    if (!all_quoted(nd_json_get(report, "summary"))) return true;
    ND_JSON_EACH(section, nd_json_get(report, "sections"))
    if (!all_quoted(nd_json_get(section, "claims"))) return true;
    return false;
}

void nd_builder_notes(struct nd_builder *b, const struct nd_writer *writer,
                      const struct nd_verdicts *verdicts)
{
    const struct nd_request *request = b->scene->request;
    struct nd_json *notes = nd_json_set(b->report, "notes", nd_json_array());
    (is_written(b->report) ? &nd_writer_model : writer)->ignored(request, notes);
    if (!nd_say_knows(request->language)) {
        char *note =
            nd_sprintf("Headings and notes are in English: there are none in '%s'.", request->language);
        nd_json_add_str(notes, note);
        nd_free(note);
    }
    add_cuts(b->scene, notes);
    nd_builder_covered(b, notes);
    nd_report_guardrail_notes(request, verdicts, notes);
    if (nd_json_len(nd_json_get(b->report, "exhibits")) > 0) return;
    nd_json_add_str(notes, b->cited_n == 0 ? "No document is cited, so there is no table and no chart."
                                           : "The cited documents state too few comparable figures for a "
                                             "table or a chart, so there is none.");
}
