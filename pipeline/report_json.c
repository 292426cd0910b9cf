/* The report: everything gets its number in the order in which a reader meets it. */
#include "report_json.h"
#include "answered.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "phase_table.h"
#include "report_builder.h"
#include "scene.h"
#include "writer.h"
#include <string.h>

const struct nd_verdict *nd_verdicts_find(const struct nd_verdicts *list, const char *section, size_t index)
{
    for (size_t i = 0; section && i < list->n; i++) {
        if (list->v[i].index == index && strcmp(list->v[i].section, section) == 0) return &list->v[i];
    }
    return NULL;
}

/* ---- quotes ---- */

static bool same_part(const struct nd_part *a, const struct nd_part *b)
{
    return a->source == b->source && a->at.page == b->at.page && a->at.start == b->at.start &&
           a->at.end == b->at.end;
}

static enum nd_rc add_quote(struct nd_builder *b, const struct nd_part *part, struct nd_view shown,
                            const struct nd_json *evidence, const char *id, struct nd_error *err)
{
    const struct nd_sources *sources = b->lib ? nd_library_sources(b->lib) : NULL;
    const struct nd_pages *pages = NULL;
    if (!sources || part->source > sources->n)
        return nd_fail(err, ND_BROKEN, "a quote is of source %u, which there is not", part->source);
    enum nd_rc rc = nd_library_pages(b->lib, b->scene->objects, part->source, &pages, err);
    if (rc != ND_OK) return rc;
    struct nd_view page = nd_pages_at(pages, part->at.page);
    if (part->at.end > page.len)
        return nd_fail(err, ND_BROKEN, "a quote ends at byte %u of a page of %zu", part->at.end, page.len);
    const struct nd_reading *reading = sources->v[part->source - 1].reading;
    if (b->source_id[part->source] == 0) b->source_id[part->source] = ++b->sources_used;
    struct nd_json *json = nd_json_add(b->quotes, nd_json_object());
    nd_json_set_str(json, "id", id);
    nd_json_set_int(json, "source", (int64_t)b->source_id[part->source]);
    nd_json_set_int(json, "page", part->at.page);
    nd_json_set_str(json, "page_label",
                    part->at.page <= reading->labels.n ? reading->labels.v[part->at.page - 1] : NULL);
    nd_json_set_int(json, "start", part->at.start);
    nd_json_set_int(json, "end", part->at.end);
    nd_json_set_view(json, "text", nd_view_sub(page, part->at.start, part->at.end));
    nd_json_set_view(json, "display", shown);
    nd_json_set_str(json, "lang", nd_json_get_str(evidence, "lang"));
    nd_json_set_str(json, "section_title", nd_json_get_str(evidence, "section"));
    return ND_OK;
}

enum nd_rc nd_builder_quote(struct nd_builder *b, const struct nd_part *part, struct nd_view shown,
                            const struct nd_json *evidence, char id[16], struct nd_error *err)
{
    for (size_t i = 0; i < b->cited_n; i++) {
        if (!same_part(&b->cited[i].part, part)) continue;
        nd_id(id, 'q', b->cited[i].number);
        return ND_OK;
    }
    nd_id(id, 'q', b->cited_n + 1);
    enum nd_rc rc = add_quote(b, part, shown, evidence, id, err);
    if (rc != ND_OK) return rc;
    ND_GROW(b->cited, b->cited_n, b->cited_cap);
    b->cited[b->cited_n] = (struct nd_cited_quote){*part, b->cited_n + 1};
    b->cited_n++;
    return ND_OK;
}

/* Numbers the quotes of an evidence and adds their ids. */
static enum nd_rc cite(struct nd_builder *b, const char *evidence_id, struct nd_json *ids,
                       struct nd_error *err)
{
    const struct nd_json *evidence = nd_known_find(&b->known, evidence_id);
    struct nd_parts parts;
    if (!evidence)
        return nd_fail(err, ND_BROKEN, "a claim names the quote '%s', which was never found",
                       evidence_id ? evidence_id : "");
    enum nd_rc rc = nd_parts_parse(&parts, nd_json_get(evidence, "parts"), err);
    for (unsigned i = 0; i < parts.n && rc == ND_OK; i++) {
        char id[16];
        rc = nd_builder_quote(b, &parts.v[i], nd_evidence_shown(evidence, i), evidence, id, err);
        if (rc == ND_OK) nd_json_add_str(ids, id);
    }
    return rc;
}

