#include "nightdesk/core/url.h"
#include "nightdesk/base/alloc.h"
#include <string.h>
#include <strings.h>

#define PORT_MAX 65535
#define LINK_MAX_BYTES (4 * ND_URL_MAX_BYTES) /* of an address before it is cleaned */

static const char name_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
static const char ip6_chars[] = "0123456789abcdef:.";
static const char unwise_chars[] = "\"<>\\^`{|}"; /* escaped in paths, though some servers send them bare */

static bool only(struct nd_view v, const char *chars)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] == '\0' || !strchr(chars, v.data[i])) return false;
    return v.len > 0;
}

static size_t find_any(struct nd_view v, const char *chars, size_t from)
{
    size_t at = from;
    while (at < v.len && (v.data[at] == '\0' || !strchr(chars, v.data[at]))) at++;
    return at;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_hex_digit(char c)
{
    return strchr("0123456789abcdef", lower(c)) != NULL && c != '\0';
}

/* ---- host and port ---- */

static unsigned own_port(struct nd_view scheme)
{
    return nd_view_is(scheme, "https") ? 443 : 80;
}

/* "" and ":" are the scheme's own; 0: no port at all. */
static unsigned port_of(struct nd_view text, struct nd_view scheme)
{
    int64_t port = 0;
    if (text.len <= 1) return text.len == 0 || text.data[0] == ':' ? own_port(scheme) : 0;
    struct nd_view digits = nd_view_sub(text, 1, text.len);
    bool ok = text.data[0] == ':' && only(digits, "0123456789") && nd_view_int(digits, &port);
    return ok && port > 0 && port <= PORT_MAX ? (unsigned)port : 0;
}

/* Splits "[::1]:80" or "example.org:80", lower case; false when it is neither. */
static bool split_authority(struct nd_view authority, struct nd_view scheme, struct nd_view *host,
                            unsigned *port)
{
    bool is_ip6 = authority.len > 0 && authority.data[0] == '[';
    size_t end = find_any(authority, is_ip6 ? "]" : ":", 0);
    if (is_ip6 && end == authority.len) return false;
    *host = nd_view_sub(authority, is_ip6 ? 1 : 0, end);
    *port = port_of(nd_view_sub(authority, is_ip6 ? end + 1 : end, authority.len), scheme);
    return *port > 0 && only(*host, is_ip6 ? ip6_chars : name_chars);
}

/* Appends the authority in its clean form; false when it is none. */
static bool add_authority(struct nd_view given, struct nd_view scheme, struct nd_bytes *out)
{
    struct nd_bytes low = ND_BYTES(ND_URL_MAX_BYTES);
    struct nd_view host;
    unsigned port = 0;
    for (size_t i = 0; i < given.len; i++) nd_bytes_add_char(&low, lower(given.data[i]));
    bool ok = !low.over && split_authority(nd_bytes_view(&low), scheme, &host, &port);
    if (ok) {
        bool is_ip6 = low.data[0] == '[';
        while (!is_ip6 && nd_view_ends(host, ".")) host.len--;
        ok = host.len > 0;
        nd_bytes_addf(out, is_ip6 ? "[%.*s]" : "%.*s", (int)host.len, host.data);
        if (port != own_port(scheme)) nd_bytes_addf(out, ":%u", port);
    }
    nd_bytes_release(&low);
    return ok;
}

/* ---- path and query ---- */

static void add_escaped(struct nd_view text, struct nd_bytes *out)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool escape = c <= ' ' || c >= 0x7f || strchr(unwise_chars, c);
        if (c == '%')
            escape = i + 2 >= text.len || !is_hex_digit(text.data[i + 1]) || !is_hex_digit(text.data[i + 2]);
        if (escape)
            nd_bytes_addf(out, "%%%02X", c);
        else
            nd_bytes_add_char(out, (char)c);
    }
}

/* RFC 3986, 5.2.4: "." and ".." are taken out of an absolute path. */
static void add_path(struct nd_view path, struct nd_bytes *out)
{
    size_t start = out->len;
    for (size_t at = 0; at < path.len;) {
        size_t end = find_any(path, "/", at + 1);
        struct nd_view part = nd_view_sub(path, at + 1, end);
        bool last = end == path.len, dot = nd_view_is(part, "."), up = nd_view_is(part, "..");
        if (up) {
            while (out->len > start && out->data[out->len - 1] != '/') out->data[--out->len] = '\0';
            if (out->len > start) out->data[--out->len] = '\0';
        }
        if (!dot && !up) {
            nd_bytes_add_char(out, '/');
            add_escaped(part, out);
        } else if (last) {
            nd_bytes_add_char(out, '/');
        }
        at = end;
    }
    if (out->len == start) nd_bytes_add_char(out, '/');
}

