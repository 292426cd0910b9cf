#include "analysis.h"

#include "nightdesk/base/text.h"

#include <string.h>

/* "$ ls", "# apt install x", "> library(vegan)", "sh$ vi", "ftp> get", "C:\>", "[root@host ~]# ", ">>>
 * import" */
static bool has_prompt(struct nd_view line)
{
    size_t at = 0;
    while (at < line.len && at < 30 && !strchr("$#>%", line.data[at])) {
        if (line.data[at] == ' ' && (at == 0 || line.data[0] != '[')) return false;
        at++;
    }
    if (at >= line.len || at >= 30 || !line.data[at] || line.data[0] == '<') return false;
    while (at + 1 < line.len && line.data[at + 1] == '>') at++;
    bool alone = at == 0 || (line.data[0] == '>' && at < 4);
    if (line.data[at] == '%' && !alone) return false;
    return at + 2 < line.len && line.data[at + 1] == ' ' && line.data[at + 2] != ' ';
}

static bool opens_like_code(struct nd_view line)
{
    static const char *const openings[] = {"//",       "/*", "*/", "<!--", "</", "<?", "#!",
                                           "#include", "##", "{",  "}",    "->", "=>", "@@"};
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        if (nd_view_starts(line, openings[i])) return true;
    }
    if (line.len < 3 || line.data[line.len - 1] == '.') return false;
    bool tag = line.data[0] == '<' && line.data[line.len - 1] == '>';
    bool group = line.data[0] == '[' && line.data[line.len - 1] == ']' && !memchr(line.data, ' ', line.len);
    return tag || group;
}

static bool ends_like_code(struct nd_view line, const struct nd_measure *m)
{
    char last = line.len ? line.data[line.len - 1] : ' ';
    if (last == '{' || last == '}' || last == '\\') return true;
    return last == ';' && (m->stops == 0 || m->marks > 0) && m->words < 8;
}

static bool is_digit_at(struct nd_view line, size_t at)
{
    return at < line.len && line.data[at] >= '0' && line.data[at] <= '9';
}

/* "15:08:01": lines that name the second were written by a program. */
static bool has_clock(struct nd_view line)
{
    for (size_t i = 1; i + 5 < line.len; i++) {
        if (line.data[i] == ':' && line.data[i + 3] == ':' && is_digit_at(line, i - 1) &&
            is_digit_at(line, i + 1) && is_digit_at(line, i + 2) && is_digit_at(line, i + 4) &&
            is_digit_at(line, i + 5))
            return true;
    }
    return false;
}

/* Runs like "flags=0x0". */
static uint32_t settings_in(struct nd_view line)
{
    uint32_t n = 0;
    for (size_t i = 1; i + 1 < line.len; i++)
        n += line.data[i] == '=' && line.data[i - 1] > ' ' && line.data[i + 1] > ' ' &&
             line.data[i + 1] != '=';
    return n;
}

static bool is_record(struct nd_view line, const struct nd_measure *m)
{
    uint32_t settings = settings_in(line);
    bool graded =
        line.len > 3 && line.data[1] == ':' && line.data[2] == ' ' && strchr("DEINVW", line.data[0]);
    if (graded) return true; /* "W: GPG error" */
    return (has_clock(line) && m->stops <= 2) || (settings >= 2 && settings * 6 >= m->words);
}

static bool is_code(struct nd_view line, const struct nd_measure *m)
{
    if (is_record(line, m) || has_prompt(line) || opens_like_code(line) || ends_like_code(line, m))
        return true;
    bool stop = m->last == ND_EDGE_STOP;
    if (m->cjk >= 8) return false; /* signs between characters without spaces say nothing */
    if (m->marks && m->stops == 0 && !stop) return true;
    if (m->marks * 3 >= m->words + 1 && m->stops <= 1 && m->words > 1) return true;
    if (m->stops == 0 && !stop && m->names * 3 >= m->words && m->names >= 2) return true;
    bool sparse = m->chars > 3 && (m->letters + m->digits) * 100 < m->chars * 62;
    return sparse && m->stops <= 1;
}

/* Rows of figures and formulae: at least three numbers, and more of them than words. */
static bool is_numeric(const struct nd_measure *m)
{
    if (m->words == 0) return m->marks == 0; /* nothing but signs */
    if (m->numbers >= 3 && m->numbers * 5 > m->words * 2) return true;
    return m->numbers == m->words && m->numbers > 0;
}

