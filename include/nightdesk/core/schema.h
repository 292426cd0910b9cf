/** Every record, request and artefact says what it is: "schema": "nightdesk.NAME/VERSION" (PROTOCOL P7). */
#ifndef NIGHTDESK_CORE_SCHEMA_H
#define NIGHTDESK_CORE_SCHEMA_H

#include "nightdesk/base/json.h"

/**
 * Checks the member "schema" of an object.
 * @param name    "nightdesk.reading"
 * @param newest  the highest version that this program reads
 * @return ND_BAD_INPUT no object, no schema or another name · ND_VERSION written by a newer program
 */
enum nd_rc nd_schema_check(const struct nd_json *json, const char *name, int64_t newest,
                           struct nd_error *err);

#endif
