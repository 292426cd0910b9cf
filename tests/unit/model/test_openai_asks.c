/* What is sent, where to, and the most it can cost. */
#include "model_rig.h"
#include <pthread.h>
#include <stdatomic.h>

#define ANSWER                                                                                               \
    "{\"model\":\"tiny-1\",\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"hi\"},\"finish_"  \
    "reason\":\"stop\"}],"                                                                                   \
    "\"usage\":{\"prompt_tokens\":50,\"completion_tokens\":7,\"total_tokens\":57}}"

struct heard {
    char *head;
    struct nd_json *body;
};

static enum nd_server_end listen_and_answer(void *ctx, int fd, const struct nd_server_request *r)
{
    struct heard *heard = ctx;
    nd_free(heard->head);
    nd_json_free(heard->body);
    heard->head = nd_strdup(r->head);
    heard->body = NULL;
    (void)nd_json_parse(&heard->body, r->body, NULL);
    nd_server_answer(fd, 200, "application/json", ANSWER);
    return ND_SERVER_KEEP;
}

static void forget(struct heard *heard)
{
    nd_free(heard->head);
    nd_json_free(heard->body);
}

START_TEST(the_request_says_what_was_asked)
{
    struct heard heard = {0};
    struct rig rig = rig_open(listen_and_answer, &heard);
    struct nd_error err = {0};
    rig_ask(&rig, ND_OK, &err);
    ck_assert_ptr_eq(strstr(heard.head, "POST /v1/chat/completions HTTP/1.1\r\n"), heard.head);
    ck_assert_ptr_nonnull(strstr(heard.head, "\r\nAuthorization: Bearer key-0123456789\r\n"));
    ck_assert_ptr_nonnull(strstr(heard.head, "\r\nContent-Type: application/json\r\n"));
    ck_assert_str_eq(nd_json_get_str(heard.body, "model"), "tiny");
    ck_assert(nd_json_equal(nd_json_get(heard.body, "messages"), nd_json_get(rig.args, "messages")));
    ck_assert_int_eq(nd_json_get_int(heard.body, "max_tokens", 0), 100);
    ck_assert_int_eq(nd_json_get_int(heard.body, "temperature", -1), 0);
    ck_assert(!nd_json_get_bool(heard.body, "cache_prompt", true));
    ck_assert_ptr_null(nd_json_get(heard.body, "service_tier"));
    const struct nd_json *format = nd_json_get(heard.body, "response_format"),
                         *schema = nd_json_get(format, "json_schema");
    ck_assert_str_eq(nd_json_get_str(format, "type"), "json_schema");
    ck_assert_str_eq(nd_json_get_str(schema, "name"), "plan");
    ck_assert(nd_json_get_bool(schema, "strict", false));
    ck_assert(nd_json_equal(nd_json_get(schema, "schema"), nd_json_get(rig.args, "schema")));
    forget(&heard);
    rig_close(&rig);
}
END_TEST

START_TEST(a_server_here_may_keep_the_conversation)
{
    struct heard heard = {0};
    struct rig rig = rig_open(listen_and_answer, &heard);
    struct nd_error err = {0};
    char *base = nd_sprintf("%s/v1", nd_server_url(rig.server));
    struct nd_model_config config = {
        .provider = "openai", .model = "tiny", .base_url = base, .price = "2,10", .traits = "cache_points"};
    nd_model_close(rig.model);
    nd_ck_ok(nd_model_open(&rig.model, &config, rig.http, &err), &err);
    rig_ask(&rig, ND_OK, &err);
    ck_assert(nd_json_get_bool(heard.body, "cache_prompt", false));
    nd_free(base);
    forget(&heard);
    rig_close(&rig);
}
END_TEST

START_TEST(without_a_schema_no_form_is_asked_for)
{
    struct heard heard = {0};
    struct rig rig = rig_open(listen_and_answer, &heard);
    struct nd_error err = {0};
    nd_json_remove(rig.args, "schema");
    rig_ask(&rig, ND_OK, &err);
    ck_assert_ptr_null(nd_json_get(heard.body, "response_format"));
    forget(&heard);
    rig_close(&rig);
}
END_TEST

START_TEST(the_same_call_is_the_same_bytes)
{
    struct heard first = {0};
    struct rig rig = rig_open(listen_and_answer, &first);
    struct nd_error err = {0};
    rig_ask(&rig, ND_OK, &err);
    struct nd_json *before = nd_json_copy(first.body);
    rig_ask(&rig, ND_OK, &err);
    ck_assert(nd_json_equal(before, first.body));
    nd_json_free(before);
    forget(&first);
    rig_close(&rig);
}
END_TEST

static int64_t bound_of(struct rig *rig, const struct nd_usage *known, size_t known_bytes)
{
    int64_t microusd = -1;
    struct nd_error err = {0};
    nd_ck_ok(rig->model->ops->bound(rig->model, rig->args, known, known_bytes, &microusd, &err), &err);
    return microusd;
}

/* "2,10": 2 micro-dollars an input token, 10 an output token. */
START_TEST(the_bound_counts_every_byte_and_a_margin)
{
    struct heard heard = {0};
    struct rig rig = rig_open(listen_and_answer, &heard);
    size_t bytes =
        strlen("Be brief.") + strlen("Gr\xc3\xbc\xc3\x9f \"dich\"\n") + strlen("{\"type\":\"object\"}");
    int64_t most = (int64_t)(bytes + 2 * 16 + 256) * 2 + 100 * 10;
    ck_assert_int_eq(bound_of(&rig, NULL, 0), most);
    struct nd_error err = {0};
    rig_ask(&rig, ND_OK, &err);
    ck_assert_int_le(rig.cost_microusd, most);
    forget(&heard);
    rig_close(&rig);
}
END_TEST

