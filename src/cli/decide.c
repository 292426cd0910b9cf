#include "decide.h"
#include "nightdesk/base/text.h"
#include "paste.h"
#include <string.h>

enum nd_rc decide_open(struct decide *d, struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0);
    *d = (struct decide){.gate = {.shown = NULL}};
    enum nd_rc rc = wiring_open(&d->w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = nd_engine_gate(&d->w.engine, run_id, &d->gate, &cli->err);
    if (rc == ND_NOT_FOUND) paste_hint(cli, "next", &cmd_list, "%s", "");
    if (rc == ND_CONFLICT) paste_hint(cli, "next", &cmd_resume, "%s", run_id);
    return rc;
}

/* "plan approved" */
static const char *told(const char *word)
{
    static const char *const words[][2] = {
        {"approve", "approved"}, {"revise", "sent back"}, {"reject", "rejected"}, {"answer", "answered"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i][0]) == 0) return words[i][1];
    }
    return word;
}

static void say_decided(struct cli *cli, const struct nd_gate *gate, const struct nd_json *decision,
                        const char *already)
{
    const char *run_id = cli_arg(cli, 0), *word = nd_json_get_str(decision, "decision");
    screen_say(&cli->screen, STYLE_GOOD, "run %s: %s %s%s", run_id, gate->gate, told(word), already);
    paste_hint(cli, "next", &cmd_resume, "%s", run_id);
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.decision/1");
    nd_json_set_str(cli->result, "run_id", run_id);
    nd_json_set_str(cli->result, "gate", gate->gate);
    nd_json_set_int(cli->result, "n", gate->n);
    nd_json_set(cli->result, "decision", nd_json_copy(decision));
}

/* ---- the same decision again ---- */

struct last_decision {
    unsigned phase;
    int64_t opened_ms;
    struct nd_gate gate;
    struct nd_json *decision; /* NULL: none yet */
};

static enum nd_rc visit(void *ctx, const struct nd_approval *approval, struct nd_error *err)
{
    struct last_decision *last = ctx;
    if (approval->decision.len == 0 || approval->phase != last->phase) return ND_OK;
    if (last->decision && approval->opened_ms < last->opened_ms) return ND_OK;
    nd_json_free(last->decision);
    last->decision = NULL;
    last->opened_ms = approval->opened_ms;
    last->gate.n = approval->n;
    memcpy(last->gate.gate, approval->gate, sizeof last->gate.gate);
    return nd_json_parse(&last->decision, approval->decision, err);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool decide_repeats(struct decide *d, struct cli *cli, const char *word, const char *why)
{
    const char *run_id = cli_arg(cli, 0);
    const struct nd_store_ops *ops = d->w.store->ops;
    struct nd_meta meta = {.format = 0};
    struct last_decision last = {.decision = NULL};
    bool found = ops->meta(d->w.store, run_id, &meta, NULL) == ND_OK;
    last.phase = meta.phase;
    found = found && ops->approvals(d->w.store, run_id, visit, &last, NULL) == ND_OK && last.decision;
    bool same = found && same_text(nd_json_get_str(last.decision, "decision"), word) &&
                same_text(nd_json_get_str(last.decision, "why"), why) &&
                !nd_json_get(last.decision, "edited");
    if (same) {
        nd_error_clear(&cli->err);
        say_decided(cli, &last.gate, last.decision, " already");
    }
    nd_json_free(last.decision);
    return same;
}

/* ---- sending ---- */

enum nd_rc decide_send(struct decide *d, struct cli *cli, const char *word, struct nd_json *more)
{
    const char *run_id = cli_arg(cli, 0);
    const char *user = environment_get(cli->environment, "USER");
    struct nd_json *decision = more ? more : nd_json_object();
    nd_json_set_str(decision, "decision", word);
    if (user && *user && nd_utf8_valid(nd_view_of(user))) nd_json_set_str(decision, "by", user);
    enum nd_rc rc = nd_engine_decide(&d->w.engine, run_id, &d->gate, decision, NULL, &cli->err);
    if (rc == ND_CONFLICT) {
        (void)nd_while(&cli->err, "while deciding on the %s of run '%s': somebody was faster", d->gate.gate,
                       run_id);
    }
    if (rc == ND_OK) say_decided(cli, &d->gate, decision, "");
    nd_json_free(decision);
    return rc;
}

void decide_close(struct decide *d)
{
    nd_gate_release(&d->gate);
    wiring_close(&d->w);
}
