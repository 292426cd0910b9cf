#include "request.h"
#include "credentials.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRESIGN_MARGIN_MS 60000

struct nd_aws {
    struct nd_aws_config config;
    struct nd_aws_place place;
    struct nd_credentials *credentials;
    struct nd_retry_quota quota;
    _Atomic int64_t skew_ms; /* of the services' clock to ours, once it is worth noting */
    _Atomic int64_t seen_ms; /* the same by the last answer */
};

/* ---- the handle ---- */

static const char *process_env(const char *name)
{
    return getenv(name);
}

enum nd_rc nd_aws_open(struct nd_aws **out, const struct nd_aws_config *config, struct nd_error *err)
{
    struct nd_aws *aws = ND_NEW(struct nd_aws);
    aws->config = *config;
    if (!aws->config.env) aws->config.env = process_env;
    enum nd_rc rc = nd_aws_place_find(&aws->place, aws->config.env, aws->config.region, err);
    if (rc != ND_OK) {
        nd_free(aws);
        return rc;
    }
    aws->credentials = nd_credentials_open(&aws->config);
    nd_retry_quota_init(&aws->quota);
    *out = aws;
    return ND_OK;
}

void nd_aws_close(struct nd_aws *aws)
{
    if (!aws) return;
    nd_credentials_close(aws->credentials);
    nd_aws_place_release(&aws->place);
    nd_retry_quota_release(&aws->quota);
    nd_free(aws);
}

const char *nd_aws_region(const struct nd_aws *aws)
{
    return aws->place.region;
}

int64_t nd_aws_clock_ms(const struct nd_aws *aws)
{
    return atomic_load(&aws->seen_ms);
}

const struct nd_host *nd_aws_host(const struct nd_aws *aws)
{
    return aws->config.host;
}

enum nd_rc nd_aws_identity(struct nd_aws *aws, char source[96], int64_t *expires_ms, struct nd_error *err)
{
    struct nd_aws_keys keys;
    enum nd_rc rc = nd_credentials_get(aws->credentials, &keys, err);
    if (rc != ND_OK) return rc;
    memcpy(source, keys.source, sizeof keys.source);
    *expires_ms = keys.expires_ms;
    nd_aws_keys_release(&keys);
    return ND_OK;
}

static int64_t now_ms(const struct nd_aws *aws)
{
    return aws->config.host->now_ms(aws->config.host->ctx);
}

/* ---- one request, signed ---- */

/* Header lines as the transport takes them, and the pairs that are signed: the same text. */
struct signed_request {
    struct nd_aws_pair pairs[ND_AWS_HEADERS_MAX];
    size_t n;
    char time[ND_SIG_TIME_BYTES], payload[ND_SHA256_HEX];
    struct nd_bytes query, authorization;
    char *lines[ND_AWS_HEADERS_MAX + 2];
    char *path, *url;
};

static void wipe(char *text)
{
    if (text) explicit_bzero(text, strlen(text));
    nd_free(text);
}

static void signed_release(struct signed_request *s)
{
    for (size_t i = 0; s->lines[i]; i++) wipe(s->lines[i]);
    nd_bytes_release(&s->query);
    nd_bytes_release(&s->authorization);
    nd_free(s->path);
    nd_free(s->url);
}

static void add(struct signed_request *s, const char *name, struct nd_view value)
{
    s->pairs[s->n++] = (struct nd_aws_pair){name, value};
}

static void add_headers(struct signed_request *s, const struct nd_aws_call *call,
                        const struct nd_aws_endpoint *endpoint, const struct nd_aws_keys *keys)
{
    add(s, "host", nd_view_of(endpoint->host));
    add(s, "x-amz-date", nd_view_of(s->time));
    if (call->service->is_s3) add(s, "x-amz-content-sha256", nd_view_of(s->payload));
    if (keys->token) add(s, "x-amz-security-token", nd_view_of(keys->token));
    for (size_t i = 0; i < call->header_count && s->n < ND_AWS_HEADERS_MAX; i++)
        add(s, call->headers[i].name, call->headers[i].value);
}

