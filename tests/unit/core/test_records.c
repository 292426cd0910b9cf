/* steps, lanes, META, readings, page texts */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/source.h"
#include "nightdesk/core/step.h"
#include "nightdesk/core/store.h"
#include <stdio.h>
#include <string.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct nd_json *json_of(const char *text)
{
    struct nd_error err = {0};
    struct nd_json *json = NULL;
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), &err), &err);
    return json;
}

static char *text_of(struct nd_json *json)
{
    struct nd_bytes text = ND_BYTES(ND_MIB);
    nd_json_print(json, &text);
    nd_json_free(json);
    return nd_bytes_take(&text, NULL);
}

START_TEST(action_ids_follow_place_and_content)
{
    struct nd_action a = {.kind = ND_ACT_TOOL, .name = "search", .args = json_of("{\"q\":\"tea\",\"n\":5}")};
    struct nd_action b = {.kind = ND_ACT_TOOL, .name = "search", .args = json_of("{\"n\":5,\"q\":\"tea\"}")};
    char id[ND_ACTION_ID_BYTES], other[ND_ACTION_ID_BYTES];
    nd_action_id("research", "0", 3, &a, id);
    ck_assert_uint_eq(strlen(id), 32);
    nd_action_id("research", "0", 3, &b, other);
    ck_assert_str_eq(id, other);
    nd_action_id("research", "0", 4, &a, other);
    ck_assert_str_ne(id, other);
    nd_action_id("draft", "0", 3, &a, other);
    ck_assert_str_ne(id, other);
    nd_action_id("research", "00", 3, &a, other);
    ck_assert_str_ne(id, other);
    b.kind = ND_ACT_MODEL;
    nd_action_id("research", "0", 3, &b, other);
    ck_assert_str_ne(id, other);
    nd_action_release(&a);
    nd_action_release(&b);
}
END_TEST

START_TEST(lane_ids_are_hashes_of_content)
{
    struct nd_json *one = json_of("{\"title\":\"a\",\"n\":1}"), *same = json_of("{\"n\":1,\"title\":\"a\"}");
    struct nd_json *two = json_of("{\"title\":\"b\",\"n\":1}");
    char a[ND_LANE_ID_BYTES], b[ND_LANE_ID_BYTES], c[ND_LANE_ID_BYTES];
    nd_lane_id(one, a);
    nd_lane_id(same, b);
    nd_lane_id(two, c);
    ck_assert_uint_eq(strlen(a), 16);
    ck_assert_str_eq(a, b);
    ck_assert_str_ne(a, c);
    nd_json_free(one);
    nd_json_free(same);
    nd_json_free(two);
}
END_TEST

START_TEST(last_step_of_a_kind)
{
    struct nd_lanes lanes = {0};
    ND_GROW(lanes.v, lanes.n, lanes.cap);
    lanes.v[lanes.n++] = (struct nd_lane){.id = "0", .title = nd_strdup("plan")};
    struct nd_transcript *t = &lanes.v[0].transcript;
    for (unsigned i = 0; i < 12; i++) {
        ND_GROW(t->v, t->n, t->cap);
        t->v[t->n++] =
            (struct nd_step){.no = i,
                             .action = {.kind = i % 2 ? ND_ACT_TOOL : ND_ACT_MODEL, .name = "x"},
                             .observation = json_of(i == 11 ? "{\"refused\":\"phase_cap\"}" : "{}")};
    }
    ck_assert_uint_eq(nd_transcript_last(t, ND_ACT_MODEL, "x")->no, 10);
    ck_assert_uint_eq(nd_transcript_last(t, ND_ACT_TOOL, "x")->no, 11);
    ck_assert_ptr_null(nd_transcript_last(t, ND_ACT_TOOL, "y"));
    ck_assert_str_eq(nd_step_refused(&t->v[11]), "phase_cap");
    ck_assert_ptr_null(nd_step_refused(&t->v[10]));
    nd_lanes_release(&lanes);
    ck_assert_uint_eq(lanes.n, 0);
}
END_TEST

static struct nd_meta meta_sample(void)
{
    struct nd_meta m = {.format = ND_META_FORMAT,
                        .run_id = "r-1",
                        .request_sha256 = HASH,
                        .pipeline_sha256 = HASH,
                        .started_ms = 1795500000000,
                        .phase = 2,
                        .outcome = ND_BUDGET_EXCEEDED,
                        .reason = "stopped at the budget of $5.00",
                        .fence = 3,
                        .rev = 812,
                        .commit_id = "0123456789abcdef0123456789abcdef",
                        .ledger = {5000000, 4000000, 1, 2, 3, 4, 5, 6, 7},
                        .tool_calls_per_lane = 20,
                        .tool_calls_per_run = 200,
                        .steps_per_lane = 60,
                        .wall_ms = 11,
                        .wall_max_ms = 12,
                        .quiet = true,
                        .idle_yields = 1,
                        .artefact = {HASH, HASH},
                        .partial = HASH};
    return m;
}

