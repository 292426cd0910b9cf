/*
 * The decision is made on the address that is about to be connected to, so names, odd spellings of numbers
 * and resolvers that answer differently each time cannot pass it. It is made again on the connected address
 * before anything is sent.
 */
#include "guard.h"
#include "nightdesk/net/address.h"
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_public(int family, const void *ip)
{
    return (family == AF_INET && nd_ip4_is_public(ip)) || (family == AF_INET6 && nd_ip6_is_public(ip));
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    char *refused = ctx;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    const void *ip = NULL;
    if (address->family == AF_INET) {
        memcpy(&v4, &address->addr, sizeof v4);
        ip = &v4.sin_addr;
    } else if (address->family == AF_INET6) {
        memcpy(&v6, &address->addr, sizeof v6);
        ip = &v6.sin6_addr;
    }
    if (purpose != CURLSOCKTYPE_IPCXN || !ip || !is_public(address->family, ip)) {
        if (!ip || !inet_ntop(address->family, ip, refused, ADDRESS_TEXT_BYTES))
            (void)snprintf(refused, ADDRESS_TEXT_BYTES, "an address of family %d", address->family);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int look_again(void *ctx, char *connected, char *local, int connected_port, int local_port)
{
    (void)local, (void)connected_port, (void)local_port;
    char *refused = ctx;
    uint8_t ip[sizeof(struct in6_addr)];
    bool v4 = inet_pton(AF_INET, connected, ip) == 1;
    bool fine =
        v4 ? is_public(AF_INET, ip) : inet_pton(AF_INET6, connected, ip) == 1 && is_public(AF_INET6, ip);
    if (fine) {
        *refused = '\0'; /* another address of the host was not, and this one is */
        return CURL_PREREQFUNC_OK;
    }
    (void)snprintf(refused, ADDRESS_TEXT_BYTES, "%.50s", connected);
    return CURL_PREREQFUNC_ABORT;
}

void guard_set(CURL *easy, char *refused)
{
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, refused);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, look_again);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, refused);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L); /* others' connections were not looked at */
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
}
