/**
 * A manifest: JSON Lines, one report a line (docs/reference/batch.md):
 *
 *     {"id": "backups", "since": "latest", "request": {"topic": "…", "documents": {"roots": ["papers/"]}, …}}
 *
 * It is read and checked whole: every line that is wrong is known before anything is started.
 */
#ifndef NIGHTDESK_CLI_BATCH_MANIFEST_H
#define NIGHTDESK_CLI_BATCH_MANIFEST_H

#include "wiring.h"

#define BATCH_ITEMS_MAX 1000
#define BATCH_ID_MAX 48
/* "20261124T060000": with the id before it, a run id */
#define BATCH_STAMP_BYTES 16

struct batch_item {
    size_t line; /* from 1 */
    char *id;    /* 1-48 of [0-9A-Za-z_-], unique in the manifest */
    char *since; /* what its report is compared with: "latest" of its series, or a run id; NULL: nothing */
    struct nd_request *request;
};
struct manifest {
    struct batch_item *v;
    size_t n, cap;
    int64_t ceilings_microusd; /* of all items together */
    struct nd_json *faults;    /* rows {"line", "error"} in the order of the lines; NULL: none */
};

/**
 * Reads and checks a manifest on this machine or at s3://BUCKET/KEY. Documents are looked at: on this machine
 * they can be read, in a bucket they are listings.
 * @param max_total_microusd  no item's ceiling may be above it; < 0: there is none
 * @return ND_OK also when there are faults; otherwise the manifest itself cannot be read
 */
enum nd_rc manifest_read(struct manifest *out, const struct wiring *w, const struct cli *cli,
                         const char *path, int64_t max_total_microusd, struct nd_error *err);
void manifest_release(struct manifest *m);

#endif
