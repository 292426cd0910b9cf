#include "judge.h"

#include "fold.h"

#include "nightdesk/base/text.h"

#include <string.h>

#define SENTENCE_MIN_WORDS 3
#define SENTENCE_MAX_WORDS 120
#define HEAD_MAX_WORDS 14

/* "(1977)", "2004." and the like, or a copyright line: how entries of a bibliography and notices name their
 * year. */
static bool names_year(struct nd_view text)
{
    if (nd_view_starts(text, "Copyright") || nd_view_starts(text, "\xC2\xA9")) return true;
    for (size_t i = 0; i + 4 < text.len; i++) {
        const char *at = text.data + i;
        bool year = (at[0] == '1' && at[1] == '9') || (at[0] == '2' && at[1] == '0');
        bool digits = at[2] >= '0' && at[2] <= '9' && at[3] >= '0' && at[3] <= '9';
        bool ends = at[4] == ')' || at[4] == '.' || at[4] == ';' || at[4] == ':';
        if (year && digits && ends && (i == 0 || at[-1] < '0' || at[-1] > '9')) return true;
    }
    return false;
}

/* Next run between white space; false at the end. */
static bool next_run(struct nd_view text, size_t *at, struct nd_view *run)
{
    size_t start = text.len;
    size_t i = *at;
    while (i < text.len) {
        size_t next = i;
        bool space = nd_is_space(nd_utf8_next(text, &next));
        if (!space && start == text.len) start = i;
        if (space && start < text.len) break;
        i = next;
    }
    *run = nd_view_sub(text, start, i);
    *at = i;
    return run->len > 0;
}

/* "is", "will", "reads": what follows the name that a sentence starts with. */
static bool is_verb_like(struct nd_view run)
{
    static const char verbs[] =
        " is are was were has have had can cannot will would must should does do did may might could ";
    if (run.len >= 4 && run.data[run.len - 1] == 's') return true;
    char key[16];
    if (run.len + 2 >= sizeof key) return false;
    key[0] = ' ';
    memcpy(key + 1, run.data, run.len);
    memcpy(key + 1 + run.len, " ", 2);
    return strstr(verbs, key) != NULL;
}

/* "upsmon reads …", "kadm5.acl is …": may this lower-case start be the start of a sentence? */
static bool name_opens(const struct nd_piece *piece)
{
    struct nd_view first;
    struct nd_view second;
    size_t at = 0;
    if (!piece->entered || !next_run(piece->text, &at, &first)) return false;
    if (nd_is_grammar_word(piece->language, first)) return false;
    if (strchr(":,;", first.data[first.len - 1]) || !next_run(piece->text, &at, &second)) return false;
    for (size_t i = 0; i < first.len; i++) {
        bool sign = strchr("_./@:(0123456789", first.data[i]) && first.data[i];
        if (sign && i + 1 < first.len) return true;
    }
    return is_verb_like(second);
}

static bool ends_in_dots(struct nd_view text)
{
    size_t end = text.len;
    while (end > 0 && strchr(")]\"' ", text.data[end - 1])) end--;
    struct nd_view v = nd_view_sub(text, 0, end);
    return nd_view_ends(v, "..") || nd_view_ends(v, "\xE2\x80\xA6") || nd_view_ends(v, ". .");
}

/* "… are as follows." says nothing without what follows. */
static bool points_ahead(struct nd_view text)
{
    static const char *const tails[] = {"the following.", "as follows.", "like this.", "as below.",
                                        "shown below."};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        if (nd_view_ends(text, tails[i])) return true;
    }
    return false;
}

/* Running text of a language with a list of words of grammar has some of them in every sentence of some
 * length. */
static bool enough_grammar(const struct nd_measure *m, const struct nd_language *language)
{
    uint32_t words = m->words - (m->cjk + 1) / 2;
    bool listed = language && language->stop_count > 0;
    if (!listed || m->cjk * 2 > m->letters || words < 5) return true;
    return m->stops * 100 >= words * (words >= 10 ? 12 : 10);
}

/* "2.6.0 2011-01-14 First release": a row of a table. */
static bool starts_with_two_numbers(struct nd_view text)
{
    struct nd_view run;
    size_t at = 0;
    if (!next_run(text, &at, &run) || !next_run(text, &at, &run)) return false;
    return run.data[0] >= '0' && run.data[0] <= '9';
}

static bool starts_whole(const struct nd_piece *piece, const struct nd_measure *m)
{
    switch (m->first) {
    case ND_EDGE_UPPER:
    case ND_EDGE_LETTER:
        return true;
    case ND_EDGE_DIGIT:
        return !starts_with_two_numbers(piece->text);
    case ND_EDGE_LOWER:
        return name_opens(piece);
    case ND_EDGE_OTHER:
        return piece->entered && m->stops >= 2;
    default:
        return false;
    }
}

static bool is_whole(const struct nd_piece *piece, const struct nd_measure *m)
{
    if (m->last != ND_EDGE_STOP || ends_in_dots(piece->text) || !starts_whole(piece, m)) return false;
    if (m->words < SENTENCE_MIN_WORDS || m->words > SENTENCE_MAX_WORDS) return false;
    if (m->brackets != 0 || piece->broken || points_ahead(piece->text)) return false;
    if (m->letters * 100 < m->chars * 65) return false;
    uint32_t odd = m->names + m->numbers + m->marks;
    if (odd * 2 > m->words) return false;
    if (m->words >= 6 && m->capitals * 10 > m->words * 7 && m->stops * 5 < m->words) return false;
    return enough_grammar(m, piece->language);
}

