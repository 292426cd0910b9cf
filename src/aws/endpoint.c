#include "endpoint.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/net/http.h"

#include <stdio.h>
#include <string.h>

/* ---- region and profile ---- */

static bool is_region(struct nd_view text)
{
    static const char wanted[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    for (size_t i = 0; i < text.len; i++)
        if (!text.data[i] || !strchr(wanted, text.data[i])) return false;
    return text.len > 0 && text.len < sizeof((struct nd_aws_place *)0)->region;
}

enum nd_rc nd_aws_place_find(struct nd_aws_place *out, nd_aws_env *env, const char *region,
                             struct nd_error *err)
{
    struct nd_profile profile;
    struct nd_aws_place place = {.env = env};
    enum nd_rc rc = nd_profile_open(&profile, env, err);
    if (rc != ND_OK) return rc;
    if (!region) region = nd_aws_env_get(env, "AWS_REGION");
    if (!region) region = nd_aws_env_get(env, "AWS_DEFAULT_REGION");
    struct nd_view found = region ? nd_view_of(region) : nd_profile_get(&profile, "region");
    struct nd_view url = nd_profile_get(&profile, "endpoint_url");
    if (!found.len) {
        rc =
            nd_fail(err, ND_CONFIG, "no AWS region: set AWS_REGION, or region in profile '%s'", profile.name);
    } else if (!is_region(found)) {
        rc = nd_fail(err, ND_CONFIG, "AWS region '%.*s' is not like eu-west-1",
                     (int)(found.len < 80 ? found.len : 80), found.data);
    } else {
        (void)snprintf(place.region, sizeof place.region, "%.*s", (int)found.len, found.data);
        place.profile_url = url.len ? nd_view_dup(url) : NULL;
        *out = place;
    }
    nd_profile_close(&profile);
    return rc;
}

void nd_aws_place_release(struct nd_aws_place *place)
{
    nd_free(place->profile_url);
    *place = (struct nd_aws_place){0};
}

/* ---- endpoints ---- */

static bool is_on(const struct nd_aws_place *place, const char *variable)
{
    const char *value = nd_aws_env_get(place->env, variable);
    return value && strcmp(value, "true") == 0;
}

/* The address that a person chose, or NULL. */
static const char *chosen(const struct nd_aws_place *place, const struct nd_aws_service *service)
{
    if (is_on(place, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) return NULL;
    const char *url = nd_aws_env_get(place->env, service->variable);
    if (!url) url = nd_aws_env_get(place->env, "AWS_ENDPOINT_URL");
    return url ? url : place->profile_url;
}

/* libcurl leaves a default port out of the Host header. */
static char *host_of(const char *origin)
{
    bool secure = strncmp(origin, "https://", 8) == 0;
    char *host = nd_strdup(origin + (secure ? 8 : 7));
    const char *port = secure ? ":443" : ":80";
    size_t len = strlen(host), end = strlen(port);
    if (len > end && strcmp(host + len - end, port) == 0) host[len - end] = '\0';
    return host;
}

static enum nd_rc take_chosen(struct nd_aws_endpoint *out, const char *url, const char *bucket,
                              struct nd_error *err)
{
    struct nd_view all = nd_view_of(url);
    if (!nd_url_host(all).len || strpbrk(url, "?#"))
        return nd_fail(err, ND_CONFIG, "AWS endpoint '%.120s' is not an address like http://127.0.0.1:8000",
                       url);
    size_t slash = nd_view_find(all, ND_VIEW("/"), strlen("https://"));
    size_t end = all.len;
    while (end > slash && slash != SIZE_MAX && url[end - 1] == '/') end--;
    struct nd_view path = slash == SIZE_MAX ? (struct nd_view){"", 0} : nd_view_sub(all, slash, end);
    out->origin = nd_strndup(url, slash == SIZE_MAX ? all.len : slash);
    out->prefix = nd_sprintf("%.*s%s%s", (int)path.len, path.data, bucket ? "/" : "", bucket ? bucket : "");
    out->host = host_of(out->origin);
    return ND_OK;
}

static char *standard_host(const struct nd_aws_place *place, const struct nd_aws_service *service)
{
    bool fips = is_on(place, "AWS_USE_FIPS_ENDPOINT"), dual = is_on(place, "AWS_USE_DUALSTACK_ENDPOINT");
    bool china = strncmp(place->region, "cn-", 3) == 0;
    const char *suffix = china ? "amazonaws.com.cn" : "amazonaws.com";
    if (dual && !service->is_s3) suffix = china ? "api.amazonwebservices.com.cn" : "api.aws";
    return nd_sprintf("%s%s%s.%s.%s", service->prefix, fips ? "-fips" : "",
                      dual && service->is_s3 ? ".dualstack" : "", place->region, suffix);
}

enum nd_rc nd_aws_endpoint_find(struct nd_aws_endpoint *out, const struct nd_aws_place *place,
                                const struct nd_aws_service *service, const char *bucket,
                                struct nd_error *err)
{
    *out = (struct nd_aws_endpoint){0};
    const char *url = chosen(place, service);
    if (url) return take_chosen(out, url, bucket, err);
    char *standard = standard_host(place, service);
    bool as_host = bucket && !strchr(bucket, '.'); /* the certificate is good for one more level only */
    out->host = nd_sprintf("%s%s%s", as_host ? bucket : "", as_host ? "." : "", standard);
    out->origin = nd_sprintf("https://%s", out->host);
    out->prefix = bucket && !as_host ? nd_sprintf("/%s", bucket) : nd_strdup("");
    nd_free(standard);
    return ND_OK;
}

void nd_aws_endpoint_release(struct nd_aws_endpoint *e)
{
    nd_free(e->origin);
    nd_free(e->host);
    nd_free(e->prefix);
    *e = (struct nd_aws_endpoint){0};
}
