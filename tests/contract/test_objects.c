/* Objects: bytes under their hash, write-once names, and what stays when a run is removed. */
#include "rig.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static struct nd_objects *objects_of(struct rig *rig, const char *run_id)
{
    struct nd_meta meta = rig_meta(run_id);
    struct nd_objects *objects = NULL;
    if (rig->store->ops->meta(rig->store, run_id, &meta, NULL) != ND_OK)
        nd_ck_ok(rig->store->ops->create(rig->store, &meta, RIG_REQUEST, &rig->err), &rig->err);
    nd_ck_ok(rig->store->ops->objects(rig->store, run_id, &objects, &rig->err), &rig->err);
    return objects;
}

static enum nd_rc get(struct rig *rig, struct nd_objects *o, const char *sha256, const char *wanted)
{
    struct nd_bytes out = ND_BYTES(1000);
    nd_error_clear(&rig->err);
    enum nd_rc rc = nd_objects_get(o, sha256, &out, &rig->err);
    if (rc == ND_OK) nd_ck_view(nd_bytes_view(&out), wanted);
    nd_bytes_release(&out);
    return rc;
}

START_TEST(bytes_come_back_by_their_hash)
{
    struct rig rig = rig_open(_i);
    struct nd_objects *o = objects_of(&rig, "run-1");
    char sha256[ND_SHA256_HEX], again[ND_SHA256_HEX], wanted[ND_SHA256_HEX], empty[ND_SHA256_HEX];
    nd_sha256_hex(ND_VIEW("page text"), wanted);
    nd_ck_ok(nd_objects_put(o, ND_VIEW("page text"), sha256, &rig.err), &rig.err);
    ck_assert_str_eq(sha256, wanted);
    nd_ck_ok(nd_objects_put(o, ND_VIEW("page text"), again, &rig.err), &rig.err);
    ck_assert_str_eq(again, sha256);
    nd_ck_ok(nd_objects_put(o, ND_VIEW(""), empty, &rig.err), &rig.err);
    nd_objects_close(o);
    rig_reopen(&rig);
    o = objects_of(&rig, "run-1");
    nd_ck_ok(get(&rig, o, sha256, "page text"), &rig.err);
    nd_ck_ok(get(&rig, o, empty, ""), &rig.err);
    struct nd_bytes out = ND_BYTES(20); /* appended */
    nd_bytes_add_str(&out, "a ");
    nd_ck_ok(nd_objects_get(o, sha256, &out, &rig.err), &rig.err);
    nd_ck_view(nd_bytes_view(&out), "a page text");
    nd_bytes_release(&out);
    nd_objects_close(o);
    rig_close(&rig);
}
END_TEST

START_TEST(what_is_not_there_or_too_large_is_said)
{
    struct rig rig = rig_open(_i);
    struct nd_objects *o = objects_of(&rig, "run-1");
    char sha256[ND_SHA256_HEX];
    nd_sha256_hex(ND_VIEW("never put"), sha256);
    nd_ck_rc(get(&rig, o, sha256, ""), ND_NOT_FOUND, &rig.err);
    nd_ck_rc(get(&rig, o, "../../etc/passwd", ""), ND_BAD_INPUT, &rig.err);
    nd_ck_rc(get(&rig, o, NULL, ""), ND_BAD_INPUT, &rig.err);
    nd_ck_ok(nd_objects_put(o, ND_VIEW("ten bytes!"), sha256, &rig.err), &rig.err);
    struct nd_bytes small = ND_BYTES(9);
    nd_ck_rc(nd_objects_get(o, sha256, &small, &rig.err), ND_OVER_LIMIT, &rig.err);
    ck_assert_uint_eq(small.len, 0);
    nd_bytes_release(&small);
    nd_objects_close(o);
    rig_close(&rig);
}
END_TEST

