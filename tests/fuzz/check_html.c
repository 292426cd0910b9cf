/* Any bytes as report.html: what our check lets pass holds nothing active in another parser's eyes either. */
#include "nightdesk/report/report.h"
#include "second_look.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char sources[] = "{\"sources\":[{\"url\":\"https://a.example/b?c=1&d=2\"}]}";
    struct nd_json *report = NULL;
    struct nd_findings findings = {0};
    FUZZ_CHECK(nd_json_parse(&report, nd_view_of(sources), NULL) == ND_OK);
    nd_report_check(report, fuzz_view(data, size), (struct nd_view){0}, &findings);
    if (nd_findings_total(&findings) == 0 && size > 0)
        second_look_html(fuzz_view(data, size), "https://a.example/b?c=1&d=2");
    nd_findings_release(&findings);
    nd_json_free(report);
    return 0;
}
