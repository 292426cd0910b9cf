#include "nightdesk/core/schema.h"
#include <string.h>

enum nd_rc nd_schema_check(const struct nd_json *json, const char *name, int64_t newest, struct nd_error *err)
{
    const char *found = NULL;
    enum nd_rc rc = nd_json_need_str(json, name, "schema", &found, err);
    if (rc != ND_OK) return rc;

    size_t len = strlen(name);
    int64_t version = 0;
    bool ours = strncmp(found, name, len) == 0 && found[len] == '/' &&
                nd_view_int(nd_view_of(found + len + 1), &version) && version >= 1;
    if (!ours) {
        return nd_fail(err, ND_BAD_INPUT, "'schema' is '%.80s', wanted '%s/%lld'", found, name,
                       (long long)newest);
    }
    if (version > newest) {
        return nd_fail(err, ND_VERSION,
                       "'%.80s' was written by a newer nightdesk; this one reads up to '%s/%lld'", found,
                       name, (long long)newest);
    }
    return ND_OK;
}
