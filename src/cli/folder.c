#include "folder.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { MANIFEST_MAX_BYTES = 64 << 20 };

static char *marker_path(const char *dir, const char *run_id)
{
    char *name = nd_sprintf(".nightdesk-%s", run_id);
    char *path = nd_path_join(dir, name);
    nd_free(name);
    return path;
}

static bool is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    if (!d) return false;
    bool empty = true;
    for (struct dirent *e = readdir(d); e && empty; e = readdir(d)) {
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    }
    (void)closedir(d);
    return empty;
}

/* The manifest of the report that lies there, or NULL. */
static struct nd_json *manifest_of(const char *dir)
{
    char *path = nd_path_join(dir, "manifest.json");
    struct nd_bytes text = ND_BYTES(MANIFEST_MAX_BYTES);
    struct nd_json *json = NULL;
    if (nd_file_read(path, &text, NULL) != ND_OK || nd_json_parse(&json, nd_bytes_view(&text), NULL) != ND_OK)
        json = NULL;
    nd_bytes_release(&text);
    nd_free(path);
    return json;
}

/* The nearest folder that exists must take new names. */
static enum nd_rc check_parent(const char *dir, struct nd_error *err)
{
    char *at = nd_strdup(dir);
    for (;;) {
        size_t len = strlen(at);
        while (len > 1 && at[len - 1] == '/') at[--len] = '\0';
        char *slash = strrchr(at, '/');
        if (!slash || slash == at) {
            bool root = slash == at;
            nd_free(at);
            at = nd_strdup(root ? "/" : ".");
        } else {
            *slash = '\0';
        }
        if (nd_file_exists(at) || strcmp(at, "/") == 0 || strcmp(at, ".") == 0) break;
    }
    enum nd_rc rc = ND_OK;
    if (!nd_file_is_dir(at)) {
        rc = nd_fail(err, ND_BAD_INPUT, "'%.150s' is not a folder, so '%.150s' cannot be made", at, dir);
    } else if (access(at, W_OK | X_OK) != 0) {
        rc = nd_fail(err, ND_BAD_INPUT,
                     "nothing can be written to '%.150s': %s; choose another folder with --out", at,
                     strerror(errno));
    }
    nd_free(at);
    return rc;
}

enum nd_rc folder_check(const char *dir, const char *run_id, struct nd_error *err)
{
    if (!nd_file_exists(dir)) return check_parent(dir, err);
    if (!nd_file_is_dir(dir))
        return nd_fail(err, ND_BAD_INPUT, "'%.150s' is a file, wanted a folder for the report", dir);
    if (access(dir, W_OK | X_OK) != 0) {
        return nd_fail(err, ND_BAD_INPUT,
                       "nothing can be written to '%.150s': %s; choose another folder with --out", dir,
                       strerror(errno));
    }
    char *marker = marker_path(dir, run_id);
    bool ours = nd_file_exists(marker) || is_empty(dir);
    nd_free(marker);
    if (ours) return ND_OK;
    struct nd_json *manifest = manifest_of(dir);
    const char *owner = nd_json_get_str(manifest, "run_id");
    enum nd_rc rc = ND_OK;
    if (!owner) {
        rc = nd_fail(err, ND_BAD_INPUT, "'%.150s' has other things in it; choose another folder with --out",
                     dir);
    } else if (strcmp(owner, run_id) != 0) {
        rc =
            nd_fail(err, ND_BAD_INPUT,
                    "'%.120s' holds the report of run '%.64s'; choose another folder with --out", dir, owner);
    }
    nd_json_free(manifest);
    return rc;
}

/* ---- writing ---- */

/* A name from a manifest that lies in the folder, or from a store: it may be anybody's work. */
static bool name_is_safe(const char *name)
{
    return name[0] != '\0' && name[0] != '/' && !strstr(name, "..");
}

static bool has_file(const struct nd_artefact *report, const char *name)
{
    for (size_t i = 0; i < report->file_count; i++) {
        if (strcmp(report->files[i].name, name) == 0) return true;
    }
    return false;
}

