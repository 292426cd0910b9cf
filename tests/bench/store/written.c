#include "written.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/deflate.h"
#include "nightdesk/base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void written_need(enum nd_rc rc, const struct nd_error *err)
{
    if (rc == ND_OK) return;
    fprintf(stderr, "%s: %s\n", nd_rc_word(rc), err->notes ? err->note[0] : "");
    exit(1);
}

static void commit(struct written *w, struct nd_commit *c)
{
    w->meta.rev++;
    written_need(nd_random_id(w->host, w->meta.commit_id, &w->err), &w->err);
    c->meta = &w->meta;
    written_need(w->store->ops->commit(w->store, &w->lease, c, &w->err), &w->err);
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
    written_need(nd_deflate(nd_bytes_view(&text), (struct nd_view){0}, packed, err), err);
    nd_json_free(json);
    nd_bytes_release(&text);
}

void written_create(struct written *w)
{
    struct nd_meta meta = {
        .format = ND_META_FORMAT, .run_id = WRITTEN_RUN, .ledger.ceiling_microusd = 5000000};
    nd_sha256_hex(ND_VIEW("request"), meta.request_sha256);
    nd_sha256_hex(ND_VIEW("pipeline"), meta.pipeline_sha256);
    written_need(w->store->ops->create(w->store, &meta, ND_VIEW("{}"), &w->err), &w->err);
}

void written_take(struct written *w)
{
    written_need(w->store->ops->lease_take(w->store, WRITTEN_RUN, &w->lease, &w->meta, &w->err), &w->err);
}

void written_step(struct written *w, const struct steps *s, size_t i)
{
    static const char lane[] = "0123456789abcdef";
    struct nd_bytes packed = ND_BYTES(ND_MIB);
    struct nd_reserve reserve = {.step = (unsigned)i, .amount_microusd = 1000};
    struct nd_record record = {.format = ND_RECORD_FORMAT, .step = (unsigned)i, .cost_microusd = 700};
    written_need(nd_random_id(w->host, reserve.id, &w->err), &w->err);
    written_need(nd_random_id(w->host, record.id, &w->err), &w->err);
    memcpy(reserve.action_id, record.id, sizeof record.id);
    memcpy(reserve.lane, lane, sizeof lane);
    memcpy(record.lane, lane, sizeof lane);
    memcpy(record.version, lane, sizeof lane);
    w->meta.ledger.reserved_microusd = 1000;
    struct nd_commit intent = {.reserves = &reserve, .reserve_count = 1};
    commit(w, &intent);

    pack(s, i, &packed, &w->err);
    record.payload = nd_bytes_view(&packed);
    w->meta.ledger.reserved_microusd = 0;
    w->meta.ledger.spent_microusd += 700;
    w->meta.ledger.steps++;
    const char *released = reserve.id;
    struct nd_commit result = {
        .records = &record, .record_count = 1, .released = &released, .released_count = 1};
    commit(w, &result);
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

void written_read(struct written *w, size_t raw_bytes)
{
    size_t bytes = 0;
    written_need(w->store->ops->records(w->store, WRITTEN_RUN, -1, NULL, inflate, &bytes, &w->err), &w->err);
    if (bytes < raw_bytes)
        written_need(nd_fail(&w->err, ND_BROKEN, "%zu of %zu bytes came back", bytes, raw_bytes), &w->err);
}
