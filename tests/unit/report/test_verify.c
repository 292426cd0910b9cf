/* verify on the sample's folder: clean, tampered with in every file, and hostile. */
#include "sample.h"

#include "nightdesk/report/verify.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM "nightdesk 0.1.0"

static struct sample sample;
static struct nd_artefact files;
static const char *dir;

static void open_folder(void)
{
    sample_init(&sample);
    sample_render(&sample, &files);
    dir = nd_test_path("report");
    sample_write(&files, dir);
}

static void close_folder(void)
{
    nd_artefact_release(&files);
    sample_release(&sample);
}

/* Findings of one verification; the folder may be in any state. */
static size_t verify(struct nd_verify *out, const char *program)
{
    struct nd_error err = {0};
    nd_ck_ok(nd_verify_dir(dir, NULL, program, out, &err), &err);
    return nd_findings_total(&out->findings);
}

static bool has_finding(const struct nd_verify *v, const char *file, const char *subject, const char *what)
{
    for (size_t i = 0; i < v->findings.n; i++) {
        const struct nd_finding *f = &v->findings.v[i];
        if (strcmp(f->file, file) == 0 && strstr(f->subject, subject) && strstr(f->what, what)) return true;
    }
    return false;
}

static void write_raw(const char *name, struct nd_view bytes)
{
    sample_write_file(dir, name, bytes);
}

START_TEST(finds_nothing_in_what_was_made)
{
    struct nd_verify v;
    open_folder();
    size_t found = verify(&v, PROGRAM);
    ck_assert_msg(found == 0, "%s %s %s", v.findings.v[0].file, v.findings.v[0].subject,
                  v.findings.v[0].what);
    ck_assert_str_eq(v.level, "evidence");
    ck_assert_uint_eq(v.outputs, files.file_count - 1);
    ck_assert_uint_eq(v.checked.quotes, sample.quote_count);
    ck_assert_uint_eq(v.checked.quotes_verified, sample.quote_count);
    ck_assert_uint_gt(v.checked.claims, 50);
    ck_assert_uint_eq(v.checked.formulas, 5);
    ck_assert_str_eq(v.run_id, "trams-2026-11");
    nd_verify_release(&v);
    close_folder();
}
END_TEST

/* Flips one bit of each file at about 16 places, its first byte among them. */
START_TEST(finds_a_flipped_byte_anywhere)
{
    open_folder();
    for (size_t i = 0; i < files.file_count; i++) {
        struct nd_view whole = nd_bytes_view(&files.files[i].bytes);
        size_t step = whole.len / 16 + 1;
        for (size_t at = 0; at < whole.len; at += step) {
            struct nd_verify v;
            char *copy = nd_view_dup(whole);
            copy[at] = (char)(copy[at] ^ 1);
            write_raw(files.files[i].name, (struct nd_view){copy, whole.len});
            ck_assert_msg(verify(&v, PROGRAM) > 0, "'%s' with byte %zu flipped was verified",
                          files.files[i].name, at);
            ck_assert_str_eq(v.level, "none");
            nd_verify_release(&v);
            nd_free(copy);
        }
        write_raw(files.files[i].name, whole);
    }
    close_folder();
}
END_TEST

START_TEST(finds_a_missing_or_shortened_file)
{
    open_folder();
    for (size_t i = 0; i < files.file_count; i++) {
        struct nd_verify v;
        struct nd_view whole = nd_bytes_view(&files.files[i].bytes);
        char *path = nd_path_join(dir, files.files[i].name);
        write_raw(files.files[i].name, nd_view_sub(whole, 0, whole.len / 2));
        ck_assert_uint_gt(verify(&v, NULL), 0);
        nd_verify_release(&v);
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_uint_gt(verify(&v, NULL), 0);
        ck_assert(has_finding(&v, files.files[i].name, "", "cannot open"));
        nd_verify_release(&v);
        write_raw(files.files[i].name, whole);
        nd_free(path);
    }
    close_folder();
}
END_TEST

