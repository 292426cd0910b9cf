/* The list of sub-topics: what the user named, and how they are written down. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/document/document.h"
#include "writer_extractive.h"

#define SAME_TITLE 0.8 /* Jaccard of the terms of two titles */

void nd_sub_topics_release(struct nd_sub_topics *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct nd_sub_topic *t = &list->v[i];
        nd_free(t->title);
        nd_free(t->question);
        nd_free(t->words);
        nd_free(t->parent);
        nd_free(t->why);
        nd_free(t->section);
    }
    *list = (struct nd_sub_topics){0};
}

static struct nd_sub_topic *add(struct nd_sub_topics *list, const char *title, const char *why)
{
    if (list->n == ND_SUB_TOPICS_MAX) return NULL;
    struct nd_sub_topic *t = &list->v[list->n++];
    t->title = nd_title_of(nd_view_of(title));
    t->words = nd_title_words(nd_view_of(title));
    t->why = nd_strdup(why);
    t->user = true;
    return t;
}

static void add_outline(struct nd_sub_topics *list, const struct nd_request *request)
{
    for (size_t i = 0; i < request->outline_count; i++) {
        const struct nd_outline_item *item = &request->outline[i];
        struct nd_sub_topic *t = add(list, item->title, "from your outline");
        if (!t) return;
        t->pin = &item->pin;
        if (!item->question) continue;
        t->question = nd_strdup(item->question);
        nd_free(t->words);
        char *words = nd_title_words(nd_view_of(item->question));
        t->words = nd_sprintf("%s %s", item->title, words);
        nd_free(words);
    }
}

static bool covered(const struct nd_sub_topics *list, const char *point, const char *lang)
{
    struct nd_termset want;
    nd_termset_of(&want, nd_view_of(point), lang);
    bool found = false;
    for (size_t i = 0; i < list->n && !found; i++) {
        struct nd_termset have;
        nd_termset_of(&have, nd_view_of(list->v[i].words), lang);
        found = nd_termset_within(&want, &have) > .99;
        nd_termset_release(&have);
    }
    nd_termset_release(&want);
    return found;
}

/* What a kind of statement ("the warnings") is asked of: all that the question names. */
static char *all_things(const struct nd_question *q)
{
    struct nd_bytes words = ND_BYTES(ND_MIB);
    for (size_t i = 0; i < q->n; i++) {
        if (!q->facet[i].aspect && !q->facet[i].clause)
            nd_bytes_addf(&words, "%s%s", words.len ? " " : "", q->facet[i].words);
    }
    if (words.len == 0) nd_bytes_add_str(&words, q->subject);
    return nd_bytes_take(&words, NULL);
}

static bool is_near_copy(const struct nd_sub_topics *list, const char *title, const char *lang)
{
    struct nd_termset mine;
    nd_termset_of(&mine, nd_view_of(title), lang);
    bool found = mine.n == 0;
    for (size_t i = 0; i < list->n && !found; i++) {
        struct nd_termset its;
        nd_termset_of(&its, nd_view_of(list->v[i].title), lang);
        found = nd_termset_jaccard(&mine, &its) >= SAME_TITLE;
        nd_termset_release(&its);
    }
    nd_termset_release(&mine);
    return found;
}

/* Up to `most` in the list; what stands there already is passed over. */
static void add_parts_of_topic(struct nd_sub_topics *list, const struct nd_request *request,
                               const struct nd_question *q, size_t most)
{
    const char *thing = NULL; /* the last part that names a thing: what a clause after it is about */
    bool beside = list->n > 0;
    if (beside && q->n < 2) return; /* it has no parts */
    for (size_t i = 0; i < q->n && list->n < most; i++) {
        const struct nd_facet *f = &q->facet[i];
        if (beside && is_near_copy(list, f->title, request->language)) continue;
        struct nd_sub_topic *t = add(list, f->title, "from your question");
        if (!t) return;
        nd_free(t->words);
        t->words = f->aspect ? all_things(q) : nd_strdup(f->words);
        t->aspect = f->aspect;
        t->clause = f->clause;
        if (t->clause && thing) t->parent = nd_strdup(thing);
        if (!t->clause && !t->aspect) thing = t->words;
    }
    if (q->n > 0) return;
    struct nd_sub_topic *t = add(list, request->topic, "from your question");
    nd_free(t->words);
    t->words = nd_strdup(q->head);
}

static void add_must_cover(struct nd_sub_topics *list, const struct nd_request *request)
{
    for (size_t i = 0; i < request->must_cover.n; i++) {
        if (!covered(list, request->must_cover.v[i], request->language))
            add(list, request->must_cover.v[i], "from your list of what must be covered");
    }
}

void nd_sub_topics_asked(struct nd_sub_topics *list, const struct nd_request *request,
                         const struct nd_question *q)
{
    add_outline(list, request);
    for (size_t i = 0; request->outline_count == 0 && i < request->questions.n; i++)
        add(list, request->questions.v[i], "from your questions");
    if (list->n == 0) add_parts_of_topic(list, request, q, ND_SUB_TOPICS_MAX);
    add_must_cover(list, request);
}

void nd_sub_topics_given(struct nd_sub_topics *list, const struct nd_json *given,
                         const struct nd_request *request, const struct nd_question *q)
{
    ND_JSON_EACH(item, given)
    {
        const char *title = nd_json_get_str(item, "title"), *question = nd_json_get_str(item, "question");
        const char *words = nd_json_get_str(item, "words"), *reason = nd_json_get_str(item, "why");
        if (!title || is_near_copy(list, title, request->language)) continue;
        char *why = nd_sprintf("suggested by the model%s%s", reason ? ": " : "", reason ? reason : "");
        struct nd_sub_topic *t = add(list, title, why);
        nd_free(why);
        if (!t) return;
        t->user = false;
        t->question = nd_strdup(question);
        if (!words) continue;
        char *own = t->words;
        t->words = nd_sprintf("%s %s", own, words);
        nd_free(own);
    }
    add_must_cover(list, request);
    add_parts_of_topic(list, request, q, request->sub_topics > 0 ? (size_t)request->sub_topics : 0);
}

static struct nd_json *pinned(const struct nd_strings *patterns, const struct nd_sources *sources)
{
    struct nd_json *array = nd_json_array();
    for (size_t s = 0; s < sources->n; s++) {
        if (nd_glob_match_any(patterns, sources->v[s].path)) nd_json_add_int(array, (int64_t)s + 1);
    }
    return array;
}

struct nd_json *nd_sub_topic_json(const struct nd_sub_topic *t, const struct nd_sources *sources)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "title", t->title);
    nd_json_set_str(json, "question", t->question ? t->question : t->title);
    nd_json_set_str(json, "why", t->why);
    nd_json_set_str(json, "words", t->words);
    if (t->parent) nd_json_set_str(json, "parent", t->parent);
    if (t->source) {
        struct nd_json *section = nd_json_set(json, "section", nd_json_object());
        nd_json_set_int(section, "source", t->source);
        nd_json_set_int(section, "page", t->page);
        nd_json_set_str(section, "title", t->section);
    }
    bool is_private = t->source > 0 && t->source <= sources->n && sources->v[t->source - 1].local;
    if (is_private || t->is_private) nd_json_set_bool(json, "private", true);
    if (t->aspect) nd_json_set_bool(json, "aspect", true);
    if (t->clause) nd_json_set_bool(json, "clause", true);
    nd_json_set_bool(json, "user", t->user);
    nd_json_set(json, "pin", t->pin ? pinned(t->pin, sources) : nd_json_array());
    nd_json_set(json, "exclude", nd_json_array());
    return json;
}
