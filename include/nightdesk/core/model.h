/**
 * A model as the engine sees it. One neutral form for every provider.
 *
 * args:
 *   "role": "write|read"      which of the run's models; "guard": see below
 *   "job": "plan|research|choose|draft|synthesize|judge…"
 *   "messages": [ message … ]
 *   "tools": [ {"name", "description", "schema": {JSON Schema of the input}} … ] ?
 *   "tool_choice": "auto|none|required" or {"name": "…"} ?   "auto" when there are tools
 *   "schema": {…} ?, "schema_name": "…" ?   JSON Schema of the text; beside tools: of one that calls none
 *   "max_tokens": N           of the answer without hidden reasoning, for which the provider adds room
 *   "extends": step number of the lane whose conversation this one continues ?
 *   "private": true           when it holds text of sources labelled local ?
 *
 * message: {"role": "system|user|assistant", "content": "…" or [ part … ]}, a part being one of
 *   {"type": "text", "text": "…"}
 *   {"type": "tool_use", "id": "…", "name": "…", "input": {…}}              assistant only
 *   {"type": "tool_result", "id": "…", "content": "…", "is_error": true ?}  user only
 *   {"type": "thinking", "from": "PROVIDER:MODEL", "block": …}              assistant only
 * All results of one assistant message stand first in the user message right after it, one for each
 * tool_use, in their order; every tool that is named was offered in "tools" (keep offering it: the choice
 * "none" forbids its use). A thinking block is the provider's own and is sent back unchanged to that model
 * alone; others never see it.
 *
 * observation:
 *   "text": "…"               "" when it only calls tools
 *   "tool_calls": [ {"id", "name", "input": {…}, "problem": "…" ?} … ] ?
 *                             problem: what it wants can't be read and input is {}; the result says so with
 *                             is_error, and the model mends it
 *   "content": [ part … ] ?   the answer in its own order, when it is more than text: see nd_model_reply
 *   "stop": "end|tool|length|filter"
 *   "model": …                as the provider named it
 *   "by": "PROVIDER:MODEL"    as it was asked; the fallback's when that one answered
 *   "usage": {"input", "output", "cached", "cache_write" ?}
 *   "reused": "run id" ?      by the engine: an earlier run's answer to the same question, without usage
 * or {"error": {"message", "status" ?, "code" ?}} for a whole error answer that was not billed, and (code
 * ND_MODEL_PRIVATE) for a private call that was not sent since the model is not on this machine.
 *
 * The role "guard" is that of a guardrail, which says whether its sources hold a statement. Its args:
 *   "role": "guard", "job": "ground", "claim": index in its section
 *   "sources": ["…"]          the statement's quotes
 *   "query": "…"              what it is about
 *   "text": "…"               the statement; each within ND_GUARD_…
 * and its observation, when it is no error:
 *   "blocked": true|false     the statement may not be printed
 *   "grounding": {"score", "threshold", "blocked"} ?   from 0 to 1: is it held by its sources
 *   "relevance": {…} ?        the same: is it about the query
 *   "other": true ?           it was blocked or changed for a reason beside these two
 *   "by": "guardrail:ID:VERSION", "usage": {text units by policy}
 * A guardrail never ends a run: what keeps it from answering is an error, with "status" or "code"
 * (ND_GUARD_AWAY, ND_GUARD_LOST: its worst case was booked; ND_GUARD_TOO_LONG).
 *
 * A model or a server without tool calling is no matter of the caller's: src/model asks it for a structured
 * answer instead and gives the same observation.
 */
#ifndef NIGHTDESK_CORE_MODEL_H
#define NIGHTDESK_CORE_MODEL_H

#include "nightdesk/base/json.h"
#include <stdatomic.h>

