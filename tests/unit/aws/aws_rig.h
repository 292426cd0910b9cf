/** An environment, a clock and a client of this test's own. */
#ifndef AWS_RIG_H
#define AWS_RIG_H

#include "nd_server.h"
#include "nd_test.h"
#include "nightdesk/aws/aws.h"

/** Sets a variable of the rig's environment; NULL removes it. Each test begins with none. */
void rig_env_set(const char *name, const char *value);
const char *rig_env(const char *name);

/** A clock that stands until somebody sleeps, and dice that always show the same. */
struct rig_clock {
    _Atomic int64_t now_ms, slept_ms;
};
extern struct rig_clock rig_clock;
const struct nd_host *rig_host(void);

struct rig {
    struct nd_http *http;
    struct nd_server *server;
    struct nd_aws *aws;
};
/** A server, keys in the environment, and a client whose services are all at the server. */
struct rig rig_open(nd_server_handler handler, void *ctx);
void rig_close(struct rig *rig);
/** The value of a header of a request's head, or "" (lives until the next call of this thread). */
const char *rig_header(const char *head, const char *name);

#endif
