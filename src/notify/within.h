/** The notifiers with time limits of one's own, which their tests need. */
#ifndef ND_NOTIFY_WITHIN_H
#define ND_NOTIFY_WITHIN_H

#include "nightdesk/notify/notify.h"

enum nd_rc notify_command_within(struct nd_notifier **out, const char *command, int64_t limit_ms,
                                 struct nd_error *err);
/** limit_ms: for one answer; the tries wait first_wait_ms, then twice as long. */
enum nd_rc notify_webhook_within(struct nd_notifier **out, const char *url, struct nd_http *http,
                                 int64_t limit_ms, int64_t first_wait_ms, struct nd_error *err);

#endif
