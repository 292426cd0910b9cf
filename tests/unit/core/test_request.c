#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/core/request.h"
#include "request_fields.h"
#include <string.h>

static struct nd_request *parse(const char *text)
{
    struct nd_error err = {0};
    struct nd_request *request = NULL;
    nd_ck_ok(nd_request_parse_text(&request, nd_view_of(text), &err), &err);
    return request;
}

static char *print(const struct nd_request *request)
{
    struct nd_json *json = nd_request_json(request);
    struct nd_bytes text = ND_BYTES(ND_MIB);
    nd_json_print(json, &text);
    nd_json_free(json);
    return nd_bytes_take(&text, NULL);
}

START_TEST(topic_alone_gets_the_defaults)
{
    struct nd_request *r = parse("{\"topic\":\"tea\"}");
    ck_assert_str_eq(r->topic, "tea");
    ck_assert_int_eq(r->sub_topics, 10);
    ck_assert_str_eq(r->language, "en");
    ck_assert_str_eq(r->writer, "extractive");
    ck_assert_str_eq(r->safety, "flag");
    ck_assert_int_eq(r->length, ND_LENGTH_STANDARD);
    ck_assert_int_eq(r->limits.budget_microusd, 5000000);
    ck_assert_int_eq(r->limits.tool_calls_per_lane, 20);
    ck_assert_int_eq(r->limits.tool_calls_per_run, 200);
    ck_assert_int_eq(r->limits.steps_per_lane, 60);
    ck_assert_int_eq(r->limits.wall_seconds, 0);
    ck_assert_int_eq(r->limits.max_failed_inputs_percent, 10);
    ck_assert_uint_eq(r->gates, 0);
    ck_assert_ptr_null(r->audience);
    nd_request_free(r);
}
END_TEST

static const char full[] =
    "{\"schema\":\"nightdesk.request/1\",\"topic\":\"t\",\"questions\":[\"a?\",\"b?\"],"
    "\"outline\":[{\"title\":\"One\",\"question\":\"why?\",\"pin\":[\"a.pdf\"]},{\"title\":\"Two\"}],\"sub_"
    "topics\":3,"
    "\"audience\":\"nurses\",\"tone\":\"plain\",\"house_style\":\"no jokes\",\"citation_style\":\"numeric\","
    "\"language\":\"de-AT\",\"length\":\"short\",\"must_cover\":[\"cost\"],\"forbidden_terms\":[\"cheap\"],"
    "\"outputs\":[\"html\",\"json\"],\"documents\":{\"roots\":[\"docs\"],\"include\":[\"*.pdf\"],\"exclude\":"
    "[\"x/**\"],"
    "\"local\":[\"secret/*\"],\"confidential\":[\"hr/"
    "*\"]},\"web\":{\"search\":\"searxng\",\"urls\":[\"https://a.org/x\"]},"
    "\"kbs\":[\"wiki\"],\"writer\":\"openai:gpt\",\"limits\":{\"budget_usd\":\"2.50\",\"tool_calls_per_"
    "lane\":7,"
    "\"tool_calls_per_run\":70,\"steps_per_lane\":9,\"wall_seconds\":60,\"max_failed_inputs_percent\":0},"
    "\"approve\":[\"plan\",\"final\"],\"ask\":true,\"safety\":\"block\"}";

START_TEST(everything_is_read)
{
    struct nd_request *r = parse(full);
    ck_assert_uint_eq(r->questions.n, 2);
    ck_assert_uint_eq(r->outline_count, 2);
    ck_assert_str_eq(r->outline[0].question, "why?");
    ck_assert_str_eq(r->outline[0].pin.v[0], "a.pdf");
    ck_assert_ptr_null(r->outline[1].question);
    ck_assert_int_eq(r->length, ND_LENGTH_SHORT);
    ck_assert_str_eq(r->roots.v[0], "docs");
    ck_assert_str_eq(r->local.v[0], "secret/*");
    ck_assert_str_eq(r->urls.v[0], "https://a.org/x");
    ck_assert_int_eq(r->limits.budget_microusd, 2500000);
    ck_assert_uint_eq(r->gates, ND_GATE_PLAN | ND_GATE_FINAL);
    ck_assert(r->ask);
    nd_request_free(r);
}
END_TEST

START_TEST(printing_and_parsing_again_is_the_same_request)
{
    const char *const texts[] = {"{\"topic\":\"tea\"}", full};
    for (size_t i = 0; i < 2; i++) {
        struct nd_request *r = parse(texts[i]);
        char *once = print(r);
        struct nd_request *again = parse(once);
        char *twice = print(again);
        ck_assert_str_eq(once, twice);
        char a[65], b[65];
        nd_request_sha256(r, a);
        nd_request_sha256(again, b);
        ck_assert_str_eq(a, b);
        nd_free(once);
        nd_free(twice);
        nd_request_free(r);
        nd_request_free(again);
    }
}
END_TEST

