/** The four phases, one file each; the table that the engine gets is in phases.c. */
#ifndef PIPELINE_PHASE_TABLE_H
#define PIPELINE_PHASE_TABLE_H

#include "nightdesk/core/phase.h"

#define ND_PLAN_SCHEMA "nightdesk.plan/1"
#define ND_EVIDENCE_SCHEMA "nightdesk.evidence/1"
#define ND_OUTLINE_SCHEMA "nightdesk.outline/1"
#define ND_DRAFT_SCHEMA "nightdesk.draft/1"
#define ND_SYNTHESIS_SCHEMA "nightdesk.synthesis/1"
#define ND_REPORT_SCHEMA "nightdesk.report/1"

extern const struct nd_phase nd_phase_research, nd_phase_draft, nd_phase_synthesize, nd_phase_fact_check;

/** What a person answered to a sub-topic's question, and what is to be done. */
enum nd_answer { ND_ANSWER_NONE, ND_ANSWER_LEAVE_OUT, ND_ANSWER_GAP, ND_ANSWER_WORDS };
/** *words is set for ND_ANSWER_WORDS, borrowed from the transcript. */
enum nd_answer nd_lane_answer(const struct nd_lane *lane, const char **words);

/** Quotes of a body, by the length that was asked for. */
#define ND_FINDINGS_MOST 8 /* key findings; they stand before the body and beside its quotes */
size_t nd_quotes_wanted(const struct nd_request *request);

/** ND_BROKEN names the member that an earlier phase's artefact lacks. */
enum nd_rc nd_artefact_check(const struct nd_scene *scene, unsigned phase, const char *schema,
                             struct nd_error *err);

#endif
