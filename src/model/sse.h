/** Server-sent events: the data of one event after the other. Pure. */
#ifndef MODEL_SSE_H
#define MODEL_SSE_H

#include "nightdesk/base/bytes.h"

/** The next event's data (lines joined by a newline) into `data`, which is cleared first; false at the end.
 */
bool sse_next(struct nd_view *rest, struct nd_bytes *data);

#endif
