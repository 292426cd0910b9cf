/* Numbers that belong to somebody: bank accounts, cards, telephones. */
#include "hazards_parts.h"

#include <string.h>
#include <strings.h>

static bool is_digit(struct nd_view flat, size_t at)
{
    return at < flat.len && flat.data[at] >= '0' && flat.data[at] <= '9';
}

/* Does a number that begins at `at` begin something of its own, no part of a word, a fraction or a range? */
static bool begins(struct nd_view flat, size_t at)
{
    if (at == 0) return true;
    char before = flat.data[at - 1];
    if (hazard_is_word(flat, at - 1) || before == '_' || before == '#') return false;
    return !(strchr(".,-/:", before) && at > 1 && is_digit(flat, at - 2));
}

/* ---- accounts ---- */

/* Country and length, ISO 13616. */
static const char iban_lengths[] =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22"
    "GI23"
    "GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31"
    "MU30"
    "NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SD18SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";

static size_t iban_length(const char *country)
{
    for (const char *row = iban_lengths; *row; row += 4)
        if (strncasecmp(row, country, 2) == 0) return (size_t)(row[2] - '0') * 10 + (size_t)(row[3] - '0');
    return 0;
}

static int base36(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : -1;
}

static bool checks_97(const char *account, size_t len)
{
    int rest = 0;
    for (size_t i = 0; i < len; i++) {
        int value = base36(account[(i + 4) % len]);
        rest = value >= 10 ? (rest * 100 + value) % 97 : (rest * 10 + value) % 97;
    }
    return rest == 1;
}

bool hazard_iban(struct nd_view flat, size_t at, size_t *start, size_t *end)
{
    char account[34];
    size_t wanted = flat.len - at < 15 ? 0 : iban_length(flat.data + at), n = 0, i = at;
    if (!wanted || !is_digit(flat, at + 2) || (at > 0 && hazard_is_word(flat, at - 1))) return false;
    while (n < wanted && i < flat.len) {
        bool gap = n > 0 && strchr(" \n-", flat.data[i]) && i + 1 < flat.len && base36(flat.data[i + 1]) >= 0;
        if (gap && flat.data[i - 1] != ' ') {
            i++;
            continue;
        }
        if (base36(flat.data[i]) < 0) return false;
        account[n++] = flat.data[i++];
    }
    if (n < wanted || hazard_is_word(flat, i) || !checks_97(account, n)) return false;
    *start = at;
    *end = i;
    return true;
}

/* ---- groups of digits ---- */

#define GROUPS_MAX 12
#define RUN_DIGITS 24

struct run {
    char digits[RUN_DIGITS + 1];
    size_t n, groups;
    size_t len[GROUPS_MAX], end[GROUPS_MAX]; /* of each group: digits, and where it ends in the text */
    char joint[GROUPS_MAX];                  /* the sign before it: '-', '.', '/', '(' or ' ' */
};

/* Behind what may stand between two groups, and the sign that tells most; `at`: nothing of the kind. */
static size_t past_joint(struct nd_view flat, size_t at, const char *signs, char *joint)
{
    size_t next = at;
    *joint = ' ';
    while (next < flat.len && next - at < 3 && flat.data[next] && strchr(signs, flat.data[next])) {
        char c = flat.data[next++];
        if (c != ' ' && c != '\n') *joint = c == ')' ? '(' : c;
    }
    return is_digit(flat, next) ? next : at;
}

static void run_read(struct run *run, struct nd_view flat, size_t at, const char *signs)
{
    *run = (struct run){0};
    char joint = ' ';
    while (run->groups < GROUPS_MAX && is_digit(flat, at)) {
        size_t group = run->groups++, first = at;
        for (; is_digit(flat, at); at++)
            if (run->n < RUN_DIGITS) run->digits[run->n++] = flat.data[at];
        run->len[group] = at - first;
        run->end[group] = at;
        run->joint[group] = joint;
        at = past_joint(flat, at, signs, &joint);
    }
}

static size_t digits_of(const struct run *run, size_t groups)
{
    size_t n = 0;
    for (size_t i = 0; i < groups; i++) n += run->len[i];
    return n;
}

/* ---- cards ---- */

static unsigned lead(const char *digits, size_t n)
{
    unsigned value = 0;
    for (size_t i = 0; i < n; i++) value = value * 10 + (unsigned)(digits[i] - '0');
    return value;
}

