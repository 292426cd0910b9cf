/* Signatures, stage by stage. The nine vectors were made with botocore 1.44.5. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "sigv4.h"

#include <stdio.h>
#include <string.h>

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define TIME "20260102T030405Z"
#define TOKEN "FwoGZXIvYXdzEBc/tok+en=="
#define PAIRS_MAX 8

struct vector {
    const char *region, *service, *method, *path;
    bool as_is;
    struct nd_aws_pair query[PAIRS_MAX], headers[PAIRS_MAX];
    const char *body;
    const char *signed_headers, *signature;
};

#define V(text) ND_VIEW(text)
#define DATE                                                                                                 \
    {                                                                                                        \
        "X-Amz-Date", V(TIME)                                                                                \
    }
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct vector vectors[] = {
    {"us-east-1",
     "dynamodb",
     "POST",
     "/",
     false,
     {{0}},
     {{"Host", V("dynamodb.us-east-1.amazonaws.com")},
      DATE,
      {"Content-Type", V("application/x-amz-json-1.0")},
      {"X-Amz-Target", V("DynamoDB_20120810.GetItem")}},
     "{\"TableName\":\"t\",\"Key\":{\"pk\":{\"S\":\"a\"}}}",
     "content-type;host;x-amz-date;x-amz-target",
     "338b5751eded403b482493658155a4448feccfcadf31c0eae9f991a74a6b8259"},
    {"us-east-1",
     "dynamodb",
     "POST",
     "/",
     false,
     {{0}},
     {{"Host", V("dynamodb.us-east-1.amazonaws.com")},
      DATE,
      {"Content-Type", V("application/x-amz-json-1.0")},
      {"X-Amz-Target", V("DynamoDB_20120810.GetItem")},
      {"X-Amz-Security-Token", V(TOKEN)}},
     "{\"TableName\":\"t\",\"Key\":{\"pk\":{\"S\":\"a\"}}}",
     "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
     "4a46384ee8276719e532c6780da9f70733a61843dff66ee6b16bc4e3b1284a27"},
    {"us-west-2",
     "bedrock",
     "POST",
     "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
     false,
     {{0}},
     {{"Host", V("bedrock-runtime.us-west-2.amazonaws.com")}, DATE, {"Content-Type", V("application/json")}},
     "{}",
     "content-type;host;x-amz-date",
     "10374458c5ab6f88a24c38090deeba7d5e0763db1ebeaca6edee017f58f1f0d6"},
    {"us-east-1",
     "bedrock",
     "POST",
     "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123/"
     "converse",
     false,
     {{0}},
     {{"Host", V("bedrock-runtime.us-east-1.amazonaws.com")}, DATE, {"Content-Type", V("application/json")}},
     "{}",
     "content-type;host;x-amz-date",
     "0b6f3555556837a88697d77b6717dc9fbd99d138f088664fd4e35c58feda9402"},
    {"eu-west-1",
     "s3",
     "PUT",
     "/runs/my%20report%2B1%20%28final%29.md",
     true,
     {{0}},
     {{"Host", V("bkt.s3.eu-west-1.amazonaws.com")},
      DATE,
      {"If-None-Match", V("*")},
      {"Content-Type", V("text/markdown")},
      {"x-amz-server-side-encryption", V("aws:kms")},
      {"x-amz-server-side-encryption-aws-kms-key-id", V("k1")},
      {"x-amz-content-sha256", V("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")}},
     "hello\n",
     "content-type;host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-server-side-encryption;"
     "x-amz-server-side-encryption-aws-kms-key-id",
     "f2cc117926c2bada8d4bcff1b7539edc84f1f7faba3d5339113f0dea93bf6ce9"},
    {"eu-west-1",
     "s3",
     "GET",
     "/",
     true,
     {{"prefix", V("runs/a b")},
      {"list-type", V("2")},
      {"continuation-token", V("1+x=")},
      {"max-keys", V("10")}},
     {{"Host", V("bkt.s3.eu-west-1.amazonaws.com")}, DATE, {"x-amz-content-sha256", V(EMPTY_SHA256)}},
     "",
     "host;x-amz-content-sha256;x-amz-date",
     "b45ed4ddeae18b2b8d4e0ad4a5ac1834675e3f68edfa3c1a0424cd7d22b7904c"},
    {"eu-west-1",
     "s3",
     "POST",
     "/k",
     true,
     {{"uploads", V("")}},
     {{"Host", V("bkt.s3.eu-west-1.amazonaws.com")}, DATE, {"x-amz-content-sha256", V(EMPTY_SHA256)}},
     "",
     "host;x-amz-content-sha256;x-amz-date",
     "4489dc18d57b1bf94d059e4541ac531072b537a6f582dc9ada667fb342df491c"},
    {"us-east-1",
     "sns",
     "POST",
     "/",
     false,
     {{0}},
     {{"Host", V("sns.us-east-1.amazonaws.com")},
      DATE,
      {"Content-Type", V("application/x-www-form-urlencoded; charset=utf-8")}},
     "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3At&Message=hi+"
     "there",
     "content-type;host;x-amz-date",
     "c801edaa144e3725dbdd887d49f067d38800e62c80bd7f8f6100b6972bf3fb3d"},
};
#define VECTORS ((int)(sizeof vectors / sizeof vectors[0]))

static size_t count_pairs(const struct nd_aws_pair *pairs)
{
    size_t n = 0;
    while (n < PAIRS_MAX && pairs[n].name) n++;
    return n;
}

START_TEST(the_authorization_is_that_of_the_vector)
{
    for (int i = 0; i < VECTORS; i++) {
        const struct vector *v = &vectors[i];
        struct nd_bytes query = ND_BYTES(4000), out = ND_BYTES(4000), wanted = ND_BYTES(4000);
        char payload[ND_SHA256_HEX];
        struct nd_sig_scope scope = {TIME, v->region, v->service};
        nd_sig_query(v->query, count_pairs(v->query), &query);
        nd_sha256_hex(nd_view_of(v->body), payload);
        struct nd_sig_request request = {
            v->method, v->path, v->as_is, nd_bytes_view(&query), v->headers, count_pairs(v->headers),
            payload};
        const char *key = strstr(v->signed_headers, "token") ? "ASIAEXAMPLE" : "AKIDEXAMPLE";
        nd_sig_authorization(key, SECRET, &scope, &request, &out);
        nd_bytes_addf(
            &wanted,
            "AWS4-HMAC-SHA256 Credential=%s/20260102/%s/%s/aws4_request, SignedHeaders=%s, Signature=%s", key,
            v->region, v->service, v->signed_headers, v->signature);
        nd_ck_view(nd_bytes_view(&out), nd_bytes_view(&wanted).data);
        nd_bytes_release(&query);
        nd_bytes_release(&out);
        nd_bytes_release(&wanted);
    }
}
END_TEST

START_TEST(the_presigned_query_is_that_of_the_vector)
{
    struct nd_bytes out = ND_BYTES(4000);
    struct nd_sig_scope scope = {TIME, "eu-west-1", "s3"};
    struct nd_aws_pair query = {"response-content-disposition", V("attachment; filename=\"r.pdf\"")};
    nd_sig_presign("ASIAEXAMPLE", SECRET, TOKEN, &scope, "bkt.s3.eu-west-1.amazonaws.com", "/runs/r%201.pdf",
                   900, &query, 1, &out);
    nd_ck_view(nd_bytes_view(&out),
               "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE%2F20260102%2Feu-west-1%2Fs3%"
               "2Faws4_request"
               "&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900"
               "&X-Amz-Security-Token=FwoGZXIvYXdzEBc%2Ftok%2Ben%3D%3D&X-Amz-SignedHeaders=host"
               "&response-content-disposition=attachment%3B%20filename%3D%22r.pdf%22"
               "&X-Amz-Signature=04af52aac74f16a7db15f86080fe53f131109ef7680cd4a43e61796e61294e18");
    nd_bytes_release(&out);
}
END_TEST

/* ---- the stages on their own ---- */

