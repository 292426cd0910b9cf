/** What the files of the JSON fence share: the library's tree and the order of members. */
#ifndef NIGHTDESK_BASE_JSON_TREE_H
#define NIGHTDESK_BASE_JSON_TREE_H

#include "nightdesk/base/json.h"

#include <cjson/cJSON.h>

/** The members of an object by name, in byte order; caller frees the array. */
const cJSON **nd_json_sorted(const cJSON *object, size_t *n);

#endif
