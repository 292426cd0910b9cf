/* Listing what there is to read, and freezing it. */
#include "inputs.h"
#include "nightdesk/core/kb.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/say.h"
#include "nightdesk/document/document.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    struct nd_inputs *inputs;
    const struct nd_request *request;
    unsigned root;
    const char *root_path;
    char *real_root; /* with all links resolved */
};

void nd_inputs_release(struct nd_inputs *inputs)
{
    if (!inputs) return;
    for (size_t i = 0; i < inputs->n; i++) {
        nd_free(inputs->v[i].path);
        nd_free(inputs->v[i].name);
        nd_free(inputs->v[i].why);
    }
    nd_free(inputs->v);
    *inputs = (struct nd_inputs){0};
}

bool nd_glob_match_any(const struct nd_strings *patterns, const char *path)
{
    for (size_t i = 0; i < patterns->n; i++) {
        if (nd_glob_match(patterns->v[i], path)) return true;
    }
    return false;
}

/* ---- one file ---- */

static enum nd_rc add(struct walk *w, const char *name, const char *why, struct nd_error *err)
{
    struct nd_inputs *inputs = w->inputs;
    if (inputs->n == ND_INPUTS_MAX) {
        return nd_fail(err, ND_OVER_LIMIT, "'%s' and what was listed before hold more than %d files",
                       w->root_path, ND_INPUTS_MAX);
    }
    struct nd_bytes path = ND_BYTES(PATH_MAX * 4);
    nd_utf8_repair(nd_view_of(name), &path);
    ND_GROW(inputs->v, inputs->n, inputs->cap);
    inputs->v[inputs->n++] = (struct nd_input){
        .root = w->root, .path = nd_bytes_take(&path, NULL), .name = nd_strdup(name), .why = nd_strdup(why)};
    return ND_OK;
}

/* What a link leads to lies below the root, so that a folder of documents cannot hand out files beside it. */
static bool stays_inside(const struct walk *w, const char *full, const char **why)
{
    char *real = realpath(full, NULL);
    if (!real) {
        *why = errno == ELOOP ? "a link that leads to itself" : "a link that leads nowhere";
        return false;
    }
    size_t len = strlen(w->real_root);
    bool inside = strncmp(real, w->real_root, len) == 0 &&
                  (real[len] == '/' || real[len] == '\0' || strcmp(w->real_root, "/") == 0);
    free(real);
    *why = inside ? NULL : "a link that leads out of its folder: name what it leads to instead";
    return inside;
}

static enum nd_rc add_if_wanted(struct walk *w, const char *name, const char *why, struct nd_error *err)
{
    const struct nd_request *r = w->request;
    bool wanted =
        (r->include.n == 0 || nd_glob_match_any(&r->include, name)) && !nd_glob_match_any(&r->exclude, name);
    if (wanted) return add(w, name, why, err);
    w->inputs->excluded++;
    return ND_OK;
}

/* ---- folders ---- */

static enum nd_rc walk_folder(struct walk *w, const char *name, unsigned depth, struct nd_error *err);

/* What a run made of documents is none: the next run would quote its words as another source. */
static enum nd_rc walk_below(struct walk *w, const char *name, const char *full, unsigned depth,
                             struct nd_error *err)
{
    if (!nd_is_report_folder(full)) return walk_folder(w, name, depth, err);
    w->inputs->reports++;
    return ND_OK;
}

static enum nd_rc walk_entry(struct walk *w, const char *name, unsigned depth, struct nd_error *err)
{
    char *full = nd_path_join(w->root_path, name);
    struct stat about;
    const char *why = NULL;
    enum nd_rc rc = ND_OK;
    bool there = lstat(full, &about) == 0;
    if (there && S_ISLNK(about.st_mode)) there = stays_inside(w, full, &why) && stat(full, &about) == 0;
    bool link_to_folder =
        there && S_ISDIR(about.st_mode) && lstat(full, &about) == 0 && S_ISLNK(about.st_mode);
    if (!there)
        rc = add_if_wanted(w, name, why ? why : "gone while it was listed", err);
    else if (link_to_folder)
        rc = ND_OK; /* what is in it is listed where it is */
    else if (S_ISDIR(about.st_mode))
        rc = walk_below(w, name, full, depth + 1, err);
    else
        rc = add_if_wanted(w, name, S_ISREG(about.st_mode) ? NULL : "not a file (a pipe, socket or device)",
                           err);
    nd_free(full);
    return rc;
}

