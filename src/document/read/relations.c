/* Which part of an Office file leads to which. */
#include "office.h"

#include <string.h>

/* ---- parts that are listed ---- */

struct list {
    struct nd_listed *listed;
    const char *folder, *element;
    size_t most;
};

static void read_list(void *ctx, struct nd_xml *xml)
{
    const struct list *list = ctx;
    struct nd_listed *listed = list->listed;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (at != ND_XML_OPEN || !nd_xml_is(xml, list->element) || listed->n == list->most) continue;
        ND_GROW(listed->v, listed->n, listed->cap);
        struct nd_listed_part *part = &listed->v[listed->n++];
        *part = (struct nd_listed_part){.name = nd_strdup(nd_xml_attribute(xml, "name"))};
        part->relation = nd_strdup(nd_xml_attribute_in(xml, "id"));
    }
}

/* A target is relative to the folder of the part that has the relation, or begins at the archive's top. */
static char *part_of_target(const char *folder, const char *target)
{
    if (target[0] == '/') return nd_strdup(target + 1);
    size_t len = strlen(folder);
    while (strncmp(target, "../", 3) == 0) {
        target += 3;
        while (len > 0 && folder[len - 1] != '/') len--;
        if (len > 0) len--;
    }
    return len > 0 ? nd_sprintf("%.*s/%s", (int)len, folder, target) : nd_strdup(target);
}

static void resolve_list(void *ctx, struct nd_xml *xml)
{
    const struct list *list = ctx;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (at != ND_XML_OPEN || !nd_xml_is(xml, "Relationship")) continue;
        char *id = nd_strdup(nd_xml_attribute(xml, "Id"));
        const char *target = nd_xml_attribute(xml, "Target");
        for (size_t i = 0; i < list->listed->n; i++) {
            struct nd_listed_part *part = &list->listed->v[i];
            if (!part->part && strcmp(part->relation, id) == 0)
                part->part = part_of_target(list->folder, target);
        }
        nd_free(id);
    }
}

void nd_listed_read(struct nd_listed *listed, struct nd_archive *zip, struct nd_job *job, const char *folder,
                    const char *name, const char *element, size_t most)
{
    struct list list = {listed, folder, element, most};
    char *part = nd_sprintf("%s/%s", folder, name), *relations = nd_sprintf("%s/_rels/%s.rels", folder, name);
    nd_office_part(zip, job, part, read_list, &list);
    nd_office_part(zip, job, relations, resolve_list, &list);
    nd_free(part);
    nd_free(relations);
}

void nd_listed_release(struct nd_listed *listed)
{
    for (size_t i = 0; i < listed->n; i++) {
        nd_free(listed->v[i].name);
        nd_free(listed->v[i].relation);
        nd_free(listed->v[i].part);
    }
    nd_free(listed->v);
    *listed = (struct nd_listed){0};
}

/* ---- one part that another is related to ---- */

struct search {
    const char *folder, *kind;
    char *found;
};

static void find_related(void *ctx, struct nd_xml *xml)
{
    struct search *search = ctx;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (at != ND_XML_OPEN || !nd_xml_is(xml, "Relationship") || search->found) continue;
        const char *type = nd_xml_attribute(xml, "Type"), *last = strrchr(type, '/');
        if (last && strcmp(last + 1, search->kind) == 0)
            search->found = part_of_target(search->folder, nd_xml_attribute(xml, "Target"));
    }
}

char *nd_office_related(struct nd_archive *zip, struct nd_job *job, const char *part, const char *kind)
{
    const char *slash = strrchr(part, '/');
    size_t len = slash ? (size_t)(slash - part) : 0;
    char *folder = nd_view_dup((struct nd_view){part, len});
    char *relations = nd_sprintf("%s%s_rels/%s.rels", folder, len > 0 ? "/" : "", slash ? slash + 1 : part);
    struct search search = {.folder = folder, .kind = kind};
    nd_office_part(zip, job, relations, find_related, &search);
    nd_free(relations);
    nd_free(folder);
    return search.found;
}
