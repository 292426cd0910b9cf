#include "xml.h"

#include <libxml/xmlreader.h>
#include <string.h>

struct nd_xml {
    struct nd_job *job;
    xmlTextReaderPtr reader;
    xmlChar *attribute;
    bool close_next; /* stands at an element without content whose CLOSE is owed */
    bool ended, damaged;
};

/* Office files have no document type; with one come entities, which is where bombs and outside files come
 * from. */
static bool has_document_type(struct nd_view bytes)
{
    return nd_view_find(bytes, ND_VIEW("<!DOCTYPE"), 0) != SIZE_MAX ||
           nd_view_find(bytes, ND_VIEW("<\0!\0D\0O\0C\0T"), 0) != SIZE_MAX ||
           nd_view_find(bytes, ND_VIEW("\0<\0!\0D\0O\0C\0T"), 0) != SIZE_MAX;
}

struct nd_xml *nd_xml_open(struct nd_job *job, struct nd_view bytes)
{
    struct nd_xml *xml = ND_NEW(struct nd_xml);
    xml->job = job;
    if (has_document_type(bytes)) {
        nd_job_fail(job, ND_SOURCE_FAILED, "a part of the Office file declares a document type: refused");
        xml->ended = true;
        return xml;
    }
    xml->reader =
        xmlReaderForMemory(bytes.data ? bytes.data : "", (int)bytes.len, NULL, NULL,
                           XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT);
    xml->ended = !xml->reader;
    return xml;
}

void nd_xml_close(struct nd_xml *xml)
{
    xmlFree(xml->attribute);
    if (xml->reader) xmlFreeTextReader(xml->reader);
    nd_free(xml);
}

static enum nd_xml_at end(struct nd_xml *xml)
{
    xml->ended = true;
    return ND_XML_END;
}

enum nd_xml_at nd_xml_next(struct nd_xml *xml)
{
    if (xml->ended) return ND_XML_END;
    if (xml->close_next) {
        xml->close_next = false;
        return ND_XML_CLOSE;
    }
    for (;;) {
        int rc = xmlTextReaderRead(xml->reader);
        if (rc != 1) {
            xml->damaged = rc < 0;
            return end(xml);
        }
        switch (xmlTextReaderNodeType(xml->reader)) {
        case XML_READER_TYPE_ELEMENT:
            xml->close_next = xmlTextReaderIsEmptyElement(xml->reader) == 1;
            return ND_XML_OPEN;
        case XML_READER_TYPE_END_ELEMENT:
            return ND_XML_CLOSE;
        case XML_READER_TYPE_TEXT:
        case XML_READER_TYPE_CDATA:
        case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
            return ND_XML_TEXT;
        default:
            break;
        }
    }
}

void nd_xml_skip(struct nd_xml *xml)
{
    unsigned depth = 1;
    while (depth > 0) {
        enum nd_xml_at at = nd_xml_next(xml);
        if (at == ND_XML_END) return;
        if (at == ND_XML_OPEN) depth++;
        if (at == ND_XML_CLOSE) depth--;
    }
}

const char *nd_xml_name(const struct nd_xml *xml)
{
    const xmlChar *name = xml->ended ? NULL : xmlTextReaderConstLocalName(xml->reader);
    return name ? (const char *)name : "";
}

bool nd_xml_is(const struct nd_xml *xml, const char *name)
{
    return strcmp(nd_xml_name(xml), name) == 0;
}

static const char *find_attribute(struct nd_xml *xml, const char *name, bool in_namespace)
{
    xmlFree(xml->attribute);
    xml->attribute = NULL;
    for (int rc = xmlTextReaderMoveToFirstAttribute(xml->reader); rc == 1;
         rc = xmlTextReaderMoveToNextAttribute(xml->reader)) {
        const xmlChar *found = xmlTextReaderConstLocalName(xml->reader);
        if (!found || strcmp((const char *)found, name) != 0) continue;
        if (in_namespace && !xmlTextReaderConstPrefix(xml->reader)) continue;
        xml->attribute = xmlTextReaderValue(xml->reader);
        break;
    }
    (void)xmlTextReaderMoveToElement(xml->reader);
    return xml->attribute ? (const char *)xml->attribute : "";
}

const char *nd_xml_attribute(struct nd_xml *xml, const char *name)
{
    return find_attribute(xml, name, false);
}

const char *nd_xml_attribute_in(struct nd_xml *xml, const char *name)
{
    return find_attribute(xml, name, true);
}

struct nd_view nd_xml_text(const struct nd_xml *xml)
{
    return nd_view_of((const char *)xmlTextReaderConstValue(xml->reader));
}

void nd_xml_content(struct nd_xml *xml, struct nd_bytes *out)
{
    unsigned depth = 1;
    while (depth > 0) {
        enum nd_xml_at at = nd_xml_next(xml);
        if (at == ND_XML_END) return;
        if (at == ND_XML_OPEN) depth++;
        if (at == ND_XML_CLOSE) depth--;
        if (at == ND_XML_TEXT) nd_bytes_add_view(out, nd_xml_text(xml));
    }
}

bool nd_xml_damaged(const struct nd_xml *xml)
{
    return xml->damaged;
}
