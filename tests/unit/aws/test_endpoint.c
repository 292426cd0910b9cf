/* Region, profile files and where a service is. */
#include "aws_rig.h"
#include "endpoint.h"
#include "nightdesk/base/file.h"

#include <string.h>

static const struct nd_aws_service dynamodb = {.prefix = "dynamodb", .variable = "AWS_ENDPOINT_URL_DYNAMODB"};
static const struct nd_aws_service s3 = {.prefix = "s3", .variable = "AWS_ENDPOINT_URL_S3", .is_s3 = true};

static void ck_endpoint(const struct nd_aws_service *service, const char *bucket, const char *origin,
                        const char *host, const char *prefix)
{
    struct nd_aws_place place;
    struct nd_aws_endpoint e;
    struct nd_error err = {0};
    nd_ck_ok(nd_aws_place_find(&place, rig_env, NULL, &err), &err);
    nd_ck_ok(nd_aws_endpoint_find(&e, &place, service, bucket, &err), &err);
    ck_assert_str_eq(e.origin, origin);
    ck_assert_str_eq(e.host, host);
    ck_assert_str_eq(e.prefix, prefix);
    nd_aws_endpoint_release(&e);
    nd_aws_place_release(&place);
}

START_TEST(services_are_where_aws_has_them)
{
    rig_env_set("AWS_REGION", "eu-west-1");
    ck_endpoint(&dynamodb, NULL, "https://dynamodb.eu-west-1.amazonaws.com",
                "dynamodb.eu-west-1.amazonaws.com", "");
    ck_endpoint(&s3, "bkt", "https://bkt.s3.eu-west-1.amazonaws.com", "bkt.s3.eu-west-1.amazonaws.com", "");
    ck_endpoint(&s3, "b.kt", "https://s3.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com", "/b.kt");
    rig_env_set("AWS_USE_FIPS_ENDPOINT", "true");
    ck_endpoint(&dynamodb, NULL, "https://dynamodb-fips.eu-west-1.amazonaws.com",
                "dynamodb-fips.eu-west-1.amazonaws.com", "");
    rig_env_set("AWS_USE_FIPS_ENDPOINT", NULL);
    rig_env_set("AWS_USE_DUALSTACK_ENDPOINT", "true");
    ck_endpoint(&dynamodb, NULL, "https://dynamodb.eu-west-1.api.aws", "dynamodb.eu-west-1.api.aws", "");
    ck_endpoint(&s3, "bkt", "https://bkt.s3.dualstack.eu-west-1.amazonaws.com",
                "bkt.s3.dualstack.eu-west-1.amazonaws.com", "");
    rig_env_set("AWS_USE_DUALSTACK_ENDPOINT", NULL);
    rig_env_set("AWS_REGION", "cn-north-1");
    ck_endpoint(&dynamodb, NULL, "https://dynamodb.cn-north-1.amazonaws.com.cn",
                "dynamodb.cn-north-1.amazonaws.com.cn", "");
}
END_TEST

START_TEST(a_chosen_endpoint_comes_first)
{
    rig_env_set("AWS_REGION", "eu-west-1");
    rig_env_set("AWS_ENDPOINT_URL", "http://127.0.0.1:8000/base/");
    ck_endpoint(&dynamodb, NULL, "http://127.0.0.1:8000", "127.0.0.1:8000", "/base");
    ck_endpoint(&s3, "bkt", "http://127.0.0.1:8000", "127.0.0.1:8000", "/base/bkt");
    rig_env_set("AWS_ENDPOINT_URL_S3", "https://s3.example:443");
    ck_endpoint(&s3, "bkt", "https://s3.example:443", "s3.example", "/bkt");
    rig_env_set("AWS_ENDPOINT_URL_S3", "http://h:80/");
    ck_endpoint(&s3, "bkt", "http://h:80", "h", "/bkt");
    rig_env_set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    ck_endpoint(&s3, "bkt", "https://bkt.s3.eu-west-1.amazonaws.com", "bkt.s3.eu-west-1.amazonaws.com", "");
}
END_TEST

