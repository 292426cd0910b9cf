#include "notify.h"
#include "look.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/money.h"

#include <stdio.h>
#include <string.h>

struct row {
    enum nd_outcome outcome;
    const char *message; /* before the reason */
    const char *command; /* around the run id; NULL: none */
    const char *command_end;
};
static const struct row rows[] = {
    {ND_COMPLETED, "the report is ready", "nightdesk status ", ""},
    {ND_AWAITING_APPROVAL, "a decision is needed", "nightdesk approve ", ""},
    {ND_AWAITING_ANSWER, "an answer is needed", "nightdesk answer ", " TEXT"},
    {ND_BUDGET_EXCEEDED, "stopped at the budget", "nightdesk resume ", " --budget N"},
    {ND_LIMIT_REACHED, "stopped at a limit", "nightdesk resume ", " --max-run-tool-calls N"},
    {ND_EXPIRED, "nobody decided in time", "nightdesk resume ", ""},
    {ND_FAILED, "failed", "nightdesk resume ", ""},
};

static const struct row *row_of(const struct nd_meta *meta)
{
    if (meta->outcome == ND_COMPLETED && meta->phase != ND_PHASES) return NULL; /* only a phase */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].outcome == meta->outcome) return &rows[i];
    }
    return NULL;
}

/* Failures of a run have no gate to tell them apart: the fence does. */
static void event_id(const struct nd_meta *meta, unsigned n, char id[ND_SHA256_HEX])
{
    unsigned long long which = meta->outcome == ND_FAILED ? (unsigned long long)meta->fence : n;
    char *text =
        nd_sprintf("%s\n%s\n%u\n%llu", meta->run_id, nd_outcome_word(meta->outcome), meta->phase, which);
    nd_sha256_hex(nd_view_of(text), id);
    nd_free(text);
}

/* What goes wrong with a document may be told in its words, and those of local ones stay here. */
static bool has_private_reason(const struct nd_engine *e, const struct nd_meta *meta)
{
    struct nd_request *request = NULL;
    if (meta->outcome != ND_FAILED) return false;
    bool is_private = nd_look_request(e, meta, &request, NULL) != ND_OK || request->local.n > 0;
    nd_request_free(request);
    return is_private;
}

static struct nd_json *event_of(const struct nd_engine *e, const struct nd_meta *meta, const struct row *row,
                                const char *id)
{
    struct nd_json *event = nd_json_object();
    nd_json_set_str(event, "schema", "nightdesk.event/1");
    nd_json_set_str(event, "event_id", id);
    nd_json_set_str(event, "run_id", meta->run_id);
    nd_json_set_str(event, "kind", nd_outcome_word(meta->outcome));
    const char *reason = has_private_reason(e, meta) ? "" : meta->reason;
    char *message = nd_sprintf("run %s: %s%s%s", meta->run_id, row->message, *reason ? ": " : "", reason);
    char *command = nd_sprintf("%s%s%s", row->command, meta->run_id, row->command_end);
    nd_json_set_str(event, "message", message);
    nd_json_set_str(event, "command", command);
    nd_json_set_num(event, "cost_usd", (double)meta->ledger.spent_microusd / ND_MICROUSD);
    nd_free(message);
    nd_free(command);
    return event;
}

static void tell(const struct nd_engine *e, const struct nd_meta *meta, const char *fmt, const char *what)
{
    if (!e->on_event) return;
    char *text = nd_sprintf("%s: %s", fmt, what);
    struct nd_event event = {
        .kind = ND_EV_NOTE, .phase = meta->phase, .phase_name = "", .meta = meta, .text = text};
    e->on_event(e->event_ctx, &event);
    nd_free(text);
}

void nd_notify(const struct nd_engine *e, struct nd_objects *objects, const struct nd_meta *meta, unsigned n)
{
    const struct row *row = e->notifier ? row_of(meta) : NULL;
    if (!row || meta->quiet) return;
    char id[ND_SHA256_HEX], name[ND_SHA256_HEX + 8];
    struct nd_bytes text = ND_BYTES(ND_MIB);
    struct nd_error err = {0};
    event_id(meta, n, id);
    (void)snprintf(name, sizeof name, "event/%s", id);
    if (nd_objects_name_get(objects, name, &text, &err) != ND_OK) { /* unknown: once more rather than never */
        nd_error_clear(&err);
        nd_bytes_clear(&text);
        struct nd_json *event = event_of(e, meta, row, id);
        enum nd_rc rc = e->notifier->ops->send(e->notifier, event, &err);
        if (rc == ND_OK) {
            nd_bytes_addf(&text, "{\"run_id\":\"%s\",\"event_id\":\"%s\"}", meta->run_id, id);
            rc = nd_objects_name_put(objects, name, nd_bytes_view(&text), &err);
        }
        if (rc != ND_OK)
            tell(e, meta, "the notification is not delivered", err.notes ? err.note[0] : nd_rc_word(rc));
        nd_json_free(event);
    }
    nd_bytes_release(&text);
}
