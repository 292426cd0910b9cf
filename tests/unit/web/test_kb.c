/* Questions to Bedrock's knowledge bases, and what is made of their answers. */
#include "kb_private.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/web/kb.h"
#include <string.h>

#define KB "bedrock:eu-west-1:ABCDE12345"

static enum nd_rc read(const char *text, struct nd_kb_passages *out, struct nd_error *err)
{
    struct nd_json *json = NULL;
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), err), err);
    enum nd_rc rc = kb_read(json, KB, out, err);
    nd_json_free(json);
    return rc;
}

static void read_results(const char *results, struct nd_kb_passages *out)
{
    struct nd_error err = {0};
    char *text = nd_sprintf("{\"retrievalResults\":[%s],\"nextToken\":\"x\"}", results);
    nd_ck_ok(read(text, out, &err), &err);
    nd_free(text);
}

START_TEST(what_is_asked)
{
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    kb_ask("bees \"and\" m\xc3\xa4use", &body);
    nd_ck_view(nd_bytes_view(&body), "{\"retrievalQuery\":{\"text\":\"bees \\\"and\\\" m\xc3\xa4use\"},"
                                     "\"retrievalConfiguration\":{\"vectorSearchConfiguration\":{"
                                     "\"numberOfResults\":10}}}");
    nd_bytes_release(&body);
}
END_TEST