/* ---- claims ---- */

/* Where a source of the report lies elsewhere, by its id; NULL: it is a file. */
static const char *place_of(const struct nd_builder *b, int64_t id)
{
    const struct nd_sources *sources = nd_library_sources(b->lib);
    for (size_t i = 0; i < sources->n; i++)
        if (b->source_id[i + 1] == (size_t)id) return sources->v[i].url;
    return NULL;
}

/* Two passages of one document, or two versions of one page, are one source. */
static bool speak_as_one(const struct nd_builder *b, int64_t id, int64_t other)
{
    const char *place = id == other ? NULL : place_of(b, id), *its = place ? place_of(b, other) : NULL;
    return id == other || (its && strcmp(place, its) == 0);
}

static size_t independent_sources(const struct nd_builder *b, const struct nd_json *quote_ids)
{
    size_t n = 0;
    int64_t seen[16];
    ND_JSON_EACH(id, quote_ids)
    {
        const struct nd_json *quote = nd_json_at(b->quotes, nd_id_number(nd_json_str(id)) - 1);
        int64_t source = nd_json_get_int(quote, "source", 0);
        bool known = false;
        for (size_t i = 0; i < n; i++) known = known || speak_as_one(b, seen[i], source);
        if (!known && n < sizeof seen / sizeof *seen) seen[n++] = source;
    }
    return n;
}

static void note_printed(struct nd_builder *b, const struct nd_verdict *verdict, struct nd_json *json)
{
    ND_GROW(b->printed, b->kept_claims, b->printed_cap);
    b->printed[b->kept_claims++] = (struct nd_printed){verdict->section, verdict->index, json};
}

static enum nd_rc add_claim(struct nd_builder *b, struct nd_json *list, const struct nd_json *claim,
                            const struct nd_verdict *verdict, struct nd_error *err)
{
    struct nd_json *ids = nd_json_array();
    enum nd_rc rc = ND_OK;
    const struct nd_json *evidence = nd_json_get(claim, "evidence");
    for (const struct nd_json *e = nd_json_first(evidence); e && rc == ND_OK; e = nd_json_next(e))
        rc = cite(b, nd_json_str(e), ids, err);
    if (rc != ND_OK) {
        nd_json_free(ids);
        return rc;
    }
    char id[16];
    nd_id(id, 'c', b->kept_claims + 1);
    size_t sources = independent_sources(b, ids);
    const struct nd_json *premises = nd_json_get(claim, "premises");
    struct nd_json *json = nd_json_add(list, nd_json_object());
    nd_json_set_str(json, "id", id);
    nd_json_set_str(json, "text", verdict->text ? verdict->text : nd_json_get_str(claim, "text"));
    nd_json_set(json, "quotes", ids);
    nd_json_set(json, "premises", premises && !verdict->text ? nd_json_copy(premises) : nd_json_array());
    nd_json_set_str(json, "verdict", verdict->verdict);
    nd_json_set_str(json, "confidence", sources >= 3 ? "high" : sources == 2 ? "medium" : "low");
    const char *section = nd_json_get_str(claim, "section");
    if (section) nd_json_set_str(json, "section", section);
    if (verdict->guardrail && !verdict->text)
        nd_json_set(json, "guardrail", nd_json_copy(verdict->guardrail));
    note_printed(b, verdict, json);
    return ND_OK;
}

static const char *printed_id(const struct nd_builder *b, const char *section, int64_t index)
{
    for (size_t i = 0; section && i < b->kept_claims; i++) {
        const struct nd_printed *p = &b->printed[i];
        if ((int64_t)p->index == index && strcmp(p->section, section) == 0)
            return nd_json_get_str(p->json, "id");
    }
    return NULL;
}

/* Drafted premises name places ({"section", "index"}); in the report they are ids, without those not printed.
 */
