#include "nightdesk/core/store.h"

void nd_store_close(struct nd_store *s)
{
    if (s) s->ops->close(s);
}
