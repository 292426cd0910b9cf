/* What has changed since an earlier report, before everything else. */
#include "html.h"
#include "words.h"

static void put_sources(struct html *h, const char *title, const struct refs *sources)
{
    if (!sources->n) return;
    rawf(h, "<div><dt>%s</dt>", say(h->doc, title));
    for (size_t i = 0; i < sources->n; i++) {
        const struct doc_source *s = &h->doc->sources[sources->v[i]];
        raw(h, "<dd dir=\"auto\">");
        if (s->used) rawf(h, "<a href=\"#src%zu\">", sources->v[i] + 1);
        put_one_line(&h->scratch, s->title);
        esc_scratch(h);
        raw(h, s->used ? "</a></dd>" : " (not cited)</dd>");
    }
    raw(h, "</div>\n");
}

/* Where a source that is no longer given was. */
static void put_place(struct html *h, const struct nd_json *item)
{
    const char *url = nd_json_get_str(item, "url"), *path = nd_json_get_str(item, "path");
    if (!url && !path) return;
    raw(h, " <span class=\"path\" dir=\"auto\">");
    esc(h, url ? url : path);
    raw(h, "</span>");
}

static void put_withdrawn(struct html *h)
{
    if (!nd_json_len(h->doc->changes.withdrawn)) return;
    raw(h, "<div><dt>Withdrawn sources</dt>");
    ND_JSON_EACH(item, h->doc->changes.withdrawn)
    {
        raw(h, "<dd dir=\"auto\">");
        put_one_line(&h->scratch, nd_json_get_str(item, "title"));
        esc_scratch(h);
        put_place(h, item);
        raw(h, nd_json_get_bool(item, "used", false) ? " (the earlier report cites it)</dd>" : "</dd>");
    }
    raw(h, "</div>\n");
}

static void put_statement(struct html *h, const struct doc_claim *c)
{
    rawf(h, "<dd dir=\"auto\"><a href=\"#%s\">%s</a> ", c->id, c->id);
    put_beginning(&h->scratch, c->text, CHANGED_HEAD_BYTES);
    esc_scratch(h);
    for (size_t i = 0; i < c->quotes.n; i++) {
        raw(h, " ");
        put_cite(h, c->quotes.v[i]);
    }
    raw(h, "</dd>");
}

static void put_statements(struct html *h)
{
    const struct doc_changes *c = &h->doc->changes;
    if (c->statements.n) {
        raw(h, "<div><dt>New statements</dt>");
        for (size_t i = 0; i < c->statements.n; i++) put_statement(h, &h->doc->claims[c->statements.v[i]]);
        raw(h, "</div>\n");
    }
    if (c->gone) {
        raw(h, "<div><dt>Statements no longer here</dt><dd>");
        put_plural(h->out, h->doc, c->gone, "statement of the earlier report",
                   "statements of the earlier report");
        raw(h, "</dd></div>\n");
    }
}

void html_changes(struct html *h)
{
    const struct doc_changes *c = &h->doc->changes;
    if (!c->there) return;
    open_part(h, "changes", "changes", "What has changed");
    raw(h, "<p>");
    put_changes_lead(&h->scratch, h->doc);
    esc_scratch(h);
    raw(h, "</p>\n");
    bool any = c->fresh.n || c->changed.n || c->statements.n || c->gone || nd_json_len(c->withdrawn);
    if (any) raw(h, "<dl class=\"facts\">\n");
    put_sources(h, "New sources", &c->fresh);
    put_sources(h, "Changed sources", &c->changed);
    put_withdrawn(h);
    put_statements(h);
    if (any) raw(h, "</dl>\n");
    close_part(h);
}
