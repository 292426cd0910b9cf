#include "html.h"

#include "words.h"

#include <string.h>

const char html_csp[] =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

static void put_head(struct html *h)
{
    rawf(h, "<!DOCTYPE html>\n<html lang=\"%s\">\n", say(h->doc, "en"));
    raw(h, "<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"");
    raw(h, html_csp);
    raw(h, "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"color-scheme\" content=\"light dark\">\n"
           "<meta name=\"referrer\" content=\"no-referrer\">\n"
           "<meta name=\"generator\" content=\"nightdesk\">\n"
           "<title>");
    put_one_line(&h->scratch, h->doc->topic);
    esc_scratch(h);
    raw(h, "</title>\n<style>\n");
    nd_bytes_add_view(h->out, html_style());
    raw(h, "</style>\n</head>\n<body>\n");
}

void html_report(const struct doc *doc, struct nd_bytes *out)
{
    struct html h = {.doc = doc, .out = out, .scratch = ND_BYTES(ND_BYTES_MAX)};
    uses_open(&h.uses, doc);
    put_head(&h);
    html_front(&h);
    raw(&h, "<main id=\"main\">\n");
    html_changes(&h);
    html_summary(&h);
    html_contents(&h);
    html_sections(&h);
    if (html_has_loose_exhibits(doc)) {
        open_part(&h, "exhibits", "part", "Tables and charts");
        html_exhibits(&h, NONE);
        close_part(&h);
    }
    html_contradictions(&h);
    html_gaps(&h);
    html_method(&h);
    html_references(&h);
    html_receipt(&h);
    html_ledger(&h);
    html_cards(&h);
    raw(&h, "</main>\n<footer><p>Made by nightdesk. Run <code>");
    esc(&h, doc->run_id);
    raw(&h, "</code>. This page is one file: it runs no script and loads nothing.</p></footer>\n"
            "<span id=\"closed\" class=\"closed\"></span>\n</body>\n"
            "</html>\n");
    uses_release(&h.uses);
    nd_bytes_release(&h.scratch);
}
