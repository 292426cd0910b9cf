/** Looking at a run without its lease: what replay, report, ledger and gate have in common. */
#ifndef ENGINE_LOOK_H
#define ENGINE_LOOK_H

#include "nightdesk/engine/engine.h"

struct nd_look {
    const struct nd_engine *e;
    struct nd_meta meta;
    struct nd_request *request;
    struct nd_objects *objects;
};
/** META, the request and the run's objects. */
enum nd_rc nd_look_open(struct nd_look *look, const struct nd_engine *e, const char *run_id,
                        struct nd_error *err);
void nd_look_close(struct nd_look *look);

/** The request that META names, checked against its hash. */
enum nd_rc nd_look_request(const struct nd_engine *e, const struct nd_meta *meta, struct nd_request **out,
                           struct nd_error *err);

#endif
