/* read_documents READER STORE WORKERS PATH…: reads all documents below the paths into a store and prints one
 * JSON object: files, sources, pages, parsed, cached, milliseconds, and how many sources have which status. A
 * second run with the same STORE shows that nothing is parsed twice. With STORE "-" in memory. With LIST=1
 * each source is a line before it. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "nightdesk/core/store.h"
#include "nightdesk/document/document.h"
#include "nightdesk/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const struct nd_error *err)
{
    for (unsigned i = 0; i < err->notes; i++) (void)fprintf(stderr, "%s\n", err->note[i]);
    return 1;
}

static enum nd_rc open_objects(const char *folder, struct nd_store **store, struct nd_objects **objects,
                               struct nd_error *err)
{
    char hex[ND_SHA256_HEX];
    struct nd_meta meta = {.format = ND_META_FORMAT, .run_id = "bench", .outcome = ND_RUNNING};
    enum nd_rc rc = ND_OK;
    nd_sha256_hex(ND_VIEW("{}"), hex);
    memcpy(meta.request_sha256, hex, sizeof hex);
    memcpy(meta.pipeline_sha256, hex, sizeof hex);
    if (strcmp(folder, "-") == 0)
        *store = nd_store_memory_open(nd_host_posix());
    else
        rc = nd_store_sqlite_open(store, folder, true, nd_host_posix(), err);
    if (rc == ND_OK) rc = (*store)->ops->create(*store, &meta, ND_VIEW("{}"), err);
    if (rc == ND_CONFLICT) rc = ND_OK; /* a run before made it */
    if (rc == ND_OK) rc = (*store)->ops->objects(*store, "bench", objects, err);
    return rc;
}

static void print_source(const struct nd_source *s)
{
    const struct nd_reading *r = s->reading;
    (void)printf("%s\t%s\t%s\t%s\t%u\t%zu\t%zu\t%zu\t%s\t%s\n", s->path, nd_source_status_word(r->status),
                 r->kind, r->lang ? r->lang : "-", r->pages, r->heading_count, r->table_count, r->code_count,
                 r->title, r->why ? r->why : "");
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        (void)fputs("usage: read_documents READER STORE WORKERS PATH…\n", stderr);
        return 2;
    }
    struct nd_error err = {0};
    struct nd_store *store = NULL;
    struct nd_objects *objects = NULL;
    struct nd_request request = {0};
    struct nd_inputs inputs = {0};
    struct nd_sources sources = {0};
    struct nd_read_progress done = {0};
    const struct nd_host *host = nd_host_posix();
    for (int i = 4; i < argc; i++) nd_strings_add(&request.roots, argv[i]);
    struct nd_read_options options = {.reader = argv[1], .workers = (unsigned)strtoul(argv[3], NULL, 10)};
    int64_t began = host->monotonic_ms(host->ctx);
    if (open_objects(argv[2], &store, &objects, &err) != ND_OK) return fail(&err);
    if (nd_inputs_list(&inputs, &request, NULL, &err) != ND_OK) return fail(&err);
    int64_t listed = host->monotonic_ms(host->ctx);
    if (nd_inputs_read(&sources, &inputs, &request, objects, &options, &done, &err) != ND_OK)
        return fail(&err);
    int64_t ended = host->monotonic_ms(host->ctx);
    size_t count[4] = {0};
    for (size_t i = 0; i < sources.n; i++) {
        count[sources.v[i].reading->status]++;
        if (getenv("LIST")) print_source(&sources.v[i]);
    }
    (void)printf("{\"files\":%zu,\"sources\":%zu,\"pages\":%llu,\"parsed\":%zu,\"cached\":%zu,\"list_ms\":%"
                 "lld,\"read_ms\":%lld,"
                 "\"read\":%zu,\"partly\":%zu,\"failed\":%zu,\"unsupported\":%zu}\n",
                 inputs.n, sources.n, (unsigned long long)done.pages, done.parsed, done.cached,
                 (long long)(listed - began), (long long)(ended - listed), count[0], count[1], count[2],
                 count[3]);
    nd_sources_release(&sources);
    nd_inputs_release(&inputs);
    nd_strings_release(&request.roots);
    nd_objects_close(objects);
    nd_store_close(store);
    return 0;
}