/* Makes the folder anew from a report that was changed after its checks, as a careful forger would. */
static void forge(const struct nd_json *report, struct nd_verify *v)
{
    struct nd_error err = {0};
    struct nd_artefact forged = {0};
    nd_ck_ok(nd_report_files(report, sample.pages, &sample_about, &forged, &err), &err);
    sample_write(&forged, dir);
    nd_artefact_release(&forged);
    ck_assert_uint_gt(verify(v, PROGRAM), 0);
}

static struct nd_json *claim(const char *id)
{
    ND_JSON_EACH(section, nd_json_get(sample.report, "sections"))
    {
        ND_JSON_EACH(item, nd_json_get(section, "claims"))
        {
            if (strcmp(nd_json_get_str(item, "id"), id) == 0) return sample_open(item);
        }
    }
    ck_abort_msg("no claim '%s'", id);
}

START_TEST(finds_a_quoted_claim_that_is_not_its_quotes)
{
    struct nd_verify v;
    open_folder();
    nd_json_set_str(claim("c31"), "text", "Nearly all new tramways use metre gauge.");
    forge(sample.report, &v);
    ck_assert(has_finding(&v, "report.json", "claim c31", "metre gauge"));
    nd_verify_release(&v);
    close_folder();
}
END_TEST

START_TEST(finds_a_number_that_no_quote_has)
{
    struct nd_verify v;
    open_folder();
    nd_json_set_str(claim("c43"), "text", "Bonds every 350 m ended the corrosion claims after 2019.");
    forge(sample.report, &v);
    ck_assert(has_finding(&v, "report.json", "claim c43", "'350'"));
    ck_assert_uint_eq(nd_findings_total(&v.findings), 1);
    nd_verify_release(&v);
    close_folder();
}
END_TEST

static struct nd_json *exhibit_cell(size_t exhibit, size_t row, size_t column)
{
    const struct nd_json *x = nd_json_at(nd_json_get(sample.report, "exhibits"), exhibit);
    return sample_open(nd_json_at(nd_json_at(nd_json_get(x, "rows"), row), column));
}

START_TEST(finds_wrong_cells)
{
    struct nd_verify v;
    open_folder();
    nd_json_set_str(exhibit_cell(1, 0, 1), "text", "12.3");
    nd_json_set_str(exhibit_cell(1, 2, 2), "text", "450,000"); /* of 4,450,000 */
    nd_json_set_num(exhibit_cell(1, 2, 2), "value", 450000);
    nd_json_set_num(exhibit_cell(1, 0, 4), "value", 7.5);
    nd_json_set_str(exhibit_cell(1, 1, 4), "text", "1.9");
    nd_json_set_str(exhibit_cell(3, 2, 1), "unit", "km");
    nd_json_remove(exhibit_cell(3, 1, 0), "quote");
    forge(sample.report, &v);
    ck_assert(has_finding(&v, "report.json", "cell x2 row 0 column 1", "'12.3'"));
    ck_assert(has_finding(&v, "report.json", "cell x2 row 2 column 2", "'450,000'"));
    ck_assert(has_finding(&v, "report.json", "cell x2 row 0 column 4", "found 7.5, wanted 6.53983353151"));
    ck_assert(has_finding(&v, "report.json", "cell x2 row 1 column 4", "1.9"));
    ck_assert(has_finding(&v, "report.json", "cell x4 row 2 column 1", "unit 'km'"));
    ck_assert(has_finding(&v, "report.json", "cell x4 row 1 column 0", "without a quote"));
    nd_verify_release(&v);
    close_folder();
}
END_TEST

