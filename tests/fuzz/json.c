/* JSON text: what parses survives each way of printing, and any bytes can be quoted. */
#include "fuzz.h"

typedef void print_function(const struct nd_json *node, struct nd_bytes *out);

static void check_printed(const struct nd_json *tree, print_function *print)
{
    struct nd_bytes once = ND_BYTES(ND_BYTES_MAX), again = ND_BYTES(ND_BYTES_MAX);
    struct nd_json *back = NULL;
    print(tree, &once);
    FUZZ_CHECK(nd_json_parse(&back, nd_bytes_view(&once), NULL) == ND_OK);
    FUZZ_CHECK(nd_json_equal(tree, back));
    print(back, &again);
    FUZZ_CHECK(nd_view_eq(nd_bytes_view(&once), nd_bytes_view(&again)));
    nd_json_free(back);
    nd_bytes_release(&once);
    nd_bytes_release(&again);
}

static void check_quoted(struct nd_view text)
{
    struct nd_bytes quoted = ND_BYTES(ND_BYTES_MAX);
    struct nd_json *back = NULL;
    nd_json_quote(text, &quoted);
    struct nd_view v = nd_bytes_view(&quoted);
    FUZZ_CHECK(nd_view_find(v, ND_VIEW("</"), 0) == SIZE_MAX &&
               nd_view_find(v, ND_VIEW("<!"), 0) == SIZE_MAX);
    if (!memchr(text.data, 0, text.len)) {
        FUZZ_CHECK(nd_json_parse(&back, v, NULL) == ND_OK);
        FUZZ_CHECK(nd_json_kind(back) == ND_JSON_STRING);
    }
    nd_json_free(back);
    nd_bytes_release(&quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view text = fuzz_view(data, size);
    struct nd_json *tree = NULL;
    struct nd_error err = {0};
    if (nd_json_parse(&tree, text, &err) == ND_OK) {
        check_printed(tree, nd_json_print);
        check_printed(tree, nd_json_print_pretty);
        check_printed(tree, nd_json_print_canonical);
        struct nd_json *copy = nd_json_copy(tree);
        FUZZ_CHECK(nd_json_equal(tree, copy));
        nd_json_free(copy);
        nd_json_free(tree);
    } else {
        FUZZ_CHECK(err.rc == ND_BAD_INPUT && err.notes > 0);
    }
    check_quoted(text);
    return 0;
}
