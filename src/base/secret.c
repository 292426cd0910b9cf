#include "nightdesk/base/secret.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ALNUM DIGITS UPPER "abcdefghijklmnopqrstuvwxyz"
#define WORD ALNUM "-_"
#define BASE64 ALNUM "+/="

#define NAME_MAX_BYTES 64    /* of the name before '=' or ':' */
#define VALUE_MAX_BYTES 1024 /* of one value */
#define VALUE_LEAST 16       /* shorter values are taken for a password's name alone */
#define PASSWORD_LEAST 8
#define RANDOM_BITS 3.3 /* of a character, from which on a value counts as random */

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

/* ---- runs of characters, over the ends of lines ---- */

/* How much of text holds only of the set, from `at` on. */
static size_t run_end(struct nd_view text, size_t at, const char *set)
{
    while (at < text.len && is_one_of(text.data[at], set)) at++;
    return at;
}

struct classes {
    size_t upper, lower, digit, other;
};

static struct classes classes_of(struct nd_view v)
{
    struct classes n = {0};
    for (size_t i = 0; i < v.len; i++) {
        if (is_one_of(v.data[i], DIGITS))
            n.digit++;
        else if (is_one_of(v.data[i], UPPER))
            n.upper++;
        else if (is_one_of(v.data[i], ALNUM))
            n.lower++;
        else
            n.other++;
    }
    return n;
}

/* Does a line's first run look like the rest of a key rather than like a word? */
static bool goes_on(struct nd_view run)
{
    struct classes n = classes_of(run);
    bool word = n.digit == 0 && (n.lower == 0 || n.upper <= 1);
    return run.len >= 4 && !word;
}

/* The same as run_end, going on on the next line where that looks like the key's rest. */
static size_t key_end(struct nd_view text, size_t at, const char *set)
{
    size_t end = run_end(text, at, set);
    while (end < text.len && (text.data[end] == '\n' || text.data[end] == '\r')) {
        size_t next = run_end(text, end, "\r\n \t");
        size_t after = run_end(text, next, set);
        if (next - end > 8 || !goes_on(nd_view_sub(text, next, after))) break;
        end = after;
    }
    return end;
}

/* ---- known forms ---- */

enum { KEEP_PREFIX = 1, ANY_CASE = 2, HAS_DIGIT = 4 };

/* `prefix`, then at least `least` characters of `set`. */
struct form {
    const char *prefix, *set;
    size_t least;
    unsigned flags;
};
static const struct form forms[] = {
    {"sk-", WORD, 16, HAS_DIGIT},
    {"AKIA", UPPER DIGITS, 16, 0},
    {"ASIA", UPPER DIGITS, 16, 0},
    {"ABIA", UPPER DIGITS, 16, 0},
    {"ACCA", UPPER DIGITS, 16, 0},
    {"ghp_", ALNUM, 30, 0},
    {"gho_", ALNUM, 30, 0},
    {"ghu_", ALNUM, 30, 0},
    {"ghs_", ALNUM, 30, 0},
    {"ghr_", ALNUM, 30, 0},
    {"github_pat_", ALNUM "_", 22, 0},
    {"glpat-", WORD, 20, 0},
    {"xoxa-", WORD, 10, HAS_DIGIT},
    {"xoxb-", WORD, 10, HAS_DIGIT},
    {"xoxp-", WORD, 10, HAS_DIGIT},
    {"xoxr-", WORD, 10, HAS_DIGIT},
    {"xoxs-", WORD, 10, HAS_DIGIT},
    {"sk_live_", ALNUM, 16, 0},
    {"sk_test_", ALNUM, 16, 0},
    {"rk_live_", ALNUM, 16, 0},
    {"rk_test_", ALNUM, 16, 0},
    {"whsec_", ALNUM, 20, 0},
    {"AIza", WORD, 35, 0},
    {"ya29.", WORD ".", 20, 0},
    {"npm_", ALNUM, 36, 0},
    {"pypi-", WORD, 40, HAS_DIGIT},
    {"hf_", ALNUM, 30, 0},
    {"SG.", WORD ".", 40, HAS_DIGIT},
    {"dop_v1_", ALNUM, 40, 0},
    {"eyJ", WORD ".", 20, 0},
    {"X-Amz-Signature=", WORD, 1, KEEP_PREFIX | ANY_CASE},
    {"X-Amz-Credential=", WORD "%/", 1, KEEP_PREFIX | ANY_CASE},
    {"X-Amz-Security-Token=", WORD "%/+=", 1, KEEP_PREFIX | ANY_CASE},
    {"Bearer ", WORD ".~+/=", 8, KEEP_PREFIX | ANY_CASE},
};

