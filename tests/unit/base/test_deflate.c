#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/deflate.h"

#include <string.h>

static void fill(struct nd_bytes *b, size_t len, uint32_t letters)
{
    uint32_t state = 7;
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525u + 1013904223u;
        nd_bytes_add_char(b, (char)('a' + (state >> 16) % letters));
    }
}

START_TEST(bytes_come_back)
{
    static const size_t sizes[] = {0, 1, 100, 16383, 16384, 16385, 1000000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct nd_bytes data = ND_BYTES(ND_MIB);
        struct nd_bytes packed = ND_BYTES(ND_MIB);
        struct nd_bytes back = ND_BYTES(sizes[i] + 3);
        struct nd_error err = {0};
        fill(&data, sizes[i], 20);
        nd_ck_ok(nd_deflate(nd_bytes_view(&data), ND_VIEW(""), &packed, &err), &err);
        nd_bytes_add_str(&back, "is:");
        nd_ck_ok(nd_inflate(nd_bytes_view(&packed), ND_VIEW(""), &back, &err), &err);
        ck_assert(nd_view_eq(nd_view_sub(nd_bytes_view(&back), 3, back.len), nd_bytes_view(&data)));
        ck_assert(!back.over);
        nd_bytes_release(&data);
        nd_bytes_release(&packed);
        nd_bytes_release(&back);
    }
}
END_TEST

START_TEST(a_dictionary_shortens_what_it_knows)
{
    struct nd_bytes words = ND_BYTES(ND_MIB);
    struct nd_bytes plain = ND_BYTES(ND_MIB);
    struct nd_bytes primed = ND_BYTES(ND_MIB);
    struct nd_bytes back = ND_BYTES(ND_MIB);
    struct nd_error err = {0};
    fill(&words, 100000, 26);
    struct nd_view dictionary = nd_bytes_view(&words);
    struct nd_view data = nd_view_sub(dictionary, dictionary.len - 2000, dictionary.len);
    nd_ck_ok(nd_deflate(data, ND_VIEW(""), &plain, &err), &err);
    nd_ck_ok(nd_deflate(data, dictionary, &primed, &err), &err);
    ck_assert_uint_lt(primed.len * 10, plain.len);
    nd_ck_ok(nd_inflate(nd_bytes_view(&primed), dictionary, &back, &err), &err);
    ck_assert(nd_view_eq(nd_bytes_view(&back), data));
    nd_bytes_clear(&back);
    nd_ck_rc(nd_inflate(nd_bytes_view(&primed), ND_VIEW(""), &back, &err), ND_BAD_INPUT, &err);
    ck_assert_uint_eq(back.len, 0);
    nd_bytes_release(&words);
    nd_bytes_release(&plain);
    nd_bytes_release(&primed);
    nd_bytes_release(&back);
}
END_TEST

START_TEST(a_bomb_stops_at_the_ceiling)
{
    struct nd_bytes zeros = ND_BYTES(64 * ND_MIB);
    struct nd_bytes bomb = ND_BYTES(ND_MIB);
    struct nd_bytes out = ND_BYTES(ND_MIB);
    struct nd_error err = {0};
    memset(nd_bytes_room(&zeros, 64 * ND_MIB), 0, 64 * ND_MIB);
    zeros.len = 64 * ND_MIB;
    nd_ck_ok(nd_deflate(nd_bytes_view(&zeros), ND_VIEW(""), &bomb, &err), &err);
    ck_assert_uint_lt(bomb.len, 100000);
    nd_bytes_add_str(&out, "kept");
    nd_ck_rc(nd_inflate(nd_bytes_view(&bomb), ND_VIEW(""), &out, &err), ND_OVER_LIMIT, &err);
    nd_ck_note(&err, "1048576");
    nd_ck_view(nd_bytes_view(&out), "kept");
    ck_assert_uint_le(out.cap, ND_MIB + 1);
    struct nd_bytes small = ND_BYTES(10);
    nd_ck_rc(nd_deflate(nd_bytes_view(&zeros), ND_VIEW(""), &small, &err), ND_OVER_LIMIT, &err);
    ck_assert_uint_eq(small.len, 0);
    nd_bytes_release(&zeros);
    nd_bytes_release(&bomb);
    nd_bytes_release(&out);
    nd_bytes_release(&small);
}
END_TEST

START_TEST(damaged_streams_are_refused)
{
    struct nd_bytes data = ND_BYTES(ND_MIB);
    struct nd_bytes packed = ND_BYTES(ND_MIB);
    struct nd_bytes out = ND_BYTES(ND_MIB);
    struct nd_error err = {0};
    fill(&data, 500, 10);
    nd_ck_ok(nd_deflate(nd_bytes_view(&data), ND_VIEW(""), &packed, &err), &err);
    struct nd_view whole = nd_bytes_view(&packed);
    for (size_t len = 0; len < whole.len; len++) {
        nd_ck_rc(nd_inflate(nd_view_sub(whole, 0, len), ND_VIEW(""), &out, &err), ND_BAD_INPUT, &err);
        nd_ck_note(&err, "ends too early");
        ck_assert_uint_eq(out.len, 0);
    }
    nd_ck_rc(nd_inflate(ND_VIEW("\xFF\xFF\xFF"), ND_VIEW(""), &out, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "damaged");
    nd_bytes_add_str(&packed, "zz");
    nd_ck_rc(nd_inflate(nd_bytes_view(&packed), ND_VIEW(""), &out, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "2 bytes follow");
    nd_bytes_release(&data);
    nd_bytes_release(&packed);
    nd_bytes_release(&out);
}
END_TEST

START_TEST(flipped_bits_never_pass_the_ceiling)
{
    struct nd_bytes data = ND_BYTES(ND_MIB);
    struct nd_bytes packed = ND_BYTES(ND_MIB);
    struct nd_error err = {0};
    fill(&data, 300, 5);
    nd_ck_ok(nd_deflate(nd_bytes_view(&data), ND_VIEW(""), &packed, &err), &err);
    for (size_t bit = 0; bit < packed.len * 8; bit++) {
        struct nd_bytes out = ND_BYTES(4096);
        packed.data[bit / 8] = (char)(packed.data[bit / 8] ^ (1 << bit % 8));
        enum nd_rc rc = nd_inflate(nd_bytes_view(&packed), ND_VIEW(""), &out, &err);
        ck_assert(rc == ND_OK || rc == ND_BAD_INPUT || rc == ND_OVER_LIMIT);
        ck_assert_uint_le(out.len, 4096);
        ck_assert(rc == ND_OK || out.len == 0);
        packed.data[bit / 8] = (char)(packed.data[bit / 8] ^ (1 << bit % 8));
        nd_bytes_release(&out);
    }
    nd_bytes_release(&data);
    nd_bytes_release(&packed);
}
END_TEST

ND_TEST_MAIN("base/deflate", bytes_come_back, a_dictionary_shortens_what_it_knows,
             a_bomb_stops_at_the_ceiling, damaged_streams_are_refused, flipped_bits_never_pass_the_ceiling)
