#include "writer_model_points.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/report/formula.h"
#include "nightdesk/report/quote.h"
#include "scene.h"
#include <math.h>
#include <string.h>

#define QUOTATIONS_MOST 40
#define QUOTATIONS_LEAST 3
#define TOKENS_EACH 60
#define TOKENS_MORE 100
#define UNIT_AFTER_BYTES 24 /* how far behind its number a unit may stand; and before it, "$" */
#define UNIT_BEFORE_BYTES 6
#define EQUAL 0.005 /* relative: 365 days are one year */

/* ---- quotations with numbers ---- */

static bool has_digit(struct nd_view text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= '0' && text.data[i] <= '9') return true;
    return false;
}

/* The quotations shown, in the report's order: those on one page, with a number. */
static size_t quotations(const struct nd_known *known, const struct nd_json *out[QUOTATIONS_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < known->n && n < QUOTATIONS_MOST; i++) {
        if (nd_json_len(nd_json_get(known->v[i], "parts")) == 1 &&
            has_digit(nd_json_view(nd_json_get(known->v[i], "text"))))
            out[n++] = known->v[i];
    }
    return n;
}

static struct nd_json *points_schema(size_t n, size_t most)
{
    static const char *const texts[] = {"entity", "measure", "value", "unit", "date"};
    struct nd_json *one = nd_schema_with("evidence", nd_schema_ids('e', n));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        nd_schema_member(one, texts[i], nd_schema_string());
    return nd_schema_with("points", nd_schema_array(one, most));
}

static enum nd_rc make(const struct nd_scene *scene, bool open, struct nd_ask *out, struct nd_error *err)
{
    (void)err;
    struct nd_known known;
    const struct nd_json *list[QUOTATIONS_MOST];
    nd_known_gather(&known, scene);
    size_t n = quotations(&known, list), shown = 0;
    out->holes = nd_json_object();
    nd_json_set_str(out->holes, "topic", scene->request->topic);
    for (size_t i = 0; i < n; i++) {
        bool local = nd_parts_are_local(scene, list[i]);
        char id[16];
        nd_id(id, 'e', i + 1);
        if ((open && local) || !nd_sheet_add(&out->sheet, id, nd_json_view(nd_json_get(list[i], "text"))))
            continue;
        out->is_private = out->is_private || local;
        shown++;
    }
    out->is_empty = shown < QUOTATIONS_LEAST;
    size_t most = shown < ND_POINTS_MOST ? shown : ND_POINTS_MOST;
    char *number = nd_sprintf("%zu", most);
    nd_json_set_str(out->holes, "most", number);
    out->schema = points_schema(n, most);
    out->max_tokens = (int64_t)most * TOKENS_EACH + TOKENS_MORE;
    nd_free(number);
    nd_known_release(&known);
    return ND_OK;
}

/* ---- one point against its quotation ---- */

static char *folded(struct nd_view text)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    for (size_t at = 0; at < text.len;) nd_utf8_add(&out, nd_text_lower(nd_utf8_next(text, &at)));
    return nd_bytes_take(&out, NULL);
}

bool nd_words_same(const char *a, const char *b)
{
    char *x = folded(nd_view_of(a)), *y = folded(nd_view_of(b));
    bool same = strcmp(x, y) == 0;
    nd_free(x);
    nd_free(y);
    return same;
}

static const char *source_title(const struct nd_scene *scene, const struct nd_json *evidence)
{
    int64_t source = nd_json_get_int(nd_json_first(nd_json_get(evidence, "parts")), "source", 1);
    return nd_json_get_str(nd_json_at(nd_scene_sources(scene), (size_t)source - 1), "title");
}

/* In the quotation, its section's title or its source's: where a cell's text must stand. */
static bool stands(const struct nd_scene *scene, const struct nd_json *evidence, const char *words)
{
    return nd_words_stand(nd_json_view(nd_json_get(evidence, "text")), words) ||
           nd_words_stand(nd_json_view(nd_json_get(evidence, "section")), words) ||
           nd_words_stand(nd_view_of(source_title(scene, evidence)), words);
}

static bool is_number(const char *text)
{
    return *text >= '0' && *text <= '9' && strspn(text, "0123456789.,") == strlen(text);
}

/* Does the unit stand beside that number, and not beside another one? */
static bool unit_beside(struct nd_view text, double value, const char *unit)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') continue;
        size_t end = i;
        double found = 0;
        unsigned decimals = 0;
        while (end < text.len && strchr("0123456789.,", text.data[end])) end++;
        bool same =
            nd_number_first(nd_view_sub(text, i, end), &found, &decimals) && fabs(found - value) < 1e-9;
        size_t until = end;
        while (until < text.len && until < end + UNIT_AFTER_BYTES &&
               !(text.data[until] >= '0' && text.data[until] <= '9'))
            until++;
        struct nd_view before = nd_view_sub(text, i > UNIT_BEFORE_BYTES ? i - UNIT_BEFORE_BYTES : 0, i),
                       after = nd_view_sub(text, end, until);
        if (same && (nd_unit_named(after, unit) || nd_unit_named(before, unit))) return true;
        i = end;
    }
    return false;
}

