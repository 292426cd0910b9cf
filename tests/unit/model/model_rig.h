/** A model that asks a server of this test. */
#ifndef MODEL_RIG_H
#define MODEL_RIG_H

#include "nd_server.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "nightdesk/model/model.h"
#include <string.h>

struct rig {
    struct nd_http *http;
    struct nd_server *server;
    struct nd_model *model;
    struct nd_json *args, *observation;
    int64_t cost_microusd, wait_ms;
};

static inline struct rig rig_open(nd_server_handler handler, void *ctx)
{
    struct rig rig = {.server = nd_server_start(handler, ctx)};
    struct nd_error err = {0};
    char *base = nd_sprintf("%s/v1", nd_server_url(rig.server));
    struct nd_model_config config = {.provider = "openai",
                                     .model = "tiny",
                                     .base_url = base,
                                     .api_key = "key-0123456789",
                                     .price = "2,10",
                                     .answer_ms = 5000};
    nd_ck_ok(nd_http_open(&rig.http, &err), &err);
    nd_ck_ok(nd_model_open(&rig.model, &config, rig.http, &err), &err);
    nd_ck_ok(
        nd_json_parse(
            &rig.args,
            ND_VIEW(
                "{\"role\":\"write\",\"job\":\"plan\",\"messages\":[{\"role\":\"system\",\"content\":\"Be "
                "brief.\"},{\"role\":\"user\",\"content\":\"Gr\xc3\xbc\xc3\x9f "
                "\\\"dich\\\"\\n\"}],\"schema\":"
                "{\"type\":\"object\"},\"schema_name\":\"plan\",\"max_tokens\":100}"),
            &err),
        &err);
    nd_free(base);
    return rig;
}

static inline void rig_ask(struct rig *rig, enum nd_rc wanted, struct nd_error *err)
{
    nd_json_free(rig->observation);
    rig->observation = NULL;
    rig->cost_microusd = -1;
    nd_error_clear(err);
    nd_ck_rc(rig->model->ops->ask(rig->model, rig->args, NULL, &rig->observation, &rig->cost_microusd,
                                  &rig->wait_ms, err),
             wanted, err);
    ck_assert((wanted == ND_OK) == (rig->observation != NULL));
}

static inline void rig_close(struct rig *rig)
{
    nd_json_free(rig->observation);
    nd_json_free(rig->args);
    nd_model_close(rig->model);
    nd_http_close(rig->http);
    nd_server_stop(rig->server);
}

#endif
