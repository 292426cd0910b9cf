/**
 * Data points: values that a model took from the report's quotations, each checked against its quotation.
 * Tables, charts and contradictions are built from them by program.
 */
#ifndef PIPELINE_WRITER_MODEL_POINTS_H
#define PIPELINE_WRITER_MODEL_POINTS_H

#include "checking.h"
#include "writer_model.h"

#define ND_POINTS_MOST 30
#define ND_POINT_BYTES 80 /* of an entity, a measure, a unit, a date */

struct nd_point {
    char *entity, *measure, *number, *unit, *date; /* as the quotation has them; unit and date may be "" */
    double value;
    const struct nd_json *evidence; /* borrowed from the artefacts */
};
struct nd_points {
    struct nd_point v[ND_POINTS_MOST];
    size_t n;
    struct nd_known known;
};

/** The model call that is due for them in lane 0 of synthesize, or ND_ACT_DONE. */
enum nd_rc nd_points_next(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err);
/** Those that hold. */
void nd_points_read(struct nd_points *out, const struct nd_scene *scene);
void nd_points_release(struct nd_points *points);

/** The same words, whatever their case? */
bool nd_words_same(const char *a, const char *b);
/** Do they state different values of one measure of one thing at one date, in units that can be compared? */
bool nd_points_differ(const struct nd_point *a, const struct nd_point *b);
/** A cell that shows `text` under the point's quotation. Caller frees. */
struct nd_json *nd_point_cell(const struct nd_point *point, const char *text);

enum nd_rc nd_model_exhibits(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
enum nd_rc nd_model_exhibit(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
/** Adds pairs that differ to `contradictions` of "nightdesk.synthesis/1". */
void nd_points_differences(const struct nd_scene *scene, struct nd_json *contradictions);

#endif