static void make_lines(struct signed_request *s)
{
    size_t n = 0;
    for (size_t i = 1; i < s->n; i++) { /* not the host: that is the transport's */
        struct nd_view value = s->pairs[i].value;
        s->lines[n++] =
            nd_sprintf("%s:%s%.*s", s->pairs[i].name, value.len ? " " : "", (int)value.len, value.data);
    }
    s->lines[n++] = nd_sprintf("authorization: %s", nd_bytes_view(&s->authorization).data);
}

static void sign(const struct nd_aws *aws, const struct nd_aws_call *call,
                 const struct nd_aws_endpoint *endpoint, const struct nd_aws_keys *keys,
                 struct signed_request *s)
{
    *s = (struct signed_request){.query = ND_BYTES(ND_HTTP_URL_MAX_BYTES), .authorization = ND_BYTES(4096)};
    nd_sig_time(now_ms(aws) + atomic_load(&aws->skew_ms), s->time);
    nd_sha256_hex(call->body, s->payload);
    nd_sig_query(call->query, call->query_count, &s->query);
    s->path = nd_sprintf("%s%s", endpoint->prefix, call->path ? call->path : "/");
    add_headers(s, call, endpoint, keys);
    const struct nd_sig_scope scope = {.region = aws->place.region, .service = call->service->signing};
    struct nd_sig_scope timed = scope;
    memcpy(timed.time, s->time, sizeof timed.time);
    const struct nd_sig_request request = {.method = call->method,
                                           .path = s->path,
                                           .path_as_is = call->service->is_s3,
                                           .query = nd_bytes_view(&s->query),
                                           .headers = s->pairs,
                                           .header_count = s->n,
                                           .payload = s->payload};
    nd_sig_authorization(keys->access, keys->secret, &timed, &request, &s->authorization);
    s->url = nd_sprintf("%s%s%s%s", endpoint->origin, s->path, s->query.len ? "?" : "",
                        nd_bytes_view(&s->query).data);
    make_lines(s);
}

static int64_t time_of(const struct nd_aws *aws, const struct nd_aws_call *call)
{
    if (aws->config.total_ms) return aws->config.total_ms;
    return call->total_ms ? call->total_ms : ND_AWS_TOTAL_MS;
}

static int64_t silence_of(const struct nd_aws *aws, const struct nd_aws_call *call)
{
    return call->idle_ms && aws->config.idle_ms ? aws->config.idle_ms : call->idle_ms;
}

static enum nd_rc send_once(struct nd_aws *aws, const struct nd_aws_call *call,
                            const struct nd_aws_endpoint *endpoint, const struct nd_aws_keys *keys,
                            struct nd_aws_answer *answer, struct nd_error *err)
{
    struct signed_request s;
    sign(aws, call, endpoint, keys, &s);
    struct nd_http_request request = {.method = call->method,
                                      .url = s.url,
                                      .headers = (const char *const *)s.lines,
                                      .body = call->body,
                                      .idle_ms = silence_of(aws, call),
                                      .total_ms = time_of(aws, call),
                                      .max_body_bytes = call->max_body_bytes,
                                      .harmless = call->effect != ND_AWS_ONCE};
    *answer = (struct nd_aws_answer){0};
    enum nd_rc rc = nd_http_send(aws->config.http, &request, call->stop, &answer->http, err);
    signed_release(&s);
    return rc;
}

/* ---- verdicts ---- */

/* The services' clock counts; ours may be wrong. True when the offset is another now. */
static bool note_clock(struct nd_aws *aws, const struct nd_aws_answer *answer, bool refused)
{
    int64_t theirs_ms = 0;
    if (!nd_http_date(nd_http_header(&answer->http, "date"), &theirs_ms)) return false;
    int64_t before_ms = atomic_load(&aws->skew_ms), skew_ms = theirs_ms - now_ms(aws);
    atomic_store(&aws->seen_ms, skew_ms);
    int64_t off_ms = skew_ms > before_ms ? skew_ms - before_ms : before_ms - skew_ms;
    if (off_ms < (refused ? 2000 : ND_AWS_SKEW_NOTED_MS)) return false;
    atomic_store(&aws->skew_ms, skew_ms);
    nd_log(ND_LOG_WARN, "this machine's clock differs from AWS's by %lld s; requests are signed with theirs",
           (long long)(skew_ms / 1000));
    return true;
}

