#include "result.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/say.h"
#include "paste.h"
#include "progress.h"
#include <string.h>

enum { CENT = ND_MICROUSD / 100 };

static const char *phase_name(unsigned phase)
{
    static const char *const names[] = {"research", "draft", "synthesize", "fact-check"};
    return phase < ND_PHASES ? names[phase] : "done";
}

static int64_t receipt(const struct nd_json *report, const char *member)
{
    return nd_json_get_int(nd_json_get(report, "receipt"), member, 0);
}

static bool too_many_failed(const struct result *r)
{
    /* what was given counts, not what research came upon */
    int64_t inputs = receipt(r->report, "inputs") - receipt(r->report, "found");
    int64_t failed = receipt(r->report, "failed") - receipt(r->report, "found_failed");
    return inputs > 0 && failed * 100 > r->failed_inputs_max_percent * inputs;
}

void result_look(struct result *r, const struct wiring *w, struct nd_gate *gate)
{
    enum nd_outcome outcome = r->meta->outcome;
    if (!nd_outcome_waits(outcome)) return;
    enum nd_rc rc = nd_engine_gate(&w->engine, r->meta->run_id, gate, NULL);
    r->gate = rc == ND_OK ? gate : NULL;
    r->decided = rc == ND_CONFLICT && (outcome == ND_AWAITING_APPROVAL || outcome == ND_AWAITING_ANSWER);
}

enum nd_exit result_exit(const struct result *r)
{
    enum nd_outcome outcome = r->meta->outcome;
    if (r->signal && outcome == ND_YIELDED) return (enum nd_exit)(128 + r->signal);
    if (outcome == ND_COMPLETED && r->meta->phase < ND_PHASES) return ND_EXIT_OK;
    if (outcome == ND_COMPLETED && too_many_failed(r)) return ND_EXIT_INPUTS_FAILED;
    return nd_exit_of_outcome(outcome);
}

/* ---- what to do next ---- */

static int64_t doubled(int64_t value)
{
    return value > 0 ? value * 2 : 1;
}

/* The option that raises the limit at which the run stopped. */
static void limit_hint(const struct nd_meta *m, char *out, size_t size)
{
    if (m->wall_max_ms > 0 && m->wall_ms >= m->wall_max_ms) {
        (void)snprintf(out, size, "--max-time %lld", (long long)doubled(m->wall_max_ms / 1000));
    } else {
        (void)snprintf(out, size, "--max-run-tool-calls %lld", (long long)doubled(m->tool_calls_per_run));
    }
}

/* Twice the ceiling, and enough for the call that did not fit, in whole cents. */
static void budget_hint(const struct result *r, char *out, size_t size)
{
    const struct nd_ledger *l = &r->meta->ledger;
    int64_t needed = nd_json_get_int(r->gate ? r->gate->shown : NULL, "needed_microusd", 0);
    int64_t least = 2 * (l->spent_microusd + l->unknown_microusd + needed);
    int64_t next = l->ceiling_microusd * 2 > least ? l->ceiling_microusd * 2 : least;
    char money[ND_MONEY_BYTES];
    if (next == 0) next = ND_MICROUSD;
    next = (next + CENT - 1) / CENT * CENT;
    nd_money_format(next, money);
    (void)snprintf(out, size, "--budget %s", money + 1);
}

static char *verify_command(const struct cli *cli, const char *out)
{
    struct nd_bytes word = ND_BYTES(ND_BYTES_MAX);
    char *folder = path_from_anywhere(out);
    paste_word(&word, folder);
    nd_free(folder);
    char *line = paste_command(cli, &cmd_verify, "%s", word.data);
    nd_bytes_release(&word);
    return line;
}

