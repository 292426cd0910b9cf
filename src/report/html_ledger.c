/* The ledger of what was checked. */
#include "html.h"

#include "words.h"

#define CLAIM_HEAD_BYTES 56 /* of a statement in its table */

static void put_check_lines(struct html *h)
{
    raw(h, "<p>");
    put_checks(h->out, h->doc);
    raw(h, " demoted. <code>nightdesk verify</code> repeats all of it on your machine, offline.</p>\n");
}

static void put_claim_row(struct html *h, const struct doc_claim *c)
{
    rawf(h, "<tr><th scope=\"row\"><a href=\"#%s\">%s</a></th><td dir=\"auto\">", c->id, c->id);
    put_beginning(&h->scratch, c->text, CLAIM_HEAD_BYTES);
    esc_scratch(h);
    raw(h, "</td><td>");
    raw(h, doc_verdict_word(h->doc, c->verdict));
    raw(h, "</td><td>");
    raw(h, doc_confidence_number(c->confidence));
    raw(h, "</td><td>");
    for (size_t i = 0; i < c->quotes.n; i++) {
        const char *id = h->doc->quotes[c->quotes.v[i]].q.id;
        rawf(h, "%s<a href=\"#%s\">%s</a>", i ? ", " : "", id, id);
    }
    for (size_t i = 0; i < c->premises.n; i++) {
        const char *id = h->doc->claims[c->premises.v[i]].id;
        rawf(h, "%s<a href=\"#%s\">%s</a>", i || c->quotes.n ? ", " : "", id, id);
    }
    raw(h, "</td></tr>\n");
}

static void put_claim_table(struct html *h)
{
    static const char *const columns[] = {"Statement", "Begins", "Verdict", "Sources", "Rests on", NULL};
    if (!h->doc->claim_count) return;
    open_table(h, "ledger-claims", "Every statement and its verdict", columns);
    for (size_t i = 0; i < h->doc->claim_count; i++) put_claim_row(h, &h->doc->claims[i]);
    close_table(h);
    raw(h, "<p class=\"note\">quoted: the source’s own words. supported: program checks and a judge. "
           "unjudged: program checks only. caveat: no quotation supports it as it stands.</p>\n");
}

static void put_quote_table(struct html *h)
{
    static const char *const columns[] = {"Quotation", "Source", "Page", "Bytes of the page’s text",
                                          "Check",     NULL};
    if (!h->doc->quote_count) return;
    open_table(h, "ledger-quotes", "Every quotation and its place", columns);
    for (size_t i = 0; i < h->doc->quote_count; i++) {
        const struct doc_quote *q = &h->doc->quotes[i];
        rawf(h, "<tr><th scope=\"row\"><a href=\"#%s\">%s</a></th><td>%zu</td><td>%u</td>", q->q.id, q->q.id,
             q->source + 1, (unsigned)q->page);
        rawf(h, "<td>%lld–%lld</td><td>equal</td></tr>\n", (long long)q->q.start, (long long)q->q.end);
    }
    close_table(h);
}

void html_ledger(struct html *h)
{
    open_part(h, "ledger", "part back", "Verification ledger");
    put_check_lines(h);
    html_findings(h);
    put_claim_table(h);
    put_quote_table(h);
    close_part(h);
}
