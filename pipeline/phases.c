/* The phases in their order, the tools, and how gates are edited: what the engine is handed. */
#include "gate_text.h"
#include "nightdesk/pipeline/pipeline.h"
#include "phase_table.h"
#include "pipeline_sha256.h"
#include "tools.h"

static const struct nd_tool *const tools[] = {
    &nd_tool_inputs, &nd_tool_fetch,    &nd_tool_read,     &nd_tool_survey,
    &nd_tool_search, &nd_tool_open,     &nd_tool_find,     &nd_tool_lift,
    &nd_tool_check,  &nd_tool_look,     &nd_tool_page,     &nd_tool_within,
    &nd_tool_note,   &nd_tool_retrieve, &nd_tool_passages, NULL};

static const struct nd_pipeline pipeline = {
    .sha256 = ND_PIPELINE_SHA256,
    .phases =
        {
            [ND_RESEARCH] = &nd_phase_research,
            [ND_DRAFT] = &nd_phase_draft,
            [ND_SYNTHESIZE] = &nd_phase_synthesize,
            [ND_FACT_CHECK] = &nd_phase_fact_check,
        },
    .tools = tools,
    .gate_text = nd_gate_text,
    .gate_parse = nd_gate_parse,
};

const struct nd_pipeline *nd_pipeline(void)
{
    return &pipeline;
}
