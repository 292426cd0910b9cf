/* The frozen list of files: no name leads out of its root. And patterns, which a request may hold: part 2
 * and 3. */
#include "fuzz.h"
#include "nightdesk/document/document.h"

static void check_name(const char *name)
{
    struct nd_view rest = nd_view_of(name);
    FUZZ_CHECK(rest.len > 0 && rest.data[0] != '/');
    while (rest.len > 0) {
        size_t end = nd_view_find(rest, ND_VIEW("/"), 0);
        FUZZ_CHECK(!nd_view_is(nd_view_sub(rest, 0, end), ".."));
        rest = nd_view_sub(rest, end == SIZE_MAX ? rest.len : end + 1, rest.len);
    }
}

static void check_inputs(const struct nd_json *json)
{
    struct nd_inputs inputs = {0}, back = {0};
    struct nd_error err = {0};
    if (nd_inputs_parse(&inputs, json, &err) != ND_OK) {
        FUZZ_CHECK(err.rc == ND_BAD_INPUT || err.rc == ND_VERSION);
        return;
    }
    for (size_t i = 0; i < inputs.n; i++) check_name(inputs.v[i].name);
    struct nd_json *again = nd_inputs_json(&inputs);
    FUZZ_CHECK(nd_inputs_parse(&back, again, &err) == ND_OK);
    fuzz_check_same(again, nd_inputs_json(&back));
    nd_inputs_release(&inputs);
    nd_inputs_release(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size), text = fuzz_part(&rest);
    struct nd_json *json = NULL;
    if (nd_json_parse(&json, text, NULL) == ND_OK) check_inputs(json);
    nd_json_free(json);
    char *pattern = nd_view_dup(fuzz_part(&rest)), *path = nd_view_dup(fuzz_part(&rest));
    (void)nd_glob_match(pattern, path);
    FUZZ_CHECK(nd_glob_match("**", path) || !*path);
    nd_free(pattern);
    nd_free(path);
    return 0;
}
