#include "openai_stream.h"
#include "mend.h"
#include "nightdesk/base/alloc.h"
#include "pieces.h"
#include "sse.h"

#include <string.h>

/* What has come so far: the text is in `text`, a call of index n in calls->v[n]. */
struct growing {
    struct nd_bytes text, refusal;
    struct pieces *calls;
    struct nd_json *usage;
    char *model, *finish;
    bool ended; /* [DONE], or a finish reason with usage */
};

static void growing_release(struct growing *g)
{
    nd_bytes_release(&g->text);
    nd_bytes_release(&g->refusal);
    pieces_release(g->calls);
    nd_json_free(g->usage);
    nd_free(g->model);
    nd_free(g->finish);
}

static enum nd_rc take_call(struct growing *g, const struct nd_json *call, struct nd_error *err)
{
    const struct nd_json *function = nd_json_get(call, "function");
    struct piece *piece = piece_at(g->calls, nd_json_get_int(call, "index", 0));
    if (!piece) return nd_fail(err, ND_UNKNOWN, "it has more than %d calls", PIECES_MAX);
    piece_name(&piece->id, nd_json_get_str(call, "id"));
    piece_name(&piece->name, nd_json_get_str(function, "name"));
    nd_bytes_add_view(&piece->text, nd_json_view(nd_json_get(function, "arguments")));
    return ND_OK;
}

static enum nd_rc take_chunk(struct growing *g, const struct nd_json *chunk, struct nd_error *err)
{
    if (nd_json_get(chunk, "error")) {
        const char *message = nd_json_get_str(nd_json_get(chunk, "error"), "message");
        return nd_fail(err, ND_UNKNOWN, "it ends in an error: %.100s", message ? message : "no message");
    }
    const struct nd_json *choice = nd_json_first(nd_json_get(chunk, "choices")),
                         *delta = nd_json_get(choice, "delta");
    const struct nd_json *usage = nd_json_get(chunk, "usage");
    piece_name(&g->model, nd_json_get_str(chunk, "model"));
    if (nd_json_kind(usage) == ND_JSON_OBJECT) {
        nd_json_free(g->usage);
        g->usage = nd_json_copy(usage);
    }
    if (nd_json_get_int(choice, "index", 0) != 0) return ND_OK; /* one choice is asked for */
    piece_name(&g->finish, nd_json_get_str(choice, "finish_reason"));
    nd_bytes_add_view(&g->text, nd_json_view(nd_json_get(delta, "content")));
    nd_bytes_add_view(&g->refusal, nd_json_view(nd_json_get(delta, "refusal")));
    const struct nd_json *calls = nd_json_get(delta, "tool_calls");
    enum nd_rc rc = ND_OK;
    if (nd_json_kind(calls) != ND_JSON_ARRAY) return ND_OK;
    for (const struct nd_json *call = nd_json_first(calls); call && rc == ND_OK; call = nd_json_next(call))
        rc = take_call(g, call, err);
    return rc;
}

static enum nd_rc take_all(struct growing *g, struct nd_view pieces, struct nd_error *err)
{
    struct nd_bytes data = ND_BYTES(ND_BYTES_MAX);
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK && !g->ended && sse_next(&pieces, &data)) {
        struct nd_json *chunk = NULL;
        struct nd_error why = {0};
        if (nd_view_is(nd_view_trim(nd_bytes_view(&data)), "[DONE]")) {
            g->ended = true;
            break;
        }
        mend(&data);
        if (nd_json_parse(&chunk, nd_bytes_view(&data), &why) == ND_OK)
            rc = take_chunk(g, chunk, err);
        else
            rc = nd_fail(err, ND_UNKNOWN, "one of its events is not JSON: %.100s", why.note[0]);
        nd_json_free(chunk);
    }
    nd_bytes_release(&data);
    if (rc == ND_OK && !g->finish) rc = nd_fail(err, ND_UNKNOWN, "it breaks off");
    return rc;
}

static struct nd_json *whole_of(const struct growing *g)
{
    struct nd_json *whole = nd_json_object(), *message = nd_json_object(), *calls = nd_json_array();
    if (g->model) nd_json_set_str(whole, "model", g->model);
    struct nd_json *choice = nd_json_add(nd_json_set(whole, "choices", nd_json_array()), nd_json_object());
    nd_json_set_str(choice, "finish_reason", g->finish);
    nd_json_set(choice, "message", message);
    nd_json_set_view(message, "content", nd_bytes_view(&g->text));
    if (g->refusal.len) nd_json_set_view(message, "refusal", nd_bytes_view(&g->refusal));
    nd_json_set(message, "tool_calls", calls);
    for (size_t i = 0; i < g->calls->n; i++) {
        const struct piece *piece = &g->calls->v[i];
        if (!piece->seen) continue;
        struct nd_json *call = nd_json_add(calls, nd_json_object());
        if (piece->id) nd_json_set_str(call, "id", piece->id);
        struct nd_json *function = nd_json_set(call, "function", nd_json_object());
        if (piece->name) nd_json_set_str(function, "name", piece->name);
        nd_json_set_view(function, "arguments", nd_bytes_view(&piece->text));
    }
    if (g->usage) nd_json_set(whole, "usage", nd_json_copy(g->usage));
    return whole;
}

enum nd_rc openai_assemble(struct nd_view pieces, struct nd_json **whole, struct nd_error *err)
{
    struct growing g = {
        .text = ND_BYTES(ND_BYTES_MAX), .refusal = ND_BYTES(ND_BYTES_MAX), .calls = ND_NEW(struct pieces)};
    enum nd_rc rc = take_all(&g, pieces, err);
    if (rc == ND_OK) *whole = whole_of(&g);
    growing_release(&g);
    return rc;
}