static enum nd_rc walk_folder(struct walk *w, const char *name, unsigned depth, struct nd_error *err)
{
    char *full = *name ? nd_path_join(w->root_path, name) : nd_strdup(w->root_path);
    DIR *folder = depth <= ND_INPUT_DEPTH_MAX ? opendir(full) : NULL;
    enum nd_rc rc = ND_OK;
    if (!folder && depth == 0)
        rc = nd_fail(err, ND_BAD_INPUT, "folder '%s' cannot be listed: %s", full, strerrordesc_np(errno));
    else if (!folder)
        rc = add(w, name,
                 depth > ND_INPUT_DEPTH_MAX ? "folders nested deeper than 64"
                                            : "a folder that cannot be listed",
                 err);
    for (struct dirent *entry = folder ? readdir(folder) : NULL; entry && rc == ND_OK;
         entry = readdir(folder)) {
        if (entry->d_name[0] == '.') {
            w->inputs->hidden += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
            continue;
        }
        char *below = *name ? nd_path_join(name, entry->d_name) : nd_strdup(entry->d_name);
        rc = walk_entry(w, below, depth, err);
        nd_free(below);
    }
    if (folder) (void)closedir(folder);
    nd_free(full);
    return rc;
}

static enum nd_rc walk_root(struct walk *w, struct nd_error *err)
{
    struct stat about;
    if (strncmp(w->root_path, "s3://", 5) == 0)
        return nd_fail(err, ND_BAD_INPUT,
                       "documents '%s': only files and folders of this machine can be read", w->root_path);
    if (stat(w->root_path, &about) != 0)
        return nd_fail(err, ND_BAD_INPUT, "documents '%s': %s", w->root_path, strerrordesc_np(errno));
    if (!S_ISDIR(about.st_mode)) {
        const char *slash = strrchr(w->root_path, '/');
        return add(w, slash ? slash + 1 : w->root_path,
                   S_ISREG(about.st_mode) ? NULL : "not a file (a pipe, socket or device)", err);
    }
    char *real = realpath(w->root_path, NULL);
    if (!real) return nd_fail(err, ND_BAD_INPUT, "documents '%s': %s", w->root_path, strerrordesc_np(errno));
    w->real_root = real;
    enum nd_rc rc = walk_folder(w, "", 0, err);
    free(real);
    return rc;
}

/* ---- freezing ---- */

char *nd_input_path(const struct nd_request *request, const struct nd_input *input)
{
    const char *root = request->roots.v[input->root];
    return nd_file_is_dir(root) ? nd_path_join(root, input->name) : nd_strdup(root);
}

/* errno of opening the file, 0 when it opens. */
static int try_open(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return errno;
    (void)close(fd);
    return 0;
}

static void freeze(struct nd_input *input, const struct nd_request *request)
{
    struct stat about = {0};
    if (input->why) return;
    char *full = nd_input_path(request, input);
    int refused = stat(full, &about) == 0 ? try_open(full) : errno;
    if (refused) {
        input->why = nd_sprintf("cannot be read: %s", strerrordesc_np(refused));
    } else if (about.st_size > (off_t)ND_READ_FILE_MAX_BYTES) {
        input->size_bytes = about.st_size;
        input->why = nd_sprintf("has %lld MB, limit is %zu MB", (long long)(about.st_size >> 20),
                                ND_READ_FILE_MAX_BYTES >> 20);
    } else if (nd_sha256_file(full, input->sha256, &input->size_bytes, NULL) != ND_OK) {
        input->sha256[0] = '\0';
        input->why = nd_strdup("cannot be read to its end");
    }
    nd_free(full);
}

enum nd_rc nd_input_load(const struct nd_request *request, const struct nd_input *input, struct nd_bytes *out,
                         struct nd_error *err)
{
    char sha256[ND_SHA256_HEX], *full = nd_input_path(request, input);
    size_t before = out->len;
    enum nd_rc rc = nd_file_read(full, out, err);
    if (rc == ND_OK) {
        nd_sha256_hex(nd_view_sub(nd_bytes_view(out), before, out->len), sha256);
        if (strcmp(sha256, input->sha256) != 0)
            rc = nd_fail(err, ND_BAD_INPUT, "'%s' has changed since it was listed", full);
    } else {
        rc = err ? (err->rc = ND_BAD_INPUT) : ND_BAD_INPUT;
    }
    nd_free(full);
    return rc;
}

const struct nd_input *nd_inputs_find(const struct nd_inputs *inputs, const struct nd_strings *patterns)
{
    for (size_t i = 0; i < inputs->n; i++)
        if (nd_glob_match_any(patterns, inputs->v[i].path)) return &inputs->v[i];
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const struct nd_input *x = a, *y = b;
    if (x->root != y->root) return x->root < y->root ? -1 : 1;
    return strcmp(x->name, y->name);
}

static bool asks_elsewhere(const struct nd_request *request)
{
    return request->urls.n > 0 || request->search || nd_kbs_elsewhere(request) > 0;
}

