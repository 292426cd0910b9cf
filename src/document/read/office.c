#include "office.h"
#include "title.h"

#include <libxml/xmlversion.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zip.h>

enum { BASED_ON_MAX = 10, STYLES_MAX = 10000, LEVELS = 9 };

void nd_office_extractor(struct nd_job *job)
{
    nd_job_extractor(job, "libxml2 " LIBXML_DOTTED_VERSION ", libzip", zip_libzip_version());
}

void nd_office_part(struct nd_archive *zip, struct nd_job *job, const char *part,
                    void (*read)(void *ctx, struct nd_xml *xml), void *ctx)
{
    struct nd_bytes bytes = ND_BYTES(ND_READ_ZIP_ENTRY_MAX_BYTES);
    if (nd_archive_part(zip, part, &bytes)) {
        struct nd_xml *xml = nd_xml_open(job, nd_bytes_view(&bytes));
        read(ctx, xml);
        nd_xml_close(xml);
    }
    nd_bytes_release(&bytes);
}

struct properties {
    struct nd_job *job;
    const struct nd_property_names *names;
};

static void read_properties(void *ctx, struct nd_xml *xml)
{
    const struct properties *p = ctx;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        bool title = nd_xml_is(xml, p->names->title), author = nd_xml_is(xml, p->names->author),
             date = nd_xml_is(xml, p->names->date);
        if (at != ND_XML_OPEN || !(title || author || date)) continue;
        struct nd_bytes value = ND_BYTES(1 << 16);
        nd_xml_content(xml, &value);
        if (title) (void)nd_title_from_metadata(p->job, nd_bytes_view(&value));
        if (author) nd_author(p->job, nd_bytes_view(&value));
        if (date) nd_date(p->job, nd_bytes_view(&value));
        nd_bytes_release(&value);
    }
}

void nd_office_properties(struct nd_archive *zip, struct nd_job *job, const char *part,
                          const struct nd_property_names *names)
{
    struct properties p = {job, names};
    nd_office_part(zip, job, part, read_properties, &p);
}

void nd_office_core(struct nd_archive *zip, struct nd_job *job)
{
    static const struct nd_property_names names = {"title", "creator", "created"};
    nd_office_properties(zip, job, "docProps/core.xml", &names);
}

/* "heading 2" is the name of that style in every language of the program. */
static unsigned level_of_name(const char *name)
{
    if (strncasecmp(name, "heading ", 8) != 0) return 0;
    long level = strtol(name + 8, NULL, 10);
    return level >= 1 && level <= LEVELS ? (unsigned)level : 0;
}

static void read_style(struct nd_styles *styles, struct nd_xml *xml)
{
    struct nd_style style = {.id = nd_strdup(nd_xml_attribute(xml, "styleId"))};
    unsigned depth = 1;
    while (depth > 0) {
        enum nd_xml_at at = nd_xml_next(xml);
        if (at == ND_XML_END) break;
        if (at == ND_XML_CLOSE) depth--;
        if (at != ND_XML_OPEN) continue;
        depth++;
        const char *value = nd_xml_attribute(xml, "val");
        if (nd_xml_is(xml, "name")) {
            unsigned level = level_of_name(value);
            if (level) style.level = level;
            style.title = strcasecmp(value, "title") == 0;
        } else if (nd_xml_is(xml, "basedOn") && !style.based_on) {
            style.based_on = nd_strdup(value);
        } else if (nd_xml_is(xml, "outlineLvl") && !style.level) {
            long level = strtol(value, NULL, 10);
            if (level >= 0 && level < LEVELS) style.level = (unsigned)level + 1;
        }
    }
    nd_styles_add(styles, style);
}

static void read_styles(void *ctx, struct nd_xml *xml)
{
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (at == ND_XML_OPEN && nd_xml_is(xml, "style")) read_style(ctx, xml);
    }
}

void nd_styles_read(struct nd_styles *styles, struct nd_archive *zip, struct nd_job *job)
{
    nd_office_part(zip, job, "word/styles.xml", read_styles, styles);
}

static void release_style(struct nd_style *style)
{
    nd_free(style->id);
    nd_free(style->based_on);
}

void nd_styles_add(struct nd_styles *styles, struct nd_style style)
{
    if (styles->n == STYLES_MAX) {
        release_style(&style);
        return;
    }
    ND_GROW(styles->v, styles->n, styles->cap);
    styles->v[styles->n++] = style;
}

void nd_styles_release(struct nd_styles *styles)
{
    for (size_t i = 0; i < styles->n; i++) release_style(&styles->v[i]);
    nd_free(styles->v);
    *styles = (struct nd_styles){0};
}

const struct nd_style *nd_styles_heading(const struct nd_styles *styles, const char *id)
{
    for (unsigned hops = 0; id && hops < BASED_ON_MAX; hops++) {
        const struct nd_style *found = NULL;
        for (size_t i = 0; i < styles->n && !found; i++) {
            if (strcmp(styles->v[i].id, id) == 0) found = &styles->v[i];
        }
        if (!found) return NULL;
        if (found->level || found->title) return found;
        id = found->based_on;
    }
    return NULL;
}
