/* What failed a check, and what safety found: two tables of the ledger. */
#include "html.h"

#include "words.h"

#define FINDING_HEAD_BYTES 56 /* of the statement that it is about */

static void put_text(struct html *h, const char *text)
{
    raw(h, "<td dir=\"auto\">");
    esc(h, say(h->doc, text ? text : ""));
    raw(h, "</td>");
}

/* Has the page an element with that id? */
static bool is_anchor(const struct doc *doc, const char *id)
{
    return ids_find(&doc->claim_ids, id) != NONE || ids_find(&doc->section_ids, id) != NONE ||
           ids_find(&doc->exhibit_ids, id) != NONE || ids_find(&doc->quote_ids, id) != NONE;
}

/* The place of a finding, with a link and the statement's first words when it is one. */
static void put_place(struct html *h, const char *place)
{
    if (!place || !is_anchor(h->doc, place)) {
        put_text(h, place);
        return;
    }
    rawf(h, "<td dir=\"auto\"><a href=\"#%s\">%s</a>", place, place);
    size_t claim = ids_find(&h->doc->claim_ids, place);
    if (claim != NONE) {
        raw(h, " ");
        put_beginning(&h->scratch, h->doc->claims[claim].text, FINDING_HEAD_BYTES);
        esc_scratch(h);
    }
    raw(h, "</td>");
}

static void put_rows(struct html *h, bool of_safety)
{
    ND_JSON_EACH(finding, nd_json_get(h->doc->checks, "findings"))
    {
        if (doc_of_safety(finding) != of_safety) continue;
        raw(h, "<tr>");
        put_text(h, nd_json_get_str(finding, "kind"));
        put_place(h, nd_json_get_str(finding, "claim"));
        put_text(h, nd_json_get_str(finding, "what"));
        put_text(h, nd_json_get_str(finding, "done"));
        raw(h, "</tr>\n");
    }
}

void html_findings(struct html *h)
{
    static const char *const columns[] = {"Kind", "Statement", "What was found", "What was done", NULL};
    static const char *const places[] = {"Kind", "Place", "What was found", "What was done", NULL};
    size_t of_safety = doc_findings_of_safety(h->doc);
    if (nd_json_len(nd_json_get(h->doc->checks, "findings")) > of_safety) {
        open_table(h, "ledger-findings", "What failed a check", columns);
        put_rows(h, false);
        close_table(h);
    } else {
        raw(h, "<p>Nothing had to be repaired, demoted or removed.</p>\n");
    }
    if (!of_safety) return;
    open_table(h, "ledger-safety", "Safety: personal data, secrets, forbidden and confidential text", places);
    put_rows(h, true);
    close_table(h);
    raw(h, "<p class=\"note\">flagged: it is printed as it stands. masked: each of its characters is "
           "a *.</p>\n");
}
