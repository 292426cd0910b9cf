/* The record of a reading as JSON, both ways. What is parsed came from a child that read a hostile document,
 * or from a store, so every member is checked. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/schema.h"
#include "nightdesk/core/source.h"
#include <string.h>

#define SCHEMA "nightdesk.reading"
enum { VERSION = 1, PAGES_MAX = 1000000, LEVEL_MAX = 64, SIDE_MAX = 1000000 };

static const char *const status_words[] = {"read", "partly", "failed", "unsupported"};
static const char *const title_words[] = {"metadata", "heading", "file_name"};

const char *nd_source_status_word(enum nd_source_status status)
{
    return (unsigned)status < 4 ? status_words[status] : "unknown";
}

/* ---- parsing ---- */

static enum nd_rc need_text(const struct nd_json *json, const char *what, const char *member, char **out,
                            struct nd_error *err)
{
    const char *text = NULL;
    enum nd_rc rc = nd_json_need_str(json, what, member, &text, err);
    if (rc == ND_OK) *out = nd_strdup(text);
    return rc;
}

static enum nd_rc may_text(const struct nd_json *json, const char *what, const char *member, char **out,
                           struct nd_error *err)
{
    enum nd_json_kind kind = nd_json_kind(nd_json_get(json, member));
    if (kind == ND_JSON_ABSENT || kind == ND_JSON_NULL) return ND_OK;
    return need_text(json, what, member, out, err);
}

static enum nd_rc need_u32(const struct nd_json *json, const char *what, const char *member, int64_t min,
                           int64_t max, uint32_t *out, struct nd_error *err)
{
    int64_t value = 0;
    enum nd_rc rc = nd_json_need_int(json, what, member, min, max, &value, err);
    if (rc == ND_OK) *out = (uint32_t)value;
    return rc;
}

static enum nd_rc need_word(const struct nd_json *json, const char *member, const char *const *words,
                            size_t count, unsigned *out, struct nd_error *err)
{
    const char *text = NULL;
    enum nd_rc rc = nd_json_need_str(json, SCHEMA, member, &text, err);
    if (rc != ND_OK) return rc;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            *out = (unsigned)i;
            return ND_OK;
        }
    }
    return nd_fail(err, ND_BAD_INPUT, "'%s' of a reading is '%.40s'", member, text);
}

static enum nd_rc need_hash(const struct nd_json *json, const char *member, bool may_be_empty,
                            char out[ND_SHA256_HEX], struct nd_error *err)
{
    const char *text = NULL;
    enum nd_rc rc = nd_json_need_str(json, SCHEMA, member, &text, err);
    if (rc != ND_OK) return rc;
    bool fine = nd_is_hex(text, ND_SHA256_HEX - 1) || (may_be_empty && *text == '\0');
    if (!fine)
        return nd_fail(err, ND_BAD_INPUT, "'%s' of a reading is '%.80s', wanted a sha256", member, text);
    memcpy(out, text, strlen(text) + 1);
    return ND_OK;
}

static enum nd_rc check_range(struct nd_range range, uint32_t pages, const char *what, struct nd_error *err)
{
    bool fine = range.page >= 1 && range.page <= pages && range.start <= range.end &&
                range.end <= ND_PAGE_TEXT_MAX_BYTES;
    if (fine) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "%s lies at bytes %u-%u of page %u, the document has %u pages", what,
                   range.start, range.end, range.page, pages);
}

static enum nd_rc parse_heading(struct nd_heading *out, const struct nd_json *json, uint32_t pages,
                                struct nd_error *err)
{
    struct nd_range *range = &out->range;
    uint32_t level = 1;
    enum nd_rc rc = need_u32(json, "heading", "page", 1, pages, &range->page, err);
    if (rc == ND_OK) rc = need_u32(json, "heading", "start", 0, ND_PAGE_TEXT_MAX_BYTES, &range->start, err);
    if (rc == ND_OK) rc = need_u32(json, "heading", "end", 0, ND_PAGE_TEXT_MAX_BYTES, &range->end, err);
    if (rc == ND_OK) rc = check_range(*range, pages, "heading", err);
    if (rc == ND_OK) rc = need_u32(json, "heading", "level", 1, LEVEL_MAX, &level, err);
    if (rc == ND_OK) rc = need_text(json, "heading", "title", &out->title, err);
    out->level = level;
    out->bookmark = nd_json_get_bool(json, "bookmark", false);
    return rc;
}

