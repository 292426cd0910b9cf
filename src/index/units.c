#include "analysis.h"
#include "judge.h"
#include "sentences.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <stdlib.h>
#include <string.h>

const char *nd_unit_kind_word(enum nd_unit_kind kind)
{
    static const char *const words[] = {
        [ND_UNIT_PROSE] = "prose",       [ND_UNIT_FRAGMENT] = "fragment", [ND_UNIT_ITEM] = "item",
        [ND_UNIT_HEAD] = "head",         [ND_UNIT_CODE] = "code",         [ND_UNIT_NUMERIC] = "numeric",
        [ND_UNIT_TABLE] = "table",       [ND_UNIT_CAPTION] = "caption",   [ND_UNIT_REFERENCE] = "reference",
        [ND_UNIT_CONTENTS] = "contents", [ND_UNIT_INDEX] = "index",       [ND_UNIT_FURNITURE] = "furniture",
    };
    return words[kind];
}

/* A paragraph may cross pages; what lies on one page is a piece of it. */
struct piece {
    uint32_t page, start, end; /* on the page */
    size_t at;                 /* in the paragraph's text */
};

struct paragraph {
    size_t first, last; /* lines; what lies between and is not of it was left out */
    struct piece *pieces;
    size_t piece_count, piece_cap;
    struct nd_bytes text;
    bool entered; /* what stands before it is complete */
    bool broken;  /* what stands before it breaks off in mid-sentence */
    bool open;
};

struct cutter {
    struct nd_analysis *a;
    struct paragraph p;
    uint32_t paragraphs;
    size_t section;                /* how many sections start at or before the line at hand */
    const struct nd_line *before;  /* last line of the body that was handled, NULL at the start */
    enum nd_unit_kind before_kind; /* what its last unit turned out to be */
};

/* ---- does a line go on with the paragraph of the line before it? ---- */

/* What would have to fit on the line before: the first word, or one character where lines break between any
 * two. */
static double first_run_width(struct nd_view text)
{
    size_t end = 0;
    while (end < text.len) {
        size_t next = end;
        uint32_t c = nd_utf8_next(text, &next);
        if (nd_is_space(c)) break;
        end = next;
        if (nd_is_cjk(c)) break;
    }
    return nd_printed_width(nd_view_sub(text, 0, end));
}

/* The width of the column around line i: the widest of its near neighbours. */
static double column_width(const struct nd_analysis *a, size_t i)
{
    double width = 0;
    size_t from = i >= 2 ? i - 2 : 0;
    for (size_t j = from; j < a->line_count && j <= i + 3; j++) {
        const struct nd_line *line = &a->lines[j];
        if (line->page == a->lines[i].page && line->kind == ND_UNIT_PROSE && line->width > width)
            width = line->width;
    }
    return width;
}

/* How much of the column the line and the next one's first word would fill. */
static double filled(const struct nd_analysis *a, size_t i, size_t next)
{
    double need = a->lines[i].width + 0.3 + first_run_width(nd_line_text(a, &a->lines[next]));
    return need / column_width(a, i);
}

/* A line that ends although the next line's first word would have fitted was ended on purpose. */
#define FIT 0.93
/* One that leaves a third of the column empty was, even if what follows starts in lower case, as a name may.
 */
#define FIT_TITLE 0.66

static bool ended_on_purpose(const struct nd_analysis *a, size_t i, size_t next)
{
    return a->lines[i].m.last != ND_EDGE_HYPHEN && filled(a, i, next) < FIT;
}

static bool stands_over(const struct nd_analysis *a, size_t i, size_t next)
{
    const struct nd_measure *m = &a->lines[i].m;
    bool open = m->last == ND_EDGE_COMMA || m->last == ND_EDGE_HYPHEN || m->first == ND_EDGE_LOWER ||
                m->brackets != 0;
    if (open || m->words > 8 || a->lines[next].m.words < 6 || filled(a, i, next) >= FIT_TITLE) return false;
    return !nd_is_grammar_word(a->language, nd_line_text(a, &a->lines[next]));
}

static bool unfinished(const struct nd_line *line)
{
    return line->m.last != ND_EDGE_STOP && line->m.last != ND_EDGE_COLON;
}

