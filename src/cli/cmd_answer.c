#include "command.h"
#include "decide.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/say.h"
#include "paste.h"
#include <string.h>

enum { ANSWERS_MAX = 100 };

/* The open question that a person means: its number in the list, or the beginning of its id that no other
 * has. */
static const struct nd_json *question_named(const struct nd_json *questions, const char *name)
{
    const struct nd_json *found = NULL;
    int64_t number = 0;
    if (nd_view_int(nd_view_of(name), &number) && number >= 1 && number <= (int64_t)nd_json_len(questions)) {
        return nd_json_at(questions, (size_t)number - 1);
    }
    ND_JSON_EACH(question, questions)
    {
        if (!nd_view_starts(nd_json_view(nd_json_get(question, "id")), name)) continue;
        if (found) return NULL;
        found = question;
    }
    return found;
}

static enum nd_rc add_answer(struct cli *cli, const struct nd_json *questions, const char *name,
                             const char *text, struct nd_json *answers)
{
    const struct nd_json *question = question_named(questions, name);
    const char *id = nd_json_get_str(question, "id");
    if (!id) {
        return nd_fail(&cli->err, ND_BAD_INPUT,
                       "'%.60s' is no open question (there %s %zu); 'nightdesk status %s' lists them", name,
                       nd_plural(NULL, (int64_t)nd_json_len(questions), "is", "are"), nd_json_len(questions),
                       cli_arg(cli, 0));
    }
    if (!nd_utf8_valid(nd_view_of(text)))
        return nd_fail(&cli->err, ND_BAD_INPUT, "the answer is not UTF-8: '%.100s'", text);
    nd_json_set_str(answers, id, text);
    return ND_OK;
}

/* The number of the only question without an answer; 0 when there is none, or more than one. */
static unsigned only_open(const struct nd_json *questions, size_t *open)
{
    unsigned number = 0, only = 0;
    *open = 0;
    ND_JSON_EACH(question, questions)
    {
        number++;
        if (nd_json_get(question, "answer")) continue;
        only = number;
        ++*open;
    }
    return *open == 1 ? only : 0;
}

static enum nd_rc collect(struct cli *cli, const struct nd_json *questions, struct nd_json *answers)
{
    size_t given = cli->settings.args.n - 1, open = 0;
    unsigned only = only_open(questions, &open);
    char number[16];
    (void)snprintf(number, sizeof number, "%u", only);
    if (given == 1 && only > 0) return add_answer(cli, questions, number, cli_arg(cli, 1), answers);
    if (given % 2 != 0) {
        return nd_fail(&cli->err, ND_BAD_INPUT, "%zu %s open: say which, like 'nightdesk answer %s 1 TEXT'",
                       open, nd_plural(NULL, (int64_t)open, "question is", "questions are"), cli_arg(cli, 0));
    }
    enum nd_rc rc = ND_OK;
    for (size_t i = 1; i < cli->settings.args.n && rc == ND_OK; i += 2) {
        rc = add_answer(cli, questions, cli_arg(cli, i), cli_arg(cli, i + 1), answers);
    }
    return rc;
}

static size_t still_open(const struct nd_json *questions, const struct nd_json *answers)
{
    size_t open = 0;
    ND_JSON_EACH(question, questions)
    {
        const char *id = nd_json_get_str(question, "id");
        open += !nd_json_get(question, "answer") && !(id && nd_json_get(answers, id));
    }
    return open;
}

/* The answer that was given to the question that a person means; answers stand in the questions' order. */
static const char *answer_named(const struct nd_json *answers, const char *name)
{
    int64_t number = 0;
    if (nd_view_int(nd_view_of(name), &number) && number >= 1 && number <= (int64_t)nd_json_len(answers)) {
        const struct nd_json *answer = nd_json_first(answers);
        while (--number > 0) answer = nd_json_next(answer);
        return nd_json_str(answer);
    }
    ND_JSON_EACH(answer, answers)
    {
        if (nd_view_starts(nd_view_of(nd_json_name(answer)), name)) return nd_json_str(answer);
    }
    return NULL;
}

static bool has_answer(const struct nd_json *answers, const char *text)
{
    ND_JSON_EACH(answer, answers)
    {
        if (nd_view_is(nd_json_view(answer), text)) return true;
    }
    return false;
}

/* A single text was meant for the question that was open last. */
static bool fits(const struct cli *cli, const struct nd_json *decision)
{
    const struct nd_json *answers = nd_json_get(decision, "answers");
    if (cli->settings.args.n == 2) return has_answer(answers, cli_arg(cli, 1));
    bool same = nd_json_len(answers) > 0 && cli->settings.args.n % 2 == 1;
    for (size_t i = 1; same && i < cli->settings.args.n; i += 2) {
        const char *kept = answer_named(answers, cli_arg(cli, i));
        same = kept && strcmp(kept, cli_arg(cli, i + 1)) == 0;
    }
    return same;
}

static enum nd_rc send(struct decide *d, struct cli *cli)
{
    const struct nd_json *questions = nd_json_get(d->gate.shown, "questions");
    if (strcmp(d->gate.gate, "question") != 0) {
        return nd_fail(&cli->err, ND_BAD_INPUT, "run '%s' asks no question: it waits at the gate '%s'",
                       cli_arg(cli, 0), d->gate.gate);
    }
    struct nd_json *more = nd_json_object(), *answers = nd_json_set(more, "answers", nd_json_object());
    enum nd_rc rc = collect(cli, questions, answers);
    size_t left = still_open(questions, answers);
    if (rc != ND_OK) {
        nd_json_free(more);
        return rc;
    }
    rc = decide_send(d, cli, "answer", more, NULL, NULL);
    if (rc == ND_OK && left > 0) {
        char *label = nd_sprintf("%zu more to answer", left);
        paste_hint(cli, label, &cmd_status, "%s", cli_arg(cli, 0));
        nd_free(label);
    }
    return rc;
}

static enum nd_exit answer_run(struct cli *cli)
{
    struct decide d;
    enum nd_rc rc = decide_open(&d, cli);
    if (rc == ND_CONFLICT) {
        rc = decide_again(&d, cli, fits, NULL);
    } else if (rc == ND_OK) {
        rc = send(&d, cli);
    }
    decide_close(&d);
    return nd_exit_of_rc(rc);
}

static const char *const examples[] = {"answer the only open question", "nightdesk answer RUN \"leave out\"",
                                       "answer two of several",
                                       "nightdesk answer RUN 1 gap 2 \"rotation of keys\"", NULL};

static const enum option_id uses[] = {OPTIONS_OF_STORE, OPTIONS_OF_ALL};

const struct command cmd_answer = {
    .name = "answer",
    .args = "RUN [QUESTION] TEXT",
    .summary = "answer the questions that a run waits with",
    .about = "QUESTION is the number that 'nightdesk status RUN' shows, or the beginning of the question's "
             "id; it may be left "
             "out when only one is open. Several questions are answered at once by giving QUESTION and TEXT "
             "for each.\n\n"
             "The run goes on with 'nightdesk resume RUN'.",
    .examples = examples,
    .uses = uses,
    .args_min = 2,
    .args_max = 1 + 2 * ANSWERS_MAX,
    .run = answer_run,
};
