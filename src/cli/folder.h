/**
 * The folder that a report is put into. It belongs to one run: another run's folder, or one with other things
 * in it, is never written to. While files are being written a marker ".nightdesk-RUN" lies there, so a folder
 * that a killed process left half-written is known, and filled again by the next one.
 */
#ifndef NIGHTDESK_CLI_FOLDER_H
#define NIGHTDESK_CLI_FOLDER_H

#include "nightdesk/core/phase.h"

/** Can the run's report go there? Nothing is written. ND_BAD_INPUT says why not. */
enum nd_rc folder_check(const char *dir, const char *run_id, struct nd_error *err);

/**
 * Writes all files, removes those of an older report of this run that are not among them, and takes the
 * marker away.
 * @param ledger  goes to ledger.json; NULL: none
 * @return as folder_check · ND_BROKEN a name that leads out of the folder · ND_FULL: a folder that was made
 * here is removed again
 */
enum nd_rc folder_write(const char *dir, const char *run_id, const struct nd_artefact *report,
                        const struct nd_json *ledger, struct nd_error *err);

#endif
