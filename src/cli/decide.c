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
    if (rc == ND_OK) {
        screen_say(&cli->screen, STYLE_GOOD, "run %s: %s %s", run_id, d->gate.gate, told(word));
        paste_hint(cli, "next", &cmd_resume, "%s", run_id);
        cli->result = nd_json_object();
        nd_json_set_str(cli->result, "schema", "nightdesk.decision/1");
        nd_json_set_str(cli->result, "run_id", run_id);
        nd_json_set_str(cli->result, "gate", d->gate.gate);
        nd_json_set_int(cli->result, "n", d->gate.n);
        nd_json_set(cli->result, "decision", nd_json_copy(decision));
    }
    nd_json_free(decision);
    return rc;
}

void decide_close(struct decide *d)
{
    nd_gate_release(&d->gate);
    wiring_close(&d->w);
}
