/** The extractive writer's judgements after research: outline, sections, exhibits, summary. See writer.h. */
#ifndef PIPELINE_WRITER_EXTRACTIVE_DRAFT_H
#define PIPELINE_WRITER_EXTRACTIVE_DRAFT_H

#include "nightdesk/core/phase.h"

enum nd_rc nd_extractive_outline(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
enum nd_rc nd_extractive_draft_next(const struct nd_scene *scene, struct nd_action *out,
                                    struct nd_error *err);
enum nd_rc nd_extractive_draft(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
enum nd_rc nd_extractive_exhibits(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
enum nd_rc nd_extractive_exhibit_next(const struct nd_scene *scene, struct nd_action *out,
                                      struct nd_error *err);
enum nd_rc nd_extractive_exhibit(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
enum nd_rc nd_extractive_summary(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
/** Pairs of figures that state different values of one thing: `contradictions` of "nightdesk.synthesis/1".
 * Caller frees. */
struct nd_json *nd_extractive_differences(const struct nd_scene *scene);

#endif
