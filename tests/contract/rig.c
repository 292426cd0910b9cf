#include "rig.h"
#include "nightdesk/aws/dynamodb.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct nd_store *open_memory(void)
{
    return nd_store_memory_open(nd_host_posix());
}

const char *rig_folder(void)
{
    static const char *folder;
    if (!folder) folder = nd_test_path("store");
    return folder;
}

static struct nd_store *open_sqlite(void)
{
    struct nd_error err = {0};
    struct nd_store *store = NULL;
    nd_ck_ok(nd_store_sqlite_open(&store, rig_folder(), true, nd_host_posix(), &err), &err);
    return store;
}

static struct nd_store *again_sqlite(struct nd_store *store)
{
    (void)store;
    return open_sqlite();
}

/* ---- the store in AWS, at the servers of tests/support/aws ---- */

#define AWS_LEASE_MS 1200

static struct nd_http *http; /* one for the process; a child that is forked makes its own */
static struct nd_aws *aws;

static void open_client(void)
{
    struct nd_error err = {0};
    if (aws) return;
    nd_ck_ok(nd_http_open(&http, &err), &err);
    const struct nd_aws_config config = {.http = http, .host = nd_host_posix()};
    nd_ck_ok(nd_aws_open(&aws, &config, &err), &err);
}

void rig_proxy(const char *method, const char *path, const char *body, struct nd_bytes *out)
{
    struct nd_error err = {0};
    struct nd_http_answer answer;
    open_client();
    char *url = nd_sprintf("%s/_proxy/%s", getenv("ND_TEST_AWS"), path);
    struct nd_http_request request = {
        .method = method, .url = url, .body = nd_view_of(body), .total_ms = 30000};
    nd_ck_ok(nd_http_send(http, &request, NULL, &answer, &err), &err);
    ck_assert_int_eq(answer.status, 200);
    if (out) nd_bytes_add_view(out, nd_bytes_view(&answer.body));
    nd_http_answer_release(&answer);
    nd_free(url);
}

/* The name of a table and a bucket of this test alone. */
static void name_place(char name[24])
{
    char hash[ND_SHA256_HEX];
    nd_sha256_hex(nd_view_of(nd_test_dir()), hash);
    (void)snprintf(name, 24, "nd-%.16s", hash);
}

struct nd_json *rig_aws_item(const char *run_id, const char *sk)
{
    struct nd_error err = {0};
    struct nd_json *key = nd_json_object(), *item = NULL;
    char name[24], *pk = nd_sprintf("RUN#%s", run_id);
    name_place(name);
    nd_item_set_str(key, "pk", pk);
    nd_item_set_str(key, "sk", sk);
    nd_ck_ok(nd_dynamodb_get(aws, name, key, &item, &err), &err);
    nd_json_free(key);
    nd_free(pk);
    return item;
}

struct nd_store *rig_aws_open(const struct nd_host *host)
{
    struct nd_error err = {0};
    struct nd_store *store = NULL;
    char name[24], path[64];
    name_place(name);
    (void)snprintf(path, sizeof path, "place/%s/%s", name, name);
    rig_proxy("PUT", path, "", NULL);
    const struct nd_store_aws_config config = {
        .aws = aws, .host = host, .table = name, .bucket = name, .lease_ms = AWS_LEASE_MS};
    nd_ck_ok(nd_store_aws_open(&store, &config, &err), &err);
    return store;
}

static struct nd_store *open_aws(void)
{
    return rig_aws_open(nd_host_posix());
}

static struct nd_store *again_aws(struct nd_store *store)
{
    (void)store;
    return open_aws();
}

const struct rig_kind rig_kinds[] = {
    {"memory", false, true, open_memory, nd_store_memory_share},
    {"sqlite", true, true, open_sqlite, again_sqlite},
    {"aws", true, false, open_aws, again_aws},
};

struct rig rig_open(int kind)
{
    return (struct rig){.kind = &rig_kinds[kind], .store = rig_kinds[kind].open()};
}

void rig_close(struct rig *rig)
{
    nd_store_close(rig->store);
    rig->store = NULL;
}

