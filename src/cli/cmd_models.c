#include "command.h"
#include "nightdesk/model/model.h"
#include <stdio.h>

#define COLUMNS "%-56s %9s %9s %9s %9s %9s  %s"

/* "1.05M", "272k": windows are round enough. */
static void count(int64_t tokens, char out[16])
{
    if (tokens <= 0)
        (void)snprintf(out, 16, "%s", "");
    else if (tokens >= 1000000)
        (void)snprintf(out, 16, "%.4gM", (double)tokens / 1e6);
    else
        (void)snprintf(out, 16, "%.4gk", (double)tokens / 1e3);
}

static void say_row(const struct cli *cli, const struct nd_json *row)
{
    const char *provider = nd_json_get_str(row, "provider"), *model = nd_json_get_str(row, "model");
    const char *cached = nd_json_get_str(row, "cached"), *ends = nd_json_get_str(row, "ends");
    struct nd_traits traits;
    struct nd_bytes notes = ND_BYTES(512);
    char name[160], context[16], output[16];
    nd_traits_find(provider, model, ND_AT_PROVIDER, &traits);
    nd_traits_describe(&traits, &notes);
    if (nd_json_get(row, "long")) nd_bytes_addf(&notes, "%sdearer when long", notes.len ? ", " : "");
    if (ends) nd_bytes_addf(&notes, "%sends %s", notes.len ? ", " : "", ends);
    (void)snprintf(name, sizeof name, "%s:%s", provider, model);
    count(traits.context_tokens, context);
    count(traits.output_tokens, output);
    screen_data(&cli->screen, STYLE_PLAIN, COLUMNS, name, nd_json_get_str(row, "input"), cached ? cached : "",
                nd_json_get_str(row, "output"), context, output, nd_bytes_view(&notes).data);
    nd_bytes_release(&notes);
}

static void say_rows(const struct cli *cli, const struct nd_json *rows)
{
    screen_data(&cli->screen, STYLE_BOLD, COLUMNS, "model", "in $/M", "cached", "out $/M", "context",
                "max out", "traits");
    screen_data(&cli->screen, STYLE_PLAIN, COLUMNS, "extractive", "0", "", "0", "", "",
                "quotes only: no model");
    ND_JSON_EACH(row, rows) say_row(cli, row);
}

/* What the environment says about each provider, as people and programs read it. */
static struct nd_json *providers_json(const struct cli *cli)
{
    struct nd_json *rows = nd_json_array();
    struct nd_model_variables v;
    for (size_t i = 0; nd_model_settings(i, &v); i++) {
        struct nd_json *row = nd_json_add(rows, nd_json_object());
        nd_json_set_str(row, "provider", v.provider);
        nd_json_set_str(row, "address", environment_get(cli->environment, v.url));
        nd_json_set_str(row, "address_variable", v.url);
        nd_json_set_str(row, "key_variable", v.key);
        nd_json_set_bool(row, "key", environment_get(cli->environment, v.key) != NULL);
    }
    return rows;
}

static enum nd_exit models_run(struct cli *cli)
{
    const struct nd_json *rows = nd_prices();
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.models/1");
    nd_json_set(cli->result, "models", nd_json_copy(rows));
    nd_json_set_str(cli->result, "prices_date", nd_prices_date());
    const struct nd_json *providers = nd_json_set(cli->result, "providers", providers_json(cli));
    if (cli->screen.json) return ND_EXIT_OK;
    say_rows(cli, rows);
    screen_say(&cli->screen, STYLE_DIM, "prices and traits of %s; they change, so check them",
               nd_prices_date());
    screen_say(
        &cli->screen, STYLE_DIM,
        "any other model: --model PROVIDER:NAME --price IN,OUT; openai: is any endpoint that speaks OpenAI's "
        "chat completions");
    ND_JSON_EACH(row, providers)
    {
        const char *address = nd_json_get_str(row, "address");
        screen_say(&cli->screen, STYLE_DIM, "%s: %s %s; %s %s", nd_json_get_str(row, "provider"),
                   nd_json_get_str(row, "address_variable"), address ? address : "is not set",
                   nd_json_get_str(row, "key_variable"),
                   nd_json_get_bool(row, "key", false) ? "is set" : "is not set");
    }
    return ND_EXIT_OK;
}

static const char local_model[] =
    "OPENAI_BASE_URL=http://127.0.0.1:8080/v1 nightdesk run \"TOPIC\" --docs papers/ "
    "--model openai:local --price 0,0";
static const char *const examples[] = {"what can write, and what it costs", "nightdesk models",
                                       "a model on this machine", local_model, NULL};

static const enum option_id uses[] = {OPTIONS_OF_ALL};

const struct command cmd_models = {
    .name = "models",
    .args = "",
    .summary = "list the writers, their prices and traits",
    .about =
        "No model is ever asked unless you name it with --model. Prices are dated; --price overrides them.",
    .examples = examples,
    .uses = uses,
    .run = models_run,
};
