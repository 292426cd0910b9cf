/** Decisions of a person on the open gate of a run: what approve, reject and answer share. */
#ifndef NIGHTDESK_CLI_DECIDE_H
#define NIGHTDESK_CLI_DECIDE_H

#include "wiring.h"

struct decide {
    struct wiring w;
    struct nd_gate gate;
};

/** Opens the store and the open gate of run cli_arg(0). ND_NOT_FOUND says what the run waits for instead, if
 * anything. */
enum nd_rc decide_open(struct decide *d, struct cli *cli);
/**
 * Records {"decision": word, …more}; `more` may be NULL and is taken over. Sets cli->result and the hint to
 * go on.
 */
enum nd_rc decide_send(struct decide *d, struct cli *cli, const char *word, struct nd_json *more);
void decide_close(struct decide *d);

#endif
