#include "nightdesk/base/alloc.h"
#include "nightdesk/notify/notify.h"

struct both {
    struct nd_notifier base;
    struct nd_notifier *first, *second;
};

/* Each is told, whatever becomes of the other. */
static enum nd_rc both_send(struct nd_notifier *n, const struct nd_json *event, struct nd_error *err)
{
    struct both *b = (struct both *)n;
    struct nd_error other = {0};
    enum nd_rc rc = b->first->ops->send(b->first, event, err);
    enum nd_rc rc2 = b->second->ops->send(b->second, event, &other);
    if (rc == ND_OK && rc2 != ND_OK && err) *err = other;
    return rc != ND_OK ? rc : rc2;
}

static void both_close(struct nd_notifier *n)
{
    struct both *b = (struct both *)n;
    nd_notifier_close(b->first);
    nd_notifier_close(b->second);
    nd_free(b);
}

static const struct nd_notifier_ops both_ops = {"both", both_send, both_close};

struct nd_notifier *nd_notify_both(struct nd_notifier *first, struct nd_notifier *second)
{
    struct both *b = ND_NEW(struct both);
    b->base.ops = &both_ops;
    b->first = first;
    b->second = second;
    return &b->base;
}

void nd_notifier_close(struct nd_notifier *n)
{
    if (n) n->ops->close(n);
}
