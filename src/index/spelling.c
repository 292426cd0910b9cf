#include "fold.h"

/* British endings and the American ones that stand for both in the index; what stays before has at least
 * three letters. */
static const struct {
    const char *british, *american;
} endings[] = {
    {"isation", "ization"}, {"isations", "izations"}, {"ise", "ize"},      {"ised", "ized"},
    {"ises", "izes"},       {"ising", "izing"},       {"iser", "izer"},    {"isers", "izers"},
    {"yse", "yze"},         {"ysed", "yzed"},         {"ysing", "yzing"},  {"our", "or"},
    {"ours", "ors"},        {"oured", "ored"},        {"ouring", "oring"}, {"oural", "oral"},
    {"ogue", "og"},         {"ogues", "ogs"},         {"tre", "ter"},      {"tres", "ters"},
};

static const struct {
    const char *british, *american;
} words[] = {
    {"licence", "license"},   {"licences", "licenses"},   {"defence", "defense"},
    {"offence", "offense"},   {"artefact", "artifact"},   {"artefacts", "artifacts"},
    {"programme", "program"}, {"programmes", "programs"}, {"grey", "gray"},
};

#define KEPT_LETTERS 3

/* advise, precise, likewise and surprise are spelt with s everywhere. */
static bool keeps_s(struct nd_view before)
{
    char last = before.data[before.len - 1];
    return last == 'c' || last == 'v' || last == 'w' || nd_view_ends(before, "pr");
}

void nd_fold_spelling(struct nd_view folded, struct nd_bytes *out)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (nd_view_is(folded, words[i].british)) {
            nd_bytes_add_str(out, words[i].american);
            return;
        }
    }
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct nd_view ending = nd_view_of(endings[i].british);
        if (folded.len < ending.len + KEPT_LETTERS || !nd_view_ends(folded, endings[i].british)) continue;
        struct nd_view before = nd_view_sub(folded, 0, folded.len - ending.len);
        if (ending.data[0] == 'i' && keeps_s(before)) break;
        nd_bytes_add_view(out, before);
        nd_bytes_add_str(out, endings[i].american);
        return;
    }
    nd_bytes_add_view(out, folded);
}
