#include "analysis.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

static bool is_ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Dots that lead the eye to a page number: "Chapter . . . . 12", "Chapter......12". */
static bool has_leader(struct nd_view line)
{
    size_t dots = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == '.')
            dots++;
        else if (line.data[i] != ' ')
            dots = 0;
        if (dots >= 4) return true;
    }
    return false;
}

/* The number that ends the line after a space or a dot, or -1. */
static long last_number(struct nd_view line)
{
    size_t start = line.len;
    while (start > 0 && is_ascii_digit(line.data[start - 1])) start--;
    size_t digits = line.len - start;
    if (digits == 0 || digits > 5 || start == 0 ||
        (line.data[start - 1] != ' ' && line.data[start - 1] != '.'))
        return -1;
    long value = 0;
    for (size_t i = start; i < line.len; i++) value = value * 10 + (line.data[i] - '0');
    return value;
}

/* "certificates, 12, 34-36" */
static bool is_index_entry(struct nd_view line, const struct nd_measure *m)
{
    size_t at = line.len;
    bool comma = false;
    bool digit = false;
    while (at > 0) {
        char c = line.data[at - 1];
        if (c == ',' || c == '.') comma = true;
        if (is_ascii_digit(c)) digit = true;
        if (!is_ascii_digit(c) && c != ',' && c != ' ' && c != '-' && c != '.' && (unsigned char)c < 0x80)
            break;
        if ((unsigned char)c >= 0x80) break;
        at--;
    }
    return digit && comma && at > 0 && at < line.len && m->letters > 0 && m->words <= 10 && line.len < 90 &&
           is_ascii_digit(line.data[line.len - 1]);
}

static bool is_body(const struct nd_line *line)
{
    return line->kind != ND_UNIT_FURNITURE;
}

static void mark_lines(struct nd_analysis *a, size_t from, size_t end, enum nd_unit_kind kind)
{
    for (size_t i = from; i < end; i++) {
        if (is_body(&a->lines[i])) a->lines[i].kind = kind;
    }
}

/*
 * Whole pages of contents (leaders on 30 % of at least 6 lines) and of an index (entries on 40 % of at least
 * 10). What is all on one page has its contents beside its text.
 */
static void mark_list_pages(struct nd_analysis *a)
{
    for (uint32_t page = 0; page < a->pages; page++) {
        size_t from = a->first_line[page], end = a->first_line[page + 1], lines = 0, leaders = 0, entries = 0;
        for (size_t i = from; i < end; i++) {
            struct nd_line *line = &a->lines[i];
            if (!is_body(line)) continue;
            struct nd_view text = nd_line_whole(a, line);
            bool leader = line->m.letters > 0 && has_leader(text);
            lines++;
            if (leader) line->kind = ND_UNIT_CONTENTS;
            leaders += leader;
            entries += is_index_entry(text, &line->m);
        }
        if (a->pages == 1) return;
        if (lines >= 10 && entries * 10 > lines * 4)
            mark_lines(a, from, end, ND_UNIT_INDEX);
        else if (lines >= 6 && leaders * 10 > lines * 3)
            mark_lines(a, from, end, ND_UNIT_CONTENTS);
    }
}

/*
 * A contents list without leaders: at least four entries in a row that end in a page number, none smaller
 * than the one before, with at most one line (the first part of a long title) between two of them. Under a
 * title that says so two are enough.
 */
#define CONTENTS_ENTRIES 4
#define CONTENTS_TITLED 2
#define CONTENTS_WORDS 24 /* of one line: questions and sentences stand in contents, too */

struct run {
    size_t entries, last; /* last: line of the last entry */
    bool rises;
};

static struct run contents_run(const struct nd_analysis *a, size_t from)
{
    struct run run = {.last = from};
    long value = 0, first = -1;
    for (size_t j = from; j < a->line_count && j <= run.last + 2; j++) {
        const struct nd_line *line = &a->lines[j];
        if (!is_body(line)) {
            if (run.entries && j > run.last) run.last = run.last + 1 > j ? run.last : j;
            continue;
        }
        bool fits = line->m.letters && line->m.words <= CONTENTS_WORDS;
        long number = fits ? last_number(nd_line_whole(a, line)) : -1;
        if (number < 0 && run.entries == 0) break;
        if (number < 0 || line->m.last == ND_EDGE_STOP) continue;
        if (number < value || number > (long)a->pages + 100) break;
        if (first < 0) first = number;
        value = number;
        run.last = j;
        run.entries++;
    }
    run.rises = value > first;
    return run;
}

static bool is_one_of(struct nd_view letters, const char *const *titles, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (nd_view_is(letters, titles[i])) return true;
    }
    return false;
}

