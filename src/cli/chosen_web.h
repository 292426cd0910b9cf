/** The web that a request asks for, as flags, environment and configuration set it up. */
#ifndef NIGHTDESK_CLI_CHOSEN_WEB_H
#define NIGHTDESK_CLI_CHOSEN_WEB_H

#include "command.h"
#include "nightdesk/web/web.h"

/** False when the request asks for no web. Strings are borrowed; cache is not set. */
bool chosen_web(const struct cli *cli, const struct nd_request *request, struct nd_web_config *out);
/** What can be known to be wrong before anything is started: --offline, no such service, no key, bad
 * addresses. */
enum nd_rc chosen_web_check(const struct cli *cli, const struct nd_request *request, struct nd_error *err);
/** Adds the hosts that will be asked: {"host", "receives"} each. */
void chosen_web_hosts(const struct cli *cli, const struct nd_request *request, struct nd_json *hosts);

#endif