#define ND_MODEL_PRIVATE "private"
#define ND_GUARD_AWAY "away"                        /* it took no calls, or its keys are missing */
#define ND_GUARD_LOST "lost"                        /* an answer that never came or can't be read */
#define ND_GUARD_TOO_LONG "too_long"                /* over the limits below */
#define ND_GUARD_SOURCES_MAX_CHARS ((size_t)100000) /* of all sources */
#define ND_GUARD_QUERY_MAX_CHARS ((size_t)1000)
#define ND_GUARD_TEXT_MAX_CHARS ((size_t)5000)
#define ND_TOOL_ID_MAX 64   /* of [A-Za-z0-9_.:-] */
#define ND_TOOL_NAME_MAX 64 /* of [A-Za-z0-9_-] */

struct nd_usage {
    int64_t input, output; /* tokens */
    int64_t cached;        /* a part of input: read from a cache */
    int64_t cache_write;   /* a part of input: written to a cache; -1: not reported */
    const char *by;        /* "PROVIDER:MODEL" whose tokens they are; NULL: not known */
};

struct nd_model;
struct nd_model_ops {
    /**
     * The most that this call can cost: tokens the provider reported for the part already sent (`known`, NULL
     * for none, covering known_bytes of nd_model_bytes(args); another model's are not used) + one token for
     * every new byte + margin, at the dearest input rate, + max_tokens at the output rate + fees. ND_CONFIG
     * when the model has no price (names --price).
     */
    enum nd_rc (*bound)(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                        size_t known_bytes, int64_t *microusd, struct nd_error *err);
    /**
     * Sends it once; the transport never repeats it. Blocks.
     * @return ND_OK      *observation and *cost_microusd are set (an unbilled whole error answer is ND_OK
     * with cost 0) ND_RETRY   nothing was billed (429, refused connection); *wait_ms says how long to wait,
     * 0: there is no connection to it ND_UNKNOWN it may have been billed: time-out, reset, torn answer,
     * billed error ND_CONFIG  the key or the model is refused (401, 403, 404): nothing billed, the run stops
     * with the reason ND_STOPPED asked to stop before it was sent
     */
    enum nd_rc (*ask)(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                      struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                      struct nd_error *err);
    void (*close)(struct nd_model *m);
    /**
     * Lowers a bound of `bound` to one that rests on the provider's own count of the call's tokens. Asked
     * when a call does not fit: it costs nothing, may be asked any number of times, and sends no more than
     * `ask` would. What keeps it from counting leaves *microusd as it is. NULL: it cannot.
     */
    void (*tighten)(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                    int64_t *microusd);
};
struct nd_model {
    const struct nd_model_ops *ops;
};

/* ---- conversations ---- */

/** The assistant message that repeats an answer, to go on from it; NULL when it said nothing. Caller frees.
 */
struct nd_json *nd_model_reply(const struct nd_json *observation);
/** A user message that begins with results; content is an array of parts to add to. Caller frees. */
struct nd_json *nd_model_results(void);
/** Adds one result to such a message. An empty text becomes "(empty)": providers refuse empty results. */
void nd_model_add_result(struct nd_json *message, const char *id, const char *text, bool is_error);

/** What a message weighs: bytes of texts, names, ids and printed inputs. */
size_t nd_message_bytes(const struct nd_json *message);
/** What tools or a schema weigh: their bytes as printed; 0 for NULL. */
size_t nd_model_form_bytes(const struct nd_json *tools_or_schema);
/** All messages, tools and the schema. */
size_t nd_model_bytes(const struct nd_json *args);

/** A part's "type" is this word. */
bool nd_part_is(const struct nd_json *part, const char *type);
/** One of the tools has that name; NULL is none's. */
bool nd_tool_is_offered(const struct nd_json *tools, const char *name);
/** 1 to ND_TOOL_ID_MAX of [A-Za-z0-9_.:-]. */
bool nd_tool_id_is_valid(const char *id);

/** Whether messages, tools and the choice are as said above; ND_BROKEN names the first that is not. */
enum nd_rc nd_model_check(const struct nd_json *args, struct nd_error *err);

#endif
