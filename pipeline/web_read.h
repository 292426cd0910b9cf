/** Fetching a page and reading it: what `open` and `fetch` share. */
#ifndef PIPELINE_WEB_READ_H
#define PIPELINE_WEB_READ_H

#include "nightdesk/core/phase.h"
#include "nightdesk/core/web.h"

/**
 * The observation of the tool `open` for that address (see tools.h), whatever became of the page. found: the
 * page was found by research. ND_CONFIG there is no web · ND_STOPPED, ND_FULL … of reading and the store.
 */
enum nd_rc nd_web_read(const struct nd_scene *scene, const char *id, const char *url, bool found,
                       const atomic_bool *stop, struct nd_json **observation, struct nd_error *err);
/** The web of this run: ND_CONFIG there is none. */
enum nd_rc nd_web_of(const struct nd_scene *scene, struct nd_web **out, struct nd_error *err);

#endif
