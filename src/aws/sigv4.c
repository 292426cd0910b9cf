#include "sigv4.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define DATE_CHARS 8 /* "20260102" */
#define CANONICAL_USUAL_BYTES ((size_t)16 << 10)

/* proxies and tracers change these on the way */
static const char *const never_signed[] = {"authorization",
                                           "connection",
                                           "expect",
                                           "keep-alive",
                                           "proxy-authenticate",
                                           "proxy-authorization",
                                           "te",
                                           "trailer",
                                           "transfer-encoding",
                                           "upgrade",
                                           "user-agent",
                                           "x-amzn-trace-id",
                                           "traceparent",
                                           "tracestate",
                                           "baggage"};

/* ---- encoding ---- */

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void nd_sig_encode(struct nd_view text, bool keep_slash, struct nd_bytes *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (is_unreserved(c) || (keep_slash && c == '/')) {
            nd_bytes_add_char(out, c);
        } else {
            nd_bytes_addf(out, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
}

void nd_sig_time(int64_t ms, char out[ND_SIG_TIME_BYTES])
{
    char text[ND_TIME_BYTES];
    size_t n = 0;
    nd_time_format(ms, text);
    for (const char *c = text; *c && n < ND_SIG_TIME_BYTES - 1; c++)
        if (*c != '-' && *c != ':') out[n++] = *c;
    out[n] = '\0';
}

/* ---- sorted lists ---- */

struct row {
    char *name, *value;
};

static int by_name_and_value(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : strcmp(a->value, b->value);
}

static void free_rows(struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        explicit_bzero(rows[i].value, strlen(rows[i].value)); /* one may be a session token */
        nd_free(rows[i].name);
        nd_free(rows[i].value);
    }
    nd_free(rows);
}

static char *encoded(struct nd_view text)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    nd_sig_encode(text, false, &out);
    return nd_bytes_take(&out, NULL);
}

void nd_sig_query(const struct nd_aws_pair *query, size_t count, struct nd_bytes *out)
{
    struct row *rows = ND_ARRAY(struct row, count + 1);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct row){encoded(nd_view_of(query[i].name)), encoded(query[i].value)};
    qsort(rows, count, sizeof *rows, by_name_and_value);
    for (size_t i = 0; i < count; i++)
        nd_bytes_addf(out, "%s%s=%s", i ? "&" : "", rows[i].name, rows[i].value);
    free_rows(rows, count);
}

/* ---- stage one ---- */

/* Dot segments resolved and empty ones dropped, as every service but S3 does before it encodes again. */
static void add_normal_path(const char *path, struct nd_bytes *out)
{
    size_t start = out->len;
    struct nd_view all = nd_view_of(path);
    bool folder = true; /* ends in a slash */
    for (size_t at = 0; at < all.len;) {
        size_t end = nd_view_find(all, ND_VIEW("/"), at);
        struct nd_view part = nd_view_sub(all, at, end);
        at = end == SIZE_MAX ? all.len : end + 1;
        folder = end != SIZE_MAX || nd_view_is(part, ".") || nd_view_is(part, "..");
        if (nd_view_is(part, "..")) {
            while (out->len > start && out->data[--out->len] != '/') {
            }
        } else if (part.len && !nd_view_is(part, ".")) {
            nd_bytes_add_char(out, '/');
            nd_sig_encode(part, false, out);
        }
    }
    if (folder || out->len == start) nd_bytes_add_char(out, '/');
}

static bool is_signed(const char *name)
{
    for (size_t i = 0; i < sizeof never_signed / sizeof never_signed[0]; i++)
        if (strcmp(name, never_signed[i]) == 0) return false;
    return true;
}

static char *lower(const char *text)
{
    char *copy = nd_strdup(text);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    return copy;
}

/* Trimmed, and inner runs of spaces made one. */
static char *squeezed(struct nd_view value)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    value = nd_view_trim(value);
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] != ' ' || value.data[i - 1] != ' ') nd_bytes_add_char(&out, value.data[i]);
    return nd_bytes_take(&out, NULL);
}

