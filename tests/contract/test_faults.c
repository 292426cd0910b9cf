/* The embedded store on a disk that is full, does not flush, or loses its process at every effect. */
#include "faults.h"
#include "rig.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SQLITE 1 /* its row in rig_kinds */

static int64_t ballast_bytes(void)
{
    struct stat info;
    return stat(nd_test_path("store/ballast"), &info) == 0 ? (int64_t)info.st_blocks * 512 : 0;
}

static enum nd_rc commit(struct rig *rig, const struct nd_lease *lease, const struct nd_meta *meta,
                         unsigned first, unsigned count)
{
    struct nd_record records[20];
    for (unsigned i = 0; i < count; i++) records[i] = rig_record(0, "0", first + i);
    struct nd_commit c = {.meta = meta, .records = records, .record_count = count};
    nd_error_clear(&rig->err);
    return rig->store->ops->commit(rig->store, lease, &c, &rig->err);
}

START_TEST(a_full_disk_gives_up_its_ballast)
{
    struct rig rig = rig_open(SQLITE);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_meta before = meta;
    ck_assert_int_ge(ballast_bytes(), 4 << 20);
    rig_next(&meta);
    faults_set(FAULT_FULL, 0, 0);
    nd_ck_rc(commit(&rig, &lease, &meta, 0, 20), ND_FULL, &rig.err);
    ck_assert(faults.hit);
    struct nd_meta stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &before);
    ck_assert_int_eq(ballast_bytes(), 0);
    nd_ck_ok(commit(&rig, &lease, &meta, 0, 20), &rig.err); /* the answers in flight fit now */
    ck_assert_uint_eq(rig_count(&rig, "run-1").records, 20);
    rig.store->ops->lease_release(rig.store, &lease);

    faults_set(FAULT_FULL, 0, 0);
    nd_error_clear(&rig.err);
    nd_ck_rc(rig.store->ops->lease_take(rig.store, "run-1", &lease, &meta, &rig.err), ND_FULL, &rig.err);
    nd_ck_note(&rig.err, "cannot set 4194304 bytes of space aside");
    faults_set(FAULT_NONE, 0, 0);
    nd_error_clear(&rig.err);
    nd_ck_ok(rig.store->ops->lease_take(rig.store, "run-1", &lease, &meta, &rig.err), &rig.err);
    ck_assert_int_ge(ballast_bytes(), 4 << 20);
    rig_close(&rig);
}
END_TEST

static size_t files_below(const char *path)
{
    size_t count = 0;
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        char *below = nd_path_join(path, entry->d_name);
        count += nd_file_is_dir(below) ? files_below(below) : 1;
        nd_free(below);
    }
    closedir(folder);
    return count;
}

