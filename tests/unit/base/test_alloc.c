#include "nd_test.h"
#include "nightdesk/base/alloc.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(memory_is_zeroed_and_never_null)
{
    unsigned char *p = nd_calloc(1000, 3);
    for (size_t i = 0; i < 3000; i++) ck_assert_uint_eq(p[i], 0);
    nd_free(p);
    p = nd_calloc(0, 7);
    ck_assert_ptr_nonnull(p);
    p = nd_realloc(p, 0, 7);
    ck_assert_ptr_nonnull(p);
    nd_free(p);
    nd_free(NULL);
}
END_TEST

START_TEST(texts_are_copied_and_formatted)
{
    ck_assert_ptr_null(nd_strdup(NULL));
    char *a = nd_strdup("abc");
    char *b = nd_strndup("abc\0def", 5);
    char *c = nd_sprintf("%s-%d-%0300d", a, 7, 1);
    ck_assert_str_eq(a, "abc");
    ck_assert_mem_eq(b, "abc\0d", 6);
    ck_assert_uint_eq(strlen(c), 306);
    ck_assert_int_eq(strncmp(c, "abc-7-0", 7), 0);
    nd_free(a);
    nd_free(b);
    nd_free(c);
}
END_TEST

START_TEST(arrays_grow_one_by_one)
{
    int *items = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (int i = 0; i < 1000; i++) {
        ND_GROW(items, n, cap);
        items[n++] = i;
    }
    for (size_t i = 0; i < n; i++) ck_assert_int_eq(items[i], (int)i);
    ck_assert_uint_eq(cap, 1024);
    nd_free(items);
}
END_TEST

/* Runs a child that must run out of memory; its exit status and what it said. */
static int status_of(void (*eat)(void), char *said, size_t size)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        eat();
        _exit(0);
    }
    close(ends[1]);
    ssize_t got = read(ends[0], said, size - 1);
    said[got > 0 ? got : 0] = '\0';
    close(ends[0]);
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void eat_by_length(void)
{
    nd_free(nd_strndup("", SIZE_MAX));
}

#ifndef ND_SANITIZED
static void eat_by_overflow(void)
{
    volatile size_t many = SIZE_MAX / 2;
    nd_free(nd_realloc(NULL, many, 4));
}

static void eat_by_limit(void)
{
    struct rlimit limit = {.rlim_cur = 256 << 20, .rlim_max = 256 << 20};
    (void)setrlimit(RLIMIT_AS, &limit);
    for (int i = 0; i < 1000; i++) {
        volatile char *p = nd_calloc(1 << 20, 1);
        p[0] = 1;
    }
}
#endif

START_TEST(running_out_of_memory_ends_with_75)
{
    static void (*const eaters[])(void) = {
        eat_by_length,
#ifndef ND_SANITIZED /* the sanitizer's own allocator ends the process in its own way */
        eat_by_overflow,
        eat_by_limit,
#endif
    };
    for (size_t i = 0; i < sizeof eaters / sizeof eaters[0]; i++) {
        char said[200];
        ck_assert_int_eq(status_of(eaters[i], said, sizeof said), 75);
        ck_assert_str_eq(said, "nightdesk: out of memory; run it again to resume\n");
    }
}
END_TEST

ND_TEST_MAIN("base/alloc", memory_is_zeroed_and_never_null, texts_are_copied_and_formatted,
             arrays_grow_one_by_one, running_out_of_memory_ends_with_75)
