#include "wiring.h"
#include "chosen.h"
#include "cloud.h"
#include "cloud_inputs.h"
#include "nightdesk/aws/aws.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/log.h"
#include "nightdesk/document/document.h"
#include "nightdesk/model/roles.h"
#include "nightdesk/notify/notify.h"
#include "nightdesk/store/store.h"
#include "chosen_kbs.h"
#include "chosen_web.h"
#include "signals.h"
#include <string.h>
#include <unistd.h>

/* the program that opens documents: NULL when it is not found */
static char *reader_path(const struct cli *cli)
{
    const char *given = setting_text(&cli->settings, OPT_READER);
    char *found = NULL;
    if (given) return access(given, X_OK) == 0 && !nd_file_is_dir(given) ? nd_strdup(given) : NULL;
    return nd_reader_find(&found, NULL) == ND_OK ? found : NULL;
}

static void on_event(void *ctx, const struct nd_event *event)
{
    struct wiring *w = ctx;
    if (event->kind != ND_EV_NOTE) watchdog_fed(w->watchdog);
    if (w->progress) progress_event(w->progress, event);
}

static void on_read(void *ctx, const struct nd_read_progress *read)
{
    struct wiring *w = ctx;
    watchdog_fed(w->watchdog);
    if (w->progress) progress_read(w->progress, read->done, read->total, read->path);
}

static enum nd_rc open_store(struct wiring *w, const struct cli *cli, bool create, struct nd_error *err)
{
    enum nd_rc rc = stack_find(&w->stack, cli, err);
    if (rc != ND_OK) return rc;
    if (cloud_is_address(w->stack.store)) return cloud_open(w, cli, err);
    if (w->stack.machine)
        return nd_fail(err, ND_BAD_INPUT, "a state machine works on a store in AWS, not on '%.150s'",
                       w->stack.store);
    rc = nd_store_sqlite_open(&w->store, w->stack.store, create, cli->host, err);
    if (rc == ND_OK) w->web_cache = nd_path_join(w->stack.store, "web");
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        rc = nd_fail(err, ND_NOT_FOUND, "there are no runs yet in '%.150s'", w->stack.store);
    }
    return rc;
}

enum nd_rc wiring_open(struct wiring *w, const struct cli *cli, enum wiring_store which, struct nd_error *err)
{
    *w = (struct wiring){.reader = reader_path(cli)};
    w->desk = nd_desk_open(&(struct nd_desk_config){
        .reader = w->reader, .origin = {.get = cloud_document, .ctx = w}, .on_read = on_read, .ctx = w});
    w->engine = (struct nd_engine){
        .host = cli->host,
        .pipeline = nd_pipeline(),
        .pipeline_ctx = w->desk,
        .stop = signals_stop(),
        .on_event = on_event,
        .event_ctx = w,
    };
    enum nd_rc rc = ND_OK;
    if (which == STORE_IN_MEMORY) {
        w->store = nd_store_memory_open(cli->host);
    } else {
        rc = open_store(w, cli, which == STORE_CREATE, err);
    }
    w->engine.store = w->store;
    return rc;
}

static enum nd_rc need_http(struct wiring *w, struct nd_error *err)
{
    return w->http ? ND_OK : nd_http_open(&w->http, err);
}

static enum nd_rc need_aws(struct wiring *w, const struct cli *cli, struct nd_error *err)
{
    const struct nd_aws_config config = {.http = w->http, .host = cli->host};
    return w->aws ? ND_OK : nd_aws_open(&w->aws, &config, err);
}

static enum nd_rc open_chosen(struct wiring *w, const struct cli *cli, struct chosen *c,
                              struct nd_model **out, struct nd_error *err)
{
    if (!c->is) return ND_OK;
    const char *key = c->config.api_key;
    if (key && strlen(key) >= 8) nd_log_secret(key);
    enum nd_rc rc = need_http(w, err);
    if (rc == ND_OK && c->base_url && !key) rc = need_aws(w, cli, err);
    if (rc == ND_OK && c->base_url && !key) c->config.aws = w->aws;
    return rc == ND_OK ? nd_model_open(out, &c->config, w->http, err) : rc;
}

