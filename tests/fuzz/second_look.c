#include "second_look.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <md4c.h>
#include <strings.h>

#define SVG_LINK "../report.html#" /* from a chart that stands alone to its quotes */

static void silent(void *ctx, xmlErrorPtr error)
{
    (void)ctx;
    (void)error;
}

static bool is_active(const char *element)
{
    static const char *const names[] = {"script",  "iframe", "object",        "embed",    "form",
                                        "input",   "base",   "link",          "img",      "video",
                                        "audio",   "frame",  "button",        "image",    "use",
                                        "animate", "set",    "foreignobject", "template", "portal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(element, names[i]) == 0) return true;
    return false;
}

static void look_at_attribute(const char *name, const char *value, const char *url)
{
    FUZZ_CHECK(strncasecmp(name, "on", 2) != 0 && strcasecmp(name, "style") != 0 &&
               strcasecmp(name, "src") != 0);
    if (strcasecmp(name, "href") != 0 && strcasecmp(name, "xlink:href") != 0) return;
    FUZZ_CHECK(value[0] == '#' || strcmp(value, url) == 0 || strncmp(value, SVG_LINK, strlen(SVG_LINK)) == 0);
}

static void look_at_nodes(const xmlNode *node, const char *url)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        FUZZ_CHECK(!is_active((const char *)node->name));
        for (const xmlAttr *a = node->properties; a; a = a->next) {
            xmlChar *value = xmlNodeListGetString(node->doc, a->children, 1);
            look_at_attribute((const char *)a->name, value ? (const char *)value : "", url);
            xmlFree(value);
        }
        look_at_nodes(node->children, url);
    }
}

void second_look_html(struct nd_view html, const char *url)
{
    xmlSetStructuredErrorFunc(NULL, silent);
    htmlDocPtr document =
        htmlReadMemory(html.data, (int)html.len, NULL, "UTF-8", HTML_PARSE_RECOVER | HTML_PARSE_NONET);
    if (document) look_at_nodes(xmlDocGetRootElement(document), url);
    xmlFreeDoc(document);
}

void second_look_svg(struct nd_view svg)
{
    xmlSetStructuredErrorFunc(NULL, silent);
    xmlDocPtr document = xmlReadMemory(svg.data, (int)svg.len, NULL, "UTF-8", XML_PARSE_NONET);
    FUZZ_CHECK(document);
    look_at_nodes(xmlDocGetRootElement(document), "");
    xmlFreeDoc(document);
}

/* ---- Markdown ---- */

static int on_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    (void)detail;
    (void)ctx;
    FUZZ_CHECK(type != MD_BLOCK_HTML);
    return 0;
}

static int after_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    (void)type;
    (void)detail;
    (void)ctx;
    return 0;
}

/* An address as md4c gives it, in pieces, some of which are character references: begins as our own do, or is
 * url. */
static bool is_address(const MD_ATTRIBUTE *a, const char *own, const char *url)
{
    struct nd_bytes plain = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    for (size_t i = 0; a->size > 0 && a->substr_offsets[i] < a->size; i++) {
        struct nd_view piece = {a->text + a->substr_offsets[i],
                                a->substr_offsets[i + 1] - a->substr_offsets[i]};
        if (nd_view_is(piece, "&amp;")) piece = ND_VIEW("&");
        nd_bytes_add_view(&plain, piece);
    }
    bool known =
        nd_view_starts(nd_bytes_view(&plain), own) || (url && nd_view_is(nd_bytes_view(&plain), url));
    nd_bytes_release(&plain);
    return known;
}

static int on_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    if (type == MD_SPAN_IMG) FUZZ_CHECK(is_address(&((MD_SPAN_IMG_DETAIL *)detail)->src, "charts/x", NULL));
    if (type == MD_SPAN_A) FUZZ_CHECK(is_address(&((MD_SPAN_A_DETAIL *)detail)->href, "#", ctx));
    return 0;
}

static int after_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    (void)type;
    (void)detail;
    (void)ctx;
    return 0;
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx)
{
    (void)text;
    (void)size;
    (void)ctx;
    FUZZ_CHECK(type != MD_TEXT_HTML);
    return 0;
}

void second_look_markdown(struct nd_view md, const char *url)
{
    MD_PARSER parser = {.flags = MD_DIALECT_GITHUB,
                        .enter_block = on_block,
                        .leave_block = after_block,
                        .enter_span = on_span,
                        .leave_span = after_span,
                        .text = on_text};
    FUZZ_CHECK(md_parse(md.data, (MD_SIZE)md.len, &parser, (void *)(uintptr_t)url) == 0);
}
