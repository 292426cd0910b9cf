/* Does a sentence state something, and does it stand on its own? By its words alone; English cues only. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "writer_extractive.h"
#include "writer_extractive_cues.h"
#include <string.h>

#define WORDS_LEAST 6
#define WORDS_MOST 70
#define LETTERS_LEAST 0.75 /* letters and blanks among the characters */

/* Words that make a statement of a sentence: what is so by default, what must or must not be done, what
 * follows. */
static const char *const default_words[] = {"default",    "defaults",  "typically",  "usually",
                                            "normally",   "generally", "mainly",     "primarily",
                                            "in essence", "by design", "in general", "as a rule"};
static const char *const cue_words[] = {
    "must",        "should",      "shall",         "never",       "always",    "only",        "require",
    "requires",    "required",    "recommend",     "recommended", "warning",   "note that",   "note:",
    "important",   "caution",     "avoid",         "do not",      "cannot",    "ensure",      "make sure",
    "means that",  "is called",   "are called",    "because",     "therefore", "at least",    "at most",
    "maximum",     "minimum",     "error",         "fail",        "fails",     "unless",      "instead",
    "significant", "responsible", "suggests",      "allows",      "prevents",  "consists of", "is used to",
    "is intended", "depends on",  "best practice", "strongly"};
static const char *const no_words[] = {"not",   "never", "no",      "cannot", "without",
                                       "until", "none",  "nothing", "n't"};
static const char *const all_words[] = {"only", "never", "always", "all",  "must",     "should",
                                        "any",  "every", "both",   "each", "at least", "at most"};
static const char *const warn_words[] = {"warning",           "caution",      "beware",
                                         "careful",           "danger",       "dangerous",
                                         "must not",          "should not",   "should never",
                                         "must never",        "avoid",        "misleading",
                                         "incorrect",         "wrong",        "invalid",
                                         "unreliable",        "biased",       "caveat",
                                         "not recommended",   "pitfall",      "inappropriate",
                                         "mistake",           "be aware",     "keep in mind",
                                         "unfortunately",     "there are no", "does not mean",
                                         "not valid",         "never use",    "do not use",
                                         "does not work",     "not suitable", "not appropriate",
                                         "cannot be used",    "risk of",      "important to realize",
                                         "important to note", "contrary to"};
static const char *const warn_openings[] = {"do not", "don't", "never", "note that", "note:", "remember"};
/* What a sentence of a writer about himself, or to the reader, holds. */
static const char *const person_words[] = {"i",   "we",   "my",    "our",   "me",    "us",
                                           "i'm", "i've", "we'll", "let's", "let us"};
/* Openings that lean on the sentence before. */
static const char *const leaning[] = {"this",
                                      "that",
                                      "these",
                                      "those",
                                      "it",
                                      "they",
                                      "them",
                                      "he",
                                      "she",
                                      "its",
                                      "their",
                                      "such",
                                      "here",
                                      "there",
                                      "then",
                                      "thus",
                                      "so",
                                      "hence",
                                      "however",
                                      "therefore",
                                      "also",
                                      "but",
                                      "and",
                                      "or",
                                      "otherwise",
                                      "instead",
                                      "again",
                                      "next",
                                      "second",
                                      "secondly",
                                      "third",
                                      "finally",
                                      "similarly",
                                      "likewise",
                                      "furthermore",
                                      "moreover",
                                      "in addition",
                                      "additionally",
                                      "in this case",
                                      "in that case",
                                      "for example",
                                      "for instance",
                                      "in other words",
                                      "as such",
                                      "consequently",
                                      "conversely",
                                      "nevertheless",
                                      "both",
                                      "the latter",
                                      "the former",
                                      "another",
                                      "in contrast",
                                      "accordingly",
                                      "the above",
                                      "once done",
                                      "alternatively",
                                      "as a result",
                                      "nonetheless",
                                      "still",
                                      "yet",
                                      "even so",
                                      "likewise",
                                      "after that",
                                      "afterwards",
                                      "the same"};
