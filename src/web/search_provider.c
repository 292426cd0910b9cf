#include "search_provider.h"
#include "nightdesk/base/alloc.h"
#include <string.h>

const struct provider *const providers[] = {&provider_searxng, &provider_tavily, &provider_brave, NULL};

const struct provider *provider_named(const char *name)
{
    for (const struct provider *const *p = providers; *p; p++)
        if (strcmp((*p)->name, name) == 0) return *p;
    return NULL;
}

void ask_release(struct ask *ask)
{
    nd_free(ask->url);
    nd_free(ask->header);
    nd_bytes_release(&ask->body);
}

void add_query_value(const char *text, struct nd_bytes *out)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (const char *c = text; *c; c++) {
        if (strchr(plain, *c))
            nd_bytes_add_char(out, *c);
        else
            nd_bytes_addf(out, "%%%02X", (unsigned char)*c);
    }
}