START_TEST(an_object_on_a_full_disk_is_whole_or_absent)
{
    struct rig rig = rig_open(SQLITE);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_objects *o = NULL;
    struct nd_bytes out = ND_BYTES(100);
    char sha256[ND_SHA256_HEX];
    nd_ck_ok(rig.store->ops->objects(rig.store, "run-1", &o, &rig.err), &rig.err);
    for (int at = 0;; at++) {
        char text[40];
        (void)snprintf(text, sizeof text, "answer %d", at);
        faults_set(FAULT_WRITE, at, ENOSPC);
        nd_error_clear(&rig.err);
        enum nd_rc rc = nd_objects_put(o, nd_view_of(text), sha256, &rig.err);
        bool hit = faults.hit;
        faults_set(FAULT_NONE, 0, 0);
        if (!hit) break;
        nd_ck_rc(rc, ND_FULL, &rig.err);
        ck_assert_uint_eq(files_below(nd_test_path("store/objects")), (size_t)at);
        nd_error_clear(&rig.err);
        nd_ck_ok(nd_objects_put(o, nd_view_of(text), sha256, &rig.err), &rig.err);
        nd_bytes_clear(&out);
        nd_ck_ok(nd_objects_get(o, sha256, &out, &rig.err), &rig.err);
        nd_ck_view(nd_bytes_view(&out), text);
    }
    ck_assert_uint_ge(files_below(nd_test_path("store/objects")), 3);
    nd_bytes_release(&out);
    nd_objects_close(o);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

START_TEST(a_run_can_be_removed_from_a_full_disk)
{
    struct rig rig = rig_open(SQLITE);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    rig_next(&meta);
    nd_ck_ok(commit(&rig, &lease, &meta, 0, 20), &rig.err);
    rig.store->ops->lease_release(rig.store, &lease);
    faults_set(FAULT_FULL, 0, 0);
    nd_ck_ok(rig.store->ops->remove(rig.store, "run-1", &rig.err), &rig.err);
    ck_assert(faults.hit);
    nd_ck_rc(rig.store->ops->meta(rig.store, "run-1", &meta, &rig.err), ND_NOT_FOUND, &rig.err);
    faults_set(FAULT_NONE, 0, 0);
    rig_close(&rig);
}
END_TEST

/* One commit of 20 records with a fault at effect `at`: what is told and what is stored then agree. */
static bool commit_with_fault(enum fault kind, int at, int error)
{
    char name[40];
    (void)snprintf(name, sizeof name, "run-%d-%d-%d", (int)kind, at, error);
    struct rig rig = rig_open(SQLITE);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, name, &meta);
    struct nd_meta before = meta;
    rig_next(&meta);
    faults_set(kind, at, error);
    enum nd_rc rc = commit(&rig, &lease, &meta, 0, 20);
    bool hit = faults.hit;
    faults_set(FAULT_NONE, 0, 0);
    enum nd_rc wanted = !hit ? ND_OK : error == ENOSPC ? ND_FULL : ND_UNKNOWN;
    nd_ck_rc(rc, wanted, &rig.err);
    if (rc == ND_UNKNOWN) { /* nothing more is written through this handle, but it can be read */
        struct nd_control control = ND_CONTROL_NONE;
        nd_ck_rc(commit(&rig, &lease, &meta, 0, 20), ND_UNKNOWN, &rig.err);
        nd_ck_note(&rig.err, "could not be flushed");
        nd_ck_rc(rig.store->ops->control_put(rig.store, name, &control, NULL), ND_UNKNOWN, &rig.err);
        (void)rig_stands(&rig, name);
    }
    rig_reopen(&rig);
    struct nd_meta stands = rig_stands(&rig, name);
    size_t records = rig_count(&rig, name).records;
    bool done = stands.rev == meta.rev;
    rig_ck_meta(&stands, done ? &meta : &before);
    ck_assert_uint_eq(records, done ? 20 : 0);
    if (rc == ND_OK) ck_assert(done);
    if (rc == ND_FULL) ck_assert(!done);
    rig_close(&rig);
    return hit;
}

START_TEST(a_commit_with_a_fault_tells_the_truth)
{
    static const struct {
        enum fault kind;
        int error;
    } kinds[] = {{FAULT_WRITE, ENOSPC}, {FAULT_WRITE, EIO}, {FAULT_FLUSH, EIO}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        int at = 0;
        while (commit_with_fault(kinds[i].kind, at, kinds[i].error)) at++;
        ck_assert_int_ge(at, 1);
    }
}
END_TEST

START_TEST(an_object_that_is_not_flushed_stops_all_writing)
{
    int covered = 0;
    for (int at = 0;; at++, covered++) {
        struct rig rig = rig_open(SQLITE);
        struct nd_objects *o = NULL;
        char name[40], sha256[ND_SHA256_HEX];
        (void)snprintf(name, sizeof name, "run-%d", at);
        struct nd_meta meta = rig_meta(name);
        nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
        nd_ck_ok(rig.store->ops->objects(rig.store, name, &o, &rig.err), &rig.err);
        faults_set(FAULT_FLUSH, at, EIO);
        enum nd_rc rc = nd_objects_put(o, nd_view_of(name), sha256, &rig.err);
        bool hit = faults.hit;
        faults_set(FAULT_NONE, 0, 0);
        nd_ck_rc(rc, hit ? ND_UNKNOWN : ND_OK, &rig.err);
        nd_ck_rc(nd_objects_put(o, ND_VIEW("next"), sha256, NULL), hit ? ND_UNKNOWN : ND_OK, &rig.err);
        nd_objects_close(o);
        rig_close(&rig);
        if (!hit) break;
    }
    ck_assert_int_ge(covered, 2);
}
END_TEST

START_TEST(a_named_object_costs_no_flush_of_the_database)
{
    struct rig rig = rig_open(SQLITE);
    struct nd_meta meta = rig_meta("run-1");
    struct nd_objects *o = NULL;
    nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    nd_ck_ok(rig.store->ops->objects(rig.store, "run-1", &o, &rig.err), &rig.err);
    faults_set(FAULT_NONE, 0, 0);
    nd_ck_ok(nd_objects_name_put(o, "reading/1", ND_VIEW("page text"), &rig.err), &rig.err);
    ck_assert_int_eq(faults.flushes, 3); /* the new folder's parent, the file, its folder */
    nd_ck_ok(rig.store->ops->control_put(rig.store, "run-1", &ND_CONTROL_NONE, &rig.err), &rig.err);
    ck_assert_int_eq(faults.flushes, 4); /* all else is flushed, and the rows of the object with it */
    nd_objects_close(o);
    rig_close(&rig);
}
END_TEST

