#include "since.h"
#include "batch_manifest.h"
#include "nightdesk/base/alloc.h"
#include "wiring.h"
#include "work.h"
#include <string.h>

struct search {
    struct wiring *w;
    const char *topic, *run_id; /* of the run being made */
    char found[ND_RUN_ID_BYTES];
};

static bool is_whole(const struct nd_meta *meta)
{
    return meta->outcome == ND_COMPLETED && meta->phase == ND_PHASES;
}

/* Runs come newest first. */
static enum nd_rc visit(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    struct search *search = ctx;
    if (*search->found || !is_whole(meta) || strcmp(meta->run_id, search->run_id) == 0) return ND_OK;
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

static enum nd_rc replace(struct nd_request **request, const struct nd_json *json, struct nd_error *err)
{
    struct nd_request *with = NULL;
    enum nd_rc rc = nd_request_parse(&with, json, err);
    if (rc != ND_OK) return rc;
    nd_request_free(*request);
    *request = with;
    return ND_OK;
}

static enum nd_rc put_in(const struct nd_json *report, struct nd_request **request, struct nd_error *err)
{
    struct nd_json *json = nd_request_json(*request);
    nd_json_set(json, "since", nd_since_of(report));
    if ((*request)->outline_count == 0) nd_json_set(json, "outline", outline_of(report));
    enum nd_rc rc = replace(request, json, err);
    nd_json_free(json);
    return rc;
}

enum nd_rc since_find(struct wiring *w, const char *given, const char *run_id, const char *topic,
                      char earlier[ND_RUN_ID_BYTES], struct nd_error *err)
{
    struct search search = {.w = w, .topic = topic, .run_id = run_id};
    bool latest = strcmp(given, "latest") == 0;
    if (!nd_run_id_valid(given))
        return nd_fail(err, ND_BAD_INPUT, "'--since' is '%.80s', wanted a run id or latest", given);
    enum nd_rc rc = latest ? w->store->ops->list(w->store, visit, &search, err) : ND_OK;
    if (!latest) (void)snprintf(search.found, sizeof search.found, "%s", given);
    memcpy(earlier, search.found, sizeof search.found);
    return rc;
}

enum nd_rc since_add(struct wiring *w, const char *given, const char *run_id, struct nd_request **request,
                     char earlier[ND_RUN_ID_BYTES], struct nd_error *err)
{
    struct nd_json *report = NULL;
    enum nd_rc rc = since_find(w, given, run_id, (*request)->topic, earlier, err);
    if (rc == ND_OK && *earlier) rc = load_report(w, earlier, &report, err);
    if (rc == ND_OK && *earlier) rc = put_in(report, request, err);
    nd_json_free(report);
    return rc;
}

void since_say(const struct cli *cli, const char *earlier)
{
    if (*earlier) {
        screen_say(&cli->screen, STYLE_DIM, "compared with run %s", earlier);
    } else {
        screen_say(&cli->screen, STYLE_DIM, "no completed run with this topic yet: nothing to compare with");
    }
}

bool since_given(const struct cli *cli)
{
    const char *given = setting_text(&cli->settings, OPT_SINCE);
    return given && strcmp(given, SINCE_NONE) != 0;
}

enum nd_rc since_resolve(const struct cli *cli, const char *run_id, struct nd_request **request,
                         struct nd_error *err)
{
    if (!since_given(cli)) return ND_OK;
    const char *given = setting_text(&cli->settings, OPT_SINCE);
    struct wiring w;
    char earlier[ND_RUN_ID_BYTES] = "";
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, err);
    if (rc == ND_OK) {
        rc = since_add(&w, given, run_id, request, earlier, err);
    } else if (rc == ND_NOT_FOUND && strcmp(given, "latest") == 0) { /* no store yet */
        nd_error_clear(err);
        rc = ND_OK;
    }
    if (rc == ND_OK) since_say(cli, earlier);
    wiring_close(&w);
    return rc;
}

/* ---- series of a batch ---- */

struct series {
    const char *run_id;
    size_t item; /* bytes of its id, with the '-' behind it */
    char *found;
};

/* Stamps have one length, so their order is that of their times. */
static enum nd_rc visit_series(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    (void)err;
    struct series *s = ctx;
    bool of_it = strncmp(meta->run_id, s->run_id, s->item) == 0 && strlen(meta->run_id) == strlen(s->run_id);
    bool before = of_it && is_whole(meta) && strcmp(meta->run_id, s->run_id) < 0;
    if (before && strcmp(meta->run_id, s->found) > 0) memcpy(s->found, meta->run_id, ND_RUN_ID_BYTES);
    return ND_OK;
}

enum nd_rc since_in_series(struct wiring *w, const char *run_id, char found[ND_RUN_ID_BYTES],
                           struct nd_error *err)
{
    struct series series = {
        .run_id = run_id, .item = strlen(run_id) - (BATCH_STAMP_BYTES - 1), .found = found};
    found[0] = '\0';
    return w->store->ops->list(w->store, visit_series, &series, err);
}

enum nd_rc since_same_request(const struct wiring *w, const char *run_id, const struct nd_request *asked,
                              bool *same, struct nd_error *err)
{
    struct nd_request *made = NULL;
    char here[ND_SHA256_HEX], there[ND_SHA256_HEX];
    enum nd_rc rc = wiring_request(w, run_id, &made, err);
    if (rc != ND_OK) return rc;
    struct nd_json *json = nd_request_json(made), *wanted = nd_request_json(asked);
    nd_json_remove(json, "since");
    if (asked->outline_count == 0) nd_json_set(json, "outline", nd_json_copy(nd_json_get(wanted, "outline")));
    rc = replace(&made, json, err);
    if (rc == ND_OK) {
        nd_request_sha256(made, there);
        nd_request_sha256(asked, here);
        *same = strcmp(here, there) == 0;
    }
    nd_json_free(json);
    nd_json_free(wanted);
    nd_request_free(made);
    return rc;
}
