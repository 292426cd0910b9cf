/** Every ceiling of the program that is not a member of a request, by name. The reading child's are in
 * document/limits.h. */
#ifndef NIGHTDESK_CORE_LIMITS_H
#define NIGHTDESK_CORE_LIMITS_H

#include <stddef.h>

#define ND_RUN_ID_BYTES 65    /* 1-64 of [0-9A-Za-z_-] and a NUL */
#define ND_LANE_ID_BYTES 17   /* "0" or 16 hex digits: the hash of what the lane is about */
#define ND_ACTION_ID_BYTES 33 /* 32 hex digits */
#define ND_NAME_BYTES 32      /* names of phases, tools, gates */
#define ND_PHASES 4
#define ND_LANES_MAX 256      /* lanes of a phase, lane 0 included */
#define ND_LANE_STEPS_MAX 60  /* default of limits.steps_per_lane */
#define ND_LANE_TOOL_CALLS 20 /* default of limits.tool_calls_per_lane */
#define ND_RUN_TOOL_CALLS 200 /* default of limits.tool_calls_per_run */
#define ND_BUDGET_MICROUSD 5000000
#define ND_STEP_MAX_BYTES ((size_t)16 << 20) /* action and observation of one step, before compression */
#define ND_META_MAX_BYTES 1024
#define ND_COMMIT_MAX_ENTRIES 99 /* META makes a hundred, which is what one DynamoDB transaction takes */
#define ND_COMMIT_MAX_BYTES ((size_t)1 << 20)
#define ND_REQUEST_MAX_BYTES ((size_t)1 << 20)
#define ND_LISTING_MAX_BYTES ((size_t)32 << 20) /* of documents, where it lies beside its request */
#define ND_ARTEFACT_MAX_BYTES ((size_t)64 << 20)
#define ND_INPUTS_MAX 20000                        /* files of a run */
#define ND_PAGE_TEXT_MAX_BYTES ((size_t)256 << 20) /* all page texts of one document */
#define ND_IDLE_YIELDS_MAX 3                       /* yields without getting on, until the phase fails */
#define ND_UNKNOWN_IN_ROW_MAX 3
#define ND_REVISIONS_MAX 5 /* versions of one gate that a person may send back */

#endif