static void remove_stale(const char *dir, const struct nd_artefact *report)
{
    struct nd_json *manifest = manifest_of(dir);
    ND_JSON_EACH(output, nd_json_get(manifest, "outputs"))
    {
        const char *name = nd_json_get_str(output, "file");
        if (!name || !name_is_safe(name) || has_file(report, name)) continue;
        char *path = nd_path_join(dir, name);
        (void)unlink(path);
        nd_free(path);
    }
    nd_json_free(manifest);
}

static enum nd_rc make_parents(const char *dir, const char *name, struct nd_error *err)
{
    const char *slash = strrchr(name, '/');
    if (!slash) return ND_OK;
    char *folder = nd_sprintf("%s/%.*s", dir, (int)(slash - name), name);
    enum nd_rc rc = nd_file_is_dir(folder) ? ND_OK : nd_file_mkdirs_shared(folder, err);
    nd_free(folder);
    return rc;
}

/* In place: the marker says that the folder is not whole yet. */
static enum nd_rc write_file(const char *dir, const char *name, struct nd_view bytes, struct nd_error *err)
{
    enum nd_rc rc = make_parents(dir, name, err);
    if (rc != ND_OK) return rc;
    char *path = nd_path_join(dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    bool fine = fd >= 0;
    for (size_t at = 0; fine && at < bytes.len;) {
        ssize_t put = write(fd, bytes.data + at, bytes.len - at);
        fine = put > 0;
        if (fine) at += (size_t)put;
    }
    fine = fine && fsync(fd) == 0;
    if (!fine)
        rc = nd_fail(err, nd_rc_of_errno(errno), "'%.180s' cannot be written: %s", path, strerror(errno));
    if (fd >= 0) (void)close(fd);
    nd_free(path);
    return rc;
}

static enum nd_rc set_marker(const char *marker, struct nd_error *err)
{
    int fd = open(marker, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return nd_fail(err, nd_rc_of_errno(errno), "'%.180s' cannot be written: %s", marker, strerror(errno));
    (void)close(fd);
    return ND_OK;
}

static enum nd_rc write_ledger(const char *dir, const struct nd_json *ledger, struct nd_error *err)
{
    if (!ledger) return ND_OK;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_pretty(ledger, &text);
    enum nd_rc rc = write_file(dir, "ledger.json", nd_bytes_view(&text), err);
    nd_bytes_release(&text);
    return rc;
}

enum nd_rc folder_write(const char *dir, const char *run_id, const struct nd_artefact *report,
                        const struct nd_json *ledger, struct nd_error *err)
{
    enum nd_rc rc = folder_check(dir, run_id, err);
    for (size_t i = 0; rc == ND_OK && i < report->file_count; i++) {
        if (!name_is_safe(report->files[i].name))
            rc = nd_fail(err, ND_BROKEN, "'%.150s' is no name for a file of a report", report->files[i].name);
    }
    if (rc != ND_OK) return rc;
    bool fresh = !nd_file_exists(dir);
    char *marker = marker_path(dir, run_id);
    if (fresh) rc = nd_file_mkdirs_shared(dir, err);
    if (rc == ND_OK) rc = set_marker(marker, err);
    if (rc == ND_OK) {
        remove_stale(dir, report);
        rc = write_ledger(dir, ledger, err);
    }
    for (size_t i = 0; i < report->file_count && rc == ND_OK; i++) {
        rc = write_file(dir, report->files[i].name, nd_bytes_view(&report->files[i].bytes), err);
    }
    if (rc == ND_OK && unlink(marker) != 0 && errno != ENOENT) { /* another process has written the same */
        rc = nd_fail(err, nd_rc_of_errno(errno), "'%.180s' cannot be removed: %s", marker, strerror(errno));
    }
    if (rc != ND_OK) {
        (void)nd_while(err, "while writing the report to '%.150s'", dir);
        if (fresh) (void)nd_file_remove_tree(dir, NULL);
    }
    nd_free(marker);
    return rc;
}
