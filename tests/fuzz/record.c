/* Recorded steps as a store gives them back: each part is the JSON of one step of a lane, deflated here; a
 * part that begins with the byte 0xFE is taken as the deflated bytes themselves. */
#include "fuzz.h"
#include "nightdesk/base/deflate.h"
#include "record.h"

static struct nd_record head_of(unsigned step, struct nd_view payload)
{
    return (struct nd_record){.format = ND_RECORD_FORMAT,
                              .lane = "0",
                              .step = step,
                              .id = "0123456789abcdef0123456789abcdef",
                              .version = "0123456789abcdef",
                              .payload = payload};
}

/* The last step of the lane, packed again and unpacked, is the same step. */
static void check_packed(const struct nd_lane *lane)
{
    const struct nd_step *step = &lane->transcript.v[lane->transcript.n - 1];
    struct nd_lane before = *lane;
    struct nd_packed packed = {0};
    struct nd_transcript back = {0};
    struct nd_error err = {0};
    before.transcript.n--;
    FUZZ_CHECK(nd_record_pack(&packed, 0, &before, step, ND_STEP_MAX_BYTES, NULL, &err) == ND_OK);
    if (before.transcript.n == 0) {
        FUZZ_CHECK(nd_record_unpack(&packed.record, NULL, &back, &err) == ND_OK);
        fuzz_check_same(nd_json_copy(step->action.args), nd_json_copy(back.v[0].action.args));
        fuzz_check_same(nd_json_copy(step->observation), nd_json_copy(back.v[0].observation));
    }
    nd_packed_release(&packed);
    nd_transcript_release(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    struct nd_lane lane = {.id = "0"};
    struct nd_error err = {0};
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK && rest.len > 0) {
        struct nd_bytes packed = ND_BYTES(ND_BYTES_MAX);
        struct nd_view part = nd_view_starts(rest, "\xFE") ? rest : fuzz_part(&rest);
        if (nd_view_starts(part, "\xFE")) {
            nd_bytes_add_view(&packed, nd_view_sub(part, 1, part.len));
            rest = nd_view_sub(rest, rest.len, rest.len);
        } else {
            FUZZ_CHECK(nd_deflate(part, (struct nd_view){0}, &packed, &err) == ND_OK);
        }
        struct nd_record record = head_of((unsigned)lane.transcript.n, nd_bytes_view(&packed));
        rc = nd_record_unpack(&record, NULL, &lane.transcript, &err);
        FUZZ_CHECK(rc == ND_OK || rc == ND_BROKEN);
        if (rc == ND_OK) check_packed(&lane);
        nd_bytes_release(&packed);
    }
    nd_transcript_release(&lane.transcript);
    return 0;
}
