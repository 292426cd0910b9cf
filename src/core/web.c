#include "nightdesk/core/web.h"
#include "nightdesk/base/alloc.h"

void nd_web_hits_release(struct nd_web_hits *hits)
{
    if (!hits) return;
    for (size_t i = 0; i < hits->n; i++) {
        nd_free(hits->v[i].url);
        nd_free(hits->v[i].title);
        nd_free(hits->v[i].snippet);
        nd_free(hits->v[i].published);
    }
    nd_free(hits->why);
    *hits = (struct nd_web_hits){.n = 0};
}

void nd_web_page_release(struct nd_web_page *page)
{
    if (!page) return;
    nd_free(page->url);
    nd_free(page->media_type);
    nd_bytes_release(&page->body);
    nd_free(page->why);
    *page = (struct nd_web_page){.url = NULL};
}