START_TEST(what_was_reported_replaces_the_bytes_already_sent)
{
    struct heard heard = {0};
    struct rig rig = rig_open(listen_and_answer, &heard);
    size_t shared = strlen("Be brief.") + strlen("Gr\xc3\xbc\xc3\x9f \"dich\"\n");
    int64_t alone = bound_of(&rig, NULL, 0);
    struct nd_usage known = {.input = 10, .output = 3};
    ck_assert_int_eq(bound_of(&rig, &known, shared), alone - (int64_t)shared * 2 + 13 * 2);
    ck_assert_int_eq(bound_of(&rig, &known, 1000000), alone); /* more than there is: not believed */
    known.by = "openai:tiny";                                 /* its own tokens, and those of another model */
    ck_assert_int_lt(bound_of(&rig, &known, shared), alone);
    known.by = "anthropic:tiny";
    ck_assert_int_eq(bound_of(&rig, &known, shared), alone);
    struct nd_usage negative = {.input = -1};
    ck_assert_int_eq(bound_of(&rig, &negative, shared), alone);
    forget(&heard);
    rig_close(&rig);
}
END_TEST

START_TEST(a_call_without_a_ceiling_of_tokens_has_no_bound)
{
    struct heard heard = {0};
    struct rig rig = rig_open(listen_and_answer, &heard);
    struct nd_error err = {0};
    int64_t microusd;
    nd_json_set_int(rig.args, "max_tokens", 0);
    nd_ck_rc(rig.model->ops->bound(rig.model, rig.args, NULL, 0, &microusd, &err), ND_BROKEN, &err);
    forget(&heard);
    rig_close(&rig);
}
END_TEST

START_TEST(private_text_is_asked_of_this_machine_alone)
{
    struct heard heard = {0};
    struct rig rig = rig_open(listen_and_answer, &heard);
    struct nd_error err = {0};
    nd_json_set_bool(rig.args, "private", true);
    rig_ask(&rig, ND_OK, &err);
    ck_assert_str_eq(nd_json_get_str(rig.observation, "text"), "hi");

    struct nd_model_config config = {.provider = "openai",
                                     .model = "gpt-4o",
                                     .base_url = "https://model.invalid/v1",
                                     .api_key = "k",
                                     .price = "1,1"};
    struct nd_model *here = rig.model;
    nd_ck_ok(nd_model_open(&rig.model, &config, rig.http, &err), &err);
    ck_assert_int_eq(bound_of(&rig, NULL, 0), 0);
    rig_ask(&rig, ND_OK, &err);
    ck_assert_str_eq(nd_json_get_str(nd_json_get(rig.observation, "error"), "code"), ND_MODEL_PRIVATE);
    ck_assert_int_eq(rig.cost_microusd, 0);
    ck_assert_uint_eq(nd_server_requests(rig.server), 1);
    nd_model_close(rig.model);
    rig.model = here;
    forget(&heard);
    rig_close(&rig);
}
END_TEST

START_TEST(stop_before_sending)
{
    struct heard heard = {0};
    struct rig rig = rig_open(listen_and_answer, &heard);
    struct nd_error err = {0};
    atomic_bool stop = true;
    enum nd_rc rc = rig.model->ops->ask(rig.model, rig.args, &stop, &rig.observation, &rig.cost_microusd,
                                        &rig.wait_ms, &err);
    ck_assert_int_eq(rc, ND_STOPPED);
    ck_assert_uint_eq(nd_server_requests(rig.server), 0);
    forget(&heard);
    rig_close(&rig);
}
END_TEST

static enum nd_server_end busy_once(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx;
    if (r->number == 1)
        nd_server_say(fd, "HTTP/1.1 429 Busy\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\n{}");
    else
        nd_server_answer(fd, 200, "application/json", ANSWER);
    return ND_SERVER_KEEP;
}

static void *ask_in_a_lane(void *ctx)
{
    struct rig *rig = ctx;
    struct nd_json *seen = NULL;
    int64_t cost, wait;
    enum nd_rc rc = rig->model->ops->ask(rig->model, rig->args, NULL, &seen, &cost, &wait, NULL);
    nd_json_free(seen);
    return rc == ND_OK ? NULL : ctx;
}

START_TEST(what_one_lane_learns_from_429_holds_for_all)
{
    struct rig rig = rig_open(busy_once, NULL);
    struct nd_error err = {0};
    const struct nd_host *host = nd_host_posix();
    rig_ask(&rig, ND_RETRY, &err);
    ck_assert_int_eq(rig.wait_ms, 1000);
    int64_t start = host->monotonic_ms(host->ctx);
    pthread_t lanes[3];
    for (int i = 0; i < 3; i++) ck_assert_int_eq(pthread_create(&lanes[i], NULL, ask_in_a_lane, &rig), 0);
    for (int i = 0; i < 3; i++) {
        void *failed;
        pthread_join(lanes[i], &failed);
        ck_assert_ptr_null(failed);
    }
    ck_assert_int_ge(host->monotonic_ms(host->ctx) - start, 900);
    ck_assert_uint_eq(nd_server_requests(rig.server), 4);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("model/openai_asks", the_request_says_what_was_asked, a_server_here_may_keep_the_conversation,
             without_a_schema_no_form_is_asked_for, the_same_call_is_the_same_bytes,
             the_bound_counts_every_byte_and_a_margin, what_was_reported_replaces_the_bytes_already_sent,
             a_call_without_a_ceiling_of_tokens_has_no_bound, private_text_is_asked_of_this_machine_alone,
             stop_before_sending, what_one_lane_learns_from_429_holds_for_all)
