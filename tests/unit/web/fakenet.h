/**
 * The net as a test wants it: names resolve to what the test says, every connect() of the process is counted
 * by where it goes, and connections to public addresses end at a server of the test. It takes the place of
 * getaddrinfo, connect and getpeername in the whole process, libcurl included.
 */
#ifndef TEST_WEB_FAKENET_H
#define TEST_WEB_FAKENET_H

#include <stdbool.h>

/** Lookups of the name give these addresses in turn, the last one for good: "93.184.216.34;127.0.0.1,::1". */
void fakenet_name(const char *name, const char *turns);
/** Connections to public addresses go to that port of this machine; -1: they are refused. */
void fakenet_public_port(int port);
/** How many connects went out so far, by where to. */
unsigned fakenet_private(void);
unsigned fakenet_public(void);
/** Lookups of names of the test so far. */
unsigned fakenet_lookups(void);

#endif