static bool has_prefix(struct nd_view text, size_t at, const struct form *form)
{
    size_t len = strlen(form->prefix);
    if (text.len - at < len) return false;
    return form->flags & ANY_CASE ? strncasecmp(text.data + at, form->prefix, len) == 0
                                  : memcmp(text.data + at, form->prefix, len) == 0;
}

static bool form_at(struct nd_view text, size_t at, size_t *start, size_t *end)
{
    if (at > 0 && is_one_of(text.data[at - 1], WORD)) return false; /* "task-…" holds no key */
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct form *f = &forms[i];
        if (!has_prefix(text, at, f)) continue;
        size_t from = at + strlen(f->prefix), to = key_end(text, from, f->set);
        struct nd_view run = nd_view_sub(text, from, to);
        if (run.len < f->least || (f->flags & HAS_DIGIT && classes_of(run).digit == 0)) continue;
        while (to > from + f->least && text.data[to - 1] == '.') to--; /* the sentence's own stop */
        *start = f->flags & KEEP_PREFIX ? from : at;
        *end = to;
        return true;
    }
    return false;
}

/* ---- private keys ---- */

#define PEM_BEGIN ND_VIEW("-----BEGIN ")
#define PEM_END ND_VIEW("-----END ")
#define PEM_WORDS ND_VIEW("PRIVATE KEY")

/* The end of the line of dashes at `at` when it is about a private key, else 0. */
static size_t pem_line(struct nd_view text, size_t at)
{
    size_t words = nd_view_find(nd_view_sub(text, at, at + 60), PEM_WORDS, 0);
    return words == SIZE_MAX ? 0 : run_end(text, at + words + PEM_WORDS.len, " BLOCK-");
}

/* From its first line to its last; to the end of the text when it goes on elsewhere. */
static bool pem_at(struct nd_view text, size_t at, size_t *start, size_t *end)
{
    struct nd_view rest = nd_view_sub(text, at, at + PEM_BEGIN.len);
    if (!nd_view_eq(rest, PEM_BEGIN) || !pem_line(text, at)) return false;
    size_t close = nd_view_find(text, PEM_END, at);
    *start = at;
    *end = close == SIZE_MAX ? text.len : pem_line(text, close);
    if (*end == 0) *end = text.len;
    return true;
}

/* The rest of a private key that begins elsewhere: all before its last line. */
static bool pem_tail(struct nd_view text, size_t *start, size_t *end)
{
    size_t close = nd_view_find(text, PEM_END, 0), open = nd_view_find(text, PEM_BEGIN, 0);
    if (close == SIZE_MAX || open < close) return false;
    *start = 0;
    *end = pem_line(text, close);
    return *end > 0;
}

/* ---- values of names ---- */

static double bits_of(struct nd_view v)
{
    unsigned count[256] = {0};
    double bits = 0;
    for (size_t i = 0; i < v.len; i++) count[(unsigned char)v.data[i]]++;
    for (size_t i = 0; i < 256; i++) {
        double share = (double)count[i] / (double)v.len;
        if (count[i]) bits -= share * log2(share);
    }
    return bits;
}