static void name_premises(const struct nd_builder *b)
{
    for (size_t i = 0; i < b->kept_claims; i++) {
        struct nd_json *ids = nd_json_array();
        ND_JSON_EACH(place, nd_json_get(b->printed[i].json, "premises"))
        {
            const char *id =
                printed_id(b, nd_json_get_str(place, "section"), nd_json_get_int(place, "index", -1));
            if (id) nd_json_add_str(ids, id);
        }
        nd_json_set(b->printed[i].json, "premises", ids);
    }
}

static enum nd_rc add_claims(struct nd_builder *b, const struct nd_verdicts *verdicts, const char *section,
                             const struct nd_json *claims, struct nd_json *list, struct nd_error *err)
{
    size_t index = 0;
    enum nd_rc rc = ND_OK;
    for (const struct nd_json *claim = nd_json_first(claims); claim && rc == ND_OK;
         claim = nd_json_next(claim), index++) {
        const struct nd_verdict *verdict = nd_verdicts_find(verdicts, section, index);
        b->claims++;
        if (verdict && verdict->kept) rc = add_claim(b, list, claim, verdict, err);
    }
    return rc;
}

static enum nd_rc add_sections(struct nd_builder *b, const struct nd_verdicts *verdicts, struct nd_error *err)
{
    struct nd_json *sections = nd_json_set(b->report, "sections", nd_json_array());
    enum nd_rc rc = ND_OK;
    const struct nd_json *drafted = nd_json_first(nd_json_get(b->scene->artefact[ND_DRAFT], "sections"));
    for (; drafted && rc == ND_OK; drafted = nd_json_next(drafted)) {
        struct nd_json *json = nd_json_add(sections, nd_json_object()), *claims = nd_json_array();
        const char *id = nd_json_get_str(drafted, "id");
        static const char *const kept[] = {"id", "title", "question", "why"};
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            nd_json_set_str(json, kept[i], nd_json_get_str(drafted, kept[i]));
        rc = add_claims(b, verdicts, id, nd_json_get(drafted, "claims"), claims, err);
        bool found = nd_json_len(claims) > 0;
        nd_json_set_str(json, "status", found ? "found" : "nothing_solid");
        nd_json_set_str(json, "note", nd_json_get_str(drafted, "note"));
        nd_json_set(json, "claims", claims);
    }
    return rc;
}

/* ---- exhibits and different values: each place becomes a quote ---- */

static enum nd_rc cell_quote(struct nd_builder *b, struct nd_json *cell, struct nd_error *err)
{
    const struct nd_json *place = nd_json_get(cell, "parts");
    if (!place) return ND_OK;
    struct nd_parts parts;
    char id[16];
    enum nd_rc rc = nd_parts_parse(&parts, place, err);
    const struct nd_json *shown = nd_json_get(cell, "shown");
    if (rc == ND_OK)
        rc = nd_builder_quote(b, &parts.v[0], nd_json_view(shown ? shown : nd_json_get(cell, "text")), cell,
                              id, err);
    if (rc != ND_OK) return rc;
    static const char *const inner[] = {"parts", "shown", "section", "lang"};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) nd_json_remove(cell, inner[i]);
    nd_json_set_str(cell, "quote", id);
    return ND_OK;
}

static enum nd_rc add_exhibit(struct nd_builder *b, struct nd_json *list, const struct nd_json *built,
                              struct nd_error *err)
{
    struct nd_json *json = nd_json_add(list, nd_json_copy(built)), *rows = nd_json_array();
    enum nd_rc rc = ND_OK;
    for (const struct nd_json *row = nd_json_first(nd_json_get(built, "rows")); row && rc == ND_OK;
         row = nd_json_next(row)) {
        struct nd_json *cells = nd_json_add(rows, nd_json_array());
        for (const struct nd_json *cell = nd_json_first(row); cell && rc == ND_OK; cell = nd_json_next(cell))
            rc = cell_quote(b, nd_json_add(cells, nd_json_copy(cell)), err);
    }
    nd_json_set(json, "rows", rows);
    return rc;
}

