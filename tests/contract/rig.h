/**
 * What the contract tests share: the table of stores, and samples of what is written to them.
 *
 *     START_TEST(a_run_is_there_after_create)
 *     {
 *         struct rig rig = rig_open(_i);
 *         …
 *         rig_close(&rig);
 *     }
 *     END_TEST
 */
#ifndef CONTRACT_RIG_H
#define CONTRACT_RIG_H

#include "nd_test.h"
#include "nightdesk/base/host.h"
#include "nightdesk/core/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

/** A store under test. A new implementation is a row of this table. */
struct rig_kind {
    const char *name;
    bool lasts;  /* other processes see it, and it is there after the last handle is closed */
    bool shares; /* its runs share their objects */
    struct nd_store *(*open)(void);
    struct nd_store *(*again)(struct nd_store *store); /* another handle to the same store */
};
extern const struct rig_kind rig_kinds[];
#define RIG_AWS 2 /* its row: the store in AWS */

struct rig {
    const struct rig_kind *kind;
    struct nd_store *store;
    struct nd_error err;
};
/** Asks the proxy before the servers of AWS; see tests/support/aws/proxy.py. Appends what it says (out may be
 * NULL). */
void rig_proxy(const char *method, const char *path, const char *body, struct nd_bytes *out);
/** Another handle to the store in AWS, with a host of its own. */
struct nd_store *rig_aws_open(const struct nd_host *host);
/** An item of the table of the store in AWS, as others read it. Caller frees. */
struct nd_json *rig_aws_item(const char *run_id, const char *sk);
/** The folder of the stores that have one. */
const char *rig_folder(void);
struct rig rig_open(int kind);
void rig_close(struct rig *rig);
/** Closes the store and opens it again where that means something. */
void rig_reopen(struct rig *rig);

/* samples: equal arguments give equal bytes */
struct nd_meta rig_meta(const char *run_id);
struct nd_record rig_record(unsigned phase, const char *lane, unsigned step);
struct nd_reserve rig_reserve(unsigned number, int64_t amount_microusd);
struct nd_approval rig_approval(const char *gate, unsigned n);
#define RIG_LANE "00112233445566aa"
#define RIG_REQUEST ND_VIEW("{\"topic\":\"owls\"}")

/** Makes the run and takes it. */
struct nd_lease rig_start(struct rig *rig, const char *run_id, struct nd_meta *meta);
/**
 * A worker that does nothing but live: while it is kept, its lease is renewed where that is needed. Ends with
 * *meta at the last rev that was written.
 */
struct rig_keeper {
    struct rig *rig;
    const struct nd_lease *lease;
    struct nd_meta *meta;
    atomic_bool stop;
    pthread_t thread;
};
void rig_keep(struct rig_keeper *keeper, struct rig *rig, const struct nd_lease *lease, struct nd_meta *meta);
void rig_keep_end(struct rig_keeper *keeper);
/** Moves meta to the next rev with a commit id of its own. */
void rig_next(struct nd_meta *meta);
struct nd_meta rig_stands(struct rig *rig, const char *run_id);
/** The two heads say the same. */
void rig_ck_meta(const struct nd_meta *found, const struct nd_meta *wanted);
/** Counters of one walk over everything that a run has. */
struct rig_count {
    size_t records, reserves, approvals;
    int64_t open_microusd, unknown_microusd;
};
struct rig_count rig_count(struct rig *rig, const char *run_id);

/**
 * Another process. It must be started before this one opens the store: SQLite's own books do not survive a
 * fork. It waits for rig_go, runs the body, and ends with the body's result.
 */
struct rig_child {
    pid_t pid;
    int go, told; /* pipes to and from it */
};
struct rig_child rig_fork(const struct rig_kind *kind, int (*body)(const struct rig_kind *kind, int tell));
void rig_go(const struct rig_child *child);
void rig_hear(const struct rig_child *child); /* waits for a byte that the body writes to `tell` */
int rig_wait(const struct rig_child *child);  /* the body's result; -1 when it died */

int rig_main(const char *suite, const TTest *const *tests, size_t n);
/** Runs each test for each store on this machine, or, beside the servers of tests/support/aws, for the one in
 * AWS. */
#define RIG_MAIN(suite, ...)                                                                                 \
    int main(void)                                                                                           \
    {                                                                                                        \
        const TTest *const rig_tests[] = {__VA_ARGS__};                                                      \
        return rig_main(suite, rig_tests, sizeof rig_tests / sizeof rig_tests[0]);                           \
    }

#endif
