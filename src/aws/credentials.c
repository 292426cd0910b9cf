#include "credentials.h"
#include "container.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct nd_credentials {
    struct nd_aws_config config;
    nd_aws_env *env;
    pthread_mutex_t mutex; /* guards all below; held during a fetch, so that one thread fetches for all */
    struct nd_aws_keys keys;
    int64_t calm_until_ms; /* no try to renew before, on the monotonic clock */
};

/* ---- keys ---- */

static void wipe(char *text)
{
    if (text) explicit_bzero(text, strlen(text));
    nd_free(text);
}

void nd_aws_keys_release(struct nd_aws_keys *keys)
{
    wipe(keys->access);
    wipe(keys->secret);
    wipe(keys->token);
    *keys = (struct nd_aws_keys){0};
}

static struct nd_aws_keys copy_of(const struct nd_aws_keys *keys)
{
    struct nd_aws_keys copy = *keys;
    copy.access = nd_strdup(keys->access);
    copy.secret = nd_strdup(keys->secret);
    copy.token = nd_strdup(keys->token);
    return copy;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same(const struct nd_aws_keys *a, const struct nd_aws_keys *b)
{
    return same_text(a->access, b->access) && same_text(a->secret, b->secret) &&
           same_text(a->token, b->token);
}

/* What goes into a header, and nothing else. */
static bool is_plain(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c > '~') return false;
    return true;
}

static enum nd_rc check(struct nd_aws_keys *keys, struct nd_error *err)
{
    if (is_plain(keys->access) && is_plain(keys->secret) && (!keys->token || is_plain(keys->token)))
        return ND_OK;
    enum nd_rc rc =
        nd_fail(err, ND_CONFIG, "the AWS keys of the %s hold a space or another character that none has",
                keys->source);
    nd_aws_keys_release(keys);
    return rc;
}

/* ---- places ---- */

static enum nd_rc load_environment(struct nd_credentials *c, struct nd_aws_keys *out, bool *found,
                                   struct nd_error *err)
{
    const char *access = nd_aws_env_get(c->env, "AWS_ACCESS_KEY_ID");
    const char *secret = nd_aws_env_get(c->env, "AWS_SECRET_ACCESS_KEY");
    const char *token = nd_aws_env_get(c->env, "AWS_SESSION_TOKEN");
    const char *expires = nd_aws_env_get(c->env, "AWS_CREDENTIAL_EXPIRATION");
    *found = access != NULL;
    if (!access) return ND_OK;
    if (!secret) return nd_fail(err, ND_CONFIG, "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not");
    int64_t expires_ms = 0;
    if (expires && nd_time_parse(expires, &expires_ms, NULL) != ND_OK)
        return nd_fail(err, ND_CONFIG,
                       "AWS_CREDENTIAL_EXPIRATION is '%.40s', wanted a time like 2026-11-24T06:00:00Z",
                       expires);
    *out = (struct nd_aws_keys){nd_strdup(access), nd_strdup(secret), nd_strdup(token), expires_ms,
                                "environment"};
    return check(out, err);
}

/* Members of a profile that name another way to credentials. */
static const char *const other_ways[] = {"role_arn", "sso_session", "sso_start_url", "credential_process",
                                         "web_identity_token_file"};

static enum nd_rc no_keys(const struct nd_profile *profile, struct nd_error *err)
{
    for (size_t i = 0; i < sizeof other_ways / sizeof other_ways[0]; i++)
        if (nd_profile_get(profile, other_ways[i]).len)
            return nd_fail(err, ND_CONFIG,
                           "profile '%s' gets its keys by %s, which nightdesk does not; put them into the "
                           "environment, for"
                           " example with: aws configure export-credentials --format env",
                           profile->name, other_ways[i]);
    return ND_OK;
}

static enum nd_rc load_profile(struct nd_credentials *c, struct nd_aws_keys *out, bool *found,
                               struct nd_error *err)
{
    struct nd_profile profile;
    enum nd_rc rc = nd_profile_open(&profile, c->env, err);
    if (rc != ND_OK) return rc;
    struct nd_view access = nd_profile_get(&profile, "aws_access_key_id");
    struct nd_view secret = nd_profile_get(&profile, "aws_secret_access_key");
    struct nd_view token = nd_profile_get(&profile, "aws_session_token");
    *found = access.len > 0;
    if (!access.len) {
        rc = no_keys(&profile, err);
    } else if (!secret.len) {
        rc = nd_fail(err, ND_CONFIG, "profile '%s' has no aws_secret_access_key", profile.name);
    } else {
        *out = (struct nd_aws_keys){.access = nd_view_dup(access),
                                    .secret = nd_view_dup(secret),
                                    .token = token.len ? nd_view_dup(token) : NULL};
        (void)snprintf(out->source, sizeof out->source, "profile '%s'", profile.name);
        rc = check(out, err);
    }
    nd_profile_close(&profile);
    return rc;
}

