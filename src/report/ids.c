#include "ids.h"

#include "nightdesk/base/alloc.h"

#include <stdlib.h>
#include <string.h>

void ids_add(struct ids *ids, const char *name, size_t at)
{
    ND_GROW(ids->v, ids->n, ids->cap);
    ids->v[ids->n++] = (struct id){name, at};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct id *)a)->name, ((const struct id *)b)->name);
}

const char *ids_sort(struct ids *ids)
{
    if (!ids->n) return NULL;
    qsort(ids->v, ids->n, sizeof *ids->v, by_name);
    for (size_t i = 1; i < ids->n; i++) {
        if (strcmp(ids->v[i - 1].name, ids->v[i].name) == 0) return ids->v[i].name;
    }
    return NULL;
}

size_t ids_find(const struct ids *ids, const char *name)
{
    if (!ids->n) return SIZE_MAX;
    struct id wanted = {name, 0};
    const struct id *found = bsearch(&wanted, ids->v, ids->n, sizeof *ids->v, by_name);
    return found ? found->at : SIZE_MAX;
}

void ids_release(struct ids *ids)
{
    nd_free(ids->v);
    *ids = (struct ids){0};
}