/* The command that goes on; NULL when there is none. Caller frees. */
static char *next_command(const struct cli *cli, const struct result *r)
{
    const struct nd_meta *m = r->meta;
    char raise[64];
    switch (m->outcome) {
    case ND_COMPLETED:
        if (m->phase < ND_PHASES) return paste_command(cli, &cmd_resume, "%s", m->run_id);
        return r->out ? verify_command(cli, r->out) : NULL;
    case ND_RUNNING:
    case ND_YIELDED:
        return paste_command(cli, &cmd_resume, "%s", m->run_id);
    case ND_AWAITING_APPROVAL:
        return paste_command(cli, r->decided ? &cmd_resume : &cmd_approve, "%s", m->run_id);
    case ND_AWAITING_ANSWER:
        if (r->decided) return paste_command(cli, &cmd_resume, "%s", m->run_id);
        return paste_command(cli, &cmd_answer, "%s QUESTION TEXT", m->run_id);
    case ND_BUDGET_EXCEEDED:
        budget_hint(r, raise, sizeof raise);
        return paste_command(cli, &cmd_resume, "%s %s", m->run_id, raise);
    case ND_LIMIT_REACHED:
        limit_hint(m, raise, sizeof raise);
        return paste_command(cli, &cmd_resume, "%s %s", m->run_id, raise);
    case ND_REJECTED:
    case ND_CANCELLED:
    case ND_EXPIRED:
    case ND_FAILED:
    case ND_OUTCOMES:
        break;
    }
    return NULL;
}

/* ---- for programs ---- */

static struct nd_json *gate_json(const struct nd_gate *gate)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "gate", gate->gate);
    nd_json_set_int(json, "n", gate->n);
    nd_json_set_str(json, "shown_sha256", gate->shown_sha256);
    nd_json_set_int(json, "expires_ms", gate->expires_ms);
    nd_json_set(json, "shown", nd_json_copy(gate->shown));
    return json;
}

struct nd_json *result_json(const struct cli *cli, const struct result *r)
{
    const struct nd_meta *m = r->meta;
    struct nd_json *json = nd_json_object();
    char *next = next_command(cli, r), cost[ND_MONEY_BYTES], started[ND_TIME_BYTES];
    nd_money_format(m->ledger.spent_microusd, cost);
    nd_time_format(m->started_ms, started);
    nd_json_set_str(json, "schema", "nightdesk.run/1");
    nd_json_set_str(json, "run_id", m->run_id);
    nd_json_set_str(json, "topic", r->topic);
    nd_json_set_str(json, "started_at", started);
    nd_json_set_str(json, "phase", phase_name(m->phase));
    nd_json_set_str(json, "outcome", nd_outcome_word(m->outcome));
    nd_json_set_str(json, "reason", *m->reason ? m->reason : NULL);
    nd_json_set_str(json, "out", r->out);
    nd_json_set_str(json, "cost_usd", cost + 1);
    nd_json_set_int(json, "cost_microusd", m->ledger.spent_microusd);
    nd_json_set_int(json, "unknown_microusd", m->ledger.unknown_microusd);
    nd_json_set_int(json, "reserved_microusd", m->ledger.reserved_microusd);
    nd_json_set_int(json, "ceiling_microusd", m->ledger.ceiling_microusd);
    nd_json_set_int(json, "steps", m->ledger.steps);
    nd_json_set_int(json, "model_calls", m->ledger.model_calls);
    nd_json_set_int(json, "tool_calls", m->ledger.tool_calls);
    nd_json_set_int(json, "tool_calls_max", m->tool_calls_per_run);
    nd_json_set_int(json, "tokens_in", m->ledger.tokens_in);
    nd_json_set_int(json, "tokens_out", m->ledger.tokens_out);
    nd_json_set(json, "receipt",
                r->report ? nd_json_copy(nd_json_get(r->report, "receipt")) : nd_json_null());
    nd_json_set(json, "gate", r->gate ? gate_json(r->gate) : nd_json_null());
    nd_json_set_str(json, "next", next);
    nd_free(next);
    return json;
}

/* ---- for people ---- */

/* What is new since the run that --since named. */
static void say_changes(const struct screen *s, const struct nd_json *changes)
{
    size_t fresh = nd_json_len(nd_json_get(changes, "new"));
    size_t changed = nd_json_len(nd_json_get(changes, "changed"));
    size_t withdrawn = nd_json_len(nd_json_get(changes, "withdrawn"));
    if (!changes) return;
    if (fresh + changed + withdrawn == 0)
        screen_say(s, STYLE_PLAIN, "  changes    no source has changed since then");
    else
        screen_say(s, STYLE_PLAIN, "  changes    %zu new, %zu changed, %zu withdrawn", fresh, changed,
                   withdrawn);
}