START_TEST(finds_formulas_that_feed_on_each_other)
{
    struct nd_verify v;
    struct nd_error err = {0};
    struct nd_json *loop = NULL;
    open_folder();
    nd_ck_ok(nd_json_parse(&loop, ND_VIEW("{\"op\":\"sum\",\"args\":[[4,1]]}"), &err), &err);
    struct nd_json *cell = exhibit_cell(3, 3, 1);
    nd_json_set(cell, "formula", loop);
    nd_json_set_num(cell, "value", 2.25);
    nd_json_set_str(cell, "text", "2.25");
    forge(sample.report, &v);
    ck_assert(has_finding(&v, "report.json", "cell x4 row 3 column 1", "argument"));
    nd_verify_release(&v);
    close_folder();
}
END_TEST

START_TEST(finds_a_value_its_source_does_not_state)
{
    struct nd_verify v;
    open_folder();
    const struct nd_json *d = nd_json_first(nd_json_get(sample.report, "contradictions"));
    nd_json_set_str(sample_open(nd_json_at(nd_json_get(d, "values"), 1)), "value", "nine");
    forge(sample.report, &v);
    ck_assert(has_finding(&v, "report.json", "contradiction d1", "'nine'"));
    nd_verify_release(&v);
    close_folder();
}
END_TEST

START_TEST(finds_a_quote_that_nothing_cites_and_wrong_counts)
{
    struct nd_verify v;
    open_folder();
    nd_json_set(sample_open(nd_json_first(nd_json_get(sample.report, "contradictions"))), "values",
                nd_json_array());
    nd_json_set_int(sample_open(nd_json_get(sample.report, "checks")), "quotes_verified", 3);
    forge(sample.report, &v);
    ck_assert(has_finding(&v, "report.json", "quote ", "in no claim"));
    ck_assert(has_finding(&v, "report.json", "quotes_verified", "found 3, wanted 66"));
    nd_verify_release(&v);
    close_folder();
}
END_TEST

/* Changes report.json alone and hashes the manifest anew. */
static void patch_report(const char *from, const char *to)
{
    struct nd_error err = {0};
    struct nd_json *manifest = NULL;
    struct nd_bytes text = ND_BYTES(ND_MIB * 4), out = ND_BYTES(ND_MIB * 4);
    struct nd_view whole = sample_output(&files, "report.json");
    size_t at = nd_view_find(whole, nd_view_of(from), 0);
    ck_assert_uint_ne(at, SIZE_MAX);
    nd_bytes_add_view(&text, nd_view_sub(whole, 0, at));
    nd_bytes_add_str(&text, to);
    nd_bytes_add_view(&text, nd_view_sub(whole, at + strlen(from), whole.len));
    write_raw("report.json", nd_bytes_view(&text));
    nd_ck_ok(nd_json_parse(&manifest, sample_output(&files, "manifest.json"), &err), &err);
    ND_JSON_EACH(output, nd_json_get(manifest, "outputs"))
    {
        char sha256[ND_SHA256_HEX];
        if (strcmp(nd_json_get_str(output, "file"), "report.json") != 0) continue;
        nd_sha256_hex(nd_bytes_view(&text), sha256);
        nd_json_set_str(sample_open(output), "sha256", sha256);
        nd_json_set_int(sample_open(output), "size_bytes", (int64_t)text.len);
    }
    nd_json_print_pretty(manifest, &out);
    write_raw("manifest.json", nd_bytes_view(&out));
    nd_json_free(manifest);
    nd_bytes_release(&text);
    nd_bytes_release(&out);
}

START_TEST(names_the_quote_and_what_its_page_says)
{
    struct nd_verify v;
    open_folder();
    patch_report("eats them from within\\na few", "eats them from inside\\na few");
    ck_assert_uint_gt(verify(&v, NULL), 0);
    ck_assert(has_finding(&v, "report.json", "quote q21", "found 'within"));
    ck_assert(has_finding(&v, "report.json", "quote q21", "wanted 'inside"));
    nd_verify_release(&v);
    close_folder();
}
END_TEST