void rig_reopen(struct rig *rig)
{
    struct nd_store *other = rig->kind->lasts ? NULL : rig->kind->again(rig->store);
    nd_store_close(rig->store);
    rig->store = other ? other : rig->kind->open();
}

/* ---- samples ---- */

struct nd_meta rig_meta(const char *run_id)
{
    struct nd_meta meta = {
        .format = ND_META_FORMAT,
        .started_ms = 1700000000000,
        .ledger = {.ceiling_microusd = 5000000},
        .tool_calls_per_lane = 20,
        .tool_calls_per_run = 200,
        .steps_per_lane = 60,
    };
    (void)snprintf(meta.run_id, sizeof meta.run_id, "%s", run_id);
    nd_sha256_hex(ND_VIEW("request"), meta.request_sha256);
    nd_sha256_hex(ND_VIEW("pipeline"), meta.pipeline_sha256);
    return meta;
}

struct nd_record rig_record(unsigned phase, const char *lane, unsigned step)
{
    struct nd_record record = {.format = ND_RECORD_FORMAT,
                               .phase = phase,
                               .step = step,
                               .cost_microusd = 7,
                               .payload = ND_VIEW("payload")};
    (void)snprintf(record.lane, sizeof record.lane, "%s", lane);
    (void)snprintf(record.id, sizeof record.id, "%016x%016x", phase, step);
    (void)snprintf(record.version, sizeof record.version, "0123456789abcdef");
    return record;
}

struct nd_reserve rig_reserve(unsigned number, int64_t amount_microusd)
{
    struct nd_reserve reserve = {
        .amount_microusd = amount_microusd, .lane = RIG_LANE, .state = ND_RESERVE_OPEN};
    (void)snprintf(reserve.id, sizeof reserve.id, "%032x", number);
    (void)snprintf(reserve.action_id, sizeof reserve.action_id, "%032x", number + 1);
    return reserve;
}

struct nd_approval rig_approval(const char *gate, unsigned n)
{
    struct nd_approval approval = {
        .n = n, .shown = ND_VIEW("{\"plan\":[]}"), .opened_ms = 1700000000000, .expires_ms = 1700600000000};
    (void)snprintf(approval.gate, sizeof approval.gate, "%s", gate);
    nd_sha256_hex(approval.shown, approval.shown_sha256);
    return approval;
}

struct nd_lease rig_start(struct rig *rig, const char *run_id, struct nd_meta *meta)
{
    struct nd_meta fresh = rig_meta(run_id);
    struct nd_lease lease = {0};
    nd_ck_ok(rig->store->ops->create(rig->store, &fresh, RIG_REQUEST, &rig->err), &rig->err);
    nd_ck_ok(rig->store->ops->lease_take(rig->store, run_id, &lease, meta, &rig->err), &rig->err);
    return lease;
}

static void *keep(void *ctx)
{
    struct rig_keeper *k = ctx;
    struct nd_store *s = k->rig->store;
    const struct nd_host *host = nd_host_posix();
    while (!atomic_load(&k->stop)) {
        struct nd_error err = {0};
        struct nd_commit renewal = {.meta = k->meta};
        rig_next(k->meta);
        nd_ck_ok(s->ops->commit(s, k->lease, &renewal, &err), &err);
        host->sleep_ms(host->ctx, k->lease->ttl_ms / 12);
    }
    return NULL;
}

void rig_keep(struct rig_keeper *k, struct rig *rig, const struct nd_lease *lease, struct nd_meta *meta)
{
    *k = (struct rig_keeper){.rig = rig, .lease = lease, .meta = meta};
    if (lease->ttl_ms) ck_assert_int_eq(pthread_create(&k->thread, NULL, keep, k), 0);
}

void rig_keep_end(struct rig_keeper *k)
{
    atomic_store(&k->stop, true);
    if (k->lease->ttl_ms) ck_assert_int_eq(pthread_join(k->thread, NULL), 0);
}

