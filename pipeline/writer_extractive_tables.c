/* Tables of the sources that bear on a sub-topic: they stand in a section where its passages were found. */
#include "nightdesk/base/alloc.h"
#include "writer_extractive.h"
#include <string.h>

#define ROWS_LEAST 3 /* below the header */
#define ROWS_MOST 25
#define COLUMNS_LEAST 2
#define COLUMNS_MOST 7
#define CELL_BYTES_MOST 160
#define FILLED_LEAST 0.8
#define TABLES_MOST 2 /* of a sub-topic */

static bool presentable(const struct nd_table *t)
{
    if (t->columns < COLUMNS_LEAST || t->columns > COLUMNS_MOST || t->header_rows == 0 ||
        t->rows < t->header_rows + ROWS_LEAST || t->rows > t->header_rows + ROWS_MOST)
        return false;
    size_t filled = 0, cells = (size_t)t->rows * t->columns;
    for (size_t i = 0; i < cells; i++) {
        if (t->cells[i].end - t->cells[i].start > CELL_BYTES_MOST) return false;
        filled += t->cells[i].end > t->cells[i].start;
    }
    for (uint32_t c = 0; c < t->columns; c++) {
        const struct nd_range *head = &t->cells[(size_t)(t->header_rows - 1) * t->columns + c];
        if (head->end == head->start) return false;
    }
    return (double)filled >= FILLED_LEAST * (double)cells;
}

/* The section of the unit that stands at or before the place. */
static uint32_t section_at(const struct nd_collection *c, uint32_t document, const struct nd_range *at)
{
    const struct nd_document *d = nd_collection_document(c, document);
    uint32_t low = d->unit, high = d->unit + d->unit_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const struct nd_unit *u = nd_collection_unit(c, mid);
        bool before = u->at.page < at->page || (u->at.page == at->page && u->at.start <= at->start);
        if (before)
            low = mid + 1;
        else
            high = mid;
    }
    return low > d->unit ? nd_collection_unit(c, low - 1)->section : ND_NONE;
}

static bool among(const struct nd_aim *aim, const struct nd_ranked *ranked, size_t n, uint32_t document,
                  uint32_t section)
{
    for (size_t i = 0; i < n; i++) {
        const struct nd_passage *p = nd_collection_passage(aim->c, ranked[i].passage);
        if (p->document == document && p->section == section) return true;
    }
    return false;
}

/* Does what stands over the table (caption, header, titles) speak of the sub-topic? And no column is named
 * twice. */
static bool bears(const struct nd_aim *aim, const struct nd_table *t, uint32_t document, const char *title)
{
    struct nd_bytes text = ND_BYTES(ND_MIB);
    nd_bytes_addf(&text, "%s ", title);
    bool twice = false;
    for (uint32_t c = 0; c < t->columns; c++) {
        const struct nd_range *head = &t->cells[(size_t)(t->header_rows - 1) * t->columns + c];
        struct nd_view shown = nd_collection_range(aim->c, document, *head);
        for (uint32_t d = 0; d < c; d++)
            twice = twice || nd_view_eq(shown, nd_collection_range(
                                                   aim->c, document,
                                                   t->cells[(size_t)(t->header_rows - 1) * t->columns + d]));
        nd_bytes_add_view(&text, shown);
        nd_bytes_add_char(&text, ' ');
    }
    bool spoken = nd_text_cover(&aim->own, nd_bytes_view(&text),
                                nd_collection_document(aim->c, document)->lang) >= ND_COVER_FLOOR;
    nd_bytes_release(&text);
    return spoken && !twice;
}

/* "Document versions", "Revision history": tables of a document about itself. */
static bool about_itself(const char *title)
{
    static const char *const signs[] = {
        "version",          "revision",      "history", "document information",
        "document control", "abbreviations", "contents"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strcasestr(title, signs[i])) return true;
    }
    return false;
}

static bool seen_before(const struct nd_aim *aim, const struct nd_ranked *ranked, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (nd_collection_passage(aim->c, ranked[j].passage)->document ==
            nd_collection_passage(aim->c, ranked[i].passage)->document)
            return true;
    }
    return false;
}

struct nd_json *nd_aim_tables(const struct nd_aim *aim, const struct nd_sources *sources,
                              const struct nd_ranked *ranked, size_t n)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < n; i++) {
        uint32_t document = nd_collection_passage(aim->c, ranked[i].passage)->document;
        uint32_t source = nd_collection_document(aim->c, document)->source;
        const struct nd_reading *reading = sources->v[source].reading;
        for (size_t t = 0;
             t < reading->table_count && !seen_before(aim, ranked, i) && nd_json_len(array) < TABLES_MOST;
             t++) {
            const struct nd_table *table = &reading->tables[t];
            if (!presentable(table)) continue;
            uint32_t section = section_at(aim->c, document, &table->cells[0]);
            if (!among(aim, ranked, n, document, section)) continue;
            const struct nd_section *s = nd_collection_section(aim->c, section);
            const char *title = table->caption ? table->caption
                                : s            ? s->title
                                               : nd_collection_document(aim->c, document)->title;
            char *over = nd_sprintf("%s %s", title, s ? s->path : "");
            bool speaks =
                bears(aim, table, document, over) && !nd_tells_news(aim->c, section) && !about_itself(title);
            nd_free(over);
            if (!speaks) continue;
            struct nd_json *json = nd_json_add(array, nd_json_object());
            nd_json_set_int(json, "source", source + 1);
            nd_json_set_int(json, "table", (int64_t)t);
            nd_json_set_str(json, "title", title);
            nd_json_set_str(json, "section", s ? s->title : NULL);
        }
    }
    return array;
}
