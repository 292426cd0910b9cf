/* Listing and deleting: where S3 speaks XML. */
#include "s3_request.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/base64.h"
#include "nightdesk/base/text.h"
#include "xml.h"

#include <stdio.h>
#include <string.h>

#define DELETE_MAX 1000
#define DELETE_WALKS_MAX 100
#define PAGES_MAX 100000

/* ---- pages ---- */

/* The text of a child element, NUL-ended; false when it is broken or holds a NUL. Caller frees. */
static bool take_text(struct nd_view inner, const char *name, char **out)
{
    struct nd_bytes text = ND_BYTES((size_t)64 << 10);
    bool fine = nd_xml_text(nd_xml_child(inner, name), &text) && !text.over;
    *out = nd_bytes_take(&text, NULL);
    return fine;
}

struct page_kind {
    const char *what, *root;
    const char *query[2]; /* the parameter that asks for it, and its value */
    const char
        *cursor[2][2];    /* elements that say where the next page begins, and their parameters; NULL: none */
    const char *entry[2]; /* elements that are entries */
};
static const struct page_kind list_kind = {"ListObjectsV2",
                                           "ListBucketResult",
                                           {"list-type", "2"},
                                           {{"NextContinuationToken", "continuation-token"}, {NULL, NULL}},
                                           {"Contents", NULL}};
static const struct page_kind versions_kind = {
    "ListObjectVersions",
    "ListVersionsResult",
    {"versions", ""},
    {{"NextKeyMarker", "key-marker"}, {"NextVersionIdMarker", "version-id-marker"}},
    {"Version", "DeleteMarker"}};

struct walk {
    struct nd_aws *aws;
    const char *bucket, *prefix;
    const struct page_kind *kind;
    nd_visit_s3 *visit;
    void *ctx;
    char *cursor[2]; /* of the next page; NULL: the first one */
};

static enum nd_rc visit_entry(struct walk *w, struct nd_view content, bool marker, struct nd_error *err)
{
    char *key = NULL, *version = NULL, *size = NULL;
    int64_t bytes = -1;
    bool fine = take_text(content, "Key", &key) && *key && strncmp(key, w->prefix, strlen(w->prefix)) == 0;
    fine = take_text(content, "VersionId", &version) && fine;
    fine = take_text(content, "Size", &size) && fine;
    fine = fine && (marker || (nd_view_int(nd_view_of(size), &bytes) && bytes >= 0));
    struct nd_s3_entry entry = {key, w->kind == &versions_kind ? version : NULL, marker ? -1 : bytes};
    enum nd_rc rc = fine ? w->visit(w->ctx, &entry, err)
                         : nd_fail(err, ND_BROKEN, "S3 answers %s with an entry that is none", w->kind->what);
    nd_free(key);
    nd_free(version);
    nd_free(size);
    return rc;
}

/* Moves the cursor on; false when the listing says that it goes on, but not where. */
static bool next_page(struct walk *w, struct nd_view inner, bool *more)
{
    char *truncated = NULL;
    bool fine = take_text(inner, "IsTruncated", &truncated), moved = false;
    *more = fine && strcmp(truncated, "true") == 0;
    nd_free(truncated);
    for (size_t i = 0; i < 2 && *more; i++) {
        char *next = NULL;
        if (!w->kind->cursor[i][0]) continue;
        fine = take_text(inner, w->kind->cursor[i][0], &next) && fine;
        moved = moved || (*next && (!w->cursor[i] || strcmp(w->cursor[i], next) != 0));
        nd_free(w->cursor[i]);
        w->cursor[i] = next;
    }
    return fine && (moved || !*more);
}

/* The root element must be the one that was asked for. */
static struct nd_verdict judge_document(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                        struct nd_verdict by_table)
{
    struct nd_verdict verdict = nd_aws_error_inside(answer, by_table);
    struct nd_view root, inner;
    char why[80];
    if (verdict.kind != ND_ANSWER_FINE) return verdict;
    if (nd_xml_open(nd_bytes_view(&answer->http.body), &root, &inner) && nd_view_is(root, call->asked))
        return verdict;
    (void)snprintf(why, sizeof why, "the answer is no %s", (const char *)call->asked);
    return nd_aws_torn(answer, why);
}

