#include "command.h"
#include "decide.h"
#include "editor.h"
#include "nightdesk/base/alloc.h"
#include "paste.h"
#include "result.h"
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX_BYTES = 8 << 20 };

/* Only blank lines and comments: the person gave up, as with an empty commit message. */
static bool is_given_up(struct nd_view text)
{
    for (size_t start = 0; start < text.len;) {
        size_t end = nd_view_find(text, ND_VIEW("\n"), start);
        if (end == SIZE_MAX) end = text.len;
        struct nd_view line = nd_view_trim(nd_view_sub(text, start, end));
        if (line.len > 0 && line.data[0] != '#') return false;
        start = end + 1;
    }
    return true;
}

/* One turn in the editor; *edited stays NULL when nothing was changed. */
static enum nd_rc edit_once(struct decide *d, struct cli *cli, const char *path, struct nd_view before,
                            struct nd_json **edited)
{
    const struct nd_pipeline *pipeline = d->w.engine.pipeline;
    struct nd_bytes after = ND_BYTES(TEXT_MAX_BYTES);
    enum nd_rc rc = editor_edit(cli->environment, path, &after, &cli->err);
    if (rc == ND_OK && is_given_up(nd_bytes_view(&after))) {
        rc = nd_fail(&cli->err, ND_STOPPED, "the text is empty: nothing is decided");
    } else if (rc == ND_OK && !nd_view_eq(nd_bytes_view(&after), before)) {
        rc = pipeline->gate_parse(d->gate.gate, d->gate.shown, nd_bytes_view(&after), edited, &cli->err);
    }
    nd_bytes_release(&after);
    return rc;
}

static enum nd_rc edit(struct decide *d, struct cli *cli, struct nd_json **edited)
{
    struct nd_bytes text = ND_BYTES(TEXT_MAX_BYTES);
    char *path = NULL;
    enum nd_rc rc = d->w.engine.pipeline->gate_text(d->gate.gate, d->gate.shown, &text, &cli->err);
    if (rc == ND_OK)
        rc = editor_begin(cli->environment, d->gate.gate, nd_bytes_view(&text), &path, &cli->err);
    while (rc == ND_OK) {
        rc = edit_once(d, cli, path, nd_bytes_view(&text), edited);
        bool again = rc == ND_BAD_INPUT && cli->screen.in_tty && cli->screen.err_tty;
        if (!again) break;
        screen_error(&cli->screen, &cli->err);
        if (!screen_ask(&cli->screen, "Edit again?")) break;
        nd_error_clear(&cli->err);
        rc = ND_OK;
    }
    if (path && rc == ND_BAD_INPUT) {
        cli_hint(cli, "your text is kept in %s", path);
    } else if (path) {
        (void)unlink(path);
    }
    nd_free(path);
    nd_bytes_release(&text);
    return rc;
}

static bool can_approve(struct decide *d, struct cli *cli)
{
    const char *gate = d->gate.gate, *run_id = cli_arg(cli, 0);
    if (strcmp(gate, "question") == 0) {
        (void)nd_fail(&cli->err, ND_BAD_INPUT, "run '%s' waits for an answer, not for an approval", run_id);
        paste_hint(cli, "next", &cmd_answer, "%s QUESTION TEXT", run_id);
        return false;
    }
    if (strcmp(gate, "budget") == 0 || strcmp(gate, "limit") == 0) {
        (void)nd_fail(&cli->err, ND_BAD_INPUT, "run '%s' stopped at a %s, which is raised, not approved",
                      run_id, gate);
        paste_hint(cli, "its command", &cmd_status, "%s", run_id);
        return false;
    }
    return true;
}

static bool fits(const struct cli *cli, const struct nd_json *decision)
{
    (void)cli;
    return decide_is(decision, "approve", NULL);
}

static enum nd_exit approve_run(struct cli *cli)
{
    struct decide d;
    struct nd_json *edited = NULL;
    enum nd_rc rc = decide_open(&d, cli);
    bool with_edit = setting_flag(&cli->settings, OPT_EDIT);
    if (rc == ND_CONFLICT) {
        rc = decide_again(&d, cli, with_edit ? NULL : fits, NULL);
    } else {
        if (rc == ND_OK && !can_approve(&d, cli)) rc = cli->err.rc;
        if (rc == ND_OK && with_edit) rc = edit(&d, cli, &edited);
        struct nd_json *more = nd_json_object();
        if (edited) nd_json_set(more, "edited", edited);
        if (rc == ND_OK) {
            rc = decide_send(&d, cli, "approve", more, edited ? NULL : fits, NULL);
        } else {
            nd_json_free(more);
        }
    }
    decide_close(&d);
    return rc == ND_STOPPED ? ND_EXIT_WAITING : nd_exit_of_rc(rc);
}

static const char *const examples[] = {
    "see what is asked, then approve it", "nightdesk status RUN; nightdesk approve RUN",
    "change the plan in your editor and approve that", "nightdesk approve RUN --edit", NULL};

static const enum option_id uses[] = {OPT_EDIT, OPTIONS_OF_STORE, OPTIONS_OF_ALL};

const struct command cmd_approve = {
    .name = "approve",
    .args = "RUN",
    .summary = "approve the plan, outline or final report that a run waits with",
    .about = "What you approve is recorded with its hash, and that is what runs. With --edit you can rename, "
             "reorder, add and "
             "remove sub-topics or sections, pin or exclude sources, and drop claims; an empty text decides "
             "nothing.\n\n"
             "The run goes on with 'nightdesk resume RUN'.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = approve_run,
};