/* ---- whole addresses ---- */

static const char *scheme_of(struct nd_view url, size_t *end)
{
    static const char *const schemes[] = {"http", "https"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t len = strlen(schemes[i]);
        if (url.len <= len + 3 || strncasecmp(url.data, schemes[i], len) != 0) continue;
        if (memcmp(url.data + len, "://", 3) != 0) continue;
        *end = len + 3;
        return schemes[i];
    }
    return NULL;
}

static bool has_control(struct nd_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.data[i];
        if (c < ' ' || c == 0x7f) return true;
    }
    return false;
}

char *nd_url_clean(struct nd_view given)
{
    struct nd_view url = nd_view_trim(given);
    size_t start = 0;
    const char *scheme = url.len <= LINK_MAX_BYTES && !has_control(url) ? scheme_of(url, &start) : NULL;
    if (!scheme) return NULL;
    url.len = find_any(url, "#", start);
    size_t path = find_any(url, "/?\\", start), query = find_any(url, "?", path);
    struct nd_bytes out = ND_BYTES(ND_URL_MAX_BYTES);
    nd_bytes_addf(&out, "%s://", scheme);
    bool ok = add_authority(nd_view_sub(url, start, path), nd_view_of(scheme), &out);
    ok = ok && (path == url.len || url.data[path] != '\\');
    add_path(nd_view_sub(url, path, query), &out);
    add_escaped(nd_view_sub(url, query, url.len), &out);
    if (ok && !out.over) return nd_bytes_take(&out, NULL);
    nd_bytes_release(&out);
    return NULL;
}

bool nd_url_split(struct nd_url *out, struct nd_view url)
{
    size_t start = 0;
    char *clean = nd_url_clean(url);
    bool is_clean = clean && nd_view_is(url, clean);
    nd_free(clean);
    if (!is_clean || !scheme_of(url, &start)) return false;
    size_t path = find_any(url, "/", start);
    out->scheme = nd_view_sub(url, 0, start - 3);
    out->path = nd_view_sub(url, path, url.len);
    return split_authority(nd_view_sub(url, start, path), out->scheme, &out->host, &out->port);
}

/* ---- links ---- */

/* "mailto:x", "javascript:…": something before a colon that stands before any slash. */
static bool has_scheme(struct nd_view link)
{
    size_t end = find_any(link, ":/?#", 0);
    return end < link.len && link.data[end] == ':';
}

/* What a browser drops from an attribute: line breaks and tabs within, blanks around. */
static void add_link(struct nd_view link, struct nd_bytes *out)
{
    struct nd_view trimmed = nd_view_trim(link);
    for (size_t i = 0; i < trimmed.len; i++)
        if (!strchr("\t\r\n", trimmed.data[i]) || trimmed.data[i] == '\0')
            nd_bytes_add_char(out, trimmed.data[i]);
}

/* The part of the base that stays in front of the link. */
static struct nd_view kept_of(struct nd_view base, struct nd_view link)
{
    size_t authority = find_any(base, ":", 0) + 3, path = find_any(base, "/", authority);
    size_t query = find_any(base, "?", path), last = query;
    if (link.len > 1 && link.data[0] == '/' && link.data[1] == '/')
        return nd_view_sub(base, 0, authority - 2);
    if (link.data[0] == '/') return nd_view_sub(base, 0, path);
    if (link.data[0] == '?') return nd_view_sub(base, 0, query);
    while (last > path && base.data[last - 1] != '/') last--;
    return nd_view_sub(base, 0, last);
}

char *nd_url_resolve(const char *base, struct nd_view link)
{
    struct nd_bytes own = ND_BYTES(LINK_MAX_BYTES), whole = ND_BYTES(LINK_MAX_BYTES);
    add_link(link, &own);
    struct nd_view text = nd_bytes_view(&own);
    char *found = NULL;
    if (text.len > 0 && !own.over && text.data[0] != '#') {
        if (!has_scheme(text)) nd_bytes_add_view(&whole, kept_of(nd_view_of(base), text));
        nd_bytes_add_view(&whole, text);
        if (!whole.over) found = nd_url_clean(nd_bytes_view(&whole));
    }
    nd_bytes_release(&own);
    nd_bytes_release(&whole);
    if (found && strcmp(found, base) == 0) {
        nd_free(found);
        found = NULL;
    }
    return found;
}