/* Of a judged document. */
static enum nd_rc visit_page(struct walk *w, struct nd_view document, bool *more, struct nd_error *err)
{
    struct nd_view root, inner, name, content;
    size_t at = 0;
    enum nd_rc rc = ND_OK;
    (void)nd_xml_open(document, &root, &inner);
    if (!next_page(w, inner, more))
        return nd_fail(err, ND_BROKEN, "S3's %s does not say where its next page begins", w->kind->what);
    while (rc == ND_OK && nd_xml_next(inner, &at, &name, &content)) {
        bool marker = w->kind->entry[1] && nd_view_is(name, w->kind->entry[1]);
        if (marker || nd_view_is(name, w->kind->entry[0])) rc = visit_entry(w, content, marker, err);
    }
    return rc;
}

static enum nd_rc walk_page(struct walk *w, bool *more, struct nd_error *err)
{
    struct nd_aws_answer answer;
    struct nd_aws_pair query[4] = {{w->kind->query[0], nd_view_of(w->kind->query[1])},
                                   {"prefix", nd_view_of(w->prefix)}};
    size_t n = 2;
    for (size_t i = 0; i < 2; i++)
        if (w->cursor[i] && *w->cursor[i])
            query[n++] = (struct nd_aws_pair){w->kind->cursor[i][1], nd_view_of(w->cursor[i])};
    const struct nd_aws_call call = {.service = &nd_s3_service,
                                     .what = w->kind->what,
                                     .method = "GET",
                                     .bucket = w->bucket,
                                     .query = query,
                                     .query_count = n,
                                     .total_ms = ND_S3_ANSWER_MS,
                                     .max_body_bytes = ND_S3_LIST_MAX_BYTES,
                                     .effect = ND_AWS_READS,
                                     .judge = judge_document,
                                     .asked = w->kind->root};
    enum nd_rc rc = nd_aws_send(w->aws, &call, &answer, err);
    if (rc == ND_NOT_FOUND && err) err->rc = ND_CONFIG; /* the bucket */
    if (rc == ND_NOT_FOUND) rc = ND_CONFIG;
    if (rc == ND_OK) rc = visit_page(w, nd_bytes_view(&answer.http.body), more, err);
    nd_aws_answer_release(&answer);
    return rc;
}

static enum nd_rc walk(struct walk *w, struct nd_error *err)
{
    bool more = true;
    enum nd_rc rc = ND_OK;
    for (size_t pages = 0; rc == ND_OK && more; pages++) {
        more = false;
        rc = pages < PAGES_MAX ? walk_page(w, &more, err)
                               : nd_fail(err, ND_OVER_LIMIT, "S3 lists more than %d pages", PAGES_MAX);
    }
    nd_free(w->cursor[0]);
    nd_free(w->cursor[1]);
    return rc;
}

enum nd_rc nd_s3_list(struct nd_aws *aws, const char *bucket, const char *prefix, nd_visit_s3 *visit,
                      void *ctx, struct nd_error *err)
{
    struct walk w = {aws, bucket, prefix, &list_kind, visit, ctx, {NULL, NULL}};
    return walk(&w, err);
}

enum nd_rc nd_s3_versions(struct nd_aws *aws, const char *bucket, const char *prefix, nd_visit_s3 *visit,
                          void *ctx, struct nd_error *err)
{
    struct walk w = {aws, bucket, prefix, &versions_kind, visit, ctx, {NULL, NULL}};
    return walk(&w, err);
}

/* ---- deleting ---- */

enum nd_rc nd_s3_delete(struct nd_aws *aws, const char *bucket, const char *key, const char *version,
                        struct nd_error *err)
{
    const struct nd_aws_pair query = {"versionId", nd_view_of(version)};
    struct nd_aws_answer answer;
    char *path = NULL;
    enum nd_rc rc = nd_s3_path(key, &path, err);
    if (rc != ND_OK) return rc;
    const struct nd_aws_call call = {.service = &nd_s3_service,
                                     .what = "DeleteObject",
                                     .method = "DELETE",
                                     .bucket = bucket,
                                     .path = path,
                                     .query = &query,
                                     .query_count = version ? 1 : 0,
                                     .total_ms = ND_S3_ANSWER_MS,
                                     .judge = nd_s3_judge_bare};
    rc = nd_aws_send(aws, &call, &answer, err);
    if (rc == ND_NOT_FOUND && strcmp(answer.code, "NoSuchKey") == 0) {
        nd_error_clear(err);
        rc = ND_OK;
    }
    nd_aws_answer_release(&answer);
    nd_free(path);
    return rc;
}

