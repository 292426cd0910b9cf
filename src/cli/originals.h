/** Reading the original documents again, for `verify --docs`. */
#ifndef NIGHTDESK_CLI_ORIGINALS_H
#define NIGHTDESK_CLI_ORIGINALS_H

#include "nightdesk/report/verify.h"
#include "wiring.h"

struct originals {
    struct nd_originals table; /* for nd_verify_dir */
    const struct nd_strings *roots;
    struct wiring w;
    struct nd_objects *objects; /* in memory: nothing is kept */
};

enum nd_rc originals_open(struct originals *o, const struct cli *cli, const struct nd_strings *roots,
                          struct nd_error *err);
void originals_close(struct originals *o);

#endif
