/** Walking through an XML part of an Office file, within limits: no entities, no outside files, no huge
 * trees. */
#ifndef ND_READ_XML_H
#define ND_READ_XML_H

#include "job.h"

struct nd_xml;

/** What the reader stands at. Names are without their prefix. */
enum nd_xml_at { ND_XML_END, ND_XML_OPEN, ND_XML_CLOSE, ND_XML_TEXT };

/** bytes are borrowed until the reader is closed. Never NULL. A document type in them fails the job, and
 * there is nothing. */
struct nd_xml *nd_xml_open(struct nd_job *job, struct nd_view bytes);
void nd_xml_close(struct nd_xml *xml);
/** Moves on. An element without content gives OPEN, then CLOSE. A document type ends the part and fails the
 * job. */
enum nd_xml_at nd_xml_next(struct nd_xml *xml);
/** After OPEN: moves behind the element's CLOSE. */
void nd_xml_skip(struct nd_xml *xml);

/** The element's name; empty at text. */
const char *nd_xml_name(const struct nd_xml *xml);
bool nd_xml_is(const struct nd_xml *xml, const char *name);
/** An attribute's value by its name without prefix, "" when absent. Valid until the next call of this. */
const char *nd_xml_attribute(struct nd_xml *xml, const char *name);
/** The same for an attribute in a namespace ("r:id" beside "id"). */
const char *nd_xml_attribute_in(struct nd_xml *xml, const char *name);
struct nd_view nd_xml_text(const struct nd_xml *xml);
/** After OPEN: appends all text inside the element and moves behind its CLOSE. */
void nd_xml_content(struct nd_xml *xml, struct nd_bytes *out);
/** True when the part was damaged where it was read. */
bool nd_xml_damaged(const struct nd_xml *xml);

#endif
