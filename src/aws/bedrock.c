#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"
#include "json_call.h"
#include "request.h"

#include <stdlib.h>

static const struct nd_aws_service service = {.prefix = "bedrock-runtime",
                                              .signing = "bedrock",
                                              .variable = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                                              .attempts = 1,
                                              .base_ms = 50};

static const struct nd_aws_service kb_service = {.prefix = "bedrock-agent-runtime",
                                                 .signing = "bedrock",
                                                 .variable = "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME",
                                                 .attempts = 3,
                                                 .base_ms = 50};
#define RETRIEVE_TOTAL_MS 60000 /* a search over a store that must wake up takes long */

static const char *process_env(const char *name)
{
    return getenv(name);
}

static enum nd_rc url_of(const struct nd_aws_service *of, const char *(*env)(const char *name),
                         const char *region, char **url, struct nd_error *err)
{
    struct nd_aws_place place;
    struct nd_aws_endpoint endpoint;
    enum nd_rc rc = nd_aws_place_find(&place, env ? env : process_env, region, err);
    if (rc != ND_OK) return rc;
    rc = nd_aws_endpoint_find(&endpoint, &place, of, NULL, err);
    if (rc == ND_OK) {
        *url = nd_sprintf("%s%s", endpoint.origin, endpoint.prefix);
        nd_aws_endpoint_release(&endpoint);
    }
    nd_aws_place_release(&place);
    return rc;
}

enum nd_rc nd_bedrock_url(const char *(*env)(const char *name), char **url, struct nd_error *err)
{
    return url_of(&service, env, NULL, url, err);
}

enum nd_rc nd_bedrock_kb_url(const char *(*env)(const char *name), const char *region, char **url,
                             struct nd_error *err)
{
    return url_of(&kb_service, env, region, url, err);
}

/* "/<kind>/<id>/<rest>", the id encoded; caller frees. */
static char *path_of(const char *kind, struct nd_view id, const char *rest)
{
    struct nd_bytes path = ND_BYTES(ND_HTTP_URL_MAX_BYTES);
    nd_bytes_addf(&path, "/%s/", kind);
    nd_sig_encode(id, false, &path);
    nd_bytes_addf(&path, "/%s", rest);
    return nd_bytes_take(&path, NULL);
}

char *nd_bedrock_path(const char *model_id, const char *operation)
{
    return path_of("model", nd_view_of(model_id), operation);
}

char *nd_bedrock_guardrail_path(struct nd_view id, const char *version)
{
    struct nd_bytes rest = ND_BYTES(ND_HTTP_URL_MAX_BYTES);
    nd_bytes_add_str(&rest, "version/");
    nd_sig_encode(nd_view_of(version), false, &rest);
    nd_bytes_add_str(&rest, "/apply");
    char *path = path_of("guardrail", id, nd_bytes_view(&rest).data);
    nd_bytes_release(&rest);
    return path;
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

static struct nd_verdict judge_retrieved(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                         struct nd_verdict by_table)
{
    (void)call;
    struct nd_verdict verdict = nd_aws_json_judge(answer, by_table);
    if (verdict.rc == ND_NOT_FOUND) verdict.rc = ND_CONFIG;
    return verdict;
}

/* What a person may read in a report: what it says, not where it was asked. */
static enum nd_rc say_refused(const struct nd_aws_answer *got, enum nd_rc rc, struct nd_error *err)
{
    if (err) nd_error_clear(err);
    return nd_fail(err, rc, "it answers with status %d%s%s%s%s", got->http.status, *got->code ? ", " : "",
                   got->code, *got->message ? ": " : "", got->message);
}

enum nd_rc nd_bedrock_retrieve(struct nd_aws *aws, const char *kb_id, struct nd_view body,
                               const atomic_bool *stop, struct nd_json **answer, struct nd_error *err)
{
    const struct nd_aws_pair type = {"content-type", ND_VIEW("application/json")};
    char *path = path_of("knowledgebases", nd_view_of(kb_id), "retrieve");
    const struct nd_aws_call call = {.service = &kb_service,
                                     .what = "Retrieve",
                                     .method = "POST",
                                     .path = path,
                                     .headers = &type,
                                     .header_count = 1,
                                     .body = body,
                                     .total_ms = RETRIEVE_TOTAL_MS,
                                     .max_body_bytes = ND_BEDROCK_RETRIEVE_MAX_BYTES,
                                     .effect = ND_AWS_READS,
                                     .stop = stop,
                                     .judge = judge_retrieved};
    struct nd_aws_answer got;
    enum nd_rc rc = nd_aws_send(aws, &call, &got, err);
    if (rc == ND_OK) {
        *answer = got.document;
        got.document = NULL;
    } else if (got.http.status != 0) {
        rc = say_refused(&got, rc, err);
    }
    nd_aws_answer_release(&got);
    nd_free(path);
    return rc;
}