START_TEST(an_endpoint_that_is_none_is_named)
{
    static const char *const bad[] = {"localhost:8000", "ftp://h/", "http://u:p@h/", "http://h/?x=1",
                                      "http://"};
    struct nd_aws_place place;
    struct nd_aws_endpoint e;
    struct nd_error err = {0};
    rig_env_set("AWS_REGION", "eu-west-1");
    nd_ck_ok(nd_aws_place_find(&place, rig_env, NULL, &err), &err);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        nd_error_clear(&err);
        rig_env_set("AWS_ENDPOINT_URL", bad[i]);
        nd_ck_rc(nd_aws_endpoint_find(&e, &place, &s3, "bkt", &err), ND_CONFIG, &err);
        nd_ck_note(&err, bad[i]);
        nd_aws_endpoint_release(&e);
    }
    nd_aws_place_release(&place);
}
END_TEST

static const char config_text[] = "# mine\n"
                                  "[default]\n"
                                  "region = us-west-2\n"
                                  "\n"
                                  "[profile work]\n"
                                  "region=eu-central-1\n"
                                  "endpoint_url = http://127.0.0.1:9000\n"
                                  "s3 =\n"
                                  "  region = nested\n"
                                  "; a comment\n"
                                  "[services x]\n"
                                  "region = other\n";

START_TEST(the_profile_says_what_the_environment_does_not)
{
    struct nd_error err = {0};
    struct nd_aws_place place;
    nd_ck_ok(nd_file_mkdirs(nd_test_path(".aws"), &err), &err);
    nd_ck_ok(nd_file_write(nd_test_path(".aws/config"), nd_view_of(config_text), &err), &err);
    rig_env_set("HOME", nd_test_dir());
    nd_ck_ok(nd_aws_place_find(&place, rig_env, NULL, &err), &err);
    ck_assert_str_eq(place.region, "us-west-2");
    nd_aws_place_release(&place);
    rig_env_set("AWS_PROFILE", "work");
    nd_ck_ok(nd_aws_place_find(&place, rig_env, NULL, &err), &err);
    ck_assert_str_eq(place.region, "eu-central-1");
    nd_aws_place_release(&place);
    ck_endpoint(&dynamodb, NULL, "http://127.0.0.1:9000", "127.0.0.1:9000", "");
    rig_env_set("AWS_DEFAULT_REGION", "ap-south-1");
    nd_ck_ok(nd_aws_place_find(&place, rig_env, NULL, &err), &err);
    ck_assert_str_eq(place.region, "ap-south-1");
    nd_aws_place_release(&place);
    rig_env_set("AWS_PROFILE", "nobody");
    nd_ck_rc(nd_aws_place_find(&place, rig_env, NULL, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "AWS_PROFILE names 'nobody'");
}
END_TEST

START_TEST(no_region_or_a_wrong_one_is_said)
{
    struct nd_error err = {0};
    struct nd_aws_place place;
    nd_ck_rc(nd_aws_place_find(&place, rig_env, NULL, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "set AWS_REGION");
    nd_error_clear(&err);
    rig_env_set("AWS_REGION", "eu-west-1.evil.example");
    nd_ck_rc(nd_aws_place_find(&place, rig_env, NULL, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "is not like eu-west-1");
    nd_error_clear(&err);
    rig_env_set("AWS_REGION", "eu-west-1");
    rig_env_set("AWS_CONFIG_FILE", nd_test_path("absent"));
    nd_ck_rc(nd_aws_place_find(&place, rig_env, NULL, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "absent");
}
END_TEST

ND_TEST_MAIN("aws/endpoint", services_are_where_aws_has_them, a_chosen_endpoint_comes_first,
             an_endpoint_that_is_none_is_named, the_profile_says_what_the_environment_does_not,
             no_region_or_a_wrong_one_is_said)
