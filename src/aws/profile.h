/** What the environment and the profile's files say. Files are read when opened and wiped when closed. */
#ifndef AWS_PROFILE_H
#define AWS_PROFILE_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

#define ND_PROFILE_FILE_MAX_BYTES ((size_t)1 << 20)

typedef const char *nd_aws_env(const char *name);
/** The value of a variable, or NULL when it is not set or empty. */
const char *nd_aws_env_get(nd_aws_env *env, const char *name);

struct nd_profile {
    char name[80];
    struct nd_bytes credentials, config; /* the two files; a missing one is empty */
};
/** ND_CONFIG a file cannot be read, or AWS_PROFILE names one that is in neither. */
enum nd_rc nd_profile_open(struct nd_profile *out, nd_aws_env *env, struct nd_error *err);
/** A member of the profile's section, of the credentials file first. Borrowed; empty when there is none. */
struct nd_view nd_profile_get(const struct nd_profile *profile, const char *key);
void nd_profile_close(struct nd_profile *profile);

#endif