START_TEST(names_a_reference_that_leads_nowhere)
{
    struct nd_verify v;
    open_folder();
    patch_report("\"q21\"", "\"q99\"");
    ck_assert_uint_gt(verify(&v, NULL), 0);
    ck_assert(has_finding(&v, "report.json", "", "'q99'"));
    nd_verify_release(&v);
    close_folder();
}
END_TEST

START_TEST(refuses_a_newer_report)
{
    struct nd_verify v;
    struct nd_error err = {0};
    open_folder();
    patch_report("nightdesk.report/1", "nightdesk.report/2");
    nd_ck_rc(nd_verify_dir(dir, NULL, NULL, &v, &err), ND_VERSION, &err);
    nd_ck_note(&err, "nightdesk.report/2");
    close_folder();
}
END_TEST

START_TEST(says_that_a_folder_is_not_there)
{
    struct nd_verify v;
    struct nd_error err = {0};
    nd_ck_rc(nd_verify_dir(nd_test_path("nowhere"), NULL, NULL, &v, &err), ND_NOT_FOUND, &err);
    nd_ck_note(&err, "nowhere");
}
END_TEST

/* A link, a pipe and a folder in place of files: named, not followed, not waited for. */
START_TEST(reads_plain_files_of_the_folder_only)
{
    struct nd_verify v;
    open_folder();
    char *md = nd_path_join(dir, "report.md"), *bib = nd_path_join(dir, "sources.bib");
    char *charts = nd_path_join(dir, "charts"), *away = nd_path_join(dir, "elsewhere");
    ck_assert_int_eq(unlink(md), 0);
    ck_assert_int_eq(mkfifo(md, 0600), 0);
    ck_assert_int_eq(unlink(bib), 0);
    ck_assert_int_eq(symlink("/etc/hostname", bib), 0);
    ck_assert_int_eq(rename(charts, away), 0);
    ck_assert_int_eq(symlink("elsewhere", charts), 0);
    ck_assert_uint_gt(verify(&v, NULL), 0);
    ck_assert(has_finding(&v, "report.md", "", "no plain file"));
    ck_assert(has_finding(&v, "sources.bib", "", "cannot open"));
    ck_assert(has_finding(&v, "charts/x1.svg", "", "cannot open"));
    nd_verify_release(&v);
    nd_free(md);
    nd_free(bib);
    nd_free(charts);
    nd_free(away);
    close_folder();
}
END_TEST

/* A person may keep things in the folder: told, and no finding. */
START_TEST(names_files_that_are_no_part_of_the_report)
{
    struct nd_verify v;
    open_folder();
    ck_assert_uint_eq(verify(&v, PROGRAM), 0);
    ck_assert_uint_eq(v.others_total, 0);
    nd_verify_release(&v);
    char *extra = nd_path_join(dir, "extra.js"), *page = nd_path_join(dir, "evidence/more.txt"),
         *ledger = nd_path_join(dir, "ledger.json"), *away = nd_path_join(dir, "charts/away");
    nd_ck_ok(nd_file_write(extra, ND_VIEW("alert(1)"), NULL), NULL);
    nd_ck_ok(nd_file_write(page, ND_VIEW("x"), NULL), NULL);
    nd_ck_ok(nd_file_write(ledger, ND_VIEW("{}"), NULL), NULL);
    ck_assert_int_eq(symlink("/", away), 0);
    ck_assert_uint_eq(verify(&v, PROGRAM), 0);
    ck_assert_uint_eq(v.others_total, 3);
    ck_assert_str_eq(v.others.v[0], "charts/away");
    ck_assert_str_eq(v.others.v[1], "evidence/more.txt");
    ck_assert_str_eq(v.others.v[2], "extra.js");
    nd_verify_release(&v);
    nd_free(extra);
    nd_free(page);
    nd_free(ledger);
    nd_free(away);
    close_folder();
}
END_TEST