/* Pointing at something that is not in the quote. */
static const char *const pointing[] = {"above",
                                       "below",
                                       "following",
                                       "as follows",
                                       "previous section",
                                       "next section",
                                       "this section",
                                       "this chapter",
                                       "next chapter",
                                       "previous chapter",
                                       "this document",
                                       "this manual",
                                       "this guide",
                                       "this page",
                                       "this paragraph",
                                       "this appendix",
                                       "this vignette",
                                       "this example",
                                       "previous example",
                                       "earlier example",
                                       "see section",
                                       "see chapter",
                                       "see figure",
                                       "see table",
                                       "see also",
                                       "in section",
                                       "in chapter",
                                       "in figure",
                                       "the figure",
                                       "figure",
                                       "the table shows",
                                       "equation",
                                       "listed here",
                                       "shown here",
                                       "described here",
                                       "this tutorial",
                                       "this howto",
                                       "this faq",
                                       "refer to",
                                       "mentioned earlier",
                                       "described earlier",
                                       "the example",
                                       "last section",
                                       "discussed later",
                                       "later section",
                                       "described later",
                                       "see the",
                                       "here is",
                                       "here are",
                                       "is an example of",
                                       "in the next",
                                       "in this paper",
                                       "in a future"};

/* What a document says of itself and its terms. */
static const char *const imprint[] = {"license",
                                      "licence",
                                      "licensed",
                                      "copyright",
                                      "warranty",
                                      "trademark",
                                      "trademarks",
                                      "isbn",
                                      "all rights reserved",
                                      "mailing list",
                                      "bug report",
                                      "bug reports",
                                      "this document is",
                                      "typographical conventions",
                                      "free documentation"};

/* A document that leads through itself. */
static const char *const touring[] = {"see",      "section",  "sections", "chapter",
                                      "chapters", "appendix", "refer to"};

/* ---- what it is made of ---- */

struct makeup {
    size_t characters, letters, digits, blanks, odd; /* odd: what code is made of */
    size_t words, stops;
    bool stop_end, lower_start, link, open_bracket;
};

static void count_characters(struct nd_view v, struct makeup *m)
{
    int depth = 0;
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        m->characters++;
        if (nd_is_letter(c) || nd_is_mark(c))
            m->letters++;
        else if (nd_is_digit(c))
            m->digits++;
        else if (nd_is_space(c))
            m->blanks++;
        else if (c < 0x80 && strchr("{}[]<>|=\\$@#~^_*&+/", (int)c))
            m->odd++;
        depth += (c == '(') - (c == ')');
        if (depth < 0) m->open_bracket = true;
    }
    if (depth != 0) m->open_bracket = true;
}

static void look(struct nd_view v, const char *lang, struct makeup *m)
{
    *m = (struct makeup){0};
    count_characters(v, m);
    struct nd_view word;
    for (size_t at = 0; nd_word_next(v, &at, &word);) {
        char low[24];
        m->words++;
        for (size_t i = 0; i < word.len && i < sizeof low; i++)
            low[i] = (char)(word.data[i] >= 'A' && word.data[i] <= 'Z' ? word.data[i] + 32 : word.data[i]);
        if (word.len < sizeof low) m->stops += nd_stop_word(lang, (struct nd_view){low, word.len});
    }
    static const char *const ends[] = {".",  "!",  "?",  ".)", ".\"", ".”", ".’",
                                       ".'", "。", "！", "？", "؟",   "."};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        m->stop_end = m->stop_end || nd_view_ends(v, ends[i]);
    size_t at = 0;
    m->lower_start = v.len > 0 && nd_is_lower(nd_utf8_next(v, &at));
    m->link =
        nd_view_find(v, ND_VIEW("://"), 0) != SIZE_MAX || nd_view_find(v, ND_VIEW("www."), 0) != SIZE_MAX;
}

static bool cjk(struct nd_view v)
{
    for (size_t at = 0; at < v.len;) {
        if (nd_is_cjk(nd_utf8_next(v, &at))) return true;
    }
    return false;
}