static enum nd_rc add_exhibits(struct nd_builder *b, struct nd_error *err)
{
    const struct nd_json *synthesis = b->scene->artefact[ND_SYNTHESIZE];
    struct nd_json *exhibits = nd_json_set(b->report, "exhibits", nd_json_array());
    struct nd_json *differ = nd_json_set(b->report, "contradictions", nd_json_array());
    enum nd_rc rc = ND_OK;
    for (const struct nd_json *x = nd_json_first(nd_json_get(synthesis, "exhibits")); x && rc == ND_OK;
         x = nd_json_next(x))
        rc = add_exhibit(b, exhibits, x, err);
    for (const struct nd_json *d = nd_json_first(nd_json_get(synthesis, "contradictions")); d && rc == ND_OK;
         d = nd_json_next(d)) {
        struct nd_json *json = nd_json_add(differ, nd_json_object()), *values = nd_json_array();
        char id[16];
        nd_id(id, 'd', nd_json_len(differ));
        nd_json_set_str(json, "id", id);
        nd_json_set_str(json, "label", nd_json_get_str(d, "label"));
        for (const struct nd_json *v = nd_json_first(nd_json_get(d, "values")); v && rc == ND_OK;
             v = nd_json_next(v))
            rc = cell_quote(b, nd_json_add(values, nd_json_copy(v)), err);
        nd_json_set(json, "values", values);
    }
    return rc;
}

/* ---- the rest ---- */

static void add_strings(struct nd_json *json, const char *member, const struct nd_strings *list)
{
    struct nd_json *array = nd_json_set(json, member, nd_json_array());
    for (size_t i = 0; i < list->n; i++) nd_json_add_str(array, list->v[i]);
}

/* The models that answered. A stopped run's report was finished without them; where none is on record, the
 * writer that was chosen. */
static void add_writers(struct nd_builder *b, const struct nd_writer *writer)
{
    struct nd_json *writers = nd_answered_writers(b->scene);
    if (!writers) writers = nd_json_array();
    if (b->scene->stop || nd_json_len(writers) == 0) nd_json_add(writers, writer->label(b->scene));
    nd_json_set(b->report, "writers", writers);
}

static void add_head(struct nd_builder *b, const struct nd_writer *writer)
{
    const struct nd_scene *scene = b->scene;
    const struct nd_request *request = scene->request;
    static const char *const lengths[] = {"short", "standard", "long"};
    struct nd_json *r = b->report;
    char when[ND_TIME_BYTES];
    nd_time_format(scene->started_ms, when);
    const char *outcome = nd_json_get_str(scene->stop, "outcome");
    nd_json_set_str(r, "schema", ND_REPORT_SCHEMA);
    nd_json_set_str(r, "run_id", scene->run_id);
    nd_json_set_str(r, "topic", request->topic);
    nd_json_set_str(r, "started_at", when);
    nd_json_set_str(r, "outcome", outcome ? outcome : "completed");
    nd_json_set_bool(r, "partial", scene->stop != NULL);
    if (scene->stop) nd_json_set(r, "stop", nd_json_copy(scene->stop));
    nd_json_set_str(r, "language", request->language);
    add_writers(b, writer);
    struct nd_json *asked = nd_json_set(r, "request", nd_json_object());
    add_strings(asked, "questions", &request->questions);
    nd_json_set_str(asked, "audience", request->audience);
    nd_json_set_str(asked, "tone", request->tone);
    nd_json_set_str(asked, "length", lengths[request->length]);
    add_strings(asked, "must_cover", &request->must_cover);
    nd_json_set_str(asked, "style", request->house_style);
}

static void add_gap(struct nd_json *gaps, const char *what, const char *why)
{
    struct nd_json *json = nd_json_add(gaps, nd_json_object());
    char id[16];
    nd_id(id, 'g', nd_json_len(gaps));
    nd_json_set_str(json, "id", id);
    nd_json_set_str(json, "what", what);
    nd_json_set_str(json, "why", why);
}

static void copy_gaps(struct nd_json *gaps, const struct nd_json *from)
{
    ND_JSON_EACH(gap, from) add_gap(gaps, nd_json_get_str(gap, "what"), nd_json_get_str(gap, "why"));
}

/* What a run that stopped did not do. */
static void add_stop_gap(struct nd_json *gaps, const struct nd_json *stop)
{
    const char *phase = nd_json_get_str(stop, "phase"), *reason = nd_json_get_str(stop, "reason");
    if (!phase) return;
    char *what = nd_sprintf("The rest of the phase '%s' and what follows it", phase);
    char *why = nd_sprintf("The run stopped: %s. From there on this report was put together without a model.",
                           reason ? reason : "");
    add_gap(gaps, what, why);
    nd_free(what);
    nd_free(why);
}