struct batch {
    struct nd_aws *aws;
    const char *bucket;
    struct nd_bytes xml;
    size_t n;
    bool found; /* by this walk */
};

static enum nd_rc check_deleted(struct nd_view document, struct nd_error *err)
{
    struct nd_view root, inner;
    (void)nd_xml_open(document, &root, &inner);
    struct nd_view error = nd_xml_child(inner, "Error");
    if (!error.len) return ND_OK;
    char *key = NULL, *code = NULL;
    struct nd_bytes printable = ND_BYTES(4096);
    bool fine = take_text(error, "Key", &key);
    fine = take_text(error, "Code", &code) && fine;
    nd_text_printable(nd_view_of(key), &printable);
    bool denied = fine && strcmp(code, "AccessDenied") == 0;
    enum nd_rc rc = nd_fail(err, denied ? ND_CONFIG : ND_RETRY, "S3 did not delete '%.120s': %.60s",
                            nd_bytes_view(&printable).data, code);
    nd_bytes_release(&printable);
    nd_free(key);
    nd_free(code);
    return rc;
}

static enum nd_rc flush(struct batch *b, struct nd_error *err)
{
    const struct nd_aws_pair query = {"delete", ND_VIEW("")};
    struct nd_bytes checksum = ND_BYTES(100);
    struct nd_aws_answer answer;
    uint8_t raw[ND_SHA256_BYTES];
    if (b->n == 0) return ND_OK;
    nd_bytes_add_str(&b->xml, "<Quiet>true</Quiet></Delete>");
    nd_sha256_raw(nd_bytes_view(&b->xml), raw);
    nd_base64_add((struct nd_view){(const char *)raw, sizeof raw}, &checksum);
    const struct nd_aws_pair headers[] = {{"content-type", ND_VIEW("application/xml")},
                                          {"x-amz-sdk-checksum-algorithm", ND_VIEW("SHA256")},
                                          {"x-amz-checksum-sha256", nd_bytes_view(&checksum)}};
    const struct nd_aws_call call = {.service = &nd_s3_service,
                                     .what = "DeleteObjects",
                                     .method = "POST",
                                     .bucket = b->bucket,
                                     .query = &query,
                                     .query_count = 1,
                                     .headers = headers,
                                     .header_count = 3,
                                     .body = nd_bytes_view(&b->xml),
                                     .total_ms = nd_s3_time_ms(b->xml.len),
                                     .judge = judge_document,
                                     .asked = "DeleteResult"};
    enum nd_rc rc = nd_aws_send(b->aws, &call, &answer, err);
    if (rc == ND_OK) rc = check_deleted(nd_bytes_view(&answer.http.body), err);
    nd_aws_answer_release(&answer);
    nd_bytes_release(&checksum);
    nd_bytes_clear(&b->xml);
    b->n = 0;
    return rc;
}

static enum nd_rc add_version(void *ctx, const struct nd_s3_entry *entry, struct nd_error *err)
{
    struct batch *b = ctx;
    b->found = true;
    if (b->n == 0) nd_bytes_add_str(&b->xml, "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    nd_bytes_add_str(&b->xml, "<Object><Key>");
    nd_xml_escape(nd_view_of(entry->key), &b->xml);
    nd_bytes_add_str(&b->xml, "</Key><VersionId>");
    nd_xml_escape(nd_view_of(entry->version), &b->xml);
    nd_bytes_add_str(&b->xml, "</VersionId></Object>");
    return ++b->n == DELETE_MAX ? flush(b, err) : ND_OK;
}

/* Walks again until nothing is found: what is deleted on the way may confuse where a listing goes on. */
enum nd_rc nd_s3_delete_all(struct nd_aws *aws, const char *bucket, const char *prefix, struct nd_error *err)
{
    struct batch b = {.aws = aws, .bucket = bucket, .xml = ND_BYTES(ND_BYTES_MAX), .found = true};
    enum nd_rc rc = ND_OK;
    for (unsigned walks = 0; rc == ND_OK && b.found; walks++) {
        b.found = false;
        rc = walks < DELETE_WALKS_MAX ? nd_s3_versions(aws, bucket, prefix, add_version, &b, err)
                                      : nd_fail(err, ND_RETRY, "S3 objects under '%.120s' come back", prefix);
        if (rc == ND_OK) rc = flush(&b, err);
    }
    nd_bytes_release(&b.xml);
    return rc;
}