/* The letters of a line in lower case, without numbers, signs and spaces. */
static void letters_of(struct nd_view line, struct nd_bytes *out)
{
    nd_bytes_clear(out);
    for (size_t at = 0; at < line.len;) {
        uint32_t c = nd_utf8_next(line, &at);
        if (nd_is_letter(c)) nd_utf8_add(out, nd_text_lower(c));
    }
}

static bool opens_contents(struct nd_view line, struct nd_bytes *letters)
{
    static const char *const titles[] = {"contents",
                                         "tableofcontents",
                                         "listoffigures",
                                         "listoftables",
                                         "inhalt",
                                         "inhaltsverzeichnis",
                                         "abbildungsverzeichnis",
                                         "tabellenverzeichnis",
                                         "sommaire",
                                         "tabledesmatières",
                                         "índice",
                                         "contenido",
                                         "indice",
                                         "inhoud",
                                         "содержание",
                                         "оглавление",
                                         "目录",
                                         "目次",
                                         "차례"};
    if (line.len > 60) return false;
    letters_of(line, letters);
    return is_one_of(nd_bytes_view(letters), titles, sizeof titles / sizeof *titles);
}

static void mark_contents_runs(struct nd_analysis *a)
{
    struct nd_bytes letters = ND_BYTES(ND_BYTES_MAX);
    bool titled = false; /* does the line before say what comes? */
    for (size_t i = 0; i < a->line_count;) {
        struct run run = contents_run(a, i);
        size_t least = titled ? CONTENTS_TITLED : CONTENTS_ENTRIES;
        if (run.entries >= least && (run.rises || titled))
            mark_lines(a, titled ? i - 1 : i, run.last + 1, ND_UNIT_CONTENTS);
        titled = opens_contents(nd_line_whole(a, &a->lines[i]), &letters);
        i = titled ? i + 1 : run.last + 1;
    }
    nd_bytes_release(&letters);
}

static bool opens_references(struct nd_view line, struct nd_bytes *letters)
{
    static const char *const titles[] = {
        "references",
        "bibliography",
        "literature",
        "literaturecited",
        "workscited",
        "citedliterature",
        "sources",
        "literatur",
        "literaturverzeichnis",
        "quellen",
        "quellenverzeichnis",
        "bibliographie",
        "références",
        "bibliografía",
        "bibliografia",
        "referencias",
        "referências",
        "riferimenti",
        "referenties",
        "bibliografie",
        "литература",
        "списоклитературы",
        "参考文献",
        "參考文獻",
        "참고문헌",
        "المراجع",
        "literaturehinweise",
    };
    if (line.len > 60) return false;
    letters_of(line, letters);
    return is_one_of(nd_bytes_view(letters), titles, sizeof titles / sizeof *titles);
}

static bool has_year(struct nd_view line)
{
    for (size_t i = 0; i + 4 <= line.len; i++) {
        const char *at = line.data + i;
        bool year = (at[0] == '1' && at[1] == '9') || (at[0] == '2' && at[1] == '0');
        if (!year || !is_ascii_digit(at[2]) || !is_ascii_digit(at[3])) continue;
        if (i > 0 && is_ascii_digit(at[-1])) continue;
        if (i + 4 == line.len || !is_ascii_digit(at[4])) return true;
    }
    return false;
}

static bool is_reference_like(struct nd_view line)
{
    static const char *const signs[] = {"http", "doi",  "pp.",   "Vol.",  "vol.",   "ISBN",
                                        "ISSN", "RFC ", "et al", "Press", "Journal"};
    if (has_year(line)) return true;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (nd_view_find(line, nd_view_of(signs[i]), 0) != SIZE_MAX) return true;
    }
    return false;
}

/* How many lines a reference list goes on without any sign of a reference: one entry of the longest kind. */
#define REFERENCE_GAP 6

/* Lines at which a heading of the reading stands; a list of references ends before the next one. */
static bool *heading_lines(const struct nd_analysis *a)
{
    bool *at = ND_ARRAY(bool, a->line_count);
    for (size_t i = 0; i < a->reading->heading_count; i++) {
        const struct nd_range *r = &a->reading->headings[i].range;
        if (r->page == 0 || r->page > a->pages || r->start >= r->end) continue;
        size_t line = nd_line_at(a, r->page, r->start);
        if (line < a->first_line[r->page]) at[line] = true;
    }
    return at;
}