/* Ranges are one flat array of page, start, end, page, start, end … */
static enum nd_rc parse_ranges(struct nd_range **out, uint64_t count, const struct nd_json *numbers,
                               uint32_t pages, const char *what, struct nd_error *err)
{
    *out = ND_ARRAY(struct nd_range, count + 1);
    const struct nd_json *number = nd_json_first(numbers);
    enum nd_rc rc = ND_OK;
    for (uint64_t i = 0; i < count && rc == ND_OK; i++) {
        int64_t part[3];
        for (size_t k = 0; k < 3; k++, number = nd_json_next(number)) {
            part[k] = nd_json_int(number, -1);
            if (part[k] < 0 || part[k] > (int64_t)ND_PAGE_TEXT_MAX_BYTES) {
                return nd_fail(err, ND_BAD_INPUT, "%s %llu is not three numbers in range", what,
                               (unsigned long long)i);
            }
        }
        (*out)[i] = (struct nd_range){(uint32_t)part[0], (uint32_t)part[1], (uint32_t)part[2]};
        rc = check_range((*out)[i], pages, what, err);
    }
    return rc;
}

static enum nd_rc parse_cells(struct nd_table *out, const struct nd_json *cells, uint32_t pages,
                              struct nd_error *err)
{
    uint64_t count = (uint64_t)out->rows * out->columns;
    if (nd_json_len(cells) != count * 3) {
        return nd_fail(err, ND_BAD_INPUT, "table has %zu numbers for its cells, wanted 3 x %u x %u",
                       nd_json_len(cells), out->rows, out->columns);
    }
    return parse_ranges(&out->cells, count, cells, pages, "cell", err);
}

static enum nd_rc parse_code(struct nd_reading *out, const struct nd_json *json, struct nd_error *err)
{
    const struct nd_json *code = nd_json_get(json, "code"); /* absent in records without listings */
    size_t numbers = nd_json_len(code);
    if (numbers % 3 != 0)
        return nd_fail(err, ND_BAD_INPUT, "'code' of a reading has %zu numbers, wanted threes", numbers);
    out->code_count = numbers / 3;
    return parse_ranges(&out->code, out->code_count, code, out->pages, "listing", err);
}

static enum nd_rc parse_table(struct nd_table *out, const struct nd_json *json, uint32_t pages,
                              struct nd_error *err)
{
    const struct nd_json *cells = NULL;
    enum nd_rc rc = need_u32(json, "table", "page", 1, pages, &out->page, err);
    if (rc == ND_OK) rc = may_text(json, "table", "caption", &out->caption, err);
    if (rc == ND_OK) rc = need_u32(json, "table", "rows", 0, SIDE_MAX, &out->rows, err);
    if (rc == ND_OK) rc = need_u32(json, "table", "columns", 0, SIDE_MAX, &out->columns, err);
    if (rc == ND_OK) rc = need_u32(json, "table", "header_rows", 0, out->rows, &out->header_rows, err);
    if (rc == ND_OK) rc = nd_json_need(json, "table", "cells", ND_JSON_ARRAY, &cells, err);
    if (rc == ND_OK) rc = parse_cells(out, cells, pages, err);
    return rc;
}

static enum nd_rc parse_fault(struct nd_page_fault *out, const struct nd_json *json, uint32_t pages,
                              struct nd_error *err)
{
    enum nd_rc rc = need_u32(json, "fault", "page", 1, pages, &out->page, err);
    if (rc == ND_OK) rc = need_text(json, "fault", "why", &out->why, err);
    return rc;
}

static enum nd_rc parse_labels(struct nd_reading *out, const struct nd_json *json, struct nd_error *err)
{
    size_t count = nd_json_len(json);
    if (count != 0 && count != out->pages) {
        return nd_fail(err, ND_BAD_INPUT, "reading has %zu page labels for %u pages", count, out->pages);
    }
    ND_JSON_EACH(item, json)
    {
        if (!nd_json_str(item)) return nd_fail(err, ND_BAD_INPUT, "a page label is not a string");
        nd_strings_add(&out->labels, nd_json_str(item));
    }
    return ND_OK;
}

