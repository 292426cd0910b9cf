#include "fuzz.h"

#include <stdio.h>

void fuzz_fail(const char *file, int line, const char *condition)
{
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

struct nd_view fuzz_part(struct nd_view *rest)
{
    size_t end = nd_view_find(*rest, ND_VIEW("\xFF"), 0);
    struct nd_view part = nd_view_sub(*rest, 0, end);
    *rest =
        end == SIZE_MAX ? nd_view_sub(*rest, rest->len, rest->len) : nd_view_sub(*rest, end + 1, rest->len);
    return part;
}

unsigned fuzz_byte(struct nd_view *rest)
{
    if (rest->len == 0) return 0;
    unsigned byte = (unsigned char)rest->data[0];
    *rest = nd_view_sub(*rest, 1, rest->len);
    return byte;
}

char *fuzz_canonical(struct nd_json *tree)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(tree, &text);
    nd_json_free(tree);
    return nd_bytes_take(&text, NULL);
}

void fuzz_check_same(struct nd_json *a, struct nd_json *b)
{
    char *first = fuzz_canonical(a), *second = fuzz_canonical(b);
    FUZZ_CHECK(strcmp(first, second) == 0);
    nd_free(first);
    nd_free(second);
}
