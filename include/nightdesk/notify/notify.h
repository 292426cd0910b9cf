/**
 * Notifiers: a local command and a webhook. What is called comes only from flags, environment or local
 * configuration.
 *
 * The command gets the event as one line of JSON on standard input, and an environment of PATH, HOME, LANG
 * and NIGHTDESK_EVENT_ID alone, so that no key reaches it. The webhook gets it as the body of a POST with the
 * header X-Nightdesk-Event-Id; it is tried up to three times, with the same id, unless it is refused for good
 * (4xx other than 408, 425 and 429).
 */
#ifndef NIGHTDESK_NOTIFY_NOTIFY_H
#define NIGHTDESK_NOTIFY_NOTIFY_H

#include "nightdesk/core/notify.h"
#include "nightdesk/net/http.h"

#define ND_NOTIFY_COMMAND_MS 30000 /* then it is killed, with all that it started */
#define ND_NOTIFY_WEBHOOK_MS 15000 /* for one answer */
#define ND_NOTIFY_TRIES 3

/** Runs `command` through /bin/sh -c. ND_RETRY from send: it failed, was killed or took too long. */
enum nd_rc nd_notify_command(struct nd_notifier **out, const char *command, struct nd_error *err);
/** `http` is borrowed until close. ND_BAD_INPUT: not an http(s) address (see nd_url_host). */
enum nd_rc nd_notify_webhook(struct nd_notifier **out, const char *url, struct nd_http *http,
                             struct nd_error *err);
/** Sends to both; takes ownership of them. */
struct nd_notifier *nd_notify_both(struct nd_notifier *first, struct nd_notifier *second);
void nd_notifier_close(struct nd_notifier *n); /* NULL is fine */

#endif
