/**
 * What a research lane was shown and what it noted, as its transcript tells. What the tools of the model's
 * choice brought is numbered as it came: "s1", "s2" … for snippets, "n1" … for notes; the model knows
 * documents only as "d1" … and all else by these ids.
 *
 * Observations that bring snippets hold {"items": [{"parts", "text", "shown"?, …}]}; those of `find` hold
 * "candidates"; those of `note` {"noted": [candidates], "not_noted": […]}.
 */
#ifndef PIPELINE_NOTEBOOK_H
#define PIPELINE_NOTEBOOK_H

#include "evidence.h"
#include "nightdesk/core/phase.h"

struct nd_snippet {
    const struct nd_json *item; /* borrowed from the transcript */
    struct nd_parts parts;
    bool local; /* of a source labelled local */
};
struct nd_notebook {
    struct nd_snippet *snippet;
    size_t n, cap;
    const struct nd_json **note; /* candidates, borrowed from the transcript */
    size_t notes, note_cap;
    bool open; /* the model is elsewhere: what is local is not for it */
};

/** Of the lane's first `steps` steps (SIZE_MAX: all). */
void nd_notebook_read(struct nd_notebook *out, const struct nd_scene *scene, size_t steps);
void nd_notebook_release(struct nd_notebook *nb);
/** What the next step brings. */
void nd_notebook_add(struct nd_notebook *nb, const struct nd_scene *scene, const struct nd_step *step);

/** The snippets in a step's observation, NULL: it brings none. */
const struct nd_json *nd_step_items(const struct nd_step *step);
/** The number of the snippet that stands there, 0: none. */
size_t nd_notebook_place(const struct nd_notebook *nb, const struct nd_parts *parts);
/** "s12": the snippet, NULL when there is none of that id that the model may know. */
const struct nd_snippet *nd_notebook_find(const struct nd_notebook *nb, const char *id);
/** The number of the note that shares a sentence with these parts, 0: none. */
size_t nd_notebook_noted(const struct nd_notebook *nb, const struct nd_parts *parts);

#endif