/* Absent in records without links. */
static enum nd_rc parse_links(struct nd_reading *out, const struct nd_json *json, struct nd_error *err)
{
    const struct nd_json *links = nd_json_get(json, "links");
    enum nd_rc rc = may_text(json, SCHEMA, "base", &out->base, err);
    out->links = ND_ARRAY(struct nd_link, nd_json_len(links) + 1);
    ND_JSON_EACH(item, links)
    {
        if (rc != ND_OK) break;
        struct nd_link *link = &out->links[out->link_count++];
        rc = need_text(item, "link", "href", &link->href, err);
        if (rc == ND_OK) rc = need_text(item, "link", "text", &link->text, err);
    }
    return rc;
}

static enum nd_rc parse_lists(struct nd_reading *out, const struct nd_json *json, struct nd_error *err)
{
    const struct nd_json *labels = NULL, *headings = NULL, *tables = NULL, *faults = NULL;
    enum nd_rc rc = nd_json_need(json, SCHEMA, "labels", ND_JSON_ARRAY, &labels, err);
    if (rc == ND_OK) rc = nd_json_need(json, SCHEMA, "headings", ND_JSON_ARRAY, &headings, err);
    if (rc == ND_OK) rc = nd_json_need(json, SCHEMA, "tables", ND_JSON_ARRAY, &tables, err);
    if (rc == ND_OK) rc = nd_json_need(json, SCHEMA, "faults", ND_JSON_ARRAY, &faults, err);
    if (rc == ND_OK) rc = parse_labels(out, labels, err);
    if (rc == ND_OK) rc = parse_code(out, json, err);
    if (rc == ND_OK) rc = parse_links(out, json, err);
    if (rc != ND_OK) return rc;

    out->headings = ND_ARRAY(struct nd_heading, nd_json_len(headings) + 1);
    out->tables = ND_ARRAY(struct nd_table, nd_json_len(tables) + 1);
    out->faults = ND_ARRAY(struct nd_page_fault, nd_json_len(faults) + 1);
    ND_JSON_EACH(item, headings)
    if (rc == ND_OK) rc = parse_heading(&out->headings[out->heading_count++], item, out->pages, err);
    ND_JSON_EACH(item, tables)
    if (rc == ND_OK) rc = parse_table(&out->tables[out->table_count++], item, out->pages, err);
    ND_JSON_EACH(item, faults)
    if (rc == ND_OK) rc = parse_fault(&out->faults[out->fault_count++], item, out->pages, err);
    return rc;
}

static enum nd_rc parse_reading(struct nd_reading *out, const struct nd_json *json, struct nd_error *err)
{
    unsigned status = 0, title_from = 0;
    enum nd_rc rc = nd_schema_check(json, SCHEMA, VERSION, err);
    if (rc == ND_OK) rc = need_word(json, "status", status_words, 4, &status, err);
    out->status = (enum nd_source_status)status;
    bool no_text = out->status == ND_SOURCE_FAILED || out->status == ND_SOURCE_UNSUPPORTED;
    if (rc == ND_OK) rc = need_hash(json, "sha256", false, out->sha256, err);
    if (rc == ND_OK) rc = need_hash(json, "text_sha256", no_text, out->text_sha256, err);
    if (rc == ND_OK)
        rc = nd_json_need_int(json, SCHEMA, "size_bytes", 0, INT64_C(1) << 53, &out->size_bytes, err);
    if (rc == ND_OK) rc = may_text(json, SCHEMA, "why", &out->why, err);
    if (rc == ND_OK) rc = need_text(json, SCHEMA, "kind", &out->kind, err);
    if (rc == ND_OK) rc = need_text(json, SCHEMA, "extractor", &out->extractor, err);
    if (rc == ND_OK) rc = need_text(json, SCHEMA, "title", &out->title, err);
    if (rc == ND_OK && *out->title == '\0') rc = nd_fail(err, ND_BAD_INPUT, "'title' of a reading is empty");
    if (rc == ND_OK) rc = need_word(json, "title_from", title_words, 3, &title_from, err);
    out->title_from = (enum nd_title_from)title_from;
    if (rc == ND_OK) rc = may_text(json, SCHEMA, "author", &out->author, err);
    if (rc == ND_OK) rc = may_text(json, SCHEMA, "date", &out->date, err);
    if (rc == ND_OK) rc = may_text(json, SCHEMA, "lang", &out->lang, err);
    if (rc == ND_OK) rc = need_u32(json, SCHEMA, "pages", 0, PAGES_MAX, &out->pages, err);
    if (rc == ND_OK) rc = parse_lists(out, json, err);
    return rc;
}

