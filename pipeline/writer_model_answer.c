#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/report/quote.h"
#include "scene.h"
#include "writer_model.h"
#include <string.h>
#include <strings.h>

#define SENTENCE_LEAST_BYTES 12
#define PROBLEMS_MAX_BYTES 2000 /* of all sentences, told to the model */
#define QUOTED_MOST                                                                                          \
    2 /* words in quotation marks that need not stand in the evidence: a term, not a quote                   \
       */

/* ---- the object ---- */

#define DEPTH_MOST 16 /* of an answer that was cut off; the forms asked for have four levels */

/* Where an object stands while it is read: what is open, and up to where all that was begun inside is whole.
 */
struct reading {
    char open[DEPTH_MOST], whole_open[DEPTH_MOST];
    size_t depth, whole_depth, whole; /* whole: bytes; 0: nothing inside has ended yet */
    bool too_deep;
};

static void see_bracket(struct reading *r, char c, size_t end)
{
    if (c == '{' || c == '[') {
        r->too_deep = r->too_deep || r->depth == DEPTH_MOST;
        if (!r->too_deep) r->open[r->depth] = c == '{' ? '}' : ']';
        r->depth++;
    } else if (r->depth > 0) {
        r->depth--;
        r->whole = end;
        r->whole_depth = r->depth;
        if (!r->too_deep) memcpy(r->whole_open, r->open, sizeof r->open);
    }
}

/* The length of the object that begins at data[0] == '{', or 0 when it does not end. */
static size_t object_len(struct nd_view v, struct reading *r)
{
    bool in_string = false;
    for (size_t i = 0; i < v.len; i++) {
        char c = v.data[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (strchr("{}[]", c) && c) {
            see_bracket(r, c, i + 1);
            if (r->depth == 0) return i + 1;
        }
    }
    return 0;
}

/* The items of a list that were whole before the answer was cut off: small models run on until they are. */
static void add_whole(struct nd_view said, const struct reading *r, struct nd_bytes *out)
{
    if (r->whole == 0 || r->too_deep) return;
    nd_bytes_add_view(out, nd_view_sub(said, 0, r->whole));
    for (size_t i = r->whole_depth; i-- > 0;) nd_bytes_add_char(out, r->whole_open[i]);
}

struct nd_json *nd_answer_object(struct nd_view said)
{
    size_t thought = nd_view_find(said, ND_VIEW("</think>"), 0);
    if (thought != SIZE_MAX) said = nd_view_sub(said, thought + strlen("</think>"), said.len);
    size_t start = nd_view_find(said, ND_VIEW("{"), 0);
    if (start == SIZE_MAX) return NULL;
    said = nd_view_sub(said, start, said.len);
    struct reading reading = {.depth = 0};
    struct nd_json *json = NULL;
    struct nd_error ignored = {0};
    struct nd_bytes text = ND_BYTES(said.len + DEPTH_MOST + 1);
    size_t len = object_len(said, &reading);
    if (len > 0)
        nd_bytes_add_view(&text, nd_view_sub(said, 0, len));
    else
        add_whole(said, &reading, &text);
    if (text.len == 0 || nd_json_parse(&json, nd_bytes_view(&text), &ignored) != ND_OK) json = NULL;
    nd_bytes_release(&text);
    return json;
}

size_t nd_answer_id(const struct nd_json *id, char letter, size_t n)
{
    const char *text = nd_json_str(id);
    size_t number = text && text[0] == letter ? nd_id_number(text) : 0;
    return number <= n ? number : 0;
}

/* ---- lines ---- */

char *nd_answer_line(struct nd_view text, size_t max_bytes)
{
    struct nd_bytes out = ND_BYTES(text.len * 3 + 1);
    bool blank = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (nd_is_space(c)) {
            blank = out.len > 0;
            continue;
        }
        if (nd_is_unsafe(c)) continue;
        if (blank) nd_bytes_add_char(&out, ' ');
        blank = false;
        nd_utf8_add(&out, c);
    }
    struct nd_view all = nd_bytes_view(&out);
    char *line = nd_view_dup(nd_view_trim(nd_view_sub(all, 0, nd_utf8_cut(all, max_bytes))));
    nd_bytes_release(&out);
    return line;
}

/* ---- sentences ---- */

static bool holds(struct nd_view text, const char *part)
{
    for (size_t i = 0; i + strlen(part) <= text.len; i++)
        if (strncasecmp(text.data + i, part, strlen(part)) == 0) return true;
    return false;
}

static bool is_ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "[3]", "[e4]", "(e4)", "<b>", "](" */
static bool holds_markup(struct nd_view v)
{
    for (size_t i = 0; i + 2 < v.len; i++) {
        char c = v.data[i], next = v.data[i + 1], then = v.data[i + 2];
        if (c == ']' && next == '(') return true;
        if (c == '[' && (is_ascii_digit(next) || (is_ascii_letter(next) && is_ascii_digit(then))))
            return true;
        if (c == '(' && (next == 'e' || next == 'k' || next == 'c') && is_ascii_digit(then)) return true;
        if (c == '<' && (is_ascii_letter(next) || next == '/' || next == '!')) return true;
    }
    return false;
}

