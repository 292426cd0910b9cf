#include "decide.h"
#include "machine.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "paste.h"
#include <string.h>

enum { BY_MAX_BYTES = 80 };

/* The phase that the run is in had its decision, and went on with it already. */
static bool was_decided(const struct decide *d, const char *run_id)
{
    struct decided last = {.decision = NULL};
    bool was = d->w.store && decided_last(&d->w, run_id, &last, NULL) == ND_OK && last.decision;
    decided_release(&last);
    return was;
}

enum nd_rc decide_open(struct decide *d, struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0);
    *d = (struct decide){.gate = {.shown = NULL}};
    enum nd_rc rc = wiring_open(&d->w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = nd_engine_gate(&d->w.engine, run_id, &d->gate, &cli->err);
    if (rc == ND_NOT_FOUND && was_decided(d, run_id)) return ND_CONFLICT;
    if (rc == ND_NOT_FOUND) paste_hint(cli, "next", &cmd_list, "%s", "");
    return rc;
}

/* "plan approved" */
static const char *told(const char *word)
{
    static const char *const words[][2] = {{"raise", "raised"},
                                           {"approve", "approved"},
                                           {"revise", "sent back"},
                                           {"reject", "rejected"},
                                           {"answer", "answered"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i][0]) == 0) return words[i][1];
    }
    return word;
}

/* " by ann at 2026-11-24T06:00:00Z", as far as it is known; caller frees */
static char *by_whom(const struct nd_json *decision)
{
    struct nd_bytes text = ND_BYTES(512);
    struct nd_view by = nd_json_view(nd_json_get(decision, "by")),
                   at = nd_json_view(nd_json_get(decision, "at"));
    if (by.len) nd_bytes_add_str(&text, " by ");
    nd_text_printable(nd_view_sub(by, 0, nd_utf8_cut(by, BY_MAX_BYTES)), &text);
    if (at.len) nd_bytes_add_str(&text, " at ");
    nd_text_printable(nd_view_sub(at, 0, nd_utf8_cut(at, ND_TIME_BYTES)), &text);
    nd_bytes_add_str(&text, "");
    return nd_bytes_take(&text, NULL);
}

static void say_decided(struct cli *cli, const char *gate, unsigned n, const struct nd_json *decision,
                        bool already)
{
    const char *run_id = cli_arg(cli, 0), *word = nd_json_get_str(decision, "decision");
    char *whom = already ? by_whom(decision) : NULL;
    screen_say(&cli->screen, STYLE_GOOD, "run %s: %s %s%s%s", run_id, gate, told(word ? word : "answer"),
               already ? " already" : "", whom ? whom : "");
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.decision/1");
    nd_json_set_str(cli->result, "run_id", run_id);
    nd_json_set_str(cli->result, "gate", gate);
    nd_json_set_int(cli->result, "n", n);
    nd_json_set(cli->result, "decision", nd_json_copy(decision));
    nd_free(whom);
}

/* ---- a decision that is there already ---- */

struct last_decision {
    unsigned phase;
    int64_t opened_ms;
    struct decided *out;
};

static enum nd_rc visit(void *ctx, const struct nd_approval *approval, struct nd_error *err)
{
    struct last_decision *last = ctx;
    if (approval->decision.len == 0 || approval->phase != last->phase) return ND_OK;
    if (last->out->decision && approval->opened_ms < last->opened_ms) return ND_OK;
    decided_release(last->out);
    last->opened_ms = approval->opened_ms;
    last->out->n = approval->n;
    memcpy(last->out->gate, approval->gate, sizeof last->out->gate);
    return nd_json_parse(&last->out->decision, approval->decision, err);
}

void decided_release(struct decided *decided)
{
    nd_json_free(decided->decision);
    *decided = (struct decided){.decision = NULL};
}