START_TEST(does_not_leave_the_folder)
{
    struct nd_verify v;
    open_folder();
    struct nd_view manifest = sample_output(&files, "manifest.json");
    struct nd_bytes text = ND_BYTES(ND_MIB);
    size_t at = nd_view_find(manifest, ND_VIEW("\"sources.bib\""), 0);
    nd_bytes_add_view(&text, nd_view_sub(manifest, 0, at));
    nd_bytes_add_str(&text, "\"../secret\"");
    nd_bytes_add_view(&text, nd_view_sub(manifest, at + 13, manifest.len));
    write_raw("manifest.json", nd_bytes_view(&text));
    ck_assert_uint_gt(verify(&v, NULL), 0);
    ck_assert(has_finding(&v, "../secret", "", "no name"));
    nd_verify_release(&v);
    nd_bytes_release(&text);
    close_folder();
}
END_TEST

/* Originals: the sample's own texts as if they had been read again; what to break is chosen by the test. */
struct again {
    int changed, other_text, missing; /* source numbers, 0: none */
};

static enum nd_rc read_again(void *ctx, const struct nd_json *source, bool want_text,
                             char sha256[ND_SHA256_HEX], struct nd_bytes *texts, struct nd_error *err)
{
    const struct again *again = ctx;
    int id = (int)nd_json_get_int(source, "id", 0);
    if (id == again->missing)
        return nd_fail(err, ND_NOT_FOUND, "no file '%s'", nd_json_get_str(source, "path"));
    nd_sha256_hex(nd_view_of(nd_json_get_str(source, "title")), sha256);
    if (id == again->changed) sha256[0] = sha256[0] == '0' ? '1' : '0';
    if (want_text) sample_text_of(&sample, id, (int)nd_json_get_int(source, "pages", 0), texts);
    if (want_text && id == again->other_text)
        for (size_t i = 0; i < texts->len; i++) {
            if (texts->data[i] == 'r') texts->data[i] = 'R';
        }
    return ND_OK;
}

static size_t verify_again(struct nd_verify *v, struct again again)
{
    struct nd_error err = {0};
    struct nd_originals originals = {read_again, &again};
    nd_ck_ok(nd_verify_dir(dir, &originals, PROGRAM, v, &err), &err);
    return nd_findings_total(&v->findings);
}

START_TEST(reads_originals_again)
{
    struct nd_verify v;
    open_folder();
    ck_assert_uint_eq(verify_again(&v, (struct again){0}), 0);
    ck_assert_str_eq(v.level, "originals");
    ck_assert_uint_eq(v.originals, 8); /* of 9 that were read one is a page of the web */
    nd_verify_release(&v);
    ck_assert_uint_eq(verify_again(&v, (struct again){.changed = 3}), 1);
    ck_assert_str_eq(v.level, "evidence");
    ck_assert(has_finding(&v, "norrby/annual-2024.pdf", "", "has changed"));
    nd_verify_release(&v);
    ck_assert_uint_eq(verify_again(&v, (struct again){.missing = 9}), 1);
    ck_assert(has_finding(&v, "misc/wine.pdf", "", "no file"));
    nd_verify_release(&v);
    ck_assert_uint_gt(verify_again(&v, (struct again){.other_text = 2}), 10);
    ck_assert(has_finding(&v, "books/handbook.pdf", "quote q17", "found '"));
    nd_verify_release(&v);
    close_folder();
}
END_TEST

ND_TEST_MAIN("report/verify", finds_nothing_in_what_was_made, finds_a_flipped_byte_anywhere,
             finds_a_missing_or_shortened_file, finds_a_quoted_claim_that_is_not_its_quotes,
             finds_a_number_that_no_quote_has, finds_wrong_cells, finds_formulas_that_feed_on_each_other,
             finds_a_value_its_source_does_not_state, finds_a_quote_that_nothing_cites_and_wrong_counts,
             names_the_quote_and_what_its_page_says, names_a_reference_that_leads_nowhere,
             refuses_a_newer_report, says_that_a_folder_is_not_there, reads_plain_files_of_the_folder_only,
             names_files_that_are_no_part_of_the_report, does_not_leave_the_folder, reads_originals_again)
