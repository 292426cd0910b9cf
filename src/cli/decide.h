/** Decisions of a person on the open gate of a run: what approve, reject and answer share. */
#ifndef NIGHTDESK_CLI_DECIDE_H
#define NIGHTDESK_CLI_DECIDE_H

#include "wiring.h"

struct decide {
    struct wiring w;
    struct nd_gate gate;
};

/** Opens the store and the open gate of run cli_arg(0). ND_NOT_FOUND: it waits for nobody ·
 * ND_CONFLICT: it was decided already. */
enum nd_rc decide_open(struct decide *d, struct cli *cli);
/**
 * Records {"decision": word, …more}; `more` may be NULL and is taken over. Sets cli->result and the hint to
 * go on.
 */
enum nd_rc decide_send(struct decide *d, struct cli *cli, const char *word, struct nd_json *more);
/**
 * After ND_CONFLICT of decide_open: true when just this was decided, with the same reason and without edits;
 * then it is said, and cli->err is cleared.
 */
bool decide_repeats(struct decide *d, struct cli *cli, const char *word, const char *why);
void decide_close(struct decide *d);

#endif
