#include "cache.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/base/json.h"
#include "nightdesk/web/web.h"
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SCHEMA "nightdesk.fetched/1"
#define RECORD_MAX_BYTES ((size_t)16 << 10)
#define FIELD_MAX_BYTES 1024 /* of an ETag or a date that is repeated to the server */

void kept_release(struct kept *kept)
{
    nd_free(kept->etag);
    nd_free(kept->modified);
    nd_free(kept->media_type);
    *kept = (struct kept){.etag = NULL};
}

/* ---- names ---- */

static char *record_path(const char *folder, const char *url)
{
    char hash[ND_SHA256_HEX];
    nd_sha256_hex(nd_view_of(url), hash);
    return nd_sprintf("%s/%s.json", folder, hash);
}

static char *body_path(const char *folder, const char *sha256)
{
    return nd_sprintf("%s/%s.body", folder, sha256);
}

static int64_t size_below(const char *folder)
{
    int64_t total = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
        struct stat about;
        char *path = nd_path_join(folder, entry->d_name);
        if (lstat(path, &about) == 0 && S_ISREG(about.st_mode)) total += about.st_size;
        nd_free(path);
    }
    if (dir) (void)closedir(dir);
    return total;
}

void cache_tidy(const char *folder)
{
    if (folder && size_below(folder) > ND_WEB_CACHE_MAX_BYTES) (void)nd_file_remove_tree(folder, NULL);
}

/* ---- finding ---- */

/* A value that goes into a header again: short, printable, one line. */
static char *field_of(const struct nd_json *record, const char *member)
{
    struct nd_view v = nd_json_view(nd_json_get(record, member));
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] < ' ' || v.data[i] > '~') return NULL;
    return v.len > 0 && v.len <= FIELD_MAX_BYTES ? nd_view_dup(v) : NULL;
}

bool cache_find(const char *folder, const char *url, struct kept *out)
{
    if (!folder) return false;
    struct nd_bytes text = ND_BYTES(RECORD_MAX_BYTES);
    struct nd_json *record = NULL;
    char *path = record_path(folder, url);
    bool found = nd_file_read(path, &text, NULL) == ND_OK &&
                 nd_json_parse(&record, nd_bytes_view(&text), NULL) == ND_OK;
    const char *schema = nd_json_get_str(record, "schema"), *its = nd_json_get_str(record, "url");
    const char *sha256 = nd_json_get_str(record, "sha256");
    found = found && schema && strcmp(schema, SCHEMA) == 0 && its && strcmp(its, url) == 0 && sha256 &&
            nd_is_hex(sha256, ND_SHA256_HEX - 1);
    if (found) {
        *out = (struct kept){.etag = field_of(record, "etag"),
                             .modified = field_of(record, "last_modified"),
                             .media_type = field_of(record, "media_type")};
        (void)snprintf(out->sha256, sizeof out->sha256, "%s", sha256);
    }
    nd_json_free(record);
    nd_bytes_release(&text);
    nd_free(path);
    return found;
}

bool cache_body(const char *folder, const struct kept *kept, struct nd_bytes *out)
{
    char *path = body_path(folder, kept->sha256), hash[ND_SHA256_HEX];
    *out = ND_BYTES(ND_WEB_PAGE_MAX_BYTES);
    bool found = nd_file_read(path, out, NULL) == ND_OK;
    nd_sha256_hex(nd_bytes_view(out), hash);
    found = found && strcmp(hash, kept->sha256) == 0;
    if (!found) nd_bytes_release(out);
    nd_free(path);
    return found;
}

/* ---- keeping ---- */

static void set_field(struct nd_json *record, const char *member, struct nd_view value)
{
    if (value.len > 0 && value.len <= FIELD_MAX_BYTES) nd_json_set_view(record, member, value);
}

void cache_keep(const char *folder, const char *url, const char *media_type,
                const struct nd_http_answer *answer)
{
    struct nd_view etag = nd_http_header(answer, "ETag"), date = nd_http_header(answer, "Last-Modified");
    struct nd_view control = nd_http_header(answer, "Cache-Control");
    bool may = nd_view_find(control, ND_VIEW("no-store"), 0) == SIZE_MAX;
    if (!folder || !may || (etag.len == 0 && date.len == 0)) return;
    char sha256[ND_SHA256_HEX];
    nd_sha256_hex(nd_bytes_view(&answer->body), sha256);
    char *body = body_path(folder, sha256), *path = record_path(folder, url);
    struct nd_json *record = nd_json_object();
    nd_json_set_str(record, "schema", SCHEMA);
    nd_json_set_str(record, "url", url);
    nd_json_set_str(record, "sha256", sha256);
    nd_json_set_str(record, "media_type", media_type);
    set_field(record, "etag", etag);
    set_field(record, "last_modified", date);
    struct nd_bytes text = ND_BYTES(RECORD_MAX_BYTES);
    nd_json_print(record, &text);
    bool kept = !text.over && nd_file_mkdirs(folder, NULL) == ND_OK &&
                (nd_file_exists(body) || nd_file_write(body, nd_bytes_view(&answer->body), NULL) == ND_OK);
    if (kept) (void)nd_file_write(path, nd_bytes_view(&text), NULL);
    nd_bytes_release(&text);
    nd_json_free(record);
    nd_free(body);
    nd_free(path);
}