/* "5 euros" is not said by "5 million euros". */
static bool is_stated(struct nd_view text, const char *number, const char *unit)
{
    char *amount = nd_sprintf("%s %s", number, unit);
    const struct nd_held held = {.texts = &text, .text_count = 1, .titles = &text, .title_count = 1};
    const char *kind = NULL;
    char *missing = nd_fact_missing(nd_view_of(amount), &held, &kind);
    bool stated = missing == NULL;
    nd_free(missing);
    nd_free(amount);
    return stated;
}

/* The measure is the model's word for it, so it is a heading only: it must share a word with what it heads.
 */
static bool is_measure(const struct nd_scene *scene, const struct nd_json *evidence, const char *measure)
{
    const char *lang = nd_json_get_str(evidence, "lang");
    char *all = nd_sprintf("%s %s %s", nd_json_get_str(evidence, "text"),
                           nd_json_get(evidence, "section") ? nd_json_get_str(evidence, "section") : "",
                           source_title(scene, evidence));
    struct nd_termset text, words;
    nd_termset_of(&text, nd_view_of(all), lang);
    nd_termset_of(&words, nd_view_of(measure), lang);
    bool shared = nd_termset_shared(&words, &text) > 0;
    nd_termset_release(&text);
    nd_termset_release(&words);
    nd_free(all);
    return shared;
}

static char *line_of(const struct nd_json *item, const char *member)
{
    return nd_answer_line(nd_json_view(nd_json_get(item, member)), ND_POINT_BYTES);
}

/* What is wrong with it; NULL: it holds. Caller frees. */
static char *point_problem(const struct nd_scene *scene, struct nd_point *p)
{
    unsigned decimals = 0;
    struct nd_view text = nd_json_view(nd_json_get(p->evidence, "text"));
    if (!p->evidence) return nd_strdup("it names no quotation by its id");
    if (!*p->entity || !*p->measure) return nd_strdup("it has no entity or no measure");
    if (!is_number(p->number) || !nd_number_first(nd_view_of(p->number), &p->value, &decimals))
        return nd_sprintf("the value '%s' is no number", p->number);
    char *missing = nd_number_missing(nd_view_of(p->number), &text, 1);
    bool there = missing == NULL;
    nd_free(missing);
    if (!there) return nd_sprintf("the value %s stands not in its quotation", p->number);
    if (*p->unit && !unit_beside(text, p->value, p->unit))
        return nd_sprintf("the unit '%s' stands not beside %s in its quotation", p->unit, p->number);
    if (!is_stated(text, p->number, p->unit))
        return nd_sprintf("%s %s stands in its quotation with another unit or power of ten", p->number,
                          p->unit);
    if (!stands(scene, p->evidence, p->entity))
        return nd_sprintf("the entity '%s' stands not in its quotation", p->entity);
    if (*p->date && !stands(scene, p->evidence, p->date))
        return nd_sprintf("the date '%s' stands not in its quotation", p->date);
    if (!is_measure(scene, p->evidence, p->measure))
        return nd_sprintf("its quotation says nothing of '%s'", p->measure);
    const struct nd_view texts[] = {text, nd_json_view(nd_json_get(p->evidence, "section")),
                                    nd_view_of(source_title(scene, p->evidence))};
    const struct nd_held held = {.texts = texts, .text_count = 3};
    char *heading = nd_sprintf("The measure is %s.", p->measure);
    char *problem = nd_sentence_problem(nd_view_of(heading), &held, &scene->request->forbidden_terms);
    nd_free(heading);
    return problem;
}

static char *point_read(const struct nd_scene *scene, const struct nd_known *known, bool open,
                        const struct nd_json *item, struct nd_point *out)
{
    const struct nd_json *list[QUOTATIONS_MOST];
    size_t number = nd_answer_id(nd_json_get(item, "evidence"), 'e', quotations(known, list));
    *out = (struct nd_point){.entity = line_of(item, "entity"),
                             .measure = line_of(item, "measure"),
                             .number = line_of(item, "value"),
                             .unit = line_of(item, "unit"),
                             .date = line_of(item, "date")};
    if (number && !(open && nd_parts_are_local(scene, list[number - 1]))) out->evidence = list[number - 1];
    return point_problem(scene, out);
}