static bool is_mark(uint32_t c)
{
    return c == '"' || (c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB || c == 0x2039 || c == 0x203A ||
           (c >= 0x300C && c <= 0x300F) || c == 0xFF02;
}

static bool is_single_mark(uint32_t c)
{
    return c == '\'' || (c >= 0x2018 && c <= 0x201B);
}

static bool is_word_at(struct nd_view v, size_t at)
{
    uint32_t c = at < v.len ? nd_utf8_next(v, &at) : ' ';
    return nd_is_letter(c) || nd_is_digit(c);
}

/* Two wide characters count as a word: they have no blanks between. */
static size_t word_count(struct nd_view v)
{
    size_t n = 0, wide = 0;
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        n += c == ' ';
        wide += nd_is_cjk(c);
    }
    return n + 1 + wide / 2;
}

static bool stands_in(struct nd_view part, const struct nd_view *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nd_view_find(texts[i], part, 0) != SIZE_MAX) return true;
    return false;
}

static bool is_invented(struct nd_view quoted, const struct nd_view *texts, size_t n)
{
    struct nd_view inner = nd_view_trim(quoted);
    return word_count(inner) > QUOTED_MOST && !stands_in(inner, texts, n);
}

/* Words between quotation marks that stand in none of the texts, word for word; a mark that nothing closes
 * quotes the rest. A single mark within a word is an apostrophe. */
static bool holds_invented_quote(struct nd_view v, bool single, const struct nd_view *texts, size_t n)
{
    size_t start = SIZE_MAX, before = SIZE_MAX; /* before: the last character */
    bool typed = false;                         /* the mark is the one of a keyboard, which may mean inches */
    for (size_t at = 0; at < v.len;) {
        size_t here = at;
        uint32_t c = nd_utf8_next(v, &at);
        bool after_word = before != SIZE_MAX && is_word_at(v, before), opens = start == SIZE_MAX;
        bool mark = single
                        ? is_single_mark(c) && (opens ? !after_word && is_word_at(v, at) : !is_word_at(v, at))
                        : is_mark(c);
        before = here;
        if (!mark) continue;
        if (!opens && is_invented(nd_view_sub(v, start, here), texts, n)) return true;
        typed = c < 0x80;
        start = opens ? at : SIZE_MAX;
    }
    return start != SIZE_MAX && !single && !typed && is_invented(nd_view_sub(v, start, v.len), texts, n);
}

static const char *forbidden_in(struct nd_view sentence, const struct nd_strings *forbidden)
{
    for (size_t i = 0; i < forbidden->n; i++)
        if (holds(sentence, forbidden->v[i])) return forbidden->v[i];
    return NULL;
}

char *nd_sentence_problem(struct nd_view sentence, const struct nd_held *held,
                          const struct nd_strings *forbidden)
{
    if (sentence.len < SENTENCE_LEAST_BYTES) return nd_strdup("it is no sentence");
    if (sentence.len > ND_SENTENCE_BYTES)
        return nd_sprintf("it has %zu bytes, the most are %d", sentence.len, ND_SENTENCE_BYTES);
    if (holds(sentence, "://") || holds(sentence, "www.")) return nd_strdup("it holds an address");
    if (holds_markup(sentence)) return nd_strdup("it holds a citation mark or markup");
    if (holds_invented_quote(sentence, false, held->texts, held->text_count) ||
        holds_invented_quote(sentence, true, held->texts, held->text_count))
        return nd_strdup("the words in its quotation marks stand in none of its evidence");
    const char *term = forbidden_in(sentence, forbidden);
    if (term) return nd_sprintf("it uses '%s', which must not be used", term);
    const char *kind = NULL;
    char *missing = nd_fact_missing(sentence, held, &kind), *problem = NULL;
    if (missing) problem = nd_sprintf("the %s '%s' stands in none of its evidence", kind, missing);
    nd_free(missing);
    return problem;
}

char *nd_answer_list_problem(const struct nd_json *answer, const char *member, const char *what,
                             char *(*problem)(void *ctx, const struct nd_json *item), void *ctx)
{
    const struct nd_json *list = nd_json_get(answer, member);
    if (nd_json_kind(list) != ND_JSON_ARRAY || nd_json_len(list) == 0)
        return nd_sprintf("it has no array '%s', or an empty one", member);
    struct nd_bytes problems = ND_BYTES(PROBLEMS_MAX_BYTES);
    size_t i = 0;
    ND_JSON_EACH(item, list)
    {
        char *its = problem(ctx, item);
        size_t earlier = its ? 0 : nd_answer_repeats(list, i);
        i++;
        if (earlier) its = nd_sprintf("it says again what %s %zu says", what, earlier);
        if (its) nd_bytes_addf(&problems, "%s%s %zu: %s", problems.len ? "; " : "", what, i, its);
        nd_free(its);
    }
    char *all = problems.len ? nd_strdup(problems.data) : NULL;
    nd_bytes_release(&problems);
    return all;
}
