/**
 * Safety of a report (docs/adr/0016): what it would print is searched for hazards (hazards.h) before its
 * files are made. Secrets are always masked; other kinds are named (flag), masked too (mask), or stop the
 * report (block).
 *
 * A mask keeps the place: each byte of what is masked but white space becomes '*', in the text of the page,
 * in the quotes that stand there and in what is made of them. A quote therefore still is the bytes at its
 * place in the page text that lies in evidence/, and `verify` checks it as any other. The report lists the
 * places
 * ("masks"), so that with the originals at hand everything around them can be checked too.
 */
#ifndef NIGHTDESK_REPORT_SAFETY_H
#define NIGHTDESK_REPORT_SAFETY_H

#include "nightdesk/report/cited.h"
#include "nightdesk/report/hazards.h"

enum nd_safety { ND_SAFETY_FLAG, ND_SAFETY_MASK, ND_SAFETY_BLOCK };
/** "flag", "mask" or "block" (NULL: flag). */
enum nd_safety nd_safety_of(const char *word);

struct nd_safety_rules {
    enum nd_safety mode;
    const struct nd_strings *forbidden; /* borrowed; NULL: none */
};

/**
 * Replaces *report by what may be printed and masks the texts in `pages` (all cited ones must be there). Adds
 * findings to `checks`, each with the id of its claim, section, exhibit or source, and `masks`. A table's
 * cell over a masked quote is left empty, a chart with such a cell becomes a table; a statement whose numbers
 * stood in masked text alone is masked whole. Without hazards nothing changes.
 * @return ND_BAD_INPUT "safety_block: …" in mode block, when the report would print a hazard; or the report
 * is not well-formed. *report and pages are then not for printing.
 */
enum nd_rc nd_report_safety(struct nd_json **report, struct nd_cited *pages,
                            const struct nd_safety_rules *rules, struct nd_error *err);

/** Copies text with every secret replaced by '*' for each of its bytes: for what is shown before a report is.
 */
void nd_safety_hide(struct nd_view text, struct nd_bytes *out);

#endif
