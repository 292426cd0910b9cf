/* Reading a fetched page: its bytes lie in memory, and are read as a file of that name would be. */
#include "nightdesk/base/alloc.h"
#include "reader.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FD_PATH_BYTES = 40 };

/* The address without its scheme and without a slash at its end: what stands for a file's path. */
static char *path_of(const char *url)
{
    const char *slashes = strstr(url, "://");
    struct nd_view path = nd_view_of(slashes ? slashes + 3 : url);
    while (path.len > 1 && path.data[path.len - 1] == '/') path.len--;
    return nd_view_dup(path);
}

/* A file's name that says the same of the kind as the media type does. */
static const char *name_of(const char *media_type)
{
    static const char *const names[][2] = {{"text/html", "page.html"},
                                           {"application/xhtml+xml", "page.html"},
                                           {"text/markdown", "page.md"},
                                           {"text/csv", "page.csv"},
                                           {"text/tab-separated-values", "page.tsv"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(media_type, names[i][0]) == 0) return names[i][1];
    return "page";
}

/* A file in memory with these bytes; -1: the system gives none. */
static int open_bytes(struct nd_view bytes)
{
    int fd = memfd_create("page", MFD_CLOEXEC);
    for (size_t at = 0; fd >= 0 && at < bytes.len;) {
        ssize_t put = write(fd, bytes.data + at, bytes.len - at);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) {
            (void)close(fd);
            return -1;
        }
        at += (size_t)put;
    }
    return fd;
}

static enum nd_rc read_file(struct nd_source *out, const char *file, struct nd_input *input,
                            struct nd_objects *objects, const struct nd_read_options *options,
                            struct nd_error *err)
{
    struct nd_inputs inputs = {.v = input, .n = 1};
    struct nd_request request = {.topic = NULL};
    struct nd_sources sources = {0};
    nd_strings_add(&request.roots, file);
    enum nd_rc rc = nd_inputs_read(&sources, &inputs, &request, objects, options, NULL, err);
    if (rc == ND_OK) {
        *out = sources.v[0];
        sources.v[0] = (struct nd_source){0};
    }
    nd_sources_release(&sources);
    nd_strings_release(&request.roots);
    return rc;
}

/* path is the caller's. */
static enum nd_rc read_bytes(struct nd_source *out, char *path, const char *name, struct nd_view bytes,
                             struct nd_objects *objects, const struct nd_read_options *options,
                             struct nd_error *err)
{
    char file[FD_PATH_BYTES];
    int fd = open_bytes(bytes);
    if (fd < 0)
        return nd_fail(err, ND_FULL, "no memory for a page of %zu bytes: %s", bytes.len,
                       strerrordesc_np(errno));
    (void)snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    struct nd_input input = {.path = path, .name = nd_strdup(name), .size_bytes = (int64_t)bytes.len};
    nd_sha256_hex(bytes, input.sha256);
    enum nd_rc rc = read_file(out, file, &input, objects, options, err);
    (void)close(fd);
    nd_free(input.name);
    return rc;
}

enum nd_rc nd_page_read(struct nd_source *out, const char *url, const char *media_type, struct nd_view bytes,
                        struct nd_objects *objects, const struct nd_read_options *options,
                        struct nd_error *err)
{
    char *path = path_of(url);
    enum nd_rc rc = read_bytes(out, path, name_of(media_type), bytes, objects, options, err);
    if (rc == ND_OK) out->url = nd_strdup(url);
    nd_free(path);
    return rc;
}

enum nd_rc nd_passage_read(struct nd_source *out, const char *kb, const char *place, struct nd_view text,
                           struct nd_objects *objects, const struct nd_read_options *options,
                           struct nd_error *err)
{
    bool web = strncmp(place, "http://", 7) == 0 || strncmp(place, "https://", 8) == 0;
    char *path = web ? path_of(place) : nd_strdup(place);
    enum nd_rc rc = read_bytes(out, path, "passage", text, objects, options, err);
    if (rc == ND_OK) {
        out->url = nd_strdup(place);
        out->kb = nd_strdup(kb);
        nd_title_of_passage(out);
    }
    nd_free(path);
    return rc;
}

void nd_page_failed(struct nd_source *out, const char *url, const char *why)
{
    struct nd_input input = {.path = path_of(url)};
    *out = (struct nd_source){
        .path = input.path, .url = nd_strdup(url), .reading = nd_reading_failed(&input, why)};
}
