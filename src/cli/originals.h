/** Reading the original documents again, for `verify --docs`. */
#ifndef NIGHTDESK_CLI_ORIGINALS_H
#define NIGHTDESK_CLI_ORIGINALS_H

#include "nightdesk/document/document.h"
#include "nightdesk/report/verify.h"
#include "wiring.h"

/** Must stay where it is while it is open. */
struct originals {
    struct nd_originals table; /* for nd_verify_dir */
    struct nd_request *request;
    struct nd_inputs inputs; /* every file below the roots */
    struct wiring w;
    struct nd_objects *objects; /* in memory: nothing is kept */
};

enum nd_rc originals_open(struct originals *o, const struct cli *cli, const struct nd_strings *roots,
                          struct nd_error *err);
/** Also after originals_open failed. */
void originals_close(struct originals *o);

#endif
