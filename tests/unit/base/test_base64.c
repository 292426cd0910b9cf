#include "nd_test.h"
#include "nightdesk/base/base64.h"
#include "nightdesk/base/hash.h"

START_TEST(bytes_go_both_ways)
{
    static const struct {
        struct nd_view data;
        const char *text;
    } pairs[] = {{{"", 0}, ""},        {{"f", 1}, "Zg=="},        {{"fo", 2}, "Zm8="},
                 {{"foo", 3}, "Zm9v"}, {{"foob", 4}, "Zm9vYg=="}, {{"\xff\xfe\xfb", 3}, "//77"},
                 {{"\0\0", 2}, "AAA="}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct nd_bytes text = ND_BYTES(100), data = ND_BYTES(100);
        nd_base64_add(pairs[i].data, &text);
        nd_ck_view(nd_bytes_view(&text), pairs[i].text);
        ck_assert(nd_base64_decode(nd_bytes_view(&text), &data));
        ck_assert(nd_view_eq(nd_bytes_view(&data), pairs[i].data));
        nd_bytes_release(&text);
        nd_bytes_release(&data);
    }
}
END_TEST

START_TEST(every_byte_at_every_place_survives)
{
    char bytes[258];
    for (size_t len = 0; len <= sizeof bytes; len++) {
        for (size_t i = 0; i < len; i++) bytes[i] = (char)(i * 7 + len);
        struct nd_bytes text = ND_BYTES(1000), data = ND_BYTES(1000);
        nd_base64_add((struct nd_view){bytes, len}, &text);
        ck_assert_uint_eq(text.len, (len + 2) / 3 * 4);
        ck_assert(nd_base64_decode(nd_bytes_view(&text), &data));
        ck_assert(nd_view_eq(nd_bytes_view(&data), (struct nd_view){bytes, len}));
        nd_bytes_release(&text);
        nd_bytes_release(&data);
    }
}
END_TEST

START_TEST(what_nobody_writes_is_refused)
{
    static const char *const bad[] = {"Z",    "Zg",   "Zg=",  "Zg= ",   "=g==",     "Z===",       "Zh==",
                                      "Zm9=", "Zm9_", "Zm-v", "Zm9v\n", "Zg==Zg==", "\xc3\xa9==", "===="};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct nd_bytes data = ND_BYTES(100);
        nd_bytes_add_str(&data, "kept");
        ck_assert_msg(!nd_base64_decode(nd_view_of(bad[i]), &data), "'%s' was taken", bad[i]);
        nd_ck_view(nd_bytes_view(&data), "kept");
        nd_bytes_release(&data);
    }
}
END_TEST

START_TEST(the_checksum_is_that_of_zlib)
{
    ck_assert_uint_eq(nd_crc32(ND_VIEW("123456789")), 0xCBF43926U);
    ck_assert_uint_eq(nd_crc32(ND_VIEW("")), 0);
}
END_TEST

START_TEST(a_raw_hash_is_the_hex_one)
{
    uint8_t raw[ND_SHA256_BYTES];
    char hex[ND_SHA256_HEX], wanted[ND_SHA256_HEX];
    nd_sha256_raw(ND_VIEW("abc"), raw);
    nd_hex(raw, sizeof raw, hex);
    nd_sha256_hex(ND_VIEW("abc"), wanted);
    ck_assert_str_eq(hex, wanted);
}
END_TEST

ND_TEST_MAIN("base/base64", bytes_go_both_ways, every_byte_at_every_place_survives,
             what_nobody_writes_is_refused, the_checksum_is_that_of_zlib, a_raw_hash_is_the_hex_one)
