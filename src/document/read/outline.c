#include "outline.h"

#include <stdlib.h>
#include <string.h>

enum {
    JOIN_MAX = 3,         /* lines that one title may take */
    LINE_BYTES_MAX = 400, /* a longer line is no heading */
    PLACES_MAX = 1000000, /* pairs of a bookmark and a line that reads like it */
    LIST_LINES_MIN = 8,   /* a page with that many titles, … */
    LIST_PERCENT = 70,    /* … which are that share of its lines with letters, lists them */
    NUMBER_DIGITS = 2,    /* of one part of a section's number: X.509 is none */
    LEVEL_MAX = 64,
};

/* A text without its leading number ("3.1", "Appendix B"), reduced to letters and digits, hashed. */
struct key {
    uint64_t text, number; /* number 0: has none */
};
struct wanted {
    struct key key;
    size_t bookmark;
};
struct place {
    size_t bookmark;
    struct nd_range range;
    uint32_t line; /* of its page, from 0 */
    size_t before; /* the place before it in the best row, SIZE_MAX: none */
};
struct places {
    struct place *v;
    size_t n, cap;
};

void nd_bookmarks_add(struct nd_bookmarks *list, unsigned level, struct nd_view title)
{
    char *line = list->n < ND_READ_HEADINGS_MAX ? nd_one_line(title) : NULL;
    if (!line) return;
    ND_GROW(list->v, list->n, list->cap);
    list->v[list->n++] = (struct nd_bookmark){level < LEVEL_MAX ? level : LEVEL_MAX, line};
}

void nd_bookmarks_release(struct nd_bookmarks *list)
{
    for (size_t i = 0; i < list->n; i++) nd_free(list->v[i].title);
    nd_free(list->v);
    *list = (struct nd_bookmarks){0};
}

/* ---- keys ---- */

static uint64_t hash_of(struct nd_view text)
{
    uint64_t hash = 0xCBF29CE484222325U; /* FNV-1a over the letters and digits */
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_text_lower(nd_utf8_next(text, &at));
        if (nd_is_letter(c) || nd_is_digit(c) || nd_is_mark(c)) hash = (hash ^ c) * 0x100000001B3U;
    }
    return hash;
}

static bool has_letter(struct nd_view text)
{
    for (size_t at = 0; at < text.len;) {
        if (nd_is_letter(nd_utf8_next(text, &at))) return true;
    }
    return false;
}

/* "3", "3.1.", "A.2", "J", "iv": letters only as the first part, one or a Roman number. */
static bool is_number(struct nd_view word)
{
    static const char roman[] = "IVXLivxl";
    size_t letters = 0, others = 0, digits = 0, in_part = 0;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.data[i];
        if (c >= '0' && c <= '9') {
            digits++;
            if (++in_part > NUMBER_DIGITS) return false;
        } else if ((c >= 'A' && c <= 'Z') || strchr(roman, c)) {
            if (digits > 0 || ++letters > 4) return false;
            if (!strchr(roman, c)) others++;
        } else if (strchr(".:)-", c)) {
            in_part = 0;
        } else {
            return false;
        }
    }
    return letters <= 1 ? letters + digits > 0 : others == 0;
}

static bool is_part_word(struct nd_view word)
{
    static const char *const words[] = {"Chapter", "CHAPTER", "Section",  "Appendix", "APPENDIX", "Part",
                                        "PART",    "Kapitel", "Anhang",   "Teil",     "Chapitre", "Annexe",
                                        "Partie",  "Article", "Capítulo", "Capitolo", "Annex"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (nd_view_is(word, words[i])) return true;
    }
    return false;
}

static struct key key_of(struct nd_view text)
{
    struct key key = {0};
    struct nd_view rest = nd_view_trim(text);
    for (unsigned i = 0; i < 2; i++) {
        size_t end = 0;
        while (end < rest.len && rest.data[end] != ' ' && rest.data[end] != '\n' && rest.data[end] != '\t')
            end++;
        struct nd_view word = nd_view_sub(rest, 0, end),
                       after = nd_view_trim(nd_view_sub(rest, end, rest.len));
        bool number = is_number(word);
        if (!has_letter(after) || !(number || is_part_word(word))) break;
        if (number) key.number = hash_of(word);
        rest = after;
        if (number) break;
    }
    key.text = hash_of(rest);
    return key;
}

static int compare_wanted(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    if (x->key.text != y->key.text) return x->key.text < y->key.text ? -1 : 1;
    return (x->bookmark > y->bookmark) - (x->bookmark < y->bookmark);
}

/* ---- places ---- */

static void add_places(struct places *places, const struct wanted *wanted, size_t count, struct key key,
                       struct nd_range range, uint32_t line)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (wanted[middle].key.text < key.text)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < count && wanted[low].key.text == key.text && places->n < PLACES_MAX; low++) {
        uint64_t number = wanted[low].key.number;
        if (number && key.number && number != key.number) continue;
        ND_GROW(places->v, places->n, places->cap);
        places->v[places->n++] = (struct place){wanted[low].bookmark, range, line, SIZE_MAX};
    }
}

