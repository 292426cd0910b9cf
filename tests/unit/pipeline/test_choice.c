#include "choice.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>

/* Candidates as `find` makes them. */
static void add(struct nd_json *list, unsigned source, unsigned page, const char *text, int score)
{
    struct nd_json *json = nd_json_add(list, nd_json_object()),
                   *seed = nd_json_set(json, "seed", nd_json_object());
    struct nd_parts parts = {.n = 1, .v = {{source, {page, 10, 90}}}};
    nd_json_set(json, "parts", nd_parts_json(&parts));
    nd_json_set_str(json, "text", text);
    nd_json_set_int(json, "words", 10);
    nd_json_set_int(json, "passage", (int64_t)source * 1000 + page);
    nd_json_set_int(json, "score", score);
    nd_json_set(seed, "parts", nd_parts_json(&parts));
    nd_json_set_str(seed, "text", text);
    nd_json_set_int(seed, "words", 10);
}

/* n candidates about different things, best first. */
static void add_many(struct nd_json *list, unsigned source, unsigned first_page, unsigned n, int score)
{
    for (unsigned i = 0; i < n; i++) {
        char text[200];
        unsigned w = source * 1000 + first_page + i;
        snprintf(text, sizeof text, "alpha%u beta%u gamma%u delta%u epsilon%u zeta%u", w, w, w, w, w, w);
        add(list, source, first_page + i, text, score - (int)i);
    }
}

static void load(struct nd_pool *pool, struct nd_json *list)
{
    struct nd_error err = {0};
    nd_ck_ok(nd_pool_load(pool, list, &err), &err);
}

static size_t of_source(const struct nd_pool *pool, unsigned source)
{
    size_t n = 0;
    for (size_t i = 0; i < pool->given; i++) n += pool->v[pool->chosen[i]].parts.v[0].source == source;
    return n;
}

START_TEST(one_source_does_not_speak_for_the_others)
{
    struct nd_json *list = nd_json_array();
    struct nd_pool pool;
    add_many(list, 1, 1, 40, 1000000);
    add_many(list, 2, 1, 20, 600000);
    add_many(list, 3, 1, 20, 500000);
    load(&pool, list);
    nd_choose(&pool, 1, (struct nd_choice_limits){20, 10000});
    ck_assert_uint_eq(pool.given, 20);
    ck_assert_uint_le(of_source(&pool, 1), 8);
    nd_pool_release(&pool);
    nd_json_free(list);
}
END_TEST

START_TEST(a_source_may_speak_alone_when_no_other_has_anything)
{
    struct nd_json *list = nd_json_array();
    struct nd_pool pool;
    add_many(list, 1, 1, 40, 1000000);
    add_many(list, 2, 1, 2, 600000);
    load(&pool, list);
    nd_choose(&pool, 1, (struct nd_choice_limits){20, 10000});
    ck_assert_uint_eq(of_source(&pool, 1), 18);
    ck_assert_uint_eq(of_source(&pool, 2), 2); /* every passage that the other has */
    nd_pool_release(&pool);
    nd_json_free(list);
}
END_TEST

START_TEST(nothing_is_said_twice)
{
    struct nd_json *a = nd_json_array(), *b = nd_json_array();
    struct nd_pool pools[2];
    add(a, 1, 1, "The hive should be opened every seven days in spring and summer.", 900000);
    add(a, 1, 2, "Mites live in capped brood and weaken the colony every year.", 800000);
    add(b, 2, 1, "The hive should be opened every seven days in summer and spring.", 900000);
    add(b, 1, 2, "Mites live in capped brood and weaken the colony every year.", 800000);
    add(b, 2, 5, "Syrup is fed in autumn until the stores weigh enough.", 700000);
    load(&pools[0], a);
    load(&pools[1], b);
    nd_choose(pools, 2, (struct nd_choice_limits){100, 10000});
    ck_assert_uint_eq(pools[0].given + pools[1].given, 3);
    for (int i = 0; i < 2; i++) nd_pool_release(&pools[i]);
    nd_json_free(a);
    nd_json_free(b);
}
END_TEST

START_TEST(a_short_rule_is_no_copy_of_a_long_sentence_with_its_words)
{
    struct nd_json *list = nd_json_array();
    struct nd_pool pool;
    add(list, 1, 1,
        "With more careful configuration a program can grant limited privileges to others on a shared system "
        "without sharing the root password.",
        900000);
    add(list, 1, 2, "Never share the root password with others.", 800000);
    load(&pool, list);
    nd_choose(&pool, 1, (struct nd_choice_limits){100, 10000});
    ck_assert_uint_eq(pool.given, 2);
    nd_pool_release(&pool);
    nd_json_free(list);
}
END_TEST

START_TEST(limits_and_weights_hold)
{
    struct nd_json *a = nd_json_array(), *b = nd_json_array();
    struct nd_pool pools[2];
    add_many(a, 1, 1, 30, 1000000);
    add_many(b, 2, 1, 30, 1000000);
    load(&pools[0], a);
    load(&pools[1], b);
    pools[1].weight = 0.5;
    nd_choose(pools, 2, (struct nd_choice_limits){30, 10000});
    ck_assert_uint_eq(pools[0].given, 20);
    ck_assert_uint_eq(pools[1].given, 10);
    for (int i = 0; i < 2; i++) nd_pool_release(&pools[i]);
    load(&pools[0], a);
    nd_choose(pools, 1, (struct nd_choice_limits){30, 55}); /* words */
    ck_assert_uint_eq(pools[0].given, 5);
    nd_pool_release(&pools[0]);
    nd_json_free(a);
    nd_json_free(b);
}
END_TEST

START_TEST(damaged_candidates_are_refused)
{
    static const char *const bad[] = {
        "[{}]", "[{\"parts\":[]}]",
        "[{\"parts\":[{\"source\":0,\"page\":1,\"start\":0,\"end\":5}],\"text\":\"x\"}]",
        "[{\"parts\":[{\"source\":1,\"page\":1,\"start\":9,\"end\":5}],\"text\":\"x\"}]",
        "[{\"parts\":[{\"source\":1,\"page\":1,\"start\":0,\"end\":5},{\"source\":2,\"page\":2,\"start\":0,"
        "\"end\":5}]}]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct nd_error err = {0};
        struct nd_json *json = NULL;
        struct nd_pool pool;
        nd_ck_ok(nd_json_parse(&json, nd_view_of(bad[i]), &err), &err);
        nd_ck_rc(nd_pool_load(&pool, json, &err), ND_BROKEN, &err);
        nd_json_free(json);
    }
}
END_TEST

ND_TEST_MAIN("pipeline/choice", one_source_does_not_speak_for_the_others,
             a_source_may_speak_alone_when_no_other_has_anything, nothing_is_said_twice,
             a_short_rule_is_no_copy_of_a_long_sentence_with_its_words, limits_and_weights_hold,
             damaged_candidates_are_refused)
