#include "bedrock_stream.h"
#include "event_stream.h"
#include "mend.h"
#include "nightdesk/base/alloc.h"
#include "pieces.h"

#include <string.h>

/*
 * messageStart -> (contentBlockStart? -> contentBlockDelta… -> contentBlockStop)… -> messageStop -> metadata.
 * Some models begin a block with its first delta. Only metadata tells the usage: without it the answer is
 * torn.
 */
struct growing {
    struct pieces *blocks;
    struct nd_json *usage;
    char *stop;
};

static void growing_release(struct growing *g)
{
    pieces_release(g->blocks);
    nd_json_free(g->usage);
    nd_free(g->stop);
}

static enum nd_rc take_block(struct growing *g, const struct nd_json *event, struct nd_error *err)
{
    const struct nd_json *start = nd_json_get(nd_json_get(event, "start"), "toolUse");
    const struct nd_json *delta = nd_json_get(event, "delta"),
                         *thought = nd_json_get(delta, "reasoningContent");
    struct piece *piece = piece_at(g->blocks, nd_json_get_int(event, "contentBlockIndex", -1));
    if (!piece) return nd_fail(err, ND_UNKNOWN, "one of its blocks has no index below %d", PIECES_MAX);
    piece_name(&piece->id, nd_json_get_str(start, "toolUseId"));
    piece_name(&piece->name, nd_json_get_str(start, "name"));
    nd_bytes_add_view(&piece->text, nd_json_view(nd_json_get(delta, "text")));
    nd_bytes_add_view(&piece->text, nd_json_view(nd_json_get(nd_json_get(delta, "toolUse"), "input")));
    nd_bytes_add_view(&piece->thought, nd_json_view(nd_json_get(thought, "text")));
    nd_bytes_add_view(&piece->proof, nd_json_view(nd_json_get(thought, "signature")));
    piece_name(&piece->redacted, nd_json_get_str(thought, "redactedContent"));
    return ND_OK;
}

static enum nd_rc take_event(struct growing *g, const struct event *event, const struct nd_json *json,
                             struct nd_error *err)
{
    if (!nd_view_is(event->kind, "event")) {
        const char *message = nd_json_get_str(json, "message");
        return nd_fail(err, ND_UNKNOWN, "it ends in %.*s: %.100s",
                       (int)(event->name.len < 60 ? event->name.len : 60), event->name.data,
                       message ? message : "no message");
    }
    if (nd_view_is(event->name, "contentBlockStart") || nd_view_is(event->name, "contentBlockDelta"))
        return take_block(g, json, err);
    if (nd_view_is(event->name, "messageStop")) piece_name(&g->stop, nd_json_get_str(json, "stopReason"));
    if (nd_view_is(event->name, "metadata") && !g->usage) g->usage = nd_json_copy(nd_json_get(json, "usage"));
    return ND_OK;
}

static enum nd_rc take_all(struct growing *g, struct nd_view pieces, struct nd_error *err)
{
    struct event event;
    enum nd_rc rc = event_next(&pieces, &event, err);
    for (; rc == ND_OK; rc = rc == ND_OK ? event_next(&pieces, &event, err) : rc) {
        struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
        struct nd_json *json = NULL;
        struct nd_error why = {0};
        nd_bytes_add_view(&text, event.payload);
        mend(&text);
        bool fine = text.len == 0 || nd_json_parse(&json, nd_bytes_view(&text), &why) == ND_OK;
        rc = fine ? take_event(g, &event, json, err)
                  : nd_fail(err, ND_UNKNOWN, "one of its events is not JSON: %.100s", why.note[0]);
        nd_json_free(json);
        nd_bytes_release(&text);
    }
    if (rc != ND_NOT_FOUND) return rc;
    return g->stop && g->usage ? ND_OK : nd_fail(err, ND_UNKNOWN, "it breaks off");
}

static struct nd_json *call_of(const struct piece *piece)
{
    struct nd_json *block = nd_json_object(), *call = nd_json_set(block, "toolUse", nd_json_object()),
                   *input = NULL;
    struct nd_view text = piece->text.len ? nd_bytes_view(&piece->text) : ND_VIEW("{}");
    if (piece->id) nd_json_set_str(call, "toolUseId", piece->id);
    nd_json_set_str(call, "name", piece->name);
    bool fine = nd_json_parse(&input, text, NULL) == ND_OK; /* one that breaks off stays the string it is */
    nd_json_set(call, "input", fine ? input : nd_json_string_view(text));
    return block;
}

static struct nd_json *block_of(const struct piece *piece)
{
    if (piece->name) return call_of(piece);
    struct nd_json *block = nd_json_object();
    if (!piece->thought.len && !piece->proof.len && !piece->redacted) {
        nd_json_set_view(block, "text", nd_bytes_view(&piece->text));
        return block;
    }
    struct nd_json *reasoning = nd_json_set(block, "reasoningContent", nd_json_object());
    if (piece->redacted) {
        nd_json_set_str(reasoning, "redactedContent", piece->redacted);
        return block;
    }
    struct nd_json *shown = nd_json_set(reasoning, "reasoningText", nd_json_object());
    nd_json_set_view(shown, "text", nd_bytes_view(&piece->thought));
    if (piece->proof.len) nd_json_set_view(shown, "signature", nd_bytes_view(&piece->proof));
    return block;
}

static struct nd_json *whole_of(const struct growing *g)
{
    struct nd_json *whole = nd_json_object();
    struct nd_json *message =
        nd_json_set(nd_json_set(whole, "output", nd_json_object()), "message", nd_json_object());
    struct nd_json *content = nd_json_set(message, "content", nd_json_array());
    for (size_t i = 0; i < g->blocks->n; i++)
        if (g->blocks->v[i].seen) nd_json_add(content, block_of(&g->blocks->v[i]));
    nd_json_set_str(whole, "stopReason", g->stop);
    nd_json_set(whole, "usage", nd_json_copy(g->usage));
    return whole;
}

enum nd_rc bedrock_assemble(struct nd_view pieces, struct nd_json **whole, struct nd_error *err)
{
    struct growing g = {.blocks = ND_NEW(struct pieces)};
    enum nd_rc rc = take_all(&g, pieces, err);
    if (rc == ND_OK) *whole = whole_of(&g);
    growing_release(&g);
    return rc;
}
