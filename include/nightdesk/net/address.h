/** Which addresses are public: what a fetch for somebody else's page may connect to. */
#ifndef NIGHTDESK_NET_ADDRESS_H
#define NIGHTDESK_NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * False for this machine, private networks, link-local (with the metadata and credential services of clouds),
 * shared and benchmark ranges, documentation, multicast, reserved and broadcast.
 */
bool nd_ip4_is_public(const uint8_t ip[4]);
/**
 * Global unicast (2000::/3) without the parts that carry another address or are for documentation; so
 * addresses that hold an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo), unique local, link-local,
 * site-local and multicast are not.
 */
bool nd_ip6_is_public(const uint8_t ip[16]);

#endif
