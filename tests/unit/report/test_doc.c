/* report.json as hostile input: each wrong member is named; nothing crashes. */
#include "sample.h"

#include "doc.h"

/* what is replaced in the sample's JSON, by what, and the note that names it */
static const struct {
    const char *from, *to, *note;
} wrong[] = {
    {"\"schema\":\"nightdesk.report/1\"", "\"schema\":\"nightdesk.plan/1\"", "wanted 'nightdesk.report/1'"},
    {"\"run_id\":\"trams-2026-11\"", "\"run_id\":7", "'run_id' is a number, wanted a string"},
    {"\"topic\":\"Bringing", "\"tropic\":\"Bringing", "has no 'topic'"},
    {"\"id\":2,\"kind\":\"pdf\"", "\"id\":3,\"kind\":\"pdf\"", "source 2: 'id' is 3"},
    {"\"status\":\"partly\"", "\"status\":\"half\"", "'status' is 'half'"},
    {"\"pages\":512", "\"pages\":-1", "'pages' is -1"},
    {"\"pages\":512", "\"pages\":5.5", "'pages' is 5.5"},
    {"\"id\":\"q7\",\"source\":1", "\"id\":\"q8\",\"source\":1", "'q8' stands twice"},
    {"\"id\":\"q7\",\"source\":1", "\"id\":\"q07\",\"source\":1", "wanted 'q' and a number"},
    {"\"id\":\"q7\",\"source\":1", "\"id\":\"q7\\\" onclick\",\"source\":1", "wanted 'q' and a number"},
    {"\"id\":\"q7\",\"source\":1", "\"id\":\"q7\",\"source\":99", "'source' is 99"},
    {"\"id\":\"q7\",\"source\":1", "\"id\":\"q7\",\"source\":10", "'page' is 22"},
    {"\"quotes\":[\"q3\"]", "\"quotes\":[\"q300\"]", "names 'q300'"},
    {"\"quotes\":[\"q3\"]", "\"quotes\":[3]", "has a number, wanted an id"},
    {"\"quotes\":[\"q3\"]", "\"quotes\":[]", "is quoted but has no quote"},
    {"\"verdict\":\"quoted\"", "\"verdict\":\"sure\"", "'verdict' is 'sure'"},
    {"\"premises\":[\"c37\"]", "\"premises\":[\"c99\"]", "names 'c99'"},
    {"\"section\":\"s1\"", "\"section\":\"s9\"", "names 's9'"},
    {"\"id\":\"s2\"", "\"id\":\"s1\"", "'s1' stands twice"},
    {"\"kind\":\"chart\"", "\"kind\":\"pie\"", "'kind' is 'pie'"},
    {"\"type\":\"bar\"", "\"type\":\"pie\"", "'type' is 'pie'"},
    {"\"x\":0,\"y\":1", "\"x\":0,\"y\":2", "'y' is 2"},
    {"\"value\":8960000", "\"value\":1e300", "beyond the limit"},
    {"[[0,2],[0,3]]", "[[0,2],[9,3]]", "names row 9, column 3"},
    {"[[0,2],[0,3]]", "[[0,2],3]", "names row -1"},
    {"\"claims\":[]", "\"claims\":{}", "'claims' is an object, wanted an array"},
    {"\"id\":\"g2\"", "\"id\":\"g1\"", "'g1' stands twice"},
    {"\"topic\":\"Bringing",
     "\"changes\":{\"run_id\":\"a\",\"started_at\":\"2026-01-02T03:04:05Z\",\"new\":[99],\"changed\":[1],"
     "\"withdrawn\":[],\"unchanged\":0,\"new_statements\":[]},\"topic\":\"Bringing",
     "'new' names no source"},
    {"\"topic\":\"Bringing",
     "\"changes\":{\"run_id\":\"a\",\"started_at\":\"2026-01-02T03:04:05Z\",\"new\":[2],\"changed\":[1],"
     "\"withdrawn\":[],\"unchanged\":-1,\"new_statements\":[]},\"topic\":\"Bringing",
     "'unchanged' is -1"},
    {"\"topic\":\"Bringing",
     "\"changes\":{\"run_id\":\"a\",\"started_at\":\"2026-01-02T03:04:05Z\",\"new\":[2],\"changed\":[1],"
     "\"withdrawn\":[],\"unchanged\":0,\"new_statements\":[\"c900\"]},\"topic\":\"Bringing",
     "names 'c900'"},
    {"\"topic\":\"Bringing",
     "\"changes\":{\"run_id\":\"a\",\"started_at\":\"2026-01-02T03:04:05Z\",\"new\":[2],\"changed\":[1],"
     "\"withdrawn\":[{}],\"unchanged\":0,\"new_statements\":[]},\"topic\":\"Bringing",
     "has no 'title'"},
    {"\"topic\":\"Bringing",
     "\"changes\":{\"run_id\":\"a\",\"started_at\":\"2026-01-02T03:04:05Z\",\"new\":[2],\"changed\":[1],"
     "\"withdrawn\":[],\"unchanged\":0,\"new_statements\":[4]},\"topic\":\"Bringing",
     "wanted an id"},
};