/* Has an issuer numbers that begin so and are so long? */
static bool is_issued(const char *digits, size_t n)
{
    unsigned two = lead(digits, 2), three = lead(digits, 3), four = lead(digits, 4);
    if (digits[0] == '4') return n == 13 || n == 16 || n == 19;
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return n == 16;
    if (two == 34 || two == 37) return n == 15;
    if (two == 36 || two == 38 || two == 39 || (three >= 300 && three <= 305)) return n == 14;
    if (four >= 3528 && four <= 3589) return n == 16;
    if (four == 6011 || two == 65 || (three >= 644 && three <= 649) || two == 62) return n >= 16 && n <= 19;
    if (four == 2131 || four == 1800) return n == 15;
    bool maestro = four == 5018 || four == 5020 || four == 5038 || four == 5893 || four == 6304 ||
                   four == 6759 || (four >= 6761 && four <= 6763);
    return maestro && n >= 12 && n <= 19;
}

static bool checks_luhn(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int value = digits[n - 1 - i] - '0';
        if (i % 2) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
        sum += value;
    }
    return sum % 10 == 0;
}

/* Are the first groups as long as on a card? 0: no; else how many they are. */
static size_t card_groups(const struct run *run)
{
    static const char *const forms[] = {"44443", "4444", "465", "464"};
    if (run->groups == 1 || run->len[0] >= 12) return run->len[0] >= 12 ? 1 : 0;
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        size_t n = strlen(forms[f]), i = 0;
        while (i < n && i < run->groups && run->len[i] == (size_t)(forms[f][i] - '0')) i++;
        if (i == n && checks_luhn(run->digits, digits_of(run, n))) return n;
    }
    return 0;
}

bool hazard_card(struct nd_view flat, size_t at, size_t *start, size_t *end)
{
    struct run run;
    if (!is_digit(flat, at) || !begins(flat, at)) return false;
    if (at > 4 && strchr(" \n", flat.data[at - 1]) && is_digit(flat, at - 2) && is_digit(flat, at - 5))
        return false; /* a row of figures */
    run_read(&run, flat, at, " -\n");
    size_t groups = card_groups(&run), n = digits_of(&run, groups);
    if (!groups || n > 19 || !is_issued(run.digits, n) || !checks_luhn(run.digits, n)) return false;
    if (run.groups > groups && run.len[groups] == 4 && groups > 1) return false;
    size_t last = run.end[groups - 1];
    if (hazard_is_word(flat, last) || (last < flat.len && flat.data[last] == '.' && is_digit(flat, last + 1)))
        return false;
    *start = at;
    *end = last;
    return true;
}

/* ---- telephones ---- */

#define PHONE_DIGITS_MAX 15

/* The most groups that stay within a telephone number's length. */
static size_t phone_groups(const struct run *run)
{
    size_t groups = run->groups;
    while (groups > 0 && digits_of(run, groups) > PHONE_DIGITS_MAX) groups--;
    return groups;
}

static size_t word_before(struct nd_view flat, size_t at, size_t *from)
{
    size_t end = at;
    while (end > 0 && at - end < 4 && strchr(" .:\n(", flat.data[end - 1])) end--;
    *from = end;
    while (*from > 0 && end - *from < 12 && hazard_is_word(flat, *from - 1)) (*from)--;
    return end - *from;
}

/* Does a word such as "tel" or "fax" stand right before, maybe with "no" or "number" between? */
static bool is_called(struct nd_view flat, size_t at)
{
    static const char *const words[] = {"tel",     "telefon", "telephone", "phone",    "fax",
                                        "telefax", "mobile",  "mobil",     "handy",    "phones",
                                        "hotline", "tlf",     "whatsapp",  "rufnummer"};
    static const char *const between[] = {"no", "number", "nr", "nummer", "at", "is"};
    size_t from = at, len = word_before(flat, at, &from);
    for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
        if (len != strlen(between[i]) || strncasecmp(flat.data + from, between[i], len) != 0) continue;
        len = word_before(flat, from, &from);
        break;
    }
    for (size_t i = 0; len && i < sizeof words / sizeof *words; i++)
        if (len == strlen(words[i]) && strncasecmp(flat.data + from, words[i], len) == 0) return true;
    return false;
}

