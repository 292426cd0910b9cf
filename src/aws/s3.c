#include "s3_request.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/base64.h"
#include "nightdesk/base/text.h"

#include <stdio.h>
#include <string.h>

const struct nd_aws_service nd_s3_service = {.prefix = "s3",
                                             .signing = "s3",
                                             .variable = "AWS_ENDPOINT_URL_S3",
                                             .is_s3 = true,
                                             .attempts = 3,
                                             .base_ms = 50};

enum nd_rc nd_s3_path(const char *key, char **path, struct nd_error *err)
{
    struct nd_view text = nd_view_of(key);
    if (!text.len || text.len > ND_S3_KEY_MAX_BYTES || !nd_utf8_valid(text))
        return nd_fail(err, ND_BAD_INPUT, "S3 key '%.80s' is not 1 to %d bytes of UTF-8", key,
                       ND_S3_KEY_MAX_BYTES);
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_char(&out, '/');
    nd_sig_encode(text, true, &out);
    *path = nd_bytes_take(&out, NULL);
    return ND_OK;
}

int64_t nd_s3_time_ms(size_t bytes)
{
    return ND_S3_ANSWER_MS + (int64_t)(bytes / ND_S3_SLOWEST_BYTES_PER_S) * 1000;
}

struct nd_verdict nd_s3_judge_bare(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                   struct nd_verdict by_table)
{
    struct nd_verdict verdict = nd_aws_error_inside(answer, by_table);
    (void)call;
    if (verdict.kind != ND_ANSWER_FINE || !answer->http.body.len) return verdict;
    return nd_aws_torn(answer, "the answer has a body that is none of S3's");
}

/* Whatever else answers for S3, it does not know what an object's ETag is. */
static struct nd_verdict judge_tag(struct nd_aws_answer *answer, struct nd_verdict by_table)
{
    if (by_table.kind != ND_ANSWER_FINE || nd_http_header(&answer->http, "etag").len) return by_table;
    return nd_aws_torn(answer, "the answer has no ETag");
}

/* ---- put ---- */

static void checksum_of(struct nd_view body, struct nd_bytes *out)
{
    uint8_t raw[ND_SHA256_BYTES];
    nd_sha256_raw(body, raw);
    nd_base64_add((struct nd_view){(const char *)raw, sizeof raw}, out);
}

static struct nd_verdict judge_put(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                   struct nd_verdict by_table)
{
    return judge_tag(answer, nd_s3_judge_bare(call, answer, by_table));
}

enum nd_rc nd_s3_put(struct nd_aws *aws, const char *bucket, const char *key, struct nd_view body,
                     const char *type, const struct nd_s3_condition *condition, struct nd_error *err)
{
    struct nd_bytes checksum = ND_BYTES(100);
    struct nd_aws_answer answer;
    char *path = NULL;
    enum nd_rc rc = nd_s3_path(key, &path, err);
    if (rc != ND_OK) return rc;
    checksum_of(body, &checksum);
    struct nd_aws_pair headers[4] = {{"content-type", nd_view_of(type)},
                                     {"x-amz-sdk-checksum-algorithm", ND_VIEW("SHA256")},
                                     {"x-amz-checksum-sha256", nd_bytes_view(&checksum)}};
    size_t n = 3;
    if (condition->if_absent) headers[n++] = (struct nd_aws_pair){"if-none-match", ND_VIEW("*")};
    if (condition->if_etag && n < 4)
        headers[n++] = (struct nd_aws_pair){"if-match", nd_view_of(condition->if_etag)};
    const struct nd_aws_call call = {.service = &nd_s3_service,
                                     .what = "PutObject",
                                     .method = "PUT",
                                     .bucket = bucket,
                                     .path = path,
                                     .headers = headers,
                                     .header_count = n,
                                     .body = body,
                                     .total_ms = nd_s3_time_ms(body.len),
                                     .idle_ms = ND_S3_SILENCE_MS,
                                     .judge = judge_put};
    rc = nd_aws_send(aws, &call, &answer, err);
    nd_aws_answer_release(&answer);
    nd_bytes_release(&checksum);
    nd_free(path);
    return rc;
}

/* ---- get and head ---- */

static bool is_whole(const struct nd_aws_answer *answer)
{
    struct nd_bytes wanted = ND_BYTES(100);
    struct nd_view given = nd_http_header(&answer->http, "x-amz-checksum-sha256");
    checksum_of(nd_bytes_view(&answer->http.body), &wanted);
    bool composite = nd_view_find(given, ND_VIEW("-"), 0) != SIZE_MAX; /* of parts: not the whole's */
    bool whole = !given.len || composite || nd_view_eq(given, nd_bytes_view(&wanted));
    nd_bytes_release(&wanted);
    return whole;
}

/* A refused HEAD has no body to tell why: what may be cured is tried. */
static struct nd_verdict judge_mute(struct nd_aws_answer *answer, struct nd_verdict by_table)
{
    if (answer->http.status == 403) {
        nd_aws_set_message(
            answer,
            ND_VIEW("not allowed, or it does not exist and s3:ListBucket is missing, or the clock is wrong"));
        return (struct nd_verdict){ND_ANSWER_SKEWED, ND_CONFIG};
    }
    if (answer->http.status != 400) return by_table;
    nd_aws_set_message(answer, ND_VIEW("the credentials have expired, or the request is wrong"));
    return (struct nd_verdict){ND_ANSWER_EXPIRED, ND_BAD_INPUT};
}

