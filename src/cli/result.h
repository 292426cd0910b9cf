/** What became of a run: the JSON of --json, the summary for people, the exit status, what to do next. */
#ifndef NIGHTDESK_CLI_RESULT_H
#define NIGHTDESK_CLI_RESULT_H

#include "command.h"
#include "nightdesk/engine/engine.h"
#include "wiring.h"

struct result {
    const struct nd_meta *meta;
    const char *topic;
    const char *out;              /* folder of the report; NULL: none was written */
    const struct nd_json *report; /* report.json; NULL: none yet */
    const struct nd_gate *gate;   /* the open gate; NULL: none */
    bool decided;                 /* it waited for a person, who has decided: it only has to go on */
    int64_t failed_inputs_max_percent;
    int signal;         /* that stopped this process, 0: none */
    int64_t elapsed_ms; /* of this process; 0: not told */
};

/** "nightdesk.run/1"; caller frees. */
struct nd_json *result_json(const struct cli *cli, const struct result *r);
/** Lines on standard error, and cli->hint: the command that goes on. */
void result_say(struct cli *cli, const struct result *r);
/**
 * Looks at the gate that the run waits with. Without an open one *gate stays as it is, and the result says
 * whether somebody has decided already. Frees nothing: release *gate after the result was used.
 */
void result_look(struct result *r, const struct wiring *w, struct nd_gate *gate);
enum nd_exit result_exit(const struct result *r);
/** What the gate shows, as text for people, line by line on standard error. */
void gate_say(const struct cli *cli, const struct nd_pipeline *pipeline, const struct nd_gate *gate);

#endif
