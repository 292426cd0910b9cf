/* The embedded store's files with flipped bytes: what is read is what was written, or an error; never a
 * crash. */
#include "rig.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/db.h"
#include "nightdesk/base/file.h"
#include "nightdesk/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (8 * ND_MIB)

/* ---- a digest of all that a store gives ---- */

static enum nd_rc tell_meta(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    (void)err;
    struct nd_json *json = nd_meta_json(meta);
    nd_json_print(json, ctx);
    nd_json_free(json);
    return ND_OK;
}

static enum nd_rc tell_record(void *ctx, const struct nd_record *r, struct nd_error *err)
{
    (void)err;
    nd_bytes_addf(ctx, "record %u %s %u %s %s %lld %s ", r->phase, r->lane, r->step, r->id, r->version,
                  (long long)r->cost_microusd, r->blob);
    nd_bytes_add_view(ctx, r->payload);
    return ND_OK;
}

static enum nd_rc tell_reserve(void *ctx, const struct nd_reserve *r, struct nd_error *err)
{
    (void)err;
    nd_bytes_addf(ctx, "reserve %s %s %u %s %u %lld %d\n", r->id, r->action_id, r->phase, r->lane, r->step,
                  (long long)r->amount_microusd, (int)r->state);
    return ND_OK;
}

static enum nd_rc tell_approval(void *ctx, const struct nd_approval *a, struct nd_error *err)
{
    (void)err;
    nd_bytes_addf(ctx, "approval %s %u %u %s %lld %lld", a->gate, a->n, a->phase, a->shown_sha256,
                  (long long)a->opened_ms, (long long)a->expires_ms);
    nd_bytes_add_view(ctx, a->shown);
    nd_bytes_add_view(ctx, a->decision);
    return ND_OK;
}

static enum nd_rc tell_run(struct nd_store *s, const char *run_id, struct nd_bytes *out)
{
    struct nd_meta meta;
    struct nd_control c;
    struct nd_bytes request = ND_BYTES(1000);
    enum nd_rc rc = s->ops->meta(s, run_id, &meta, NULL);
    if (rc == ND_OK) rc = tell_meta(out, &meta, NULL);
    if (rc == ND_OK) rc = s->ops->request(s, run_id, &request, NULL);
    if (rc == ND_OK) rc = s->ops->records(s, run_id, -1, NULL, tell_record, out, NULL);
    if (rc == ND_OK) rc = s->ops->reserves(s, run_id, tell_reserve, out, NULL);
    if (rc == ND_OK) rc = s->ops->approvals(s, run_id, tell_approval, out, NULL);
    if (rc == ND_OK) rc = s->ops->control_get(s, run_id, &c, NULL);
    if (rc == ND_OK) nd_bytes_addf(out, "control %d %lld", c.cancel, (long long)c.ceiling_microusd);
    nd_bytes_add_view(out, nd_bytes_view(&request));
    nd_bytes_release(&request);
    return rc;
}

/* ---- a store to damage ---- */

static void fill_run(struct rig *rig, const char *run_id)
{
    struct nd_meta meta;
    struct nd_lease lease = rig_start(rig, run_id, &meta);
    struct nd_record records[30];
    char payload[3000];
    for (size_t i = 0; i < sizeof payload; i++) payload[i] = (char)(i * 7 + i / 251);
    for (unsigned i = 0; i < 30; i++) {
        records[i] = rig_record(i % 2, i % 3 ? RIG_LANE : "0", i);
        records[i].payload = (struct nd_view){payload + i, sizeof payload - 100 * i};
    }
    struct nd_reserve reserves[] = {rig_reserve(1, 300), rig_reserve(2, 40)};
    struct nd_approval approval = rig_approval("plan", 1);
    struct nd_control control = ND_CONTROL_NONE;
    rig_next(&meta);
    meta.ledger.reserved_microusd = 340;
    struct nd_commit commit = {&meta, records, 30, reserves, 2, NULL, 0, &approval, 1};
    nd_ck_ok(rig->store->ops->commit(rig->store, &lease, &commit, &rig->err), &rig->err);
    control.ceiling_microusd = 6000000;
    nd_ck_ok(rig->store->ops->decide(rig->store, run_id, "plan", 1, approval.shown_sha256,
                                     ND_VIEW("{\"ok\":1}"), &control, &rig->err),
             &rig->err);
    rig->store->ops->lease_release(rig->store, &lease);
}

static struct nd_store *open_store(struct nd_error *err, enum nd_rc *rc)
{
    struct nd_store *store = NULL;
    *rc = nd_store_sqlite_open(&store, rig_folder(), false, nd_host_posix(), err);
    return store;
}

/* With byte `at` flipped: everything is read, then the run is taken and removed. True when an error was seen.
 */
