#include "holds.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"

START_TEST(the_later_end_is_kept)
{
    struct holds h = {0};
    holds_set(&h, ND_VIEW("a:1"), 500);
    holds_set(&h, ND_VIEW("a:1"), 300);
    holds_set(&h, ND_VIEW("a:2"), 100);
    ck_assert_int_eq(holds_until(&h, ND_VIEW("a:1")), 500);
    ck_assert_int_eq(holds_until(&h, ND_VIEW("a:2")), 100);
    ck_assert_int_eq(holds_until(&h, ND_VIEW("a")), 0);
    holds_set(&h, ND_VIEW("a:1"), 700);
    ck_assert_int_eq(holds_until(&h, ND_VIEW("a:1")), 700);
    ck_assert_uint_eq(h.n, 2);
}
END_TEST

START_TEST(a_full_table_forgets_the_hold_that_ends_first)
{
    struct holds h = {0};
    for (int i = 0; i < HOLDS_MAX; i++) {
        char *name = nd_sprintf("host%d", i);
        holds_set(&h, nd_view_of(name), 1000 + (i == 7 ? -1 : i));
        nd_free(name);
    }
    holds_set(&h, ND_VIEW("one-more"), 5000);
    ck_assert_uint_eq(h.n, HOLDS_MAX);
    ck_assert_int_eq(holds_until(&h, ND_VIEW("one-more")), 5000);
    ck_assert_int_eq(holds_until(&h, ND_VIEW("host7")), 0);
    ck_assert_int_eq(holds_until(&h, ND_VIEW("host0")), 1000);
}
END_TEST

START_TEST(no_host_and_a_monstrous_one_are_not_held)
{
    struct holds h = {0};
    char *name = ND_ARRAY(char, 4000);
    for (int i = 0; i < 3999; i++) name[i] = 'x';
    holds_set(&h, nd_view_of(name), 10);
    holds_set(&h, nd_view_of(""), 10);
    ck_assert_uint_eq(h.n, 0);
    nd_free(name);
}
END_TEST

ND_TEST_MAIN("net/holds", the_later_end_is_kept, a_full_table_forgets_the_hold_that_ends_first,
             no_host_and_a_monstrous_one_are_not_held)