void rig_next(struct nd_meta *meta)
{
    struct nd_error err = {0};
    meta->rev++;
    nd_ck_ok(nd_random_id(nd_host_posix(), meta->commit_id, &err), &err);
}

struct nd_meta rig_stands(struct rig *rig, const char *run_id)
{
    struct nd_meta meta = {0};
    nd_ck_ok(rig->store->ops->meta(rig->store, run_id, &meta, &rig->err), &rig->err);
    return meta;
}

void rig_ck_meta(const struct nd_meta *found, const struct nd_meta *wanted)
{
    struct nd_bytes a = ND_BYTES(ND_META_MAX_BYTES), b = ND_BYTES(ND_META_MAX_BYTES);
    struct nd_json *found_json = nd_meta_json(found);
    struct nd_json *wanted_json = nd_meta_json(wanted);
    nd_json_print_pretty(found_json, &a);
    nd_json_print_pretty(wanted_json, &b);
    ck_assert_str_eq(nd_bytes_view(&a).data, nd_bytes_view(&b).data);
    nd_json_free(found_json);
    nd_json_free(wanted_json);
    nd_bytes_release(&a);
    nd_bytes_release(&b);
}

/* ---- counting ---- */

static enum nd_rc count_record(void *ctx, const struct nd_record *record, struct nd_error *err)
{
    (void)record;
    (void)err;
    ((struct rig_count *)ctx)->records++;
    return ND_OK;
}

static enum nd_rc count_reserve(void *ctx, const struct nd_reserve *reserve, struct nd_error *err)
{
    struct rig_count *count = ctx;
    (void)err;
    count->reserves++;
    if (reserve->state == ND_RESERVE_OPEN) count->open_microusd += reserve->amount_microusd;
    if (reserve->state == ND_RESERVE_UNKNOWN) count->unknown_microusd += reserve->amount_microusd;
    return ND_OK;
}

static enum nd_rc count_approval(void *ctx, const struct nd_approval *approval, struct nd_error *err)
{
    (void)approval;
    (void)err;
    ((struct rig_count *)ctx)->approvals++;
    return ND_OK;
}

struct rig_count rig_count(struct rig *rig, const char *run_id)
{
    struct rig_count count = {0};
    struct nd_store *s = rig->store;
    nd_ck_ok(s->ops->records(s, run_id, -1, NULL, count_record, &count, &rig->err), &rig->err);
    nd_ck_ok(s->ops->reserves(s, run_id, count_reserve, &count, &rig->err), &rig->err);
    nd_ck_ok(s->ops->approvals(s, run_id, count_approval, &count, &rig->err), &rig->err);
    return count;
}

/* ---- other processes ---- */

struct rig_child rig_fork(const struct rig_kind *kind, int (*body)(const struct rig_kind *kind, int tell))
{
    int go[2], tell[2];
    char byte;
    (void)nd_test_dir(); /* the folder is made by the parent */
    ck_assert_int_eq(pipe(go), 0);
    ck_assert_int_eq(pipe(tell), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        if (read(go[0], &byte, 1) != 1) _exit(100);
        _exit(body(kind, tell[1]));
    }
    return (struct rig_child){.pid = pid, .go = go[1], .told = tell[0]};
}

void rig_go(const struct rig_child *child)
{
    ck_assert_int_eq(write(child->go, "x", 1), 1);
}

void rig_hear(const struct rig_child *child)
{
    char byte;
    ck_assert_int_eq(read(child->told, &byte, 1), 1);
}

int rig_wait(const struct rig_child *child)
{
    int status = 0;
    ck_assert_int_eq(waitpid(child->pid, &status, 0), child->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int rig_main(const char *suite_name, const TTest *const *tests, size_t n)
{
    Suite *suite = suite_create(suite_name);
    bool elsewhere = getenv("ND_TEST_AWS") != NULL;
    for (size_t i = 0; i < n; i++) {
        TCase *one = tcase_create(tests[i]->name);
        tcase_add_loop_test(one, tests[i], elsewhere ? RIG_AWS : 0, elsewhere ? RIG_AWS + 1 : RIG_AWS);
        suite_add_tcase(suite, one);
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
