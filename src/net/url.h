/** Parts of an address that only the transport needs. */
#ifndef ND_NET_URL_H
#define ND_NET_URL_H

#include "nightdesk/net/http.h"

/** "http://127.0.0.1:8080/v1" -> "127.0.0.1:8080"; empty for what is no address. */
struct nd_view url_authority(struct nd_view url);

#endif
