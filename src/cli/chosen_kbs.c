#include "chosen_kbs.h"
#include "hosts.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/model/prices.h"

#define SERVICE "bedrock-kb" /* in the table of fees */

enum nd_rc chosen_kbs_open(struct nd_kbs **out, const struct cli *cli, const struct nd_request *request,
                           struct nd_http *http, struct nd_error *err)
{
    const struct nd_kbs_config config = {
        .http = http, .host = cli->host, .fee_microusd = nd_price_search(SERVICE)};
    *out = NULL;
    if (nd_kbs_elsewhere(request) == 0) return ND_OK;
    if (setting_flag(&cli->settings, OPT_OFFLINE))
        return nd_fail(err, ND_BAD_INPUT,
                       "'--offline' and a knowledge base of Amazon Bedrock do not go together");
    return nd_kbs_open(out, request, &config, err);
}

enum nd_rc chosen_kbs_check(const struct cli *cli, const struct nd_request *request, struct nd_error *err)
{
    struct nd_kbs *kbs = NULL;
    enum nd_rc rc = chosen_kbs_open(&kbs, cli, request, NULL, err);
    nd_kbs_close(kbs);
    return rc;
}

void chosen_kbs_hosts(const struct nd_request *request, struct nd_json *hosts)
{
    for (size_t i = 0; i < request->kbs.n; i++) {
        char *url = NULL;
        struct nd_error ignored = {0}; /* opening it will say why */
        if (!nd_kb_is_address(request->kbs.v[i]) || nd_kb_url(request->kbs.v[i], &url, &ignored) != ND_OK)
            continue;
        struct nd_view host = nd_url_host(nd_view_of(url));
        if (!hosts_have(hosts, host))
            hosts_add(hosts, host,
                      "a question to the knowledge base for each sub-topic: its words, at most 256 bytes, no "
                      "text of sources marked --local or --confidential");
        nd_free(url);
    }
}
