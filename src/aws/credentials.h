/**
 * Credentials from the first place that has some: environment, profile, container endpoint. Any thread.
 *
 *     none --get--> fetched --15 minutes before the end--> fetched anew (the old ones serve while that fails)
 *                          \--nd_credentials_refuse--> fetched anew, once
 */
#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include "nightdesk/aws/aws.h"
#include "profile.h"

#define ND_CREDENTIALS_AHEAD_MS (15 * 60 * 1000)
#define ND_CREDENTIALS_CALM_MS (60 * 1000) /* between tries to renew what still serves */

/** A copy of the keys. Release wipes them. */
struct nd_aws_keys {
    char *access, *secret, *token; /* token NULL: none */
    int64_t expires_ms;            /* 0: never */
    char source[96];
};
void nd_aws_keys_release(struct nd_aws_keys *keys);

struct nd_credentials;
struct nd_credentials *nd_credentials_open(const struct nd_aws_config *config);
void nd_credentials_close(struct nd_credentials *c);

/** ND_CONFIG there are none, or what is there is wrong · ND_RETRY the container endpoint gave none. */
enum nd_rc nd_credentials_get(struct nd_credentials *c, struct nd_aws_keys *out, struct nd_error *err);
/** A service says that these have expired. True when the next get may give others. */
bool nd_credentials_refuse(struct nd_credentials *c, const struct nd_aws_keys *refused);

/**
 * True for the addresses to which a container's token may go: https, this machine, and the endpoints of ECS
 * and EKS.
 */
bool nd_container_allowed(const char *url);

#endif
