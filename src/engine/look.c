#include "look.h"

#include <string.h>

enum nd_rc nd_look_request(const struct nd_engine *e, const struct nd_meta *meta, struct nd_request **out,
                           struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_REQUEST_MAX_BYTES);
    struct nd_request *request = NULL;
    char sha256[ND_SHA256_HEX] = "";
    enum nd_rc rc = e->store->ops->request(e->store, meta->run_id, &text, err);
    if (rc == ND_OK) rc = nd_request_parse_text(&request, nd_bytes_view(&text), err);
    if (rc == ND_OK) nd_request_sha256(request, sha256);
    if (rc == ND_OK && strcmp(sha256, meta->request_sha256) != 0)
        rc = nd_fail(err, ND_BROKEN, "the request of run '%s' is not the one that its head names",
                     meta->run_id);
    nd_bytes_release(&text);
    if (rc == ND_OK) {
        *out = request;
    } else {
        nd_request_free(request);
    }
    return rc;
}

enum nd_rc nd_look_open(struct nd_look *look, const struct nd_engine *e, const char *run_id,
                        struct nd_error *err)
{
    *look = (struct nd_look){.e = e};
    enum nd_rc rc = e->store->ops->meta(e->store, run_id, &look->meta, err);
    if (rc == ND_OK) rc = e->store->ops->objects(e->store, run_id, &look->objects, err);
    if (rc == ND_OK) rc = nd_look_request(e, &look->meta, &look->request, err);
    if (rc != ND_OK) nd_look_close(look);
    return rc;
}

void nd_look_close(struct nd_look *look)
{
    nd_request_free(look->request);
    nd_objects_close(look->objects);
    *look = (struct nd_look){0};
}
