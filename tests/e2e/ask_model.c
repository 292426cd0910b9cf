/**
 * ask_model PROVIDER:MODEL URL TRAITS: asks a server. Each line of standard input is the args of a call
 * (core/model.h), and is answered by a line: the observation, or {"rc", "why"}. One price for all.
 */
#include "nightdesk/base/alloc.h"
#include "nightdesk/model/model.h"

#include <stdio.h>
#include <string.h>

static void say(const struct nd_json *json)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(json, &text);
    (void)printf("%s\n", nd_bytes_view(&text).data);
    (void)fflush(stdout);
    nd_bytes_release(&text);
}

static void say_failure(enum nd_rc rc, const struct nd_error *err)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "rc", nd_rc_word(rc));
    nd_json_set_str(json, "why", err->notes ? err->note[0] : "");
    say(json);
    nd_json_free(json);
}

static void ask(struct nd_model *model, const struct nd_json *args)
{
    struct nd_json *seen = NULL;
    struct nd_error err = {0};
    int64_t cost = 0, wait = 0, bound = 0;
    enum nd_rc rc = model->ops->bound(model, args, NULL, 0, &bound, &err);
    if (rc == ND_OK) rc = model->ops->ask(model, args, NULL, &seen, &cost, &wait, &err);
    if (rc != ND_OK) {
        say_failure(rc, &err);
        return;
    }
    nd_json_set_int(seen, "cost_microusd", cost);
    nd_json_set_int(seen, "bound_microusd", bound);
    say(seen);
    nd_json_free(seen);
}

int main(int argc, char **argv)
{
    char provider[32], *text = NULL;
    const char *name = NULL;
    struct nd_http *http = NULL;
    struct nd_model *model = NULL;
    struct nd_error err = {0};
    if (argc != 4 || nd_model_split(argv[1], provider, &name, &err) != ND_OK) return 2;
    const struct nd_model_config config = {
        .provider = provider, .model = name, .base_url = argv[2], .traits = argv[3], .price = "1,1"};
    enum nd_rc rc = nd_http_open(&http, &err);
    if (rc == ND_OK) rc = nd_model_open(&model, &config, http, &err);
    if (rc != ND_OK) say_failure(rc, &err);
    size_t cap = 0;
    for (ssize_t len; rc == ND_OK && (len = getline(&text, &cap, stdin)) > 0;) {
        struct nd_json *args = NULL;
        rc = nd_json_parse(&args, (struct nd_view){text, (size_t)len}, &err);
        if (rc == ND_OK) ask(model, args);
        nd_json_free(args);
    }
    nd_free(text);
    nd_model_close(model);
    nd_http_close(http);
    return rc != ND_OK;
}