/* (555) 123-4567, 555-123-4567, 1-555-123-4567, 555.123.4567 */
static size_t north_american(const struct run *run, bool bracket)
{
    size_t first = run->groups > 3 && run->len[0] == 1 && run->digits[0] == '1' ? 1 : 0;
    if (run->groups < first + 3) return 0;
    const size_t *len = run->len + first;
    const char *digits = run->digits + first, *joint = run->joint + first;
    if (len[0] != 3 || len[1] != 3 || len[2] != 4 || digits[0] < '2' || digits[3] < '2') return 0;
    bool joined = bracket || joint[1] == '(' || (joint[2] == '-' && joint[1] != '.') ||
                  (joint[1] == '.' && joint[2] == '.');
    return joined ? first + 3 : 0;
}

static bool has_high_digit(const char *digits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (digits[i] > '1') return true;
    return false;
}

/* 030 1234567, 0171/2345678, 020 7946 0958, 01234 567890 */
static size_t trunk_prefixed(const struct run *run)
{
    size_t groups = phone_groups(run);
    bool whole = run->len[0] == 10 || run->len[0] == 11; /* without a blank */
    if (whole && run->digits[0] == '0' && run->digits[1] != '0' && has_high_digit(run->digits, 10)) return 1;
    while (groups > 1 && digits_of(run, groups) > 12) groups--;
    size_t n = digits_of(run, groups), at = run->len[0];
    if (groups < 2 || groups > 5 || n < 9 || run->len[0] < 3 || run->len[0] > 5) return 0;
    if (run->digits[0] != '0' || run->digits[1] == '0' || !has_high_digit(run->digits, n)) return 0;
    if (groups == 2 && run->len[0] == 5 && run->len[1] == 4 && run->joint[1] == '-')
        return 0;    /* a postal code */
    bool row = true; /* of such numbers */
    for (size_t i = 1; i < groups; i++) {
        if (run->len[i] < 2 || run->joint[i] == '.') return 0;
        row = row && run->digits[at] == '0' && run->len[i] == run->len[0];
        at += run->len[i];
    }
    return row ? 0 : groups;
}

/* 01 23 45 67 89 */
static size_t pairs(const struct run *run)
{
    size_t groups = 0;
    while (groups < run->groups && run->len[groups] == 2) groups++;
    return groups == 5 && run->digits[0] == '0' && run->digits[1] != '0' && has_high_digit(run->digits, 10)
               ? 5
               : 0;
}

/* Behind an extension, "x123" or "ext. 123", that follows at `at`; else `at`. */
static size_t past_extension(struct nd_view flat, size_t at)
{
    static const struct nd_view words[] = {ND_VIEW("x"), ND_VIEW(" x"), ND_VIEW(" ext. "), ND_VIEW(" ext "),
                                           ND_VIEW(", ext. ")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t end = at + words[i].len, digits = end;
        if (!nd_view_eq(nd_view_sub(flat, at, end), words[i])) continue;
        while (is_digit(flat, end)) end++;
        if (end > digits && end - digits <= 6) return end;
    }
    return at;
}

/* 0049 30 123456: dialled abroad. */
static size_t dialled_abroad(const struct run *run)
{
    size_t groups = phone_groups(run), n = digits_of(run, groups);
    bool lead_in = run->len[0] >= 2 && run->len[0] <= 5 && memcmp(run->digits, "00", 2) == 0;
    return lead_in && groups >= 2 && n >= 10 && run->digits[2] != '0' ? groups : 0;
}

bool hazard_phone(struct nd_view flat, size_t at, size_t *start, size_t *end)
{
    struct run run;
    bool plus = flat.data[at] == '+', bracket = flat.data[at] == '(';
    size_t first = at + (plus || bracket);
    if (bracket && first < flat.len && flat.data[first] == '+') {
        plus = true;
        first++;
    }
    if (!is_digit(flat, first) || !begins(flat, at)) return false;
    run_read(&run, flat, first, " -./()\n");
    size_t groups = 0;
    if (plus) {
        groups = phone_groups(&run);
        if (run.digits[0] == '0' || digits_of(&run, groups) < 8) groups = 0;
    } else {
        groups = north_american(&run, bracket);
        bool row = at > 1 && flat.data[at - 1] == ' ' && is_digit(flat, at - 2); /* of figures */
        if (!groups && !row) groups = dialled_abroad(&run);
        if (!groups && !row) groups = trunk_prefixed(&run);
        if (!groups && !row) groups = pairs(&run);
        if (!groups && is_called(flat, at))
            groups = digits_of(&run, phone_groups(&run)) >= 6 ? phone_groups(&run) : 0;
    }
    size_t behind = groups ? past_extension(flat, run.end[groups - 1]) : 0;
    if (!groups || hazard_is_word(flat, behind)) return false;
    *start = at;
    *end = behind;
    return true;
}