static bool try_damage(const char *path, char *bytes, size_t size, size_t at, struct nd_view wanted)
{
    struct nd_bytes found = ND_BYTES(ND_MIB);
    enum nd_rc rc;
    char good = bytes[at];
    char *wal = nd_sprintf("%s-wal", path);
    char *shm = nd_sprintf("%s-shm", path);
    (void)unlink(wal); /* of the store that was damaged before this one */
    (void)unlink(shm);
    bytes[at] = (char)(good ^ (1 << (at % 8)));
    nd_ck_ok(nd_file_write(path, (struct nd_view){bytes, size}, NULL), NULL);
    struct nd_store *store = open_store(NULL, &rc);
    if (rc == ND_OK) rc = tell_run(store, "run-1", &found);
    ck_assert_msg(rc != ND_OK || nd_view_eq(nd_bytes_view(&found), wanted),
                  "other content with byte %zu flipped", at);
    ck_assert_msg(rc == ND_OK || rc == ND_BROKEN || rc == ND_VERSION || rc == ND_NOT_FOUND ||
                      rc == ND_BAD_INPUT,
                  "%s with byte %zu flipped", nd_rc_word(rc), at);
    if (store) {
        struct nd_lease lease = {0};
        struct nd_meta meta;
        (void)store->ops->list(store, tell_meta, &found, NULL);
        if (store->ops->lease_take(store, "run-1", &lease, &meta, NULL) == ND_OK)
            store->ops->lease_release(store, &lease);
        (void)store->ops->remove(store, "run-1", NULL);
    }
    nd_store_close(store);
    nd_bytes_release(&found);
    nd_free(wal);
    nd_free(shm);
    bytes[at] = good;
    return rc != ND_OK;
}

START_TEST(a_flipped_byte_is_noticed_or_harmless)
{
    struct rig rig = rig_open(1);
    struct nd_bytes file = ND_BYTES(FILE_MAX), wanted = ND_BYTES(ND_MIB);
    const char *path = nd_test_path("store/nightdesk.db");
    fill_run(&rig, "run-0");
    fill_run(&rig, "run-1");
    nd_ck_ok(tell_run(rig.store, "run-1", &wanted), NULL);
    rig_close(&rig);
    nd_ck_ok(nd_file_read(path, &file, NULL), NULL);
    const char *given = getenv("ND_DAMAGE_STEP"); /* 1 tries every byte */
    size_t step = given ? (size_t)strtoul(given, NULL, 10) : 251, noticed = 0, tried = 0;
    ck_assert_uint_gt(step, 0);
    for (size_t at = 0; at < file.len; at += step, tried++)
        noticed += try_damage(path, file.data, file.len, at, nd_bytes_view(&wanted));
    for (size_t at = 0; at < 100; at++, tried++) /* the header of the file, whole */
        noticed += try_damage(path, file.data, file.len, at, nd_bytes_view(&wanted));
    ck_assert_uint_gt(noticed, tried / 8);
    (void)printf("flipped %zu bytes one by one, %zu noticed\n", tried, noticed);
    nd_bytes_release(&file);
    nd_bytes_release(&wanted);
}
END_TEST

START_TEST(a_truncated_store_says_what_to_do)
{
    struct rig rig = rig_open(1);
    struct nd_bytes file = ND_BYTES(FILE_MAX), out = ND_BYTES(ND_MIB);
    const char *path = nd_test_path("store/nightdesk.db");
    enum nd_rc rc;
    fill_run(&rig, "run-1");
    rig_close(&rig);
    nd_ck_ok(nd_file_read(path, &file, NULL), NULL);
    for (size_t size = 1; size < file.len; size += file.len / 23) {
        nd_ck_ok(nd_file_write(path, (struct nd_view){file.data, size}, NULL), NULL);
        struct nd_error err = {0};
        struct nd_store *store = open_store(&err, &rc);
        if (rc == ND_OK) rc = store->ops->records(store, "run-1", -1, NULL, tell_record, &out, &err);
        nd_ck_rc(rc, ND_BROKEN, &err);
        nd_ck_note(&err, "put back a copy");
        nd_store_close(store);
    }
    nd_bytes_release(&file);
    nd_bytes_release(&out);
}
END_TEST

static enum nd_rc tell_name(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    (void)err;
    nd_bytes_addf(ctx, "%s ", meta->run_id);
    return ND_OK;
}

