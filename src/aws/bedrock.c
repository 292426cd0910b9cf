#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"
#include "request.h"

#include <stdlib.h>

static const struct nd_aws_service service = {.prefix = "bedrock-runtime",
                                              .signing = "bedrock",
                                              .variable = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                                              .attempts = 1,
                                              .base_ms = 50};

static const char *process_env(const char *name)
{
    return getenv(name);
}

enum nd_rc nd_bedrock_url(const char *(*env)(const char *name), char **url, struct nd_error *err)
{
    struct nd_aws_place place;
    struct nd_aws_endpoint endpoint;
    enum nd_rc rc = nd_aws_place_find(&place, env ? env : process_env, NULL, err);
    if (rc != ND_OK) return rc;
    rc = nd_aws_endpoint_find(&endpoint, &place, &service, NULL, err);
    if (rc == ND_OK) {
        *url = nd_sprintf("%s%s", endpoint.origin, endpoint.prefix);
        nd_aws_endpoint_release(&endpoint);
    }
    nd_aws_place_release(&place);
    return rc;
}

char *nd_bedrock_path(const char *model_id, const char *operation)
{
    struct nd_bytes path = ND_BYTES(ND_HTTP_URL_MAX_BYTES);
    nd_bytes_add_str(&path, "/model/");
    nd_sig_encode(nd_view_of(model_id), false, &path);
    nd_bytes_addf(&path, "/%s", operation);
    return nd_bytes_take(&path, NULL);
}

/* Every whole answer is the caller's to read, but for those that are to be signed in another way. */
static struct nd_verdict judge(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                               struct nd_verdict by_table)
{
    (void)call;
    (void)answer;
    bool signing = by_table.kind == ND_ANSWER_EXPIRED || by_table.kind == ND_ANSWER_SKEWED;
    return signing ? by_table : (struct nd_verdict){.kind = ND_ANSWER_FINE, .rc = ND_OK};
}

enum nd_rc nd_bedrock_post(struct nd_aws *aws, const struct nd_bedrock_post *post,
                           struct nd_http_answer *answer, struct nd_error *err)
{
    const struct nd_aws_pair type = {"content-type", ND_VIEW("application/json")};
    const struct nd_aws_call call = {.service = &service,
                                     .what = "an answer",
                                     .method = "POST",
                                     .path = post->path,
                                     .headers = &type,
                                     .header_count = 1,
                                     .body = post->body,
                                     .total_ms = post->total_ms,
                                     .idle_ms = post->idle_ms,
                                     .max_body_bytes = post->max_body_bytes,
                                     .effect = ND_AWS_ONCE,
                                     .attempts = 1,
                                     .stop = post->stop,
                                     .judge = judge};
    struct nd_aws_answer got;
    enum nd_rc rc = nd_aws_send(aws, &call, &got, err);
    bool whole = got.http.status != 0;
    if (whole && rc != ND_OK && err) nd_error_clear(err);
    if (whole) {
        *answer = got.http;
        return ND_OK;
    }
    nd_aws_answer_release(&got);
    return rc;
}