static enum nd_rc open_guardrail(struct wiring *w, const struct cli *cli, struct nd_guardrail_config *config,
                                 struct nd_model **out, struct nd_error *err)
{
    if (!config->name) return ND_OK;
    const char *key = config->api_key;
    if (key && strlen(key) >= 8) nd_log_secret(key);
    enum nd_rc rc = need_http(w, err);
    if (rc == ND_OK && !key) rc = need_aws(w, cli, err);
    config->aws = w->aws;
    return rc == ND_OK ? nd_guardrail_open(out, config, w->http, cli->host, err) : rc;
}

static enum nd_rc open_models(struct wiring *w, const struct cli *cli, struct chosen_models *models,
                              struct nd_error *err)
{
    struct nd_model *opened[CHOSEN_ROLES] = {NULL}, *guard = NULL;
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < CHOSEN_ROLES && rc == ND_OK; i++)
        rc = open_chosen(w, cli, &models->v[i], &opened[i], err);
    if (rc == ND_OK) rc = open_guardrail(w, cli, &models->guardrail, &guard, err);
    if (rc != ND_OK) {
        for (size_t i = 0; i < CHOSEN_ROLES; i++) nd_model_close(opened[i]);
        return rc;
    }
    const struct nd_roles roles = {.write = opened[CHOSEN_WRITE],
                                   .read = opened[CHOSEN_READ],
                                   .fallback = opened[CHOSEN_FALLBACK],
                                   .fallback_is_here = nd_model_is_here(&models->v[CHOSEN_FALLBACK].config),
                                   .guard = guard};
    w->engine.model = nd_roles_open(&roles, cli->host);
    return ND_OK;
}

static enum nd_rc open_model(struct wiring *w, const struct cli *cli, const struct nd_request *request,
                             struct nd_error *err)
{
    struct chosen_models models;
    enum nd_rc rc = nd_pipeline_writer_known(request->writer, err);
    if (rc != ND_OK) return rc;
    rc = chosen_find(&models, cli, request, err);
    if (rc == ND_OK && models.any && setting_flag(&cli->settings, OPT_OFFLINE)) {
        rc = nd_fail(err, ND_BAD_INPUT,
                     "'--offline' and the model '%.80s' do not go together: use --model extractive",
                     request->writer);
    }
    if (rc == ND_OK && models.any) rc = open_models(w, cli, &models, err);
    chosen_release(&models);
    return rc;
}

static enum nd_rc open_web(struct wiring *w, const struct cli *cli, const struct nd_request *request,
                           struct nd_error *err)
{
    struct nd_web_config config;
    if (!chosen_web(cli, request, &config)) return ND_OK;
    config.cache = w->web_cache;
    enum nd_rc rc = chosen_web_check(cli, request, err);
    if (rc == ND_OK) rc = need_http(w, err);
    if (rc == ND_OK) rc = nd_web_open(&w->web, &config, w->http, err);
    if (rc == ND_OK) nd_desk_set_web(w->desk, w->web);
    return rc;
}

static enum nd_rc open_kbs(struct wiring *w, const struct cli *cli, const struct nd_request *request,
                           struct nd_error *err)
{
    enum nd_rc rc = nd_kbs_elsewhere(request) > 0 ? need_http(w, err) : ND_OK;
    if (rc == ND_OK) rc = chosen_kbs_open(&w->kbs, cli, request, w->http, err);
    if (rc == ND_OK) nd_desk_set_kbs(w->desk, w->kbs);
    return rc;
}