START_TEST(meta_survives_the_round_trip)
{
    struct nd_meta meta = meta_sample(), back;
    char *text = text_of(nd_meta_json(&meta));
    struct nd_error err = {0};
    nd_ck_ok(nd_meta_parse(&back, nd_view_of(text), &err), &err);
    char *again = text_of(nd_meta_json(&back));
    ck_assert_str_eq(text, again);
    ck_assert_int_eq(back.ledger.tokens_out, 7);
    ck_assert_int_eq(back.wall_max_ms, 12);
    ck_assert(back.quiet);
    ck_assert_str_eq(back.artefact[1], HASH);
    ck_assert_str_eq(back.artefact[2], "");
    ck_assert_str_eq(back.report, "");
    nd_free(text);
    nd_free(again);
}
END_TEST

START_TEST(meta_stays_under_its_ceiling)
{
    struct nd_meta m = meta_sample();
    (void)snprintf(m.run_id, sizeof m.run_id, "%.64s", HASH HASH);
    m.ledger = (struct nd_ledger){1000000000000, 999999999999, 999999999, 999999999, 20000,
                                  9999,          99999,        999999999, 99999999};
    m.fence = 9999;
    m.rev = 99999;
    m.wall_ms = m.wall_max_ms = 31536000000;
    memset(m.reason, 'x', sizeof m.reason - 1);
    char *stopped = text_of(nd_meta_json(&m));
    ck_assert_uint_le(strlen(stopped), ND_META_MAX_BYTES);
    nd_free(stopped);

    m.reason[0] = '\0';
    for (size_t i = 0; i < ND_PHASES; i++) (void)snprintf(m.artefact[i], ND_SHA256_HEX, "%s", HASH);
    (void)snprintf(m.report, ND_SHA256_HEX, "%s", HASH);
    char *completed = text_of(nd_meta_json(&m));
    ck_assert_uint_le(strlen(completed), ND_META_MAX_BYTES);
    nd_free(completed);
}
END_TEST