START_TEST(a_name_is_written_once)
{
    struct rig rig = rig_open(_i);
    struct nd_objects *o = objects_of(&rig, "run-1");
    struct nd_objects *other = objects_of(&rig, rig.kind->shares ? "run-2" : "run-1");
    struct nd_bytes out = ND_BYTES(100);
    nd_ck_rc(nd_objects_name_get(o, "reading/ab-1", &out, &rig.err), ND_NOT_FOUND, &rig.err);
    nd_error_clear(&rig.err);
    nd_ck_ok(nd_objects_name_put(o, "reading/ab-1", ND_VIEW("first"), &rig.err), &rig.err);
    nd_ck_ok(nd_objects_name_put(other, "reading/ab-1", ND_VIEW("first"), &rig.err), &rig.err);
    nd_ck_rc(nd_objects_name_put(other, "reading/ab-1", ND_VIEW("second"), &rig.err), ND_CONFLICT, &rig.err);
    nd_ck_note(&rig.err, "'reading/ab-1' stands for other bytes already");
    nd_error_clear(&rig.err);
    nd_ck_ok(nd_objects_name_get(other, "reading/ab-1", &out, &rig.err), &rig.err);
    nd_ck_view(nd_bytes_view(&out), "first");
    nd_ck_rc(nd_objects_name_put(o, "Bad Name", ND_VIEW("x"), &rig.err), ND_BAD_INPUT, &rig.err);
    nd_ck_rc(nd_objects_name_get(o, "", &out, &rig.err), ND_BAD_INPUT, &rig.err);
    nd_bytes_release(&out);
    nd_objects_close(o);
    nd_objects_close(other);
    rig_close(&rig);
}
END_TEST

START_TEST(removal_keeps_what_another_run_names)
{
    if (!rig_kinds[_i].shares) return;
    struct rig rig = rig_open(_i);
    struct nd_objects *one = objects_of(&rig, "run-1"), *two = objects_of(&rig, "run-2");
    struct nd_bytes out = ND_BYTES(100);
    char own[ND_SHA256_HEX], put[ND_SHA256_HEX], read[ND_SHA256_HEX], text[ND_SHA256_HEX];
    nd_ck_ok(nd_objects_put(one, ND_VIEW("own"), own, &rig.err), &rig.err);
    nd_ck_ok(nd_objects_put(one, ND_VIEW("put by both"), put, &rig.err), &rig.err);
    nd_ck_ok(nd_objects_put(two, ND_VIEW("put by both"), put, &rig.err), &rig.err);
    nd_ck_ok(nd_objects_put(one, ND_VIEW("read by the other"), read, &rig.err), &rig.err);
    nd_ck_ok(get(&rig, two, read, "read by the other"), &rig.err);
    nd_ck_ok(nd_objects_name_put(one, "reading/own", ND_VIEW("own too"), &rig.err), &rig.err);
    nd_ck_ok(nd_objects_name_put(one, "reading/both", ND_VIEW("text"), &rig.err), &rig.err);
    nd_ck_ok(nd_objects_name_get(two, "reading/both", &out, &rig.err), &rig.err);
    nd_sha256_hex(ND_VIEW("text"), text);
    nd_objects_close(one);
    nd_ck_ok(rig.store->ops->remove(rig.store, "run-1", &rig.err), &rig.err);

    nd_ck_rc(get(&rig, two, own, ""), ND_NOT_FOUND, &rig.err);
    nd_ck_ok(get(&rig, two, put, "put by both"), &rig.err);
    nd_ck_ok(get(&rig, two, read, "read by the other"), &rig.err);
    nd_ck_ok(get(&rig, two, text, "text"), &rig.err);
    nd_bytes_clear(&out);
    nd_ck_ok(nd_objects_name_get(two, "reading/both", &out, &rig.err), &rig.err);
    nd_ck_rc(nd_objects_name_get(two, "reading/own", &out, &rig.err), ND_NOT_FOUND, &rig.err);
    nd_error_clear(&rig.err);
    nd_ck_ok(nd_objects_name_put(two, "reading/own", ND_VIEW("made anew"), &rig.err), &rig.err);
    nd_objects_close(two);
    nd_ck_ok(rig.store->ops->remove(rig.store, "run-2", &rig.err), &rig.err);
    struct nd_objects *three = objects_of(&rig, "run-3");
    nd_ck_rc(get(&rig, three, put, ""), ND_NOT_FOUND, &rig.err);
    nd_ck_rc(get(&rig, three, text, ""), ND_NOT_FOUND, &rig.err);
    nd_objects_close(three);
    nd_bytes_release(&out);
    rig_close(&rig);
}
END_TEST

