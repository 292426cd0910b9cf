/**
 * Knowledge bases elsewhere, as the pipeline sees them: services that are asked in words and answer with
 * passages of the documents they hold. src/web fills the table; the pipeline reaches it through its desk
 * (nd_desk_set_kbs).
 *
 * A request names one by its address, "bedrock:REGION:ID", which says all that another machine needs to ask
 * it; credentials are that machine's own. What goes wrong with one question is a `why`, in words for people,
 * which the lane can live with; what makes the knowledge base as a whole unusable is a result.
 */
#ifndef NIGHTDESK_CORE_KB_H
#define NIGHTDESK_CORE_KB_H

#include "nightdesk/base/error.h"
#include "nightdesk/core/request.h"
#include <stdatomic.h>

#define ND_KB_PASSAGES_MAX 10                      /* of one answer: what is asked for */
#define ND_KB_PASSAGE_MAX_BYTES ((size_t)64 << 10) /* of a passage's text */
#define ND_KB_PLACE_MAX_BYTES 1024                 /* of where it stands, but for addresses of the web */
#define ND_KBS_MAX 10                              /* of a request, elsewhere */

/** An address, taken apart. */
struct nd_kb_address {
    char region[33]; /* of a-z, 0-9 and '-' */
    char id[11];     /* 10 letters or digits */
};
/** Does it mean to be an address? Names of this machine's knowledge bases have no colon. */
bool nd_kb_is_address(const char *text);
/** False when it is none. */
bool nd_kb_split(struct nd_kb_address *out, const char *text);
/** How many of a request's knowledge bases are elsewhere. */
size_t nd_kbs_elsewhere(const struct nd_request *request);

struct nd_kb_passage {
    char *text; /* UTF-8, neither blank nor longer than its limit */
    char *place; /* where it stands: "s3://bucket/a.pdf", "https://…", else an address and what it says of the
                    place: "bedrock:eu-west-1:ABCDEFGHIJ/17" */
};
struct nd_kb_passages {
    struct nd_kb_passage v[ND_KB_PASSAGES_MAX]; /* best first */
    size_t n;
    char *told;            /* what of the answer was left out or not understood, in words; NULL: nothing */
    char *why;             /* there is no answer; NULL: there is */
    int64_t cost_microusd; /* at most fee_microusd */
};
void nd_kb_passages_release(struct nd_kb_passages *passages);

struct nd_kbs;
struct nd_kbs_ops {
    /**
     * Asks one of those that it was opened with. Any thread. The query holds at most the limits of a search
     * (core/web.h).
     * @return ND_OK      passages, or a why, in *out; caller releases it
     *         ND_CONFIG  it is not there, or these credentials may not ask it
     *         ND_STOPPED nothing was sent
     */
    enum nd_rc (*retrieve)(struct nd_kbs *kbs, const char *address, const char *query,
                           const atomic_bool *stop, struct nd_kb_passages *out, struct nd_error *err);
    void (*close)(struct nd_kbs *kbs);
};
struct nd_kbs {
    const struct nd_kbs_ops *ops;
    int64_t fee_microusd; /* of one question, at most */
};

#endif
