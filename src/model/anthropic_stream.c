#include "anthropic_stream.h"
#include "mend.h"
#include "nightdesk/base/alloc.h"
#include "pieces.h"
#include "sse.h"

#include <string.h>

/*
 * message_start -> (content_block_start -> content_block_delta… -> content_block_stop)… -> message_delta ->
 * message_stop, with pings anywhere. Usage comes with message_start and, with the last word, message_delta.
 */
struct growing {
    struct pieces *blocks;
    struct nd_json *usage;
    char *model, *stop;
    bool ended;
};

static void growing_release(struct growing *g)
{
    pieces_release(g->blocks);
    nd_json_free(g->usage);
    nd_free(g->model);
    nd_free(g->stop);
}

/* The later counts win. */
static void take_usage(struct growing *g, const struct nd_json *usage)
{
    if (nd_json_kind(usage) != ND_JSON_OBJECT) return;
    ND_JSON_EACH(count, usage)
    if (nd_json_is_int(count)) nd_json_set(g->usage, nd_json_name(count), nd_json_copy(count));
}

static enum nd_rc take_start(struct growing *g, const struct nd_json *event, struct nd_error *err)
{
    struct piece *piece = piece_at(g->blocks, nd_json_get_int(event, "index", -1));
    if (!piece) return nd_fail(err, ND_UNKNOWN, "one of its blocks has no index below %d", PIECES_MAX);
    nd_json_free(piece->start);
    piece->start = nd_json_copy(nd_json_get(event, "content_block"));
    return ND_OK;
}

static enum nd_rc take_delta(struct growing *g, const struct nd_json *event, struct nd_error *err)
{
    const struct nd_json *delta = nd_json_get(event, "delta");
    int64_t index = nd_json_get_int(event, "index", -1);
    bool begun = index >= 0 && index < PIECES_MAX && g->blocks->v[index].start;
    if (!begun) return nd_fail(err, ND_UNKNOWN, "it goes on with a block that it did not begin");
    struct piece *piece = &g->blocks->v[index];
    nd_bytes_add_view(&piece->text, nd_json_view(nd_json_get(delta, "text")));
    nd_bytes_add_view(&piece->text, nd_json_view(nd_json_get(delta, "partial_json")));
    nd_bytes_add_view(&piece->thought, nd_json_view(nd_json_get(delta, "thinking")));
    nd_bytes_add_view(&piece->proof, nd_json_view(nd_json_get(delta, "signature")));
    return ND_OK;
}

static enum nd_rc take_event(struct growing *g, const struct nd_json *event, struct nd_error *err)
{
    const char *type = nd_json_get_str(event, "type");
    const struct nd_json *message = nd_json_get(event, "message");
    if (!type) return ND_OK;
    if (strcmp(type, "message_start") == 0) {
        piece_name(&g->model, nd_json_get_str(message, "model"));
        take_usage(g, nd_json_get(message, "usage"));
    } else if (strcmp(type, "content_block_start") == 0) {
        return take_start(g, event, err);
    } else if (strcmp(type, "content_block_delta") == 0) {
        return take_delta(g, event, err);
    } else if (strcmp(type, "message_delta") == 0) {
        piece_name(&g->stop, nd_json_get_str(nd_json_get(event, "delta"), "stop_reason"));
        take_usage(g, nd_json_get(event, "usage"));
    } else if (strcmp(type, "error") == 0) {
        const char *why = nd_json_get_str(nd_json_get(event, "error"), "message");
        return nd_fail(err, ND_UNKNOWN, "it ends in an error: %.100s", why ? why : "no message");
    } else if (strcmp(type, "message_stop") == 0) {
        g->ended = true;
    }
    return ND_OK;
}

static enum nd_rc take_all(struct growing *g, struct nd_view pieces, struct nd_error *err)
{
    struct nd_bytes data = ND_BYTES(ND_BYTES_MAX);
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK && !g->ended && sse_next(&pieces, &data)) {
        struct nd_json *event = NULL;
        struct nd_error why = {0};
        mend(&data);
        if (nd_json_parse(&event, nd_bytes_view(&data), &why) == ND_OK)
            rc = take_event(g, event, err);
        else
            rc = nd_fail(err, ND_UNKNOWN, "one of its events is not JSON: %.100s", why.note[0]);
        nd_json_free(event);
    }
    nd_bytes_release(&data);
    if (rc == ND_OK && !g->ended) rc = nd_fail(err, ND_UNKNOWN, "it breaks off");
    return rc;
}

static void grow(struct nd_json *block, const char *member, const struct nd_bytes *more)
{
    struct nd_bytes all = ND_BYTES(ND_BYTES_MAX);
    if (!more->len) return;
    nd_bytes_add_view(&all, nd_json_view(nd_json_get(block, member)));
    nd_bytes_add_view(&all, nd_bytes_view(more));
    nd_json_set_view(block, member, nd_bytes_view(&all));
    nd_bytes_release(&all);
}

/* The block as if it had come at once. */
static struct nd_json *block_of(const struct piece *piece)
{
    struct nd_json *block = nd_json_copy(piece->start), *input = NULL;
    const char *type = nd_json_get_str(block, "type");
    grow(block, "thinking", &piece->thought);
    grow(block, "signature", &piece->proof);
    if (!type || strcmp(type, "tool_use") != 0) {
        grow(block, "text", &piece->text);
    } else if (piece->text.len) { /* an input that breaks off stays the string it is */
        bool fine = nd_json_parse(&input, nd_bytes_view(&piece->text), NULL) == ND_OK;
        nd_json_set(block, "input", fine ? input : nd_json_string_view(nd_bytes_view(&piece->text)));
    }
    return block;
}

static struct nd_json *whole_of(const struct growing *g)
{
    struct nd_json *whole = nd_json_object();
    if (g->model) nd_json_set_str(whole, "model", g->model);
    if (g->stop) nd_json_set_str(whole, "stop_reason", g->stop);
    struct nd_json *content = nd_json_set(whole, "content", nd_json_array());
    for (size_t i = 0; i < g->blocks->n; i++)
        if (g->blocks->v[i].start) nd_json_add(content, block_of(&g->blocks->v[i]));
    nd_json_set(whole, "usage", nd_json_copy(g->usage));
    return whole;
}

enum nd_rc anthropic_assemble(struct nd_view pieces, struct nd_json **whole, struct nd_error *err)
{
    struct growing g = {.blocks = ND_NEW(struct pieces), .usage = nd_json_object()};
    enum nd_rc rc = take_all(&g, pieces, err);
    if (rc == ND_OK) *whole = whole_of(&g);
    growing_release(&g);
    return rc;
}
