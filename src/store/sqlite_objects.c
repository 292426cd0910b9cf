/*
 * Objects of the embedded store: files named by their hash. The database says which run names which object;
 * the row is written before the file, and the sweep deletes files only inside a write transaction in which no
 * run that exists names them, so an object that a run was promised never goes away.
 */
#include "sqlite.h"
#include "ballast.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "rules.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SWEEP_AT_ONCE 64 /* objects deleted in one transaction: others wait for it */

struct folder_objects {
    struct nd_objects base;
    struct sqlite_store *store;
    int64_t run_no;
};

static char *folder_of(struct sqlite_store *s, const char *sha256)
{
    return nd_sprintf("%s/%.2s", s->objects, sha256);
}

/* ---- which run names what ---- */

static enum nd_rc bind_ref(struct conn *conn, enum sql which, const char *sha256, int64_t no,
                           struct nd_stmt **stmt, struct nd_error *err)
{
    enum nd_rc rc = nd_conn_stmt(conn, which, stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_text(*stmt, 1, nd_view_of(sha256));
    nd_stmt_bind_int(*stmt, 2, no);
    return ND_OK;
}

static enum nd_rc refers(struct folder_objects *o, const char *sha256, bool *there, struct nd_error *err)
{
    struct conn *conn = NULL;
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_take(o->store, &conn, err);
    if (rc == ND_OK) rc = bind_ref(conn, SQL_REF, sha256, o->run_no, &stmt, err);
    if (rc == ND_OK) {
        rc = nd_stmt_step(stmt, there, err);
        nd_stmt_reset(stmt);
    }
    nd_conn_give(o->store, conn);
    return rc;
}

/* From now on the run of this handle names the object: as lasting as the record that will name it. */
static enum nd_rc refer(struct folder_objects *o, const char *sha256, struct nd_error *err)
{
    struct conn *conn = NULL;
    struct nd_stmt *stmt = NULL;
    bool there = false;
    enum nd_rc rc = refers(o, sha256, &there, err);
    if (rc != ND_OK || there) return rc;
    rc = nd_write_begin_unflushed(o->store, &conn, err);
    if (rc != ND_OK) return rc;
    rc = bind_ref(conn, SQL_REF_ADD, sha256, o->run_no, &stmt, err);
    if (rc == ND_OK) rc = nd_conn_run(stmt, err);
    return nd_write_end(o->store, conn, rc, err);
}

/* ---- files ---- */

/* What a failed write means for who asked: only a full disk and a folder that cannot be written leave us
 * sure. */
static enum nd_rc write_failed(struct folder_objects *o, enum nd_rc rc, const char *sha256,
                               struct nd_error *err)
{
    if (rc == ND_FULL) nd_ballast_drop(o->store->ballast);
    if (rc == ND_FULL || rc == ND_BAD_INPUT || rc == ND_RETRY) return rc;
    atomic_store(&o->store->poisoned, true);
    if (err) err->rc = ND_UNKNOWN;
    (void)nd_while(err, "object %.64s could not be flushed", sha256);
    return ND_UNKNOWN;
}

static enum nd_rc write_object(struct folder_objects *o, struct nd_view bytes, const char *sha256,
                               struct nd_error *err)
{
    char *folder = folder_of(o->store, sha256);
    char *path = nd_path_join(folder, sha256);
    struct stat info = {0};
    enum nd_rc rc = ND_OK;
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode) && (uint64_t)info.st_size == bytes.len) {
        rc = nd_file_fsync_dir(folder, err); /* another may have renamed it a moment ago */
    } else {
        rc = nd_file_mkdirs(folder, err);
        if (rc == ND_OK) rc = nd_file_write(path, bytes, err);
    }
    if (rc != ND_OK) rc = write_failed(o, rc, sha256, err);
    nd_free(path);
    nd_free(folder);
    return rc;
}

static enum nd_rc read_object(const char *path, const char *sha256, struct nd_bytes *out,
                              struct nd_error *err)
{
    size_t before = out->len;
    char found[ND_SHA256_HEX];
    enum nd_rc rc = nd_file_read(path, out, err);
    if (rc != ND_OK) return rc;
    nd_sha256_hex(nd_view_sub(nd_bytes_view(out), before, out->len), found);
    if (strcmp(found, sha256) == 0) return ND_OK;
    out->len = before;
    if (out->data) out->data[before] = '\0';
    return nd_fail(
        err, ND_BROKEN,
        "object file '%.140s' holds other bytes than its name says: put back a copy, or begin a new run",
        path);
}

