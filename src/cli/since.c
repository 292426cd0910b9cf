#include "since.h"
#include "nightdesk/base/alloc.h"
#include "wiring.h"
#include "work.h"
#include <string.h>

struct search {
    struct wiring *w;
    const char *topic, *run_id; /* of the run being made */
    char found[ND_RUN_ID_BYTES];
};

/* Runs come newest first. */
static enum nd_rc visit(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    struct search *search = ctx;
    bool whole = meta->outcome == ND_COMPLETED && meta->phase == ND_PHASES;
    if (*search->found || !whole || strcmp(meta->run_id, search->run_id) == 0) return ND_OK;
    struct nd_request *request = NULL;
    if (wiring_request(search->w, meta->run_id, &request, err) != ND_OK) {
        nd_error_clear(err);
        return ND_OK;
    }
    if (strcmp(request->topic, search->topic) == 0) memcpy(search->found, meta->run_id, sizeof search->found);
    nd_request_free(request);
    return ND_OK;
}

static enum nd_rc load_report(struct wiring *w, const char *run_id, struct nd_json **out,
                              struct nd_error *err)
{
    struct nd_artefact files = {0};
    enum nd_rc rc = nd_engine_report(&w->engine, run_id, &files, err);
    if (rc == ND_OK && !(*out = work_report_json(&files)))
        rc = nd_fail(err, ND_BAD_INPUT, "its report cannot be read");
    nd_artefact_release(&files);
    if (rc == ND_NOT_FOUND) rc = err->rc = ND_BAD_INPUT;
    return rc == ND_OK ? rc : nd_while(err, "while looking for the report of run '%s' ('--since')", run_id);
}

static struct nd_json *outline_of(const struct nd_json *report)
{
    static const char *const kept[] = {"title", "question"};
    struct nd_json *outline = nd_json_array();
    ND_JSON_EACH(section, nd_json_get(report, "sections"))
    {
        struct nd_json *item = nd_json_add(outline, nd_json_object());
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
            const char *text = nd_json_get_str(section, kept[i]);
            if (text && *text) nd_json_set_str(item, kept[i], text);
        }
    }
    return outline;
}

static enum nd_rc put_in(const struct nd_json *report, struct nd_request **request, struct nd_error *err)
{
    struct nd_json *json = nd_request_json(*request);
    struct nd_request *with = NULL;
    nd_json_set(json, "since", nd_since_of(report));
    if ((*request)->outline_count == 0) nd_json_set(json, "outline", outline_of(report));
    enum nd_rc rc = nd_request_parse(&with, json, err);
    nd_json_free(json);
    if (rc != ND_OK) return rc;
    nd_request_free(*request);
    *request = with;
    return ND_OK;
}

enum nd_rc since_resolve(const struct cli *cli, const char *run_id, struct nd_request **request,
                         struct nd_error *err)
{
    const char *given = setting_text(&cli->settings, OPT_SINCE);
    if (!given) return ND_OK;
    struct wiring w;
    struct search search = {.w = &w, .topic = (*request)->topic, .run_id = run_id};
    struct nd_json *report = NULL;
    bool latest = strcmp(given, "latest") == 0;
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, err);
    if (rc == ND_OK && latest) rc = w.store->ops->list(w.store, visit, &search, err);
    if (rc == ND_NOT_FOUND && latest) { /* no store yet */
        nd_error_clear(err);
        rc = ND_OK;
    }
    const char *earlier = latest ? search.found : given;
    if (rc == ND_OK && *earlier) rc = load_report(&w, earlier, &report, err);
    if (rc == ND_OK && *earlier) rc = put_in(report, request, err);
    if (rc == ND_OK && !*earlier)
        screen_say(&cli->screen, STYLE_DIM, "no completed run with this topic yet: nothing to compare with");
    else if (rc == ND_OK)
        screen_say(&cli->screen, STYLE_DIM, "compared with run %s", earlier);
    nd_json_free(report);
    wiring_close(&w);
    return rc;
}