static void mark_references(struct nd_analysis *a)
{
    struct nd_bytes letters = ND_BYTES(ND_BYTES_MAX);
    bool *headings = heading_lines(a);
    for (size_t i = 0; i < a->line_count; i++) {
        if (!is_body(&a->lines[i]) || !opens_references(nd_line_whole(a, &a->lines[i]), &letters)) continue;
        size_t last = i;
        for (size_t j = i + 1; j < a->line_count && j <= last + REFERENCE_GAP; j++) {
            struct nd_line *line = &a->lines[j];
            if (!is_body(line)) {
                if (last + 1 == j) last = j;
                continue;
            }
            if (headings[j]) break;
            if (is_reference_like(nd_line_whole(a, line))) last = j;
        }
        while (last + 1 < a->line_count && last > i && a->lines[last].m.last != ND_EDGE_STOP &&
               a->lines[last + 1].m.first == ND_EDGE_LOWER)
            last++;
        for (size_t j = i + 1; j <= last; j++) {
            if (is_body(&a->lines[j])) a->lines[j].kind = ND_UNIT_REFERENCE;
        }
        i = last;
    }
    nd_free(headings);
    nd_bytes_release(&letters);
}

/* "Figure 3:", "Table 3.2.", "Abb. 4 –", "表 2：" */
static bool is_caption(struct nd_view line)
{
    static const char *const words[] = {
        "Figure", "Fig.",    "FIGURE",  "Table", "TABLE",  "Tab.",    "Listing", "Abbildung",
        "Abb.",   "Tabelle", "Figura",  "Tabla", "Tabela", "Tabella", "Tableau", "Figuur",
        "Рис.",   "Рисунок", "Таблица", "図",    "表",     "图",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!nd_view_starts(line, words[i])) continue;
        size_t at = strlen(words[i]);
        while (at < line.len && line.data[at] == ' ') at++;
        size_t number = at;
        while (at < line.len &&
               (is_ascii_digit(line.data[at]) || line.data[at] == '.' || line.data[at] == '-'))
            at++;
        if (at == number) return false;
        if (at == line.len || line.data[at - 1] == '.') return true;
        return line.data[at] == ':' || (unsigned char)line.data[at] >= 0x80;
    }
    return false;
}

/* "1The command was …": a note at the foot of the page, its mark glued to a capital; all below it is notes.
 */
static bool opens_note(struct nd_view line, size_t *text)
{
    size_t at = 0;
    while (at < line.len && is_ascii_digit(line.data[at])) at++;
    if (at == 0 || at > 2 || at >= line.len) return false;
    *text = at;
    uint32_t c = nd_utf8_next(line, &at);
    if (nd_is_cjk(c) || c == 0x201C) return true;
    if (!nd_is_upper(c) || at >= line.len) return false;
    return nd_is_lower(nd_utf8_next(line, &at));
}

static void mark_notes(struct nd_analysis *a)
{
    for (uint32_t page = 0; page < a->pages; page++) {
        size_t first = a->first_line[page];
        size_t end = a->first_line[page + 1];
        bool notes = false;
        for (size_t i = first + (end - first) / 2; i < end; i++) {
            struct nd_line *line = &a->lines[i];
            size_t text = 0;
            if (is_body(line) && opens_note(nd_line_whole(a, line), &text)) {
                notes = true;
                line->bullet = true;
                line->text = line->start + (uint32_t)text;
                nd_measure(nd_line_text(a, line), a->language, &line->m);
                if (line->kind == ND_UNIT_CODE) line->kind = ND_UNIT_PROSE;
            }
            line->note = notes;
        }
    }
}

/* Cells are kept apart; one that holds a whole sentence is text like any other. */
static void mark_table(struct nd_analysis *a, const struct nd_table *table)
{
    size_t cells = (size_t)table->rows * table->columns;
    for (size_t c = 0; c < cells; c++) {
        const struct nd_range *cell = &table->cells[c];
        if (cell->start >= cell->end || cell->page == 0 || cell->page > a->pages) continue;
        size_t first = nd_line_at(a, cell->page, cell->start);
        for (size_t i = first; i < a->first_line[cell->page] && a->lines[i].start < cell->end; i++) {
            struct nd_line *line = &a->lines[i];
            bool sentence = line->m.words >= 6 && line->m.stops >= 2 && line->m.last == ND_EDGE_STOP;
            if (i == first) line->gap = true;
            if (!sentence && is_body(line)) line->kind = ND_UNIT_TABLE;
        }
    }
}

void nd_regions_mark(struct nd_analysis *a)
{
    mark_list_pages(a);
    mark_contents_runs(a);
    mark_references(a);
    for (size_t i = 0; i < a->reading->table_count; i++) mark_table(a, &a->reading->tables[i]);
    if (!a->blocks) mark_notes(a);
    for (size_t i = 0; i < a->line_count; i++) {
        struct nd_line *line = &a->lines[i];
        bool open =
            line->kind == ND_UNIT_PROSE || line->kind == ND_UNIT_NUMERIC || line->kind == ND_UNIT_CODE;
        if (open && is_caption(nd_line_text(a, line))) line->kind = ND_UNIT_CAPTION;
    }
}