static struct nd_verdict judge(const struct nd_aws_call *call, enum nd_rc sent, struct nd_aws_answer *answer)
{
    if (sent == ND_RETRY) return (struct nd_verdict){ND_ANSWER_TRANSIENT, ND_RETRY};
    if (sent == ND_UNKNOWN && answer->http.too_large && call->effect == ND_AWS_READS)
        return (struct nd_verdict){ND_ANSWER_FINAL, ND_OVER_LIMIT};
    if (sent == ND_UNKNOWN) return (struct nd_verdict){ND_ANSWER_TRANSIENT, ND_UNKNOWN};
    if (sent != ND_OK) return (struct nd_verdict){ND_ANSWER_FINAL, sent};
    if (answer->http.status >= 300) nd_aws_read_error(answer);
    struct nd_verdict verdict = nd_retry_verdict(answer->http.status, answer->code);
    return call->judge ? call->judge(call, answer, verdict) : verdict;
}

static struct nd_verdict judge_effect(const struct nd_aws_call *call, enum nd_rc sent,
                                      struct nd_aws_answer *answer)
{
    struct nd_verdict verdict = judge(call, sent, answer);
    if (call->effect == ND_AWS_READS && verdict.rc == ND_UNKNOWN) verdict.rc = ND_RETRY;
    return verdict;
}

static enum nd_rc say(const struct nd_aws_call *call, const struct nd_aws_endpoint *endpoint,
                      struct nd_verdict verdict, enum nd_rc sent, const struct nd_aws_answer *answer,
                      struct nd_error *err)
{
    if (sent != ND_OK) {
        (void)nd_while(err, "while asking %s for %s", call->service->prefix, call->what);
        if (err) err->rc = verdict.rc;
        return verdict.rc;
    }
    struct nd_view region = nd_http_header(&answer->http, "x-amz-bucket-region");
    return nd_fail(err, verdict.rc, "%s at '%.80s' answers %s with status %d%s%s%s%s%s%.*s",
                   call->service->prefix, endpoint->origin, call->what, answer->http.status,
                   *answer->code ? ", " : "", answer->code, *answer->message ? ": " : "", answer->message,
                   region.len ? "; the bucket is in " : "", (int)(region.len < 32 ? region.len : 32),
                   region.len ? region.data : "");
}

/* ---- repeating ---- */

struct trying {
    unsigned attempt;
    int taken; /* of the quota, by the last retry */
    bool refreshed, corrected;
};

static unsigned attempts_of(const struct nd_aws *aws, const struct nd_aws_call *call)
{
    if (call->attempts) return call->attempts;
    int64_t given = 0;
    const char *text = nd_aws_env_get(aws->config.env, "AWS_MAX_ATTEMPTS");
    bool fine = text && nd_view_int(nd_view_of(text), &given) && given >= 1 && given <= 20;
    return fine ? (unsigned)given : call->service->attempts;
}

static int64_t asked_wait_ms(const struct nd_aws_answer *answer)
{
    int64_t ms = -1;
    if (nd_view_int(nd_http_header(&answer->http, "x-amz-retry-after"), &ms) && ms >= 0) return ms;
    return answer->http.retry_after_ms > 0 ? answer->http.retry_after_ms : -1;
}

static bool wait_and_go_on(struct nd_aws *aws, const struct nd_aws_call *call, struct nd_verdict verdict,
                           const struct nd_aws_answer *answer, struct trying *t)
{
    bool throttled = verdict.kind == ND_ANSWER_THROTTLED;
    uint32_t dice = UINT32_MAX / 2;
    if (t->attempt >= attempts_of(aws, call)) return false;
    int cost = throttled ? ND_RETRY_COST_THROTTLED : ND_RETRY_COST;
    if (!nd_retry_quota_take(&aws->quota, cost)) return false;
    t->taken = cost;
    const struct nd_host *host = aws->config.host;
    (void)host->random(host->ctx, (uint8_t *)&dice, sizeof dice, NULL);
    host->sleep_ms(host->ctx,
                   nd_retry_wait_ms(throttled ? ND_RETRY_THROTTLED_BASE_MS : call->service->base_ms,
                                    t->attempt, dice, asked_wait_ms(answer)));
    return true;
}

