#include "machine.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/log.h"
#include "nightdesk/store/store.h"
#include "paste.h"
#include <string.h>

enum { GENERATIONS_MAX = 10000 };

/* ---- executions ---- */

void machine_look_release(struct machine_look *look)
{
    nd_free(look->error);
    *look = (struct machine_look){.error = NULL};
}

static void execution_name(const char *run_id, unsigned generation, char name[ND_SFN_NAME_MAX + 1])
{
    if (generation == 0) {
        (void)snprintf(name, ND_SFN_NAME_MAX + 1, "%s", run_id);
    } else {
        (void)snprintf(name, ND_SFN_NAME_MAX + 1, "%s-r%u", run_id, generation);
    }
}

/* "Nightdesk.Refused: 'topci' is not a member of a request"; of other failures the name says enough, and
 * their cause is no text for people. NULL: it did not fail. Caller frees. */
static char *why_it_failed(const struct nd_sfn_execution *found)
{
    if (!found->error || !*found->error) return NULL;
    bool told = strcmp(found->error, "Nightdesk.Refused") == 0 && found->cause && *found->cause;
    return told ? nd_sprintf("%s: %s", found->error, found->cause) : nd_strdup(found->error);
}

/* ND_NOT_FOUND: there is no such execution. */
static enum nd_rc describe(const struct wiring *w, const char *run_id, unsigned generation,
                           struct machine_look *out, struct nd_error *err)
{
    char name[ND_SFN_NAME_MAX + 1], arn[ND_SFN_ARN_BYTES];
    struct nd_sfn_execution found = {0};
    execution_name(run_id, generation, name);
    enum nd_rc rc = nd_sfn_execution_arn(w->stack.machine, name, arn, err);
    if (rc == ND_OK) rc = nd_sfn_describe(w->aws, arn, &found, err);
    if (rc == ND_OK) {
        machine_look_release(out);
        *out = (struct machine_look){.state = found.status == ND_SFN_RUNNING ? MACHINE_RUNS : MACHINE_ENDED,
                                     .generation = generation + 1,
                                     .status = found.status,
                                     .error = why_it_failed(&found)};
    }
    nd_sfn_execution_release(&found);
    return rc;
}

enum nd_rc machine_look(const struct wiring *w, const char *run_id, struct machine_look *out,
                        struct nd_error *err)
{
    *out = (struct machine_look){.state = MACHINE_UNKNOWN};
    if (!w->stack.machine) return ND_OK;
    if (!nd_run_id_valid(run_id)) return nd_fail(err, ND_BAD_INPUT, "'%.80s' names no run", run_id);
    out->state = MACHINE_NEVER;
    enum nd_rc rc = ND_OK;
    for (unsigned generation = 0; rc == ND_OK && generation < GENERATIONS_MAX; generation++)
        rc = describe(w, run_id, generation, out, err);
    if (rc != ND_NOT_FOUND) return rc;
    nd_error_clear(err);
    return ND_OK;
}

enum nd_rc machine_start(const struct wiring *w, const char *run_id, const struct machine_look *look,
                         struct nd_error *err)
{
    char name[ND_SFN_NAME_MAX + 1], arn[ND_SFN_ARN_BYTES];
    unsigned generation = look->generation ? look->generation : 1;
    struct nd_json *input = nd_json_object();
    struct nd_bytes text = ND_BYTES(1024);
    execution_name(run_id, generation, name);
    nd_json_set_str(input, "run_id", run_id);
    nd_json_set_int(input, "generation", generation + 1);
    nd_json_print_canonical(input, &text);
    enum nd_rc rc = nd_sfn_start(w->aws, w->stack.machine, name, nd_bytes_view(&text), arn, err);
    if (rc != ND_OK) (void)nd_while(err, "while starting execution '%s' of the state machine", name);
    nd_json_free(input);
    nd_bytes_release(&text);
    return rc;
}

