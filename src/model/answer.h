/** What a provider's answer said, collected piece by piece, and the observation made of it. */
#ifndef MODEL_ANSWER_H
#define MODEL_ANSWER_H

#include "nightdesk/core/model.h"

#define ANSWER_NAME_MAX_BYTES 200

struct answer {
    const char *by;              /* given: "PROVIDER:MODEL" */
    const struct nd_json *tools; /* given: those that may be called */
    size_t calls_before;         /* given: in the conversation, for ids of our own */
    struct nd_json *content;     /* parts in their order; owned */
    struct nd_usage usage;       /* -1: not told */
    const char *stop;            /* "end" unless set */
    char *model;                 /* as the provider named it; owned */
};

void answer_open(struct answer *a, const struct nd_json *args, const char *by);
void answer_release(struct answer *a);

/** Empty text says nothing. */
void answer_add_text(struct answer *a, struct nd_view text);
/** A block that is sent back as it is. */
void answer_add_thinking(struct answer *a, const struct nd_json *block);
/**
 * A call. `input` is an object; anything else, and a text that does not parse as one, is a call with a
 * problem. An id that is none gives way to one of our own.
 */
void answer_add_call(struct answer *a, const char *id, const char *name, const struct nd_json *input);
void answer_add_call_text(struct answer *a, const char *id, const char *name, struct nd_view input);
void answer_set_model(struct answer *a, const char *name);

size_t answer_calls(const struct answer *a); /* how many */
/** Forgets the texts. */
void answer_drop_text(struct answer *a);

/** All texts joined. Caller releases. */
void answer_text(const struct answer *a, struct nd_bytes *out);

/** As core/model.h says. Caller frees. */
struct nd_json *answer_observation(const struct answer *a);
/** "error" with message, status and code; NULL members are left out. */
struct nd_json *answer_error(const char *message, int status, const char *code);

#endif
