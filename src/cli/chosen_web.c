#include "chosen_web.h"
#include "hosts.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/model/prices.h"

bool chosen_web(const struct cli *cli, const struct nd_request *request, struct nd_web_config *out)
{
    if (!request->search && request->urls.n == 0) return false;
    const char *key_name = nd_web_key_name(request->search);
    *out = (struct nd_web_config){
        .search = request->search,
        .search_url = setting_text(&cli->settings, OPT_SEARCH_URL),
        .search_key = key_name ? environment_get(cli->environment, key_name) : NULL,
        .search_fee_microusd = request->search ? nd_price_search(request->search) : 0,
        .allowed = setting_texts(&cli->settings, OPT_ALLOW_HOST),
    };
    return true;
}

static enum nd_rc check_urls(const struct nd_strings *urls, struct nd_error *err)
{
    for (size_t i = 0; i < urls->n; i++) {
        char *clean = nd_url_clean(nd_view_of(urls->v[i]));
        bool fine = clean != NULL;
        nd_free(clean);
        if (!fine)
            return nd_fail(
                err, ND_BAD_INPUT,
                "'%.150s' is not an address like https://host/path (without a user name, at most %d "
                "bytes)",
                urls->v[i], ND_URL_MAX_BYTES);
    }
    return ND_OK;
}

enum nd_rc chosen_web_check(const struct cli *cli, const struct nd_request *request, struct nd_error *err)
{
    struct nd_web_config config;
    struct nd_web *web = NULL;
    if (!chosen_web(cli, request, &config)) return ND_OK;
    if (setting_flag(&cli->settings, OPT_OFFLINE))
        return nd_fail(err, ND_BAD_INPUT, "'--offline' and '%s' do not go together",
                       request->search ? "--search" : "--url");
    enum nd_rc rc = check_urls(&request->urls, err);
    if (rc == ND_OK) rc = nd_web_open(&web, &config, NULL, err);
    nd_web_close(web);
    return rc;
}

/* ---- who will be asked ---- */

void chosen_web_hosts(const struct cli *cli, const struct nd_request *request, struct nd_json *hosts)
{
    struct nd_web_config config;
    if (!chosen_web(cli, request, &config)) return;
    if (request->search) {
        hosts_add(
            hosts, nd_web_search_host(&config),
            "a search for each sub-topic: its words, at most 256 bytes, no text of sources marked --local or "
            "--confidential");
        hosts_add(hosts, ND_VIEW("(sites that the search names)"), "requests for the pages that are opened");
    }
    for (size_t i = 0; i < request->urls.n; i++) {
        struct nd_view host = nd_url_host(nd_view_of(request->urls.v[i]));
        if (!hosts_have(hosts, host)) hosts_add(hosts, host, "requests for the pages that you listed");
    }
}
