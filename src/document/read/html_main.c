/* The main content of a page, by what its elements say about themselves:
 *  1. what is never content is removed (script, nav, footer, form …, hidden elements, navigation roles);
 *  2. what a class or id calls a menu, sidebar, header … is removed if a quarter of its letters are links or
 * it is short, but never if it holds most of the page's text outside of links;
 *  3. the content is the first main, article, role=main or #content … that holds two fifths of what is left,
 * else the body. */
#include "html.h"

#include <string.h>

enum { SHORT = 150 };

bool nd_html_is(const xmlNode *node, const char *names)
{
    if (node->type != XML_ELEMENT_NODE) return false;
    const char *name = (const char *)node->name;
    size_t len = strlen(name);
    for (const char *at = len > 0 ? strstr(names, name) : NULL; at; at = strstr(at + 1, name)) {
        bool starts = at == names || at[-1] == ' ';
        if (starts && (at[len] == ' ' || at[len] == '\0')) return true;
    }
    return false;
}

xmlChar *nd_html_attribute(const xmlNode *node, const char *name)
{
    return xmlGetProp(node, (const xmlChar *)name);
}

static void count(const xmlNode *node, bool linked, struct nd_html_letters *n)
{
    for (; node; node = node->next) {
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
            size_t letters = 0;
            for (const xmlChar *c = node->content; c && *c; c++) letters += *c > ' ';
            n->all += letters;
            if (linked) n->linked += letters;
        } else if (node->children && node->type == XML_ELEMENT_NODE) {
            count(node->children, linked || nd_html_is(node, "a"), n);
        }
    }
}

struct nd_html_letters nd_html_count(const xmlNode *siblings)
{
    struct nd_html_letters n = {0};
    count(siblings, false, &n);
    return n;
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* True when one of the words stands in the value as a whole: "left-sidebar" has "sidebar". */
static bool has_word(const xmlNode *node, const char *attribute, const char *const *words)
{
    xmlChar *value = nd_html_attribute(node, attribute);
    if (!value) return false;
    char *lower = (char *)value;
    bool found = false;
    for (char *c = lower; *c; c++) {
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + 32);
    }
    for (; *words && !found; words++) {
        size_t len = strlen(*words);
        for (const char *at = strstr(lower, *words); at && !found; at = strstr(at + 1, *words))
            found = (at == lower || !is_word_char(at[-1])) && !is_word_char(at[len]);
    }
    xmlFree(value);
    return found;
}

static bool attribute_is(const xmlNode *node, const char *name, const char *values)
{
    xmlChar *value = nd_html_attribute(node, name);
    bool equal = false;
    if (value) {
        xmlNode probe = {.type = XML_ELEMENT_NODE, .name = value};
        equal = nd_html_is(&probe, values);
    }
    xmlFree(value);
    return equal;
}

/* Does its own style keep it from being seen? Nobody could find a quote of it on the page. */
static bool is_unseen(const xmlNode *node)
{
    static const char *const styles[] = {"display:none", "visibility:hidden"};
    xmlChar *value = nd_html_attribute(node, "style");
    char *to = (char *)value;
    bool found = false;
    for (const char *from = to; from && *from; from++) {
        if (*from != ' ' && *from != '\t' && *from != '\n')
            *to++ = *from >= 'A' && *from <= 'Z' ? (char)(*from + 32) : *from;
    }
    if (to) *to = '\0';
    for (size_t i = 0; value && i < sizeof styles / sizeof *styles; i++)
        found = found || strstr((const char *)value, styles[i]);
    xmlFree(value);
    return found;
}

static const char never[] =
    "script style noscript template nav footer aside button select iframe svg object head input "
    "textarea canvas audio video map dialog";
static const char *const side_words[] = {
    "nav",        "navbar",     "navigation",    "navheader", "navfooter", "docnav",      "menu",
    "sidebar",    "breadcrumb", "footer",        "header",    "banner",    "breadcrumbs", "cookie",
    "share",      "social",     "related",       "gtoc",      "toc",       "skip",        "headerlink",
    "advert",     "promo",      "sphinxsidebar", "search",    "ft",        "hd",          "pager",
    "pagination", "newsletter", "permalink",     NULL};
static const char *const main_words[] = {
    "content", "main",    "main-content", "maincontent", "apicontent", "docs-content",
    "body",    "article", "document",     "bodytext",    NULL};

/* Holds most of the page, and that is not mainly links. */
static bool is_most_of(struct nd_html_letters n, size_t page_letters)
{
    return n.all > page_letters / 2 && n.linked * 10 < n.all * 3;
}

static bool is_beside_content(const xmlNode *node, size_t page_letters)
{
    if (nd_html_is(node, never)) return true;
    if (nd_html_is(node, "body html main article")) return false;
    bool hidden = xmlHasProp(node, (const xmlChar *)"hidden") || attribute_is(node, "aria-hidden", "true") ||
                  is_unseen(node);
    bool navigation = attribute_is(node, "role", "navigation");
    bool named = nd_html_is(node, "form") || attribute_is(node, "role", "banner contentinfo search") ||
                 has_word(node, "class", side_words) ||
                 (nd_html_is(node, "div section ul ol table header p") && has_word(node, "id", side_words));
    if (!hidden && !navigation && !named) return false;
    struct nd_html_letters n = nd_html_count(node->children);
    if (navigation) return true;
    bool removable = nd_html_is(node, "form") || hidden || n.linked * 4 > n.all || n.all < SHORT;
    return removable && !is_most_of(n, page_letters);
}

static void prune(xmlNode *node, size_t page_letters)
{
    for (xmlNode *next = NULL; node; node = next) {
        next = node->next;
        bool markup = node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE;
        if (markup || (node->type == XML_ELEMENT_NODE && is_beside_content(node, page_letters))) {
            xmlUnlinkNode(node);
            xmlFreeNode(node);
        } else if (node->type == XML_ELEMENT_NODE) {
            prune(node->children, page_letters);
        }
    }
}

static bool says_main(const xmlNode *node)
{
    if (nd_html_is(node, "main article") || attribute_is(node, "role", "main")) return true;
    return nd_html_is(node, "div section td") &&
           (has_word(node, "id", main_words) || has_word(node, "class", main_words));
}

static xmlNode *find_main(xmlNode *node, size_t letters)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        if (says_main(node) && nd_html_count(node->children).all * 5 > letters * 2) return node;
        xmlNode *found = find_main(node->children, letters);
        if (found) return found;
    }
    return NULL;
}

xmlNode *nd_html_main(xmlNode *body)
{
    prune(body->children, nd_html_count(body->children).all);
    xmlNode *found = find_main(body->children, nd_html_count(body->children).all);
    return found ? found : body;
}
