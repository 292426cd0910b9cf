/**
 * S3: objects of one bucket. Every body travels with its sha256, signed; every PUT asks S3 to keep that
 * checksum. Keys are UTF-8, at most 1024 bytes. Results beside those of aws.h are named at each call.
 */
#ifndef NIGHTDESK_AWS_S3_H
#define NIGHTDESK_AWS_S3_H

#include "nightdesk/aws/aws.h"
#include "nightdesk/base/hash.h"

#define ND_S3_KEY_MAX_BYTES 1024
#define ND_S3_ETAG_BYTES 80

/** When a PUT may write. */
struct nd_s3_condition {
    bool if_absent;      /* If-None-Match: * */
    const char *if_etag; /* If-Match, or NULL */
};

/**
 * ND_CONFLICT something else is there (if_absent), or the object is another by now (if_etag) · ND_NOT_FOUND
 * (if_etag). Sent again after an answer was lost, a PUT may find its own object there: compare before
 * believing ND_CONFLICT.
 * @param type  content type
 */
enum nd_rc nd_s3_put(struct nd_aws *aws, const char *bucket, const char *key, struct nd_view body,
                     const char *type, const struct nd_s3_condition *condition, struct nd_error *err);

/** Appends the object. ND_NOT_FOUND · ND_OVER_LIMIT more than `out` takes; nothing is appended then. */
enum nd_rc nd_s3_get(struct nd_aws *aws, const char *bucket, const char *key, struct nd_bytes *out,
                     struct nd_error *err);

struct nd_s3_object {
    int64_t size_bytes;
    char etag[ND_S3_ETAG_BYTES];
    char sha256[ND_SHA256_HEX]; /* as S3 checked it; "" when it kept none */
};
/** ND_NOT_FOUND */
enum nd_rc nd_s3_head(struct nd_aws *aws, const char *bucket, const char *key, struct nd_s3_object *out,
                      struct nd_error *err);

/** One entry of a listing; borrowed for the call. Returns ND_OK to go on. May use the client. */
struct nd_s3_entry {
    const char *key;
    const char *version; /* of nd_s3_versions, else NULL */
    int64_t size_bytes;  /* -1 for a delete marker */
};
typedef enum nd_rc nd_visit_s3(void *ctx, const struct nd_s3_entry *entry, struct nd_error *err);
/** Keys with that prefix, in byte order. */
enum nd_rc nd_s3_list(struct nd_aws *aws, const char *bucket, const char *prefix, nd_visit_s3 *visit,
                      void *ctx, struct nd_error *err);
/** All versions and delete markers of keys with that prefix. */
enum nd_rc nd_s3_versions(struct nd_aws *aws, const char *bucket, const char *prefix, nd_visit_s3 *visit,
                          void *ctx, struct nd_error *err);

/** One version of one key, or (version NULL) the key. What is not there is fine. */
enum nd_rc nd_s3_delete(struct nd_aws *aws, const char *bucket, const char *key, const char *version,
                        struct nd_error *err);
/** Every version of every key with that prefix, a thousand at a time. */
enum nd_rc nd_s3_delete_all(struct nd_aws *aws, const char *bucket, const char *prefix, struct nd_error *err);

/**
 * An address from which anybody can GET the object for *expires_s, which is shortened to seven days and to
 * what the credentials are good for.
 * @param file_name  what a browser saves it as, or NULL
 */
enum nd_rc nd_s3_presign(struct nd_aws *aws, const char *bucket, const char *key, const char *file_name,
                         int64_t *expires_s, char **url, struct nd_error *err);

#endif
