#include "dry_run.h"
#include "chosen.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/say.h"
#include "nightdesk/model/prices.h"
#include "result.h"

/*
 * What the model writer usually asks: calls and tokens of each. Inputs as measured over the development
 * documents with ten sub-topics, outputs as models of the usual talkativeness give them.
 */
static const struct {
    enum chosen_role role;
    unsigned per_run, per_sub_topic;
    int64_t input, output;
} usual_calls[] = {
    {CHOSEN_WRITE, 1, 0, 3000, 900},  /* plan */
    {CHOSEN_READ, 0, 1, 2400, 300},   /* choose evidence */
    {CHOSEN_WRITE, 1, 1, 1200, 700},  /* draft a section, and the introduction */
    {CHOSEN_WRITE, 1, 0, 5000, 1000}, /* summary, exhibits */
    {CHOSEN_READ, 1, 1, 1300, 300},   /* judge a section, and the summary */
};

/* Sentences of a section that a guardrail is sent, and text units of each. */
#define USUAL_SENTENCES 6
#define USUAL_UNITS 3

static int64_t usual_guard_cost(size_t sub_topics)
{
    struct nd_json *usage = nd_json_object();
    nd_json_set_int(usage, "contextualGroundingPolicyUnits", USUAL_SENTENCES * USUAL_UNITS);
    int64_t each = nd_price_guard(usage);
    nd_json_free(usage);
    return each * (int64_t)(sub_topics + 1);
}

static int64_t usual_cost(const struct nd_price prices[], size_t sub_topics)
{
    int64_t cost = 0;
    for (size_t i = 0; i < sizeof usual_calls / sizeof *usual_calls; i++) {
        struct nd_usage usage = {
            .input = usual_calls[i].input, .output = usual_calls[i].output, .cache_write = -1};
        cost += nd_price_cost(&prices[usual_calls[i].role], &usage) *
                (int64_t)(usual_calls[i].per_run + usual_calls[i].per_sub_topic * sub_topics);
    }
    return cost;
}

/* No page is fetched for a plan; a request without documents must still ask for something. */
static struct nd_json *no_pages(const struct nd_request *request)
{
    bool web_alone = request->roots.n == 0 && !request->listing;
    struct nd_json *web = nd_json_object();
    if (request->search || (web_alone && request->urls.n > 0)) nd_json_set_str(web, "search", "later");
    return web;
}

/* The same request, planned by the writer that costs nothing, up to the plan's gate. */
static enum nd_rc planning_request(const struct nd_request *request, struct nd_request **out,
                                   struct nd_error *err)
{
    struct nd_json *json = nd_request_json(request);
    nd_json_set_str(json, "writer", "extractive");
    nd_json_add_str(nd_json_set(json, "approve", nd_json_array()), "plan");
    nd_json_set(json, "web", no_pages(request));
    enum nd_rc rc = nd_request_parse(out, json, err);
    nd_json_free(json);
    return rc;
}

static enum nd_rc make_plan(struct wiring *w, const struct work *work, struct nd_gate *gate)
{
    struct cli *cli = work->cli;
    struct nd_request *request = NULL;
    struct nd_meta meta = {.format = 0};
    enum nd_rc rc = planning_request(work->request, &request, &cli->err);
    if (rc == ND_OK) rc = nd_engine_create(&w->engine, work->run_id, request, work->started_ms, &cli->err);
    w->progress = progress_open(setting_text(&cli->settings, OPT_PROGRESS), &cli->screen, cli->host,
                                cli->environment, w->engine.pipeline, work->run_id);
    if (rc == ND_OK) rc = nd_engine_work(&w->engine, work->run_id, ND_RESEARCH, &meta, &cli->err);
    progress_close(w->progress);
    w->progress = NULL;
    if (rc == ND_OK && meta.outcome != ND_AWAITING_APPROVAL) {
        rc = nd_fail(&cli->err, ND_BAD_INPUT, "no plan was made: %s%s%s", nd_outcome_word(meta.outcome),
                     *meta.reason ? ": " : "", meta.reason);
    }
    if (rc == ND_OK) rc = nd_engine_gate(&w->engine, work->run_id, gate, &cli->err);
    /* what this planner costs says nothing about the request's writer */
    if (rc == ND_OK) nd_json_remove(gate->shown, "expected_cost_microusd");
    nd_request_free(request);
    return rc;
}

