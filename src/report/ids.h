/** Ids ("q12") of one kind and where their elements are. */
#ifndef ND_REPORT_IDS_H
#define ND_REPORT_IDS_H

#include <stdbool.h>
#include <stddef.h>

struct ids {
    struct id {
        const char *name; /* borrowed */
        size_t at;
    } * v;
    size_t n, cap;
};

void ids_add(struct ids *ids, const char *name, size_t at);
/** Makes them ready to be found; the name of one that stands twice, or NULL. */
const char *ids_sort(struct ids *ids);
/** SIZE_MAX when there is none. */
size_t ids_find(const struct ids *ids, const char *name);
void ids_release(struct ids *ids);

#endif
