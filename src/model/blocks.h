/** Conversations as lists of blocks, which Anthropic and Bedrock share but for the names. Pure. */
#ifndef MODEL_BLOCKS_H
#define MODEL_BLOCKS_H

#include "nightdesk/core/model.h"

/** How one API writes its blocks; each call gives a new node. */
struct block_words {
    struct nd_json *(*text)(struct nd_view text);
    struct nd_json *(*call)(const struct nd_json *part);   /* a tool_use */
    struct nd_json *(*result)(const struct nd_json *part); /* a tool_result */
};

/**
 * The messages but the system's: {"role", "content": [block …]}. Neighbours of one role become one message,
 * texts of white space alone are left out, a message of nothing says "(empty)", and thinking of others than
 * `me` is dropped. Caller frees.
 * @param mark  a block for the end of the last message, owned by the result; NULL: none
 */
struct nd_json *blocks_messages(const struct block_words *words, const char *me,
                                const struct nd_json *messages, struct nd_json *mark);

/** The system message's text, or an empty view. */
struct nd_view blocks_system(const struct nd_json *messages);

/** A conversation that will go on: what it says now is worth keeping in a cache. */
bool blocks_go_on(const struct nd_json *args);

#endif
