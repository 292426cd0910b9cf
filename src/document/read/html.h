/** The parts of reading HTML: html.c parses, html_main.c finds the main content, html_blocks.c writes it out.
 */
#ifndef ND_READ_HTML_H
#define ND_READ_HTML_H

#include "build.h"
#include <libxml/tree.h>

/** True when the node is an element whose name is in the list ("p div li"). */
bool nd_html_is(const xmlNode *node, const char *names);
/** The attribute's value, freed with xmlFree; NULL when absent. */
xmlChar *nd_html_attribute(const xmlNode *node, const char *name);

/** Letters (no white space) of a row of siblings and below, and how many of them stand in links. */
struct nd_html_letters {
    size_t all, linked;
};
struct nd_html_letters nd_html_count(const xmlNode *siblings);

/**
 * Parses a page in UTF-8, without scripts. xhtml: an element that closes itself has no content. NULL: not a
 * page. *too_deep is set when what is nested deeper than the limit was left out. Caller frees with
 * xmlFreeDoc.
 */
xmlDocPtr nd_html_parse(struct nd_view page, bool xhtml, bool *too_deep);
/** The first element of that name (or one of several) among the siblings and below; NULL: none. */
xmlNode *nd_html_find(xmlNode *siblings, const char *names);

/** Removes what is not content from the body and returns the element that holds the rest. */
xmlNode *nd_html_main(xmlNode *body);
/** Records the links below a node, and the base that the head names for them. */
void nd_html_links(struct nd_job *job, xmlNode *head, const xmlNode *main);
/** Adds the text of a node as blocks, headings, listings and tables. */
void nd_html_blocks(struct nd_build *b, const xmlNode *node);

#endif
