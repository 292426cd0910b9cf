/** The knowledge bases elsewhere that a request names. */
#ifndef NIGHTDESK_CLI_CHOSEN_KBS_H
#define NIGHTDESK_CLI_CHOSEN_KBS_H

#include "command.h"
#include "nightdesk/web/kb.h"

/**
 * Those of the request, to be asked over that transport; *out is NULL when there are none. ND_BAD_INPUT
 * --offline, or too many · ND_CONFIG settings of AWS that are wrong.
 */
enum nd_rc chosen_kbs_open(struct nd_kbs **out, const struct cli *cli, const struct nd_request *request,
                           struct nd_http *http, struct nd_error *err);
/** What can be known to be wrong before anything is started, as above. */
enum nd_rc chosen_kbs_check(const struct cli *cli, const struct nd_request *request, struct nd_error *err);
/** Adds the hosts that will be asked: {"host", "receives"} each. */
void chosen_kbs_hosts(const struct nd_request *request, struct nd_json *hosts);

#endif
