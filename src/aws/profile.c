#include "profile.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <stdio.h>
#include <string.h>

const char *nd_aws_env_get(nd_aws_env *env, const char *name)
{
    const char *value = env(name);
    return value && *value ? value : NULL;
}

static enum nd_rc read_one(nd_aws_env *env, const char *variable, const char *in_home, struct nd_bytes *out,
                           struct nd_error *err)
{
    const char *given = nd_aws_env_get(env, variable), *home = nd_aws_env_get(env, "HOME");
    *out = ND_BYTES(ND_PROFILE_FILE_MAX_BYTES);
    if (!given && !home) return ND_OK;
    char *path = given ? nd_strdup(given) : nd_path_join(home, in_home);
    (void)nd_bytes_room(out, ND_PROFILE_FILE_MAX_BYTES / 16); /* growing would leave copies behind */
    enum nd_rc rc = nd_file_read(path, out, err);
    if (rc == ND_NOT_FOUND && !given) {
        nd_error_clear(err);
        rc = ND_OK;
    }
    if (rc != ND_OK && err) err->rc = ND_CONFIG;
    nd_free(path);
    return rc == ND_OK ? ND_OK : ND_CONFIG;
}

/* ---- one file ---- */

/* "[profile x]" -> "profile x"; empty when the line opens no section. */
static struct nd_view section_of(struct nd_view line)
{
    size_t end = nd_view_find(line, ND_VIEW("]"), 0);
    if (!nd_view_starts(line, "[") || end == SIZE_MAX) return (struct nd_view){NULL, 0};
    return nd_view_trim(nd_view_sub(line, 1, end));
}

static bool is_section_of(struct nd_view section, const char *profile)
{
    if (nd_view_starts(section, "profile "))
        section = nd_view_trim(nd_view_sub(section, strlen("profile "), section.len));
    return nd_view_is(section, profile);
}

static struct nd_view value_in(struct nd_view line, const char *key)
{
    size_t equals = nd_view_find(line, ND_VIEW("="), 0);
    if (equals == SIZE_MAX || !nd_view_is(nd_view_trim(nd_view_sub(line, 0, equals)), key))
        return (struct nd_view){NULL, 0};
    return nd_view_trim(nd_view_sub(line, equals + 1, line.len));
}

/* The member's value, or with key NULL the section's own line. Indented lines belong to a member that is a
 * list. */
static struct nd_view look(struct nd_view file, const char *profile, const char *key)
{
    bool inside = false;
    for (size_t at = 0; at < file.len;) {
        size_t end = nd_view_find(file, ND_VIEW("\n"), at);
        struct nd_view line = nd_view_sub(file, at, end);
        at = end == SIZE_MAX ? file.len : end + 1;
        bool indented = line.len && (line.data[0] == ' ' || line.data[0] == '\t');
        line = nd_view_trim(line);
        if (indented || !line.len || nd_view_starts(line, "#") || nd_view_starts(line, ";")) continue;
        if (nd_view_starts(line, "[")) {
            inside = is_section_of(section_of(line), profile);
            if (inside && !key) return line;
        } else if (inside && key && value_in(line, key).len) {
            return value_in(line, key);
        }
    }
    return (struct nd_view){NULL, 0};
}

/* ---- both ---- */

struct nd_view nd_profile_get(const struct nd_profile *p, const char *key)
{
    struct nd_view value = look(nd_bytes_view(&p->credentials), p->name, key);
    return value.len ? value : look(nd_bytes_view(&p->config), p->name, key);
}

enum nd_rc nd_profile_open(struct nd_profile *out, nd_aws_env *env, struct nd_error *err)
{
    struct nd_profile p = {0};
    const char *name = nd_aws_env_get(env, "AWS_PROFILE");
    if (!name) name = nd_aws_env_get(env, "AWS_DEFAULT_PROFILE");
    enum nd_rc rc = ND_OK;
    if (name && strlen(name) >= sizeof p.name)
        return nd_fail(err, ND_CONFIG, "AWS_PROFILE '%.80s' is longer than %zu characters", name,
                       sizeof p.name - 1);
    (void)snprintf(p.name, sizeof p.name, "%s", name ? name : "default");
    rc = read_one(env, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", &p.credentials, err);
    if (rc == ND_OK) rc = read_one(env, "AWS_CONFIG_FILE", ".aws/config", &p.config, err);
    if (rc == ND_OK && name && !nd_profile_get(&p, NULL).len)
        rc = nd_fail(err, ND_CONFIG, "AWS_PROFILE names '%s', which is in neither of the profile's files",
                     p.name);
    if (rc == ND_OK) {
        *out = p;
    } else {
        nd_profile_close(&p);
    }
    return rc;
}

static void wipe(struct nd_bytes *b)
{
    if (b->data) explicit_bzero(b->data, b->cap);
    nd_bytes_release(b);
}

void nd_profile_close(struct nd_profile *p)
{
    wipe(&p->credentials);
    wipe(&p->config);
}
