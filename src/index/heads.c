#include "analysis.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

/* ---- headings that the reading names ---- */

/* Letters and digits in lower case: how a heading's line and its entry are compared. */
static void bare(struct nd_view text, struct nd_bytes *out)
{
    nd_bytes_clear(out);
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (nd_is_letter(c) || nd_is_digit(c)) nd_utf8_add(out, nd_text_lower(c));
    }
}

/* "4.2 Remote login" is the line of the entry "Remote login", and the other way round. */
static bool same_title(struct nd_view line, struct nd_view title)
{
    struct nd_view longer = line.len > title.len ? line : title;
    struct nd_view shorter = line.len > title.len ? title : line;
    if (shorter.len < 3 || longer.len > shorter.len + 12) return false;
    struct nd_view tail = nd_view_sub(longer, longer.len - shorter.len, longer.len);
    if (!nd_view_eq(tail, shorter)) return false;
    for (size_t i = 0; i + shorter.len < longer.len; i++) {
        bool digit = longer.data[i] >= '0' && longer.data[i] <= '9';
        if (!digit && longer.len > shorter.len + 1 && !nd_view_starts(longer, "chapter") &&
            !nd_view_starts(longer, "appendix") && !nd_view_starts(longer, "section"))
            return false;
    }
    return true;
}

/* How many lines may be compared with titles in one document: far above what outlines need, below what hurts.
 */
#define COMPARED_LINES_MAX 2000000

/* The first line from `from` on the page that is the title (one line, or two joined); line_count when there
 * is none. */
static size_t find_title(struct nd_analysis *a, uint32_t page, const char *title, size_t from, size_t *lines)
{
    struct nd_bytes want = ND_BYTES(ND_BYTES_MAX);
    struct nd_bytes have = ND_BYTES(ND_BYTES_MAX);
    size_t found = a->line_count;
    bare(nd_view_of(title), &want);
    size_t start = from > a->first_line[page - 1] ? from : a->first_line[page - 1];
    for (size_t i = start; i < a->first_line[page] && found == a->line_count; i++) {
        if (++a->compared_lines > COMPARED_LINES_MAX) break;
        if (a->lines[i].kind == ND_UNIT_FURNITURE || a->lines[i].kind == ND_UNIT_CONTENTS) continue;
        struct nd_view text = nd_line_whole(a, &a->lines[i]);
        if (text.len > 300) continue;
        bare(text, &have);
        *lines = 1;
        if (same_title(nd_bytes_view(&have), nd_bytes_view(&want))) found = i;
        if (found == i || i + 1 >= a->first_line[page] || have.len >= want.len) continue;
        bare(nd_view_sub(a->page[page - 1], a->lines[i].start, a->lines[i + 1].end), &have);
        *lines = 2;
        if (same_title(nd_bytes_view(&have), nd_bytes_view(&want))) found = i;
    }
    nd_bytes_release(&want);
    nd_bytes_release(&have);
    return found;
}

/* Marks the heading's lines and returns the first; an entry without a line starts where its page ends. */
static size_t place_heading(struct nd_analysis *a, const struct nd_heading *h, size_t from)
{
    uint32_t page = h->range.page;
    if (page == 0 || page > a->pages) return a->line_count;
    size_t first = a->line_count;
    if (h->range.start < h->range.end) {
        size_t end = a->first_line[page];
        size_t at = nd_line_at(a, page, h->range.start);
        for (size_t i = at; i < end && a->lines[i].start < h->range.end; i++) {
            first = at;
            a->lines[i].kind = ND_UNIT_HEAD;
        }
        if (first < a->line_count) return first;
    }
    size_t lines = 1;
    first = find_title(a, page, h->title, from, &lines);
    if (first == a->line_count) return a->first_line[page];
    for (size_t i = first; i < first + lines; i++) a->lines[i].kind = ND_UNIT_HEAD;
    return first;
}

/* ---- sections ---- */

static void add_section(struct nd_analysis *a, struct nd_view title, unsigned level, bool bookmark,
                        size_t line)
{
    if (a->section_count == a->section_cap) {
        size_t cap = a->section_cap ? a->section_cap * 2 : 32;
        a->sections = nd_realloc(a->sections, cap, sizeof *a->sections);
        a->section_line = nd_realloc(a->section_line, cap, sizeof *a->section_line);
        a->section_cap = cap;
    }
    uint32_t parent = a->section_count ? (uint32_t)a->section_count - 1 : ND_NONE;
    while (parent != ND_NONE && a->sections[parent].level >= level) parent = a->sections[parent].parent;
    struct nd_section *s = &a->sections[a->section_count];
    *s = (struct nd_section){.parent = parent, .level = level, .bookmark = bookmark};
    s->page = line < a->line_count ? a->lines[line].page : a->pages;
    s->title = nd_view_dup(title);
    s->path =
        parent == ND_NONE ? nd_strdup(s->title) : nd_sprintf("%s > %s", a->sections[parent].path, s->title);
    a->section_line[a->section_count++] = line;
}

static void sections_from_reading(struct nd_analysis *a)
{
    size_t from = 0;
    for (size_t i = 0; i < a->reading->heading_count; i++) {
        const struct nd_heading *h = &a->reading->headings[i];
        size_t line = place_heading(a, h, from);
        if (line < from) line = from;
        from = line;
        add_section(a, nd_view_of(h->title), h->level, h->bookmark, line);
    }
}