/* Drops what was found on a page that lists the titles. */
static void end_page(struct places *places, size_t first, uint32_t lines)
{
    size_t found = 0;
    for (size_t i = first; i < places->n; i++)
        found += i == first || places->v[i].range.start != places->v[i - 1].range.start;
    if (found >= LIST_LINES_MIN && found * 100 >= lines * (size_t)LIST_PERCENT) places->n = first;
}

static size_t line_end(struct nd_view page, size_t at)
{
    size_t end = nd_view_find(page, ND_VIEW("\n"), at);
    return end == SIZE_MAX ? page.len : end;
}

static void find_on_page(struct places *places, const struct wanted *wanted, size_t count, uint32_t number,
                         struct nd_view page)
{
    size_t first = places->n;
    uint32_t line = 0, lettered = 0;
    for (size_t at = 0; at < page.len; line++) {
        size_t end = line_end(page, at), next = end + 1;
        lettered += has_letter(nd_view_sub(page, at, end));
        for (unsigned joined = 0; joined < JOIN_MAX && end - at <= LINE_BYTES_MAX; joined++) {
            struct nd_view text = nd_view_sub(page, at, end);
            struct nd_range range = {number, (uint32_t)at, (uint32_t)end};
            if (has_letter(text)) add_places(places, wanted, count, key_of(text), range, line);
            if (end >= page.len) break;
            end = line_end(page, end + 1);
        }
        at = next;
    }
    end_page(places, first, lettered);
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->bookmark != y->bookmark) return x->bookmark < y->bookmark ? -1 : 1;
    if (x->range.page != y->range.page)
        return x->range.page > y->range.page ? -1 : 1; /* later places first */
    if (x->range.start != y->range.start) return x->range.start > y->range.start ? -1 : 1;
    return (x->range.end < y->range.end) - (x->range.end > y->range.end);
}

static bool is_before(const struct place *a, const struct place *b)
{
    return a->range.page < b->range.page ||
           (a->range.page == b->range.page && a->range.start < b->range.start);
}

/* The longest row of places, one a bookmark at most, that stand in the document in the bookmarks' order; of
 * those the earliest. Sorting a bookmark's places backwards lets the usual method take at most one of them.
 */
static size_t longest_row(struct places *places)
{
    size_t *ends = ND_ARRAY(size_t, places->n + 1); /* ends[k]: the earliest last place of a row of k + 1 */
    size_t rows = 0;
    for (size_t i = 0; i < places->n; i++) {
        size_t low = 0, high = rows;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (is_before(&places->v[ends[middle]], &places->v[i]))
                low = middle + 1;
            else
                high = middle;
        }
        places->v[i].before = low > 0 ? ends[low - 1] : SIZE_MAX;
        ends[low] = i;
        if (low == rows) rows++;
    }
    size_t last = rows > 0 ? ends[rows - 1] : SIZE_MAX;
    nd_free(ends);
    return last;
}

/* A running head at the top of the page where its section starts is passed over for the heading below it. */
static struct nd_range below_head(const struct places *places, size_t chosen)
{
    const struct place *p = &places->v[chosen];
    if (p->line > 0) return p->range;
    for (size_t i = chosen; i-- > 0 && places->v[i].bookmark == p->bookmark;) {
        const struct place *other = &places->v[i];
        if (other->range.page == p->range.page && other->range.start >= p->range.end) return other->range;
    }
    return p->range;
}

/* ---- all together ---- */

static struct places find_all(const struct nd_bookmarks *list, const struct nd_job *job)
{
    struct places places = {0};
    struct wanted *wanted = ND_ARRAY(struct wanted, list->n + 1);
    struct nd_pages pages = {0};
    for (size_t i = 0; i < list->n; i++) wanted[i] = (struct wanted){key_of(nd_view_of(list->v[i].title)), i};
    qsort(wanted, list->n, sizeof *wanted, compare_wanted);
    if (nd_pages_split(&pages, nd_bytes_view(&job->blob), job->reading->pages, NULL) == ND_OK) {
        for (uint32_t page = 1; page <= pages.n; page++)
            find_on_page(&places, wanted, list->n, page, nd_pages_at(&pages, page));
    }
    nd_pages_release(&pages);
    nd_free(wanted);
    if (places.n > 0) qsort(places.v, places.n, sizeof *places.v, compare_places);
    return places;
}

void nd_bookmarks_place(struct nd_job *job, const struct nd_bookmarks *list)
{
    if (list->n == 0 || job->pages_done != job->reading->pages) return;
    struct places places = find_all(list, job);
    struct nd_range *found = ND_ARRAY(struct nd_range, list->n); /* page 0: not found */
    for (size_t i = longest_row(&places); i != SIZE_MAX; i = places.v[i].before)
        found[places.v[i].bookmark] = below_head(&places, i);
    uint32_t page = 1;
    for (size_t i = 0; i < list->n; i++) {
        struct nd_range range = found[i].page ? found[i] : (struct nd_range){page, 0, 0};
        page = range.page;
        nd_job_heading(job, range, list->v[i].level, true, nd_view_of(list->v[i].title));
    }
    nd_free(found);
    nd_free(places.v);
}
