/** What became of a run: the JSON of --json, the summary for people, the exit status, what to do next. */
#ifndef NIGHTDESK_CLI_RESULT_H
#define NIGHTDESK_CLI_RESULT_H

#include "command.h"
#include "nightdesk/engine/engine.h"

struct result {
    const struct nd_meta *meta;
    const char *topic;
    const char *out;              /* folder of the report; NULL: none was written */
    const struct nd_json *report; /* report.json; NULL: none yet */
    const struct nd_gate *gate;   /* the open gate; NULL: none */
    int64_t failed_inputs_max_percent;
    int signal;         /* that stopped this process, 0: none */
    int64_t elapsed_ms; /* of this process; 0: not told */
};

/** "nightdesk.run/1"; caller frees. */
struct nd_json *result_json(const struct result *r);
/** Lines on standard error, and cli->hint: the command that goes on. */
void result_say(struct cli *cli, const struct result *r);
enum nd_exit result_exit(const struct result *r);
/** What the gate shows, as text for people, line by line on standard error. */
void gate_say(const struct cli *cli, const struct nd_pipeline *pipeline, const struct nd_gate *gate);

#endif
