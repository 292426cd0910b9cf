/** prices.json as it lies in the program. */
#ifndef MODEL_TABLE_H
#define MODEL_TABLE_H

#include "nightdesk/base/json.h"

/** The row of a provider (list "providers", model NULL) or of a model ("models"), or NULL. */
const struct nd_json *table_row(const char *list, const char *provider, const char *model);

#endif