/* ---- headings recognised by their look, for documents that name none ---- */

/* The parts of "4", "4.2", "A.3.1" that open the line; 0 for none. *title is where the words start. */
static unsigned number_parts(struct nd_view line, size_t *title)
{
    size_t at = 0;
    unsigned parts = 0;
    if (line.len > 2 && line.data[0] >= 'A' && line.data[0] <= 'Z' && line.data[1] == '.') {
        parts = 1;
        at = 2;
    }
    while (at < line.len && line.data[at] >= '0' && line.data[at] <= '9') {
        size_t digits = at;
        while (at < line.len && line.data[at] >= '0' && line.data[at] <= '9') at++;
        if (at - digits > 3) return 0;
        parts++;
        if (at + 1 >= line.len || line.data[at] != '.') break;
        at++;
    }
    if (parts == 0 || at >= line.len || line.data[at] != ' ') return 0;
    *title = at + 1;
    return parts;
}

static bool opens_chapter(struct nd_view line)
{
    static const char *const words[] = {"Chapter ", "CHAPTER ",  "Appendix ", "APPENDIX ", "Part ", "PART ",
                                        "Kapitel ", "Chapitre ", "Capítulo ", "Глава ",    "第"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (nd_view_starts(line, words[i])) return true;
    }
    return false;
}

static bool title_case(const struct nd_measure *m)
{
    uint32_t content = m->words > m->stops ? m->words - m->stops : 0;
    return content > 0 && m->capitals * 10 >= content * 7 && m->numbers * 2 < m->words;
}

static bool could_be_title(const struct nd_analysis *a, const struct nd_line *line)
{
    const struct nd_measure *m = &line->m;
    bool ends_open = m->last == ND_EDGE_STOP || m->last == ND_EDGE_COLON || m->last == ND_EDGE_COMMA ||
                     m->last == ND_EDGE_HYPHEN;
    return line->kind == ND_UNIT_PROSE && !ends_open && m->words > 0 && m->words <= 12 && m->letters >= 3 &&
           nd_line_whole(a, line).len <= 90 && m->brackets == 0;
}

/* Does the text before and after allow a heading here: nothing unfinished above, something that starts below?
 */
static bool stands_alone(const struct nd_analysis *a, size_t i)
{
    const struct nd_line *line = &a->lines[i];
    if (i + 1 >= a->line_count) return false;
    const struct nd_line *next = &a->lines[i + 1];
    if (next->m.first == ND_EDGE_LOWER || next->kind == ND_UNIT_NUMERIC) return false;
    if (i == 0 || line->gap || a->lines[i - 1].page != line->page) return true;
    const struct nd_line *before = &a->lines[i - 1];
    return before->kind != ND_UNIT_PROSE || before->m.last == ND_EDGE_STOP ||
           before->width < 0.7 * next->width;
}

/* Words over a box in the text, which open no section. */
static bool names_box(struct nd_view text)
{
    static const char *const words[] = {"note",   "notes", "tip",     "warning", "important", "caution",
                                        "caveat", "hint",  "example", "caveats", "attention", "remark"};
    struct nd_bytes letters = ND_BYTES(ND_BYTES_MAX);
    bool found = false;
    bare(text, &letters);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        found = found || nd_view_is(nd_bytes_view(&letters), words[i]);
    nd_bytes_release(&letters);
    return found;
}

/* The level that a line's look gives it: of its number, 1 for a chapter, LEVEL_TITLED without a number, 0 for
 * none. */
#define LEVEL_TITLED 9

static unsigned level_by_look(const struct nd_analysis *a, size_t i)
{
    const struct nd_line *line = &a->lines[i];
    if (!could_be_title(a, line) || !stands_alone(a, i)) return 0;
    struct nd_view text = nd_line_whole(a, line);
    size_t title = 0;
    unsigned parts = number_parts(text, &title);
    size_t at = title;
    if (line->bullet && !title_case(&line->m)) return 0;
    if (opens_chapter(text) && line->m.digits) return 1;
    uint32_t first = parts && at < text.len ? nd_utf8_next(text, &at) : 0;
    if (nd_is_upper(first) || nd_is_cjk(first) || first == '/') return parts;
    const struct nd_line *next = &a->lines[i + 1];
    bool titled =
        !line->bullet && title_case(&line->m) && next->m.words >= 6 && line->width < 0.7 * next->width;
    return titled && !names_box(text) ? LEVEL_TITLED : 0;
}

/* With so many numbered headings, lines without a number are labels of figures and boxes. */
#define NUMBERED_MANY 8

static void sections_by_look(struct nd_analysis *a)
{
    unsigned *level = ND_ARRAY(unsigned, a->line_count);
    size_t numbered = 0;
    for (size_t i = 0; i < a->line_count; i++) {
        level[i] = level_by_look(a, i);
        numbered += level[i] > 0 && level[i] < LEVEL_TITLED;
    }
    for (size_t i = 0; i < a->line_count; i++) {
        if (level[i] == 0 || (level[i] == LEVEL_TITLED && numbered >= NUMBERED_MANY)) continue;
        a->lines[i].kind = ND_UNIT_HEAD;
        add_section(a, nd_line_whole(a, &a->lines[i]), level[i], false, i);
    }
    nd_free(level);
}

void nd_heads_mark(struct nd_analysis *a)
{
    if (a->reading->heading_count)
        sections_from_reading(a);
    else
        sections_by_look(a);
}