/* An object whose checksum is wrong came torn. */
static struct nd_verdict judge_object(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                      struct nd_verdict by_table)
{
    if (strcmp(call->method, "HEAD") == 0 && !*answer->code) by_table = judge_mute(answer, by_table);
    struct nd_verdict verdict = judge_tag(answer, by_table);
    if (verdict.kind != ND_ANSWER_FINE || !answer->http.body.len || is_whole(answer)) return verdict;
    return nd_aws_torn(answer, "the object came with other bytes than its checksum says");
}

static enum nd_rc ask(struct nd_aws *aws, const char *method, const char *what, const char *bucket,
                      const char *key, size_t max_bytes, struct nd_aws_answer *answer, struct nd_error *err)
{
    const struct nd_aws_pair checksum = {"x-amz-checksum-mode", ND_VIEW("ENABLED")};
    char *path = NULL;
    *answer = (struct nd_aws_answer){0};
    enum nd_rc rc = nd_s3_path(key, &path, err);
    if (rc != ND_OK) return rc;
    const struct nd_aws_call call = {.service = &nd_s3_service,
                                     .what = what,
                                     .method = method,
                                     .bucket = bucket,
                                     .path = path,
                                     .headers = &checksum,
                                     .header_count = 1,
                                     .total_ms = nd_s3_time_ms(max_bytes),
                                     .idle_ms = ND_S3_SILENCE_MS,
                                     .max_body_bytes = max_bytes,
                                     .effect = ND_AWS_READS,
                                     .judge = judge_object};
    rc = nd_aws_send(aws, &call, answer, err);
    nd_free(path);
    return rc;
}

#define ERROR_ROOM ((size_t)16 << 10) /* an error document is read even when only few bytes are wanted */

enum nd_rc nd_s3_get(struct nd_aws *aws, const char *bucket, const char *key, struct nd_bytes *out,
                     struct nd_error *err)
{
    struct nd_aws_answer answer;
    size_t room = out->over ? 0 : out->max - out->len;
    enum nd_rc rc =
        ask(aws, "GET", "GetObject", bucket, key, room > ERROR_ROOM ? room : ERROR_ROOM, &answer, err);
    if (rc == ND_OK && answer.http.body.len > room)
        rc = nd_fail(err, ND_OVER_LIMIT, "S3 object '%.120s' has %zu bytes, limit is %zu", key,
                     answer.http.body.len, room);
    if (rc == ND_OK) nd_bytes_add_view(out, nd_bytes_view(&answer.http.body));
    nd_aws_answer_release(&answer);
    return rc;
}

static void read_checksum(struct nd_view text, char hex[ND_SHA256_HEX])
{
    struct nd_bytes raw = ND_BYTES(100);
    hex[0] = '\0';
    if (nd_base64_decode(text, &raw) && raw.len == ND_SHA256_BYTES)
        nd_hex((const uint8_t *)raw.data, raw.len, hex);
    nd_bytes_release(&raw);
}

enum nd_rc nd_s3_head(struct nd_aws *aws, const char *bucket, const char *key, struct nd_s3_object *out,
                      struct nd_error *err)
{
    struct nd_aws_answer answer;
    struct nd_s3_object found = {.size_bytes = -1};
    enum nd_rc rc = ask(aws, "HEAD", "HeadObject", bucket, key, ERROR_ROOM, &answer, err);
    if (rc == ND_OK) {
        struct nd_view etag = nd_http_header(&answer.http, "etag");
        bool fine = nd_view_int(nd_http_header(&answer.http, "content-length"), &found.size_bytes);
        fine = fine && found.size_bytes >= 0 && etag.len < sizeof found.etag;
        if (fine)
            (void)snprintf(found.etag, sizeof found.etag, "%.*s", (int)etag.len, etag.len ? etag.data : "");
        read_checksum(nd_http_header(&answer.http, "x-amz-checksum-sha256"), found.sha256);
        if (!fine) rc = nd_fail(err, ND_BROKEN, "S3 answers HeadObject of '%.120s' without a size", key);
    }
    if (rc == ND_OK) *out = found;
    nd_aws_answer_release(&answer);
    return rc;
}

/* ---- presigned ---- */

enum nd_rc nd_s3_presign(struct nd_aws *aws, const char *bucket, const char *key, const char *file_name,
                         int64_t *expires_s, char **url, struct nd_error *err)
{
    char *path = NULL;
    enum nd_rc rc = nd_s3_path(key, &path, err);
    if (rc != ND_OK) return rc;
    if (file_name && strpbrk(file_name, "\"\\\r\n")) {
        nd_free(path);
        return nd_fail(err, ND_BAD_INPUT, "file name '%.80s' holds a quote, a backslash or a line break",
                       file_name);
    }
    char *disposition = nd_sprintf("attachment; filename=\"%s\"", file_name ? file_name : "");
    const struct nd_aws_pair query = {"response-content-disposition", nd_view_of(disposition)};
    const struct nd_aws_call call = {.service = &nd_s3_service,
                                     .what = "GetObject",
                                     .method = "GET",
                                     .bucket = bucket,
                                     .path = path,
                                     .query = file_name ? &query : NULL,
                                     .query_count = file_name ? 1 : 0};
    rc = nd_aws_presign(aws, &call, expires_s, url, err);
    nd_free(disposition);
    nd_free(path);
    return rc;
}
