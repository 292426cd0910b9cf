/**
 * The pipeline's tools. All are local and free; `find` is what a writer asks for and counts against the
 * limits.
 *
 *     inputs   {}                    freezes the list of files:
 *                                    {"inputs": [{"root", "path", "also", "size_bytes", "sha256"}]}
 *     read     {}                    "nightdesk.sources/1"
 *     survey   {"version", "why"?}   the extractive writer's plan: "nightdesk.plan/1"; with "sub_topics":
 *                                    [{"title", "question", "words"}] a plan of these
 *     find     a sub-topic's spec and {"attempt", "more"?}:
 *              {"passages", "documents", "candidates": […], "figures": […], "tables": […]}
 *     lift     {"source", "table"}   a table of a source, cell by cell with its place
 *     check    {"section"}           every claim of a drafted section against the page texts:
 *                                    {"claims": [{"ok", "what"?}]}
 */
#ifndef PIPELINE_TOOLS_H
#define PIPELINE_TOOLS_H

#include "nightdesk/core/phase.h"

extern const struct nd_tool nd_tool_inputs, nd_tool_read, nd_tool_survey, nd_tool_find, nd_tool_lift,
    nd_tool_check;

/** What `check` does; section "summary" is the summary's. stop may be NULL. */
enum nd_rc nd_section_check(const struct nd_scene *scene, const char *section, const atomic_bool *stop,
                            struct nd_json **out, struct nd_error *err);

#endif
