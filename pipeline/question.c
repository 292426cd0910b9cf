#include "question.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include <string.h>

#define TITLE_MAX_BYTES 240

/* What an asker says to the writer and not about the subject. Longer openings first. */
static const char *const openings[] = {"please",
                                       "can you",
                                       "could you",
                                       "write a briefing on",
                                       "write a briefing about",
                                       "write a report on",
                                       "write a report about",
                                       "write about",
                                       "write",
                                       "a report on",
                                       "a report about",
                                       "report on",
                                       "give an overview of",
                                       "give me an overview of",
                                       "an overview of",
                                       "overview of",
                                       "tell me about",
                                       "tell me",
                                       "summarise",
                                       "summarize",
                                       "investigate",
                                       "research",
                                       "explain",
                                       "describe",
                                       "discuss",
                                       "compare",
                                       "outline",
                                       "plan",
                                       "how do i",
                                       "how do we",
                                       "how do you",
                                       "how does one",
                                       "how do people",
                                       "how would one",
                                       "how would",
                                       "how can i",
                                       "how can we",
                                       "how should i",
                                       "how should we",
                                       "how should",
                                       "how does",
                                       "how to",
                                       "how is",
                                       "how are",
                                       "how",
                                       "what is",
                                       "what are",
                                       "what does",
                                       "which"};

/* Verbs and adjectives that say what is wanted of a subject, not which subject: "keeping a small X running"
 * is about X. */
static const char *const light_words[] = {
    "keep",      "keeps",     "keeping",   "run",      "runs",   "running",  "make",  "makes",    "making",
    "use",       "uses",      "used",      "using",    "get",    "getting",  "set",   "setting",  "put",
    "have",      "having",    "help",      "ensure",   "want",   "need",     "needs", "choose",   "choosing",
    "improve",   "improving", "handle",    "handling", "manage", "managing", "small", "little",   "large",
    "big",       "good",      "better",    "best",     "new",    "old",      "whole", "entire",   "several",
    "many",      "much",      "more",      "most",     "some",   "all",      "any",   "each",     "every",
    "different", "various",   "important", "main",     "own",    "well",     "right", "properly", "safely",
    "today",     "people",    "thing",     "things"};

/* Where one facet ends and the next begins. */
static const char *const joints[] = {" as well as ", " including ", " and ", " or ", " with ", " / "};

/* In front of a facet, of no use to a search. */
static const char *const lead_words[] = {"and", "or",   "the",    "a",     "an",    "what", "which",
                                         "how", "who",  "when",   "why",   "where", "is",   "are",
                                         "be",  "must", "should", "can",   "do",    "does", "has to",
                                         "to",  "of",   "its",    "their", "it",    "they"};

/* Verbs that say nothing by themselves ("kept in sync"), and what stands behind them. */
static const char *const bare_verbs[] = {"kept",  "keep", "made", "done", "put", "set", "taken",
                                         "given", "used", "in",   "on",   "to",  "up",  "into"};

/* Kinds of statement that a question asks for, and who makes them; the stem of each is enough. */
static const char *const aspects[] = {"warning", "advice",  "limit",  "caveat", "pitfall",  "risk",
                                      "danger",  "problem", "author", "give",   "recommend"};

static bool same_letters(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] + 32) : a[i];
        if (c != b[i]) return false;
    }
    return true;
}

/* Does text start with these whole words, in either case? */
static bool opens_with(struct nd_view text, const char *words)
{
    size_t n = strlen(words);
    if (text.len < n || !same_letters(text.data, words, n)) return false;
    return text.len == n || text.data[n] == ' ' || text.data[n] == ',';
}

static struct nd_view strip_one(struct nd_view text, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (opens_with(text, list[i])) return nd_view_trim(nd_view_sub(text, strlen(list[i]), text.len));
    }
    return text;
}

