/** Decisions of a person on the open gate of a run: what approve, reject and answer share. */
#ifndef NIGHTDESK_CLI_DECIDE_H
#define NIGHTDESK_CLI_DECIDE_H

#include "wiring.h"

struct decide {
    struct wiring w;
    struct nd_gate gate;
};

/** The newest decision in the phase that a run is in; decision is NULL when there is none. */
struct decided {
    char gate[ND_NAME_BYTES];
    unsigned n;
    struct nd_json *decision;
};
enum nd_rc decided_last(const struct wiring *w, const char *run_id, struct decided *out,
                        struct nd_error *err);
void decided_release(struct decided *decided);

/** Opens the store and the open gate of run cli_arg(0). ND_NOT_FOUND: it waits for nobody ·
 * ND_CONFLICT: it was decided already: decide_again. */
enum nd_rc decide_open(struct decide *d, struct cli *cli);
/** Is what was decided what this command line asks for? */
typedef bool decide_fits(const struct cli *cli, const struct nd_json *decision);
/**
 * Records {"decision": word, …more, "by", "at"}, then wakes the state machine that waits for it. `more` may
 * be NULL and is taken over. Sets cli->result and the hint to go on. Somebody who was faster is decide_again.
 * @param taken  a state machine goes on with the run, and ends it if that was decided; may be NULL
 */
enum nd_rc decide_send(struct decide *d, struct cli *cli, const char *word, struct nd_json *more,
                       decide_fits *fits, bool *taken);
/**
 * After ND_CONFLICT: wakes a state machine that still waits. ND_OK when just this was decided, and says by
 * whom and when; else ND_CONFLICT, which names what was decided.
 * @param fits   NULL: nothing does
 * @param taken  as above
 */
enum nd_rc decide_again(struct decide *d, struct cli *cli, decide_fits *fits, bool *taken);
/** The decision has that word and that reason (NULL: none), and nothing was edited. */
bool decide_is(const struct nd_json *decision, const char *word, const char *why);
/** Who decides, and when: "by" and "at". */
void decide_sign(const struct cli *cli, struct nd_json *decision);
void decide_close(struct decide *d);

#endif
