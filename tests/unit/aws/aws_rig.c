#include "aws_rig.h"
#include "nightdesk/base/alloc.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define VARIABLES_MAX 32

static struct {
    char *name, *value;
} variables[VARIABLES_MAX];

void rig_env_set(const char *name, const char *value)
{
    for (size_t i = 0; i < VARIABLES_MAX; i++) {
        if (variables[i].name && strcmp(variables[i].name, name) != 0) continue;
        nd_free(variables[i].name);
        nd_free(variables[i].value);
        variables[i].name = nd_strdup(name);
        variables[i].value = nd_strdup(value);
        return;
    }
    ck_abort_msg("the rig's environment is full");
}

const char *rig_env(const char *name)
{
    for (size_t i = 0; i < VARIABLES_MAX; i++)
        if (variables[i].name && strcmp(variables[i].name, name) == 0) return variables[i].value;
    return NULL;
}

struct rig_clock rig_clock = {1767323045000, 0}; /* 2026-01-02T03:04:05Z */

static int64_t clock_now(void *ctx)
{
    (void)ctx;
    return atomic_load(&rig_clock.now_ms);
}

static void clock_sleep(void *ctx, int64_t ms)
{
    (void)ctx;
    (void)atomic_fetch_add(&rig_clock.now_ms, ms);
    (void)atomic_fetch_add(&rig_clock.slept_ms, ms);
}

static enum nd_rc dice(void *ctx, uint8_t *out, size_t len, struct nd_error *err)
{
    (void)ctx;
    (void)err;
    memset(out, 0xFF, len);
    return ND_OK;
}

const struct nd_host *rig_host(void)
{
    static const struct nd_host host = {
        .now_ms = clock_now, .monotonic_ms = clock_now, .sleep_ms = clock_sleep, .random = dice};
    return &host;
}

struct rig rig_open(nd_server_handler handler, void *ctx)
{
    struct rig rig = {0};
    struct nd_error err = {0};
    nd_ck_ok(nd_http_open(&rig.http, &err), &err);
    rig.server = nd_server_start(handler, ctx);
    if (!rig_env("AWS_REGION")) rig_env_set("AWS_REGION", "us-east-1");
    rig_env_set("AWS_ENDPOINT_URL", nd_server_url(rig.server));
    const struct nd_aws_config config = {
        .http = rig.http, .host = rig_host(), .env = rig_env, .container_origin = nd_server_url(rig.server)};
    nd_ck_ok(nd_aws_open(&rig.aws, &config, &err), &err);
    return rig;
}

void rig_close(struct rig *rig)
{
    nd_aws_close(rig->aws);
    nd_http_close(rig->http);
    nd_server_stop(rig->server);
}

const char *rig_header(const char *head, const char *name)
{
    static _Thread_local char value[4096];
    char *wanted = nd_sprintf("\r\n%s:", name);
    const char *at = strcasestr(head, wanted);
    value[0] = '\0';
    if (at) {
        at += strlen(wanted);
        at += strspn(at, " ");
        (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r"), at);
    }
    nd_free(wanted);
    return value;
}