static enum nd_rc load_container(struct nd_credentials *c, struct nd_aws_keys *out, bool *found,
                                 struct nd_error *err)
{
    return nd_container_load(&c->config, c->env, out, found, err);
}

static enum nd_rc load(struct nd_credentials *c, struct nd_aws_keys *out, struct nd_error *err)
{
    static enum nd_rc (*const places[])(struct nd_credentials *, struct nd_aws_keys *, bool *,
                                        struct nd_error *) = {load_environment, load_profile, load_container};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        bool found = false;
        enum nd_rc rc = places[i](c, out, &found, err);
        if (rc != ND_OK) return rc;
        if (!found) continue;
        nd_log_secret(out->secret);
        if (out->token) nd_log_secret(out->token);
        return ND_OK;
    }
    return nd_fail(
        err, ND_CONFIG,
        "no AWS credentials: AWS_ACCESS_KEY_ID is not set, the profile has no keys, and there is no container"
        " endpoint");
}

/* ---- when ---- */

static int64_t now_ms(struct nd_credentials *c)
{
    return c->config.host->now_ms(c->config.host->ctx);
}

/* With the mutex held. */
static enum nd_rc renew(struct nd_credentials *c, struct nd_error *err)
{
    struct nd_aws_keys fresh = {0};
    enum nd_rc rc = load(c, &fresh, err);
    if (rc != ND_OK) return rc;
    nd_aws_keys_release(&c->keys);
    c->keys = fresh;
    return ND_OK;
}

/* With the mutex held: those that still serve are renewed ahead; while that fails they go on serving. */
static enum nd_rc freshen(struct nd_credentials *c, struct nd_error *err)
{
    if (!c->keys.access) return renew(c, err);
    int64_t left_ms = c->keys.expires_ms ? c->keys.expires_ms - now_ms(c) : INT64_MAX;
    if (left_ms >= ND_CREDENTIALS_AHEAD_MS) return ND_OK;
    if (left_ms <= 0) return renew(c, err);
    int64_t clock_ms = c->config.host->monotonic_ms(c->config.host->ctx);
    if (clock_ms < c->calm_until_ms) return ND_OK;
    c->calm_until_ms = clock_ms + ND_CREDENTIALS_CALM_MS;
    struct nd_error why = {0};
    if (renew(c, &why) != ND_OK)
        nd_log(ND_LOG_WARN, "AWS credentials could not be renewed ahead of their end: %s", why.note[0]);
    return ND_OK;
}

enum nd_rc nd_credentials_get(struct nd_credentials *c, struct nd_aws_keys *out, struct nd_error *err)
{
    (void)pthread_mutex_lock(&c->mutex);
    enum nd_rc rc = freshen(c, err);
    if (rc == ND_OK) *out = copy_of(&c->keys);
    (void)pthread_mutex_unlock(&c->mutex);
    return rc;
}

bool nd_credentials_refuse(struct nd_credentials *c, const struct nd_aws_keys *refused)
{
    (void)pthread_mutex_lock(&c->mutex);
    bool others = true; /* another thread has renewed them meanwhile */
    if (c->keys.access && same(&c->keys, refused)) {
        struct nd_error why = {0};
        others = renew(c, &why) == ND_OK && !same(&c->keys, refused);
    }
    (void)pthread_mutex_unlock(&c->mutex);
    return others;
}

struct nd_credentials *nd_credentials_open(const struct nd_aws_config *config)
{
    struct nd_credentials *c = ND_NEW(struct nd_credentials);
    c->config = *config;
    c->env = config->env;
    (void)pthread_mutex_init(&c->mutex, NULL);
    return c;
}

void nd_credentials_close(struct nd_credentials *c)
{
    if (!c) return;
    nd_aws_keys_release(&c->keys);
    (void)pthread_mutex_destroy(&c->mutex);
    nd_free(c);
}
