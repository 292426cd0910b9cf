/* The text of a gate as a person may leave it: the gate's name, what was shown, the text. */
#include "fuzz.h"
#include "gate_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    char *gate = nd_view_dup(fuzz_part(&rest));
    struct nd_view shown_text = fuzz_part(&rest);
    struct nd_json *shown = NULL, *edited = NULL;
    struct nd_bytes text = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    struct nd_error err = {0};
    if (nd_json_parse(&shown, shown_text, NULL) == ND_OK && nd_json_kind(shown) == ND_JSON_OBJECT) {
        if (nd_gate_parse(gate, shown, rest, &edited, &err) == ND_OK) {
            char *printed = fuzz_canonical(edited);
            FUZZ_CHECK(nd_json_parse(&edited, nd_view_of(printed), NULL) == ND_OK);
            nd_json_free(edited);
            nd_free(printed);
        } else {
            FUZZ_CHECK(err.rc == ND_BAD_INPUT && err.notes > 0);
        }
        (void)nd_gate_text(gate, shown, &text, &err);
        nd_bytes_release(&text);
    }
    nd_json_free(shown);
    nd_free(gate);
    return 0;
}
