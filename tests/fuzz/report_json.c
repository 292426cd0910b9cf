/* Any report.json: what is accepted can be rendered and checked. Parts: report.json, then the pages that it
 * cites. */
#include "fuzz.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/document/page_text.h"
#include "nightdesk/report/report.h"

static const struct nd_report_about about = {
    .program = "nightdesk 0.1.0",
    .pipeline_sha256 = "1111111111111111111111111111111111111111111111111111111111111111",
    .request_sha256 = "2222222222222222222222222222222222222222222222222222222222222222",
};

/* Each source that has texts has the same pages. */
static void add_pages(struct nd_cited *pages, const struct nd_json *report, struct nd_view parts)
{
    for (uint32_t page = 1; parts.len > 0 && page < 10; page++) {
        struct nd_bytes text = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
        nd_page_text_repair(fuzz_part(&parts), &text);
        ND_JSON_EACH(source, nd_json_get(report, "sources"))
        {
            const char *sha256 = nd_json_get_str(source, "text_sha256");
            if (sha256 && nd_is_hex(sha256, ND_SHA256_HEX - 1))
                (void)nd_cited_add(pages, sha256, page, nd_bytes_view(&text), NULL);
        }
        nd_bytes_release(&text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size), text = fuzz_part(&rest);
    struct nd_json *report = NULL;
    struct nd_cited *pages = nd_cited_new();
    struct nd_artefact files = {0};
    struct nd_findings findings = {0};
    struct nd_checked checked;
    struct nd_error err = {0};
    if (nd_json_parse(&report, text, NULL) == ND_OK) {
        add_pages(pages, report, rest);
        if (nd_report_files(report, pages, &about, &files, &err) == ND_OK) {
            for (size_t i = 0; i < files.file_count; i++) {
                struct nd_view name = nd_view_of(files.files[i].name),
                               bytes = nd_bytes_view(&files.files[i].bytes);
                nd_report_check(report, nd_view_is(name, "report.html") ? bytes : (struct nd_view){0},
                                nd_view_is(name, "report.md") ? bytes : (struct nd_view){0}, &findings);
            }
            FUZZ_CHECK(nd_findings_total(&findings) == 0);
        } else {
            FUZZ_CHECK(err.notes > 0);
        }
        (void)nd_report_statements(report, pages, &findings, &checked, &err);
        nd_findings_release(&findings);
    }
    nd_artefact_release(&files);
    nd_cited_free(pages);
    nd_json_free(report);
    return 0;
}
