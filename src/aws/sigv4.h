/**
 * Signature version 4 in three pure stages. Nothing here reads a clock, an environment or a file:
 *
 *     request -> canonical request -> string to sign -> signature
 *
 * The query is encoded and sorted once (nd_sig_query), and the same bytes are sent and signed.
 */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/hash.h"

#define ND_SIG_UNSIGNED "UNSIGNED-PAYLOAD"
#define ND_SIG_TIME_BYTES 17 /* "20260102T030405Z" */
#define ND_SIG_EXPIRES_MAX_S 604800

/** A header or a query parameter; the value is as it is meant, not encoded. */
struct nd_aws_pair {
    const char *name;
    struct nd_view value;
};

struct nd_sig_request {
    const char *method;
    const char *path;     /* as on the wire: encoded, from the first "/" */
    bool path_as_is;      /* S3; all others encode the path a second time */
    struct nd_view query; /* of nd_sig_query */
    const struct nd_aws_pair
        *headers; /* all that are sent, Host included; those that are never signed are left out */
    size_t header_count;
    const char *payload; /* sha256 of the body in hex, or ND_SIG_UNSIGNED */
};

/** What a signature is good for: one day, one region, one service. */
struct nd_sig_scope {
    char time[ND_SIG_TIME_BYTES];
    const char *region, *service;
};

/** Percent-encodes all but A-Z a-z 0-9 - . _ ~ (and "/" when kept). */
void nd_sig_encode(struct nd_view text, bool keep_slash, struct nd_bytes *out);
/** "a=1&b=%20", sorted by encoded name and value. */
void nd_sig_query(const struct nd_aws_pair *query, size_t count, struct nd_bytes *out);
void nd_sig_time(int64_t ms, char out[ND_SIG_TIME_BYTES]);

void nd_sig_canonical(const struct nd_sig_request *request, struct nd_bytes *canonical,
                      struct nd_bytes *signed_headers);
void nd_sig_to_sign(const struct nd_sig_scope *scope, struct nd_view canonical, struct nd_bytes *out);
void nd_sig_signature(const char *secret, const struct nd_sig_scope *scope, struct nd_view to_sign,
                      char hex[ND_SHA256_HEX]);

/** All three: the value of the Authorization header. */
void nd_sig_authorization(const char *access_key, const char *secret, const struct nd_sig_scope *scope,
                          const struct nd_sig_request *request, struct nd_bytes *out);

/**
 * The query of a GET that whoever has it may send until it expires, "X-Amz-Signature" included.
 * @param host  as in the Host header
 * @param token of the session, NULL when there is none
 * @param query further parameters, which are signed too
 */
void nd_sig_presign(const char *access_key, const char *secret, const char *token,
                    const struct nd_sig_scope *scope, const char *host, const char *path, int64_t expires_s,
                    const struct nd_aws_pair *query, size_t query_count, struct nd_bytes *out);

#endif
