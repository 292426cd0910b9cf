/** A run written to a store as the engine writes it: for each step a commit with the reservation, then one
 * with the deflated record that releases it. */
#ifndef BENCH_WRITTEN_H
#define BENCH_WRITTEN_H

#include "nightdesk/base/host.h"
#include "nightdesk/core/store.h"
#include "steps.h"

#define WRITTEN_RUN "bench"

struct written {
    struct nd_store *store;
    struct nd_lease lease;
    struct nd_meta meta;
    const struct nd_host *host;
    struct nd_error err;
};
/** Ends the program with what went wrong, unless that is nothing. */
void written_need(enum nd_rc rc, const struct nd_error *err);
/** Makes the run; it is not taken. */
void written_create(struct written *w);
void written_take(struct written *w);
void written_step(struct written *w, const struct steps *s, size_t i);
/** Reads and inflates all records, as a new process does. Ends the program when they hold less than that. */
void written_read(struct written *w, size_t raw_bytes);

#endif
