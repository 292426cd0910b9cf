/* What comes through the pipe from a reader that a document may have taken over, in pieces as they may come.
 */
#include "child.c" /* for `listen`, which needs no process */

#include "fuzz.h"
#include "reading_check.h"

static void check_pages(const struct nd_child_reply *reply)
{
    size_t ends = 0;
    struct nd_view blob = nd_bytes_view(&reply->blob);
    for (size_t i = 0; i < blob.len; i++) ends += blob.data[i] == '\f';
    FUZZ_CHECK(ends == reply->received && reply->received <= reply->pages &&
               reply->pages <= ND_READ_PAGES_MAX);
}

static void check_record(const struct nd_child_reply *reply)
{
    struct nd_reading *reading = NULL;
    struct nd_error err = {0};
    struct nd_view blob = nd_bytes_view(&reply->blob);
    if (nd_reading_parse(&reading, nd_bytes_view(&reply->record), &err) != ND_OK) return;
    if (nd_check_reading(reading, blob, &err) == ND_OK) {
        struct nd_pages pages = {0};
        FUZZ_CHECK(nd_pages_split(&pages, blob, reading->pages, &err) == ND_OK);
        for (size_t i = 0; i < reading->heading_count; i++)
            FUZZ_CHECK(reading->headings[i].range.end <=
                       nd_pages_at(&pages, reading->headings[i].range.page).len);
        for (size_t i = 0; i < pages.n; i++) FUZZ_CHECK(nd_page_text_clean(pages.page[i]));
        nd_pages_release(&pages);
    }
    nd_reading_free(reading);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    size_t piece = fuzz_byte(&rest) + 1;
    struct nd_child_reply reply = {.blob = ND_BYTES(1 << 20), .record = ND_BYTES(1 << 20)};
    struct talk t = {.reply = &reply, .in = ND_BYTES(1 << 20)};
    while (rest.len > 0 && !t.done && !t.nonsense) {
        nd_bytes_add_view(&t.in, nd_view_sub(rest, 0, piece));
        rest = nd_view_sub(rest, piece, rest.len);
        listen(&t);
    }
    if (!t.nonsense) check_pages(&reply);
    if (t.done) check_record(&reply);
    nd_bytes_release(&t.in);
    nd_child_reply_release(&reply);
    return 0;
}
