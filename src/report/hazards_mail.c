/* E-mail addresses. */
#include "hazards_parts.h"

#include <string.h>
#include <strings.h>

#define LABEL_MAX 63
#define LOCAL_MAX 128
#define GROUP_MAX 200 /* "{ann,bob,carol}@host.domain" */

/* Ends of file names: "logo@2x.png" is no address. */
static const char *const file_ends[] = {"png",  "jpg",  "jpeg", "gif", "svg", "webp", "css", "js",
                                        "json", "html", "htm",  "xml", "pdf", "txt",  "md",  NULL};

static bool is_ascii_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool hazard_is_word(struct nd_view flat, size_t at)
{
    return at < flat.len && (is_ascii_alnum(flat.data[at]) || (unsigned char)flat.data[at] >= 0x80);
}

static bool is_local(char c)
{
    return is_ascii_alnum(c) || (unsigned char)c >= 0x80 || (c && strchr("._%+-'", c));
}

/* Where the name before the '@' begins; `at` when there is none. */
static size_t local_start(struct nd_view flat, size_t at)
{
    size_t start = at;
    if (start > 0 && flat.data[start - 1] == '\n') start--;
    size_t behind = start;
    if (start > 0 && flat.data[start - 1] == '}') {
        while (start > 0 && behind - start < GROUP_MAX && flat.data[start - 1] != '{') start--;
        return start > 0 && flat.data[start - 1] == '{' ? start - 1 : at;
    }
    while (start > 0 && behind - start < LOCAL_MAX && is_local(flat.data[start - 1])) start--;
    while (start < behind && !hazard_is_word(flat, start)) start++;
    return start < behind && hazard_is_word(flat, behind - 1) ? start : at;
}

static size_t label_end(struct nd_view flat, size_t at)
{
    size_t end = at;
    while (end < flat.len && end - at <= LABEL_MAX && (hazard_is_word(flat, end) || flat.data[end] == '-'))
        end++;
    return end;
}

static bool is_top_domain(struct nd_view label)
{
    if (label.len < 2 || label.len > 24) return false;
    for (size_t i = 0; i < label.len; i++)
        if (label.data[i] == '-' || (label.data[i] >= '0' && label.data[i] <= '9')) return false;
    for (const char *const *end = file_ends; *end; end++)
        if (strlen(*end) == label.len && strncasecmp(*end, label.data, label.len) == 0) return false;
    return true;
}

/* Behind the host's last label that may end a domain; 0: there is none. */
static size_t domain_end(struct nd_view flat, size_t at)
{
    size_t good = 0;
    for (unsigned labels = 0; labels < 10; labels++) {
        size_t end = label_end(flat, at);
        if (end == at || end - at > LABEL_MAX) break;
        if (labels > 0 && is_top_domain(nd_view_sub(flat, at, end))) good = end;
        if (end >= flat.len || flat.data[end] != '.') break;
        at = end + 1;
        if (!good && at < flat.len && flat.data[at] == '\n') at++;
    }
    return good;
}

bool hazard_email(struct nd_view flat, size_t at, size_t *start, size_t *end)
{
    if (flat.data[at] != '@') return false;
    size_t from = local_start(flat, at), host = at + 1;
    if (host < flat.len && flat.data[host] == '\n') host++;
    size_t to = domain_end(flat, host);
    if (from == at || !to) return false;
    bool path = to + 1 < flat.len && flat.data[to] == ':' && hazard_is_word(flat, to + 1); /* git@host:path */
    if (path) return false;
    *start = from;
    *end = to;
    return true;
}
