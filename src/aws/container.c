/* The container endpoint: where ECS, Fargate and EKS hand out the credentials of a task's role. */
#include "container.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/json.h"

#include <string.h>

#define ECS_ORIGIN "http://169.254.170.2"
#define TRIES 3
#define WAIT_MS 1000
#define ANSWER_MS 2000
#define ANSWER_MAX_BYTES ((size_t)64 << 10)
#define TOKEN_MAX_BYTES ((size_t)16 << 10)

bool nd_container_allowed(const char *url)
{
    static const char *const hosts[] = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
    struct nd_view all = nd_view_of(url), host = nd_url_host(all);
    if (!host.len) return false;
    if (nd_view_starts(all, "https://") || nd_url_is_local(all)) return true;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        if (nd_view_is(host, hosts[i])) return true;
    return false;
}

/* The address, or NULL when there is no container endpoint. The relative one wins. */
static char *address(const struct nd_aws_config *config, nd_aws_env *env)
{
    const char *relative = nd_aws_env_get(env, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = nd_aws_env_get(env, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const char *origin = config->container_origin ? config->container_origin : ECS_ORIGIN;
    if (relative) return nd_sprintf("%s%s%s", origin, *relative == '/' ? "" : "/", relative);
    return full ? nd_strdup(full) : NULL;
}

/* "Authorization: TOKEN", or NULL in *out when there is no token. The file is read anew for every fetch. */
static enum nd_rc authorization(nd_aws_env *env, char **out, struct nd_error *err)
{
    const char *path = nd_aws_env_get(env, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *given = nd_aws_env_get(env, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    struct nd_bytes file = ND_BYTES(TOKEN_MAX_BYTES);
    struct nd_view token = nd_view_of(given);
    *out = NULL;
    if (path) {
        if (nd_file_read(path, &file, err) != ND_OK) {
            (void)nd_while(err, "while reading AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
            if (err) err->rc = ND_CONFIG;
            return ND_CONFIG;
        }
        token = nd_view_trim(nd_bytes_view(&file));
    }
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < token.len && rc == ND_OK; i++)
        if (token.data[i] < ' ' || token.data[i] > '~')
            rc = nd_fail(err, ND_CONFIG,
                         "the container's authorization token holds a character that no header may");
    if (rc == ND_OK && token.len) *out = nd_sprintf("Authorization: %.*s", (int)token.len, token.data);
    if (file.data) explicit_bzero(file.data, file.cap);
    nd_bytes_release(&file);
    return rc;
}

static char *member(const struct nd_json *json, const char *name)
{
    struct nd_view value = nd_json_view(nd_json_get(json, name));
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] <= ' ' || value.data[i] > '~') return NULL;
    return value.len ? nd_view_dup(value) : NULL;
}

static enum nd_rc parse(struct nd_view text, struct nd_aws_keys *out, struct nd_error *err)
{
    struct nd_json *json = NULL;
    struct nd_aws_keys keys = {.source = "container"};
    const char *expires = NULL;
    bool fine = nd_json_parse(&json, text, NULL) == ND_OK;
    if (fine) {
        keys.access = member(json, "AccessKeyId");
        keys.secret = member(json, "SecretAccessKey");
        keys.token = member(json, "Token");
        expires = nd_json_get_str(json, "Expiration");
    }
    fine = fine && keys.access && keys.secret;
    fine = fine && (!expires || nd_time_parse(expires, &keys.expires_ms, NULL) == ND_OK);
    nd_json_free(json);
    if (fine) {
        *out = keys;
        return ND_OK;
    }
    nd_aws_keys_release(&keys);
    return nd_fail(err, ND_RETRY,
                   "the container endpoint's answer holds no AccessKeyId, SecretAccessKey and Expiration");
}

static enum nd_rc fetch_once(const struct nd_aws_config *config, nd_aws_env *env, const char *url,
                             struct nd_aws_keys *out, struct nd_error *err)
{
    char *token = NULL;
    struct nd_http_answer answer = {0};
    enum nd_rc rc = authorization(env, &token, err);
    if (rc != ND_OK) return rc;
    const char *headers[] = {"Accept: application/json", token, NULL};
    struct nd_http_request request = {.method = "GET",
                                      .url = url,
                                      .headers = headers,
                                      .total_ms = config->total_ms ? config->total_ms : ANSWER_MS,
                                      .max_body_bytes = ANSWER_MAX_BYTES,
                                      .harmless = true};
    rc = nd_http_send(config->http, &request, NULL, &answer, err);
    if (rc == ND_OK && answer.status != 200)
        rc = nd_fail(err, ND_RETRY, "the container endpoint '%.120s' answers with status %d", url,
                     answer.status);
    if (rc == ND_OK) rc = parse(nd_bytes_view(&answer.body), out, err);
    if (rc == ND_UNKNOWN) rc = ND_RETRY; /* asking changes nothing */
    if (answer.body.data) explicit_bzero(answer.body.data, answer.body.cap);
    nd_http_answer_release(&answer);
    if (token) explicit_bzero(token, strlen(token));
    nd_free(token);
    return rc;
}

enum nd_rc nd_container_load(const struct nd_aws_config *config, nd_aws_env *env, struct nd_aws_keys *out,
                             bool *found, struct nd_error *err)
{
    char *url = address(config, env);
    *found = url != NULL;
    if (!url) return ND_OK;
    enum nd_rc rc = ND_RETRY;
    if (!nd_container_allowed(url))
        rc = nd_fail(err, ND_CONFIG,
                     "AWS_CONTAINER_CREDENTIALS_FULL_URI is '%.120s', wanted https, this machine, or the "
                     "endpoint of ECS or"
                     " EKS",
                     url);
    for (unsigned tried = 0; rc == ND_RETRY && tried < TRIES; tried++) {
        if (tried) config->host->sleep_ms(config->host->ctx, WAIT_MS);
        nd_error_clear(err);
        rc = fetch_once(config, env, url, out, err);
    }
    if (rc != ND_OK) (void)nd_while(err, "while asking the container endpoint for credentials");
    if (err && rc != ND_OK) err->rc = rc;
    nd_free(url);
    return rc;
}
