/* The model writer's row in the table of writers. */
#include "writer_model.h"
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include "writer.h"
#include "writer_extractive_draft.h"
#include "writer_model_points.h"
#include <string.h>

static enum nd_rc nothing_to_do(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err)
{
    (void)scene, (void)err;
    return nd_do_done(out);
}

/* Which providers there are is known where models are opened. */
static bool serves(const char *writer)
{
    const char *colon = strchr(writer, ':');
    return colon && colon != writer && colon[1];
}

static struct nd_json *label(const struct nd_scene *scene)
{
    struct nd_view writer = nd_view_of(scene->writer);
    size_t colon = nd_view_find(writer, ND_VIEW(":"), 0);
    struct nd_json *json = nd_json_object();
    nd_json_set_view(json, "provider", nd_view_sub(writer, 0, colon));
    nd_json_set_view(json, "model", nd_view_sub(writer, colon + 1, writer.len));
    return json;
}

void nd_model_ignored(const struct nd_request *request, struct nd_json *notes)
{
    (void)request; /* every wish stands in the prompts */
    nd_json_add_str(
        notes,
        "Sentences without quotation marks were written by a language model from the quotations that they "
        "cite, and checked by program (quotes, numbers) and by a model (support). Read the "
        "quotations before you rely on them.");
}

const struct nd_writer nd_writer_model = {
    .name = "model",
    .serves = serves,
    .plan = {nd_model_plan_next, nd_model_plan},
    .choose = {nd_model_choose_next, nd_model_choose},
    .outline = {nothing_to_do, nd_extractive_outline},
    .draft = {nd_model_draft_next, nd_model_draft},
    .exhibits = {nd_points_next, nd_model_exhibits},
    .exhibit = {nd_extractive_exhibit_next, nd_model_exhibit},
    .summary = {nd_model_summary_next, nd_model_summary},
    .judge = {nd_model_judge_next, nd_model_judge},
    .label = label,
    .ignored = nd_model_ignored,
};