static enum nd_rc refuse_nothing(const struct nd_inputs *inputs, const struct nd_request *request,
                                 struct nd_error *err)
{
    if (inputs->n > 0 || (request->roots.n == 0 && asks_elsewhere(request))) return ND_OK;
    const char *first = request->roots.n > 0 ? request->roots.v[0] : "";
    const char *more = request->roots.n > 1 ? " and the others" : "";
    if (request->roots.n == 0) return nd_fail(err, ND_BAD_INPUT, "no documents are named");
    if (inputs->excluded > 0) {
        return nd_fail(err, ND_BAD_INPUT, "'%s'%s: none of %zu %s passes include and exclude", first, more,
                       inputs->excluded, nd_plural(NULL, (int64_t)inputs->excluded, "file", "files"));
    }
    if (inputs->reports > 0) {
        return nd_fail(err, ND_BAD_INPUT, "'%s'%s: nothing to read (%zu %s left out)", first, more,
                       inputs->reports,
                       nd_plural(NULL, (int64_t)inputs->reports, "folder with a report of nightdesk is",
                                 "folders with reports of nightdesk are"));
    }
    if (inputs->hidden > 0) {
        return nd_fail(err, ND_BAD_INPUT, "'%s'%s: nothing to read (%zu hidden %s left out)", first, more,
                       inputs->hidden, nd_plural(NULL, (int64_t)inputs->hidden, "entry is", "entries are"));
    }
    return nd_fail(err, ND_BAD_INPUT, "'%s'%s: nothing to read, the folder is empty", first, more);
}

/* ---- a list that came with the request ---- */

/* By root and name, each once. */
static enum nd_rc put_in_order(struct nd_inputs *inputs, const struct nd_request *request,
                               struct nd_error *err)
{
    if (!inputs->v && asks_elsewhere(request)) return ND_OK;
    if (!inputs->v) return nd_fail(err, ND_BAD_INPUT, "nothing to read, the list is empty");
    qsort(inputs->v, inputs->n, sizeof *inputs->v, compare);
    for (size_t i = 1; i < inputs->n; i++) {
        if (compare(&inputs->v[i - 1], &inputs->v[i]) == 0)
            return nd_fail(err, ND_BAD_INPUT, "file '%.150s' is listed twice", inputs->v[i].path);
    }
    return ND_OK;
}

const char *nd_inputs_elsewhere(const struct nd_request *request)
{
    return nd_json_get_str(request->listing, "sha256");
}

static enum nd_rc parse_given(struct nd_inputs *out, const struct nd_request *request,
                              const struct nd_origin *origin, struct nd_error *err)
{
    const char *sha256 = nd_inputs_elsewhere(request);
    struct nd_json *list = NULL;
    if (!sha256) return nd_inputs_parse(out, request->listing, err);
    enum nd_rc rc = nd_inputs_fetch(&list, request->listing, origin, err);
    if (rc == ND_OK) rc = nd_inputs_parse(out, list, err);
    nd_json_free(list);
    return rc;
}

static enum nd_rc list_given(struct nd_inputs *out, const struct nd_request *request,
                             const struct nd_origin *origin, struct nd_error *err)
{
    struct nd_inputs inputs = {0};
    enum nd_rc rc = parse_given(&inputs, request, origin, err);
    if (rc == ND_OK) rc = put_in_order(&inputs, request, err);
    if (rc == ND_OK) {
        *out = inputs;
    } else {
        nd_inputs_release(&inputs);
        (void)nd_while(err, "while reading 'documents.listing'");
    }
    return rc;
}

enum nd_rc nd_inputs_list(struct nd_inputs *out, const struct nd_request *request,
                          const struct nd_origin *origin, const atomic_bool *stop, struct nd_error *err)
{
    if (request->listing) return list_given(out, request, origin, err);
    struct nd_inputs inputs = {0};
    struct walk w = {.inputs = &inputs, .request = request};
    enum nd_rc rc = ND_OK;
    for (; w.root < request->roots.n && rc == ND_OK; w.root++) {
        w.root_path = request->roots.v[w.root];
        rc = walk_root(&w, err);
    }
    if (rc == ND_OK) rc = refuse_nothing(&inputs, request, err);
    if (rc == ND_OK && inputs.v) qsort(inputs.v, inputs.n, sizeof *inputs.v, compare);
    for (size_t i = 0; i < inputs.n && rc == ND_OK; i++) {
        if (stop && atomic_load(stop)) rc = nd_fail(err, ND_STOPPED, "stopped while listing documents");
        if (rc == ND_OK) freeze(&inputs.v[i], request);
    }
    if (rc == ND_OK)
        *out = inputs;
    else
        nd_inputs_release(&inputs);
    return rc;
}