START_TEST(hash_depends_on_what_is_asked_and_not_on_how_it_is_written)
{
    struct nd_request *a = parse("{\"topic\":\"t\",\"limits\":{\"budget_usd\":2.5}}");
    struct nd_request *b = parse(
        "{ \"limits\": {\"budget_usd\":\"2.500\"}, \"schema\":\"nightdesk.request/1\", \"topic\":\"t\"}");
    struct nd_request *c = parse("{\"topic\":\"t\",\"limits\":{\"budget_usd\":2.500001}}");
    char ha[65], hb[65], hc[65];
    nd_request_sha256(a, ha);
    nd_request_sha256(b, hb);
    nd_request_sha256(c, hc);
    ck_assert_str_eq(ha, hb);
    ck_assert_str_ne(ha, hc);
    nd_request_free(a);
    nd_request_free(b);
    nd_request_free(c);
}
END_TEST

START_TEST(money_is_exact)
{
    static const struct {
        const char *text;
        int64_t microusd;
    } rows[] = {{"0", 0},
                {"5", 5000000},
                {"0.1", 100000},
                {"0.000001", 1},
                {"1e-6", 1},
                {"\"0.3\"", 300000},
                {"\"0.000001\"", 1},
                {"999999.999999", 999999999999},
                {"1000000", 1000000000000},
                {"\"1000000.000000\"", 1000000000000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = nd_sprintf("{\"topic\":\"t\",\"limits\":{\"budget_usd\":%s}}", rows[i].text);
        struct nd_request *r = parse(text);
        ck_assert_int_eq(r->limits.budget_microusd, rows[i].microusd);
        nd_request_free(r);
        nd_free(text);
    }
}
END_TEST

START_TEST(bad_requests_name_the_place_what_was_found_and_what_was_wanted)
{
    static const struct {
        const char *text, *note;
        enum nd_rc rc;
    } rows[] = {
        {"[]", "a request is an array, wanted an object", ND_BAD_INPUT},
        {"{}", "needs a 'topic'", ND_BAD_INPUT},
        {"{\"topic\":\" \\n\"}", "'topic' is empty", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"since\":{\"run_id\":\"\",\"started_at\":\"x\",\"sources\":[],\"statements\":[]}"
         "}",
         "'since.run_id'", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"since\":{\"run_id\":\"a\",\"sources\":[],\"statements\":[]}}",
         "'since.started_at'", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"since\":{\"run_id\":\"a\",\"started_at\":\"x\",\"statements\":[]}}",
         "'since.sources'", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"since\":{\"run_id\":\"a\",\"started_at\":\"x\",\"sources\":[{\"path\":\"p\","
         "\"url\":\"u\",\"sha256\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
         "\"title\":\"\"}],\"statements\":[]}}",
         "'path' or a 'url'", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"since\":{\"run_id\":\"a\",\"started_at\":\"x\",\"sources\":[{\"path\":\"p\","
         "\"sha256\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"title\":\"\"}],"
         "\"statements\":[]}}",
         "a sha256", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"since\":{\"run_id\":\"a\",\"started_at\":\"x\",\"sources\":[{\"path\":\"p\","
         "\"sha256\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}],\"statements\":[]"
         "}}",
         "a title", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"since\":{\"run_id\":\"a\",\"started_at\":\"x\",\"sources\":[],\"statements\":["
         "\"0123\"]}}",
         "16 hex digits", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"since\":[]}", "wanted an object", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"documents\":{\"listing\":[]}}",
         "'documents.listing' is an array, wanted an object", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"documents\":{\"roots\":[\"a\"],\"listing\":{}}}", "wanted one of them",
         ND_BAD_INPUT},
        {"{\"topic\":7}", "'topic' is a number, wanted a string", ND_BAD_INPUT},
        {"{\"topic\":null}", "'topic' is null, wanted a string", ND_BAD_INPUT},
        {"{\"topci\":\"x\"}", "'topci' is not a member of a request; did you mean 'topic'?", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"zzzzzz\":1}", "'zzzzzz' is not a member of a request", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":{\"budget\":1}}", "'limits.budget' is not a member", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":{\"budget_usd\":1.0000001}}", "'limits.budget_usd' is 1.0000001",
         ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":{\"budget_usd\":-1}}", "'limits.budget_usd' is -1", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":{\"budget_usd\":1e300}}", "from 0 to 1000000", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":{\"budget_usd\":\"$5\"}}", "'limits.budget_usd' is '$5'", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":{\"budget_usd\":\"5.\"}}", "at most 6 decimals", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":{\"budget_usd\":\"99999999999999999999\"}}", "wanted dollars",
         ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":{\"budget_usd\":true}}", "wanted dollars", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":7}", "'limits' is a number, wanted an object", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"limits\":{\"steps_per_lane\":0}}",
         "'limits.steps_per_lane' is 0, wanted a whole number from 1", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"sub_topics\":2.5}", "'sub_topics' is 2.5, wanted a whole number from 1 to 40",
         ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"sub_topics\":\"3\"}", "'sub_topics' is a string, wanted a whole number",
         ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"length\":\"tiny\"}",
         "'length' is 'tiny', wanted one of 'short', 'standard', 'long'", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"approve\":[\"plan\",\"draft\"]}", "'approve[1]' is 'draft', wanted one of",
         ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"approve\":\"plan\"}", "'approve' is a string, wanted an array", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"questions\":[\"a\",3]}", "'questions[1]' is a number, wanted a string",
         ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"outline\":[{}]}", "'outline[0]' has no 'title'", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"outline\":[{\"titel\":\"a\"}]}", "did you mean 'outline[0].title'?",
         ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"outline\":[\"a\"]}", "'outline[0]' is a string", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"ask\":1}", "'ask' is a number, wanted true or false", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"writer\":\"gpt\"}", "'writer' is 'gpt', wanted 'extractive' or", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"language\":\"e\"}", "'language' is 'e', wanted a language tag", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"web\":{\"urls\":[\"file:///etc/passwd\"]}}",
         "'web.urls[0]' is 'file:///etc/passwd'", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"guardrail\":\"gr1\"}", "'guardrail' is 'gr1', wanted 'ID:VERSION'",
         ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"guardrail\":\"gr1:0\"}", "'guardrail' is 'gr1:0'", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"guardrail\":\"arn:aws:bedrock:x:1:model/gr1:1\"}", "'guardrail' is",
         ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"safety\":\"off\"}", "'safety' is 'off', wanted one of", ND_BAD_INPUT},
        {"{\"topic\":\"x\",\"topic\":\"y\"}", "topic", ND_BAD_INPUT},
        {"{\"schema\":\"nightdesk.request/2\",\"topic\":\"x\"}", "newer nightdesk", ND_VERSION},
        {"{\"schema\":\"other/1\",\"topic\":\"x\"}", "'schema' is 'other/1'", ND_BAD_INPUT},
        {"{\"topic\":", "line 1", ND_BAD_INPUT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_error err = {0};
        struct nd_request *request = NULL;
        nd_ck_rc(nd_request_parse_text(&request, nd_view_of(rows[i].text), &err), rows[i].rc, &err);
        nd_ck_note(&err, rows[i].note);
        ck_assert_ptr_null(request);
    }
}
END_TEST

START_TEST(too_many_items_and_too_long_texts_are_refused)
{
    struct nd_bytes many = ND_BYTES(ND_MIB);
    nd_bytes_add_str(&many, "{\"topic\":\"x\",\"questions\":[\"q\"");
    for (size_t i = 0; i < 200; i++) nd_bytes_add_str(&many, ",\"q\"");
    nd_bytes_add_str(&many, "]}");
    struct nd_error err = {0};
    struct nd_request *request = NULL;
    nd_ck_rc(nd_request_parse_text(&request, nd_bytes_view(&many), &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "'questions' has 201 items, limit is 200");
    nd_bytes_release(&many);

    struct nd_bytes big = ND_BYTES(2 * ND_MIB);
    nd_bytes_add_str(&big, "{\"topic\":\"");
    for (size_t i = 0; i < 4001; i++) nd_bytes_add_char(&big, 'x');
    nd_bytes_add_str(&big, "\"}");
    nd_error_clear(&err);
    nd_ck_rc(nd_request_parse_text(&request, nd_bytes_view(&big), &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "'topic' has 4001 bytes, limit is 4000");
    while (big.len <= ND_REQUEST_MAX_BYTES) nd_bytes_add_char(&big, ' ');
    nd_error_clear(&err);
    nd_ck_rc(nd_request_parse_text(&request, nd_bytes_view(&big), &err), ND_BAD_INPUT, &err);
    nd_bytes_release(&big);
}
END_TEST

/* every row of the table has a property of the schema, and the other way round */
static void same_members(const struct field *fields, const struct nd_json *schema, const char *where)
{
    const struct nd_json *properties = nd_json_get(schema, "properties");
    ck_assert_msg(!nd_json_get_bool(schema, "additionalProperties", true), "%s takes unknown members", where);
    size_t rows = 0;
    for (const struct field *f = fields; f->name; f++, rows++) {
        const struct nd_json *property = nd_json_get(properties, f->name);
        ck_assert_msg(property, "%s.%s is not in the schema", where, f->name);
        if (f->kind == FIELD_GROUP) same_members(f->members, property, f->name);
        if (f->kind == FIELD_OUTLINE)
            same_members(nd_outline_fields, nd_json_get(property, "items"), f->name);
        if (f->kind == FIELD_INT) {
            ck_assert_int_eq(nd_json_get_int(property, "minimum", -1), f->min);
            ck_assert_int_eq(nd_json_get_int(property, "maximum", -1), f->max);
        }
        if (f->kind == FIELD_TEXTS) {
            const struct nd_json *ref = nd_json_get(property, "$ref");
            ck_assert_int_eq(nd_json_get_int(property, "maxItems", ref ? 200 : -1), f->max);
        }
        const struct nd_json *values = nd_json_get(property, "enum");
        if (!values) values = nd_json_get(nd_json_get(property, "items"), "enum");
        for (size_t i = 0; f->words && f->words[i]; i++) {
            ck_assert_msg(values, "%s.%s has no enum", where, f->name);
            ck_assert_str_eq(nd_json_str(nd_json_at(values, i)), f->words[i]);
        }
    }
    ck_assert_msg(nd_json_len(properties) == rows, "%s: schema has %zu members, the parser %zu", where,
                  nd_json_len(properties), rows);
}

START_TEST(schema_and_parser_know_the_same_members)
{
    char *text = nd_test_read(ND_SOURCE_DIR "/docs/reference/request.schema.json");
    struct nd_error err = {0};
    struct nd_json *schema = NULL;
    nd_ck_ok(nd_json_parse(&schema, nd_view_of(text), &err), &err);
    same_members(nd_request_fields, schema, "request");
    nd_json_free(schema);
    nd_free(text);
}
END_TEST

START_TEST(what_is_asked_does_not_depend_on_where_the_documents_lie)
{
    const char *text[] = {"{\"topic\":\"t\",\"documents\":{\"roots\":[\"/a/docs\"]}}",
                          "{\"topic\":\"t\",\"documents\":{\"roots\":[\"docs\"]}}",
                          "{\"topic\":\"u\",\"documents\":{\"roots\":[\"docs\"]}}",
                          "{\"topic\":\"t\",\"documents\":{\"listing\":{\"files\":[]}}}"};
    char asked[4][ND_SHA256_HEX], whole[4][ND_SHA256_HEX];
    for (size_t i = 0; i < 4; i++) {
        struct nd_request *request = NULL;
        struct nd_error err = {0};
        nd_ck_ok(nd_request_parse_text(&request, nd_view_of(text[i]), &err), &err);
        nd_request_asked_sha256(request, asked[i]);
        nd_request_sha256(request, whole[i]);
        nd_request_free(request);
    }
    ck_assert_str_eq(asked[0], asked[1]);
    ck_assert_str_ne(asked[1], asked[2]);
    ck_assert_str_ne(whole[0], whole[1]);
    ck_assert_str_eq(asked[0], asked[3]);
    ck_assert_str_ne(whole[0], whole[3]);
}
END_TEST

START_TEST(run_ids)
{
    char id[ND_RUN_ID_BYTES + 1];
    memset(id, 'z', sizeof id);
    id[64] = '\0';
    ck_assert(nd_run_id_valid(id));
    id[64] = 'z';
    id[65] = '\0';
    ck_assert(!nd_run_id_valid(id));
    ck_assert(nd_run_id_valid("a"));
    ck_assert(nd_run_id_valid("0123456789ABCDEFabcdef_-"));
    ck_assert(!nd_run_id_valid(""));
    ck_assert(!nd_run_id_valid(NULL));
    ck_assert(!nd_run_id_valid("../x"));
    ck_assert(!nd_run_id_valid("a b"));
}
END_TEST

ND_TEST_MAIN("core/request", topic_alone_gets_the_defaults, everything_is_read,
             printing_and_parsing_again_is_the_same_request,
             hash_depends_on_what_is_asked_and_not_on_how_it_is_written, money_is_exact,
             bad_requests_name_the_place_what_was_found_and_what_was_wanted,
             too_many_items_and_too_long_texts_are_refused, schema_and_parser_know_the_same_members,
             what_is_asked_does_not_depend_on_where_the_documents_lie, run_ids)