/* A model without a price is refused here as it would be in a run. */
enum nd_rc dry_run_cost(const struct cli *cli, const struct nd_request *request, size_t sub_topics,
                        int64_t *out, struct nd_error *err)
{
    struct chosen_models models;
    struct nd_price prices[CHOSEN_ROLES];
    *out = 0;
    enum nd_rc rc = chosen_find(&models, cli, request, err);
    for (size_t i = 0; i < CHOSEN_ROLES && rc == ND_OK && models.any; i++) {
        if (models.v[i].is)
            rc = nd_model_price(&models.v[i].config, &prices[i], err);
        else
            prices[i] = prices[CHOSEN_WRITE];
    }
    if (rc == ND_OK && models.any) *out = usual_cost(prices, sub_topics);
    if (rc == ND_OK && models.guardrail.name) *out += usual_guard_cost(sub_topics);
    chosen_release(&models);
    return rc;
}

/* How much text the model could be sent, source by source where they are few. */
static void say_outgoing(struct screen *s, const struct nd_json *outgoing)
{
    int64_t documents = nd_json_get_int(outgoing, "documents", 0);
    screen_say(s, STYLE_BOLD, "of %lld %s the model is sent passages, at most %lld bytes of their text",
               (long long)documents, nd_plural(NULL, documents, "document", "documents"),
               (long long)nd_json_get_int(outgoing, "bytes", 0));
    ND_JSON_EACH(source, nd_json_get(outgoing, "sources"))
    screen_say(s, STYLE_DIM, "  %10lld  %s", (long long)nd_json_get_int(source, "bytes", 0),
               nd_json_get_str(source, "path"));
    int64_t stay = nd_json_get_int(outgoing, "stay_documents", 0);
    if (stay)
        screen_say(s, STYLE_BOLD, "%lld %s on this machine, labelled local (%lld bytes)", (long long)stay,
                   nd_plural(NULL, stay, "document stays", "documents stay"),
                   (long long)nd_json_get_int(outgoing, "stay_bytes", 0));
}

static void say_plan(const struct work *work, const struct nd_gate *gate, int64_t expected, size_t sub_topics)
{
    struct screen *s = &work->cli->screen;
    char usual[ND_MONEY_BYTES], worst[ND_MONEY_BYTES];
    bool model = expected > 0;
    screen_people_on_out(s);
    nd_money_format(expected, usual);
    nd_money_format(model ? work->request->limits.budget_microusd : 0, worst);
    gate_say(work->cli, nd_pipeline(), gate);
    screen_say(s, STYLE_BOLD, "writer %s, %zu %s", work->request->writer, sub_topics,
               nd_plural(NULL, (int64_t)sub_topics, "sub-topic", "sub-topics"));
    screen_say(s, STYLE_BOLD, "expected cost %s, worst case %s%s", usual, worst,
               model ? " (the ceiling: the run stops before it would cost more)" : "");
    if (model) screen_say(s, STYLE_DIM, "planned without the model, which may plan otherwise");
    work_say_hosts(work->cli, work->request, STYLE_BOLD);
    struct nd_json *hosts = nd_json_array();
    work_add_hosts(work->cli, work->request, hosts);
    if (nd_json_len(hosts) == 0)
        screen_say(s, STYLE_BOLD, "nothing leaves this machine");
    else if (model)
        say_outgoing(s, nd_json_get(gate->shown, "outgoing"));
    nd_json_free(hosts);
}

enum nd_exit dry_run(struct wiring *w, const struct work *work)
{
    struct cli *cli = work->cli;
    struct nd_gate gate = {.shown = NULL};
    int64_t expected = 0;
    enum nd_rc rc = make_plan(w, work, &gate);
    size_t sub_topics = nd_json_len(nd_json_get(gate.shown, "sub_topics"));
    if (rc == ND_OK) rc = dry_run_cost(cli, work->request, sub_topics, &expected, &cli->err);
    if (rc == ND_OK) {
        say_plan(work, &gate, expected, sub_topics);
        cli->result = nd_json_object();
        nd_json_set_str(cli->result, "schema", "nightdesk.dry-run/1");
        nd_json_set_str(cli->result, "writer", work->request->writer);
        nd_json_set_int(cli->result, "expected_cost_microusd", expected);
        nd_json_set_int(cli->result, "worst_case_cost_microusd",
                        expected > 0 ? work->request->limits.budget_microusd : 0);
        struct nd_json *hosts = nd_json_set(cli->result, "hosts", nd_json_array());
        work_add_hosts(cli, work->request, hosts);
        nd_json_set(cli->result, "plan", nd_json_copy(gate.shown));
    }
    nd_gate_release(&gate);
    return nd_exit_of_rc(rc);
}
