#include "nightdesk/aws/quotas.h"
#include "json_call.h"

static const struct nd_aws_service service = {.prefix = "servicequotas",
                                              .signing = "servicequotas",
                                              .json = "1.1",
                                              .variable = "AWS_ENDPOINT_URL_SERVICE_QUOTAS",
                                              .attempts = 3,
                                              .base_ms = 50};

static struct nd_verdict judge(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                               struct nd_verdict by_table)
{
    struct nd_verdict verdict = nd_aws_json_judge(answer, by_table);
    const struct nd_json *quota = nd_json_get(answer->document, "Quota");
    (void)call;
    if (verdict.kind != ND_ANSWER_FINE || nd_json_kind(nd_json_get(quota, "Value")) == ND_JSON_NUMBER)
        return verdict;
    return nd_aws_torn(answer, "the answer holds no value");
}

enum nd_rc nd_quota_get(struct nd_aws *aws, const char *service_code, const char *quota_code, double *out,
                        struct nd_error *err)
{
    const struct nd_aws_call call = {.service = &service,
                                     .what = "GetServiceQuota",
                                     .effect = ND_AWS_READS,
                                     .max_body_bytes = (size_t)64 << 10,
                                     .judge = judge};
    struct nd_json *request = nd_json_object();
    struct nd_aws_answer answer;
    nd_json_set_str(request, "ServiceCode", service_code);
    nd_json_set_str(request, "QuotaCode", quota_code);
    enum nd_rc rc = nd_aws_json_send(aws, &call, "ServiceQuotasV20190624", request, &answer, err);
    if (rc == ND_OK) *out = nd_json_num(nd_json_get(nd_json_get(answer.document, "Quota"), "Value"), 0);
    nd_aws_answer_release(&answer);
    return rc;
}