static struct nd_view strip_all(struct nd_view text, const char *const *list, size_t n)
{
    for (size_t before = SIZE_MAX; text.len < before && text.len > 0;) {
        before = text.len;
        struct nd_view rest = strip_one(text, list, n);
        if (rest.len > 0) text = rest;
        if (text.len > 0 && text.data[0] == ',') text = nd_view_trim(nd_view_sub(text, 1, text.len));
    }
    return text;
}
#define STRIP(text, list) strip_all((text), (list), sizeof(list) / sizeof *(list))

static struct nd_view strip_end(struct nd_view text)
{
    text = nd_view_trim(text);
    while (text.len > 1 && strchr(",;:", text.data[0])) text = nd_view_trim(nd_view_sub(text, 1, text.len));
    while (text.len > 0 && strchr(".?!,;:", text.data[text.len - 1]))
        text = nd_view_trim(nd_view_sub(text, 0, text.len - 1));
    return text;
}

char *nd_title_of(struct nd_view text)
{
    struct nd_bytes line = ND_BYTES(TITLE_MAX_BYTES), title = ND_BYTES(TITLE_MAX_BYTES + 8);
    nd_text_printable(nd_view_sub(text, 0, nd_utf8_cut(text, TITLE_MAX_BYTES)), &line);
    struct nd_view v = nd_view_trim(nd_bytes_view(&line));
    size_t at = 0;
    uint32_t first = v.len ? nd_utf8_next(v, &at) : 0;
    if (first >= 'a' && first <= 'z') {
        nd_bytes_add_char(&title, (char)(first - 32));
        v = nd_view_sub(v, 1, v.len);
    }
    nd_bytes_add_view(&title, v);
    nd_bytes_release(&line);
    return nd_bytes_take(&title, NULL);
}

char *nd_title_words(struct nd_view title)
{
    return nd_view_dup(STRIP(strip_end(title), lead_words));
}

static bool is_light(struct nd_view word)
{
    for (size_t i = 0; i < sizeof light_words / sizeof *light_words; i++) {
        if (word.len == strlen(light_words[i]) && same_letters(word.data, light_words[i], word.len))
            return true;
    }
    return false;
}

/* The words that name a subject; all of them when nothing else is left. */
static char *subject_words(struct nd_view text)
{
    struct nd_bytes kept = ND_BYTES(text.len + 1);
    for (size_t at = 0; at < text.len;) {
        struct nd_view rest = nd_view_sub(text, at, text.len);
        size_t blank = nd_view_find(rest, ND_VIEW(" "), 0);
        struct nd_view word = nd_view_sub(rest, 0, blank == SIZE_MAX ? rest.len : blank);
        at += word.len + 1;
        if (word.len == 0 || is_light(word)) continue;
        if (kept.len) nd_bytes_add_char(&kept, ' ');
        nd_bytes_add_view(&kept, word);
    }
    if (kept.len == 0) nd_bytes_add_view(&kept, text);
    return nd_bytes_take(&kept, NULL);
}

/* ---- splitting ---- */

struct pieces {
    struct nd_view v[ND_FACETS_MAX];
    size_t n;
};

/* Where the next joint starts at or after `from`; *len is how long it is. */
static size_t next_joint(struct nd_view text, size_t from, size_t *len)
{
    for (size_t i = from; i < text.len; i++) {
        if (text.data[i] == ',' || text.data[i] == ';') {
            *len = 1;
            return i;
        }
        for (size_t j = 0; j < sizeof joints / sizeof *joints; j++) {
            size_t n = strlen(joints[j]);
            if (i + n <= text.len && same_letters(text.data + i, joints[j], n)) {
                *len = n - 1; /* the last blank may open the next joint: ", and" */
                return i;
            }
        }
    }
    *len = 0;
    return text.len;
}

static void split(struct nd_view text, struct pieces *out)
{
    for (size_t from = 0; from < text.len && out->n < ND_FACETS_MAX;) {
        size_t len = 0, end = next_joint(text, from, &len);
        struct nd_view piece = strip_end(nd_view_sub(text, from, end));
        if (piece.len > 0) out->v[out->n++] = piece;
        from = end + (len ? len : 1);
    }
}

