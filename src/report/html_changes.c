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

static void put_withdrawn(struct html *h)
{
    if (!nd_json_len(h->doc->changes.withdrawn)) return;
    raw(h, "<div><dt>Withdrawn sources</dt>");
    ND_JSON_EACH(item, h->doc->changes.withdrawn)
    {
        raw(h, "<dd dir=\"auto\">");
        put_one_line(&h->scratch, nd_json_get_str(item, "title"));
        esc_scratch(h);
        raw(h, nd_json_get_bool(item, "used", false) ? " (the earlier report cites it)</dd>" : "</dd>");
    }
    raw(h, "</div>\n");
}

static void put_statements(struct html *h)
{
    const struct refs *claims = &h->doc->changes.statements;
    if (!claims->n) return;
    raw(h, "<div><dt>New statements</dt><dd>");
    for (size_t i = 0; i < claims->n; i++) {
        const char *id = h->doc->claims[claims->v[i]].id;
        rawf(h, "%s<a href=\"#%s\">%s</a>", i ? ", " : "", id, id);
    }
    raw(h, "</dd></div>\n");
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
    bool any = c->fresh.n || c->changed.n || c->statements.n || nd_json_len(c->withdrawn);
    if (any) raw(h, "<dl>\n");
    put_sources(h, "New sources", &c->fresh);
    put_sources(h, "Changed sources", &c->changed);
    put_withdrawn(h);
    put_statements(h);
    if (any) raw(h, "</dl>\n");
    close_part(h);
}