enum nd_rc nd_reading_parse(struct nd_reading **out, struct nd_view json_text, struct nd_error *err)
{
    struct nd_json *json = NULL;
    enum nd_rc rc = nd_json_parse(&json, json_text, err);
    struct nd_reading *reading = ND_NEW(struct nd_reading);
    if (rc == ND_OK) rc = parse_reading(reading, json, err);
    if (rc == ND_OK) {
        *out = reading;
    } else {
        nd_reading_free(reading);
    }
    nd_json_free(json);
    return rc;
}

/* ---- printing ---- */

static struct nd_json *heading_json(const struct nd_heading *heading)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_int(json, "page", heading->range.page);
    nd_json_set_int(json, "start", heading->range.start);
    nd_json_set_int(json, "end", heading->range.end);
    nd_json_set_int(json, "level", heading->level);
    nd_json_set_bool(json, "bookmark", heading->bookmark);
    nd_json_set_str(json, "title", heading->title);
    return json;
}

static void add_ranges(struct nd_json *array, const struct nd_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        nd_json_add_int(array, ranges[i].page);
        nd_json_add_int(array, ranges[i].start);
        nd_json_add_int(array, ranges[i].end);
    }
}

static struct nd_json *table_json(const struct nd_table *table)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_int(json, "page", table->page);
    nd_json_set_str(json, "caption", table->caption);
    nd_json_set_int(json, "rows", table->rows);
    nd_json_set_int(json, "columns", table->columns);
    nd_json_set_int(json, "header_rows", table->header_rows);
    struct nd_json *cells = nd_json_set(json, "cells", nd_json_array());
    add_ranges(cells, table->cells, (size_t)table->rows * table->columns);
    return json;
}

static void add_links(struct nd_json *json, const struct nd_reading *reading)
{
    if (reading->base) nd_json_set_str(json, "base", reading->base);
    if (reading->link_count == 0) return;
    struct nd_json *links = nd_json_set(json, "links", nd_json_array());
    for (size_t i = 0; i < reading->link_count; i++) {
        struct nd_json *link = nd_json_add(links, nd_json_object());
        nd_json_set_str(link, "href", reading->links[i].href);
        nd_json_set_str(link, "text", reading->links[i].text);
    }
}

struct nd_json *nd_reading_json(const struct nd_reading *reading)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "schema", SCHEMA "/1");
    nd_json_set_str(json, "sha256", reading->sha256);
    nd_json_set_str(json, "text_sha256", reading->text_sha256);
    nd_json_set_int(json, "size_bytes", reading->size_bytes);
    nd_json_set_str(json, "status", nd_source_status_word(reading->status));
    nd_json_set_str(json, "why", reading->why);
    nd_json_set_str(json, "kind", reading->kind);
    nd_json_set_str(json, "extractor", reading->extractor);
    nd_json_set_str(json, "title", reading->title);
    nd_json_set_str(json, "title_from", title_words[reading->title_from]);
    nd_json_set_str(json, "author", reading->author);
    nd_json_set_str(json, "date", reading->date);
    nd_json_set_str(json, "lang", reading->lang);
    nd_json_set_int(json, "pages", reading->pages);
    struct nd_json *labels = nd_json_set(json, "labels", nd_json_array());
    for (size_t i = 0; i < reading->labels.n; i++) nd_json_add_str(labels, reading->labels.v[i]);
    struct nd_json *headings = nd_json_set(json, "headings", nd_json_array());
    for (size_t i = 0; i < reading->heading_count; i++)
        nd_json_add(headings, heading_json(&reading->headings[i]));
    struct nd_json *tables = nd_json_set(json, "tables", nd_json_array());
    for (size_t i = 0; i < reading->table_count; i++) nd_json_add(tables, table_json(&reading->tables[i]));
    add_ranges(nd_json_set(json, "code", nd_json_array()), reading->code, reading->code_count);
    struct nd_json *faults = nd_json_set(json, "faults", nd_json_array());
    for (size_t i = 0; i < reading->fault_count; i++) {
        struct nd_json *fault = nd_json_add(faults, nd_json_object());
        nd_json_set_int(fault, "page", reading->faults[i].page);
        nd_json_set_str(fault, "why", reading->faults[i].why);
    }
    add_links(json, reading);
    return json;
}
