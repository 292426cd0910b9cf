/**
 * What a model can and can't do: "context", "max_output", "body" and "quirks" of its row in prices.json,
 * above those of its provider's row ("elsewhere": asked at another address than the provider's own, "here":
 * asked on this machine). A quirk that no row names has the value of an ordinary hosted model.
 */
#ifndef NIGHTDESK_MODEL_TRAITS_H
#define NIGHTDESK_MODEL_TRAITS_H

#include "nightdesk/base/error.h"
#include "nightdesk/base/json.h"

/** Where a model is asked. */
enum nd_whereabouts {
    ND_AT_PROVIDER, /* the provider's own address: the table's rows hold */
    ND_ELSEWHERE,   /* another address that speaks the same */
    ND_HERE,        /* on this machine */
};

struct nd_traits {
    int64_t context_tokens; /* input and output together; 0: not known */
    int64_t output_tokens;  /* the largest max_tokens; 0: not known */
    int64_t
        reasoning_tokens; /* "reasoning": room for hidden reasoning, added to each max_tokens; default 0 */
    bool tools;           /* calls tools; else it is asked for structured answers. Default true */
    bool forced_tools;    /* takes tool_choice "required" and a name. Default true */
    bool schemas;         /* "schema": keeps to a JSON schema; else it is told in words. Default true */
    bool json_object;  /* of OpenAI's interface: takes a schema as {"type": "json_object", "schema"}, not as
                          {"type": "json_schema", …}. Default false */
    bool temperature;  /* takes temperature (0 is sent) and seed. Default false: nothing is sent */
    bool streams;      /* "stream": answers piece by piece and says its usage at the end. Default true */
    bool cache_points; /* takes marks of what to keep in its cache. Default false */
    bool counts;       /* "count": its provider counts the tokens of a call for nothing. Default false */
    const struct nd_json *body; /* members that its requests need; NULL: none. Lives as long as the program */
};

void nd_traits_find(const char *provider, const char *model, enum nd_whereabouts where,
                    struct nd_traits *out);

/**
 * Changes them as a list of words says: "tools,stream,no-schema", the quirks' names above, "no-" for false.
 * NULL and
 * "" change nothing. ND_BAD_INPUT another word.
 */
enum nd_rc nd_traits_adjust(struct nd_traits *traits, const char *words, struct nd_error *err);

/** The quirks that differ from an ordinary model's, for people: "no tools, no temperature"; "" for none. */
void nd_traits_describe(const struct nd_traits *traits, struct nd_bytes *out);

#endif