START_TEST(places)
{
    static const struct {
        const char *location, *place;
        bool told;
    } rows[] = {
        {"{\"type\":\"S3\",\"s3Location\":{\"uri\":\"s3://b/a b/\xc3\xa4.pdf\"}}", "s3://b/a b/\xc3\xa4.pdf",
         false},
        {"{\"type\":\"WEB\",\"webLocation\":{\"url\":\"https://W.example/a b#x\"}}",
         "https://w.example/a%20b", false},
        {"{\"type\":\"CONFLUENCE\",\"confluenceLocation\":{\"url\":\"https://c.example/1\"}}",
         "https://c.example/1", false},
        {"{\"type\":\"SHAREPOINT\",\"sharePointLocation\":{\"url\":\"https://s.example/1\"}}",
         "https://s.example/1", false},
        {"{\"type\":\"SALESFORCE\",\"salesforceLocation\":{\"url\":\"https://f.example/1\"}}",
         "https://f.example/1", false},
        {"{\"type\":\"ONEDRIVE\",\"oneDriveLocation\":{\"url\":\"https://o.example/1\"}}",
         "https://o.example/1", false},
        {"{\"type\":\"GOOGLEDRIVE\",\"googleDriveLocation\":{\"url\":\"https://g.example/1\"}}",
         "https://g.example/1", false},
        {"{\"type\":\"KENDRA\",\"kendraDocumentLocation\":{\"uri\":\"s3://k/1\"}}", "s3://k/1", false},
        {"{\"type\":\"CUSTOM\",\"customDocumentLocation\":{\"id\":\"17 b\"}}", KB "/17 b", false},
        {"{\"type\":\"SQL\",\"sqlLocation\":{\"query\":\"SELECT 1\"}}", KB, false},
        {"{\"type\":\"WEB\",\"webLocation\":{\"url\":\"javascript:alert(1)\"}}", KB "/javascript:alert(1)",
         false},
        {"{\"type\":\"S3\",\"s3Location\":{\"uri\":\"s3://b/\\u202egpj\"}}", KB, true},
        {"{\"type\":\"S3\",\"s3Location\":{\"uri\":\"s3://b/\\n\"}}", KB, true},
        {"{\"type\":\"S3\",\"s3Location\":{\"uri\":7}}", KB, true},
        {"{\"type\":\"S3\",\"s3Location\":\"s3://b/a\"}", KB, true},
        {"{\"type\":\"S3\"}", KB, true},
        {"{\"type\":\"MOON\",\"moonLocation\":{\"crater\":\"x\"}}", KB, true},
        {"{\"type\":[]}", KB, true},
        {"\"S3\"", KB, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_kb_passages out;
        char *text = nd_sprintf("{\"content\":{\"text\":\"Bees fly.\"},\"location\":%s}", rows[i].location);
        read_results(text, &out);
        ck_assert_uint_eq(out.n, 1);
        ck_assert_str_eq(out.v[0].place, rows[i].place);
        ck_assert_msg((out.told != NULL) == rows[i].told, "%s: %s", rows[i].location,
                      out.told ? out.told : "");
        nd_kb_passages_release(&out);
        nd_free(text);
    }
}
END_TEST

START_TEST(passages_and_what_is_left_out)
{
    struct nd_kb_passages out;
    read_results("{\"content\":{\"type\":\"TEXT\",\"text\":\"  One\\fpage. \"},\"score\":0.5},"
                 "{\"content\":{\"type\":\"IMAGE\",\"byteContent\":\"AAAA\"}},"
                 "{\"content\":{\"type\":\"ROW\",\"row\":[{\"columnName\":\"a\"}]}},"
                 "{\"content\":{}},{\"content\":{\"text\":7}},{\"content\":{\"text\":\" \\n\"}},"
                 "{\"content\":{\"type\":\"\\u001b[31m\",\"text\":\"x\"}},"
                 "{\"content\":{\"text\":\"Two.\"},\"location\":{\"type\":\"MOON\"}}",
                 &out);
    ck_assert_uint_eq(out.n, 2);
    ck_assert_str_eq(out.v[0].text, "One\fpage.");
    ck_assert_str_eq(out.v[0].place, KB);
    ck_assert_str_eq(out.v[1].text, "Two.");
    ck_assert_str_eq(out.told, "6 left out that are no text (IMAGE); 1 of a place that is not known (MOON)");
    nd_kb_passages_release(&out);
    read_results("", &out);
    ck_assert_uint_eq(out.n, 0);
    ck_assert_ptr_null(out.told);
    nd_kb_passages_release(&out);
}
END_TEST

START_TEST(limits)
{
    struct nd_kb_passages out;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    for (int i = 0; i < 13; i++) nd_bytes_addf(&text, "{\"content\":{\"text\":\"Passage %d.\"}},", i);
    nd_bytes_add_str(&text, "{\"content\":{\"text\":\"");
    for (size_t i = 0; i <= ND_KB_PASSAGE_MAX_BYTES; i++) nd_bytes_add_char(&text, 'x');
    nd_bytes_add_str(&text, "\"}}");
    read_results(nd_bytes_view(&text).data, &out);
    ck_assert_uint_eq(out.n, ND_KB_PASSAGES_MAX);
    ck_assert_str_eq(out.v[9].text, "Passage 9.");
    ck_assert_str_eq(out.told, "1 left out that are longer than 64 KiB; 3 left out beyond those asked for");
    nd_kb_passages_release(&out);
    nd_bytes_release(&text);
}
END_TEST

START_TEST(malformed_answers_are_refused)
{
    static const struct {
        const char *text, *note;
    } rows[] = {
        {"{}", "'its answer' has no 'retrievalResults'"},
        {"{\"retrievalResults\":null}", "retrievalResults"},
        {"{\"retrievalResults\":{\"content\":{\"text\":\"x\"}}}", "wanted an array"},
        {"{\"retrievalResults\":[7]}", "'retrievalResults' is a number, wanted an object"},
        {"{\"retrievalResults\":[{\"content\":{\"text\":\"x\"}},{}]}", "has no 'content'"},
        {"{\"retrievalResults\":[{\"content\":\"x\"}]}", "wanted an object"},
        {"{\"message\":\"not here\"}", "has no 'retrievalResults'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_kb_passages out = {.n = 7};
        struct nd_error err = {0};
        nd_ck_rc(read(rows[i].text, &out, &err), ND_BAD_INPUT, &err);
        nd_ck_note(&err, rows[i].note);
        ck_assert_uint_eq(out.n, 7); /* set on success alone */
    }
}
END_TEST

static enum nd_rc open_for(const char *kbs, struct nd_kbs **out, struct nd_error *err)
{
    struct nd_request *request = NULL;
    char *text = nd_sprintf("{\"topic\":\"t\",\"kbs\":[%s]}", kbs);
    nd_error_clear(err);
    nd_ck_ok(nd_request_parse_text(&request, nd_view_of(text), err), err);
    enum nd_rc rc = nd_kbs_open(out, request, &(struct nd_kbs_config){.fee_microusd = 3}, err);
    nd_request_free(request);
    nd_free(text);
    return rc;
}

START_TEST(opening_asks_nobody)
{
    struct nd_error err = {0};
    struct nd_kbs *kbs = (struct nd_kbs *)1;
    nd_ck_ok(open_for("\"a-name\"", &kbs, &err), &err);
    ck_assert_ptr_null(kbs);
    nd_ck_ok(open_for("\"" KB
                      "\",\"a-name\",\"bedrock:eu-west-1:ZZZZZ00000\",\"bedrock:us-east-1:ABCDE12345\",\"" KB
                      "\"",
                      &kbs, &err),
             &err);
    ck_assert_int_eq(kbs->fee_microusd, 3);
    nd_kbs_close(kbs);
    struct nd_bytes many = ND_BYTES(ND_BYTES_MAX);
    for (int i = 0; i <= ND_KBS_MAX; i++)
        nd_bytes_addf(&many, "%s\"bedrock:eu-west-1:AAAAA000%02d\"", i ? "," : "", i);
    nd_ck_rc(open_for(nd_bytes_view(&many).data, &kbs, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "more than 10 knowledge bases");
    nd_bytes_release(&many);
    nd_kbs_close(NULL);
}
END_TEST

ND_TEST_MAIN("web/kb", what_is_asked, places, passages_and_what_is_left_out, limits,
             malformed_answers_are_refused, opening_asks_nobody)
