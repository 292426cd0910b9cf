/* Files in the folder that are no part of the report: no finding, since a person may put things there, but
 * told. */
#include "verify_run.h"

#include "nightdesk/base/alloc.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 4 /* folders in folders, as deep as a report has them */

struct search {
    const char **known; /* sorted names of the report's files */
    size_t known_count;
    struct nd_verify *out;
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void found(struct search *s, const char *name)
{
    if (bsearch(&name, s->known, s->known_count, sizeof *s->known, compare)) return;
    s->out->others_total++;
    if (s->out->others.n < ND_VERIFY_OTHERS_MAX) nd_strings_add(&s->out->others, name);
}

/* Closes fd. A folder that cannot be listed, or lies too deep, is named itself. */
static void walk(struct search *s, int fd, const char *at, unsigned depth)
{
    DIR *folder = fd >= 0 && depth <= DEPTH_MAX ? fdopendir(fd) : NULL;
    if (!folder) {
        if (fd >= 0) (void)close(fd);
        found(s, at);
        return;
    }
    for (const struct dirent *e = readdir(folder); e; e = readdir(folder)) {
        struct stat about;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        char *name = *at ? nd_sprintf("%s/%s", at, e->d_name) : nd_strdup(e->d_name);
        bool is_folder =
            fstatat(dirfd(folder), e->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(about.st_mode);
        if (is_folder) {
            int below = openat(dirfd(folder), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            walk(s, below, name, depth + 1);
        } else {
            found(s, name);
        }
        nd_free(name);
    }
    (void)closedir(folder);
}

void verify_others(struct verify_run *v)
{
    const struct nd_json *outputs = nd_json_get(v->manifest, "outputs");
    size_t count = nd_json_len(outputs);
    if (!v->manifest || count > OUTPUTS_MAX) return;
    struct search s = {.known = ND_ARRAY(const char *, count + 2), .out = v->out};
    s.known[s.known_count++] = "manifest.json";
    s.known[s.known_count++] = "ledger.json";
    ND_JSON_EACH(output, outputs)
    {
        const char *name = nd_json_get_str(output, "file");
        if (name) s.known[s.known_count++] = name;
    }
    qsort(s.known, s.known_count, sizeof *s.known, compare);
    walk(&s, openat(v->folder.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "", 0);
    if (v->out->others.n > 0) qsort(v->out->others.v, v->out->others.n, sizeof(char *), compare_strings);
    nd_free(s.known);
}
