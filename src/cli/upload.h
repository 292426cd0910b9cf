/**
 * Documents on their way to a stack: each content once, at inputs/<sha256> of the store's bucket, where it is
 * written on condition that nothing lies there, with its checksum. What lies there is left as it is.
 */
#ifndef NIGHTDESK_CLI_UPLOAD_H
#define NIGHTDESK_CLI_UPLOAD_H

#include "nightdesk/document/document.h"
#include "wiring.h"

struct upload_count {
    size_t files, unreadable; /* as listed; what cannot be read is listed with its reason */
    size_t documents;         /* files of the same content once */
    size_t there;             /* of these: in the bucket already */
    int64_t bytes, there_bytes;
};

/**
 * Puts all of them there, several side by side; or only looks what lies there.
 * @return ND_BAD_INPUT a file has changed since it was listed; one that came in a listing is not there ·
 * ND_BROKEN an object holds other bytes than its name says · of S3
 */
enum nd_rc upload_documents(const struct wiring *w, const struct screen *screen,
                            const struct nd_request *request, const struct nd_inputs *inputs, bool look_only,
                            struct upload_count *out, struct nd_error *err);

/**
 * The same request for containers, which have no folder of ours: with the listing in the place of the
 * folders, named by its sha256. *listing (ND_BYTES(ND_LISTING_MAX_BYTES)) gets its text, and stays empty when
 * the request names a listing that is there already.
 * @return ND_BAD_INPUT it names what may not leave this machine · ND_OVER_LIMIT the listing is too large
 */
enum nd_rc upload_request(const struct nd_request *request, const struct nd_inputs *inputs,
                          struct nd_request **out, struct nd_bytes *listing, struct nd_error *err);
/** Puts the listing beside the documents, which must be there. As upload_documents. */
enum nd_rc upload_listing(const struct wiring *w, struct nd_view listing, struct nd_error *err);

#endif
