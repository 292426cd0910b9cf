/**
 * AWS: who we are, where the services are, and the one place that signs, sends and repeats a request. The
 * services have a header each: dynamodb.h, s3.h, stepfunctions.h, sns.h.
 *
 * Credentials come from the first place that has some: the environment (AWS_ACCESS_KEY_ID …), the profile's
 * files (AWS_PROFILE, ~/.aws/credentials, ~/.aws/config; keys only, no roles, no sign-on), the container
 * endpoint (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, …_FULL_URI with …_AUTHORIZATION_TOKEN[_FILE]). They are
 * fetched anew 15 minutes before they expire, and once when a service says that they have.
 *
 * Services are at AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's endpoint_url, or where AWS has
 * them in the region (AWS_REGION, AWS_DEFAULT_REGION, the profile's region).
 *
 * Every call of a service returns, beside its own results:
 *   ND_RETRY     nothing happened: not reached, throttled; it was tried as often as AWS's standard rules say
 *   ND_UNKNOWN   it may have happened: no whole answer, or a server's error (a call that is harmless twice
 * was repeated; one that only reads gives ND_RETRY) ND_CONFIG    credentials, permission, region or clock are
 * wrong; the note says which ND_BAD_INPUT the service refused the request as such ND_BROKEN    the answer is
 * not what the service documents
 */
#ifndef NIGHTDESK_AWS_AWS_H
#define NIGHTDESK_AWS_AWS_H

#include "nightdesk/base/host.h"
#include "nightdesk/net/http.h"

struct nd_aws; /* any thread may use it */

struct nd_aws_config {
    struct nd_http *http; /* borrowed, as the others */
    const struct nd_host *host;
    const char *(*env)(const char *name); /* NULL: the process's environment */
    const char *region;           /* that counts before the environment's and the profile's, or NULL */
    const char *container_origin; /* of the relative container endpoint; NULL: that of ECS */
    int64_t total_ms;             /* of one try; 0: each call's own */
    int64_t idle_ms;              /* the longest silence of calls that name one; 0: each call's own */
};

/** Finds region and profile; asks nobody yet. ND_CONFIG no region, no such profile, or a setting that is
 * wrong. */
enum nd_rc nd_aws_open(struct nd_aws **out, const struct nd_aws_config *config, struct nd_error *err);
void nd_aws_close(struct nd_aws *aws); /* NULL is fine */
const char *nd_aws_region(const struct nd_aws *aws);

/**
 * The services' clock less this machine's, by the last answer that told the time; 0 before the first.
 * Requests are signed with theirs once it is four minutes or more.
 */
int64_t nd_aws_clock_ms(const struct nd_aws *aws);

/**
 * Where the credentials came from ("environment", "profile 'x'", "container") and when they end (0: never),
 * after fetching them if need be. ND_CONFIG there are none.
 */
enum nd_rc nd_aws_identity(struct nd_aws *aws, char source[96], int64_t *expires_ms, struct nd_error *err);

#endif
