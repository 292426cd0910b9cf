/* Safety on the sample's report with hazards put into a page, a statement and a title: flag, mask, block, and
 * what verify says of it. */
#include "sample.h"

#include "nightdesk/report/safety.h"
#include "nightdesk/report/verify.h"

static struct sample sample;
static struct nd_artefact files;

static void apply(const char *mode, const struct nd_strings *forbidden)
{
    struct nd_error err = {0};
    struct nd_safety_rules rules = {nd_safety_of(mode), forbidden};
    sample_init(&sample);
    nd_ck_ok(nd_report_safety(&sample.report, sample.pages, &rules, &err), &err);
    sample_render(&sample, &files);
}

static void done(void)
{
    nd_artefact_release(&files);
    sample_release(&sample);
}

static size_t verify(const char *dir, const char **what)
{
    struct nd_verify v;
    struct nd_error err = {0};
    sample_write(&files, dir);
    nd_ck_ok(nd_verify_dir(dir, NULL, "nightdesk 0.1.0", &v, &err), &err);
    size_t n = nd_findings_total(&v.findings);
    static char first[600];
    if (n)
        (void)snprintf(first, sizeof first, "%s %s %s", v.findings.v[0].file, v.findings.v[0].subject,
                       v.findings.v[0].what);
    *what = first;
    nd_verify_release(&v);
    return n;
}

static size_t findings(const char *kind, const char *claim, const char *finding)
{
    size_t n = 0;
    ND_JSON_EACH(f, nd_json_get(nd_json_get(sample.report, "checks"), "findings"))
    {
        if (strcmp(nd_json_get_str(f, "kind"), kind) == 0 &&
            strcmp(nd_json_get_str(f, "done"), finding) == 0 &&
            (!claim || strncmp(nd_json_get_str(f, "claim"), claim, strlen(claim)) == 0))
            n++;
    }
    return n;
}

/* Does any file of the report hold the words? */
static bool printed(const char *words)
{
    for (size_t i = 0; i < files.file_count; i++)
        if (nd_view_find(nd_bytes_view(&files.files[i].bytes), nd_view_of(words), 0) != SIZE_MAX) return true;
    return false;
}

START_TEST(a_report_without_hazards_stays_as_it_is)
{
    struct nd_error err = {0};
    struct nd_safety_rules rules = {ND_SAFETY_FLAG, NULL};
    sample_init(&sample);
    struct nd_json *before = nd_json_copy(sample.report);
    nd_ck_ok(nd_report_safety(&sample.report, sample.pages, &rules, &err), &err);
    ck_assert(nd_json_equal(nd_json_get(before, "quotes"), nd_json_get(sample.report, "quotes")));
    ck_assert(nd_json_equal(nd_json_get(before, "sections"), nd_json_get(sample.report, "sections")));
    ck_assert_ptr_null(nd_json_get(sample.report, "masks"));
    nd_json_free(before);
    sample_release(&sample);
}
END_TEST

START_TEST(a_forbidden_term_is_flagged_where_it_stands)
{
    struct nd_strings forbidden = {0};
    const char *what;
    nd_strings_add(&forbidden, "tram");
    apply("flag", &forbidden);
    ck_assert_uint_gt(findings("forbidden", "c", "flagged"), 2);
    ck_assert_uint_gt(findings("forbidden", "topic", "flagged"), 0);
    ck_assert_uint_eq(findings("forbidden", NULL, "masked"), 0);
    ck_assert(printed("tram"));
    ck_assert_msg(verify(nd_test_path("flag"), &what) == 0, "%s", what);
    done();
    nd_strings_release(&forbidden);
}
END_TEST

START_TEST(a_masked_report_is_verified)
{
    struct nd_strings forbidden = {0};
    const char *what;
    nd_strings_add(&forbidden, "tram");
    nd_strings_add(&forbidden, "million");
    nd_strings_add(&forbidden, "20");
    apply("mask", &forbidden);
    ck_assert_uint_gt(findings("forbidden", "c", "masked"), 2);
    ck_assert_uint_gt(nd_json_len(nd_json_get(sample.report, "masks")), 5);
    ck_assert(!printed(" tram ") && !printed(" million "));
    ck_assert_msg(verify(nd_test_path("mask"), &what) == 0, "%s", what);
    done();
    nd_strings_release(&forbidden);
}
END_TEST

START_TEST(the_receipt_is_masked_too)
{
    struct nd_strings forbidden = {0};
    nd_strings_add(&forbidden, "drivers & pay"); /* it stands in the receipt alone */
    apply("mask", &forbidden);
    ck_assert_uint_eq(findings("forbidden", "receipt", "masked"), 1);
    ck_assert(!printed("drivers & pay") && !printed("drivers &amp; pay"));
    nd_strings_release(&forbidden);
    done();
}
END_TEST

START_TEST(a_mask_over_a_change_is_found_out)
{
    struct nd_strings forbidden = {0};
    const char *what;
    nd_strings_add(&forbidden, "tram");
    apply("mask", &forbidden);
    struct nd_json *masks = nd_json_copy(nd_json_get(sample.report, "masks"));
    struct nd_json *more = nd_json_add(masks, nd_json_copy(nd_json_first(masks)));
    nd_json_set_int(more, "start", 0);
    nd_json_set(sample.report, "masks", masks);
    struct nd_artefact again = {0};
    sample_render(&sample, &again);
    nd_artefact_release(&files);
    files = again;
    ck_assert_uint_gt(verify(nd_test_path("lie"), &what), 0);
    ck_assert_ptr_nonnull(strstr(what, "wanted '*' alone"));
    done();
    nd_strings_release(&forbidden);
}
END_TEST

START_TEST(confidential_sources_are_masked_whole)
{
    const char *what;
    apply("mask", NULL);
    ck_assert_uint_gt(findings("confidential", "c", "masked"), 0);
    ck_assert_msg(verify(nd_test_path("confidential"), &what) == 0, "%s", what);
    done();
    apply("flag", NULL);
    ck_assert_uint_gt(findings("confidential", "c", "flagged"), 0);
    done();
}
END_TEST

START_TEST(block_prints_nothing)
{
    struct nd_error err = {0};
    struct nd_safety_rules rules = {ND_SAFETY_BLOCK, NULL};
    sample_init(&sample);
    nd_ck_rc(nd_report_safety(&sample.report, sample.pages, &rules, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "safety_block: ");
    sample_release(&sample);
}
END_TEST

START_TEST(secrets_are_hidden_byte_for_byte)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_safety_hide(ND_VIEW("key AKIAIOSFODNN7EXAMPLE, ghp_0123456789abcdefghijABCDEFGHIJ012345."), &out);
    nd_ck_view(nd_bytes_view(&out), "key ********************, ****************************************.");
    nd_bytes_release(&out);
}
END_TEST

ND_TEST_MAIN("report/safety", a_report_without_hazards_stays_as_it_is,
             a_forbidden_term_is_flagged_where_it_stands, a_masked_report_is_verified,
             the_receipt_is_masked_too, a_mask_over_a_change_is_found_out,
             confidential_sources_are_masked_whole, block_prints_nothing, secrets_are_hidden_byte_for_byte)
