/**
 * Knowledge bases of Amazon Bedrock: fills core/kb.h with the operation Retrieve. Requests are signed with
 * this process's AWS credentials for the region that the address names; an answer is hostile until checked.
 */
#ifndef NIGHTDESK_WEB_KB_H
#define NIGHTDESK_WEB_KB_H

#include "nightdesk/base/host.h"
#include "nightdesk/core/kb.h"
#include "nightdesk/net/http.h"

struct nd_kbs_config {
    struct nd_http *http; /* borrowed until they are closed, as the host */
    const struct nd_host *host;
    int64_t fee_microusd;
};

/**
 * Those of the request that are elsewhere; *out is NULL when there are none. Asks nobody yet.
 * ND_BAD_INPUT more than ND_KBS_MAX, or no address · ND_CONFIG settings of AWS that are wrong (aws/aws.h).
 */
enum nd_rc nd_kbs_open(struct nd_kbs **out, const struct nd_request *request,
                       const struct nd_kbs_config *config, struct nd_error *err);
void nd_kbs_close(struct nd_kbs *kbs); /* NULL is fine */

/** "https://host" of an address, where it will be asked. Results as of nd_bedrock_kb_url. Caller frees *url.
 */
enum nd_rc nd_kb_url(const char *address, char **url, struct nd_error *err);

#endif
