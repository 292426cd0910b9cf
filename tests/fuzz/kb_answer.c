/* Answers of knowledge bases: what is taken from them is text within its limits, of a place that can be
 * shown. */
#include "fuzz.h"
#include "kb_private.h"
#include "nightdesk/base/text.h"

#define KB "bedrock:eu-west-1:ABCDE12345"

static void check_line(const char *line)
{
    struct nd_view v = nd_view_of(line);
    FUZZ_CHECK(line && v.len > 0 && nd_utf8_valid(v));
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        FUZZ_CHECK(c >= ' ' && !nd_is_unsafe(c));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_json *answer = NULL;
    struct nd_kb_passages out = {.n = 0};
    struct nd_error err = {0};
    if (nd_json_parse(&answer, fuzz_view(data, size), NULL) != ND_OK) return 0;
    enum nd_rc rc = kb_read(answer, KB, &out, &err);
    FUZZ_CHECK(rc == ND_OK || (rc == ND_BAD_INPUT && err.notes > 0 && out.n == 0));
    FUZZ_CHECK(out.n <= ND_KB_PASSAGES_MAX);
    for (size_t i = 0; i < out.n; i++) {
        struct nd_view text = nd_view_of(out.v[i].text);
        FUZZ_CHECK(text.len > 0 && text.len <= ND_KB_PASSAGE_MAX_BYTES && nd_utf8_valid(text));
        check_line(out.v[i].place);
    }
    if (out.told) check_line(out.told);
    nd_kb_passages_release(&out);
    nd_json_free(answer);
    return 0;
}