/* Sorted by name alone: values of one name stay in the order in which they are sent. */
static void insert_header(struct row *rows, size_t n, struct row row)
{
    size_t at = n;
    for (; at > 0 && strcmp(rows[at - 1].name, row.name) > 0; at--) rows[at] = rows[at - 1];
    rows[at] = row;
}

static void add_headers(const struct nd_sig_request *r, struct nd_bytes *canonical, struct nd_bytes *names)
{
    struct row *rows = ND_ARRAY(struct row, r->header_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        char *name = lower(r->headers[i].name);
        if (is_signed(name)) {
            insert_header(rows, n++, (struct row){name, squeezed(r->headers[i].value)});
        } else {
            nd_free(name);
        }
    }
    for (size_t i = 0; i < n; i++) {
        bool same = i > 0 && strcmp(rows[i].name, rows[i - 1].name) == 0;
        bool more = i + 1 < n && strcmp(rows[i].name, rows[i + 1].name) == 0;
        if (!same) nd_bytes_addf(canonical, "%s:", rows[i].name);
        nd_bytes_addf(canonical, "%s%s", rows[i].value, more ? "," : "\n");
        if (!same) nd_bytes_addf(names, "%s%s", i ? ";" : "", rows[i].name);
    }
    free_rows(rows, n);
}

void nd_sig_canonical(const struct nd_sig_request *r, struct nd_bytes *canonical,
                      struct nd_bytes *signed_headers)
{
    nd_bytes_addf(canonical, "%s\n", r->method);
    if (r->path_as_is) {
        nd_bytes_add_str(canonical, r->path);
    } else {
        add_normal_path(r->path, canonical);
    }
    nd_bytes_add_char(canonical, '\n');
    nd_bytes_add_view(canonical, r->query);
    nd_bytes_add_char(canonical, '\n');
    add_headers(r, canonical, signed_headers);
    nd_bytes_addf(canonical, "\n%s\n%s", nd_bytes_view(signed_headers).data, r->payload);
}

/* ---- stages two and three ---- */

static void add_scope(const struct nd_sig_scope *scope, struct nd_bytes *out)
{
    nd_bytes_addf(out, "%.*s/%s/%s/aws4_request", DATE_CHARS, scope->time, scope->region, scope->service);
}

void nd_sig_to_sign(const struct nd_sig_scope *scope, struct nd_view canonical, struct nd_bytes *out)
{
    char hex[ND_SHA256_HEX];
    nd_sha256_hex(canonical, hex);
    nd_bytes_addf(out, ALGORITHM "\n%s\n", scope->time);
    add_scope(scope, out);
    nd_bytes_addf(out, "\n%s", hex);
}

static void chain(uint8_t key[ND_SHA256_BYTES], struct nd_view text)
{
    uint8_t next[ND_SHA256_BYTES];
    nd_hmac_sha256((struct nd_view){(const char *)key, ND_SHA256_BYTES}, text, next);
    memcpy(key, next, ND_SHA256_BYTES);
    explicit_bzero(next, sizeof next);
}

void nd_sig_signature(const char *secret, const struct nd_sig_scope *scope, struct nd_view to_sign,
                      char hex[ND_SHA256_HEX])
{
    uint8_t key[ND_SHA256_BYTES];
    char *seed = nd_sprintf("AWS4%s", secret);
    nd_hmac_sha256(nd_view_of(seed), nd_view_sub(nd_view_of(scope->time), 0, DATE_CHARS), key);
    explicit_bzero(seed, strlen(seed));
    nd_free(seed);
    chain(key, nd_view_of(scope->region));
    chain(key, nd_view_of(scope->service));
    chain(key, ND_VIEW("aws4_request"));
    chain(key, to_sign);
    nd_hex(key, sizeof key, hex);
    explicit_bzero(key, sizeof key);
}

