/** The store in AWS, by its address: aws://TABLE/BUCKET. */
#ifndef NIGHTDESK_CLI_CLOUD_H
#define NIGHTDESK_CLI_CLOUD_H

#include "wiring.h"

bool cloud_is_address(const char *store);
/** Opens transport, client and the store of w->stack; wiring_close ends them. ND_BAD_INPUT with --offline, or
 * for another address · ND_CONFIG the state machine is in another region. */
enum nd_rc cloud_open(struct wiring *w, const struct cli *cli, struct nd_error *err);
#endif