/* What safety found is not what failed a check. */
static void say_findings(const struct screen *s, const struct nd_json *findings)
{
    int64_t safety = 0, failed = 0;
    ND_JSON_EACH(finding, findings)
    {
        struct nd_view done = nd_json_view(nd_json_get(finding, "done"));
        bool of_safety = nd_view_is(done, "flagged") || nd_view_is(done, "masked");
        safety += of_safety;
        failed += !of_safety;
    }
    if (failed > 0)
        screen_say(s, STYLE_WARN, "  checks     %lld %s; the report lists them", (long long)failed,
                   nd_plural(NULL, failed, "statement failed", "statements failed"));
    if (safety > 0)
        screen_say(s, STYLE_WARN, "  safety     %lld found; the report lists them", (long long)safety);
}

static void say_report(const struct cli *cli, const struct result *r)
{
    const struct screen *s = &cli->screen;
    const struct nd_json *checks = nd_json_get(r->report, "checks");
    if (r->out) screen_say(s, STYLE_PLAIN, "  report     %s/report.html", r->out);
    screen_say(
        s, STYLE_PLAIN,
        "  documents  %lld given, %lld read, %lld partly, %lld failed, %lld unsupported, %lld not used",
        (long long)receipt(r->report, "inputs"), (long long)receipt(r->report, "read"),
        (long long)receipt(r->report, "partly"), (long long)receipt(r->report, "failed"),
        (long long)receipt(r->report, "unsupported"), (long long)receipt(r->report, "unused"));
    screen_say(s, STYLE_PLAIN, "  quotes     %lld of %lld verified",
               (long long)nd_json_get_int(checks, "quotes_verified", 0),
               (long long)nd_json_get_int(checks, "quotes_total", 0));
    int64_t unsearched = receipt(r->report, "searches_failed");
    if (unsearched > 0)
        screen_say(s, STYLE_WARN, "  elsewhere  %lld %s failed", (long long)unsearched,
                   nd_plural(NULL, unsearched, "search", "searches"));
    size_t gaps = nd_json_len(nd_json_get(r->report, "gaps"));
    if (gaps > 0) screen_say(s, STYLE_WARN, "  gaps       %zu; the report lists them", gaps);
    say_findings(s, nd_json_get(checks, "findings"));
    say_changes(s, nd_json_get(r->report, "changes"));
}

static void say_money(const struct cli *cli, const struct result *r)
{
    char spent[ND_MONEY_BYTES], unknown[ND_MONEY_BYTES], ceiling[ND_MONEY_BYTES];
    const struct nd_ledger *l = &r->meta->ledger;
    nd_money_format(l->spent_microusd, spent);
    nd_money_format(l->unknown_microusd, unknown);
    nd_money_format(l->ceiling_microusd, ceiling);
    bool lost = l->unknown_microusd > 0;
    screen_say(&cli->screen, STYLE_PLAIN, "  cost       %s of %s%s%s%s", spent, ceiling,
               lost ? ", and at most " : "", lost ? unknown : "",
               lost ? " for calls whose answer was lost" : "");
    screen_say(&cli->screen, STYLE_PLAIN, "  work       %lld %s, %lld model %s, %lld of %lld tool %s",
               (long long)l->steps, nd_plural(NULL, l->steps, "step", "steps"), (long long)l->model_calls,
               nd_plural(NULL, l->model_calls, "call", "calls"), (long long)l->tool_calls,
               (long long)r->meta->tool_calls_per_run,
               nd_plural(NULL, r->meta->tool_calls_per_run, "call", "calls"));
}

static enum style style_of(const struct result *r)
{
    switch (nd_exit_of_outcome(r->meta->outcome)) {
    case ND_EXIT_OK:
        return STYLE_GOOD;
    case ND_EXIT_FAILED:
    case ND_EXIT_ENDED:
        return STYLE_BAD;
    default:
        return STYLE_WARN;
    }
}

/* What else can be decided than what `next` says. */
static void say_ways(const struct cli *cli, const struct result *r)
{
    if (r->decided) screen_say(&cli->screen, STYLE_GOOD, "  decided    the run goes on when it is resumed");
    if (r->decided || !r->gate || r->meta->outcome != ND_AWAITING_APPROVAL) return;
    char *edit = paste_command(cli, &cmd_approve, "%s --edit", r->meta->run_id);
    char *reject = paste_command(cli, &cmd_reject, "%s --why TEXT", r->meta->run_id);
    char *revise = paste_command(cli, &cmd_reject, "%s --revise --why TEXT", r->meta->run_id);
    screen_say(&cli->screen, STYLE_PLAIN, "  change it  %s", edit);
    screen_say(&cli->screen, STYLE_PLAIN, "  send back  %s", revise);
    screen_say(&cli->screen, STYLE_PLAIN, "  refuse it  %s", reject);
    nd_free(revise);
    nd_free(edit);
    nd_free(reject);
}