static bool goes_on(const struct nd_analysis *a, size_t i, size_t next, bool first)
{
    const struct nd_line *line = &a->lines[next];
    const struct nd_line *last = &a->lines[i];
    if (line->gap || line->bullet || a->blocks || line->kind == ND_UNIT_CAPTION) return false;
    if (last->m.last == ND_EDGE_COLON && ended_on_purpose(a, i, next)) return false;
    if (last->m.last == ND_EDGE_STOP && line->m.words == 1 && line->m.last != ND_EDGE_STOP) return false;
    if (first && stands_over(a, i, next)) return false;
    if (line->m.first == ND_EDGE_LOWER || line->m.first == ND_EDGE_NONE)
        return unfinished(last) || !ended_on_purpose(a, i, next);
    return !ended_on_purpose(a, i, next);
}

/* Over a page break a sentence goes on when it is unfinished above and what follows does not start one. */
static bool goes_on_overleaf(const struct nd_analysis *a, size_t i, size_t next)
{
    const struct nd_line *line = &a->lines[next];
    const struct nd_line *last = &a->lines[i];
    if (line->bullet || !unfinished(last) || last->kind != line->kind || a->blocks) return false;
    if (line->m.first == ND_EDGE_LOWER || last->m.last == ND_EDGE_HYPHEN || last->m.last == ND_EDGE_COMMA)
        return true;
    return last->m.words >= 6 && last->width > 0.85 * column_width(a, i) && line->m.words >= 4;
}

/* ---- units ---- */

static void add_unit(struct cutter *c, struct nd_range at, struct nd_range rest, enum nd_unit_kind kind,
                     unsigned flags, const struct nd_measure *m)
{
    struct nd_analysis *a = c->a;
    ND_GROW(a->units, a->unit_count, a->unit_cap);
    uint32_t words = m->words > UINT16_MAX ? UINT16_MAX : m->words;
    uint32_t stops = m->stops > UINT16_MAX ? UINT16_MAX : m->stops;
    a->units[a->unit_count++] = (struct nd_unit){
        .at = at,
        .rest = rest,
        .paragraph = c->paragraphs,
        .section = c->section ? (uint32_t)c->section - 1 : ND_NONE,
        .passage = ND_NONE,
        .words = (uint16_t)words,
        .stops = (uint16_t)stops,
        .kind = (uint8_t)kind,
        .flags = (uint8_t)(flags | (rest.page ? ND_UNIT_CONTINUES : 0)),
    };
}

static void enter_line(struct cutter *c, size_t i)
{
    while (c->section < c->a->section_count && c->a->section_line[c->section] <= i) c->section++;
}

static void whole_line(struct cutter *c, size_t i, enum nd_unit_kind kind)
{
    const struct nd_line *line = &c->a->lines[i];
    struct nd_range at = {line->page, kind == ND_UNIT_FURNITURE ? line->start : line->text, line->end};
    c->paragraphs++;
    add_unit(c, at, (struct nd_range){0}, kind, ND_UNIT_OPENS | (line->bullet ? ND_UNIT_BULLET : 0),
             &line->m);
}

static size_t piece_of(const struct paragraph *p, size_t at)
{
    size_t i = p->piece_count - 1;
    while (i > 0 && p->pieces[i].at > at) i--;
    return i;
}

static struct nd_range range_on(const struct piece *piece, size_t start, size_t end)
{
    size_t len = piece->end - piece->start;
    size_t from = start > piece->at ? start - piece->at : 0;
    size_t to = end > piece->at ? end - piece->at : 0;
    if (to > len) to = len;
    if (from > to) from = to;
    return (struct nd_range){piece->page, piece->start + (uint32_t)from, piece->start + (uint32_t)to};
}

static unsigned lines_in(struct nd_view text)
{
    unsigned lines = 1;
    for (size_t i = 0; i < text.len; i++) lines += text.data[i] == '\n';
    return lines;
}

/* One piece of the paragraph's text, [start, end), becomes a unit; over more than two pages, one unit for
 * each page. */