/* ---- facets ---- */

static bool is_aspect(struct nd_view words)
{
    size_t seen = 0;
    for (size_t at = 0; at < words.len;) {
        struct nd_view rest = nd_view_sub(words, at, words.len);
        size_t blank = nd_view_find(rest, ND_VIEW(" "), 0);
        struct nd_view word = nd_view_sub(rest, 0, blank == SIZE_MAX ? rest.len : blank);
        at += word.len + 1;
        if (opens_with(word, "the") || opens_with(word, "a") || opens_with(word, "any") || word.len == 0)
            continue;
        bool known = false;
        for (size_t i = 0; i < sizeof aspects / sizeof *aspects; i++) {
            size_t n = strlen(aspects[i]);
            known = known || (word.len >= n && word.len <= n + 3 && same_letters(word.data, aspects[i], n));
        }
        if (!known) return false;
        seen++;
    }
    return seen > 0;
}

/* "what must be" of "what must be opened": the question words and auxiliaries in front, if it opens with one.
 */
static struct nd_view clause_lead(struct nd_view piece)
{
    static const char *const who[] = {"what", "which", "who", "when", "where", "why", "how"};
    if (strip_one(piece, who, sizeof who / sizeof *who).len == piece.len) return nd_view_sub(piece, 0, 0);
    struct nd_view rest = STRIP(piece, lead_words);
    return nd_view_trim(nd_view_sub(piece, 0, piece.len - rest.len));
}

static void add_facet(struct nd_question *q, struct nd_view lead, struct nd_view piece)
{
    struct nd_view words = STRIP(piece, lead_words);
    if (words.len == 0 || q->n == ND_FACETS_MAX) return;
    struct nd_facet *f = &q->facet[q->n++];
    char *full =
        nd_sprintf("%.*s%s%.*s", (int)lead.len, lead.data, lead.len ? " " : "", (int)piece.len, piece.data);
    static const char *const articles[] = {"and", "or", "the", "a", "an"};
    f->title = nd_title_of(STRIP(nd_view_of(full), articles));
    f->aspect = is_aspect(words);
    f->clause = lead.len > 0 || clause_lead(piece).len > 0;
    f->words = nd_view_dup(f->clause ? STRIP(words, bare_verbs) : words);
    nd_free(full);
}

/* "NUT": one word with a capital, a name: it belongs to what the question is about. */
static bool is_name(struct nd_view piece)
{
    size_t at = 0;
    return piece.len > 0 && nd_view_find(piece, ND_VIEW(" "), 0) == SIZE_MAX &&
           nd_is_upper(nd_utf8_next(piece, &at));
}

/* "R is used for mixed models" in front of further facets: "mixed models" is the first of them. */
static struct nd_view object_of(struct nd_view head)
{
    static const char *const before[] = {" for ", " about ", " between ", " of ", " on ", " in "};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        size_t at = nd_view_find(head, nd_view_of(before[i]), 0);
        if (at == SIZE_MAX) continue;
        struct nd_view object = nd_view_sub(head, at + strlen(before[i]), head.len);
        bool clause = nd_view_find(object, ND_VIEW(" is "), 0) != SIZE_MAX ||
                      nd_view_find(object, ND_VIEW(" are "), 0) != SIZE_MAX ||
                      nd_view_find(object, ND_VIEW(" be "), 0) != SIZE_MAX;
        if (!clause && object.len > 0) return object;
    }
    return nd_view_sub(head, 0, 0);
}

/* "a mail server" of "configure a mail server": what "it" means in the parts after it. */
static struct nd_view task_object(struct nd_view piece)
{
    size_t blank = nd_view_find(piece, ND_VIEW(" "), 0);
    return blank == SIZE_MAX ? nd_view_sub(piece, 0, 0) : nd_view_trim(nd_view_sub(piece, blank, piece.len));
}