/* Where runs do not share objects, each has its own, and they go with it. */
START_TEST(a_run_has_objects_of_its_own)
{
    if (rig_kinds[_i].shares) return;
    struct rig rig = rig_open(_i);
    struct nd_objects *one = objects_of(&rig, "run-1"), *two = objects_of(&rig, "run-2");
    struct nd_bytes out = ND_BYTES(100);
    char sha256[ND_SHA256_HEX];
    nd_ck_ok(nd_objects_name_put(one, "reading/x", ND_VIEW("of one"), &rig.err), &rig.err);
    nd_ck_ok(nd_objects_name_put(two, "reading/x", ND_VIEW("of two"), &rig.err), &rig.err);
    nd_ck_ok(nd_objects_put(one, ND_VIEW("a page"), sha256, &rig.err), &rig.err);
    nd_ck_rc(get(&rig, two, sha256, ""), ND_NOT_FOUND, &rig.err);
    nd_ck_ok(nd_objects_put(two, ND_VIEW("a page"), sha256, &rig.err), &rig.err);
    nd_objects_close(one);
    nd_ck_ok(rig.store->ops->remove(rig.store, "run-1", &rig.err), &rig.err);
    nd_ck_ok(get(&rig, two, sha256, "a page"), &rig.err);
    nd_ck_ok(nd_objects_name_get(two, "reading/x", &out, &rig.err), &rig.err);
    nd_ck_view(nd_bytes_view(&out), "of two");
    one = objects_of(&rig, "run-1"); /* made anew under the old name */
    nd_ck_rc(get(&rig, one, sha256, ""), ND_NOT_FOUND, &rig.err);
    nd_ck_rc(nd_objects_name_get(one, "reading/x", &out, &rig.err), ND_NOT_FOUND, &rig.err);
    nd_objects_close(one);
    nd_objects_close(two);
    nd_bytes_release(&out);
    rig_close(&rig);
}
END_TEST

#define THREADS 4
#define EACH 25

/* All threads put the same objects at the same time, and each reads back what it put. */
static void *put_many(void *ctx)
{
    struct nd_error err = {0};
    for (unsigned i = 0; i < EACH; i++) {
        char text[40], name[40], sha256[ND_SHA256_HEX];
        struct nd_bytes out = ND_BYTES(100);
        (void)snprintf(text, sizeof text, "object %u", i);
        (void)snprintf(name, sizeof name, "reading/%u", i);
        nd_ck_ok(nd_objects_put(ctx, nd_view_of(text), sha256, &err), &err);
        nd_ck_ok(nd_objects_name_put(ctx, name, nd_view_of(text), &err), &err);
        nd_ck_ok(nd_objects_get(ctx, sha256, &out, &err), &err);
        nd_ck_view(nd_bytes_view(&out), text);
        nd_bytes_release(&out);
    }
    return NULL;
}

START_TEST(objects_are_put_from_many_threads)
{
    struct rig rig = rig_open(_i);
    struct nd_objects *o = objects_of(&rig, "run-1");
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) ck_assert_int_eq(pthread_create(&threads[i], NULL, put_many, o), 0);
    for (size_t i = 0; i < THREADS; i++) ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    nd_objects_close(o);
    nd_ck_ok(rig.store->ops->remove(rig.store, "run-1", &rig.err), &rig.err);
    rig_close(&rig);
}
END_TEST

RIG_MAIN("contract/objects", bytes_come_back_by_their_hash, what_is_not_there_or_too_large_is_said,
         a_name_is_written_once, removal_keeps_what_another_run_names, a_run_has_objects_of_its_own,
         objects_are_put_from_many_threads)
