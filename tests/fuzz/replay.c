/*
 * Runs a target as an ordinary test: `TARGET FOLDER` gives it every file of the folder, then mutations of
 * those, the same ones each time, until there were MUTATIONS or the time is up. `TARGET FILE` gives it one
 * file. The input that ends the program stays in replay-crash.bin.
 */
#include "fuzz.h"
#include "nightdesk/base/file.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

enum { MUTATIONS = 2000, TIME_MS = 1000, SEEDS_MAX = 1000, GROWTH_BYTES = 64 };

static struct nd_bytes seeds[SEEDS_MAX];
static size_t seed_count;
static struct nd_bytes now = {.max = FUZZ_TEXT_MAX_BYTES};
static uint64_t state = 0x9E3779B97F4A7C15U;

static uint64_t next_number(size_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return below ? (state >> 11) % below : 0;
}

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- what is left of a crash ---- */

static void keep_input(void)
{
    int fd = open("replay-crash.bin", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return;
    ssize_t put = write(fd, now.data ? now.data : "", now.len);
    (void)put;
    (void)close(fd);
}

static void on_signal(int number)
{
    keep_input();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

/* ---- seeds ---- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void add_seed(const char *path)
{
    struct nd_error err = {0};
    if (seed_count == SEEDS_MAX) return;
    seeds[seed_count] = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    if (nd_file_read(path, &seeds[seed_count], &err) != ND_OK) {
        (void)fprintf(stderr, "%s: %s\n", path, err.note[0]);
        exit(2);
    }
    seed_count++;
}

static void add_seeds(const char *path)
{
    struct dirent **entries = NULL;
    if (!nd_file_is_dir(path)) {
        add_seed(path);
        return;
    }
    int n = scandir(path, &entries, is_visible, by_name);
    for (int i = 0; i < n; i++) {
        char *file = nd_path_join(path, entries[i]->d_name);
        add_seed(file);
        nd_free(file);
        free(entries[i]);
    }
    free(entries);
}

/* ---- mutations ---- */

static void put_between(struct nd_bytes *b, size_t at, size_t removed, struct nd_view added)
{
    struct nd_bytes made = {.max = b->max};
    struct nd_view v = nd_bytes_view(b);
    nd_bytes_add_view(&made, nd_view_sub(v, 0, at));
    nd_bytes_add_view(&made, added);
    nd_bytes_add_view(&made, nd_view_sub(v, at + removed, v.len));
    nd_bytes_release(b);
    *b = made;
}

static void mutate(struct nd_bytes *b)
{
    static const char odd[] = "\0\xFF\xFE<>&\"'\\{}[]()*_`|,:;=-%\n\r\t\f 09\x7F\x80\xC3\xE2";
    static const char *const words[] = {
        "-1",         "9007199254740993", "1e999", "null", "true", "{}",  "[]",
        "\"\"",       "\\u0000",          "<!--",  "]]>",  "<a ",  "../", "\r\n",
        "4294967295", "\xE2\x80\xAE"};
    size_t at = next_number(b->len + 1), other = next_number(seed_count);
    struct nd_view v = nd_bytes_view(b), from = nd_bytes_view(&seeds[other]);
    size_t cut = next_number(from.len + 1);
    switch (next_number(7)) {
    case 0:
        if (at < b->len) b->data[at] = (char)(b->data[at] ^ (1 << next_number(8)));
        break;
    case 1:
        put_between(b, at, 1, (struct nd_view){odd + next_number(sizeof odd - 1), 1});
        break;
    case 2:
        put_between(b, at, next_number(GROWTH_BYTES), (struct nd_view){0});
        break;
    case 3: {
        char *copy = nd_view_dup(nd_view_sub(v, at, at + next_number(GROWTH_BYTES)));
        put_between(b, next_number(b->len + 1), 0, nd_view_of(copy));
        nd_free(copy);
        break;
    }
    case 4:
        put_between(b, at, next_number(4), nd_view_of(words[next_number(sizeof words / sizeof *words)]));
        break;
    case 5:
        put_between(b, at, next_number(GROWTH_BYTES),
                    nd_view_sub(from, cut, cut + next_number(GROWTH_BYTES)));
        break;
    default:
        put_between(b, at, b->len, nd_view_sub(from, cut, from.len));
    }
}

/* Each input in memory of its own size, so that a byte read beyond it is seen. */
static void run(void)
{
    uint8_t *exact = nd_calloc(now.len + 1, 1);
    uint8_t *data = nd_realloc(exact, now.len ? now.len : 1, 1);
    memcpy(data, now.data ? now.data : "", now.len);
    (void)LLVMFuzzerTestOneInput(data, now.len);
    nd_free(data);
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    (void)signal(SIGABRT, on_signal);
    (void)signal(SIGSEGV, on_signal);
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(keep_input);
    add_seeds(argv[1]);
    bool mutations = nd_file_is_dir(argv[1]);
    size_t runs = 0;
    for (size_t i = 0; i < seed_count; i++, runs++) {
        nd_bytes_clear(&now);
        nd_bytes_add_view(&now, nd_bytes_view(&seeds[i]));
        run();
    }
    int64_t end_ms = now_ms() + TIME_MS;
    for (size_t i = 0; mutations && seed_count > 0 && i < MUTATIONS && now_ms() < end_ms; i++, runs++) {
        nd_bytes_clear(&now);
        nd_bytes_add_view(&now, nd_bytes_view(&seeds[next_number(seed_count)]));
        for (size_t k = next_number(4); k < 4; k++) mutate(&now);
        run();
    }
    (void)printf("%zu inputs, %zu of them seeds\n", runs, seed_count);
    for (size_t i = 0; i < seed_count; i++) nd_bytes_release(&seeds[i]);
    nd_bytes_release(&now);
    return seed_count > 0 ? 0 : 1;
}
