#include "output_check.h"

#include "words.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/report/report.h"

bool is_source_url(const struct nd_json *report, struct nd_view url)
{
    ND_JSON_EACH(source, nd_json_get(report, "sources"))
    {
        const char *known = nd_json_get_str(source, "url");
        if (known && url_is_plain(known) && nd_view_is(url, known)) return true;
    }
    return false;
}

void nd_report_check(const struct nd_json *report, struct nd_view html, struct nd_view md,
                     struct nd_findings *out)
{
    if (html.len) check_html(report, html, out);
    if (md.len) check_markdown(report, md, out);
}
