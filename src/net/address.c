#include "nightdesk/net/address.h"
#include <stddef.h>

struct block {
    uint8_t ip[16];
    unsigned bits;
};

/* Special-purpose registries of IANA (RFC 6890 and its successors), and what clouds add to them. */
static const struct block closed4[] = {
    {{0}, 8},                 /* this network */
    {{10}, 8},                /* private */
    {{100, 64}, 10},          /* shared by carriers */
    {{127}, 8},               /* this machine */
    {{169, 254}, 16},         /* link-local: 169.254.169.254 and .170.2 give credentials in clouds */
    {{172, 16}, 12},          /* private */
    {{192, 0, 0}, 24},        /* protocol assignments */
    {{192, 0, 2}, 24},        /* documentation */
    {{192, 31, 196}, 24},     /* AS112 */
    {{192, 52, 193}, 24},     /* AMT */
    {{192, 88, 99}, 24},      /* 6to4 relays */
    {{192, 168}, 16},         /* private */
    {{192, 175, 48}, 24},     /* AS112 */
    {{198, 18}, 15},          /* benchmarks */
    {{198, 51, 100}, 24},     /* documentation */
    {{203, 0, 113}, 24},      /* documentation */
    {{224}, 4},               /* multicast */
    {{240}, 4},               /* reserved, broadcast */
    {{168, 63, 129, 16}, 32}, /* host services of a cloud */
};
static const struct block open6 = {{0x20}, 3};
static const struct block closed6[] = {
    {{0x20, 0x01}, 23},                         /* protocol assignments: Teredo, ORCHID … */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},             /* documentation */
    {{0x20, 0x02}, 16},                         /* 6to4: holds an IPv4 address */
    {{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}, 48}, /* AS112 */
    {{0x3f, 0xff}, 20},                         /* documentation */
};

static bool within(const uint8_t *ip, const struct block *block)
{
    unsigned bits = block->bits;
    for (size_t i = 0; bits > 0; i++) {
        unsigned part = bits < 8 ? bits : 8;
        uint8_t mask = (uint8_t)(0xff << (8 - part));
        if ((ip[i] & mask) != (block->ip[i] & mask)) return false;
        bits -= part;
    }
    return true;
}

static bool within_any(const uint8_t *ip, const struct block *blocks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (within(ip, &blocks[i])) return true;
    return false;
}

bool nd_ip4_is_public(const uint8_t ip[4])
{
    return !within_any(ip, closed4, sizeof closed4 / sizeof *closed4);
}

bool nd_ip6_is_public(const uint8_t ip[16])
{
    return within(ip, &open6) && !within_any(ip, closed6, sizeof closed6 / sizeof *closed6);
}
