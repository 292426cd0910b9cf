/* Addresses of knowledge bases elsewhere: what one is, and what a request may name. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/kb.h"

START_TEST(an_address_names_region_and_id)
{
    struct nd_kb_address address;
    ck_assert(nd_kb_split(&address, "bedrock:us-gov-west-1:aB3dE67890"));
    ck_assert_str_eq(address.region, "us-gov-west-1");
    ck_assert_str_eq(address.id, "aB3dE67890");
    static const char *const none[] = {"",
                                       "bedrock:",
                                       "bedrock:eu-west-1",
                                       "bedrock:eu-west-1:",
                                       "bedrock::ABCDE12345",
                                       "bedrock:eu-west-1:ABCDE1234",
                                       "bedrock:eu-west-1:ABCDE123456",
                                       "bedrock:eu-west-1:ABCDE/2345",
                                       "bedrock:eu-west-1:ABCDE12345:",
                                       "bedrock:evil.example/:ABCDE12345",
                                       "bedrock:EU-WEST-1:ABCDE12345",
                                       "bedrock:abcdefghijabcdefghijabcdefghij123:ABCDE12345",
                                       "Bedrock:eu-west-1:ABCDE12345",
                                       " bedrock:eu-west-1:ABCDE12345"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(!nd_kb_split(&address, none[i]), "'%s' passed", none[i]);
    ck_assert(nd_kb_is_address("bedrock:x") && !nd_kb_is_address("hand-book_2"));
}
END_TEST

START_TEST(a_request_names_names_and_addresses)
{
    struct nd_request *request = NULL;
    struct nd_error err = {0};
    nd_ck_ok(
        nd_request_parse_text(
            &request, ND_VIEW("{\"topic\":\"t\",\"kbs\":[\"wiki\",\"bedrock:eu-west-1:ABCDE12345\"]}"), &err),
        &err);
    ck_assert_uint_eq(request->kbs.n, 2);
    ck_assert_uint_eq(nd_kbs_elsewhere(request), 1);
    nd_request_free(request);
    nd_ck_rc(
        nd_request_parse_text(&request, ND_VIEW("{\"topic\":\"t\",\"kbs\":[\"bedrock:eu-west-1:A\"]}"), &err),
        ND_BAD_INPUT, &err);
    nd_ck_note(&err, "wanted a name, or an address like bedrock:eu-west-1:ABCDE12345");
}
END_TEST

ND_TEST_MAIN("core/kb", an_address_names_region_and_id, a_request_names_names_and_addresses)
