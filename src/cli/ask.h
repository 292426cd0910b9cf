/** What is asked: the request of a run, from a --request file and the options of the command line. */
#ifndef NIGHTDESK_CLI_ASK_H
#define NIGHTDESK_CLI_ASK_H

#include "command.h"
#include "nightdesk/core/request.h"
#include "nightdesk/document/document.h"

/**
 * Builds the request: the topic argument and options of the command line replace members of the --request
 * file; settings from the environment and configuration files fill what the file leaves out. Lists on the
 * command line replace lists. Knowledge bases are replaced by their paths (kb.h).
 * @param topic  NULL: the file must have one
 * @return ND_BAD_INPUT, ND_VERSION: the note names the place
 */
enum nd_rc ask_request(const struct settings *s, const char *topic, struct nd_request **out,
                       struct nd_error *err);

/** The run's id: --run-id, or one that sorts by time, "20261124-060000-3f9a2c". ND_BAD_INPUT */
enum nd_rc ask_run_id(const struct settings *s, const struct nd_host *host, char out[ND_RUN_ID_BYTES],
                      struct nd_error *err);

/** What ask_check_inputs checks, and the list of files that it gives; release *out. */
enum nd_rc ask_inputs(const struct nd_request *request, struct nd_inputs *out, struct nd_error *err);
/**
 * The request that stands in a file of requests, taken as it is: no option and no setting changes it. Roots
 * count from the file's folder, knowledge bases are replaced by their paths.
 * @param json  is changed
 * @return ND_BAD_INPUT, ND_VERSION: the note names the member
 */
enum nd_rc ask_request_in(struct nd_json *json, const char *path, char *const *environment,
                          struct nd_request **out, struct nd_error *err);

/**
 * Every root exists and can be read, and there is at least one file to read. ND_BAD_INPUT, ND_OVER_LIMIT:
 * before anything is started or kept.
 * @param reports  folders that are left out because they hold reports of nightdesk
 */
enum nd_rc ask_check_inputs(const struct nd_request *request, size_t *reports, struct nd_error *err);

#endif
