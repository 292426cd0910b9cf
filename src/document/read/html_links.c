/* Links in the content of a page: where research may go on from it. */
#include "html.h"

#include <stdlib.h>
#include <string.h>

struct links {
    struct nd_reading *reading;
    size_t cap;
};

/* One clean line, or NULL: an address has no place for anything else. */
static char *href_of(const xmlNode *node)
{
    xmlChar *value = nd_html_attribute(node, "href");
    struct nd_view v = nd_view_trim(nd_view_of((const char *)value));
    char *line = v.len > 0 && v.len <= ND_READ_HREF_MAX_BYTES ? nd_one_line(v) : NULL;
    xmlFree(value);
    if (!line || strlen(line) <= ND_READ_HREF_MAX_BYTES) return line;
    nd_free(line); /* it may have been cut */
    return NULL;
}

static void add_link(struct links *l, const xmlNode *node)
{
    struct nd_reading *r = l->reading;
    char *href = href_of(node);
    if (!href || href[0] == '#') {
        nd_free(href);
        return;
    }
    xmlChar *content = xmlNodeGetContent(node);
    char *text = nd_one_line(nd_view_of((const char *)content));
    xmlFree(content);
    ND_GROW(r->links, r->link_count, l->cap);
    r->links[r->link_count++] = (struct nd_link){href, text ? text : nd_strdup("")};
}

static void collect(struct links *l, const xmlNode *node)
{
    for (; node && l->reading->link_count < ND_READ_LINKS_MAX; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        if (nd_html_is(node, "a")) add_link(l, node);
        collect(l, node->children);
    }
}

static int by_href(const void *a, const void *b)
{
    const struct nd_link *x = *(const struct nd_link *const *)a, *y = *(const struct nd_link *const *)b;
    int order = strcmp(x->href, y->href);
    return order ? order : (x > y) - (x < y);
}

/* The first link of each href stays. */
static void drop_repeats(struct nd_reading *r)
{
    size_t kept = 0;
    struct nd_link **sorted = ND_ARRAY(struct nd_link *, r->link_count + 1);
    bool *repeats = ND_ARRAY(bool, r->link_count + 1);
    for (size_t i = 0; i < r->link_count; i++) sorted[i] = &r->links[i];
    qsort(sorted, r->link_count, sizeof *sorted, by_href);
    for (size_t i = 1; i < r->link_count; i++)
        repeats[sorted[i] - r->links] = strcmp(sorted[i]->href, sorted[i - 1]->href) == 0;
    for (size_t i = 0; i < r->link_count; i++) {
        if (!repeats[i]) {
            r->links[kept++] = r->links[i];
            continue;
        }
        nd_free(r->links[i].href);
        nd_free(r->links[i].text);
    }
    r->link_count = kept;
    nd_free(repeats);
    nd_free(sorted);
}

void nd_html_links(struct nd_job *job, xmlNode *head, const xmlNode *main)
{
    struct links l = {.reading = job->reading};
    xmlNode *base = head ? nd_html_find(head->children, "base") : NULL;
    if (base) job->reading->base = href_of(base);
    collect(&l, main->children);
    if (job->reading->link_count > 1) drop_repeats(job->reading);
}
