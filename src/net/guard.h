/** The address guard of one exchange: sockets are opened to public addresses only. */
#ifndef ND_NET_GUARD_H
#define ND_NET_GUARD_H

#include <curl/curl.h>

#define ADDRESS_TEXT_BYTES 64

/** refused (ADDRESS_TEXT_BYTES, "") gets the address that was not let through; it lives as long as easy. */
void guard_set(CURL *easy, char *refused);

#endif
