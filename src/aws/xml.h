/**
 * The XML that S3 and the query services answer with: elements and text. Anything else (document types,
 * processing instructions but the first line, CDATA, comments, entities but the five) is refused, and so is
 * what is deeper or not well formed. Attributes are checked and skipped.
 */
#ifndef AWS_XML_H
#define AWS_XML_H

#include "nightdesk/base/bytes.h"

#define ND_XML_MAX_DEPTH 16
#define ND_XML_NAME_MAX 64

/** Checks the whole document. False for anything that is not one; else *inner is what the root element holds.
 */
bool nd_xml_open(struct nd_view document, struct nd_view *root, struct nd_view *inner);
/** The next child element at or after *at of what an element holds; false when there is none. */
bool nd_xml_next(struct nd_view inner, size_t *at, struct nd_view *name, struct nd_view *content);
/** What the first child with that name holds; empty when there is none. */
struct nd_view nd_xml_child(struct nd_view inner, const char *name);
/** Appends text with its entities resolved; false when it holds elements. */
bool nd_xml_text(struct nd_view content, struct nd_bytes *out);
/** Appends text as XML. */
void nd_xml_escape(struct nd_view text, struct nd_bytes *out);

#endif
