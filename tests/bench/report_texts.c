/*
 * report_texts OUT REQUEST.json FILE.txt…: the report of a request over page texts (read_pages.py writes
 * them), without an engine, a store on disk or a reader; prints the seconds it took. For work on the writer:
 * a change is seen in seconds. OUT gets the report's files.
 */
#include "texts.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/host.h"
#include "nightdesk/document/document.h"
#include "nightdesk/pipeline/pipeline.h"
#include "nightdesk/store/store.h"
#include "rehearse.h"

#include <stdio.h>
#include <string.h>

struct bench {
    struct nd_texts texts;
    struct nd_objects *objects;
};

/* The readings and page texts as a run's reading would leave them. */
static enum nd_rc put_texts(struct bench *b, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < b->texts.sources.n && rc == ND_OK; i++) {
        struct nd_source *source = &b->texts.sources.v[i];
        struct nd_bytes record = ND_BYTES(ND_BYTES_MAX);
        if (source->reading->text_sha256[0])
            rc = nd_objects_put(b->objects, b->texts.view[i], source->reading->text_sha256, err);
        struct nd_json *json = nd_reading_json(source->reading);
        nd_json_print(json, &record);
        if (rc == ND_OK) rc = nd_objects_put(b->objects, nd_bytes_view(&record), source->reading_sha256, err);
        nd_json_free(json);
        nd_bytes_release(&record);
    }
    return rc;
}

static struct nd_json *canned(void *ctx, const char *tool, const struct nd_json *args)
{
    (void)args;
    const struct bench *b = ctx;
    if (strcmp(tool, "inputs") == 0) return nd_json_object();
    return strcmp(tool, "read") == 0 ? nd_sources_json(&b->texts.sources) : NULL;
}

static enum nd_rc write_files(const char *folder, const struct nd_artefact *artefact, const char *name,
                              struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    if (artefact->json) nd_json_print_pretty(artefact->json, &text);
    char *path = nd_path_join(folder, name);
    rc = nd_file_write(path, nd_bytes_view(&text), err);
    nd_free(path);
    nd_bytes_release(&text);
    for (size_t i = 0; i < artefact->file_count && rc == ND_OK; i++) {
        if (strchr(artefact->files[i].name, '/')) continue; /* evidence and charts are not needed here */
        path = nd_path_join(folder, artefact->files[i].name);
        rc = nd_file_write(path, nd_bytes_view(&artefact->files[i].bytes), err);
        nd_free(path);
    }
    return rc;
}

static enum nd_rc run(struct bench *b, const char *folder, const struct nd_request *request,
                      struct nd_error *err)
{
    struct nd_desk_config config = {0};
    struct nd_desk *desk = nd_desk_open(&config);
    struct nd_rehearsal rehearsal = {.pipeline = nd_pipeline(),
                                     .desk = desk,
                                     .objects = b->objects,
                                     .request = request,
                                     .run_id = "bench",
                                     .started_ms = 1790000000000,
                                     .canned = canned,
                                     .ctx = b};
    struct nd_artefact made[ND_PHASES];
    int64_t start = nd_host_posix()->monotonic_ms(NULL);
    enum nd_rc rc = nd_rehearse(&rehearsal, made, err);
    printf("%.2f s\n", (double)(nd_host_posix()->monotonic_ms(NULL) - start) / 1000);
    static const char *const names[] = {"1-evidence.json", "2-draft.json", "3-synthesis.json", "report.json"};
    for (unsigned p = 0; p < ND_PHASES; p++) {
        if (rc == ND_OK) rc = write_files(folder, &made[p], names[p], err);
        nd_artefact_release(&made[p]);
    }
    nd_desk_close(desk);
    return rc;
}

int main(int argc, char **argv)
{
    struct nd_error err = {0};
    struct bench b = {0};
    struct nd_request *request = NULL;
    struct nd_bytes text = ND_BYTES(ND_REQUEST_MAX_BYTES);
    if (argc < 4) {
        fprintf(stderr, "usage: report_texts OUT REQUEST.json FILE.txt...\n");
        return 2;
    }
    struct nd_store *store = nd_store_memory_open(nd_host_posix());
    enum nd_rc rc = nd_file_read(argv[2], &text, &err);
    if (rc == ND_OK) rc = nd_request_parse_text(&request, nd_bytes_view(&text), &err);
    if (rc == ND_OK) rc = nd_file_mkdirs(argv[1], &err);
    struct nd_meta meta = {.format = ND_META_FORMAT, .run_id = "bench", .outcome = ND_RUNNING};
    if (rc == ND_OK) rc = store->ops->create(store, &meta, nd_bytes_view(&text), &err);
    if (rc == ND_OK) rc = store->ops->objects(store, "bench", &b.objects, &err);
    if (rc == ND_OK) rc = nd_texts_load(&b.texts, argv + 3, (size_t)argc - 3, &err);
    if (rc == ND_OK) rc = put_texts(&b, &err);
    if (rc == ND_OK) rc = run(&b, argv[1], request, &err);
    for (unsigned i = 0; rc != ND_OK && i < err.notes; i++) fprintf(stderr, "%s\n", err.note[i]);
    nd_texts_release(&b.texts);
    nd_objects_close(b.objects);
    nd_store_close(store);
    nd_request_free(request);
    nd_bytes_release(&text);
    return rc == ND_OK ? 0 : 1;
}
