/** One request to a provider, sent once: signed, or with a key. */
#ifndef MODEL_POST_H
#define MODEL_POST_H

#include "nightdesk/net/http.h"

struct nd_aws;

/** Borrowed for the call. */
struct post {
    struct nd_aws *aws;        /* signs; NULL: the headers hold the key */
    const char *path;          /* of a signed request, as nd_bedrock_path gives it */
    const char *url;           /* of one that is not signed */
    const char *authorization; /* a header line; NULL: none is needed */
    const char *header;        /* one more line; NULL */
    struct nd_view body;
    int64_t total_ms, idle_ms; /* as of nd_http_request */
    size_t max_body_bytes;
};

/** The address of a path at a base that may end with '/'; caller frees. */
char *post_url(const char *base, const char *path);

/** Results as of nd_http_send; and ND_CONFIG there are no credentials to sign with. */
enum nd_rc post_send(struct nd_http *http, const struct post *post, const atomic_bool *stop,
                     struct nd_http_answer *answer, struct nd_error *err);

#endif
