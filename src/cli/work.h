/** Working on a run from the command line: shared by run, resume and phase. */
#ifndef NIGHTDESK_CLI_WORK_H
#define NIGHTDESK_CLI_WORK_H

#include "wiring.h"

enum { WORK_ALL_PHASES = -1 };

struct work {
    struct cli *cli;
    const char *run_id;
    const struct nd_request *request;
    int phase;   /* WORK_ALL_PHASES or one */
    bool create; /* make the run when it is not there; started_ms is then its start */
    int64_t started_ms;
    bool quiet_folder; /* a report is written only when --out is given or was given before */
};

/**
 * Says what will leave the machine, shows progress, works until there is an outcome, writes the report, sets
 * cli->result and cli->hint. The wiring is open; this makes it ready for work.
 * @return the exit status; cli->err has the reason when no outcome was written
 */
enum nd_exit work_on(struct wiring *w, const struct work *work);

/**
 * A bill above its bound ended the run (price_fault): more calls would be bounded by the same wrong price, so
 * it goes on only when `resume` is told on its command line what a model costs, or a ceiling again.
 * @return ND_BAD_INPUT says so; ND_OK when there is no such run yet
 */
enum nd_rc work_check_fault(const struct wiring *w, struct cli *cli, const char *run_id);

/**
 * After something that ends the run was recorded (cancel, reject): a worker that lives ends it itself;
 * without one, this process writes the ending. *meta is what stands then.
 */
enum nd_rc work_settle(struct wiring *w, struct cli *cli, const char *run_id, struct nd_meta *meta);

/** Who on other machines would receive what: one line each. Nothing is said when nobody would. */
void work_say_hosts(const struct cli *cli, const struct nd_request *request, enum style style);
/** The same as rows {"host", "receives"}. */
void work_add_hosts(const struct cli *cli, const struct nd_request *request, struct nd_json *hosts);
/** report.json among the files, parsed; NULL when it is not there. Caller frees. */
struct nd_json *work_report_json(const struct nd_artefact *report);

#endif
