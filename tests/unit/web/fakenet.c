#include "fakenet.h"
#include "nightdesk/net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SEEN __attribute__((visibility("default"))) /* libcurl must find these, not those of the system */
enum { NAMES_MAX = 64, FDS_MAX = 4096, TURN_BYTES = 200 };

static struct {
    pthread_mutex_t lock;
    struct {
        const char *name, *turns;
        unsigned lookups;
    } names[NAMES_MAX];
    size_t n;
    int public_port;
    unsigned private, public, lookups;
    struct sockaddr_storage peer[FDS_MAX]; /* where a public connection was meant to go */
} net = {.lock = PTHREAD_MUTEX_INITIALIZER, .public_port = -1};

void fakenet_name(const char *name, const char *turns)
{
    net.names[net.n].name = name;
    net.names[net.n].turns = turns;
    net.names[net.n++].lookups = 0;
}

void fakenet_public_port(int port)
{
    net.public_port = port;
}

static unsigned locked(const unsigned *counter)
{
    pthread_mutex_lock(&net.lock);
    unsigned value = *counter;
    pthread_mutex_unlock(&net.lock);
    return value;
}

unsigned fakenet_private(void)
{
    return locked(&net.private);
}

unsigned fakenet_public(void)
{
    return locked(&net.public);
}

unsigned fakenet_lookups(void)
{
    return locked(&net.lookups);
}

/* ---- names ---- */

static struct addrinfo *info_of(const char *address, int port, const struct addrinfo *hints)
{
    struct addrinfo *info = calloc(1, sizeof *info + sizeof(struct sockaddr_in6));
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    bool is4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;
    if (!is4 && inet_pton(AF_INET6, address, &v6.sin6_addr) != 1) abort();
    info->ai_family = is4 ? AF_INET : AF_INET6;
    info->ai_socktype = hints && hints->ai_socktype ? hints->ai_socktype : SOCK_STREAM;
    info->ai_protocol = IPPROTO_TCP;
    info->ai_addrlen = is4 ? sizeof v4 : sizeof v6;
    info->ai_addr = (struct sockaddr *)(void *)(info + 1);
    memcpy(info->ai_addr, is4 ? (const void *)&v4 : (const void *)&v6, info->ai_addrlen);
    return info;
}

/* The turn's addresses, separated by commas. */
static struct addrinfo *infos_of(const char *turns, unsigned turn, int port, const struct addrinfo *hints)
{
    char text[TURN_BYTES];
    for (const char *next; turn > 0 && (next = strchr(turns, ';')); turn--) turns = next + 1;
    (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(turns, ";"), turns);
    struct addrinfo *first = NULL, **end = &first;
    char *rest = NULL;
    for (char *one = strtok_r(text, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
        *end = info_of(one, port, hints);
        end = &(*end)->ai_next;
    }
    return first;
}

static struct addrinfo *numeric(const char *node, int port, const struct addrinfo *hints)
{
    struct in_addr v4;
    struct in6_addr v6;
    char text[INET6_ADDRSTRLEN];
    if (inet_aton(node, &v4)) return info_of(inet_ntop(AF_INET, &v4, text, sizeof text), port, hints);
    return inet_pton(AF_INET6, node, &v6) == 1 ? info_of(node, port, hints) : NULL;
}

SEEN int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                     struct addrinfo **out)
{
    int port = service ? atoi(service) : 0;
    *out = NULL;
    pthread_mutex_lock(&net.lock);
    for (size_t i = 0; i < net.n && !*out; i++) {
        if (strcmp(net.names[i].name, node) != 0) continue;
        net.lookups++;
        *out = infos_of(net.names[i].turns, net.names[i].lookups++, port, hints);
    }
    pthread_mutex_unlock(&net.lock);
    if (!*out) *out = numeric(node, port, hints);
    return *out ? 0 : EAI_NONAME;
}

SEEN void freeaddrinfo(struct addrinfo *info)
{
    while (info) {
        struct addrinfo *next = info->ai_next;
        free(info);
        info = next;
    }
}

/* ---- connections ---- */

static bool is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        return nd_ip4_is_public((const uint8_t *)&v4.sin_addr);
    }
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    return nd_ip6_is_public((const uint8_t *)&v6.sin6_addr);
}

SEEN int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    bool ip = address->sa_family == AF_INET || address->sa_family == AF_INET6;
    pthread_mutex_lock(&net.lock);
    bool outside = ip && is_public(address);
    net.public += outside;
    net.private += ip && !outside;
    if (outside && fd >= 0 && fd < FDS_MAX)
        memcpy(&net.peer[fd], address, len);
    else if (fd >= 0 && fd < FDS_MAX)
        net.peer[fd].ss_family = AF_UNSPEC;
    int port = net.public_port;
    pthread_mutex_unlock(&net.lock);
    if (outside && (port < 0 || address->sa_family != AF_INET)) {
        errno = ECONNREFUSED;
        return -1;
    }
    here.sin_port = htons((uint16_t)port);
    return (int)(outside ? syscall(SYS_connect, fd, &here, (socklen_t)sizeof here)
                         : syscall(SYS_connect, fd, address, len));
}

SEEN int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict len)
{
    pthread_mutex_lock(&net.lock);
    bool known = fd >= 0 && fd < FDS_MAX && net.peer[fd].ss_family == AF_INET;
    if (known) {
        memcpy(address, &net.peer[fd], sizeof(struct sockaddr_in));
        *len = sizeof(struct sockaddr_in);
    }
    pthread_mutex_unlock(&net.lock);
    return known ? 0 : (int)syscall(SYS_getpeername, fd, address, len);
}
