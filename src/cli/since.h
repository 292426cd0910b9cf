/** run --since: what an earlier run of the store found, put into the request. */
#ifndef NIGHTDESK_CLI_SINCE_H
#define NIGHTDESK_CLI_SINCE_H

#include "command.h"
#include "nightdesk/core/request.h"
#include "wiring.h"

/** As good as no --since: state machines and plans have a word in that place always. */
#define SINCE_NONE "none"

/**
 * With --since RUN the request gets the sources and statements of that run's report, and its sections as the
 * outline when it has none of its own. "latest" is the newest completed run with the same topic other than
 * run_id; a store without one is fine, there is nothing to compare with then.
 * @return ND_BAD_INPUT there is no such run, or it has no report
 */
enum nd_rc since_resolve(const struct cli *cli, const char *run_id, struct nd_request **request,
                         struct nd_error *err);
/** False for "none", too. */
bool since_given(const struct cli *cli);
/** Which run that is, "" when there is none: "latest" is looked for, a run that is named is taken at its
 * word. */
enum nd_rc since_find(struct wiring *w, const char *given, const char *run_id, const char *topic,
                      char earlier[ND_RUN_ID_BYTES], struct nd_error *err);
void since_say(const struct cli *cli, const char *earlier);
/** The same in an open store. `earlier` gets the run that it is compared with, "" when there is none. */
enum nd_rc since_add(struct wiring *w, const char *given, const char *run_id, struct nd_request **request,
                     char earlier[ND_RUN_ID_BYTES], struct nd_error *err);
/**
 * "latest" of a batch: the newest completed run of an item's series, ITEM-yyyymmddThhmmss, before `run_id`,
 * which is one of them. "" when there is none.
 */
enum nd_rc since_in_series(struct wiring *w, const char *run_id, char found[ND_RUN_ID_BYTES],
                           struct nd_error *err);
/** True when the run's request is `asked` but for what --since put into it. */
enum nd_rc since_same_request(const struct wiring *w, const char *run_id, const struct nd_request *asked,
                              bool *same, struct nd_error *err);

#endif
