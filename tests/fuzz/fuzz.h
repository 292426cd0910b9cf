/**
 * What every fuzz target needs. A target is one .c file with LLVMFuzzerTestOneInput; what it found out about
 * its input it states with FUZZ_CHECK. Built two ways: with libFuzzer (-DND_FUZZ=ON, clang), or with replay.c
 * as an ordinary test.
 */
#ifndef ND_FUZZ_H
#define ND_FUZZ_H

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"
#include "nightdesk/base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_TEXT_MAX_BYTES ((size_t)4 << 20)

#define FUZZ_CHECK(condition)                                                                                \
    do {                                                                                                     \
        if (!(condition)) fuzz_fail(__FILE__, __LINE__, #condition);                                         \
    } while (0)
_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

static inline struct nd_view fuzz_view(const uint8_t *data, size_t size)
{
    return (struct nd_view){size ? (const char *)data : "", size};
}
/** Cuts the next part off an input of several: parts are set apart by the byte 0xFF, which no UTF-8 text
 * holds. */
struct nd_view fuzz_part(struct nd_view *rest);
/** Cuts one byte off; 0 at the end. */
unsigned fuzz_byte(struct nd_view *rest);

/** The tree as one canonical line. Caller frees; the tree is freed. */
char *fuzz_canonical(struct nd_json *tree);
/** Both trees give the same canonical line; frees both. */
void fuzz_check_same(struct nd_json *a, struct nd_json *b);

#endif
