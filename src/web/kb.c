/* Asking a knowledge base: one handle of AWS for each region, since a region signs its own requests. */
#include "nightdesk/web/kb.h"
#include "kb_private.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"
#include <string.h>

struct kb {
    char *text; /* its address */
    struct nd_kb_address address;
    struct nd_aws *aws; /* of its region; the first of a region owns it */
    bool owner;
};
struct kbs {
    struct nd_kbs base; /* first: they share their address */
    struct kb v[ND_KBS_MAX];
    size_t n;
};

/* ---- asking ---- */

static const struct kb *kb_of(const struct kbs *kbs, const char *address)
{
    for (size_t i = 0; i < kbs->n; i++)
        if (strcmp(kbs->v[i].text, address) == 0) return &kbs->v[i];
    return NULL;
}

static enum nd_rc ask(const struct kb *kb, const char *query, const atomic_bool *stop,
                      struct nd_kb_passages *out, struct nd_error *err)
{
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    struct nd_json *answer = NULL;
    kb_ask(query, &body);
    enum nd_rc rc = nd_bedrock_retrieve(kb->aws, kb->address.id, nd_bytes_view(&body), stop, &answer, err);
    if (rc == ND_OK) rc = kb_read(answer, kb->text, out, err);
    nd_json_free(answer);
    nd_bytes_release(&body);
    return rc;
}

static enum nd_rc retrieve(struct nd_kbs *base, const char *address, const char *query,
                           const atomic_bool *stop, struct nd_kb_passages *out, struct nd_error *err)
{
    const struct kbs *kbs = (const struct kbs *)(const void *)base;
    const struct kb *kb = kb_of(kbs, address);
    struct nd_kb_passages passages = {.n = 0};
    struct nd_error mine = {0};
    if (!kb) return nd_fail(err, ND_CONFIG, "the knowledge base '%.80s' was not opened", address);
    enum nd_rc rc = ask(kb, query, stop, &passages, &mine);
    if (rc == ND_CONFIG || rc == ND_STOPPED) {
        (void)nd_while(&mine, "while asking the knowledge base '%.60s'", address);
        if (err) *err = mine;
        return rc;
    }
    if (rc != ND_OK) passages.why = nd_strdup(mine.note[0]);
    passages.cost_microusd = rc == ND_OK ? base->fee_microusd : 0;
    *out = passages;
    return ND_OK;
}

/* ---- open and close ---- */

static const struct nd_kbs_ops ops = {.retrieve = retrieve, .close = nd_kbs_close};

static enum nd_rc open_aws(struct kbs *kbs, struct kb *kb, const struct nd_kbs_config *config,
                           struct nd_error *err)
{
    for (size_t i = 0; i < kbs->n; i++)
        if (strcmp(kbs->v[i].address.region, kb->address.region) == 0) kb->aws = kbs->v[i].aws;
    if (kb->aws) return ND_OK;
    kb->owner = true;
    return nd_aws_open(
        &kb->aws,
        &(struct nd_aws_config){.http = config->http, .host = config->host, .region = kb->address.region},
        err);
}

static enum nd_rc add(struct kbs *kbs, const char *text, const struct nd_kbs_config *config,
                      struct nd_error *err)
{
    struct kb kb = {.text = NULL};
    if (!nd_kb_split(&kb.address, text))
        return nd_fail(err, ND_BAD_INPUT, "'%.80s' is no address like bedrock:eu-west-1:ABCDE12345", text);
    if (kb_of(kbs, text)) return ND_OK;
    if (kbs->n == ND_KBS_MAX)
        return nd_fail(err, ND_BAD_INPUT, "the request names more than %d knowledge bases elsewhere",
                       ND_KBS_MAX);
    enum nd_rc rc = open_aws(kbs, &kb, config, err);
    if (rc != ND_OK) return rc;
    kb.text = nd_strdup(text);
    kbs->v[kbs->n++] = kb;
    return ND_OK;
}

enum nd_rc nd_kbs_open(struct nd_kbs **out, const struct nd_request *request,
                       const struct nd_kbs_config *config, struct nd_error *err)
{
    struct kbs *kbs = ND_NEW(struct kbs);
    enum nd_rc rc = ND_OK;
    kbs->base = (struct nd_kbs){.ops = &ops, .fee_microusd = config->fee_microusd};
    for (size_t i = 0; i < request->kbs.n && rc == ND_OK; i++)
        if (nd_kb_is_address(request->kbs.v[i])) rc = add(kbs, request->kbs.v[i], config, err);
    if (rc == ND_OK && kbs->n > 0) {
        *out = &kbs->base;
        return ND_OK;
    }
    if (rc == ND_OK) *out = NULL;
    nd_kbs_close(&kbs->base);
    return rc;
}

void nd_kbs_close(struct nd_kbs *base)
{
    struct kbs *kbs = (struct kbs *)(void *)base;
    if (!kbs) return;
    for (size_t i = 0; i < kbs->n; i++) {
        if (kbs->v[i].owner) nd_aws_close(kbs->v[i].aws);
        nd_free(kbs->v[i].text);
    }
    nd_free(kbs);
}

enum nd_rc nd_kb_url(const char *address, char **url, struct nd_error *err)
{
    struct nd_kb_address its;
    if (!nd_kb_split(&its, address))
        return nd_fail(err, ND_BAD_INPUT, "'%.80s' is no address like bedrock:eu-west-1:ABCDE12345", address);
    return nd_bedrock_kb_url(NULL, its.region, url, err);
}
