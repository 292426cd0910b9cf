#include "headline.h"
#include "title.h"

#include <string.h>

enum { GROUPS_MAX = 400, FIRST_LINE_MAX_BYTES = 120, LARGE = 16, COMMON = 12 /* points */ };

/* Words in a row in letters of one size; a title of two lines is one group. */
struct group {
    struct nd_bytes text;
    double size, top;
    size_t letters, lines;
    bool space_after;
};
struct groups {
    struct group v[GROUPS_MAX];
    size_t n;
};

static size_t letters_in(struct nd_view text)
{
    size_t letters = 0;
    for (size_t at = 0; at < text.len;) letters += nd_is_letter(nd_utf8_next(text, &at));
    return letters;
}

static bool is_near(double a, double b, double tolerance)
{
    return a < b * tolerance && b < a * tolerance;
}

static void add_word(void *ctx, const struct nd_poppler_word *word)
{
    struct groups *groups = ctx;
    struct group *g = groups->n > 0 ? &groups->v[groups->n - 1] : NULL;
    size_t letters = letters_in(word->text);
    bool same_line = g && word->top < g->top + g->size * 0.5 && word->top > g->top - g->size * 0.5;
    /* a name in another font may be a little smaller within its line */
    bool joins = g && is_near(word->height, g->size, same_line ? 1.2 : 1.05) &&
                 (same_line || word->top < g->top + g->size * 2);
    bool sign = g && same_line && letters < 2; /* a bracket or © in another font */
    if (!g || (!joins && !sign)) {
        if (groups->n == GROUPS_MAX) return;
        g = &groups->v[groups->n++];
        *g = (struct group){.text = ND_BYTES(4096), .size = word->height, .top = word->top};
    }
    if (g->text.len > 0 && (g->space_after || !same_line)) nd_bytes_add_char(&g->text, ' ');
    if (!same_line) g->lines++;
    nd_bytes_add_view(&g->text, word->text);
    g->letters += letters;
    g->top = word->top;
    g->space_after = word->space_after;
}

/* The size in which most letters of the page are set. */
static double body_size(const struct groups *groups)
{
    double best = 0;
    size_t most = 0;
    for (size_t i = 0; i < groups->n; i++) {
        size_t letters = 0;
        for (size_t k = 0; k < groups->n; k++)
            letters += is_near(groups->v[k].size, groups->v[i].size, 1.05) ? groups->v[k].letters : 0;
        if (letters > most) {
            most = letters;
            best = groups->v[i].size;
        }
    }
    return best > LARGE ? COMMON : best; /* a title page may have nothing but the title */
}

/* Mostly letters, in a script whose words poppler gives in reading order; not a section's number and title.
 */
static bool is_legible(const struct group *g)
{
    struct nd_view text = nd_view_trim(nd_bytes_view(&g->text));
    size_t signs = 0, odd = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        signs += !nd_is_space(c);
        odd += nd_is_rtl(c);
    }
    bool numbered = text.len > 1 && text.data[0] >= '1' && text.data[0] <= '9' && strchr(". ", text.data[1]);
    return text.len >= 4 && g->letters >= 2 && g->letters * 3 >= signs * 2 && odd == 0 && !numbered;
}

/* What a paper appeared in is not what it is called. */
static bool is_series(const struct group *g)
{
    static const char *const words[] = {"Journal",     "JOURNAL",      "Proceedings",
                                        "PROCEEDINGS", "Transactions", "Zeitschrift"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (nd_view_find(nd_bytes_view(&g->text), nd_view_of(words[i]), 0) != SIZE_MAX) return true;
    }
    return false;
}

static void choose(struct nd_job *job, const struct groups *groups)
{
    double body = body_size(groups);
    for (size_t i = 0; i < groups->n; i++) {
        const struct group *first = &groups->v[i], *second = i + 1 < groups->n ? &groups->v[i + 1] : NULL;
        if (first->size < body * 1.15 || !is_legible(first) || is_series(first)) continue;
        struct nd_bytes title = ND_BYTES(8192);
        nd_bytes_add_view(&title, nd_view_trim(nd_bytes_view(&first->text)));
        /* a slogan or a series above a title that is large, too */
        if (second && second->size > first->size * 0.6 && second->size < first->size &&
            second->size > body * 1.8 && is_legible(second)) {
            nd_bytes_add_str(&title, ": ");
            nd_bytes_add_view(&title, nd_bytes_view(&second->text));
        }
        nd_title_from_heading(job, nd_bytes_view(&title));
        nd_bytes_release(&title);
        return;
    }
}

/* The first line of the first page's text. */
static void choose_first_line(struct nd_job *job)
{
    struct nd_view page =
        nd_view_sub(nd_bytes_view(&job->blob), 0, nd_view_find(nd_bytes_view(&job->blob), ND_VIEW("\f"), 0));
    struct nd_view line = nd_view_trim(nd_view_sub(page, 0, nd_view_find(page, ND_VIEW("\n"), 0)));
    size_t words = 1;
    for (size_t i = 0; i < line.len; i++) words += line.data[i] == ' ';
    bool sentence = nd_view_ends(line, ".") || nd_view_ends(line, ",");
    size_t letters = letters_in(line);
    if (line.len <= FIRST_LINE_MAX_BYTES && !sentence && words >= 2 && letters * 2 >= line.len)
        nd_title_from_heading(job, line);
}

void nd_headline(struct nd_job *job, const struct nd_poppler *pdf, uint32_t page)
{
    if (job->reading->title) return;
    struct groups *groups = ND_NEW(struct groups);
    nd_poppler_words(pdf, page, add_word, groups);
    choose(job, groups);
    if (!job->reading->title && page == 0) choose_first_line(job);
    for (size_t i = 0; i < groups->n; i++) nd_bytes_release(&groups->v[i].text);
    nd_free(groups);
}