/* Lower case, without what joins its words: "AWS_SECRET-ACCESS_KEY" -> "awssecretaccesskey". */
static size_t folded_name(struct nd_view text, size_t end, char out[NAME_MAX_BYTES])
{
    size_t from = end, n = 0;
    while (from > 0 && end - from < NAME_MAX_BYTES - 1 && is_one_of(text.data[from - 1], WORD ".")) from--;
    for (size_t i = from; i < end; i++) {
        char c = text.data[i];
        if (is_one_of(c, ALNUM)) out[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    out[n] = '\0';
    return n;
}

static bool names_any(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (strstr(name, *words)) return true;
    return false;
}

static bool is_random(struct nd_view v, bool password)
{
    struct classes n = classes_of(v);
    int kinds = (n.upper > 0) + (n.lower > 0) + (n.digit > 0) + (n.other > 0);
    if (v.len >= VALUE_LEAST) return n.digit > 0 && n.upper + n.lower > 0 && bits_of(v) >= RANDOM_BITS;
    return password && v.len >= PASSWORD_LEAST && kinds >= 3 && n.digit > 0;
}

/* A reference to a value is none: "${TOKEN}", "<password>", "/run/secrets/key", "https://…". */
static bool is_reference(struct nd_view v)
{
    struct classes n = classes_of(v);
    bool mixed = v.len >= 32 && n.upper > 2 && n.lower > 2 && n.digit > 2; /* no path */
    return is_one_of(v.data[0], "$<{(%~.*[") || (v.data[0] == '/' && !mixed) ||
           nd_view_find(v, ND_VIEW("://"), 0) != SIZE_MAX || nd_view_find(v, ND_VIEW("("), 0) != SIZE_MAX;
}

/* The value behind the '=' or ':' at `at`, when the name before it is that of a secret. */
static bool value_at(struct nd_view text, size_t at, size_t *start, size_t *end)
{
    static const char *const passwords[] = {"password", "passwd", "passphrase", "passwort", "kennwort", NULL};
    static const char *const others[] = {
        "secret",     "token",         "apikey",     "accesskey",        "privatekey", "authkey",
        "signingkey", "encryptionkey", "credential", "connectionstring", NULL};
    char name[NAME_MAX_BYTES];
    size_t named = at;
    while (named > 0 && is_one_of(text.data[named - 1], " \"'`]")) named--;
    if (at - named > 3 || !folded_name(text, named, name)) return false;
    bool password = names_any(name, passwords);
    if (!password && !names_any(name, others)) return false;
    size_t from = run_end(text, at + 1, " \t\"'`=>"), to = from;
    while (to < text.len && to - from < VALUE_MAX_BYTES && !is_one_of(text.data[to], " \t\r\n\"'`,;<>")) to++;
    if (to < text.len && text.data[to] == '\n') to = key_end(text, to, BASE64 "-_");
    while (to > from && is_one_of(text.data[to - 1], ".)]}")) to--;
    struct nd_view value = nd_view_sub(text, from, to);
    if (value.len < PASSWORD_LEAST || is_reference(value) || !is_random(value, password)) return false;
    *start = from;
    *end = to;
    return true;
}

/* "scheme://user:PASSWORD@host", from its "://". */
static bool userinfo_at(struct nd_view text, size_t at, size_t *start, size_t *end)
{
    size_t colon = 0, i = at + 3;
    if (at == 0 || text.len - at < 3 || memcmp(text.data + at, "://", 3) != 0) return false;
    for (; i < text.len && !is_one_of(text.data[i], "/?# \t\r\n\"'<>@"); i++)
        if (text.data[i] == ':' && !colon) colon = i;
    if (i == text.len || text.data[i] != '@' || !colon || i - colon < 2) return false;
    if (is_one_of(text.data[colon + 1], "$<{[*")) return false;
    *start = colon + 1;
    *end = i;
    return true;
}

bool nd_secret_next(struct nd_view text, size_t from, size_t *start, size_t *end)
{
    if (from == 0 && pem_tail(text, start, end)) return true;
    for (size_t at = from; at < text.len; at++) {
        char c = text.data[at];
        bool found = c == '-' ? pem_at(text, at, start, end)
                     : c == '=' || c == ':'
                         ? value_at(text, at, start, end) || userinfo_at(text, at, start, end)
                     : is_one_of(c, ALNUM) ? form_at(text, at, start, end)
                                           : false;
        if (found) return true;
    }
    return false;
}
