/* Which model, where, at what price: what is refused before anything is sent. */
#include "nd_test.h"
#include "nightdesk/model/model.h"

START_TEST(provider_and_model)
{
    char provider[32];
    const char *model = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_model_split("openai:org/name:tag", provider, &model, &err), &err);
    ck_assert_str_eq(provider, "openai");
    ck_assert_str_eq(model, "org/name:tag");
    static const char *const bad[] = {"",
                                      "openai",
                                      "openai:",
                                      ":x",
                                      "a-provider-name-that-is-much-longer-than-thirty-one-characters:x",
                                      "open:x",
                                      "openaix:y",
                                      "OPENAI:x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        nd_error_clear(&err);
        nd_ck_rc(nd_model_split(bad[i], provider, &model, &err), ND_BAD_INPUT, &err);
        nd_ck_note(&err, i < 5 ? "PROVIDER:MODEL" : "there is: openai");
    }
}
END_TEST

START_TEST(what_is_refused_before_anything_is_sent)
{
    static const struct {
        struct nd_model_config config;
        enum nd_rc rc;
        const char *note;
    } rows[] = {
        {{.provider = "openai", .model = "gpt-4o"}, ND_CONFIG, "OPENAI_API_KEY is not set"},
        {{.provider = "openai", .model = "gpt-4o", .api_key = ""}, ND_CONFIG, "OPENAI_API_KEY is empty"},
        {{.provider = "openai", .model = "gpt-4o", .api_key = "abc\r\nX-Evil: 1"},
         ND_CONFIG,
         "OPENAI_API_KEY is empty or holds"},
        {{.provider = "openai", .model = "unheard-of", .api_key = "k"}, ND_CONFIG, "--price IN,OUT"},
        {{.provider = "openai",
          .model = "gpt-4o",
          .api_key = "k",
          .base_url = "https://elsewhere.example/v1"},
         ND_CONFIG,
         "at the address it is asked at"},
        {{.provider = "openai",
          .model = "gpt-4o",
          .api_key = "k",
          .base_url = "http://elsewhere.example/v1",
          .price = "1,1"},
         ND_CONFIG,
         "unencrypted"},
        {{.provider = "openai",
          .model = "gpt-4o",
          .api_key = "k",
          .base_url = "elsewhere.example",
          .price = "1,1"},
         ND_BAD_INPUT,
         "is not an address"},
        {{.provider = "openai", .model = "m", .base_url = "http://127.0.0.1:1/v1?x=", .price = "1,1"},
         ND_BAD_INPUT,
         "is not an address"},
        {{.provider = "openai", .model = "gpt-4o", .api_key = "k", .price = "cheap"}, ND_BAD_INPUT, "IN,OUT"},
        {{.provider = "anthropic", .model = "claude-sonnet-5-5"}, ND_CONFIG, "ANTHROPIC_API_KEY is not set"},
        {{.provider = "bedrock",
          .model = "us.anthropic.claude-sonnet-5-5",
          .base_url = "https://bedrock-runtime.us-east-1.amazonaws.com"},
         ND_CONFIG,
         "AWS_BEARER_TOKEN_BEDROCK is not set"},
        {{.provider = "bedrock",
          .model = "m",
          .api_key = "k",
          .base_url = "https://proxy.example",
          .price = NULL},
         ND_CONFIG,
         "at the address it is asked at"},
        {{.provider = "openai",
          .model = "m",
          .base_url = "http://127.0.0.1:1/v1",
          .price = "0,0",
          .traits = "tools,speed"},
         ND_BAD_INPUT,
         "trait 'speed' is none of tools, forced_tools,"},
        {{.provider = "else", .model = "gpt-4o", .api_key = "k"}, ND_CONFIG, "there is: openai"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_model *model = NULL;
        struct nd_error err = {0};
        nd_ck_rc(nd_model_open(&model, &rows[i].config, NULL, &err), rows[i].rc, &err);
        nd_ck_note(&err, rows[i].note);
        ck_assert_ptr_null(model);
    }
}
END_TEST

START_TEST(what_is_accepted)
{
    static const struct nd_model_config good[] = {
        {.provider = "openai", .model = "gpt-4o", .api_key = "k"},
        {.provider = "openai", .model = "gpt-4o", .api_key = "k", .base_url = "https://api.openai.com/v1/"},
        {.provider = "openai",
         .model = "m",
         .api_key = "k",
         .base_url = "https://elsewhere.example/v1",
         .price = "0.1,0.2"},
        {.provider = "openai", .model = "m", .base_url = "http://localhost:8080/v1", .price = "0,0"},
        {.provider = "openai", .model = "m", .base_url = "http://127.0.0.1:8080", .price = "0,0"},
        {.provider = "anthropic", .model = "claude-sonnet-5-5", .api_key = "k"},
        {.provider = "bedrock",
         .model = "us.anthropic.claude-sonnet-5-5",
         .api_key = "k",
         .base_url = "https://bedrock-runtime.us-east-1.amazonaws.com"},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct nd_model *model = NULL;
        struct nd_error err = {0};
        nd_ck_ok(nd_model_open(&model, &good[i], NULL, &err), &err);
        ck_assert_ptr_nonnull(model);
        nd_model_close(model);
    }
    nd_model_close(NULL);
}
END_TEST

static struct nd_traits traits_of(const char *provider, const char *model, const char *url)
{
    struct nd_traits traits;
    struct nd_error err = {0};
    const struct nd_model_config config = {.provider = provider, .model = model, .base_url = url};
    nd_ck_ok(nd_model_traits(&config, &traits, &err), &err);
    return traits;
}

START_TEST(traits_are_those_of_the_table_where_the_model_is_asked)
{
    struct nd_traits t = traits_of("openai", "gpt-4o", NULL);
    ck_assert(t.tools && t.forced_tools && t.schemas && t.streams && !t.temperature && !t.cache_points);
    ck_assert_int_eq(t.context_tokens, 128000);
    ck_assert_int_eq(t.output_tokens, 16384);
    t = traits_of("openai", "gpt-4o", "https://elsewhere.example/v1");
    ck_assert(t.tools && !t.streams && t.temperature && t.context_tokens == 0);
    t = traits_of("openai", "gpt-4o", "http://127.0.0.1:8080/v1");
    ck_assert(!t.tools && t.schemas && !t.streams && t.temperature);
    t = traits_of("anthropic", "claude-sonnet-5-5", NULL);
    ck_assert(t.tools && !t.forced_tools && t.streams && t.cache_points && t.reasoning_tokens > 0);
    t = traits_of("bedrock", "us.amazon.nova-pro-v1:0", "https://bedrock-runtime.us-east-1.amazonaws.com");
    ck_assert(t.tools && !t.schemas && t.cache_points && t.output_tokens == 10000);
    ck_assert_str_eq(nd_json_get_str(traits_of("openai", "gpt-6-luna", NULL).body, "reasoning_effort"),
                     "none");
    struct nd_bytes words = ND_BYTES(ND_BYTES_MAX);
    nd_traits_describe(&t, &words);
    ck_assert_str_eq(words.data, "JSON by instruction, cache points");
    nd_bytes_release(&words);
}
END_TEST

START_TEST(words_change_the_traits_of_what_the_table_does_not_know)
{
    struct nd_traits t;
    struct nd_error err = {0};
    struct nd_model_config config = {.provider = "openai",
                                     .model = "m",
                                     .base_url = "http://127.0.0.1:1/v1",
                                     .traits = " tools, stream,no-schema,,"};
    nd_ck_ok(nd_model_traits(&config, &t, &err), &err);
    ck_assert(t.tools && t.streams && !t.schemas && t.temperature);
    config.base_url = NULL; /* a name that OpenAI's rows don't have */
    nd_ck_ok(nd_model_traits(&config, &t, &err), &err);
    ck_assert(!t.schemas);
    config.model = "gpt-4o"; /* one that they have */
    nd_ck_ok(nd_model_traits(&config, &t, &err), &err);
    ck_assert(t.schemas);
}
END_TEST

START_TEST(every_provider_says_what_it_needs)
{
    struct nd_model_variables v;
    size_t n = 0;
    for (; nd_model_settings(n, &v); n++) {
        ck_assert_ptr_nonnull(v.key);
        ck_assert(v.home || v.signs);
    }
    ck_assert_uint_eq(n, 3);
}
END_TEST

START_TEST(the_host_for_the_plan)
{
    nd_ck_view(nd_model_host(&(struct nd_model_config){.provider = "openai"}), "api.openai.com");
    nd_ck_view(
        nd_model_host(&(struct nd_model_config){.provider = "openai", .base_url = "http://[::1]:8080/v1"}),
        "::1");
}
END_TEST

ND_TEST_MAIN("model/models", provider_and_model, what_is_refused_before_anything_is_sent, what_is_accepted,
             traits_are_those_of_the_table_where_the_model_is_asked, every_provider_says_what_it_needs,
             words_change_the_traits_of_what_the_table_does_not_know, the_host_for_the_plan)
