/** What can go wrong on the way to AWS and back (tests/support/aws/faults.py makes it happen), and what must
 * come of it. */
#ifndef CONTRACT_AWS_WIRE_H
#define CONTRACT_AWS_WIRE_H

#include "aws_operations.h"

enum wire_kind {
    WIRE_FINE,    /* no harm is done */
    WIRE_REFUSED, /* nothing happened and it may be repeated: once is made good, for ever is ND_RETRY */
    WIRE_OPEN,  /* it may have happened: a read is as above, else for ever is ND_UNKNOWN; ONCE is not repeated
                 */
    WIRE_FINAL, /* `rc`, the first time already */
    WIRE_CURABLE, /* once is made good by other keys; for ever is `rc` */
    WIRE_LARGE,   /* of a read: ND_OVER_LIMIT; else as OPEN */
};

struct wire_fault {
    const char *name;     /* of the proxy's; or what is set up instead of it: */
    const char *dead_end; /* a variable with an address to go to, or NULL */
    int64_t clock_ms;     /* how far our clock is wrong */
    enum wire_kind kind;
    enum nd_rc rc;
    bool (*applies)(const struct operation *o);
    const char *says; /* what the message holds, when it comes to that */
    bool is_slow;     /* it lasts until the client gives up */
};
extern const struct wire_fault wire_faults[];
extern const size_t wire_fault_count;

/** What one fault must lead to, and the same fault for every try. */
enum nd_rc wire_once(const struct wire_fault *f, const struct operation *o);
enum nd_rc wire_always(const struct wire_fault *f, const struct operation *o);

#endif
