/** What is asked of a knowledge base of Amazon Bedrock, and what is made of its answer. */
#ifndef ND_WEB_KB_PRIVATE_H
#define ND_WEB_KB_PRIVATE_H

#include "nightdesk/base/json.h"
#include "nightdesk/core/kb.h"

/** The body of Retrieve. */
void kb_ask(const char *query, struct nd_bytes *out);
/** Fills the passages from an answer; ND_BAD_INPUT says what is wrong with it. */
enum nd_rc kb_read(const struct nd_json *answer, const char *address, struct nd_kb_passages *out,
                   struct nd_error *err);

#endif
