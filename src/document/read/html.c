#include "charset.h"
#include "html.h"
#include "kinds.h"
#include "title.h"

#include <libxml/HTMLparser.h>
#include <libxml/xmlversion.h>
#include <string.h>
#include <strings.h>

static bool starts(struct nd_view text, size_t at, const char *tag)
{
    size_t len = strlen(tag);
    return text.len - at >= len && strncasecmp(text.data + at, tag, len) == 0;
}

/* Where the element that opens at `at` ends, or the text's end. */
static size_t after_element(struct nd_view text, size_t at, const char *closing)
{
    for (; at < text.len; at++) {
        if (text.data[at] != '<' || !starts(text, at, closing)) continue;
        size_t end = nd_view_find(text, ND_VIEW(">"), at);
        return end == SIZE_MAX ? text.len : end + 1;
    }
    return text.len;
}

static bool closes_itself(struct nd_view text, size_t at)
{
    size_t end = nd_view_find(text, ND_VIEW(">"), at);
    return end != SIZE_MAX && text.data[end - 1] == '/';
}

/* Copies the page without scripts, styles and comments, whose insides the parser would take for markup, and
 * without tags of a size that costs it minutes. */
static void cut_scripts(struct nd_view page, bool xhtml, struct nd_bytes *out)
{
    size_t at = 0;
    while (at < page.len) {
        size_t tag = nd_view_find(page, ND_VIEW("<"), at);
        if (tag == SIZE_MAX) tag = page.len;
        nd_bytes_add_view(out, nd_view_sub(page, at, tag));
        if (tag == page.len) return;
        if (starts(page, tag, "<script") && !(xhtml && closes_itself(page, tag))) {
            at = after_element(page, tag, "</script");
        } else if (starts(page, tag, "<style") && !(xhtml && closes_itself(page, tag))) {
            at = after_element(page, tag, "</style");
        } else if (starts(page, tag, "<!--")) {
            size_t end = nd_view_find(page, ND_VIEW("-->"), tag + 4);
            at = end == SIZE_MAX ? page.len : end + 3;
        } else {
            size_t end = nd_view_find(page, ND_VIEW(">"), tag);
            at = end == SIZE_MAX ? page.len : end + 1;
            if (at - tag <= ND_READ_HTML_TAG_MAX_BYTES) nd_bytes_add_view(out, nd_view_sub(page, tag, at));
        }
    }
}

/* ---- what the head says ---- */

xmlNode *nd_html_find(xmlNode *node, const char *names)
{
    for (; node; node = node->next) {
        if (nd_html_is(node, names)) return node;
        xmlNode *below = node->type == XML_ELEMENT_NODE ? nd_html_find(node->children, names) : NULL;
        if (below) return below;
    }
    return NULL;
}

static void read_meta(struct nd_job *job, const xmlNode *meta)
{
    xmlChar *name = nd_html_attribute(meta, "name");
    if (!name) name = nd_html_attribute(meta, "property");
    xmlChar *content = nd_html_attribute(meta, "content");
    if (name && content) {
        const char *n = (const char *)name;
        struct nd_view value = nd_view_of((const char *)content);
        if (strcasecmp(n, "author") == 0 || strcasecmp(n, "dc.creator") == 0) nd_author(job, value);
        if (strcasecmp(n, "date") == 0 || strcasecmp(n, "dc.date") == 0 ||
            strcasecmp(n, "dcterms.date") == 0 || strcasecmp(n, "article:published_time") == 0)
            nd_date(job, value);
    }
    xmlFree(name);
    xmlFree(content);
}

static void read_head(struct nd_job *job, xmlNode *root)
{
    xmlNode *head = nd_html_find(root, "head");
    xmlNode *title = nd_html_find(head ? head->children : root, "title");
    xmlChar *text = title ? xmlNodeGetContent(title) : NULL;
    if (text) (void)nd_title_from_metadata(job, nd_view_of((const char *)text));
    xmlFree(text);
    for (const xmlNode *node = head ? head->children : NULL; node; node = node->next) {
        if (nd_html_is(node, "meta")) read_meta(job, node);
    }
}

/* ---- the page ---- */

static void note_depth(void *ctx, xmlErrorPtr error)
{
    bool *too_deep = ctx;
    if (error->message && strstr(error->message, "Excessive depth")) *too_deep = true;
}

xmlDocPtr nd_html_parse(struct nd_view page, bool xhtml, bool *too_deep)
{
    struct nd_bytes plain = ND_BYTES(ND_BYTES_MAX);
    *too_deep = false;
    cut_scripts(page, xhtml, &plain);
    xmlSetStructuredErrorFunc(too_deep, note_depth);
    xmlDocPtr document =
        htmlReadMemory(plain.data ? plain.data : "", (int)plain.len, NULL, "UTF-8",
                       HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_COMPACT | HTML_PARSE_IGNORE_ENC);
    xmlSetStructuredErrorFunc(NULL, NULL);
    nd_bytes_release(&plain);
    return document;
}

static void read_page(struct nd_job *job, xmlNode *root)
{
    struct nd_build b;
    nd_build_open(&b, job);
    read_head(job, root);
    xmlNode *body = nd_html_find(root, "body"), *main = body ? nd_html_main(body) : NULL;
    if (main) {
        nd_html_links(job, nd_html_find(root, "head"), main);
        nd_html_blocks(&b, main);
    }
    nd_build_close(&b);
    nd_title_from_headings(job);
}

void nd_html_read(struct nd_job *job)
{
    struct nd_bytes page = ND_BYTES(ND_BYTES_MAX);
    bool too_deep = false;
    nd_job_extractor(job, "libxml2", LIBXML_DOTTED_VERSION);
    if (job->bytes.len > ND_READ_HTML_MAX_BYTES) {
        nd_job_fail(job, ND_SOURCE_FAILED, "over the limit of 10 MB for a web page");
        return;
    }
    nd_charset_convert(job->charset, job->bytes, &page);
    xmlDocPtr document = nd_html_parse(nd_bytes_view(&page), false, &too_deep);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (too_deep) nd_job_fault(job, 1, "elements nested deeper than 256: the rest was left out");
    if (root)
        read_page(job, root);
    else
        nd_job_fail(job, ND_SOURCE_FAILED, "not a readable web page");
    xmlFreeDoc(document);
    nd_bytes_release(&page);
}
