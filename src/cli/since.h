/** run --since: what an earlier run of the store found, put into the request. */
#ifndef NIGHTDESK_CLI_SINCE_H
#define NIGHTDESK_CLI_SINCE_H

#include "command.h"
#include "nightdesk/core/request.h"

/**
 * With --since RUN the request gets the sources and statements of that run's report, and its sections as the
 * outline when it has none of its own. "latest" is the newest completed run with the same topic other than
 * run_id; a store without one is fine, there is nothing to compare with then.
 * @return ND_BAD_INPUT there is no such run, or it has no report
 */
enum nd_rc since_resolve(const struct cli *cli, const char *run_id, struct nd_request **request,
                         struct nd_error *err);

#endif
