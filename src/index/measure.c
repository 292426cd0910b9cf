#include "measure.h"

#include "fold.h"

#include "nightdesk/base/text.h"

#include <string.h>

bool nd_is_stop(uint32_t c)
{
    switch (c) {
    case '.':
    case '!':
    case '?':
    case 0x2026: /* … */
    case 0x3002: /* 。 */
    case 0xFF01: /* ！ */
    case 0xFF0E: /* ． */
    case 0xFF1F: /* ？ */
    case 0xFF61: /* ｡ */
    case 0x061F: /* ؟ */
    case 0x06D4: /* ۔ */
    case 0x0964: /* । */
    case 0x0965: /* ॥ */
    case 0x203C:
    case 0x2047:
    case 0x2048:
    case 0x2049:
        return true;
    default:
        return false;
    }
}

bool nd_is_quote(uint32_t c)
{
    return c == '"' || c == '\'' || c == '`';
}

bool nd_is_closer(uint32_t c)
{
    return c == ')' || c == ']' || nd_is_quote(c) || c == 0x2019 || c == 0x201D || c == 0xBB || c == 0x203A ||
           c == 0x300D || c == 0x300F || c == 0x3011 || c == 0xFF09 || c == 0x3015 || c == 0x300B ||
           c == 0x201C;
}

bool nd_is_opener(uint32_t c)
{
    return c == '(' || c == '[' || nd_is_quote(c) || c == 0x2018 || c == 0x201C || c == 0x201E || c == 0xAB ||
           c == 0x2039 || c == 0x300C || c == 0x300E || c == 0x3010 || c == 0xFF08 || c == 0x201A ||
           c == 0x300A || c == 0xBF || c == 0xA1 || c == 0x201D;
}

static enum nd_edge edge_of(uint32_t c)
{
    if (nd_is_stop(c)) return ND_EDGE_STOP;
    if (nd_is_lower(c)) return ND_EDGE_LOWER;
    if (nd_is_upper(c)) return ND_EDGE_UPPER;
    if (nd_is_letter(c)) return ND_EDGE_LETTER;
    if (nd_is_digit(c)) return ND_EDGE_DIGIT;
    if (c == ':' || c == ';' || c == 0xFF1A || c == 0xFF1B) return ND_EDGE_COLON;
    if (c == ',' || c == 0x3001 || c == 0xFF0C || c == 0x060C) return ND_EDGE_COMMA;
    if (c == '-' || c == 0x2010) return ND_EDGE_HYPHEN;
    return ND_EDGE_OTHER;
}

/* What stands in one run between white space. */
struct run {
    uint32_t letters, digits, cjk, marks, inner, others;
    uint32_t first, last; /* the characters, openers and closers passed over */
};

static bool is_code_char(uint32_t c)
{
    return c < 0x80 ? c && strchr("={}<>|\\$~^*+%@#&", (int)c) != NULL
                    : c == 0x2190 || c == 0x2192 || c == 0x21D2;
}

static void run_add(struct run *run, uint32_t c)
{
    if (nd_is_letter(c) || nd_is_mark(c)) {
        run->letters++;
        run->cjk += nd_is_cjk(c);
    } else if (nd_is_digit(c)) {
        run->digits++;
    } else if (is_code_char(c)) {
        run->marks++;
    } else if (c == '_' || c == '/' || c == '.' || c == ':' || c == '(') {
        run->inner++;
    } else {
        run->others++;
    }
}

/* "-v", "--help", "key=value", "{", "foo();" are code wherever they stand; "%" ends a number, "*" and "&" are
 * text. */
static bool is_code(struct nd_view text, const struct run *run)
{
    if (run->letters + run->digits == 0) return run->marks > 0;
    if (text.len > 1 && text.data[0] == '-' && (run->first < 0x80) && run->letters) return true;
    static const char always[] = "={}<>|\\$";
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(always, text.data[i]) && text.data[i]) return true;
        if (text.data[i] == ';' && i > 0 && (text.data[i - 1] == ')' || text.data[i - 1] == '"')) return true;
    }
    return false;
}

