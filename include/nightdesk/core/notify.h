/** Telling somebody: a local command, a webhook. At least once; every copy of an event has the same id. */
#ifndef NIGHTDESK_CORE_NOTIFY_H
#define NIGHTDESK_CORE_NOTIFY_H

#include "nightdesk/base/json.h"

struct nd_notifier;
struct nd_notifier_ops {
    const char *name;
    /**
     * @param event
     * {"schema":"nightdesk.event/1","event_id","run_id","kind":"awaiting_approval|budget_exceeded|…",
     *               "message","command","cost_usd"}: never a token, never report text. The id is a hash of
     * (run, kind, phase, n): a repeat has the same.
     * @return ND_OK · ND_RETRY not delivered; the run goes on and says so
     */
    enum nd_rc (*send)(struct nd_notifier *n, const struct nd_json *event, struct nd_error *err);
    void (*close)(struct nd_notifier *n);
};
struct nd_notifier {
    const struct nd_notifier_ops *ops;
};

#endif