/* One line of output or a comment between two of code belongs to them unless it reads like a sentence. */
static bool reads_like_prose(const struct nd_line *line)
{
    const struct nd_measure *m = &line->m;
    if (m->stops >= 3 || m->cjk > 8) return true;
    return m->stops >= 1 && (m->last == ND_EDGE_STOP || m->last == ND_EDGE_COLON);
}

/* The first three runs with names as '@' and numbers as '#'; empty when there are not three. */
#define FRAME_RUNS 3

static void frame_of(struct nd_view line, struct nd_bytes *out)
{
    nd_bytes_clear(out);
    size_t runs = 0;
    for (size_t at = 0; at < line.len && runs < FRAME_RUNS; runs++) {
        size_t end = at;
        bool name = false;
        while (end < line.len && line.data[end] != ' ') {
            name = name || (strchr("0123456789/_@.", line.data[end]) && line.data[end]);
            end++;
        }
        if (name)
            nd_bytes_add_char(out, '@');
        else
            nd_bytes_add_view(out, nd_view_sub(line, at, end));
        nd_bytes_add_char(out, ' ');
        at = end + 1;
    }
    if (runs < FRAME_RUNS) nd_bytes_clear(out);
}

/*
 * "Entry for principal host/a …", again and again: three lines out of twelve that open with the same words
 * and name something are what a program printed.
 */
#define FRAME_REACH 12
#define FRAME_TIMES 3

static void mark_output(struct nd_analysis *a)
{
    struct nd_bytes frame[FRAME_REACH];
    for (size_t k = 0; k < FRAME_REACH; k++) frame[k] = ND_BYTES(ND_BYTES_MAX);
    for (size_t i = 0; i < a->line_count; i++) {
        struct nd_line *line = &a->lines[i];
        struct nd_bytes *own = &frame[i % FRAME_REACH];
        nd_bytes_clear(own);
        bool named = line->m.names + line->m.numbers > 0;
        if (line->kind != ND_UNIT_PROSE || line->bullet || !named || line->m.stops >= 4) continue;
        frame_of(nd_line_whole(a, line), own);
        size_t same[FRAME_REACH];
        size_t n = 0;
        for (size_t k = 0; own->len && k < FRAME_REACH && k <= i; k++) {
            if (nd_view_eq(nd_bytes_view(&frame[(i - k) % FRAME_REACH]), nd_bytes_view(own)))
                same[n++] = i - k;
        }
        for (size_t k = 0; n >= FRAME_TIMES && k < n; k++) a->lines[same[k]].kind = ND_UNIT_CODE;
    }
    for (size_t k = 0; k < FRAME_REACH; k++) nd_bytes_release(&frame[k]);
}

/* Listings that the source marks as such need no guessing. */
static void take_marked(struct nd_analysis *a)
{
    for (size_t i = 0; i < a->reading->code_count; i++) {
        const struct nd_range *r = &a->reading->code[i];
        if (r->page == 0 || r->page > a->pages) continue;
        for (size_t k = nd_line_at(a, r->page, r->start);
             k < a->first_line[r->page] && a->lines[k].start < r->end; k++)
            a->lines[k].kind = ND_UNIT_CODE;
    }
}

void nd_lines_classify(struct nd_analysis *a)
{
    for (size_t i = 0; i < a->line_count; i++) {
        struct nd_line *line = &a->lines[i];
        if (is_numeric(&line->m))
            line->kind = ND_UNIT_NUMERIC;
        else if (is_code(nd_line_whole(a, line), &line->m) && !(line->bullet && reads_like_prose(line)))
            line->kind = ND_UNIT_CODE;
    }
    for (size_t i = 1; i + 1 < a->line_count; i++) {
        struct nd_line *line = &a->lines[i];
        bool between = a->lines[i - 1].kind == ND_UNIT_CODE && a->lines[i + 1].kind == ND_UNIT_CODE;
        if (between && line->kind == ND_UNIT_PROSE && !line->bullet && !reads_like_prose(line))
            line->kind = ND_UNIT_CODE;
    }
    if (!a->blocks) mark_output(a);
    take_marked(a);
}
