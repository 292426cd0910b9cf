#include "web_read.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/document/document.h"
#include "scene.h"
#include "web_pages.h"
#include <string.h>

enum nd_rc nd_web_of(const struct nd_scene *scene, struct nd_web **out, struct nd_error *err)
{
    *out = nd_desk_web(scene);
    return *out
               ? ND_OK
               : nd_fail(err, ND_CONFIG, "the run asks for the web, and this process was started without it");
}

/* ---- links ---- */

static bool is_listed(const struct nd_json *links, const char *url)
{
    ND_JSON_EACH(link, links)
    if (nd_view_is(nd_json_view(nd_json_get(link, "url")), url)) return true;
    return false;
}

static void add_link(struct nd_json *links, const char *id, const char *url, struct nd_view text)
{
    struct nd_json *link = nd_json_add(links, nd_json_object());
    char *own = nd_sprintf("%s.%zu", id, nd_json_len(links));
    nd_json_set_str(link, "id", own);
    nd_json_set_str(link, "url", url);
    nd_json_set_view(link, "text", nd_view_sub(text, 0, nd_utf8_cut(text, ND_WEB_LINK_TEXT_MAX)));
    nd_free(own);
}

/* Where the page's links lead, each address once; too deep a page has none, since nothing could name them. */
static struct nd_json *links_json(const struct nd_reading *r, const char *id, const char *url)
{
    struct nd_json *links = nd_json_array();
    char *said = r->base ? nd_url_resolve(url, nd_view_of(r->base)) : NULL;
    const char *base = said ? said : url;
    bool named = strlen(id) + sizeof ".100" <= ND_WEB_ID_MAX;
    for (size_t i = 0; i < r->link_count && named && nd_json_len(links) < ND_WEB_LINKS_MAX; i++) {
        char *to = nd_url_resolve(base, nd_view_of(r->links[i].href));
        if (to && strcmp(to, url) != 0 && !is_listed(links, to))
            add_link(links, id, to, nd_view_of(r->links[i].text));
        nd_free(to);
    }
    nd_free(said);
    return links;
}

/* ---- pages ---- */

static enum nd_rc read_page(const struct nd_scene *scene, const struct nd_web_page *page, const char *url,
                            const atomic_bool *stop, struct nd_source *out, struct nd_error *err)
{
    const struct nd_desk_config *config = nd_desk_config(scene);
    struct nd_read_options options = {.reader = config->reader, .workers = 1, .stop = stop};
    if (page->why) {
        nd_page_failed(out, url, page->why);
        return ND_OK;
    }
    return nd_page_read(out, page->url, page->media_type, nd_bytes_view(&page->body), scene->objects,
                        &options, err);
}

static bool has_text(const struct nd_reading *r)
{
    return r->status == ND_SOURCE_READ || r->status == ND_SOURCE_PARTLY;
}

static struct nd_json *page_json(const char *id, const struct nd_source *source)
{
    struct nd_json *json = nd_json_object();
    const struct nd_reading *r = source->reading;
    nd_json_set_str(json, "id", id);
    nd_json_set_str(json, "url", source->url);
    nd_json_set(json, "source", nd_source_json(source, 0));
    if (has_text(r))
        nd_json_set(json, "links", links_json(r, id, source->url));
    else
        (void)nd_observe_failure(json, r->why ? r->why : "no text");
    return json;
}

enum nd_rc nd_web_read(const struct nd_scene *scene, const char *id, const char *url, bool found,
                       const atomic_bool *stop, struct nd_json **observation, struct nd_error *err)
{
    struct nd_web *web = NULL;
    struct nd_web_page page = {.url = NULL};
    struct nd_source source = {.found = false};
    enum nd_rc rc = nd_web_of(scene, &web, err);
    if (rc == ND_OK) rc = web->ops->fetch(web, url, stop, &page, err);
    if (rc == ND_OK) rc = read_page(scene, &page, url, stop, &source, err);
    if (rc == ND_OK) {
        source.found = found;
        *observation = page_json(id, &source);
    }
    nd_source_release(&source);
    nd_web_page_release(&page);
    return rc;
}
