/*
 * store_bench FOLDER STEPS TEXT: a run of so many steps in a new embedded store. Then the store is closed,
 * weighed, opened again, taken, and all its records are inflated.
 */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/store/store.h"
#include "written.h"

#include <stdio.h>

/* A new process would do the same: open, take, read everything. */
static double load(struct written *w, const char *folder, size_t raw_bytes)
{
    double since = steps_now_ms();
    written_need(nd_store_sqlite_open(&w->store, folder, false, w->host, &w->err), &w->err);
    written_take(w);
    written_read(w, raw_bytes);
    double took = steps_now_ms() - since;
    nd_store_close(w->store);
    return took;
}

int main(int argc, char **argv)
{
    struct written w = {.host = nd_host_posix()};
    struct steps s;
    if (argc != 4) {
        fprintf(stderr, "usage: store_bench FOLDER STEPS TEXT\n");
        return 2;
    }
    steps_open(&s, argv[3], argv[2]);
    written_need(nd_file_remove_tree(argv[1], &w.err), &w.err);
    written_need(nd_store_sqlite_open(&w.store, argv[1], true, w.host, &w.err), &w.err);
    written_create(&w);
    written_take(&w);
    for (size_t i = 0; i < s.count; i++) {
        double since = steps_begin();
        written_step(&w, &s, i);
        steps_took(&s, since);
    }
    nd_store_close(w.store);
    char *db = nd_path_join(argv[1], "nightdesk.db");
    char *wal = nd_path_join(argv[1], "nightdesk.db-wal");
    int64_t closed = steps_file_bytes(db) + steps_file_bytes(wal);
    double load_ms = load(&w, argv[1], s.count * STEP_BYTES);
    steps_print(&s, "nightdesk", closed, load_ms);
    nd_free(db);
    nd_free(wal);
    return 0;
}
