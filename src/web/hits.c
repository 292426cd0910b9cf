/* Results of searches are texts of strangers: one line each, without markup, cut to their limits. */
#include "search_provider.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include <string.h>

#define DATE_LEN 10 /* "2026-11-24" */

static const struct {
    const char *name, *text;
} entities[] = {{"&amp;", "&"}, {"&lt;", "<"},   {"&gt;", ">"},  {"&quot;", "\""},
                {"&#39;", "'"}, {"&#x27;", "'"}, {"&nbsp;", " "}};

/* The length of a tag like <strong> or </b> at that place, 0: it is none ("a < b"). */
static size_t tag_at(struct nd_view text, size_t at)
{
    size_t next = at + 1 + (at + 1 < text.len && text.data[at + 1] == '/');
    bool opens = text.data[at] == '<' && next < text.len &&
                 ((text.data[next] >= 'a' && text.data[next] <= 'z') ||
                  (text.data[next] >= 'A' && text.data[next] <= 'Z'));
    size_t end = opens ? nd_view_find(text, ND_VIEW(">"), next) : SIZE_MAX;
    return end == SIZE_MAX ? 0 : end + 1 - at;
}

static void without_markup(struct nd_view text, struct nd_bytes *out)
{
    for (size_t at = 0; at < text.len;) {
        size_t tag = tag_at(text, at), taken = 0;
        for (size_t i = 0; i < sizeof entities / sizeof *entities && !tag && !taken; i++) {
            if (!nd_view_starts(nd_view_sub(text, at, text.len), entities[i].name)) continue;
            nd_bytes_add_str(out, entities[i].text);
            taken = strlen(entities[i].name);
        }
        if (!tag && !taken) nd_bytes_add_char(out, text.data[at]);
        at += tag + taken > 0 ? tag + taken : 1;
    }
}

static char *plain(struct nd_view text, size_t max)
{
    struct nd_bytes bare = ND_BYTES(ND_BYTES_MAX), line = ND_BYTES(ND_BYTES_MAX);
    without_markup(nd_view_sub(text, 0, 16 * max), &bare);
    struct nd_view v = nd_bytes_view(&bare);
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        bool blank = nd_is_space(c) || c < ' ';
        if (!blank && !nd_is_unsafe(c))
            nd_utf8_add(&line, c);
        else if (blank && line.len > 0 && line.data[line.len - 1] != ' ')
            nd_bytes_add_char(&line, ' ');
    }
    struct nd_view whole = nd_view_trim(nd_bytes_view(&line));
    char *cut = nd_view_dup(nd_view_trim(nd_view_sub(whole, 0, nd_utf8_cut(whole, max))));
    nd_bytes_release(&bare);
    nd_bytes_release(&line);
    return cut;
}

/* "2026-11-24T06:00:00" -> "2026-11-24"; anything else is no date. */
static char *date_of(struct nd_view text)
{
    static const char form[] = "0000-00-00";
    if (text.len < DATE_LEN) return NULL;
    for (size_t i = 0; i < DATE_LEN; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (form[i] == '0' ? !digit : text.data[i] != form[i]) return NULL;
    }
    return nd_view_dup(nd_view_sub(text, 0, DATE_LEN));
}

static bool is_there(const struct nd_web_hits *hits, const char *url)
{
    for (size_t i = 0; i < hits->n; i++)
        if (strcmp(hits->v[i].url, url) == 0) return true;
    return false;
}

void hits_add(struct nd_web_hits *hits, const struct nd_json *result, const char *snippet,
              const char *published)
{
    char *url = nd_url_clean(nd_json_view(nd_json_get(result, "url")));
    if (!url || hits->n == ND_WEB_HITS_MAX || is_there(hits, url)) {
        nd_free(url);
        return;
    }
    hits->v[hits->n++] = (struct nd_web_hit){
        .url = url,
        .title = plain(nd_json_view(nd_json_get(result, "title")), ND_WEB_TITLE_MAX_BYTES),
        .snippet = plain(nd_json_view(nd_json_get(result, snippet)), ND_WEB_SNIPPET_MAX_BYTES),
        .published = date_of(nd_json_view(nd_json_get(result, published)))};
}
