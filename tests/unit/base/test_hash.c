#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/hash.h"

#include <string.h>
#include <sys/stat.h>

/* The published examples of FIPS 180-4 and RFC 4231. */
static const char hash_of_nothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char hash_of_abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char hash_of_million_a[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

START_TEST(hashes_match_the_published_examples)
{
    char hex[ND_SHA256_HEX];
    nd_sha256_hex(ND_VIEW("abc"), hex);
    ck_assert_str_eq(hex, hash_of_abc);
    nd_sha256_hex((struct nd_view){NULL, 0}, hex);
    ck_assert_str_eq(hex, hash_of_nothing);
    char block[1000];
    memset(block, 'a', sizeof block);
    struct nd_sha256 *h = nd_sha256_open();
    for (int i = 0; i < 1000; i++) nd_sha256_add(h, (struct nd_view){block, sizeof block});
    nd_sha256_close(h, hex);
    ck_assert_str_eq(hex, hash_of_million_a);
}
END_TEST

static void ck_mac(struct nd_view key, struct nd_view data, const char *wanted)
{
    uint8_t mac[ND_SHA256_BYTES];
    char hex[ND_SHA256_HEX];
    nd_hmac_sha256(key, data, mac);
    nd_hex(mac, sizeof mac, hex);
    ck_assert_str_eq(hex, wanted);
}

START_TEST(macs_match_the_published_examples)
{
    char key[131];
    memset(key, 0x0b, 20);
    ck_mac((struct nd_view){key, 20}, ND_VIEW("Hi There"),
           "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    ck_mac(ND_VIEW("Jefe"), ND_VIEW("what do ya want for nothing?"),
           "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    ck_mac((struct nd_view){key, sizeof key},
           ND_VIEW("Test Using Larger Than Block-Size Key - Hash Key First"),
           "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    ck_mac((struct nd_view){NULL, 0}, (struct nd_view){NULL, 0},
           "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

START_TEST(files_are_hashed_whole)
{
    struct nd_error err = {0};
    const char *path = nd_test_path("a");
    char *bytes = nd_calloc(1000000, 1);
    memset(bytes, 'a', 1000000);
    char hex[ND_SHA256_HEX];
    int64_t size = -1;
    nd_ck_ok(nd_file_write(path, (struct nd_view){bytes, 1000000}, &err), &err);
    nd_ck_ok(nd_sha256_file(path, hex, &size, &err), &err);
    ck_assert_str_eq(hex, hash_of_million_a);
    ck_assert_int_eq(size, 1000000);
    nd_free(bytes);
}
END_TEST

START_TEST(what_is_no_readable_file_is_bad_input)
{
    struct nd_error err = {0};
    char hex[ND_SHA256_HEX] = "kept";
    int64_t size = 7;
    nd_ck_rc(nd_sha256_file(nd_test_path("none"), hex, &size, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "ENOENT");
    nd_ck_rc(nd_sha256_file(nd_test_dir(), hex, &size, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "not a regular file");
    const char *pipe_path = nd_test_path("pipe");
    ck_assert_int_eq(mkfifo(pipe_path, 0600), 0);
    nd_ck_rc(nd_sha256_file(pipe_path, hex, &size, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "not a regular file");
    nd_ck_rc(nd_sha256_file("/dev/zero", hex, &size, &err), ND_BAD_INPUT, &err);
    ck_assert_str_eq(hex, "kept");
    ck_assert_int_eq(size, 7);
}
END_TEST

START_TEST(hex_is_lower_case_and_exact)
{
    char out[9];
    nd_hex((const uint8_t *)"\x00\x9f\xAB\xff", 4, out);
    ck_assert_str_eq(out, "009fabff");
    ck_assert(nd_is_hex(out, 8));
    ck_assert(!nd_is_hex(out, 7));
    ck_assert(!nd_is_hex(out, 9));
    ck_assert(!nd_is_hex("009FABFF", 8));
    ck_assert(!nd_is_hex("009fabfg", 8));
    ck_assert(!nd_is_hex(NULL, 0));
    ck_assert(nd_is_hex("", 0));
}
END_TEST

ND_TEST_MAIN("base/hash", hashes_match_the_published_examples, macs_match_the_published_examples,
             files_are_hashed_whole, what_is_no_readable_file_is_bad_input, hex_is_lower_case_and_exact)
