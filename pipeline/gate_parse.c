/* The edited text of a gate back into what it stands for. Everything a person can type is met with a line
 * number. */
#include "gate_text.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "question.h"
#include "scene.h"
#include <string.h>

#define TITLE_MAX_BYTES 200
#define ITEMS_MAX 200

struct line {
    struct nd_view text; /* trimmed */
    bool indented;
    size_t number;
};
struct lines {
    struct nd_view rest;
    size_t number;
};

/* The next line that is neither empty nor a remark. */
static bool next_line(struct lines *l, struct line *out)
{
    while (l->rest.len > 0) {
        size_t end = nd_view_find(l->rest, ND_VIEW("\n"), 0);
        struct nd_view raw = nd_view_sub(l->rest, 0, end == SIZE_MAX ? l->rest.len : end);
        l->rest = nd_view_sub(l->rest, raw.len + 1, l->rest.len);
        l->number++;
        *out = (struct line){nd_view_trim(raw), raw.len > 0 && (raw.data[0] == ' ' || raw.data[0] == '\t'),
                             l->number};
        if (out->text.len > 0 && out->text.data[0] != '#') return true;
    }
    return false;
}

/* Cuts the first word off. */
static struct nd_view first_word(struct nd_view *text)
{
    size_t n = 0;
    while (n < text->len && text->data[n] != ' ' && text->data[n] != '\t') n++;
    struct nd_view word = nd_view_sub(*text, 0, n);
    *text = nd_view_trim(nd_view_sub(*text, n, text->len));
    return word;
}

static const struct nd_json *item_with(const struct nd_json *list, const char *member, struct nd_view id)
{
    ND_JSON_EACH(item, list)
    if (nd_view_is(id, nd_json_get_str(item, member) ? nd_json_get_str(item, member) : "")) return item;
    return NULL;
}

static enum nd_rc numbers(struct nd_json **out, const struct line *line, struct nd_view text, int64_t most,
                          struct nd_error *err)
{
    struct nd_json *array = nd_json_array();
    while (text.len > 0) {
        struct nd_view word = first_word(&text);
        int64_t n = 0;
        if (word.len > 0 && word.data[word.len - 1] == ',') word.len--;
        if (!nd_view_int(word, &n) || n < 1 || n > most) {
            nd_json_free(array);
            return nd_fail(err, ND_BAD_INPUT, "line %zu: '%.*s' is no number of a source, wanted 1 to %lld",
                           line->number, (int)(word.len < 40 ? word.len : 40), word.data, (long long)most);
        }
        nd_json_add_int(array, n);
    }
    *out = array;
    return ND_OK;
}

static enum nd_rc check_title(const struct line *line, struct nd_view title, struct nd_error *err)
{
    if (title.len == 0) return nd_fail(err, ND_BAD_INPUT, "line %zu: a title is missing", line->number);
    if (title.len > TITLE_MAX_BYTES)
        return nd_fail(err, ND_BAD_INPUT, "line %zu: the title has %zu bytes, limit is %d", line->number,
                       title.len, TITLE_MAX_BYTES);
    if (!nd_utf8_valid(title))
        return nd_fail(err, ND_BAD_INPUT, "line %zu: the title is not valid UTF-8", line->number);
    return ND_OK;
}

/* The thing that a line which is not indented names: a copy of what was shown, or a new one. */
static enum nd_rc named(struct nd_json **out, const struct line *line, const struct nd_json *list,
                        const struct nd_json *made, const char *member, struct nd_error *err)
{
    struct nd_view title = line->text, id = first_word(&title);
    int width = (int)(id.len < 40 ? id.len : 40);
    enum nd_rc rc = check_title(line, title, err);
    if (rc != ND_OK) return rc;
    if (nd_json_len(made) >= ITEMS_MAX)
        return nd_fail(err, ND_BAD_INPUT, "line %zu: more than %d lines of this kind", line->number,
                       ITEMS_MAX);
    bool new = nd_view_is(id, "new");
    const struct nd_json *shown = new ? NULL : item_with(list, member, id);
    if (!new && !shown)
        return nd_fail(err, ND_BAD_INPUT,
                       "line %zu: '%.*s' is none of those shown; a new one begins with 'new'", line->number,
                       width, id.data);
    if (!new &&item_with(made, member, id))
        return nd_fail(err, ND_BAD_INPUT, "line %zu: '%.*s' stands here a second time", line->number, width,
                       id.data);
    *out = shown ? nd_json_copy(shown) : nd_json_object();
    char *clean = nd_title_of(title);
    nd_json_set_str(*out, "title", clean);
    nd_free(clean);
    return ND_OK;
}

/* ---- plan ---- */

