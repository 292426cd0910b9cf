#include "cloud_inputs.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <stdio.h>
#include <string.h>

#define SCHEME "s3://"

bool cloud_is_object(const char *address)
{
    return strncmp(address, SCHEME, strlen(SCHEME)) == 0;
}

static enum nd_rc get(const struct wiring *w, const char *address, struct nd_bytes *out, struct nd_error *err)
{
    const char *bucket = address + strlen(SCHEME), *slash = strchr(bucket, '/');
    if (!slash || slash == bucket || !slash[1])
        return nd_fail(err, ND_BAD_INPUT, "'%.150s' is not like s3://BUCKET/KEY", address);
    if (!w->aws)
        return nd_fail(err, ND_CONFIG,
                       "'%.150s' can be read only for a store in AWS: --store aws://TABLE/BUCKET", address);
    char *name = nd_strndup(bucket, (size_t)(slash - bucket));
    enum nd_rc rc = nd_s3_get(w->aws, name, slash + 1, out, err);
    nd_free(name);
    return rc;
}

/* The run's containers have no folder of ours: what the request names must lie in the bucket. */
static enum nd_rc check_documents(const struct nd_request *request, struct nd_error *err)
{
    struct nd_inputs inputs = {.v = NULL};
    if (request->roots.n > 0)
        return nd_fail(err, ND_BAD_INPUT,
                       "'documents.roots' names '%.100s', which no container sees; wanted a listing",
                       request->roots.v[0]);
    if (!request->listing)
        return nd_fail(err, ND_BAD_INPUT, "nothing to read: 'documents.listing' is missing");
    enum nd_rc rc = nd_inputs_list(&inputs, request, NULL, err);
    nd_inputs_release(&inputs);
    return rc;
}

enum nd_rc cloud_request(const struct wiring *w, const char *address, struct nd_request **out,
                         struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_REQUEST_MAX_BYTES);
    struct nd_request *request = NULL;
    enum nd_rc rc = get(w, address, &text, err);
    if (rc == ND_OVER_LIMIT) rc = err->rc = ND_BAD_INPUT;
    if (rc == ND_OK) rc = nd_request_parse_text(&request, nd_bytes_view(&text), err);
    if (rc == ND_OK) rc = check_documents(request, err);
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