/* Pointing outside of parentheses; "(see Section 9.9)" at its place does no harm. */
static bool points_away(struct nd_view low)
{
    for (size_t i = 0; i < sizeof pointing / sizeof *pointing; i++) {
        size_t len = strlen(pointing[i]), at = nd_view_find(low, nd_view_of(pointing[i]), 0);
        for (; at != SIZE_MAX; at = nd_view_find(low, nd_view_of(pointing[i]), at + len)) {
            if (!nd_cue_at(low, pointing[i], at)) continue;
            int depth = 0;
            for (size_t k = 0; k < at; k++) depth += (low.data[k] == '(') - (low.data[k] == ')');
            if (depth <= 0) return true;
        }
    }
    return false;
}

static double quality_of(const struct makeup *m, struct nd_view shown, struct nd_view low, bool leans)
{
    bool ideographs = cjk(shown);
    size_t words = ideographs ? nd_word_count(shown) : m->words;
    if (words < WORDS_LEAST || words > WORDS_MOST || !m->stop_end) return 0;
    if (!ideographs && (double)(m->letters + m->blanks) < LETTERS_LEAST * (double)m->characters) return 0;
    if (nd_view_find(shown, ND_VIEW("\xEF\xBF\xBD"), 0) != SIZE_MAX)
        return 0; /* text that was not readable */
    if (!ideographs && nd_sentence_is_piece(shown, low)) return 0;
    double q = 1;
    if (m->lower_start) q *= .6;
    if (words < 9) q *= .8;
    if (words > 45) q *= .8;
    if (leans) q *= .7;
    if (m->link) q *= .5;
    if (m->open_bracket) q *= .6;
    if (m->odd > 0) q *= m->odd > 4 ? .3 : 1 - .12 * (double)m->odd;
    if (!ideographs && (double)m->stops < .2 * (double)m->words) q *= .5;
    if (nd_view_ends(shown, "?")) q *= .4;
    if (points_away(low)) q *= .4;
    if (ND_COUNT(low, imprint)) q *= .3;
    if (ND_OPENS(low, touring)) q *= .3;
    if (nd_view_find(shown, ND_VIEW(". . ."), 0) != SIZE_MAX ||
        nd_view_find(shown, ND_VIEW("..."), 0) != SIZE_MAX)
        q *= .5;
    return q;
}

static double salience_of(const struct makeup *m, struct nd_view low, uint8_t flags)
{
    unsigned cues = ND_COUNT(low, cue_words);
    double s = 1.5 * (ND_COUNT(low, default_words) > 0) + 1.2 * (cues > 3 ? 3 : cues) / 3 +
               .6 * (ND_COUNT(low, no_words) > 0) + .6 * (ND_COUNT(low, all_words) > 0) +
               .4 * ((flags & ND_UNIT_OPENS) != 0) + .4 * (m->digits > 0) +
               .4 * (nd_view_find(low, ND_VIEW("("), 0) != SIZE_MAX) - .9 * (ND_COUNT(low, person_words) > 0);
    s /= 4;
    return s < 0 ? 0 : s > 1 ? 1 : s;
}

void nd_sentence_judge(struct nd_sentence *out, struct nd_view shown, uint8_t flags, const char *lang)
{
    char *lower = nd_view_dup(shown);
    for (size_t i = 0; i < shown.len; i++) {
        if (lower[i] >= 'A' && lower[i] <= 'Z') lower[i] = (char)(lower[i] + 32);
    }
    struct nd_view low = {lower, shown.len};
    struct makeup m;
    look(shown, lang, &m);
    out->leans = (ND_OPENS(low, leaning) && !nd_sentence_opens_empty(low)) || nd_sentence_points_back(low);
    out->quality = quality_of(&m, shown, low, out->leans);
    out->salience = salience_of(&m, low, flags);
    out->warns = ND_COUNT(low, warn_words) > 0 || ND_OPENS(low, warn_openings);
    nd_free(lower);
}