static void sign(const char *secret, const struct nd_sig_scope *scope, const struct nd_sig_request *request,
                 struct nd_bytes *signed_headers, char hex[ND_SHA256_HEX])
{
    struct nd_bytes canonical = ND_BYTES(ND_BYTES_MAX), to_sign = ND_BYTES(ND_BYTES_MAX);
    (void)nd_bytes_room(&canonical,
                        CANONICAL_USUAL_BYTES); /* growing would leave copies of the session token behind */
    nd_sig_canonical(request, &canonical, signed_headers);
    nd_sig_to_sign(scope, nd_bytes_view(&canonical), &to_sign);
    nd_sig_signature(secret, scope, nd_bytes_view(&to_sign), hex);
    explicit_bzero(canonical.data, canonical.len); /* it holds the session token */
    nd_bytes_release(&canonical);
    nd_bytes_release(&to_sign);
}

void nd_sig_authorization(const char *access_key, const char *secret, const struct nd_sig_scope *scope,
                          const struct nd_sig_request *request, struct nd_bytes *out)
{
    struct nd_bytes names = ND_BYTES(ND_BYTES_MAX);
    char hex[ND_SHA256_HEX];
    sign(secret, scope, request, &names, hex);
    nd_bytes_addf(out, ALGORITHM " Credential=%s/", access_key);
    add_scope(scope, out);
    nd_bytes_addf(out, ", SignedHeaders=%s, Signature=%s", nd_bytes_view(&names).data, hex);
    nd_bytes_release(&names);
}

/* ---- presigned ---- */

#define PRESIGN_PAIRS 6

void nd_sig_presign(const char *access_key, const char *secret, const char *token,
                    const struct nd_sig_scope *scope, const char *host, const char *path, int64_t expires_s,
                    const struct nd_aws_pair *query, size_t query_count, struct nd_bytes *out)
{
    struct nd_bytes credential = ND_BYTES(ND_BYTES_MAX), names = ND_BYTES(ND_BYTES_MAX);
    struct nd_aws_pair *pairs = ND_ARRAY(struct nd_aws_pair, query_count + PRESIGN_PAIRS);
    const struct nd_aws_pair host_header = {"host", nd_view_of(host)};
    char expires[24], hex[ND_SHA256_HEX];
    size_t n = query_count, start = out->len;
    (void)snprintf(expires, sizeof expires, "%lld", (long long)expires_s);
    nd_bytes_addf(&credential, "%s/", access_key);
    add_scope(scope, &credential);
    if (query_count) memcpy(pairs, query, query_count * sizeof *pairs);
    pairs[n++] = (struct nd_aws_pair){"X-Amz-Algorithm", ND_VIEW(ALGORITHM)};
    pairs[n++] = (struct nd_aws_pair){"X-Amz-Credential", nd_bytes_view(&credential)};
    pairs[n++] = (struct nd_aws_pair){"X-Amz-Date", nd_view_of(scope->time)};
    pairs[n++] = (struct nd_aws_pair){"X-Amz-Expires", nd_view_of(expires)};
    pairs[n++] = (struct nd_aws_pair){"X-Amz-SignedHeaders", ND_VIEW("host")};
    if (token) pairs[n++] = (struct nd_aws_pair){"X-Amz-Security-Token", nd_view_of(token)};
    nd_sig_query(pairs, n, out);
    struct nd_sig_request request = {.method = "GET",
                                     .path = path,
                                     .path_as_is = true,
                                     .query = nd_view_sub(nd_bytes_view(out), start, out->len),
                                     .headers = &host_header,
                                     .header_count = 1,
                                     .payload = ND_SIG_UNSIGNED};
    sign(secret, scope, &request, &names, hex);
    nd_bytes_addf(out, "&X-Amz-Signature=%s", hex);
    nd_bytes_release(&credential);
    nd_bytes_release(&names);
    nd_free(pairs);
}
