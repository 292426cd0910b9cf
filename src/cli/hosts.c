#include "hosts.h"

bool hosts_have(const struct nd_json *hosts, struct nd_view host)
{
    ND_JSON_EACH(row, hosts)
    if (nd_view_eq(nd_json_view(nd_json_get(row, "host")), host)) return true;
    return false;
}

void hosts_add(struct nd_json *hosts, struct nd_view host, const char *receives)
{
    struct nd_json *row = nd_json_add(hosts, nd_json_object());
    nd_json_set_view(row, "host", host);
    nd_json_set_str(row, "receives", receives);
}