/* True when it is sent once more. */
static bool goes_on(struct nd_aws *aws, const struct nd_aws_call *call, struct nd_verdict verdict,
                    const struct nd_aws_keys *keys, const struct nd_aws_answer *answer, struct trying *t)
{
    switch (verdict.kind) {
    case ND_ANSWER_EXPIRED:
        if (t->refreshed) return false;
        t->refreshed = true;
        return nd_credentials_refuse(aws->credentials, keys);
    case ND_ANSWER_SKEWED:
        if (t->corrected) return false;
        t->corrected = true;
        return note_clock(aws, answer, true);
    case ND_ANSWER_THROTTLED:
        return wait_and_go_on(aws, call, verdict, answer, t);
    case ND_ANSWER_TRANSIENT:
        if (call->effect == ND_AWS_ONCE && verdict.rc == ND_UNKNOWN) return false;
        return wait_and_go_on(aws, call, verdict, answer, t);
    case ND_ANSWER_FINE:
    case ND_ANSWER_FINAL:
        break;
    }
    return false;
}

enum nd_rc nd_aws_send(struct nd_aws *aws, const struct nd_aws_call *call, struct nd_aws_answer *answer,
                       struct nd_error *err)
{
    struct nd_aws_endpoint endpoint;
    struct trying t = {.attempt = 0};
    *answer = (struct nd_aws_answer){0};
    enum nd_rc rc = nd_aws_endpoint_find(&endpoint, &aws->place, call->service, call->bucket, err);
    if (rc != ND_OK) return rc;
    for (bool again = true; again;) {
        struct nd_aws_keys keys;
        nd_aws_answer_release(answer);
        rc = nd_credentials_get(aws->credentials, &keys, err);
        if (rc != ND_OK) break;
        t.attempt++;
        if (err && t.attempt > 1) nd_error_clear(err);
        enum nd_rc sent = send_once(aws, call, &endpoint, &keys, answer, err);
        struct nd_verdict verdict = judge_effect(call, sent, answer);
        if (verdict.kind == ND_ANSWER_FINE) {
            nd_retry_quota_give(&aws->quota, t.taken);
            (void)note_clock(aws, answer, false);
        }
        again = goes_on(aws, call, verdict, &keys, answer, &t);
        rc = verdict.kind == ND_ANSWER_FINE || again ? ND_OK
                                                     : say(call, &endpoint, verdict, sent, answer, err);
        nd_aws_keys_release(&keys);
    }
    nd_aws_endpoint_release(&endpoint);
    return rc;
}

/* ---- presigned ---- */

enum nd_rc nd_aws_presign(struct nd_aws *aws, const struct nd_aws_call *call, int64_t *expires_s, char **url,
                          struct nd_error *err)
{
    struct nd_aws_endpoint endpoint;
    struct nd_aws_keys keys;
    enum nd_rc rc = nd_aws_endpoint_find(&endpoint, &aws->place, call->service, call->bucket, err);
    if (rc != ND_OK) return rc;
    rc = nd_credentials_get(aws->credentials, &keys, err);
    if (rc == ND_OK) {
        struct nd_sig_scope scope = {.region = aws->place.region, .service = call->service->signing};
        struct nd_bytes query = ND_BYTES(ND_HTTP_URL_MAX_BYTES);
        int64_t now = now_ms(aws) + atomic_load(&aws->skew_ms);
        int64_t most =
            keys.expires_ms ? (keys.expires_ms - PRESIGN_MARGIN_MS - now) / 1000 : ND_SIG_EXPIRES_MAX_S;
        if (most > ND_SIG_EXPIRES_MAX_S) most = ND_SIG_EXPIRES_MAX_S;
        if (*expires_s > most) *expires_s = most > 1 ? most : 1;
        char *path = nd_sprintf("%s%s", endpoint.prefix, call->path ? call->path : "/");
        nd_sig_time(now, scope.time);
        nd_sig_presign(keys.access, keys.secret, keys.token, &scope, endpoint.host, path, *expires_s,
                       call->query, call->query_count, &query);
        *url = nd_sprintf("%s%s?%s", endpoint.origin, path, nd_bytes_view(&query).data);
        nd_bytes_release(&query);
        nd_free(path);
        nd_aws_keys_release(&keys);
    }
    nd_aws_endpoint_release(&endpoint);
    return rc;
}