static void add_checks(struct nd_builder *b, const struct nd_verdicts *verdicts)
{
    struct nd_json *checks = nd_json_set(b->report, "checks", nd_json_object()), *findings = nd_json_array();
    size_t demoted = 0;
    for (size_t i = 0; i < verdicts->n; i++) {
        const struct nd_verdict *v = &verdicts->v[i];
        demoted += v->kept && strcmp(v->verdict, "caveat") == 0;
        if (!v->done) continue;
        struct nd_json *finding = nd_json_add(findings, nd_json_object());
        char *place = nd_sprintf("%s, statement %zu", v->section, v->index + 1);
        nd_json_set_str(finding, "kind", "claim");
        nd_json_set_str(finding, "claim", place);
        nd_json_set_str(finding, "what", v->what);
        nd_json_set_str(finding, "done", v->done);
        nd_free(place);
    }
    nd_json_set_int(checks, "quotes_total", (int64_t)b->cited_n);
    nd_json_set_int(checks, "quotes_verified", (int64_t)b->cited_n);
    nd_json_set_int(checks, "claims_total", (int64_t)b->claims);
    nd_json_set_int(checks, "claims_removed", (int64_t)(b->claims - b->kept_claims));
    nd_json_set_int(checks, "claims_demoted", (int64_t)demoted);
    nd_json_set(checks, "findings", findings);
    nd_report_guardrail(b->scene->request, verdicts, checks);
}

static enum nd_rc fill(struct nd_builder *b, const struct nd_verdicts *verdicts,
                       const struct nd_writer *writer, struct nd_error *err)
{
    const struct nd_scene *scene = b->scene;
    add_head(b, writer);
    nd_json_set_str(b->report, "introduction", NULL); /* its place */
    struct nd_json *summary = nd_json_set(b->report, "summary", nd_json_array());
    enum nd_rc rc = add_claims(b, verdicts, "summary", nd_json_get(scene->artefact[ND_SYNTHESIZE], "summary"),
                               summary, err);
    if (rc == ND_OK) rc = add_sections(b, verdicts, err);
    if (rc == ND_OK && scene->artefact[ND_DRAFT]) nd_builder_introduction(b);
    if (rc == ND_OK) name_premises(b);
    if (rc == ND_OK) rc = add_exhibits(b, err);
    if (rc != ND_OK) return rc;
    struct nd_json *gaps = nd_json_set(b->report, "gaps", nd_json_array());
    add_stop_gap(gaps, scene->stop);
    copy_gaps(gaps, nd_json_get(scene->artefact[ND_RESEARCH], "gaps"));
    copy_gaps(gaps, nd_json_get(scene->artefact[ND_SYNTHESIZE], "gaps"));
    nd_builder_notes(b, writer, verdicts);
    nd_builder_sources(b);
    nd_builder_changes(b);
    nd_json_set(b->report, "quotes", b->quotes);
    b->quotes = NULL;
    add_checks(b, verdicts);
    return ND_OK;
}

enum nd_rc nd_report_json(const struct nd_scene *scene, const struct nd_verdicts *verdicts,
                          struct nd_json **out, struct nd_error *err)
{
    struct nd_builder b = {.scene = scene};
    const struct nd_writer *writer = NULL;
    enum nd_rc rc = nd_writer_of(scene, &writer, err);
    if (rc == ND_OK && nd_json_len(nd_scene_sources(scene)) > 0) rc = nd_library_of(scene, &b.lib, err);
    if (rc != ND_OK) return rc;
    b.report = nd_json_object();
    b.quotes = nd_json_array();
    b.source_id = ND_ARRAY(size_t, (b.lib ? nd_library_sources(b.lib)->n : 0) + 2);
    nd_known_gather(&b.known, scene);
    rc = fill(&b, verdicts, writer, err);
    if (rc == ND_OK)
        *out = b.report;
    else
        nd_json_free(b.report);
    nd_json_free(b.quotes);
    nd_known_release(&b.known);
    nd_free(b.cited);
    nd_free(b.printed);
    nd_free(b.source_id);
    return rc;
}
