/**
 * A request: what is asked. A JSON document (schema: docs/reference/request.schema.json,
 * "nightdesk.request/1") that never changes once the run exists. An unknown member, a wrong type or a value
 * out of range is ND_BAD_INPUT and the note names the place ("'limits.budget_usd' is a string, wanted a
 * number").
 */
#ifndef NIGHTDESK_CORE_REQUEST_H
#define NIGHTDESK_CORE_REQUEST_H

#include "nightdesk/base/json.h"
#include "nightdesk/core/limits.h"

struct nd_strings {
    char **v;
    size_t n, cap;
};
void nd_strings_add(struct nd_strings *s, const char *text); /* copies */
void nd_strings_release(struct nd_strings *s);

/** One line of the user's own outline. */
struct nd_outline_item {
    char *title;           /* never empty */
    char *question;        /* NULL: the title is the question */
    struct nd_strings pin; /* sources to use first: paths relative to a root, or globs over them */
};

enum nd_length { ND_LENGTH_SHORT, ND_LENGTH_STANDARD, ND_LENGTH_LONG };

/** Which gates wait for a person. */
enum { ND_GATE_PLAN = 1, ND_GATE_OUTLINE = 2, ND_GATE_FINAL = 4 };

struct nd_limits {
    int64_t budget_microusd;
    int64_t tool_calls_per_lane, tool_calls_per_run, steps_per_lane;
    int64_t wall_seconds;              /* 0: none */
    int64_t max_failed_inputs_percent; /* 0-100; more than that gives exit status 7 */
};

struct nd_request {
    char *topic; /* never empty */
    struct nd_strings questions;
    struct nd_outline_item *outline;
    size_t outline_count;
    int64_t sub_topics; /* how many when the outline gives none: 1-40, default 10 */

    char *audience, *tone, *house_style, *citation_style; /* NULL: not given */
    char *language;                                       /* BCP 47 of the report; default "en" */
    enum nd_length length;
    struct nd_strings must_cover, forbidden_terms, outputs;

    struct nd_strings roots; /* files and folders, as given */
    struct nd_json *listing; /* instead of roots: documents that lie with the store, as they were listed
                                where they came from ("nightdesk.inputs/1"); an object, checked no further
                                here. NULL: none */
    struct nd_strings include, exclude; /* globs over relative paths */
    struct nd_strings local,
        confidential; /* globs: sources that never leave this machine / labelled confidential */

    char *search; /* web search service ("searxng"), NULL: none */
    struct nd_strings urls, kbs;

    struct nd_json *since; /* what an earlier report rests on, for a report that says what has changed; NULL:
                              none. nd_since_of made it */

    char *writer;           /* "extractive" or "PROVIDER:MODEL" */
    char *read_model;       /* reads and judges: "PROVIDER:MODEL"; NULL: the writer does */
    char *fallback_model;   /* asked when one of these refuses for good or is overloaded; NULL: none */
    char *guardrail;        /* of Amazon Bedrock, "ID:VERSION": judges what a model wrote; NULL: none */
    int64_t context_tokens; /* of the smallest window of these models; 0: not known */
    struct nd_limits limits;
    unsigned gates; /* ND_GATE_… */
    bool ask;
    char *safety; /* "flag" (default), "mask", "block" */
};

/**
 * Of an earlier run's report.json, what a later report is compared with. Caller frees.
 *
 *     { "run_id", "started_at",
 *       "sources":    [{"path" | "url", "sha256", "title", "used"}]     of those that were read
 *       "statements": ["16 hex digits of the sha256 of its text"] }
 */
struct nd_json *nd_since_of(const struct nd_json *report);
/** ND_BAD_INPUT names the member of `since` that is wrong. */
enum nd_rc nd_since_check(const struct nd_json *since, struct nd_error *err);
/** The mark of a statement in it. */
void nd_statement_mark(const char *text, char mark[17]);

/** Parses and checks; missing members get their defaults. *out is freed with nd_request_free. */
enum nd_rc nd_request_parse(struct nd_request **out, const struct nd_json *json, struct nd_error *err);
enum nd_rc nd_request_parse_text(struct nd_request **out, struct nd_view text, struct nd_error *err);
void nd_request_free(struct nd_request *request);
/** The request as JSON with every member present (a listing only when there is one), so that equal requests
 * give equal canonical bytes. Caller frees. */
struct nd_json *nd_request_json(const struct nd_request *request);
/** Hash of that JSON's canonical form. Two requests are the same when this is. */
void nd_request_sha256(const struct nd_request *request, char hex[65]);
/** The same without where the documents lie (documents.roots and .listing): what an artefact may name, since
 * paths may not reach it. */
void nd_request_asked_sha256(const struct nd_request *request, char hex[65]);
/** True for 1-64 characters of [0-9A-Za-z_-]. */
bool nd_run_id_valid(const char *run_id);

#endif