/* A sub-topic that is new or has another title is looked for by its title, and is the user's own. */
static void take_as_asked(struct nd_json *topic, const struct nd_json *list)
{
    const char *id = nd_json_get_str(topic, "id"), *title = nd_json_get_str(topic, "title");
    const struct nd_json *shown = id ? item_with(list, "id", nd_view_of(id)) : NULL;
    const char *old = nd_json_get_str(shown, "title");
    if (old && strcmp(old, title) == 0) return;
    char *words = nd_title_words(nd_view_of(title));
    nd_json_set_str(topic, "words", words);
    nd_free(words);
    nd_json_set_str(topic, "question", title);
    if (!shown) nd_json_set_str(topic, "why", "added when the plan was approved");
    nd_json_set_bool(topic, "user", true);
    static const char *const stale[] = {"passages", "documents", "section", "parent",
                                        "aspect",   "clause",    "private"};
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) nd_json_remove(topic, stale[i]);
}

static enum nd_rc plan_detail(struct nd_json *topic, const struct line *line, int64_t sources,
                              struct nd_error *err)
{
    size_t colon = nd_view_find(line->text, ND_VIEW(":"), 0);
    struct nd_view name = nd_view_sub(line->text, 0, colon == SIZE_MAX ? line->text.len : colon);
    struct nd_view value = nd_view_trim(nd_view_sub(line->text, name.len + 1, line->text.len));
    if (nd_view_is(name, "words")) {
        enum nd_rc rc = check_title(line, value, err);
        if (rc == ND_OK) nd_json_set_view(topic, "more", value);
        return rc;
    }
    if (!nd_view_is(name, "pin") && !nd_view_is(name, "exclude"))
        return nd_fail(err, ND_BAD_INPUT, "line %zu: wanted 'words:', 'pin:' or 'exclude:' below a sub-topic",
                       line->number);
    struct nd_json *list = NULL;
    enum nd_rc rc = numbers(&list, line, value, sources, err);
    if (rc == ND_OK) nd_json_set(topic, nd_view_is(name, "pin") ? "pin" : "exclude", list);
    return rc;
}

static unsigned last_id(const struct nd_json *list)
{
    unsigned last = 0;
    ND_JSON_EACH(item, list)
    {
        unsigned n = nd_id_number(nd_json_get_str(item, "id"));
        if (n > last) last = n;
    }
    return last;
}

/* Adds the finished item; NULL is fine. */
static void flush_topic(struct nd_json *made, struct nd_json **topic, const struct nd_json *list)
{
    if (!*topic) return;
    take_as_asked(*topic, list);
    nd_json_add(made, *topic);
    *topic = NULL;
}

static enum nd_rc plan_parse(const struct nd_json *shown, struct lines *lines, struct nd_json *made,
                             struct nd_error *err)
{
    const struct nd_json *list = nd_json_get(shown, "sub_topics");
    struct nd_json *topic = NULL;
    struct line line;
    unsigned last = last_id(list);
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK && next_line(lines, &line)) {
        if (line.indented && topic) {
            rc = plan_detail(topic, &line, nd_json_get_int(shown, "source_count", ND_INPUTS_MAX), err);
            continue;
        }
        flush_topic(made, &topic, list);
        rc = named(&topic, &line, list, made, "id", err);
        if (rc != ND_OK) break;
        nd_json_set(topic, "pin", nd_json_array());
        nd_json_set(topic, "exclude", nd_json_array());
        if (nd_json_get(topic, "id")) continue;
        char id[16];
        nd_id(id, 't', ++last);
        nd_json_set_str(topic, "id", id);
    }
    flush_topic(made, &topic, list);
    return rc;
}

/* ---- outline ---- */

static const struct nd_json *quote_with(const struct nd_json *sections, struct nd_view id)
{
    ND_JSON_EACH(section, sections)
    {
        const struct nd_json *e = item_with(nd_json_get(section, "evidence"), "id", id);
        if (e) return e;
    }
    return NULL;
}

static bool listed(const struct nd_json *numbers, int64_t n)
{
    ND_JSON_EACH(number, numbers) if (nd_json_int(number, 0) == n) return true;
    return false;
}

static void add_without(struct nd_json *made, struct nd_json *section, const struct nd_json *excluded)
{
    struct nd_json *kept = nd_json_array();
    ND_JSON_EACH(e, nd_json_get(section, "evidence"))
    if (!listed(excluded, nd_json_get_int(e, "source", 0))) nd_json_add(kept, nd_json_copy(e));
    nd_json_set(section, "evidence", kept);
    if (!nd_json_get(section, "sub_topic")) nd_json_set(section, "exclude", nd_json_copy(excluded));
    nd_json_add(made, section);
}

