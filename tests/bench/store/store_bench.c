/*
 * store_bench FOLDER STEPS TEXT: a run of so many steps in a new embedded store, as the engine writes it: a
 * commit with the reservation, then one with the deflated record that releases it. Then the store is closed,
 * weighed, opened again, taken, and all its records are inflated.
 */
#include "steps.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/deflate.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/json.h"
#include "nightdesk/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(enum nd_rc rc, const struct nd_error *err)
{
    if (rc == ND_OK) return;
    fprintf(stderr, "%s: %s\n", nd_rc_word(rc), err->notes ? err->note[0] : "");
    exit(1);
}

struct bench {
    struct nd_store *store;
    struct nd_lease lease;
    struct nd_meta meta;
    const struct nd_host *host;
    struct nd_error err;
};

static void commit(struct bench *b, struct nd_commit *c)
{
    b->meta.rev++;
    need(nd_random_id(b->host, b->meta.commit_id, &b->err), &b->err);
    c->meta = &b->meta;
    need(b->store->ops->commit(b->store, &b->lease, c, &b->err), &b->err);
}

/* The payload as the engine makes it: JSON, deflated. */
static void pack(const struct steps *s, size_t i, struct nd_bytes *packed, struct nd_error *err)
{
    char model[STEP_MODEL_BYTES], tool[STEP_TOOL_BYTES];
    struct nd_bytes text = ND_BYTES(ND_MIB);
    struct nd_json *json = nd_json_object();
    steps_text(s, i, model, tool);
    struct nd_json *action = nd_json_set(json, "action", nd_json_object());
    nd_json_set_str(action, "kind", "tool");
    nd_json_set_str(action, "name", "search");
    struct nd_json *args = nd_json_set(action, "args", nd_json_object());
    nd_json_set_view(args, "text", (struct nd_view){model, sizeof model});
    struct nd_json *observation = nd_json_set(json, "observation", nd_json_object());
    nd_json_set_view(observation, "text", (struct nd_view){tool, sizeof tool});
    nd_json_print(json, &text);
    need(nd_deflate(nd_bytes_view(&text), (struct nd_view){0}, packed, err), err);
    nd_json_free(json);
    nd_bytes_release(&text);
}

static void step(struct bench *b, const struct steps *s, size_t i)
{
    static const char lane[] = "0123456789abcdef";
    struct nd_bytes packed = ND_BYTES(ND_MIB);
    struct nd_reserve reserve = {.step = (unsigned)i, .amount_microusd = 1000};
    struct nd_record record = {.format = ND_RECORD_FORMAT, .step = (unsigned)i, .cost_microusd = 700};
    need(nd_random_id(b->host, reserve.id, &b->err), &b->err);
    need(nd_random_id(b->host, record.id, &b->err), &b->err);
    memcpy(reserve.action_id, record.id, sizeof record.id);
    memcpy(reserve.lane, lane, sizeof lane);
    memcpy(record.lane, lane, sizeof lane);
    memcpy(record.version, lane, sizeof lane);
    b->meta.ledger.reserved_microusd = 1000;
    struct nd_commit intent = {.reserves = &reserve, .reserve_count = 1};
    commit(b, &intent);

    pack(s, i, &packed, &b->err);
    record.payload = nd_bytes_view(&packed);
    b->meta.ledger.reserved_microusd = 0;
    b->meta.ledger.spent_microusd += 700;
    b->meta.ledger.steps++;
    const char *released = reserve.id;
    struct nd_commit result = {
        .records = &record, .record_count = 1, .released = &released, .released_count = 1};
    commit(b, &result);
    nd_bytes_release(&packed);
}

static enum nd_rc inflate(void *ctx, const struct nd_record *record, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_MIB);
    enum nd_rc rc = nd_inflate(record->payload, (struct nd_view){0}, &text, err);
    *(size_t *)ctx += text.len;
    nd_bytes_release(&text);
    return rc;
}

/* A new process would do the same: open, take, read everything. */
static double load(struct bench *b, const char *folder, size_t raw)
{
    size_t bytes = 0;
    double since = steps_now_ms();
    need(nd_store_sqlite_open(&b->store, folder, false, b->host, &b->err), &b->err);
    need(b->store->ops->lease_take(b->store, "bench", &b->lease, &b->meta, &b->err), &b->err);
    need(b->store->ops->records(b->store, "bench", -1, NULL, inflate, &bytes, &b->err), &b->err);
    double took = steps_now_ms() - since;
    if (bytes < raw) need(nd_fail(&b->err, ND_BROKEN, "%zu of %zu bytes came back", bytes, raw), &b->err);
    nd_store_close(b->store);
    return took;
}

int main(int argc, char **argv)
{
    struct bench b = {.host = nd_host_posix()};
    struct steps s;
    struct nd_meta meta = {.format = ND_META_FORMAT, .run_id = "bench", .ledger.ceiling_microusd = 5000000};
    if (argc != 4) {
        fprintf(stderr, "usage: store_bench FOLDER STEPS TEXT\n");
        return 2;
    }
    steps_open(&s, argv[3], argv[2]);
    need(nd_file_remove_tree(argv[1], &b.err), &b.err);
    nd_sha256_hex(ND_VIEW("request"), meta.request_sha256);
    nd_sha256_hex(ND_VIEW("pipeline"), meta.pipeline_sha256);
    need(nd_store_sqlite_open(&b.store, argv[1], true, b.host, &b.err), &b.err);
    need(b.store->ops->create(b.store, &meta, ND_VIEW("{}"), &b.err), &b.err);
    need(b.store->ops->lease_take(b.store, "bench", &b.lease, &b.meta, &b.err), &b.err);
    for (size_t i = 0; i < s.count; i++) {
        double since = steps_begin();
        step(&b, &s, i);
        steps_took(&s, since);
    }
    nd_store_close(b.store);
    char *db = nd_path_join(argv[1], "nightdesk.db");
    char *wal = nd_path_join(argv[1], "nightdesk.db-wal");
    int64_t closed = steps_file_bytes(db) + steps_file_bytes(wal);
    double load_ms = load(&b, argv[1], s.count * STEP_BYTES);
    steps_print(&s, "nightdesk", closed, load_ms);
    nd_free(db);
    nd_free(wal);
    return 0;
}