/* A short line of its own, without a stop, that does not break off on a comma or a word of grammar. */
static bool is_head(const struct nd_piece *piece, const struct nd_measure *m)
{
    if (!piece->alone || piece->bullet || piece->lines > 2 || m->words > HEAD_MAX_WORDS || m->words == 0)
        return false;
    if (m->first == ND_EDGE_LOWER || m->first == ND_EDGE_OTHER || m->brackets != 0) return false;
    struct nd_view text = piece->text;
    if (m->last == ND_EDGE_STOP) return text.data[text.len - 1] == '?' && piece->lines == 1;
    if (m->last == ND_EDGE_COLON || m->last == ND_EDGE_COMMA || m->last == ND_EDGE_HYPHEN) return false;
    struct nd_view last = {0};
    struct nd_view run;
    for (size_t at = 0; next_run(text, &at, &run);) last = run;
    return !nd_is_grammar_word(piece->language, last);
}

enum nd_unit_kind nd_judge(const struct nd_piece *piece, const struct nd_measure *m)
{
    if (m->marks >= 2 && m->marks * 5 > m->words) return ND_UNIT_CODE;
    if (m->numbers >= 3 && m->numbers * 5 > m->words * 2) return ND_UNIT_NUMERIC;
    if (m->words >= 6 && m->capitals * 2 > m->words && m->stops * 5 < m->words && names_year(piece->text))
        return ND_UNIT_REFERENCE;
    if (is_head(piece, m)) return ND_UNIT_HEAD;
    if (is_whole(piece, m)) return ND_UNIT_PROSE;
    if (m->marks && m->stops == 0) return ND_UNIT_CODE;
    return piece->bullet && piece->alone ? ND_UNIT_ITEM : ND_UNIT_FRAGMENT;
}

/* Words that stand before a lone letter: "Appendix A describes" is no heading "Appendix" before "A
 * describes". */
static bool takes_letter(struct nd_view run)
{
    static const char words[] =
        " appendix annex section part plan type class option figure table group phase step "
        "level model case vitamin hepatitis series category grade schedule exhibit ";
    char key[16] = " ";
    if (run.len + 2 >= sizeof key) return false;
    for (size_t i = 0; i < run.len; i++) key[i + 1] = (char)nd_text_lower((unsigned char)run.data[i]);
    memcpy(key + 1 + run.len, " ", 2);
    return strstr(words, key) != NULL;
}

static bool is_one_of(struct nd_view run, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (nd_view_is(run, words[i])) return true;
    }
    return false;
}

/* How a sentence may open behind a heading: words that no name holds with a capital (strong), and others
 * (weak). */
enum opening { OPENS_NOT, OPENS_WEAK, OPENS_STRONG };

static enum opening opening_of(struct nd_view run, struct nd_view before)
{
    static const char *const strong[] = {"This", "These", "If",    "When", "You",
                                         "Wenn", "Dies",  "Diese", "Este", "Esta"};
    static const char *const weak[] = {"The",  "An", "It", "In",  "To", "For", "Der", "Die", "Das", "Ein",
                                       "Eine", "Le", "La", "Les", "Un", "Une", "Il",  "El",  "Los", "Las"};
    if (is_one_of(run, strong, sizeof strong / sizeof strong[0])) return OPENS_STRONG;
    if (is_one_of(run, weak, sizeof weak / sizeof weak[0])) return OPENS_WEAK;
    return nd_view_is(run, "A") && !takes_letter(before) ? OPENS_WEAK : OPENS_NOT;
}

#define HEAD_RUNS 8
#define HEAD_RUNS_WEAK 5

/* "FileSet A FileSet is …", "Job A Bacula Job is …": the term comes again in the next words. */
static bool comes_again(struct nd_view term, struct nd_view text, size_t at)
{
    struct nd_view run;
    for (int i = 0; i < 3 && next_run(text, &at, &run); i++) {
        if (nd_view_eq(run, term)) return true;
    }
    return false;
}

/* Does a sentence start with the run that ends at `at`, given how it opens and what stands before it? */
static bool sentence_opens(struct nd_view text, struct nd_view run, size_t at, struct nd_view before,
                           const struct nd_language *language)
{
    struct nd_view next;
    size_t ahead = at;
    if (!next_run(text, &ahead, &next)) return false;
    if (!nd_view_is(run, "A") || comes_again(before, text, at)) return true;
    size_t first = 0;
    return nd_is_lower(nd_utf8_next(next, &first)) && !nd_is_grammar_word(language, next);
}

/*
 * No grammatical sentence has a capitalised "This" inside without a stop or comma before it, so what stands
 * before it at the start of a line is a heading, a term that is explained, or a table's first cell.
 */
size_t nd_run_in_head(struct nd_view text, const struct nd_language *language)
{
    struct nd_view run;
    struct nd_view before = {0};
    size_t at = 0;
    bool grammar = false; /* a word of grammar stands in what may be the heading */
    bool code = false;
    for (size_t i = 0; i <= HEAD_RUNS && next_run(text, &at, &run); i++) {
        enum opening opening = i > 0 ? opening_of(run, before) : OPENS_NOT;
        if (opening == OPENS_WEAK && !code && (grammar || i > HEAD_RUNS_WEAK)) return 0;
        if (opening != OPENS_NOT)
            return sentence_opens(text, run, at, before, language) ? (size_t)(run.data - text.data) : 0;
        grammar = grammar || nd_is_grammar_word(language, run);
        code = code || memchr(run.data, '=', run.len) || run.data[0] == '<' || run.data[0] == '[';
        if (!code && strchr(".,:;!?)\"-", run.data[run.len - 1])) return 0;
        before = run;
    }
    return 0;
}
