/** Which pages research brought up, printed or not: what a report's gaps and its recall are judged by. */
#ifndef PIPELINE_SEEN_H
#define PIPELINE_SEEN_H

#include "nightdesk/core/phase.h"

/**
 * Pages whose text a lane's searches looked at, by the observations of `find`, `look`, `page` and `within`:
 * [{"source": number within the lane, "page"}…] in order, each once. NULL lane: none. Caller frees.
 */
struct nd_json *nd_lane_seen(const struct nd_lane *lane);

#endif