/* ---- the table ---- */

static enum nd_rc objects_put(struct nd_objects *objects, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                              struct nd_error *err)
{
    struct folder_objects *o = (struct folder_objects *)objects;
    char hex[ND_SHA256_HEX];
    nd_sha256_hex(bytes, hex);
    enum nd_rc rc = refer(o, hex, err);
    if (rc == ND_FULL) nd_ballast_drop(o->store->ballast);
    if (rc == ND_OK) rc = write_object(o, bytes, hex, err);
    if (rc == ND_OK) memcpy(sha256, hex, sizeof hex);
    return rc;
}

static enum nd_rc objects_get(struct nd_objects *objects, const char *sha256, struct nd_bytes *out,
                              struct nd_error *err)
{
    struct folder_objects *o = (struct folder_objects *)objects;
    enum nd_rc rc = nd_rules_sha256(sha256, err);
    if (rc != ND_OK) return rc;
    char *folder = folder_of(o->store, sha256);
    char *path = nd_path_join(folder, sha256);
    if (!nd_file_exists(path)) {
        rc = nd_fail(err, ND_NOT_FOUND, "there is no object %.64s", sha256);
    } else {
        rc = refer(o, sha256, err);
    }
    if (rc == ND_OK) rc = read_object(path, sha256, out, err);
    nd_free(path);
    nd_free(folder);
    return rc;
}

static enum nd_rc name_look(struct conn *conn, const char *name, char sha256[ND_SHA256_HEX],
                            struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_NAME, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_text(stmt, 1, nd_view_of(name));
    rc = nd_stmt_step(stmt, &row, err);
    if (rc == ND_OK && !row) rc = nd_fail(err, ND_NOT_FOUND, "there is no object named '%s'", name);
    if (rc == ND_OK && !nd_row_text(stmt, 0, sha256, ND_SHA256_HEX))
        rc = nd_fail(err, ND_BROKEN, "object name '%s' stands for something that is not a sha256", name);
    nd_stmt_reset(stmt);
    return rc;
}

static enum nd_rc name_write(struct conn *conn, const char *name, const char *sha256, struct nd_error *err)
{
    char stands[ND_SHA256_HEX];
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_NAME_ADD, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_text(stmt, 1, nd_view_of(name));
    nd_stmt_bind_text(stmt, 2, nd_view_of(sha256));
    rc = nd_conn_run(stmt, err);
    if (rc == ND_OK) rc = name_look(conn, name, stands, err);
    if (rc == ND_OK && strcmp(stands, sha256) != 0)
        rc = nd_fail(err, ND_CONFLICT, "object name '%s' stands for other bytes already", name);
    return rc;
}

static enum nd_rc objects_name_put(struct nd_objects *objects, const char *name, struct nd_view bytes,
                                   struct nd_error *err)
{
    struct sqlite_store *s = ((struct folder_objects *)objects)->store;
    char sha256[ND_SHA256_HEX];
    struct conn *conn = NULL;
    enum nd_rc rc = nd_rules_object_name(name, err);
    if (rc == ND_OK) rc = objects_put(objects, bytes, sha256, err);
    if (rc == ND_OK) rc = nd_write_begin_unflushed(s, &conn, err);
    if (rc == ND_OK) rc = nd_write_end(s, conn, name_write(conn, name, sha256, err), err);
    if (rc == ND_FULL) nd_ballast_drop(s->ballast);
    return rc;
}

static enum nd_rc objects_name_get(struct nd_objects *objects, const char *name, struct nd_bytes *out,
                                   struct nd_error *err)
{
    struct sqlite_store *s = ((struct folder_objects *)objects)->store;
    char sha256[ND_SHA256_HEX];
    struct conn *conn = NULL;
    enum nd_rc rc = nd_rules_object_name(name, err);
    if (rc == ND_OK) rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = name_look(conn, name, sha256, err);
    nd_conn_give(s, conn);
    return rc == ND_OK ? objects_get(objects, sha256, out, err) : rc;
}

static void objects_close(struct nd_objects *objects)
{
    nd_free(objects);
}