static char *sample_text(const struct sample *s)
{
    struct nd_bytes out = ND_BYTES(ND_MIB * 4);
    nd_json_print(s->report, &out);
    return nd_bytes_take(&out, NULL);
}

static enum nd_rc open_text(struct nd_view text, struct nd_error *err)
{
    struct nd_json *json = NULL;
    struct doc *doc = NULL;
    enum nd_rc rc = nd_json_parse(&json, text, err);
    if (rc == ND_OK) rc = doc_open(&doc, json, err);
    doc_free(doc);
    nd_json_free(json);
    return rc;
}

START_TEST(reads_the_sample)
{
    struct sample s;
    struct doc *doc = NULL;
    struct nd_error err = {0};
    sample_init(&s);
    nd_ck_ok(doc_open(&doc, s.report, &err), &err);
    ck_assert_uint_eq(doc->quote_count, 66);
    ck_assert_uint_eq(doc->summary_count, 6);
    ck_assert_uint_eq(doc->section_count, 7);
    ck_assert_uint_eq(doc->claims[0].section, 0);
    ck_assert_uint_eq(doc->exhibits[1].cells[4].args.v[1], 3);
    ck_assert_str_eq(doc->exhibits[1].cells[4].unit, "%");
    ck_assert(!doc->sections[6].found);
    nd_ck_ok(doc_pages(doc, s.pages, &err), &err);
    doc_free(doc);
    sample_release(&s);
}
END_TEST

START_TEST(names_what_is_wrong)
{
    struct sample s;
    sample_init(&s);
    char *text = sample_text(&s);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct nd_error err = {0};
        struct nd_bytes changed = ND_BYTES(ND_MIB * 4);
        char *at = strstr(text, wrong[i].from);
        ck_assert_msg(at, "the sample has no %s", wrong[i].from);
        nd_bytes_add(&changed, text, (size_t)(at - text));
        nd_bytes_add_str(&changed, wrong[i].to);
        nd_bytes_add_str(&changed, at + strlen(wrong[i].from));
        ck_assert_msg(open_text(nd_bytes_view(&changed), &err) == ND_BAD_INPUT, "%s was accepted",
                      wrong[i].to);
        nd_ck_note(&err, wrong[i].note);
        nd_bytes_release(&changed);
    }
    nd_free(text);
    sample_release(&s);
}
END_TEST

START_TEST(tells_a_newer_report)
{
    struct nd_error err = {0};
    nd_ck_rc(open_text(ND_VIEW("{\"schema\":\"nightdesk.report/12\"}"), &err), ND_VERSION, &err);
    nd_error_clear(&err);
    nd_ck_rc(open_text(ND_VIEW("[]"), &err), ND_BAD_INPUT, &err);
    nd_error_clear(&err);
    nd_ck_rc(open_text(ND_VIEW("{\"schema\":\"nightdesk.report/1\"}"), &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "has no 'run_id'");
}
END_TEST

/* Any one member gone or turned into something else: an answer, no crash. */
START_TEST(survives_any_damage)
{
    struct sample s;
    sample_init(&s);
    char *text = sample_text(&s);
    size_t len = strlen(text), tried = 0;
    static const char junk[] = "0\"[]{},:-9";
    for (size_t at = 0; at < len; at += 37) {
        char saved = text[at];
        text[at] = junk[at % (sizeof junk - 1)];
        struct nd_error err = {0};
        enum nd_rc rc = open_text((struct nd_view){text, len}, &err);
        ck_assert(rc == ND_OK || rc == ND_BAD_INPUT || rc == ND_VERSION);
        text[at] = saved;
        tried++;
    }
    ck_assert_uint_gt(tried, 500);
    nd_free(text);
    sample_release(&s);
}
END_TEST

ND_TEST_MAIN("report/doc", reads_the_sample, names_what_is_wrong, tells_a_newer_report, survives_any_damage)