static void point_release(struct nd_point *p)
{
    nd_free(p->entity);
    nd_free(p->measure);
    nd_free(p->number);
    nd_free(p->unit);
    nd_free(p->date);
}

/* ---- the answer ---- */

/* Wrong when it has points and none of them holds. */
static char *check(const struct nd_scene *scene, bool open, const struct nd_json *answer)
{
    const struct nd_json *list = nd_json_get(answer, "points");
    if (nd_json_kind(list) != ND_JSON_ARRAY) return nd_strdup("it has no array 'points'");
    struct nd_known known;
    char *first = NULL;
    bool holds = false;
    nd_known_gather(&known, scene);
    ND_JSON_EACH(item, list)
    {
        struct nd_point point;
        char *problem = point_read(scene, &known, open, item, &point);
        point_release(&point);
        holds = holds || !problem;
        if (problem && !first)
            first = problem;
        else
            nd_free(problem);
    }
    nd_known_release(&known);
    if (!holds) return first;
    nd_free(first);
    return NULL;
}

static const struct nd_talk talk = {.job = "points", .role = "read", .make = make, .check = check};

enum nd_rc nd_points_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    return nd_talk_next(&talk, scene, out, err);
}

static bool is_there(const struct nd_points *points, const struct nd_point *p)
{
    for (size_t i = 0; i < points->n; i++) {
        const struct nd_point *other = &points->v[i];
        if (other->evidence == p->evidence && nd_words_same(other->entity, p->entity) &&
            nd_words_same(other->measure, p->measure) && nd_words_same(other->date, p->date))
            return true;
    }
    return false;
}

void nd_points_read(struct nd_points *out, const struct nd_scene *scene)
{
    struct nd_scene its = *scene;
    its.lane = scene->lane0;
    *out = (struct nd_points){0};
    nd_known_gather(&out->known, scene);
    struct nd_reply reply = nd_talk_reply(&talk, &its);
    ND_JSON_EACH(item, nd_json_get(reply.json, "points"))
    {
        struct nd_point point;
        if (out->n == ND_POINTS_MOST) break;
        char *problem = point_read(scene, &out->known, reply.open, item, &point);
        if (!problem && !is_there(out, &point))
            out->v[out->n++] = point;
        else
            point_release(&point);
        nd_free(problem);
    }
    nd_json_free(reply.json);
}

void nd_points_release(struct nd_points *points)
{
    for (size_t i = 0; i < points->n; i++) point_release(&points->v[i]);
    nd_known_release(&points->known);
}

/* ---- together ---- */

bool nd_points_differ(const struct nd_point *a, const struct nd_point *b)
{
    double value = 0;
    if (!nd_words_same(a->entity, b->entity) || !nd_words_same(a->measure, b->measure) ||
        !nd_words_same(a->date, b->date) || !nd_unit_convert(a->value, a->unit, b->unit, &value))
        return false;
    return fabs(value - b->value) > EQUAL * (fabs(b->value) > 0 ? fabs(b->value) : 1);
}

struct nd_json *nd_point_cell(const struct nd_point *point, const char *text)
{
    struct nd_json *cell = nd_json_object();
    nd_json_set_str(cell, "text", text);
    static const char *const kept[] = {"parts", "section", "lang"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const struct nd_json *member = nd_json_get(point->evidence, kept[i]);
        if (member) nd_json_set(cell, kept[i], nd_json_copy(member));
    }
    nd_json_set_str(cell, "shown", nd_json_get_str(point->evidence, "text"));
    return cell;
}

void nd_points_differences(const struct nd_scene *scene, struct nd_json *contradictions)
{
    struct nd_points points;
    nd_points_read(&points, scene);
    for (size_t i = 0; i < points.n; i++) {
        for (size_t j = i + 1; j < points.n; j++) {
            const struct nd_point *pair[] = {&points.v[i], &points.v[j]};
            if (!nd_points_differ(pair[0], pair[1])) continue;
            struct nd_json *d = nd_json_add(contradictions, nd_json_object()), *values = nd_json_array();
            char *label = nd_sprintf("%s: %s%s%s", pair[0]->entity, pair[0]->measure,
                                     *pair[0]->date ? ", " : "", pair[0]->date);
            nd_json_set_str(d, "label", label);
            for (size_t k = 0; k < 2; k++) {
                struct nd_json *value = nd_json_add(values, nd_point_cell(pair[k], ""));
                nd_json_remove(value, "text");
                nd_json_set_str(value, "value", pair[k]->number);
                nd_json_set_str(value, "unit", pair[k]->unit);
            }
            nd_json_set(d, "values", values);
            nd_free(label);
            break;
        }
    }
    nd_points_release(&points);
}