START_TEST(a_damaged_head_hides_no_other_run)
{
    struct rig rig = rig_open(1);
    struct nd_bytes names = ND_BYTES(100);
    struct nd_db *db = NULL;
    struct nd_meta meta;
    const char *const runs[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++) {
        meta = rig_meta(runs[i]);
        nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    }
    nd_ck_ok(nd_db_open(&db, nd_test_path("store/nightdesk.db"), ND_DB_EXISTING, &rig.err), &rig.err);
    nd_ck_ok(nd_db_exec(db, "UPDATE run SET meta = '{}' WHERE id IN ('a', 'b')", &rig.err), &rig.err);
    nd_db_close(db);
    nd_ck_rc(rig.store->ops->list(rig.store, tell_name, &names, &rig.err), ND_BROKEN, &rig.err);
    nd_ck_note(&rig.err, "run 'a' does not fit its seal");
    nd_ck_note(&rig.err, "put back a copy of it, or remove the run");
    nd_ck_view(nd_bytes_view(&names), "c ");

    nd_error_clear(&rig.err);
    nd_bytes_clear(&names);
    nd_ck_ok(rig.store->ops->remove(rig.store, "a", &rig.err), &rig.err); /* as the message says */
    nd_ck_ok(rig.store->ops->remove(rig.store, "b", &rig.err), &rig.err);
    nd_ck_ok(rig.store->ops->list(rig.store, tell_name, &names, &rig.err), &rig.err);
    nd_ck_view(nd_bytes_view(&names), "c ");
    nd_bytes_release(&names);
    rig_close(&rig);
}
END_TEST

/* ---- objects ---- */

static char *object_path(const char *sha256)
{
    return nd_sprintf("%s/objects/%.2s/%s", rig_folder(), sha256, sha256);
}

START_TEST(a_damaged_object_is_noticed)
{
    struct rig rig = rig_open(1);
    struct nd_meta meta = rig_meta("run-1");
    struct nd_objects *o = NULL;
    struct nd_bytes out = ND_BYTES(100);
    char sha256[ND_SHA256_HEX];
    nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    nd_ck_ok(rig.store->ops->objects(rig.store, "run-1", &o, &rig.err), &rig.err);
    nd_ck_ok(nd_objects_name_put(o, "reading/1", ND_VIEW("page text"), &rig.err), &rig.err);
    nd_sha256_hex(ND_VIEW("page text"), sha256);
    char *path = object_path(sha256);

    nd_ck_ok(nd_file_write(path, ND_VIEW("page tExt"), &rig.err), &rig.err);
    nd_ck_rc(nd_objects_get(o, sha256, &out, &rig.err), ND_BROKEN, &rig.err);
    nd_ck_note(&rig.err, "holds other bytes than its name says");
    nd_ck_rc(nd_objects_name_get(o, "reading/1", &out, NULL), ND_BROKEN, &rig.err);
    ck_assert_uint_eq(out.len, 0);
    nd_ck_ok(nd_file_write(path, ND_VIEW("page"), NULL), &rig.err);
    nd_ck_rc(nd_objects_get(o, sha256, &out, NULL), ND_BROKEN, &rig.err);
    nd_ck_ok(nd_objects_put(o, ND_VIEW("page text"), sha256, NULL), &rig.err); /* a torn file is made anew */
    nd_ck_ok(nd_objects_get(o, sha256, &out, NULL), &rig.err);

    ck_assert_int_eq(unlink(path), 0);
    nd_ck_rc(nd_objects_get(o, sha256, &out, NULL), ND_NOT_FOUND, &rig.err);
    nd_ck_ok(nd_objects_name_put(o, "reading/1", ND_VIEW("page text"), NULL), &rig.err);
    nd_bytes_clear(&out);
    nd_ck_ok(nd_objects_name_get(o, "reading/1", &out, NULL), &rig.err);
    nd_ck_view(nd_bytes_view(&out), "page text");
    nd_free(path);
    nd_bytes_release(&out);
    nd_objects_close(o);
    rig_close(&rig);
}
END_TEST

START_TEST(what_a_killed_writer_left_goes_with_its_run)
{
    struct rig rig = rig_open(1);
    struct nd_meta meta = rig_meta("run-1");
    struct nd_objects *o = NULL;
    char sha256[ND_SHA256_HEX];
    nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    nd_ck_ok(rig.store->ops->objects(rig.store, "run-1", &o, &rig.err), &rig.err);
    nd_ck_ok(nd_objects_put(o, ND_VIEW("page text"), sha256, &rig.err), &rig.err);
    char *path = object_path(sha256);
    char *left = nd_sprintf("%s.abcdef.tmp", path);
    nd_ck_ok(nd_file_write(left, ND_VIEW("page te"), &rig.err), &rig.err);
    nd_objects_close(o);
    nd_ck_ok(rig.store->ops->remove(rig.store, "run-1", &rig.err), &rig.err);
    ck_assert(!nd_file_exists(path));
    ck_assert(!nd_file_exists(left));
    nd_free(path);
    nd_free(left);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("contract/damage", a_flipped_byte_is_noticed_or_harmless, a_truncated_store_says_what_to_do,
             a_damaged_head_hides_no_other_run, a_damaged_object_is_noticed,
             what_a_killed_writer_left_goes_with_its_run)
