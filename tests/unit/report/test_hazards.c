/* What a scan finds in running text, and what it leaves alone. */
#include "nd_test.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/report/hazards.h"

#include <string.h>

static struct nd_strings forbidden;

static char *found_in(const char *text)
{
    struct nd_hazard_list list = {0};
    struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_hazards_find(nd_view_of(text), &forbidden, &list);
    for (size_t i = 0; i < list.n; i++) {
        struct nd_view v = nd_view_sub(nd_view_of(text), list.v[i].start, list.v[i].end);
        nd_bytes_addf(&out, "%s%s:%.*s", i ? " | " : "", nd_hazard_word(list.v[i].kind), (int)v.len, v.data);
    }
    nd_hazards_release(&list);
    return nd_bytes_take(&out, NULL);
}

static const struct {
    const char *text, *found;
} hazards[] = {
    {"Write to jane.doe@example.org.", "email:jane.doe@example.org"},
    {"<a+b@x-y.co.uk>, c@d.museum", "email:a+b@x-y.co.uk | email:c@d.museum"},
    {"mail jane.doe@exam-\nple.org now", "email:jane.doe@exam-\nple.org"},
    {"jane@\nexample.org", "email:jane@\nexample.org"},
    {"{ann,bob}@uni.example", "email:{ann,bob}@uni.example"},
    {"ｊａｎｅ＠example.org", "email:ｊａｎｅ＠example.org"},
    {"j\u200Bane@example.org", "email:j\u200Bane@example.org"},
    {"pay DE89 3704 0044 0532 0130 00 soon", "iban:DE89 3704 0044 0532 0130 00"},
    {"GB82WEST12345698765432", "iban:GB82WEST12345698765432"},
    {"NO93 8601 1117\n947", "iban:NO93 8601 1117\n947"},
    {"card 4111 1111 1111 1111, 5500-0000-0000-0004", "card:4111 1111 1111 1111 | card:5500-0000-0000-0004"},
    {"378282246310005 and 3782 822463 10005", "card:378282246310005 | card:3782 822463 10005"},
    {"call +49 30 901820 or (555) 234-5678", "phone:+49 30 901820 | phone:(555) 234-5678"},
    {"Tel.: 901820, fax 030/901820-11", "phone:901820 | phone:030/901820-11"},
    {"020 7946 0958; 0049 30 1234567", "phone:020 7946 0958 | phone:0049 30 1234567"},
    {"+1 (212) 555-0199", "phone:+1 (212) 555-0199"},
    {"key AKIAIOSFODNN7EXAMPLE", "secret:AKIAIOSFODNN7EXAMPLE"},
    {"It is\nTop  Secret stuff", "forbidden:Top  Secret"},
    {"ÜBERGANG und Übergangs", "forbidden:ÜBERGANG | forbidden:Übergang"},
};
static const char *const harmless[] = {
    "user@host",
    "git@github.com:a/b.git",
    "logo@2x.png",
    "a @ b.c",
    "@override",
    "pkg@1.2.3",
    "DE89 3704 0044 0532 0130 01",
    "XX89 3704 0044 0532 0130 00",
    "4111 1111 1111 1112",
    "1234567812345670",
    "4000 4100 4200 4300 4400",
    "2026-11-24 06:00:00",
    "pages 100-200-3000",
    "ISBN 978-3-16-148410-0",
    "ISBN 0-13-110362-8",
    "version 1.20.300.4000",
    "192.168.100.1",
    "0644 0755 0600",
    "0001 0010 0011 0100",
    "1,234,567,890",
    "3.14159265358979",
    "10 000 000 000",
    "+1.5 and +20",
    "2^+12",
    "RFC 3986, 2005",
    "1990-2000-2010",
    "300 400 5000",
    "phone number of 3 digits",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "550e8400-e29b-41d4-a716-446655440000",
    "CVE-2023-123456",
    "0x00401000",
};

START_TEST(finds_what_is_there)
{
    nd_strings_add(&forbidden, "top secret");
    nd_strings_add(&forbidden, "übergang");
    for (size_t i = 0; i < sizeof hazards / sizeof *hazards; i++) {
        char *found = found_in(hazards[i].text);
        ck_assert_msg(strcmp(found, hazards[i].found) == 0, "'%s': %s", hazards[i].text, found);
        nd_free(found);
    }
    nd_strings_release(&forbidden);
}
END_TEST

START_TEST(leaves_the_rest_alone)
{
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        char *found = found_in(harmless[i]);
        ck_assert_msg(!*found, "'%s': %s", harmless[i], found);
        nd_free(found);
    }
}
END_TEST

/* Any bytes give places in order, within the text, none over another. */
START_TEST(takes_any_bytes)
{
    static const char letters[] = "0123456789+-()@. \n:=AKIAsk-token{}\xC3\xBC\xEF\xBC\x90\xE2\x80\x8B";
    char junk[2048];
    for (uint32_t seed = 1; seed < 200; seed++) {
        uint32_t state = seed * 2654435761u;
        for (size_t i = 0; i < sizeof junk; i++) {
            state = state * 1664525u + 1013904223u;
            junk[i] = letters[(state >> 20) % (sizeof letters - 1)];
        }
        struct nd_hazard_list list = {0};
        nd_hazards_find((struct nd_view){junk, sizeof junk}, NULL, &list);
        size_t behind = 0;
        for (size_t i = 0; i < list.n; i++) {
            ck_assert(list.v[i].start >= behind && list.v[i].end > list.v[i].start);
            behind = list.v[i].end;
        }
        ck_assert(behind <= sizeof junk);
        nd_hazards_release(&list);
    }
}
END_TEST

ND_TEST_MAIN("report/hazards", finds_what_is_there, leaves_the_rest_alone, takes_any_bytes)
