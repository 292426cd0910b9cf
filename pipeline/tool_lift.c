/* A table of a source lifted whole: every cell with its place in the page text. */
#include "evidence.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/index/words.h"
#include "tools.h"

static struct nd_json *cell_json(const struct nd_range *at, uint32_t source, struct nd_view page)
{
    struct nd_json *cell = nd_json_object();
    struct nd_bytes shown = ND_BYTES(ND_MIB);
    if (at->end > at->start) nd_display(nd_view_sub(page, at->start, at->end), NULL, &shown);
    nd_json_set_view(cell, "text", nd_bytes_view(&shown));
    if (shown.len > 0) {
        struct nd_parts parts = {.n = 1, .v = {{source, *at}}};
        nd_json_set(cell, "parts", nd_parts_json(&parts));
    }
    nd_bytes_release(&shown);
    return cell;
}

static struct nd_json *table_json(const struct nd_table *t, uint32_t source, const struct nd_pages *pages)
{
    struct nd_json *json = nd_json_object(), *rows = nd_json_array();
    nd_json_set_str(json, "caption", t->caption);
    nd_json_set_int(json, "header_rows", t->header_rows);
    for (uint32_t r = 0; r < t->rows; r++) {
        struct nd_json *row = nd_json_add(rows, nd_json_array());
        for (uint32_t c = 0; c < t->columns; c++) {
            const struct nd_range *at = &t->cells[(size_t)r * t->columns + c];
            nd_json_add(row, cell_json(at, source, nd_pages_at(pages, at->page)));
        }
    }
    nd_json_set(json, "rows", rows);
    return json;
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    (void)stop;
    int64_t source = 0, table = 0;
    struct nd_library *lib = NULL;
    const struct nd_pages *pages = NULL;
    enum nd_rc rc = nd_json_need_int(args, "lift", "source", 1, ND_INPUTS_MAX, &source, err);
    if (rc == ND_OK) rc = nd_json_need_int(args, "lift", "table", 0, INT32_MAX, &table, err);
    if (rc == ND_OK) rc = nd_library_of(scene, &lib, err);
    if (rc == ND_OK) rc = nd_library_pages(lib, scene->objects, (uint32_t)source, &pages, err);
    if (rc != ND_OK) return rc;
    const struct nd_reading *reading = nd_library_sources(lib)->v[source - 1].reading;
    if ((size_t)table >= reading->table_count)
        return nd_fail(err, ND_BROKEN, "table %lld of source %lld is wanted, there are %zu", (long long)table,
                       (long long)source, reading->table_count);
    *observation = table_json(&reading->tables[table], (uint32_t)source, pages);
    return ND_OK;
}

const struct nd_tool nd_tool_lift = {.name = "lift", .call = call};
