/*
 * sqlite_plain FOLDER STEPS TEXT: the floor. The same bytes, not compressed, in two flushed transactions per
 * step (what is meant to be done; what came of it), with nothing checked, counted or conditioned.
 */
#include "steps.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static sqlite3 *db;

static void need(int answer)
{
    if (answer == SQLITE_OK || answer == SQLITE_DONE || answer == SQLITE_ROW) return;
    fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql)
{
    need(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    need(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL));
    return stmt;
}

static void once(sqlite3_stmt *stmt)
{
    need(sqlite3_step(stmt));
    need(sqlite3_reset(stmt));
}

struct plain {
    sqlite3_stmt *begin, *commit, *intent, *result;
};

static void step(const struct plain *p, const struct steps *s, size_t i)
{
    char model[STEP_MODEL_BYTES], tool[STEP_TOOL_BYTES];
    steps_text(s, i, model, tool);
    need(sqlite3_bind_int64(p->intent, 1, (sqlite3_int64)i));
    need(sqlite3_bind_blob(p->intent, 2, model, sizeof model, SQLITE_STATIC));
    once(p->begin);
    once(p->intent);
    once(p->commit);
    need(sqlite3_bind_int64(p->result, 1, (sqlite3_int64)i));
    need(sqlite3_bind_blob(p->result, 2, tool, sizeof tool, SQLITE_STATIC));
    once(p->begin);
    once(p->result);
    once(p->commit);
}

static double load(const char *path)
{
    double since = steps_now_ms();
    size_t bytes = 0;
    need(sqlite3_open(path, &db));
    sqlite3_stmt *all = prepare("SELECT model, tool FROM intent JOIN result USING(no) ORDER BY no");
    while (sqlite3_step(all) == SQLITE_ROW)
        bytes += (size_t)(sqlite3_column_bytes(all, 0) + sqlite3_column_bytes(all, 1));
    need(sqlite3_finalize(all));
    need(sqlite3_close(db));
    return bytes ? steps_now_ms() - since : -1;
}

int main(int argc, char **argv)
{
    struct steps s;
    if (argc != 4) {
        fprintf(stderr, "usage: sqlite_plain FOLDER STEPS TEXT\n");
        return 2;
    }
    steps_open(&s, argv[3], argv[2]);
    if (nd_file_remove_tree(argv[1], NULL) != ND_OK || nd_file_mkdirs(argv[1], NULL) != ND_OK) return 1;
    char *path = nd_path_join(argv[1], "plain.db");
    need(sqlite3_open(path, &db));
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    run("CREATE TABLE intent(no INTEGER PRIMARY KEY, model BLOB);"
        "CREATE TABLE result(no INTEGER PRIMARY KEY, tool BLOB)");
    struct plain p = {prepare("BEGIN IMMEDIATE"), prepare("COMMIT"),
                      prepare("INSERT INTO intent VALUES(?, ?)"), prepare("INSERT INTO result VALUES(?, ?)")};
    for (size_t i = 0; i < s.count; i++) {
        double since = steps_begin();
        step(&p, &s, i);
        steps_took(&s, since);
    }
    sqlite3_stmt *const all[] = {p.begin, p.commit, p.intent, p.result};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) need(sqlite3_finalize(all[i]));
    need(sqlite3_close(db));
    int64_t closed = steps_file_bytes(path);
    double load_ms = load(path);
    steps_print(&s, "sqlite_plain", closed, load_ms);
    nd_free(path);
    return 0;
}