/* krb5.conf, /etc/hosts, upsmon(8), allow_weak_crypto, root@localhost, a::b */
static bool is_name(struct nd_view text, const struct run *run)
{
    if (run->letters == 0 || run->cjk) return false;
    if (run->digits || run->marks) return true;
    size_t tail = text.len;
    while (tail > 0 && strchr(".,:;!?)", text.data[tail - 1])) tail--;
    size_t head = text.data[0] == '(' ? 1 : 0;
    for (size_t i = head; i < tail; i++) {
        if (text.data[i] && strchr("_/.:(@", text.data[i])) return true;
    }
    return false;
}

static void count_run(struct nd_view text, const struct nd_language *language, struct nd_measure *m,
                      struct nd_bytes *folded)
{
    struct run run = {0};
    bool enumerates = text.len == 2 && text.data[1] == ')'; /* "a)" closes nothing */
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        run_add(&run, c);
        if (!enumerates) m->brackets += (c == '(' || c == 0xFF08) - (c == ')' || c == 0xFF09);
        if (run.first == 0 && !nd_is_opener(c)) run.first = c;
        if (!nd_is_closer(c)) run.last = c;
        m->chars++;
    }
    m->letters += run.letters;
    m->digits += run.digits;
    m->cjk += run.cjk;
    if (run.letters + run.digits) m->words += run.cjk ? (run.cjk + 1) / 2 : 1;
    if (nd_is_upper(run.first)) m->capitals++;
    if (is_code(text, &run))
        m->marks++;
    else if (run.digits && run.letters <= 1)
        m->numbers++;
    else if (is_name(text, &run))
        m->names++;
    else if (run.letters) {
        struct nd_view word;
        size_t at = 0;
        if (!nd_word_next(text, &at, &word)) return;
        nd_bytes_clear(folded);
        nd_fold(word, folded);
        struct nd_view lower = nd_bytes_view(folded);
        if (nd_is_grammar(language, lower)) m->stops++;
    }
}

static void find_edges(struct nd_view text, struct nd_measure *m)
{
    uint32_t first = 0;
    uint32_t last = 0;
    for (size_t at = 0; at < text.len && first == 0;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (!nd_is_opener(c) && !nd_is_space(c)) first = c;
    }
    for (size_t end = text.len; end > 0;) {
        size_t start = end - 1;
        while (start > 0 && (text.data[start] & 0xC0) == 0x80) start--;
        size_t at = start;
        uint32_t c = nd_utf8_next(text, &at);
        end = start;
        if (nd_is_space(c)) continue;
        last = c;
        if (!nd_is_closer(c)) break;
        m->ends_closed = true;
    }
    m->first = first ? edge_of(first) : ND_EDGE_NONE;
    m->last = last ? edge_of(last) : ND_EDGE_NONE;
}

void nd_measure(struct nd_view text, const struct nd_language *language, struct nd_measure *out)
{
    *out = (struct nd_measure){0};
    struct nd_bytes folded = ND_BYTES(ND_BYTES_MAX);
    size_t start = SIZE_MAX;
    for (size_t at = 0; at < text.len;) {
        size_t here = at;
        uint32_t c = nd_utf8_next(text, &at);
        bool space = c < 0x80 ? c <= ' ' : nd_is_space(c);
        if (!space && start == SIZE_MAX) start = here;
        if (space && start != SIZE_MAX) {
            count_run(nd_view_sub(text, start, here), language, out, &folded);
            start = SIZE_MAX;
        }
    }
    if (start != SIZE_MAX) count_run(nd_view_sub(text, start, text.len), language, out, &folded);
    nd_bytes_release(&folded);
    find_edges(text, out);
}

double nd_printed_width(struct nd_view text)
{
    double width = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (c < 0x80) {
            if (strchr("ijlt.,;:'!|()[] fIr-", (int)c))
                width += 0.30;
            else if (strchr("mwMW@%", (int)c))
                width += 0.80;
            else
                width += c >= 'A' && c <= 'Z' ? 0.68 : 0.47;
        } else if (nd_is_cjk(c) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF01 && c <= 0xFF60)) {
            width += 1.0;
        } else if (!nd_is_mark(c)) {
            width += 0.5;
        }
    }
    return width;
}