/* ---- death at every effect ---- */

#define COMMITS 3

struct told { /* shared with the child: what it was told to be durable */
    uint64_t rev;
    unsigned records, objects;
    char sha256[COMMITS][ND_SHA256_HEX];
};

static void work(struct told *told)
{
    struct rig rig = {.kind = &rig_kinds[SQLITE], .store = rig_kinds[SQLITE].open()};
    struct nd_meta meta;
    struct nd_objects *o = NULL;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    told->rev = meta.rev;
    nd_ck_ok(rig.store->ops->objects(rig.store, "run-1", &o, &rig.err), &rig.err);
    for (unsigned i = 0; i < COMMITS; i++) {
        char text[20], sha256[ND_SHA256_HEX];
        (void)snprintf(text, sizeof text, "text %u", i);
        nd_ck_ok(nd_objects_put(o, nd_view_of(text), sha256, &rig.err), &rig.err);
        memcpy(told->sha256[told->objects++], sha256, sizeof sha256);
        rig_next(&meta);
        nd_ck_ok(commit(&rig, &lease, &meta, 10 * i, 10), &rig.err);
        told->rev = meta.rev;
        told->records += 10;
    }
    nd_objects_close(o);
    rig_close(&rig);
}

static void check_after_death(const struct told *told)
{
    struct rig rig = rig_open(SQLITE);
    struct nd_meta meta;
    struct nd_lease lease;
    enum nd_rc rc = rig.store->ops->lease_take(rig.store, "run-1", &lease, &meta, &rig.err);
    if (rc == ND_NOT_FOUND && told->rev == 0) {
        rig_close(&rig);
        return;
    }
    nd_ck_ok(rc, &rig.err);
    uint64_t stood = meta.rev - 1;
    ck_assert(stood == told->rev || stood == told->rev + 1);
    size_t records = rig_count(&rig, "run-1").records;
    ck_assert_uint_eq(records, stood > 1 ? 10 * (stood - 1) : 0);
    ck_assert_uint_ge(records, told->records);
    struct nd_objects *o = NULL;
    nd_ck_ok(rig.store->ops->objects(rig.store, "run-1", &o, &rig.err), &rig.err);
    for (unsigned i = 0; i < told->objects; i++) {
        struct nd_bytes out = ND_BYTES(100);
        nd_ck_ok(nd_objects_get(o, told->sha256[i], &out, &rig.err), &rig.err);
        nd_bytes_release(&out);
    }
    nd_objects_close(o);
    rig_close(&rig);
}

START_TEST(nothing_told_is_lost_wherever_the_process_dies)
{
    struct told *told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(told, MAP_FAILED);
    (void)rig_folder(); /* named before the children are made */
    int at = 0, status = 0;
    do {
        memset(told, 0, sizeof *told);
        nd_ck_ok(nd_file_remove_tree(rig_folder(), NULL), NULL);
        pid_t child = fork();
        if (child == 0) {
            faults_set(FAULT_DEATH, at, 0);
            work(told);
            _exit(0);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && (WEXITSTATUS(status) == 9 || WEXITSTATUS(status) == 0));
        child = fork(); /* the next worker is a process of its own, too */
        if (child == 0) {
            check_after_death(told);
            _exit(0);
        }
        int checked = 0;
        ck_assert_int_eq(waitpid(child, &checked, 0), child);
        ck_assert_msg(checked == 0, "wrong after death at effect %d", at);
        at++;
    } while (WEXITSTATUS(status) == 9);
    ck_assert_uint_eq(told->records, 10 * COMMITS);
    ck_assert_int_ge(at, 60);
}
END_TEST

ND_TEST_MAIN("contract/faults", a_full_disk_gives_up_its_ballast, an_object_on_a_full_disk_is_whole_or_absent,
             a_run_can_be_removed_from_a_full_disk, a_commit_with_a_fault_tells_the_truth,
             an_object_that_is_not_flushed_stops_all_writing, a_named_object_costs_no_flush_of_the_database,
             nothing_told_is_lost_wherever_the_process_dies)