static void ck_canonical(const struct nd_sig_request *request, const char *wanted)
{
    struct nd_bytes out = ND_BYTES(4000), names = ND_BYTES(4000);
    nd_sig_canonical(request, &out, &names);
    nd_ck_view(nd_bytes_view(&out), wanted);
    nd_bytes_release(&out);
    nd_bytes_release(&names);
}

START_TEST(a_canonical_request_is_put_together)
{
    const struct nd_aws_pair headers[] = {{"X-B", V("  two   words ")},
                                          {"Host", V("h:8080")},
                                          {"x-amz-meta-a-b", V("2")},
                                          {"X-AMZ-META-A", V("1")},
                                          {"x-b", V("again")},
                                          {"User-Agent", V("nightdesk")},
                                          {"Expect", V("")}};
    struct nd_sig_request request = {"POST", "/k", true, V("a=1"), headers, 7, "hash"};
    ck_canonical(&request,
                 "POST\n/k\na=1\nhost:h:8080\nx-amz-meta-a:1\nx-amz-meta-a-b:2\nx-b:two words,again\n\n"
                 "host;x-amz-meta-a;x-amz-meta-a-b;x-b\nhash");
}
END_TEST

START_TEST(paths_are_encoded_twice_but_for_s3)
{
    static const struct {
        const char *path;
        bool as_is;
        const char *wanted;
    } rows[] = {
        {"/", false, "/"},
        {"", false, "/"},
        {"/a%3Ab/c", false, "/a%253Ab/c"},
        {"//a///b", false, "/a/b"},
        {"/a/./b/../c", false, "/a/c"},
        {"/../..", false, "/"},
        {"/a/", false, "/a/"},
        {"/a/..", false, "/"},
        {"/a/b/.", false, "/a/b/"},
        {"/a:b~c", false, "/a%3Ab~c"},
        {"//a/../%20", true, "//a/../%20"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_sig_request request = {"GET", rows[i].path, rows[i].as_is, V(""), NULL, 0, "p"};
        char *wanted = nd_sprintf("GET\n%s\n\n\n\np", rows[i].wanted);
        ck_canonical(&request, wanted);
        nd_free(wanted);
    }
}
END_TEST

START_TEST(a_query_is_encoded_and_sorted)
{
    const struct nd_aws_pair query[] = {{"b", V("2")},        {"uploads", V("")}, {"a", V("x y/z+~")},
                                        {"B", V("\xc3\xa9")}, {"b", V("1")},      {"b-c", V("0")}};
    struct nd_bytes out = ND_BYTES(400);
    nd_sig_query(query, 6, &out);
    nd_ck_view(nd_bytes_view(&out), "B=%C3%A9&a=x%20y%2Fz%2B~&b=1&b=2&b-c=0&uploads=");
    nd_bytes_release(&out);
}
END_TEST

START_TEST(the_string_to_sign_names_its_scope)
{
    struct nd_sig_scope scope = {TIME, "us-east-1", "s3"};
    struct nd_bytes out = ND_BYTES(400);
    nd_sig_to_sign(&scope, V(""), &out);
    nd_ck_view(nd_bytes_view(&out),
               "AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/us-east-1/s3/aws4_request\n" EMPTY_SHA256);
    nd_bytes_release(&out);
}
END_TEST

START_TEST(a_time_is_written_in_the_short_form)
{
    char text[ND_SIG_TIME_BYTES];
    int64_t ms = 0;
    nd_ck_ok(nd_time_parse("2026-01-02T03:04:05Z", &ms, NULL), NULL);
    nd_sig_time(ms + 999, text);
    ck_assert_str_eq(text, TIME);
}
END_TEST

ND_TEST_MAIN("aws/sigv4", the_authorization_is_that_of_the_vector, the_presigned_query_is_that_of_the_vector,
             a_canonical_request_is_put_together, paths_are_encoded_twice_but_for_s3,
             a_query_is_encoded_and_sorted, the_string_to_sign_names_its_scope,
             a_time_is_written_in_the_short_form)
