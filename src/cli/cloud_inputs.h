/** What a run in AWS is made from: its request and documents, as they lie in S3. */
#ifndef NIGHTDESK_CLI_CLOUD_INPUTS_H
#define NIGHTDESK_CLI_CLOUD_INPUTS_H

#include "wiring.h"

/** True for s3://… */
bool cloud_is_object(const char *address);
/** Appends the object at s3://BUCKET/KEY. ND_BAD_INPUT another form · ND_CONFIG the store is on this machine
 * · of S3 */
enum nd_rc cloud_get(const struct wiring *w, const char *address, struct nd_bytes *out, struct nd_error *err);
/** Writes it, over what lay there. */
enum nd_rc cloud_put(const struct wiring *w, const char *address, struct nd_view body, const char *type,
                     struct nd_error *err);
/** A container has no folder of ours: the documents must be a listing of what lies in the bucket.
 * ND_BAD_INPUT · of S3 */
enum nd_rc cloud_check_documents(const struct wiring *w, const struct nd_request *request,
                                 struct nd_error *err);
/**
 * The request that lies at s3://BUCKET/KEY, taken as it is: no option changes it. Its documents must be a
 * listing. ND_BAD_INPUT · ND_NOT_FOUND · ND_CONFIG the store is on this machine · of S3
 */
enum nd_rc cloud_request(const struct wiring *w, const char *address, struct nd_request **out,
                         struct nd_error *err);
/** The document or list inputs/<sha256> of the store's bucket: nd_origin.get with the wiring as its context.
 */
enum nd_rc cloud_document(void *wiring, const char *sha256, struct nd_bytes *out, struct nd_error *err);

#endif
