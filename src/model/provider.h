/**
 * A provider is one file with one row: how a call looks on its wire, and what comes back. All of it is pure;
 * asker.c sends, judge.c knows what statuses mean. A new provider is a new file and a line in models.c.
 */
#ifndef MODEL_PROVIDER_H
#define MODEL_PROVIDER_H

#include "answer.h"
#include "nightdesk/model/prices.h"
#include "nightdesk/model/traits.h"

/** What is asked where. */
struct asked {
    const char *url, *model; /* as the provider names it */
    const char *by;          /* "PROVIDER:MODEL" */
    const struct nd_price *price;
    const struct nd_traits *traits;
    enum nd_whereabouts where;
};

struct provider {
    const char *name;
    const char *home;         /* its own address; NULL: that of AWS in the region */
    const char *url_variable; /* for messages: OPENAI_BASE_URL */
    const char *key_variable;
    const char *key_header;  /* a format of the key's header line: "Authorization: Bearer %s" */
    const char *header;      /* one more line for every request, or NULL */
    const char *stream_type; /* content type of an answer that comes in pieces */
    bool signs;              /* without a key, requests are signed with AWS credentials */
    bool forbids_tools;      /* takes tool_choice "none" */
    bool schema_with_tools;  /* takes a schema beside tools */

    /** The path below the address; caller frees. */
    char *(*path)(const char *model, bool streams);
    /** Fills the body for args that prepare.c made ready. */
    void (*body)(const struct asked *asked, const struct nd_json *args, struct nd_json *body);
    /** Puts the pieces of an answer together: *whole is as if it had come at once. ND_UNKNOWN it is torn,
     * damaged or an error. */
    enum nd_rc (*assemble)(struct nd_view pieces, struct nd_json **whole, struct nd_error *err);
    /** Counting the tokens of a call's input; NULL: it cannot. The path, NULL for a model that it cannot
     * count for (caller frees); the body, which leaves out `uncounted` bytes of the call; the answer, -1 when
     * it is none. */
    char *(*count_path)(const char *model);
    void (*count_body)(const struct asked *asked, const struct nd_json *args, struct nd_json *body,
                       size_t *uncounted);
    int64_t (*read_count)(const struct nd_json *whole);
    /** Reads a whole answer; false when it is none. Usage that is not told stays -1. */
    bool (*read)(const struct nd_json *whole, struct answer *out);
};

extern const struct provider openai_provider, anthropic_provider, bedrock_provider;

#endif