static const struct nd_objects_ops folder_ops = {
    .put = objects_put,
    .get = objects_get,
    .name_put = objects_name_put,
    .name_get = objects_name_get,
    .close = objects_close,
};

enum nd_rc nd_sqlite_objects(struct nd_store *store, const char *run_id, struct nd_objects **out,
                             struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    int64_t no = 0;
    enum nd_rc rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = nd_row_run_no(conn, run_id, &no, err);
    nd_conn_give(s, conn);
    if (rc != ND_OK) return rc;
    struct folder_objects *o = ND_NEW(struct folder_objects);
    *o = (struct folder_objects){.base = {.ops = &folder_ops}, .store = s, .run_no = no};
    *out = &o->base;
    return ND_OK;
}

/* ---- removal ---- */

/* Deletes what begins with the hash: the object, and what writers that were killed left of it. */
static bool delete_in(DIR *folder, const char *sha256)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry) return errno == 0;
        if (strncmp(entry->d_name, sha256, ND_SHA256_HEX - 1) != 0) continue;
        if (unlinkat(dirfd(folder), entry->d_name, 0) != 0 && errno != ENOENT) return false;
    }
}

static enum nd_rc delete_object(struct sqlite_store *s, const char *sha256, struct nd_error *err)
{
    char *path = folder_of(s, sha256);
    DIR *folder = opendir(path);
    enum nd_rc rc = ND_OK;
    if (folder ? !delete_in(folder, sha256) : errno != ENOENT)
        rc = nd_fail(err, nd_rc_of_errno(errno), "cannot delete object %.64s: %s", sha256,
                     strerrordesc_np(errno));
    if (folder && rc == ND_OK && fsync(dirfd(folder)) != 0)
        rc = nd_fail(err, ND_UNKNOWN, "the deletion of object %.64s could not be flushed", sha256);
    if (folder) closedir(folder);
    nd_free(path);
    return rc;
}

static enum nd_rc run_with_text(struct conn *conn, enum sql which, const char *text, struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, which, &stmt, err);
    if (rc != ND_OK) return rc;
    if (text) nd_stmt_bind_text(stmt, 1, nd_view_of(text));
    return nd_conn_run(stmt, err);
}

static enum nd_rc find_orphans(struct conn *conn, char sha256[SWEEP_AT_ONCE][ND_SHA256_HEX], size_t *count,
                               struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_REF_ORPHANS, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_int(stmt, 1, SWEEP_AT_ONCE);
    *count = 0;
    while (rc == ND_OK && *count < SWEEP_AT_ONCE && (rc = nd_stmt_step(stmt, &row, err)) == ND_OK && row) {
        char *hex = sha256[*count];
        if (nd_row_text(stmt, 0, hex, ND_SHA256_HEX) && nd_is_hex(hex, ND_SHA256_HEX - 1)) {
            ++*count;
        } else {
            rc = nd_fail(err, ND_BROKEN, "an object that a run names has no sha256 for a name");
        }
    }
    nd_stmt_reset(stmt);
    return rc;
}

static enum nd_rc sweep_some(struct conn *conn, struct sqlite_store *s, size_t *count, struct nd_error *err)
{
    char sha256[SWEEP_AT_ONCE][ND_SHA256_HEX];
    enum nd_rc rc = find_orphans(conn, sha256, count, err);
    for (size_t i = 0; rc == ND_OK && i < *count; i++) {
        rc = delete_object(s, sha256[i], err);
        if (rc == ND_OK) rc = run_with_text(conn, SQL_NAME_DROP, sha256[i], err);
        if (rc == ND_OK) rc = run_with_text(conn, SQL_REF_DROP, sha256[i], err);
    }
    if (rc == ND_OK && *count < SWEEP_AT_ONCE) rc = run_with_text(conn, SQL_REF_DROP_GONE, NULL, err);
    return rc;
}

enum nd_rc nd_sqlite_sweep(struct sqlite_store *s, struct nd_error *err)
{
    size_t count = SWEEP_AT_ONCE;
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK && count == SWEEP_AT_ONCE) {
        struct conn *conn = NULL;
        rc = nd_write_begin(s, &conn, err);
        if (rc == ND_OK) rc = nd_write_end(s, conn, sweep_some(conn, s, &count, err), err);
    }
    return rc;
}