static enum nd_rc outline_line(const struct nd_json *list, const struct line *line, struct nd_json *sections,
                               struct nd_json **section, struct nd_json **quotes, struct nd_json **excluded,
                               struct nd_error *err)
{
    if (line->indented && *section) {
        struct nd_view rest = line->text, id = first_word(&rest);
        const struct nd_json *e = quote_with(list, id);
        if (!e)
            return nd_fail(err, ND_BAD_INPUT, "line %zu: '%.*s' is none of the quotes shown", line->number,
                           (int)(id.len < 40 ? id.len : 40), id.data);
        nd_json_add(*quotes, nd_json_copy(e));
        return ND_OK;
    }
    if (nd_view_starts(line->text, "exclude:")) {
        struct nd_json *more = NULL;
        enum nd_rc rc = numbers(&more, line, nd_view_trim(nd_view_sub(line->text, 8, line->text.len)),
                                ND_INPUTS_MAX, err);
        ND_JSON_EACH(n, more) nd_json_add_int(*excluded, nd_json_int(n, 0));
        nd_json_free(more);
        return rc;
    }
    struct nd_json *next = NULL;
    enum nd_rc rc = named(&next, line, list, sections, "sub_topic", err);
    if (rc != ND_OK) return rc;
    *quotes = nd_json_set(next, "evidence", nd_json_array());
    *section = nd_json_add(sections, next);
    return ND_OK;
}

static enum nd_rc outline_parse(const struct nd_json *shown, struct lines *lines, struct nd_json *made,
                                struct nd_error *err)
{
    struct nd_json *sections = nd_json_array(), *section = NULL, *quotes = NULL, *excluded = nd_json_array();
    struct line line;
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK && next_line(lines, &line))
        rc = outline_line(nd_json_get(shown, "sections"), &line, sections, &section, &quotes, &excluded, err);
    ND_JSON_EACH(s, sections) if (rc == ND_OK) add_without(made, nd_json_copy(s), excluded);
    nd_json_free(sections);
    nd_json_free(excluded);
    return rc;
}

/* ---- final ---- */

static enum nd_rc claim_line(const struct nd_json *shown, const struct line *line, struct nd_json *claims,
                             struct nd_error *err)
{
    struct nd_view rest = line->text, word = first_word(&rest);
    int64_t n = 0;
    if (word.len > 0 && word.data[word.len - 1] == '.') word.len--;
    if (!nd_view_int(word, &n))
        return nd_fail(err, ND_BAD_INPUT, "line %zu: wanted a statement's number, as in '2. …'",
                       line->number);
    ND_JSON_EACH(claim, shown)
    {
        if (nd_json_get_int(claim, "n", 0) != n) continue;
        nd_json_add(claims, nd_json_copy(claim));
        return ND_OK;
    }
    return nd_fail(err, ND_BAD_INPUT, "line %zu: there is no statement %lld in that section", line->number,
                   (long long)n);
}

static enum nd_rc final_parse(const struct nd_json *shown, struct lines *lines, struct nd_json *made,
                              struct nd_error *err)
{
    const struct nd_json *list = nd_json_get(shown, "sections"), *at = NULL;
    struct nd_json *claims = NULL;
    struct line line;
    while (next_line(lines, &line)) {
        if (line.indented && at) {
            enum nd_rc rc = claim_line(nd_json_get(at, "claims"), &line, claims, err);
            if (rc != ND_OK) return rc;
            continue;
        }
        struct nd_view rest = line.text, id = first_word(&rest);
        if (id.len > 2 && id.data[0] == '[' && id.data[id.len - 1] == ']')
            id = nd_view_sub(id, 1, id.len - 1);
        at = item_with(list, "section", id);
        if (!at || item_with(made, "section", id))
            return nd_fail(err, ND_BAD_INPUT, "line %zu: '%.*s' is no section, or stands here twice",
                           line.number, (int)(id.len < 40 ? id.len : 40), id.data);
        struct nd_json *section = nd_json_add(made, nd_json_object());
        nd_json_set_view(section, "section", id);
        claims = nd_json_set(section, "claims", nd_json_array());
    }
    return ND_OK;
}

/* ---- all ---- */

static const struct {
    const char *gate, *member;
    enum nd_rc (*parse)(const struct nd_json *shown, struct lines *lines, struct nd_json *made,
                        struct nd_error *err);
} forms[] = {{"plan", "sub_topics", plan_parse},
             {"outline", "sections", outline_parse},
             {"final", "sections", final_parse}};

enum nd_rc nd_gate_parse(const char *gate, const struct nd_json *shown, struct nd_view text,
                         struct nd_json **edited, struct nd_error *err)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(gate, forms[i].gate) != 0) continue;
        struct lines lines = {.rest = text};
        struct nd_json *made = nd_json_array();
        enum nd_rc rc = forms[i].parse(shown, &lines, made, err);
        if (rc == ND_OK && nd_json_len(made) == 0)
            rc = nd_fail(err, ND_BAD_INPUT, "nothing is left of the %s: nothing was approved", gate);
        if (rc != ND_OK) {
            nd_json_free(made);
            return rc;
        }
        *edited = nd_json_copy(shown);
        nd_json_set(*edited, forms[i].member, made);
        return ND_OK;
    }
    return nd_fail(err, ND_BAD_INPUT, "the gate '%s' has nothing to edit", gate);
}
