/** What the files report_*.c share while a report is made. */
#ifndef PIPELINE_REPORT_BUILDER_H
#define PIPELINE_REPORT_BUILDER_H

#include "checking.h"
#include "report_json.h"
#include "writer.h"

/** A quote that is cited: a part of the evidence, numbered when it is first met. */
struct nd_cited_quote {
    struct nd_part part;
    size_t number;
};

/** A statement that is printed: where it was drafted, and its id. */
struct nd_printed {
    const char *section; /* borrowed */
    size_t index;
    struct nd_json *json; /* its place in the report */
};

struct nd_builder {
    const struct nd_scene *scene;
    struct nd_library *lib; /* NULL: nothing was read (a run that stopped before) */
    struct nd_known known;
    struct nd_json *report, *quotes;
    struct nd_json *must_cover; /* until it is in the receipt; NULL: nothing was asked for */
    struct nd_cited_quote *cited;
    size_t cited_n, cited_cap;
    size_t *source_id; /* by number: its id in the report, 0 while not cited */
    size_t sources_used;
    size_t claims;
    struct nd_printed *printed; /* in the order of their ids: c1, c2 … */
    size_t kept_claims, printed_cap;
};

/** The quote's id, numbering it (and its source) when it is new. "" and ND_BROKEN when it is no place in a
 * page text. */
enum nd_rc nd_builder_quote(struct nd_builder *b, const struct nd_part *part, struct nd_view shown,
                            const struct nd_json *evidence, char id[16], struct nd_error *err);
/** Sets `introduction`: what was asked, and how many statements are printed for how many parts. Sections must
 * be there. */
void nd_builder_introduction(struct nd_builder *b);
/** Adds `sources` and `receipt`; every quote must be numbered by then. */
void nd_builder_sources(struct nd_builder *b);
/** Adds `changes` when the request names an earlier report; sections and sources must be there. */
void nd_builder_changes(struct nd_builder *b);

/** Adds `notes`: which wishes were not obeyed, what was cut short. Sections and exhibits must be there. */
void nd_builder_notes(struct nd_builder *b, const struct nd_writer *writer,
                      const struct nd_verdicts *verdicts);
/** Finds what became of each point that the request wants covered, for the receipt; a note for each that is
 * not. Sections must be there. */
void nd_builder_covered(struct nd_builder *b, struct nd_json *notes);
/** Adds to `checks` what the request's guardrail did: "guardrail": {"name", "judged", "blocked", "missed"}.
 */
void nd_report_guardrail(const struct nd_request *request, const struct nd_verdicts *verdicts,
                         struct nd_json *checks);
/** A line for each reason for which it did not judge statements, in their order. */
void nd_report_guardrail_notes(const struct nd_request *request, const struct nd_verdicts *verdicts,
                               struct nd_json *notes);

#endif
