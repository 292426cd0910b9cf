/** The only place that knows concrete stores, models, notifiers and the pipeline: it puts an engine together.
 */
#ifndef NIGHTDESK_CLI_WIRING_H
#define NIGHTDESK_CLI_WIRING_H

#include "command.h"
#include "nightdesk/core/request.h"
#include "nightdesk/engine/engine.h"
#include "nightdesk/model/model.h"
#include "nightdesk/net/http.h"
#include "nightdesk/pipeline/pipeline.h"
#include "progress.h"
#include "stack.h"
#include "watchdog.h"

/** Must stay where it is while it is open: the engine and the desk hold its address. */
struct wiring {
    struct nd_engine engine; /* what commands use */
    struct nd_store *store;
    struct nd_http *http;
    struct stack stack;
    struct nd_aws *aws; /* NULL: the store is on this machine, and no model is in AWS */
    char *bucket;       /* of that store; NULL likewise */
    struct nd_web *web; /* NULL: the run asks for none */
    struct nd_kbs *kbs; /* the same of knowledge bases elsewhere */
    char *web_cache;    /* where fetched pages are kept; NULL: nowhere */
    struct nd_desk *desk;
    char *reader;              /* NULL: not found */
    struct watchdog *watchdog; /* is fed by what becomes durable; NULL: there is none */
    struct progress *progress; /* gets the events of engine and desk; NULL: nobody does */
};

enum wiring_store { STORE_EXISTING, STORE_CREATE, STORE_IN_MEMORY };

/** The store and the phases: enough to look, decide, replay. ND_NOT_FOUND there is no store yet. */
enum nd_rc wiring_open(struct wiring *w, const struct cli *cli, enum wiring_store which,
                       struct nd_error *err);
/**
 * Also what work needs: the request's model, the notifiers, the limits of this process. --offline is checked
 * here.
 * @param request  NULL: the run is complete, so no document is opened and no model is asked
 */
enum nd_rc wiring_for_work(struct wiring *w, const struct cli *cli, const struct nd_request *request,
                           struct nd_error *err);
void wiring_close(struct wiring *w);

/** The request of a run, as it is stored. Free with nd_request_free. */
enum nd_rc wiring_request(const struct wiring *w, const char *run_id, struct nd_request **out,
                          struct nd_error *err);

#endif