void result_say(struct cli *cli, const struct result *r)
{
    const struct nd_meta *m = r->meta;
    char time[DURATION_BYTES];
    duration_text(r->elapsed_ms, time);
    screen_say(&cli->screen, style_of(r), "run %s: %s%s%s%s%s%s%s", m->run_id,
               m->phase < ND_PHASES ? phase_name(m->phase) : "", m->phase < ND_PHASES ? " " : "",
               nd_outcome_word(m->outcome), r->elapsed_ms > 0 ? " after " : "", r->elapsed_ms > 0 ? time : "",
               *m->reason ? ": " : "", m->reason);
    if (r->report) say_report(cli, r);
    say_money(cli, r);
    if (m->outcome == ND_COMPLETED && m->phase >= ND_PHASES && too_many_failed(r)) {
        screen_say(&cli->screen, STYLE_WARN,
                   "  more than %lld %% of the inputs failed: see the receipt in the report",
                   (long long)r->failed_inputs_max_percent);
    }
    say_ways(cli, r);
    char *next = next_command(cli, r);
    if (next) cli_hint(cli, "next: %s", next);
    nd_free(next);
}

/* The text form begins with instructions for the editor, up to a blank line; later comments are for the
 * reader. */
static void say_lines(const struct cli *cli, struct nd_view all)
{
    bool instructions = true;
    for (size_t start = 0; start < all.len;) {
        size_t end = nd_view_find(all, ND_VIEW("\n"), start);
        if (end == SIZE_MAX) end = all.len;
        struct nd_view line = nd_view_sub(all, start, end);
        bool comment = nd_view_starts(line, "#");
        instructions = instructions && comment;
        if (comment) line = nd_view_sub(line, 1, line.len);
        if (!instructions && line.len > 0) {
            screen_say(&cli->screen, comment ? STYLE_DIM : STYLE_PLAIN, "  %s%.*s", comment ? " " : "",
                       (int)line.len, line.data);
        }
        start = end + 1;
    }
}

static void say_expected_cost(const struct cli *cli, const struct nd_json *shown)
{
    char cost[ND_MONEY_BYTES];
    if (!nd_json_get(shown, "expected_cost_microusd")) return;
    nd_money_format(nd_json_get_int(shown, "expected_cost_microusd", 0), cost);
    screen_say(&cli->screen, STYLE_PLAIN, "  expected cost %s", cost);
}

static void say_questions(const struct cli *cli, const struct nd_json *questions)
{
    unsigned number = 0;
    ND_JSON_EACH(question, questions)
    {
        const char *title = nd_json_get_str(question, "title"), *prompt = nd_json_get_str(question, "prompt");
        const char *answer = nd_json_get_str(question, "answer");
        screen_say(&cli->screen, STYLE_PLAIN, "  %u. %s: %s%s%s", ++number, title ? title : "",
                   prompt ? prompt : "", answer ? " -> " : "", answer ? answer : "");
    }
}

void gate_say(const struct cli *cli, const struct nd_pipeline *pipeline, const struct nd_gate *gate)
{
    bool ceiling = strcmp(gate->gate, "budget") == 0 || strcmp(gate->gate, "limit") == 0;
    if (ceiling) return; /* the reason says it all */
    if (strcmp(gate->gate, "question") == 0) {
        say_questions(cli, nd_json_get(gate->shown, "questions"));
        return;
    }
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    struct nd_error err = {0};
    if (pipeline->gate_text(gate->gate, gate->shown, &text, &err) == ND_OK) {
        say_lines(cli, nd_bytes_view(&text));
        say_expected_cost(cli, gate->shown);
    } else {
        screen_say(&cli->screen, STYLE_WARN, "what the gate '%s' shows cannot be written as text: %s",
                   gate->gate, err.notes ? err.note[0] : nd_rc_word(err.rc));
    }
    nd_bytes_release(&text);
}
