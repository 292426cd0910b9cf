/** Who would receive what, as plans and answers tell it: rows of {"host", "receives"}. */
#ifndef NIGHTDESK_CLI_HOSTS_H
#define NIGHTDESK_CLI_HOSTS_H

#include "nightdesk/base/json.h"

bool hosts_have(const struct nd_json *hosts, struct nd_view host);
void hosts_add(struct nd_json *hosts, struct nd_view host, const char *receives);

#endif
