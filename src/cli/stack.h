/**
 * Where runs are kept and who works on them: a folder, a store in AWS, or a whole stack in AWS.
 *
 *     --store DIR | aws://TABLE/BUCKET   the runs
 *     --machine ARN                      the state machine that works on them
 *     --stack NAME                       both, from $XDG_CONFIG_HOME/nightdesk/stacks/NAME.json
 *
 * Of --store and --stack the one nearer to the command line counts. The file is what `make deploy` writes:
 * {"schema": "nightdesk.stack/1", "region", "store", "machine", "topic"}; it holds no secret.
 */
#ifndef NIGHTDESK_CLI_STACK_H
#define NIGHTDESK_CLI_STACK_H

#include "command.h"

struct stack {
    char *store;   /* a folder or aws://TABLE/BUCKET */
    char *name;    /* of --stack; NULL: none, as the others below */
    char *region;  /* where it is */
    char *machine; /* ARN of the state machine for reports */
    char *topic;   /* ARN of the topic that tells people */
};

/** ND_CONFIG: no home, no such stack, a file that is damaged · ND_BAD_INPUT: what does not go together. */
enum nd_rc stack_find(struct stack *out, const struct cli *cli, struct nd_error *err);
void stack_release(struct stack *stack);

#endif
