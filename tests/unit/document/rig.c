#include "rig.h"
#include "makers.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <string.h>

void rig_open(struct rig *rig)
{
    *rig = (struct rig){.root = nd_test_path("documents"), .reader = ND_BINARY_DIR "/nightdesk-read"};
    rig->objects = test_objects_open();
    nd_ck_ok(nd_file_mkdirs(rig->root, &rig->err), &rig->err);
    nd_strings_add(&rig->request.roots, rig->root);
}

static void forget(struct rig *rig)
{
    nd_inputs_release(&rig->inputs);
    nd_sources_release(&rig->sources);
    rig->progress = (struct nd_read_progress){0};
    nd_error_clear(&rig->err);
}

void rig_close(struct rig *rig)
{
    forget(rig);
    nd_objects_close(rig->objects);
    nd_strings_release(&rig->request.roots);
    nd_strings_release(&rig->request.include);
    nd_strings_release(&rig->request.exclude);
    nd_strings_release(&rig->request.local);
    nd_strings_release(&rig->request.confidential);
}

void rig_add(struct rig *rig, const char *name, struct nd_view bytes)
{
    char *path = nd_path_join(rig->root, name);
    char *folder = nd_strdup(path);
    *strrchr(folder, '/') = '\0';
    nd_ck_ok(nd_file_mkdirs(folder, &rig->err), &rig->err);
    nd_ck_ok(nd_file_write(path, bytes, &rig->err), &rig->err);
    nd_free(folder);
    nd_free(path);
}

enum nd_rc rig_read(struct rig *rig)
{
    forget(rig);
    struct nd_read_options options = {.reader = rig->reader, .workers = 2};
    enum nd_rc rc = nd_inputs_list(&rig->inputs, &rig->request, NULL, NULL, &rig->err);
    if (rc == ND_OK)
        rc = nd_inputs_read(&rig->sources, &rig->inputs, &rig->request, rig->objects, &options,
                            &rig->progress, &rig->err);
    return rc;
}

const struct nd_reading *rig_read_one(struct rig *rig, const char *name, struct nd_view bytes)
{
    rig_add(rig, name, bytes);
    nd_ck_ok(rig_read(rig), &rig->err);
    return rig_source(rig, name)->reading;
}

const struct nd_source *rig_source(const struct rig *rig, const char *path)
{
    for (size_t i = 0; i < rig->sources.n; i++) {
        if (strcmp(rig->sources.v[i].path, path) == 0) return &rig->sources.v[i];
    }
    ck_abort_msg("there is no source '%s' among %zu", path, rig->sources.n);
    return NULL;
}

const char *rig_page(const struct rig *rig, const char *path, uint32_t page)
{
    const struct nd_reading *r = rig_source(rig, path)->reading;
    struct nd_bytes blob = ND_BYTES(ND_PAGE_TEXT_MAX_BYTES);
    struct nd_pages pages = {0};
    struct nd_error err = {0};
    ck_assert_msg(r->text_sha256[0], "'%s' has no text: %s", path, r->why ? r->why : "");
    nd_ck_ok(nd_objects_get(rig->objects, r->text_sha256, &blob, &err), &err);
    nd_ck_ok(nd_pages_split(&pages, nd_bytes_view(&blob), r->pages, &err), &err);
    char *text = keep(nd_view_dup(nd_pages_at(&pages, page)));
    nd_pages_release(&pages);
    nd_bytes_release(&blob);
    return text;
}

const char *rig_cell(const struct rig *rig, const char *path, size_t table, uint32_t row, uint32_t column)
{
    const struct nd_reading *r = rig_source(rig, path)->reading;
    ck_assert_uint_lt(table, r->table_count);
    const struct nd_table *t = &r->tables[table];
    ck_assert_msg(row < t->rows && column < t->columns, "table %zu of '%s' has %u rows and %u columns", table,
                  path, t->rows, t->columns);
    struct nd_range at = t->cells[(size_t)row * t->columns + column];
    const char *page = rig_page(rig, path, at.page);
    return keep(nd_strndup(page + at.start, at.end - at.start));
}
