/** Where a run's report goes: --out, or the folder that the run was started with, or ./nightdesk-RUN. */
#ifndef NIGHTDESK_CLI_PLACE_H
#define NIGHTDESK_CLI_PLACE_H

#include "wiring.h"

/**
 * The folder; caller frees. The run need not exist yet.
 * @param known_only  *out is NULL when no folder was ever named, in place of ./nightdesk-RUN
 * @return ND_BROKEN and others of the store
 */
enum nd_rc place_choose(const struct wiring *w, const struct cli *cli, const char *run_id, bool known_only,
                        char **out, struct nd_error *err);
/**
 * Keeps the folder with the run, once: the first one stays. When another is kept already, cli->out_again is
 * set, so that printed commands name this one.
 */
enum nd_rc place_keep(const struct wiring *w, struct cli *cli, const char *run_id, const char *out,
                      struct nd_error *err);

#endif
