/* sources.bib: one entry for each cited source. */
#include "markdown.h"
#include "words.h"

#include "nightdesk/base/text.h"

static const char *tex_escape(uint32_t c)
{
    switch (c) {
    case '\\':
        return "\\textbackslash{}";
    case '{':
        return "\\textbraceleft{}";
    case '}':
        return "\\textbraceright{}";
    case '~':
        return "\\textasciitilde{}";
    case '^':
        return "\\textasciicircum{}";
    case '%':
        return "\\%";
    case '#':
        return "\\#";
    case '$':
        return "\\$";
    case '&':
        return "\\&";
    case '_':
        return "\\_";
    default:
        return nd_is_unsafe(c) ? "" : NULL;
    }
}

static void put_tex(struct nd_bytes *out, struct nd_view text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        const char *escape = tex_escape(c);
        if (escape)
            nd_bytes_add_str(out, escape);
        else
            nd_utf8_add(out, c);
    }
}

/* A field in double braces, so that no style changes its letters or takes "and" for a second author. */
static void put_field(struct nd_bytes *out, const char *name, const char *text)
{
    struct nd_bytes line = ND_BYTES(ND_BYTES_MAX);
    put_one_line(&line, text);
    if (line.len) {
        nd_bytes_addf(out, "  %-12s = {{", name);
        put_tex(out, nd_bytes_view(&line));
        nd_bytes_add_str(out, "}},\n");
    }
    nd_bytes_release(&line);
}

static void put_year(struct nd_bytes *out, const char *date)
{
    int64_t year = 0;
    struct nd_view head = nd_view_sub(nd_view_of(date), 0, 4);
    if (nd_view_int(head, &year) && year >= 1000 && year <= 2999)
        nd_bytes_addf(out, "  %-12s = {%lld},\n", "year", (long long)year);
}

static void put_entry(struct nd_bytes *out, const struct doc *doc, size_t source)
{
    const struct doc_source *s = &doc->sources[source];
    nd_bytes_addf(out, "@misc{source%zu,\n", source + 1);
    put_field(out, "title", s->title);
    put_field(out, "author", s->author);
    put_year(out, s->date);
    put_field(out, "howpublished", *s->path ? s->path : "");
    if (url_is_plain(s->url)) nd_bytes_addf(out, "  %-12s = {%s},\n", "url", s->url);
    struct nd_bytes note = ND_BYTES(ND_BYTES_MAX);
    put_quoted_pages(&note, doc, source);
    if (note.len) put_field(out, "pages", nd_bytes_view(&note).data);
    if (*s->sha256) nd_bytes_addf(out, "  %-12s = {SHA-256 %s},\n", "note", s->sha256);
    nd_bytes_add_str(out, "}\n");
    nd_bytes_release(&note);
}

void bib_report(const struct doc *doc, struct nd_bytes *out)
{
    bool any = false;
    for (size_t i = 0; i < doc->source_count; i++) {
        if (!doc->sources[i].used && !doc->sources[i].quotes) continue;
        if (any) nd_bytes_add_char(out, '\n');
        put_entry(out, doc, i);
        any = true;
    }
}
