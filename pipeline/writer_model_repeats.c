/* What a model says twice, and what it says in the words of a document. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/index/words.h"
#include "writer_model.h"
#include <string.h>
#include <strings.h>

#define REPEATS 0.7        /* of the terms of two sentences: they say the same */
#define THINNED_PERCENT 80 /* of a piece's words, with gaps between them: the same */
#define COPIED_PERCENT 60  /* of a piece's words, one after another: the sentence is that piece */

static struct nd_json *but_its_text(const struct nd_json *item)
{
    struct nd_json *rest = nd_json_copy(item);
    nd_json_remove(rest, "text");
    return rest;
}

/* All numbers of a stand in b. */
static bool numbers_held(struct nd_view a, struct nd_view b)
{
    char *missing = nd_number_missing(a, &b, 1);
    bool held = missing == NULL;
    nd_free(missing);
    return held;
}

static bool repeats(const struct nd_json *a, const struct nd_json *b)
{
    struct nd_view x = nd_json_view(nd_json_get(a, "text")), y = nd_json_view(nd_json_get(b, "text"));
    if (nd_view_trim(x).len == 0 || nd_jaccard(x, y, NULL) < REPEATS || !numbers_held(x, y) ||
        !numbers_held(y, x))
        return false;
    struct nd_json *of_a = but_its_text(a), *of_b = but_its_text(b);
    bool same = nd_json_equal(of_a, of_b);
    nd_json_free(of_a);
    nd_json_free(of_b);
    return same;
}

size_t nd_answer_repeats(const struct nd_json *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (repeats(nd_json_at(list, i), nd_json_at(list, k))) return k + 1;
    return 0;
}

static bool same_word(struct nd_view a, struct nd_view b)
{
    return a.len == b.len && strncasecmp(a.data, b.data, a.len) == 0;
}

/* From `at` on, b says the first `most` words of a (all, when it has fewer). */
static bool says_from(struct nd_view b, size_t at, struct nd_view a, size_t most)
{
    struct nd_view one, other;
    for (size_t of_a = 0; most-- > 0 && nd_word_next(a, &of_a, &one);)
        if (!nd_word_next(b, &at, &other) || !same_word(one, other)) return false;
    return true;
}

static bool says(struct nd_view b, struct nd_view a, size_t most)
{
    struct nd_view word;
    for (size_t at = 0, from = 0; nd_word_next(b, &at, &word); from = at)
        if (says_from(b, from, a, most)) return true;
    return false;
}

bool nd_words_shared(struct nd_view a, struct nd_view b, size_t least)
{
    struct nd_view word;
    size_t words = 0;
    for (size_t at = 0; nd_word_next(a, &at, &word);) words++;
    for (size_t at = 0; words >= least && least > 0; words--) {
        if (says(b, nd_view_sub(a, at, a.len), least)) return true;
        (void)nd_word_next(a, &at, &word);
    }
    return false;
}

/* The words of a stand in b in their order, with others between them. */
static bool says_with_gaps(struct nd_view b, struct nd_view a)
{
    struct nd_view one, other;
    size_t of_b = 0;
    for (size_t of_a = 0; nd_word_next(a, &of_a, &one);) {
        do {
            if (!nd_word_next(b, &of_b, &other)) return false;
        } while (!same_word(one, other));
    }
    return true;
}

bool nd_sentence_copies(struct nd_view sentence, struct nd_view piece)
{
    size_t words = nd_word_count(sentence), of_piece = nd_word_count(piece);
    if (words == 0) return false;
    return (words * 100 >= of_piece * COPIED_PERCENT && says(piece, sentence, SIZE_MAX)) ||
           (words * 100 >= of_piece * THINNED_PERCENT && says_with_gaps(piece, sentence));
}
