/** Every request that nightdesk sends to AWS, each as a row: how to set it up, send it, and see what it did.
 */
#ifndef CONTRACT_AWS_OPERATIONS_H
#define CONTRACT_AWS_OPERATIONS_H

#include "nightdesk/aws/aws.h"
#include "nightdesk/aws/stepfunctions.h"
#include "nightdesk/base/json.h"

/** One try of one operation, with things of its own. */
struct attempt {
    struct nd_aws *aws, *calm; /* the client under test, and one whose requests meet no fault */
    char place[24];            /* table and bucket */
    char name[40];             /* of the item, object or execution: new for each try */
    char machine[ND_SFN_ARN_BYTES], topic[ND_SFN_ARN_BYTES];
    char arn[ND_SFN_ARN_BYTES]; /* of the execution */
    char token[ND_SFN_TOKEN_MAX_BYTES];
};

enum operation_kind {
    OPERATION_READS,
    OPERATION_REPEATED, /* twice is as once, so the client repeats it by itself */
    OPERATION_ONCE,     /* sent once */
    OPERATION_KEYS,     /* fetches credentials */
};
enum operation_answer { ANSWER_JSON, ANSWER_XML, ANSWER_OBJECT, ANSWER_HEAD, ANSWER_EMPTY, ANSWER_NOTHING };

struct operation {
    const char *name;    /* as the proxy and messages call it */
    const char *service; /* as messages call it */
    enum operation_kind kind;
    enum operation_answer answer; /* EMPTY: headers tell that it was done; NOTHING: status 204 alone does */
    enum nd_rc again;             /* what a repetition of one that was done gives, beside ND_OK */
    void (*prepare)(struct attempt *a);
    enum nd_rc (*call)(struct attempt *a, struct nd_error *err);
    int (*done)(
        struct attempt *a); /* how often it was done, as far as that leaves a trace; NULL: it only reads */
};
extern const struct operation operations[];
extern const size_t operation_count;

#endif
