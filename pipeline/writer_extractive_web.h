/** The extractive writer elsewhere: knowledge bases asked and the web searched with the sub-topic's words,
 * the first results opened, all of it quoted like documents. */
#ifndef PIPELINE_WRITER_EXTRACTIVE_WEB_H
#define PIPELINE_WRITER_EXTRACTIVE_WEB_H

#include "nightdesk/core/phase.h"

#define ND_WEB_OPEN_WANTED 3 /* pages that a sub-topic reads */
#define ND_WEB_OPEN_TRIES 6  /* results that are tried for them */

/** The lane's calls of `find` among the run's sources, or among its own pages. */
struct nd_finds {
    size_t n;                   /* refused ones included */
    const struct nd_json *args; /* of the last; NULL: none */
    const struct nd_json *seen; /* of the last that was neither refused nor failed; NULL: none */
};
struct nd_finds nd_finds_of(const struct nd_lane *lane, bool pages);

/** The next step elsewhere, or ND_ACT_DONE. */
enum nd_rc nd_extractive_web_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err);
/** Adds what the lane's pages gave to what the run's sources gave, candidates by score; a note says why the
 * web was not asked. */
void nd_extractive_web_result(const struct nd_scene *scene, struct nd_json *found);

#endif
