/**
 * The state machine beside a store in AWS: it starts the containers that work on a run, and waits for people
 * on a task's token that lies in the gate's item. A decision is always stored before anything here is called;
 * whatever becomes of the token, the machine reads the decision from the table.
 */
#ifndef NIGHTDESK_CLI_MACHINE_H
#define NIGHTDESK_CLI_MACHINE_H

#include "nightdesk/aws/stepfunctions.h"
#include "wiring.h"

enum machine_state {
    MACHINE_UNKNOWN, /* no state machine is known here */
    MACHINE_NEVER,   /* no execution has worked on the run (or all are forgotten, 90 days after their end) */
    MACHINE_RUNS,
    MACHINE_ENDED,
};

/** The newest execution of a run: named RUN, or RUN-rN when it went on with it. */
struct machine_look {
    enum machine_state state;
    unsigned generation; /* N of the next execution's name; 0: it would be the first */
    enum nd_sfn_status status;
    char *error; /* printable; NULL when there is none */
};
void machine_look_release(struct machine_look *look);
enum nd_rc machine_look(const struct wiring *w, const char *run_id, struct machine_look *out,
                        struct nd_error *err);

/**
 * After ND_NOT_FOUND of a run, with the store's reason in err: ND_RETRY and *begins when an execution runs
 * that has not made the run yet; ND_NOT_FOUND with a better reason when it ended before; else the same.
 */
enum nd_rc machine_missing(const struct wiring *w, const char *run_id, bool *begins, struct nd_error *err);
/** META of a run, with that reason when there is none. */
enum nd_rc machine_run(const struct wiring *w, const char *run_id, struct nd_meta *out, struct nd_error *err);

/**
 * Wakes the machine that waits at a gate. *woken stays false when none waits there (any more).
 * @return what Step Functions or the table refused: the decision stands all the same
 */
enum nd_rc machine_wake(const struct wiring *w, const char *run_id, const char *gate, unsigned n, bool *woken,
                        struct nd_error *err);

/**
 * After a decision: wakes who waits, or says who goes on with the run and sets the hint. With a store on this
 * machine, or no state machine, that is 'nightdesk resume RUN'.
 * @param taken  may be NULL; a state machine goes on with the run
 */
enum nd_rc machine_go_on(const struct wiring *w, struct cli *cli, const char *run_id, const char *gate,
                         unsigned n, bool *taken);

/** Starts the execution after `look`; somebody may have started the same one meanwhile, which is fine. */
enum nd_rc machine_start(const struct wiring *w, const char *run_id, const struct machine_look *look,
                         struct nd_error *err);

#endif
