/* Any bytes as text: repair, normal forms, HTML, terminals, base64. */
#include "fuzz.h"
#include "nightdesk/base/base64.h"
#include "nightdesk/base/text.h"

typedef void copy_function(struct nd_view v, struct nd_bytes *out);

/* What comes out is valid, and a second time changes nothing. */
static struct nd_bytes copied(struct nd_view v, copy_function *copy)
{
    struct nd_bytes once = ND_BYTES(ND_BYTES_MAX), again = ND_BYTES(ND_BYTES_MAX);
    copy(v, &once);
    FUZZ_CHECK(nd_utf8_valid(nd_bytes_view(&once)));
    copy(nd_bytes_view(&once), &again);
    FUZZ_CHECK(nd_view_eq(nd_bytes_view(&once), nd_bytes_view(&again)));
    nd_bytes_release(&again);
    return once;
}

static bool is_reference(struct nd_view at)
{
    static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (nd_view_starts(at, references[i])) return true;
    return false;
}

static void check_html(struct nd_view v)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    nd_text_html(v, &out);
    struct nd_view html = nd_bytes_view(&out);
    FUZZ_CHECK(nd_utf8_valid(html));
    for (size_t at = 0; at < html.len;) {
        size_t here = at;
        uint32_t c = nd_utf8_next(html, &at);
        FUZZ_CHECK(c != '<' && c != '>' && c != '"' && c != '\'' && !nd_is_unsafe(c));
        FUZZ_CHECK(c != '&' || is_reference(nd_view_sub(html, here, html.len)));
    }
    nd_bytes_release(&out);
}

static void check_printable(struct nd_view v)
{
    struct nd_bytes line = copied(v, nd_text_printable);
    struct nd_view printable = nd_bytes_view(&line);
    for (size_t at = 0; at < printable.len;) {
        uint32_t c = nd_utf8_next(printable, &at);
        FUZZ_CHECK(c != '\n' && !nd_is_unsafe(c));
    }
    nd_bytes_release(&line);
}

static void check_base64(struct nd_view v)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX), back = ND_BYTES(ND_BYTES_MAX);
    nd_base64_add(v, &text);
    FUZZ_CHECK(nd_base64_decode(nd_bytes_view(&text), &back) && nd_view_eq(nd_bytes_view(&back), v));
    nd_bytes_clear(&back);
    nd_bytes_clear(&text);
    if (nd_base64_decode(v, &back)) {
        nd_base64_add(nd_bytes_view(&back), &text);
        FUZZ_CHECK(nd_view_eq(nd_bytes_view(&text), v));
    }
    nd_bytes_release(&text);
    nd_bytes_release(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view v = fuzz_view(data, size);
    struct nd_bytes valid = copied(v, nd_utf8_repair);
    struct nd_view text = nd_bytes_view(&valid);
    FUZZ_CHECK(!nd_utf8_valid(v) || nd_view_eq(v, text));
    struct nd_bytes nfc = copied(text, nd_text_nfc), nfkc = copied(text, nd_text_nfkc);
    nd_bytes_release(&nfc);
    nd_bytes_release(&nfkc);
    for (size_t max = 0; max < 8; max++) {
        size_t cut = nd_utf8_cut(text, max);
        FUZZ_CHECK(cut <= max && cut <= text.len && nd_utf8_valid(nd_view_sub(text, 0, cut)));
    }
    check_html(v);
    check_printable(v);
    check_base64(v);
    nd_bytes_release(&valid);
    return 0;
}