/* The piece with "it" and "them" replaced by what they mean. */
static void say_what(struct nd_view piece, struct nd_view object, struct nd_bytes *out)
{
    for (size_t at = 0; at < piece.len;) {
        struct nd_view rest = nd_view_sub(piece, at, piece.len);
        size_t blank = nd_view_find(rest, ND_VIEW(" "), 0);
        struct nd_view word = nd_view_sub(rest, 0, blank == SIZE_MAX ? rest.len : blank);
        bool pronoun = nd_view_is(word, "it") || nd_view_is(word, "them");
        at += word.len + 1;
        if (word.len == 0) continue;
        if (out->len) nd_bytes_add_char(out, ' ');
        nd_bytes_add_view(out, pronoun && object.len ? object : word);
    }
}

/* Where the head is not in front of a colon, it is the first piece, or what stands in it before its object.
 */
static struct nd_view head_of(struct pieces *pieces, size_t *first)
{
    struct nd_view piece = pieces->v[0];
    bool among = pieces->n > 2 || nd_view_find(piece, ND_VIEW(" between "), 0) != SIZE_MAX;
    struct nd_view object = among ? object_of(piece) : nd_view_sub(piece, 0, 0);
    if (object.len) pieces->v[0] = object;
    *first = object.len || pieces->n > 1 ? 0 : 1;
    return nd_view_sub(piece, 0, piece.len - object.len);
}

static void add_facets(struct nd_question *out, const struct pieces *pieces, size_t first, bool colon,
                       struct nd_bytes *head)
{
    struct nd_view lead = {"", 0}, object = colon ? lead : task_object(pieces->v[0]);
    for (size_t i = first; i < pieces->n; i++) {
        if (is_name(pieces->v[i]) && (!colon || pieces->n == 1)) {
            nd_bytes_addf(head, "%s%.*s", head->len ? " " : "", (int)pieces->v[i].len, pieces->v[i].data);
            continue;
        }
        struct nd_bytes said = ND_BYTES(ND_MIB);
        say_what(pieces->v[i], i > 0 ? object : nd_view_sub(object, 0, 0), &said);
        struct nd_view piece = nd_bytes_view(&said), new_lead = clause_lead(piece);
        add_facet(out, new_lead.len ? nd_view_sub(new_lead, 0, 0) : lead, piece);
        if (new_lead.len) lead = clause_lead(pieces->v[i]);
        nd_bytes_release(&said);
    }
}

void nd_question_cut(struct nd_question *out, const char *topic)
{
    *out = (struct nd_question){0};
    struct nd_view text = STRIP(strip_end(nd_view_of(topic)), openings);
    size_t colon = nd_view_find(text, ND_VIEW(": "), 0), first = 0;
    struct nd_view head =
        colon == SIZE_MAX ? nd_view_sub(text, 0, 0) : strip_end(nd_view_sub(text, 0, colon));
    struct pieces pieces = {0};
    split(head.len ? nd_view_sub(text, colon + 1, text.len) : text, &pieces);
    bool before_colon = head.len > 0;
    if (!before_colon && pieces.n > 0) head = head_of(&pieces, &first);

    struct nd_bytes whole = ND_BYTES(ND_MIB);
    nd_bytes_add_view(&whole, strip_end(head));
    add_facets(out, &pieces, first, before_colon, &whole);
    /* a single facet that is the head itself says nothing new */
    if (out->n == 1 && first == 0 && !before_colon) nd_question_release(out);
    if (whole.len == 0) nd_bytes_add_view(&whole, nd_view_trim(nd_view_of(topic)));
    out->subject = subject_words(nd_bytes_view(&whole));
    out->head = nd_bytes_take(&whole, NULL);
}

void nd_question_release(struct nd_question *q)
{
    for (size_t i = 0; i < q->n; i++) {
        nd_free(q->facet[i].title);
        nd_free(q->facet[i].words);
    }
    nd_free(q->head);
    nd_free(q->subject);
    *q = (struct nd_question){0};
}
