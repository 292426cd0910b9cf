/* Rows that a newer or a broken program wrote, with the right seal. */
#include "nd_test.h"
#include "nightdesk/base/db.h"
#include "nightdesk/store/store.h"
#include "seal.h"

#include <stdio.h>
#include <string.h>

static struct nd_store *store_with_run(struct nd_error *err)
{
    struct nd_store *store = NULL;
    struct nd_meta meta = {.format = ND_META_FORMAT, .run_id = "run-1", .started_ms = 5};
    nd_sha256_hex(ND_VIEW("x"), meta.request_sha256);
    nd_sha256_hex(ND_VIEW("x"), meta.pipeline_sha256);
    nd_ck_ok(nd_store_sqlite_open(&store, nd_test_path("store"), true, nd_host_posix(), err), err);
    nd_ck_ok(store->ops->create(store, &meta, ND_VIEW("{}"), err), err);
    return store;
}

/* Puts another head in the run's row, sealed as if the store had written it. */
static void write_head(const char *text)
{
    struct nd_error err = {0};
    struct nd_db *db = NULL;
    struct nd_stmt *stmt = NULL;
    bool row = false;
    char hex[ND_SEAL_HEX];
    struct nd_sha256 *seal = nd_seal_open("run", "run-1");
    nd_seal_text(seal, text);
    for (int i = 0; i < ND_PHASES + 2; i++) nd_seal_int(seal, 0);
    nd_seal_close(seal, hex);
    nd_ck_ok(nd_db_open(&db, nd_test_path("store/nightdesk.db"), ND_DB_EXISTING, &err), &err);
    nd_ck_ok(nd_db_prepare(db, &stmt, "UPDATE run SET meta = ?, seal = ?", &err), &err);
    nd_stmt_bind_text(stmt, 1, nd_view_of(text));
    nd_stmt_bind_text(stmt, 2, nd_view_of(hex));
    nd_ck_ok(nd_stmt_step(stmt, &row, &err), &err);
    nd_stmt_close(stmt);
    nd_db_close(db);
}

static enum nd_rc no_visit(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    (void)ctx;
    (void)meta;
    (void)err;
    return ND_OK;
}

static void every_reader_gives(struct nd_store *s, enum nd_rc wanted, const char *note)
{
    struct nd_error err = {0};
    struct nd_meta meta;
    struct nd_lease lease;
    nd_ck_rc(s->ops->meta(s, "run-1", &meta, &err), wanted, &err);
    nd_ck_note(&err, note);
    nd_ck_rc(s->ops->lease_take(s, "run-1", &lease, &meta, NULL), wanted, &err);
    nd_ck_rc(s->ops->list(s, no_visit, NULL, NULL), wanted, &err);
    nd_ck_rc(s->ops->records(s, "run-1", -1, NULL, NULL, NULL, NULL), wanted, &err);
}

START_TEST(a_newer_head_is_refused)
{
    struct nd_error err = {0};
    struct nd_store *store = store_with_run(&err);
    write_head("{\"format\":2,\"run_id\":\"run-1\",\"other\":[]}");
    every_reader_gives(store, ND_VERSION, "format 2");
    nd_store_close(store);
}
END_TEST

START_TEST(a_senseless_head_is_broken_and_can_be_removed)
{
    struct nd_error err = {0};
    struct nd_store *store = store_with_run(&err);
    struct nd_meta meta;
    write_head("{\"format\":1,\"run_id\":\"run-2\"}");
    every_reader_gives(store, ND_BROKEN, "nightdesk delete run-1");
    write_head("not JSON");
    every_reader_gives(store, ND_BROKEN, "nightdesk delete run-1");
    nd_ck_ok(store->ops->remove(store, "run-1", &err), &err);
    nd_ck_rc(store->ops->meta(store, "run-1", &meta, &err), ND_NOT_FOUND, &err);
    nd_store_close(store);
}
END_TEST

START_TEST(a_head_without_its_seal_is_broken)
{
    struct nd_error err = {0};
    struct nd_store *store = store_with_run(&err);
    struct nd_db *db = NULL;
    nd_ck_ok(nd_db_open(&db, nd_test_path("store/nightdesk.db"), ND_DB_EXISTING, &err), &err);
    nd_ck_ok(nd_db_exec(db, "UPDATE run SET records_2 = 1", &err), &err);
    nd_db_close(db);
    every_reader_gives(store, ND_BROKEN, "does not fit its seal");
    nd_store_close(store);
}
END_TEST

ND_TEST_MAIN("store/rows", a_newer_head_is_refused, a_senseless_head_is_broken_and_can_be_removed,
             a_head_without_its_seal_is_broken)
