/* Is what ends with a stop a sentence that stands by itself? By what it opens with, and what it lacks.
 * English only. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/index/words.h"
#include "writer_extractive.h"
#include "writer_extractive_cues.h"

static const char *const determiners[] = {"the", "a", "an", "each", "any", "all", "some", "no", "one"};
static const char *const auxiliaries[] = {"is",     "are",  "was",   "were",   "be",   "been",  "has",
                                          "have",   "had",  "do",    "does",   "did",  "can",   "may",
                                          "might",  "must", "shall", "should", "will", "would", "could",
                                          "cannot", "let",  "make",  "need",   "get"};
/* "How many servers you need." is an item of a list; "What it does, it does well." is a sentence. */
static const char *const questioning[] = {"how", "what", "where", "who", "why"};
static const char *const clauses[] = {"which", "whether", "how many", "how much"};
/* Half a sentence unless a comma leads to the other half: "Assuming that nobody wants more detail." */
static const char *const halves[] = {"assuming", "provided that", "given that", "depending on",
                                     "although", "whereas",       "because"};
/* What an option or a function does, without its name: "Specifies the port to be used." */
static const char *const subjectless[] = {
    "specifies", "indicates", "indicate whether", "identifies", "defines",    "sets",      "returns",
    "adds",      "displays",  "enables",          "disables",   "determines", "controls",  "provides",
    "describes", "contains",  "creates",          "allows",     "prints",     "shows",     "lists",
    "gives",     "if set to", "if set,",          "if true,",   "if false,",  "same as",   "like",
    "used to",   "used for",  "used by",          "gets",       "removes",    "names",     "tells",
    "selects",   "forces",    "causes",           "suppresses", "overrides",  "activates", "runs",
    "starts",    "stops",     "computes",         "fits",       "plots"};
/* Pointing back from inside: wants the sentence before it as well. */
static const char *const pointing_back[] = {"this",       "these",   "that one", "here",         "the latter",
                                            "the former", "instead", "as well",  "the same way", "do so",
                                            "doing so",   "thereby", "it owned", "such a"};

/* Cut behind an abbreviation: the sentence goes on elsewhere. */
static bool cut_short(struct nd_view low)
{
    static const char *const ends[] = {" et al.", " e.g.", " i.e.", " vs.",  " cf.",     " fig.",
                                       " no.",    " sec.", " eq.",  " ref.", " approx.", " resp."};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (nd_view_ends(low, ends[i])) return true;
    }
    return false;
}

/* Words outside of parentheses: "ME (Loy and Hofmann 2014)." has one. */
static size_t words_outside(struct nd_view shown)
{
    struct nd_bytes out = ND_BYTES(shown.len + 1);
    int depth = 0;
    for (size_t i = 0; i < shown.len; i++) {
        depth += shown.data[i] == '(';
        if (depth <= 0) nd_bytes_add_char(&out, shown.data[i]);
        depth -= shown.data[i] == ')';
    }
    size_t words = 0, at = 0;
    struct nd_view word;
    while (nd_word_next(nd_bytes_view(&out), &at, &word)) words++;
    nd_bytes_release(&out);
    return words;
}

/* "The corresponding port for the service." opens as a subject and has nothing that could be its verb. */
static bool lacks_verb(struct nd_view low)
{
    if (!ND_OPENS(low, determiners) || ND_COUNT(low, auxiliaries)) return false;
    size_t at = 0, n = 0;
    struct nd_view word;
    while (nd_word_next(low, &at, &word)) {
        bool inflected = (nd_view_ends(word, "s") && !nd_view_ends(word, "ss")) || nd_view_ends(word, "ed");
        if (n++ > 0 && word.len >= 4 && inflected) return false;
    }
    return true;
}

/* "Retention Period There are several kinds": a title that runs into the sentence below it. */
static bool runs_in(struct nd_view shown)
{
    static const char *const openers[] = {"There", "This", "These", "It", "If", "When", "You", "We", "Each"};
    struct nd_view word;
    for (size_t at = 0, n = 0; n < 6 && nd_word_next(shown, &at, &word); n++) {
        if (word.data[0] < 'A' || word.data[0] > 'Z') return false;
        if (n > 0 && (word.data[-1] != ' ' || !nd_is_letter((unsigned char)word.data[-2]))) return false;
        for (size_t i = 0; n > 0 && i < sizeof openers / sizeof *openers; i++)
            if (nd_view_is(word, openers[i])) return true;
    }
    return false;
}

bool nd_sentence_is_piece(struct nd_view shown, struct nd_view low)
{
    bool asks = nd_view_ends(low, "?"), comma = nd_view_find(low, ND_VIEW(","), 0) != SIZE_MAX;
    return cut_short(low) || (ND_OPENS(low, questioning) && !asks && !comma) ||
           (ND_OPENS(low, halves) && !comma) || runs_in(shown) ||
           ((ND_OPENS(low, clauses) || nd_view_starts(shown, "that is")) && !asks) ||
           ND_OPENS(low, subjectless) || lacks_verb(low) || words_outside(shown) < 4;
}

bool nd_sentence_opens_empty(struct nd_view low)
{
    static const char *const there[] = {"there is",     "there are",    "there was",   "there were",
                                        "there may be", "there can be", "there exists"};
    static const char *const it[] = {"it is",        "it was",     "it may be",  "it can be",
                                     "it should be", "it must be", "it would be"};
    static const char *const judging[] = {
        "important", "necessary", "possible",   "impossible", "recommended", "advisable", "essential",
        "best",      "better",    "good",       "bad",        "easy",        "hard",      "difficult",
        "safe",      "unsafe",    "dangerous",  "common",     "sufficient",  "enough",    "worth",
        "critical",  "vital",     "crucial",    "useful",     "wise",        "an error",  "a mistake",
        "true",      "usual",     "reasonable", "likely",     "unlikely",    "clear",     "tempting",
        "customary", "suggested", "advised",    "assumed",    "expected",    "convenient"};
    if (ND_OPENS(low, there)) return true;
    if (!ND_OPENS(low, it)) return false;
    size_t to = nd_view_find(low, ND_VIEW(" to "), 0), that = nd_view_find(low, ND_VIEW(" that "), 0);
    size_t end = to < that ? to : that;
    return end != SIZE_MAX && ND_COUNT(nd_view_sub(low, 0, end), judging) > 0;
}

bool nd_sentence_points_back(struct nd_view low)
{
    return ND_COUNT(low, pointing_back) > 0;
}
