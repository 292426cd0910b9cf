/* Knowing a folder that a run wrote. */
#include "inputs.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first member of a manifest is its schema, whatever version. */
static bool manifest_begins(int fd)
{
    char head[64];
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return false;
    ssize_t len = read(fd, head, sizeof head);
    struct nd_view v = {head, len > 0 ? (size_t)len : 0};
    return nd_view_find(v, ND_VIEW("\"nightdesk.manifest/"), 0) != SIZE_MAX;
}

static bool has_manifest(const char *path)
{
    char *manifest = nd_path_join(path, "manifest.json");
    int fd = open(manifest, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
    bool ours = fd >= 0 && manifest_begins(fd);
    if (fd >= 0) (void)close(fd);
    nd_free(manifest);
    return ours;
}

static bool has_marker(const char *path)
{
    static const char marker[] = ".nightdesk-";
    DIR *folder = opendir(path);
    bool found = false;
    for (const struct dirent *e = folder ? readdir(folder) : NULL; e && !found; e = readdir(folder))
        found = strncmp(e->d_name, marker, sizeof marker - 1) == 0;
    if (folder) (void)closedir(folder);
    return found;
}

bool nd_is_report_folder(const char *path)
{
    return has_manifest(path) || has_marker(path);
}
