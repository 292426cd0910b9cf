/** The one place that signs, sends and repeats. */
#ifndef AWS_REQUEST_H
#define AWS_REQUEST_H

#include "endpoint.h"
#include "nightdesk/aws/aws.h"
#include "nightdesk/base/json.h"
#include "retry.h"
#include "sigv4.h"

#define ND_AWS_CODE_BYTES 80
#define ND_AWS_TOTAL_MS 10000
#define ND_AWS_SKEW_NOTED_MS (4 * 60 * 1000)
#define ND_AWS_HEADERS_MAX 16

struct nd_aws_answer {
    struct nd_http_answer http;
    struct nd_json *document;     /* of a JSON service: what the body is, NULL when that is no JSON */
    char code[ND_AWS_CODE_BYTES]; /* of an error, "" when there is none */
    char message[200];            /* printable */
};
void nd_aws_answer_release(struct nd_aws_answer *answer);

/** What sending it does. */
enum nd_aws_effect {
    ND_AWS_SAME_TWICE, /* twice is as once */
    ND_AWS_ONCE,  /* after an answer that leaves open whether it happened, the caller looks before it repeats
                   */
    ND_AWS_READS, /* nothing: no answer is ND_RETRY */
};
struct nd_aws_call {
    const struct nd_aws_service *service;
    const char *what; /* for messages: "GetItem" */
    const char *method;
    const char *bucket; /* of S3, or NULL */
    const char *path;   /* as on the wire; NULL: "/" */
    const struct nd_aws_pair *query;
    size_t query_count;
    const struct nd_aws_pair *headers; /* beside those that every request has */
    size_t header_count;
    struct nd_view body;
    int64_t total_ms;        /* of one try; 0: ND_AWS_TOTAL_MS */
    int64_t idle_ms;         /* the longest silence; 0: as long as the try */
    unsigned attempts;       /* of this call; 0: as its service says */
    const atomic_bool *stop; /* as of nd_http_send; may be NULL */
    size_t max_body_bytes;   /* of the answer; 0: the transport's */
    enum nd_aws_effect effect;
    /**
     * What a whole answer means to this service; NULL: what the table says. May set code, message and
     * document, and sees the table's verdict.
     */
    struct nd_verdict (*judge)(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                               struct nd_verdict by_table);
    const void *asked; /* what the answer must be about, for judge */
};

/**
 * ND_OK for a fine answer; else the verdict's result, with the answer still there for its code and body.
 * Release it in any case.
 */
enum nd_rc nd_aws_send(struct nd_aws *aws, const struct nd_aws_call *call, struct nd_aws_answer *answer,
                       struct nd_error *err);

/** Reads code and message of an error document, JSON or XML (a gateway may answer for a service). */
void nd_aws_read_error(struct nd_aws_answer *answer);
void nd_aws_set_message(struct nd_aws_answer *answer, struct nd_view text);
/** The verdict on an answer that is not what the service sends, so what it did is open; `why` is its message.
 */
struct nd_verdict nd_aws_torn(struct nd_aws_answer *answer, const char *why);
/** The same when the answer is fine by its status, but is an error document; else by_table. */
struct nd_verdict nd_aws_error_inside(struct nd_aws_answer *answer, struct nd_verdict by_table);

/** Presigned GET; *expires_s is shortened to what the credentials are good for. Caller frees *url. */
enum nd_rc nd_aws_presign(struct nd_aws *aws, const struct nd_aws_call *call, int64_t *expires_s, char **url,
                          struct nd_error *err);
const struct nd_host *nd_aws_host(const struct nd_aws *aws);

#endif
