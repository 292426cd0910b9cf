#include "cloud_inputs.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/kb.h"

#include <stdio.h>
#include <string.h>

#define SCHEME "s3://"

bool cloud_is_object(const char *address)
{
    return strncmp(address, SCHEME, strlen(SCHEME)) == 0;
}

/* s3://BUCKET/KEY: *bucket is freed by the caller, *key points into the address. */
static enum nd_rc split(const struct wiring *w, const char *address, char **bucket, const char **key,
                        struct nd_error *err)
{
    const char *name = address + strlen(SCHEME), *slash = strchr(name, '/');
    if (!slash || slash == name || !slash[1])
        return nd_fail(err, ND_BAD_INPUT, "'%.150s' is not like s3://BUCKET/KEY", address);
    if (!w->aws)
        return nd_fail(err, ND_CONFIG,
                       "'%.150s' can be opened only for a store in AWS: --store aws://TABLE/BUCKET", address);
    *bucket = nd_strndup(name, (size_t)(slash - name));
    *key = slash + 1;
    return ND_OK;
}

enum nd_rc cloud_get(const struct wiring *w, const char *address, struct nd_bytes *out, struct nd_error *err)
{
    char *bucket = NULL;
    const char *key = NULL;
    enum nd_rc rc = split(w, address, &bucket, &key, err);
    if (rc == ND_OK) rc = nd_s3_get(w->aws, bucket, key, out, err);
    nd_free(bucket);
    return rc;
}

enum nd_rc cloud_put(const struct wiring *w, const char *address, struct nd_view body, const char *type,
                     struct nd_error *err)
{
    char *bucket = NULL;
    const char *key = NULL;
    const struct nd_s3_condition always = {.if_absent = false};
    enum nd_rc rc = split(w, address, &bucket, &key, err);
    if (rc == ND_OK) rc = nd_s3_put(w->aws, bucket, key, body, type, &always, err);
    nd_free(bucket);
    return rc;
}

enum nd_rc cloud_check_documents(const struct wiring *w, const struct nd_request *request,
                                 struct nd_error *err)
{
    const struct nd_origin origin = {.get = cloud_document, .ctx = (void *)(uintptr_t)w};
    struct nd_inputs inputs = {.v = NULL};
    if (request->roots.n > 0)
        return nd_fail(err, ND_BAD_INPUT,
                       "'documents.roots' names '%.100s', which no container sees; wanted a listing",
                       request->roots.v[0]);
    bool elsewhere = request->search || request->urls.n > 0 || nd_kbs_elsewhere(request) > 0;
    if (!request->listing && !elsewhere)
        return nd_fail(err, ND_BAD_INPUT, "nothing to read: 'documents.listing' is missing");
    enum nd_rc rc = nd_inputs_list(&inputs, request, &origin, NULL, err);
    nd_inputs_release(&inputs);
    return rc;
}

enum nd_rc cloud_request(const struct wiring *w, const char *address, struct nd_request **out,
                         struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_REQUEST_MAX_BYTES);
    struct nd_request *request = NULL;
    enum nd_rc rc = cloud_get(w, address, &text, err);
    if (rc == ND_OVER_LIMIT) rc = err->rc = ND_BAD_INPUT;
    if (rc == ND_OK) rc = nd_request_parse_text(&request, nd_bytes_view(&text), err);
    if (rc == ND_OK) rc = cloud_check_documents(w, request, err);
    if (rc == ND_OK) {
        *out = request;
    } else {
        (void)nd_while(err, "while reading the request '%.150s'", address);
        nd_request_free(request);
    }
    nd_bytes_release(&text);
    return rc;
}

enum nd_rc cloud_document(void *wiring, const char *sha256, struct nd_bytes *out, struct nd_error *err)
{
    const struct wiring *w = wiring;
    char key[sizeof "inputs/" + ND_SHA256_HEX];
    (void)snprintf(key, sizeof key, "inputs/%s", sha256);
    if (!w->bucket)
        return nd_fail(err, ND_CONFIG,
                       "documents that a request lists lie with a store in AWS: --store aws://TABLE/BUCKET");
    return nd_s3_get(w->aws, w->bucket, key, out, err);
}