START_TEST(damaged_meta_is_refused)
{
    struct nd_meta meta = meta_sample(), back = {.phase = 77};
    static const struct {
        const char *member, *value;
        enum nd_rc rc;
    } rows[] = {
        {"format", "2", ND_VERSION},
        {"format", "0", ND_BROKEN},
        {"format", "\"1\"", ND_BROKEN},
        {"phase", "5", ND_BROKEN},
        {"phase", "-1", ND_BROKEN},
        {"outcome", "\"fine\"", ND_BROKEN},
        {"request", "\"abc\"", ND_BROKEN},
        {"ledger", "[1,2]", ND_BROKEN},
        {"ledger", "[1,2,3,4,5,6,7,8,-9]", ND_BROKEN},
        {"limits", "{}", ND_BROKEN},
        {"rev", "1.5", ND_BROKEN},
        {"fence", "null", ND_BROKEN},
        {"artefacts", "[1]", ND_BROKEN},
        {"report", "\"zz\"", ND_BROKEN},
        {"artefacts", "[\"\",\"\",\"\",\"\",\"\"]", ND_BROKEN},
        {"run_id", "\"a-run-id-of-more-than-sixty-four-characters-is-too-long-for-the-field-it-goes-into\"",
         ND_BROKEN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_json *json = nd_meta_json(&meta);
        nd_json_set(json, rows[i].member, json_of(rows[i].value));
        char *text = text_of(json);
        struct nd_error err = {0};
        nd_ck_rc(nd_meta_parse(&back, nd_view_of(text), &err), rows[i].rc, &err);
        ck_assert_uint_eq(back.phase, 77);
        nd_free(text);
    }
    struct nd_error err = {0};
    nd_ck_rc(nd_meta_parse(&back, ND_VIEW("{"), &err), ND_BROKEN, &err);
}
END_TEST

static const char reading_text[] =
    "{\"schema\":\"nightdesk.reading/1\",\"sha256\":\"" HASH "\",\"text_sha256\":\"" HASH
    "\",\"size_bytes\":1234,"
    "\"status\":\"partly\",\"why\":\"page 2 has no text "
    "layer\",\"kind\":\"pdf\",\"extractor\":\"poppler 22.12.0\","
    "\"title\":\"T\",\"title_from\":\"heading\",\"author\":null,\"date\":"
    "\"2020\",\"lang\":\"en\",\"pages\":2,"
    "\"labels\":[\"i\",\"1\"],\"headings\":[{\"page\":1,\"start\":3,\"end\":9,"
    "\"level\":1,\"bookmark\":true,\"title\":\"H\"}],"
    "\"tables\":[{\"page\":1,\"caption\":null,\"rows\":1,\"columns\":2,"
    "\"header_rows\":0,\"cells\":[1,0,3,1,4,4]}],"
    "\"code\":[1,0,2,2,5,9],\"faults\":[{\"page\":2,\"why\":\"no text layer\"}]}";

START_TEST(reading_survives_the_round_trip)
{
    struct nd_error err = {0};
    struct nd_reading *reading = NULL;
    nd_ck_ok(nd_reading_parse(&reading, nd_view_of(reading_text), &err), &err);
    ck_assert_int_eq(reading->status, ND_SOURCE_PARTLY);
    ck_assert_int_eq(reading->title_from, ND_TITLE_HEADING);
    ck_assert_uint_eq(reading->tables[0].cells[1].start, 4);
    ck_assert(reading->headings[0].bookmark);
    ck_assert_uint_eq(reading->code_count, 2);
    ck_assert_uint_eq(reading->code[1].start, 5);
    ck_assert_ptr_null(reading->author);
    char *again = text_of(nd_reading_json(reading));
    ck_assert_str_eq(again, reading_text);
    nd_free(again);
    nd_reading_free(reading);
}
END_TEST

START_TEST(damaged_readings_are_refused)
{
    static const struct {
        const char *member, *value, *note;
        enum nd_rc rc;
    } rows[] = {
        {"schema", "\"nightdesk.reading/2\"", "newer", ND_VERSION},
        {"sha256", "\"AB\"", "wanted a sha256", ND_BAD_INPUT},
        {"text_sha256", "\"\"", "wanted a sha256", ND_BAD_INPUT},
        {"status", "\"good\"", "'status' of a reading is 'good'", ND_BAD_INPUT},
        {"title", "\"\"", "is empty", ND_BAD_INPUT},
        {"title", "7", "a number", ND_BAD_INPUT},
        {"author", "7", "a number", ND_BAD_INPUT},
        {"pages", "0", "", ND_BAD_INPUT},
        {"labels", "[\"1\"]", "1 page labels for 2 pages", ND_BAD_INPUT},
        {"labels", "[1,2]", "not a string", ND_BAD_INPUT},
        {"headings", "[{\"page\":3,\"start\":0,\"end\":0,\"level\":1,\"title\":\"x\"}]", "", ND_BAD_INPUT},
        {"headings", "[{\"page\":1,\"start\":9,\"end\":3,\"level\":1,\"title\":\"x\"}]", "bytes 9-3",
         ND_BAD_INPUT},
        {"headings", "[7]", "", ND_BAD_INPUT},
        {"tables", "[{\"page\":1,\"rows\":1000000,\"columns\":1000000,\"header_rows\":0,\"cells\":[]}]",
         "0 numbers", ND_BAD_INPUT},
        {"tables", "[{\"page\":1,\"rows\":1,\"columns\":1,\"header_rows\":0,\"cells\":[0,0,0]}]", "cell",
         ND_BAD_INPUT},
        {"tables", "[{\"page\":1,\"rows\":1,\"columns\":1,\"header_rows\":0,\"cells\":[1,0,-4]}]", "cell 0",
         ND_BAD_INPUT},
        {"tables", "[{\"page\":1,\"rows\":1,\"columns\":1,\"header_rows\":2,\"cells\":[1,0,0]}]",
         "header_rows", ND_BAD_INPUT},
        {"code", "[1,0]", "2 numbers, wanted threes", ND_BAD_INPUT},
        {"code", "[3,0,1]", "listing", ND_BAD_INPUT},
        {"code", "[1,5,4]", "listing", ND_BAD_INPUT},
        {"faults", "[{\"page\":9,\"why\":\"x\"}]", "", ND_BAD_INPUT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_json *json = json_of(reading_text);
        nd_json_set(json, rows[i].member, json_of(rows[i].value));
        char *text = text_of(json);
        struct nd_error err = {0};
        struct nd_reading *reading = NULL;
        nd_ck_rc(nd_reading_parse(&reading, nd_view_of(text), &err), rows[i].rc, &err);
        nd_ck_note(&err, rows[i].note);
        ck_assert_ptr_null(reading);
        nd_free(text);
    }
}
END_TEST

START_TEST(page_texts_split_at_form_feeds)
{
    struct nd_error err = {0};
    struct nd_pages pages = {0};
    nd_ck_ok(nd_pages_split(&pages, ND_VIEW("one\f\fthree\f"), 3, &err), &err);
    nd_ck_view(nd_pages_at(&pages, 1), "one");
    nd_ck_view(nd_pages_at(&pages, 2), "");
    nd_ck_view(nd_pages_at(&pages, 3), "three");
    nd_ck_view(nd_pages_at(&pages, 0), "");
    nd_ck_view(nd_pages_at(&pages, 4), "");
    nd_pages_release(&pages);
    nd_ck_rc(nd_pages_split(&pages, ND_VIEW("one\f"), 2, &err), ND_BAD_INPUT, &err);
    nd_ck_rc(nd_pages_split(&pages, ND_VIEW("one\ftwo"), 1, &err), ND_BAD_INPUT, &err);
    nd_ck_ok(nd_pages_split(&pages, (struct nd_view){0}, 0, &err), &err);
    nd_pages_release(&pages);
}
END_TEST

ND_TEST_MAIN("core/records", action_ids_follow_place_and_content, lane_ids_are_hashes_of_content,
             last_step_of_a_kind, meta_survives_the_round_trip, meta_stays_under_its_ceiling,
             damaged_meta_is_refused, reading_survives_the_round_trip, damaged_readings_are_refused,
             page_texts_split_at_form_feeds)