enum nd_rc machine_missing(const struct wiring *w, const char *run_id, bool *begins, struct nd_error *err)
{
    struct machine_look look;
    struct nd_error why = {0};
    enum nd_rc rc = machine_look(w, run_id, &look, &why);
    *begins = rc == ND_OK && look.state == MACHINE_RUNS;
    if (rc != ND_OK) {
        *err = why;
    } else if (*begins) {
        nd_error_clear(err);
        rc = nd_fail(err, ND_RETRY, "run '%s' has not begun: its execution waits for the first container",
                     run_id);
    } else if (look.state == MACHINE_ENDED) {
        nd_error_clear(err);
        rc = nd_fail(err, ND_NOT_FOUND, "there is no run '%s': its execution ended%s%s before it was made",
                     run_id, look.error ? " with " : "", look.error ? look.error : "");
    } else {
        rc = ND_NOT_FOUND;
    }
    machine_look_release(&look);
    return rc;
}

enum nd_rc machine_run(const struct wiring *w, const char *run_id, struct nd_meta *out, struct nd_error *err)
{
    bool begins = false;
    enum nd_rc rc = w->store->ops->meta(w->store, run_id, out, err);
    return rc == ND_NOT_FOUND ? machine_missing(w, run_id, &begins, err) : rc;
}

/* ---- waking ---- */

static enum nd_rc send(const struct wiring *w, const char *token, bool *woken, struct nd_error *err)
{
    enum nd_rc rc = nd_sfn_task_success(w->aws, token, ND_VIEW("{}"), err);
    *woken = rc == ND_OK;
    if (rc != ND_NOT_FOUND && rc != ND_BAD_INPUT) return rc;
    /* answered already, timed out, its execution has ended, or a token of another place: nobody waits on it
     */
    nd_log(ND_LOG_INFO, "the token in the table wakes nobody: %s", err && err->notes ? err->note[0] : "");
    nd_error_clear(err);
    return ND_OK;
}

enum nd_rc machine_wake(const struct wiring *w, const char *run_id, const char *gate, unsigned n, bool *woken,
                        struct nd_error *err)
{
    struct nd_bytes token = ND_BYTES(ND_SFN_TOKEN_MAX_BYTES + 1);
    *woken = false;
    if (!w->aws) return ND_OK;
    enum nd_rc rc = nd_store_aws_task_token(w->store, run_id, gate, n, &token, err);
    if (rc == ND_OK && token.over) {
        nd_bytes_clear(&token); /* not what a state machine writes */
        rc = ND_NOT_FOUND;
    }
    if (rc == ND_OK) rc = send(w, nd_bytes_view(&token).data, woken, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        rc = ND_OK;
    }
    if (token.data) explicit_bzero(token.data, token.len);
    nd_bytes_release(&token);
    return rc;
}

/* Nobody waited on a token: who goes on then? */
static enum nd_rc say_who(const struct wiring *w, struct cli *cli, const char *run_id, bool *taken)
{
    struct machine_look look;
    enum nd_rc rc = machine_look(w, run_id, &look, &cli->err);
    *taken = rc == ND_OK && look.state == MACHINE_RUNS;
    if (*taken) {
        screen_say(&cli->screen, STYLE_PLAIN,
                   "its execution runs and did not wait at this moment: it reads the decision itself");
        paste_hint(cli, "next", &cmd_watch, "%s", run_id);
    } else if (rc == ND_OK) {
        if (look.state == MACHINE_ENDED)
            screen_say(&cli->screen, STYLE_WARN, "its execution has ended%s%s: resume starts another",
                       look.error ? " with " : "", look.error ? look.error : "");
        paste_hint(cli, "next", &cmd_resume, "%s", run_id);
    }
    machine_look_release(&look);
    return rc;
}

enum nd_rc machine_go_on(const struct wiring *w, struct cli *cli, const char *run_id, const char *gate,
                         unsigned n, bool *taken)
{
    bool goes_on = false;
    enum nd_rc rc = machine_wake(w, run_id, gate, n, &goes_on, &cli->err);
    if (goes_on) {
        screen_say(&cli->screen, STYLE_PLAIN, "the state machine goes on with run %s", run_id);
        paste_hint(cli, "next", &cmd_watch, "%s", run_id);
    } else if (rc == ND_OK) {
        rc = say_who(w, cli, run_id, &goes_on);
    }
    if (taken) *taken = goes_on;
    if (rc != ND_OK) {
        (void)nd_while(&cli->err,
                       "the decision is recorded, but the state machine could not be woken: it reads the "
                       "decision itself when its wait ends; the same command again tries to wake it");
    }
    return rc;
}
