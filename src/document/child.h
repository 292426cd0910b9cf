/**
 * One run of nightdesk-read over one open file, as its parent sees it. Whatever comes through the pipe is
 * taken for the words of a program that a hostile document has taken over.
 */
#ifndef ND_DOCUMENT_CHILD_H
#define ND_DOCUMENT_CHILD_H

#include "nightdesk/document/document.h"

/** Two reasons to stop: the caller asks, or reading another document failed for good. Either may be NULL. */
struct nd_stop {
    const atomic_bool *asked, *failed;
};
bool nd_stop_now(const struct nd_stop *stop);

/** What the child is told: see nightdesk-read's usage. */
struct nd_child_orders {
    const char *hint;
    char *skip;    /* "3,17", or NULL */
    uint32_t last; /* UINT32_MAX: no such order */
    bool no_outline;
};

enum nd_child_end {
    ND_CHILD_DONE,     /* the record is there */
    ND_CHILD_EXITED,   /* without a record; `code` is its status */
    ND_CHILD_SIGNALED, /* `code` is the signal */
    ND_CHILD_TOO_SLOW, /* over its wall time, and killed */
    ND_CHILD_NONSENSE, /* broke the rules of the conversation, and killed */
};

struct nd_child_reply {
    enum nd_child_end end;
    int code;
    uint32_t pages;                 /* as announced; 0: not yet */
    uint32_t received;              /* pages that came whole */
    int64_t spent_ms, last_page_ms; /* wall time in all, and since the last page came */
    struct nd_bytes blob;   /* page texts, each ended by a form feed; every one clean (nd_page_text_clean) */
    struct nd_bytes record; /* JSON, not checked */
};
void nd_child_reply_release(struct nd_child_reply *reply);

/**
 * Starts the reader on fd (borrowed), waits for its end and fills *reply.
 * @return ND_STOPPED the child is gone · ND_CONFIG it cannot be started, or not limit itself · ND_RETRY not
 * now: no process, memory or descriptor is free
 */
enum nd_rc nd_child_read(struct nd_child_reply *reply, const char *reader, int fd,
                         const struct nd_child_orders *orders, const struct nd_stop *stop,
                         struct nd_error *err);

#endif