static void cut_unit(struct cutter *c, size_t start, size_t end, bool first, bool alone)
{
    struct nd_view text = nd_view_sub(nd_bytes_view(&c->p.text), start, end);
    const struct nd_line *line = &c->a->lines[c->p.first];
    struct nd_measure m;
    nd_measure(text, c->a->language, &m);
    bool own_line = start > 0 && c->p.text.data[start - 1] == '\n' && end == c->p.text.len;
    struct nd_piece piece = {.text = text,
                             .language = c->a->language,
                             .alone = alone || own_line,
                             .bullet = line->bullet,
                             .lines = lines_in(text)};
    piece.entered = first ? c->p.entered : c->before_kind == ND_UNIT_PROSE || c->before_kind == ND_UNIT_HEAD;
    piece.broken = first && c->p.broken;
    enum nd_unit_kind kind = line->kind == ND_UNIT_PROSE ? nd_judge(&piece, &m) : line->kind;
    size_t from = piece_of(&c->p, start);
    size_t to = piece_of(&c->p, end - 1);
    unsigned flags = (first ? ND_UNIT_OPENS | (line->bullet ? ND_UNIT_BULLET : 0) : 0U);
    if (m.first == ND_EDGE_LOWER) flags |= ND_UNIT_LOWER;
    if (m.last == ND_EDGE_COLON) flags |= ND_UNIT_LEAD;
    if (to - from > 1) {
        for (size_t i = from; i <= to; i++)
            add_unit(c, range_on(&c->p.pieces[i], start, end), (struct nd_range){0}, ND_UNIT_FRAGMENT, flags,
                     &m);
        kind = ND_UNIT_FRAGMENT;
    } else {
        struct nd_range rest = to > from ? range_on(&c->p.pieces[to], start, end) : (struct nd_range){0};
        add_unit(c, range_on(&c->p.pieces[from], start, end), rest, kind, flags, &m);
    }
    c->before_kind = kind;
}

static size_t trim_end(struct nd_view text, size_t start, size_t end)
{
    while (end > start) {
        size_t back = end - 1;
        while (back > start && (text.data[back] & 0xC0) == 0x80) back--;
        size_t next = back;
        if (!nd_is_space(nd_utf8_next(text, &next))) break;
        end = back;
    }
    return end;
}

/* A heading or term that runs into the sentence at `at`, which starts a line, becomes a unit of its own. */
static size_t cut_head(struct cutter *c, size_t at)
{
    struct nd_view text = nd_bytes_view(&c->p.text);
    bool line_start = at == 0 || text.data[at - 1] == '\n';
    if (!line_start || c->a->lines[c->p.first].kind != ND_UNIT_PROSE) return 0;
    size_t len = nd_run_in_head(nd_view_sub(text, at, text.len), c->a->language);
    size_t end = trim_end(text, at, at + len);
    size_t piece = piece_of(&c->p, at);
    if (len == 0 || piece_of(&c->p, end) != piece) return 0;
    struct nd_measure m;
    nd_measure(nd_view_sub(text, at, end), c->a->language, &m);
    add_unit(c, range_on(&c->p.pieces[piece], at, end), (struct nd_range){0}, ND_UNIT_HEAD, ND_UNIT_OPENS,
             &m);
    return len;
}

static void end_paragraph(struct cutter *c)
{
    struct paragraph *p = &c->p;
    if (!p->open) return;
    p->open = false;
    c->paragraphs++;
    struct nd_view text = nd_bytes_view(&p->text);
    bool first = true;
    for (size_t at = 0; at < text.len;) {
        at += cut_head(c, at);
        size_t end = nd_sentence_end(text, at, c->a->language);
        size_t next = nd_sentence_start(text, end);
        end = trim_end(text, at, end);
        if (end > at) cut_unit(c, at, end, first, first && next >= text.len);
        first = false;
        at = next;
    }
}

static void add_piece(struct paragraph *p, struct nd_view page_text, struct piece piece)
{
    if (p->text.len) nd_bytes_add_char(&p->text, '\n');
    piece.at = p->text.len;
    nd_bytes_add(&p->text, page_text.data + piece.start, piece.end - piece.start);
    ND_GROW(p->pieces, p->piece_count, p->piece_cap);
    p->pieces[p->piece_count++] = piece;
}