static enum nd_rc open_notifiers(struct wiring *w, const struct cli *cli, struct nd_error *err)
{
    const char *command = setting_text(&cli->settings, OPT_NOTIFY_COMMAND);
    const char *url = setting_text(&cli->settings, OPT_NOTIFY_URL);
    struct nd_notifier *by_command = NULL, *by_url = NULL;
    if (url && setting_flag(&cli->settings, OPT_OFFLINE)) {
        return nd_fail(err, ND_BAD_INPUT, "'--offline' and '--notify-url' do not go together");
    }
    enum nd_rc rc = url ? need_http(w, err) : ND_OK;
    if (rc == ND_OK && command) rc = nd_notify_command(&by_command, command, err);
    if (rc == ND_OK && url) rc = nd_notify_webhook(&by_url, url, w->http, err);
    if (rc != ND_OK) {
        nd_notifier_close(by_command);
        return rc;
    }
    w->engine.notifier = by_command && by_url ? nd_notify_both(by_command, by_url)
                         : by_command         ? by_command
                                              : by_url;
    return ND_OK;
}

enum nd_rc wiring_for_work(struct wiring *w, const struct cli *cli, const struct nd_request *request,
                           struct nd_error *err)
{
    const struct settings *s = &cli->settings;
    w->engine.lanes_in_flight = (unsigned)setting_number(s, OPT_LANES, 0);
    w->engine.max_steps = setting_number(s, OPT_MAX_STEPS, 0);
    w->engine.max_ms = setting_number(s, OPT_MAX_SECONDS, 0) * 1000;
    w->engine.gate_wait_ms = setting_number(s, OPT_GATE_WAIT, 0) * 1000;
    if (request && !w->reader && setting_given(s, OPT_READER)) {
        return nd_fail(err, ND_CONFIG,
                       "'--reader' is '%.150s', wanted the program that opens documents, nightdesk-read",
                       setting_text(s, OPT_READER));
    }
    if (request && !w->reader) {
        return nd_fail(err, ND_CONFIG,
                       "the program that opens documents is not there: put nightdesk-read beside nightdesk, "
                       "or name it with --reader");
    }
    if (request && request->listing && !w->bucket)
        return nd_fail(
            err, ND_BAD_INPUT,
            "'documents.listing' names documents that lie with a store in AWS: --store aws://TABLE/BUCKET");
    if (request && !request->listing && request->local.n > 0 && w->bucket)
        return nd_fail(err, ND_BAD_INPUT,
                       "documents marked --local never leave this machine, and '%.150s' would keep their "
                       "texts elsewhere: choose a folder with --store",
                       w->stack.store);
    enum nd_rc rc = request ? open_model(w, cli, request, err) : ND_OK;
    if (rc == ND_OK && request) rc = open_web(w, cli, request, err);
    if (rc == ND_OK && request) rc = open_kbs(w, cli, request, err);
    if (rc == ND_OK) rc = open_notifiers(w, cli, err);
    return rc;
}

void wiring_close(struct wiring *w)
{
    nd_desk_close(w->desk);
    nd_web_close(w->web);
    nd_kbs_close(w->kbs);
    nd_free(w->web_cache);
    nd_model_close(w->engine.model);
    nd_notifier_close(w->engine.notifier);
    nd_store_close(w->store);
    nd_aws_close(w->aws);
    nd_http_close(w->http);
    stack_release(&w->stack);
    nd_free(w->reader);
    nd_free(w->bucket);
    *w = (struct wiring){.store = NULL};
}

enum nd_rc wiring_request(const struct wiring *w, const char *run_id, struct nd_request **out,
                          struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_REQUEST_MAX_BYTES);
    enum nd_rc rc = w->store->ops->request(w->store, run_id, &text, err);
    if (rc == ND_OK) {
        rc = nd_request_parse_text(out, nd_bytes_view(&text), err);
        if (rc == ND_BAD_INPUT) {
            (void)nd_while(err, "while reading the stored request of run '%s'", run_id);
            rc = err->rc = ND_BROKEN;
        }
    }
    nd_bytes_release(&text);
    return rc;
}
