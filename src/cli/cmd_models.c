#include "command.h"
#include "nightdesk/model/prices.h"

static void say_rows(const struct cli *cli, const struct nd_json *rows)
{
    screen_data(&cli->screen, STYLE_BOLD, "%-36s %10s %10s %9s  %s", "model", "in $/M", "out $/M", "context",
                "price list");
    screen_data(&cli->screen, STYLE_PLAIN, "%-36s %10s %10s %9s  %s", "extractive", "0", "0", "",
                "quotes only: no model");
    ND_JSON_EACH(row, rows)
    {
        char name[160];
        (void)snprintf(name, sizeof name, "%s:%s", nd_json_get_str(row, "provider"),
                       nd_json_get_str(row, "model"));
        screen_data(&cli->screen, STYLE_PLAIN, "%-36s %10s %10s %9lld  %s", name,
                    nd_json_get_str(row, "input"), nd_json_get_str(row, "output"),
                    (long long)nd_json_get_int(row, "context", 0), nd_json_get_str(row, "source"));
    }
}

static enum nd_exit models_run(struct cli *cli)
{
    const struct nd_json *rows = nd_prices();
    const char *address = environment_get(cli->environment, "OPENAI_BASE_URL");
    bool key = environment_get(cli->environment, "OPENAI_API_KEY") != NULL;
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.models/1");
    nd_json_set(cli->result, "models", nd_json_copy(rows));
    nd_json_set_str(cli->result, "prices_date", nd_prices_date());
    nd_json_set_str(cli->result, "openai_base_url", address);
    nd_json_set_bool(cli->result, "openai_api_key", key);
    if (cli->screen.json) return ND_EXIT_OK;
    say_rows(cli, rows);
    screen_say(&cli->screen, STYLE_DIM, "prices of %s; they change, so check them", nd_prices_date());
    screen_say(&cli->screen, STYLE_DIM,
               "any other model of an OpenAI-compatible endpoint: --model openai:NAME --price IN,OUT");
    screen_say(&cli->screen, STYLE_DIM, "OPENAI_BASE_URL %s; OPENAI_API_KEY %s",
               address ? address : "is not set: api.openai.com", key ? "is set" : "is not set");
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
    .summary = "list the writers and their prices",
    .about =
        "No model is ever asked unless you name it with --model. Prices are dated; --price overrides them.",
    .examples = examples,
    .uses = uses,
    .run = models_run,
};
