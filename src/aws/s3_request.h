/** What the files of S3 share. */
#ifndef AWS_S3_REQUEST_H
#define AWS_S3_REQUEST_H

#include "nightdesk/aws/s3.h"
#include "request.h"

#define ND_S3_ANSWER_MS 30000
#define ND_S3_SILENCE_MS 20000 /* of a body: a large one may take minutes, a server that is mute may not */
#define ND_S3_SLOWEST_BYTES_PER_S ((size_t)256 << 10) /* what a large body may take is added to the above */
#define ND_S3_LIST_MAX_BYTES ((size_t)4 << 20)

extern const struct nd_aws_service nd_s3_service;
/** The key as a path; ND_BAD_INPUT for one that S3 does not take. Caller frees. */
enum nd_rc nd_s3_path(const char *key, char **path, struct nd_error *err);
int64_t nd_s3_time_ms(size_t bytes);
/** S3 may answer 200 and then say in the body that it failed; a fine answer without an error has no body. */
struct nd_verdict nd_s3_judge_bare(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                   struct nd_verdict by_table);

#endif