enum nd_rc decided_last(const struct wiring *w, const char *run_id, struct decided *out, struct nd_error *err)
{
    const struct nd_store_ops *ops = w->store->ops;
    struct nd_meta meta = {.format = 0};
    *out = (struct decided){.decision = NULL};
    struct last_decision last = {.out = out};
    enum nd_rc rc = ops->meta(w->store, run_id, &meta, err);
    last.phase = meta.phase;
    if (rc == ND_OK) rc = ops->approvals(w->store, run_id, visit, &last, err);
    if (rc != ND_OK) decided_release(out);
    return rc;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool decide_is(const struct nd_json *decision, const char *word, const char *why)
{
    return same_text(nd_json_get_str(decision, "decision"), word) &&
           same_text(nd_json_get_str(decision, "why"), why) && !nd_json_get(decision, "edited");
}

enum nd_rc decide_again(struct decide *d, struct cli *cli, decide_fits *fits, bool *taken)
{
    const char *run_id = cli_arg(cli, 0);
    struct decided last;
    nd_error_clear(&cli->err);
    enum nd_rc rc = decided_last(&d->w, run_id, &last, &cli->err);
    bool same = rc == ND_OK && last.decision && fits && fits(cli, last.decision);
    if (rc == ND_OK && !last.decision) {
        rc = nd_fail(&cli->err, ND_RETRY, "the run '%s' went on meanwhile: look at it again", run_id);
    } else if (rc == ND_OK) {
        if (same) say_decided(cli, last.gate, last.n, last.decision, true);
        rc = machine_go_on(&d->w, cli, run_id, last.gate, last.n, taken);
    }
    if (rc == ND_OK && !same) {
        const char *stands = nd_json_get_str(last.decision, "decision");
        char *whom = by_whom(last.decision);
        rc = nd_fail(&cli->err, ND_CONFLICT, "the %s of run '%s' was %s already%s", last.gate, run_id,
                     told(stands ? stands : "answer"), whom);
        nd_free(whom);
    }
    decided_release(&last);
    return rc;
}

/* ---- sending ---- */

void decide_sign(const struct cli *cli, struct nd_json *decision)
{
    const char *user = environment_get(cli->environment, "USER");
    char now[ND_TIME_BYTES];
    nd_time_format(cli->host->now_ms(cli->host->ctx), now);
    if (user && *user && nd_utf8_valid(nd_view_of(user))) nd_json_set_str(decision, "by", user);
    nd_json_set_str(decision, "at", now);
}

/* Not yet, while a question of the gate has no answer. */
static bool is_decided(struct decide *d, const char *run_id)
{
    struct nd_gate gate = {.shown = NULL};
    bool open = strcmp(d->gate.gate, "question") == 0 &&
                nd_engine_gate(&d->w.engine, run_id, &gate, NULL) == ND_OK && gate.n == d->gate.n;
    nd_gate_release(&gate);
    return !open;
}

enum nd_rc decide_send(struct decide *d, struct cli *cli, const char *word, struct nd_json *more,
                       decide_fits *fits, bool *taken)
{
    const char *run_id = cli_arg(cli, 0);
    struct nd_json *decision = more ? more : nd_json_object();
    nd_json_set_str(decision, "decision", word);
    decide_sign(cli, decision);
    if (taken) *taken = false;
    enum nd_rc rc = nd_engine_decide(&d->w.engine, run_id, &d->gate, decision, NULL, &cli->err);
    if (rc == ND_CONFLICT && strcmp(word, "answer") != 0) {
        rc = decide_again(d, cli, fits, taken);
    } else if (rc == ND_OK) {
        say_decided(cli, d->gate.gate, d->gate.n, decision, false);
        if (is_decided(d, run_id)) rc = machine_go_on(&d->w, cli, run_id, d->gate.gate, d->gate.n, taken);
    }
    nd_json_free(decision);
    return rc;
}

void decide_close(struct decide *d)
{
    nd_gate_release(&d->gate);
    wiring_close(&d->w);
}
