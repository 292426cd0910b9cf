/* Names that do not resolve: the transport thread serves the others meanwhile. */
#include "net_rig.h"
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>

enum { SLOW_MS = 4000 };

/* libcurl looks names up here. A name server that is silent makes it slow. */
__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints, struct addrinfo **out)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = NULL;
    if (name && strcmp(name, "slow.test") == 0) {
        nd_host_posix()->sleep_ms(nd_host_posix()->ctx, SLOW_MS);
        return EAI_AGAIN;
    }
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(name, service, hints, out);
}

static enum nd_server_end ok(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx, (void)r;
    nd_server_answer(fd, 200, "text/plain", "ok");
    return ND_SERVER_KEEP;
}

static void *ask_slow(void *ctx)
{
    struct nd_http_request request = {.method = "GET", .url = "http://slow.test/", .total_ms = 300};
    struct nd_http_answer answer;
    struct nd_error err = {0};
    int64_t start_ms = rig_now();
    nd_ck_rc(nd_http_send(ctx, &request, NULL, &answer, &err), ND_RETRY, &err);
    ck_assert_int_lt(rig_now() - start_ms, SLOW_MS / 2);
    return NULL;
}

START_TEST(a_slow_name_holds_up_nobody_else)
{
    struct rig rig = rig_open(ok, NULL);
    struct nd_error err = {0};
    pthread_t slow;
    ck_assert_int_eq(pthread_create(&slow, NULL, ask_slow, rig.http), 0);
    for (int64_t end_ms = rig_now() + SLOW_MS / 2; rig_now() < end_ms;) {
        struct nd_http_answer answer;
        int64_t start_ms = rig_now();
        rig_post(&rig, "pay", ND_OK, &answer, &err);
        nd_http_answer_release(&answer);
        ck_assert_int_lt(rig_now() - start_ms, 1000);
        nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 20);
    }
    (void)pthread_join(slow, NULL);
    rig_close(&rig);
}
END_TEST

START_TEST(closing_does_not_wait_for_a_name)
{
    struct rig rig = rig_open(ok, NULL);
    pthread_t slow;
    ck_assert_int_eq(pthread_create(&slow, NULL, ask_slow, rig.http), 0);
    nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 100);
    int64_t start_ms = rig_now();
    rig_close(&rig);
    ck_assert_int_lt(rig_now() - start_ms, SLOW_MS / 2);
    (void)pthread_join(slow, NULL);
}
END_TEST

ND_TEST_MAIN("net/http_names", a_slow_name_holds_up_nobody_else, closing_does_not_wait_for_a_name)