static void add_to_paragraph(struct cutter *c, size_t i)
{
    const struct nd_line *line = &c->a->lines[i];
    struct paragraph *p = &c->p;
    struct piece *last = p->piece_count ? &p->pieces[p->piece_count - 1] : NULL;
    struct nd_view page = c->a->page[line->page - 1];
    if (last && last->page == line->page) {
        nd_bytes_add(&p->text, page.data + last->end, line->end - last->end);
        last->end = line->end;
    } else {
        add_piece(p, page, (struct piece){line->page, line->text, line->end, 0});
    }
    p->last = i;
}

static bool complete(const struct cutter *c)
{
    if (!c->before) return true;
    if (c->before_kind == ND_UNIT_HEAD || c->before_kind == ND_UNIT_ITEM ||
        c->before_kind == ND_UNIT_CAPTION || c->before_kind == ND_UNIT_PROSE)
        return true;
    return c->before->kind == ND_UNIT_PROSE && c->before->m.last == ND_EDGE_STOP;
}

static void start_paragraph(struct cutter *c, size_t i)
{
    bool entered = complete(c) || c->a->lines[i].bullet;
    bool broken = c->before && c->before->page == c->a->lines[i].page && c->before_kind == ND_UNIT_FRAGMENT &&
                  c->before->m.last == ND_EDGE_COMMA && c->before->m.words >= 3 && !c->a->lines[i].bullet;
    enter_line(c, i);
    c->p.first = i;
    c->p.piece_count = 0;
    nd_bytes_clear(&c->p.text);
    c->p.open = true;
    c->p.entered = entered;
    c->p.broken = broken;
    add_to_paragraph(c, i);
}

/* A caption runs on over the lines of its paragraph. */
static void body_line(struct cutter *c, size_t i)
{
    struct nd_analysis *a = c->a;
    struct nd_line *line = &a->lines[i];
    bool joins = false;
    if (c->p.open && a->lines[c->p.last].page == line->page)
        joins = c->p.last + 1 == i && goes_on(a, c->p.last, i, c->p.last == c->p.first);
    else if (c->p.open && a->lines[c->p.last].page + 1 == line->page)
        joins = goes_on_overleaf(a, c->p.last, i);
    if (joins) {
        line->kind = a->lines[c->p.first].kind;
        add_to_paragraph(c, i);
    } else {
        end_paragraph(c);
        start_paragraph(c, i);
    }
    c->before = line;
}

static void cut_lines(struct cutter *c, bool notes)
{
    c->before = NULL;
    c->section = 0;
    for (size_t i = 0; i < c->a->line_count; i++) {
        const struct nd_line *line = &c->a->lines[i];
        if (line->note != notes || line->kind == ND_UNIT_FURNITURE) continue;
        if (line->kind == ND_UNIT_PROSE || line->kind == ND_UNIT_CAPTION) {
            body_line(c, i);
            continue;
        }
        end_paragraph(c);
        enter_line(c, i);
        whole_line(c, i, line->kind);
        c->before = line;
        c->before_kind = line->kind;
    }
    end_paragraph(c);
}

static int by_place(const void *a, const void *b)
{
    const struct nd_unit *left = a;
    const struct nd_unit *right = b;
    if (left->at.page != right->at.page) return left->at.page < right->at.page ? -1 : 1;
    return left->at.start < right->at.start ? -1 : left->at.start > right->at.start;
}

void nd_units_cut(struct nd_analysis *a)
{
    struct cutter c = {.a = a, .p = {.text = ND_BYTES(ND_BYTES_MAX)}, .before_kind = ND_UNIT_HEAD};
    cut_lines(&c, false);
    cut_lines(&c, true);
    c.section = 0;
    for (size_t i = 0; i < a->line_count; i++) {
        if (a->lines[i].kind != ND_UNIT_FURNITURE) continue;
        enter_line(&c, i);
        whole_line(&c, i, ND_UNIT_FURNITURE);
    }
    nd_bytes_release(&c.p.text);
    nd_free(c.p.pieces);
    if (a->unit_count) qsort(a->units, a->unit_count, sizeof *a->units, by_place);
}
