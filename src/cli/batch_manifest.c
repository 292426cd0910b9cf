#include "batch_manifest.h"
#include "ask.h"
#include "chosen.h"
#include "chosen_kbs.h"
#include "chosen_web.h"
#include "cloud_inputs.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/suggest.h"
#include "since.h"
#include <string.h>

#define JSON_PLACE "JSON, line 1, "
enum { MANIFEST_MAX_BYTES = 64 << 20, FAULTS_MAX = 1000 };

struct reading {
    struct manifest *manifest;
    const struct wiring *w;
    const struct cli *cli;
    const char *path;
    bool in_bucket;
    bool elsewhere; /* containers do the work, which have keys of their own */
    int64_t max_total_microusd;
    struct nd_json
        *looked; /* the documents that were looked at: a folder is walked once, not for each item */
};

static void item_release(struct batch_item *item)
{
    nd_free(item->id);
    nd_free(item->since);
    nd_request_free(item->request);
}

void manifest_release(struct manifest *m)
{
    for (size_t i = 0; i < m->n; i++) item_release(&m->v[i]);
    nd_free(m->v);
    nd_json_free(m->faults);
    *m = (struct manifest){.v = NULL};
}

/* ---- one item ---- */

static enum nd_rc check_members(const struct nd_json *json, struct nd_error *err)
{
    static const char *const known[] = {"id", "request", "since", "ceiling_microusd"};
    if (nd_json_kind(json) != ND_JSON_OBJECT) {
        return nd_fail(err, ND_BAD_INPUT, "the line is %s, wanted an object with 'id' and 'request'",
                       nd_json_kind_word(nd_json_kind(json)));
    }
    ND_JSON_EACH(member, json)
    {
        const char *name = nd_json_name(member);
        struct nd_suggestion near = nd_suggestion_for(name);
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            found = found || strcmp(name, known[i]) == 0;
            nd_suggest(&near, known[i]);
        }
        if (!found) {
            return nd_fail(err, ND_BAD_INPUT, "'%.60s' is not a member of an item%s%s%s", name,
                           near.best ? "; did you mean '" : "", near.best ? near.best : "",
                           near.best ? "'?" : ": what is asked stands in 'request'");
        }
    }
    return ND_OK;
}

static enum nd_rc take_id(const struct manifest *m, const struct nd_json *json, struct batch_item *item,
                          struct nd_error *err)
{
    const char *id = NULL;
    enum nd_rc rc = nd_json_need_str(json, "the item", "id", &id, err);
    if (rc != ND_OK) return rc;
    if (!nd_run_id_valid(id) || strlen(id) > BATCH_ID_MAX)
        return nd_fail(err, ND_BAD_INPUT, "'id' is '%.80s', wanted 1-48 of [0-9A-Za-z_-]", id);
    for (size_t i = 0; i < m->n; i++) {
        if (strcmp(m->v[i].id, id) == 0)
            return nd_fail(err, ND_BAD_INPUT, "'id' is '%s', which line %zu has already", id, m->v[i].line);
    }
    item->id = nd_strdup(id);
    return ND_OK;
}

static enum nd_rc take_since(const struct nd_json *json, struct batch_item *item, struct nd_error *err)
{
    const struct nd_json *member = nd_json_get(json, "since");
    const char *since = nd_json_str(member);
    if (!member || (since && strcmp(since, SINCE_NONE) == 0)) return ND_OK;
    if (!since || !nd_run_id_valid(since)) /* "latest" is one */
        return nd_fail(err, ND_BAD_INPUT, "'since' is %s%.80s%s, wanted \"latest\" or a run id",
                       since ? "'" : "", since ? since : nd_json_kind_word(nd_json_kind(member)),
                       since ? "'" : "");
    item->since = nd_strdup(since);
    return ND_OK;
}

/* Changes the request in the tree, which is ours alone. */
static enum nd_rc take_request(const struct reading *r, const struct nd_json *json, struct batch_item *item,
                               struct nd_error *err)
{
    const struct nd_json *given = NULL;
    enum nd_rc rc = nd_json_need(json, "the item", "request", ND_JSON_OBJECT, &given, err);
    if (rc != ND_OK) return rc;
    struct nd_json *request = nd_json_copy(given);
    rc = r->in_bucket ? nd_request_parse(&item->request, request, err)
                      : ask_request_in(request, r->path, r->cli->environment, &item->request, err);
    nd_json_free(request);
    return rc;
}

/* The writer is known, every model has a price and may be asked. What fits into their windows belongs to the
 * request, as it does for `run`. */
static enum nd_rc check_writer(const struct reading *r, struct nd_request *request, struct nd_error *err)
{
    struct chosen_models models;
    struct nd_price price;
    enum nd_rc rc = nd_pipeline_writer_known(request->writer, err);
    if (rc != ND_OK) return rc;
    if (!r->elsewhere) rc = chosen_web_check(r->cli, request, err);
    if (rc == ND_OK && !r->elsewhere) rc = chosen_kbs_check(r->cli, request, err);
    if (rc != ND_OK) return rc;
    rc = chosen_find(&models, r->cli, request, err);
    if (rc == ND_OK && models.any && setting_flag(&r->cli->settings, OPT_OFFLINE))
        rc = nd_fail(err, ND_BAD_INPUT, "'--offline' and the model '%.80s' do not go together",
                     request->writer);
    for (size_t i = 0; i < CHOSEN_ROLES && rc == ND_OK; i++) {
        if (models.v[i].is) rc = nd_model_price(&models.v[i].config, &price, err);
    }
    chosen_release(&models);
    return rc == ND_OK ? chosen_fill(r->cli, request, err) : rc;
}

static enum nd_rc check_ceiling(const struct reading *r, const struct nd_json *json,
                                const struct batch_item *item, struct nd_error *err)
{
    int64_t ceiling = item->request->limits.budget_microusd;
    char money[ND_MONEY_BYTES], total[ND_MONEY_BYTES];
    if (r->max_total_microusd >= 0 && ceiling > r->max_total_microusd) {
        nd_money_format(ceiling, money);
        nd_money_format(r->max_total_microusd, total);
        return nd_fail(err, ND_BAD_INPUT,
                       "'limits.budget_usd' is %s, more than --max-total %s: it could never "
                       "start",
                       money + 1, total + 1);
    }
    const struct nd_json *said = nd_json_get(json, "ceiling_microusd");
    if (said && nd_json_int(said, -1) != ceiling)
        return nd_fail(err, ND_BAD_INPUT,
                       "'ceiling_microusd' is not what 'limits.budget_usd' of the request "
                       "says, %lld",
                       (long long)ceiling);
    return ND_OK;
}

/* What an item's list of files depends on. */
static struct nd_json *documents_of(const struct nd_request *request)
{
    struct nd_json *json = nd_request_json(request);
    struct nd_json *documents = nd_json_copy(nd_json_get(json, "documents"));
    nd_json_free(json);
    return documents;
}

static enum nd_rc check_documents(struct reading *r, const struct nd_request *request, struct nd_error *err)
{
    size_t reports = 0;
    if (r->in_bucket) return cloud_check_documents(r->w, request, err);
    struct nd_json *documents = documents_of(request);
    ND_JSON_EACH(before, r->looked)
    {
        if (nd_json_equal(before, documents)) {
            nd_json_free(documents);
            return ND_OK;
        }
    }
    enum nd_rc rc = ask_check_inputs(request, &reports, err);
    if (rc == ND_OK) {
        nd_json_add(r->looked, documents);
    } else {
        nd_json_free(documents);
    }
    return rc;
}

static enum nd_rc take_item(struct reading *r, const struct nd_json *json, struct batch_item *item,
                            struct nd_error *err)
{
    enum nd_rc rc = check_members(json, err);
    if (rc == ND_OK) rc = take_id(r->manifest, json, item, err);
    if (rc == ND_OK) rc = take_since(json, item, err);
    if (rc == ND_OK) rc = take_request(r, json, item, err);
    if (rc == ND_OK) rc = check_writer(r, item->request, err);
    if (rc == ND_OK) rc = check_ceiling(r, json, item, err);
    if (rc == ND_OK) rc = check_documents(r, item->request, err);
    return rc;
}

/* ---- all lines ---- */

static void add_fault(struct manifest *m, size_t line, const struct nd_error *why)
{
    if (!m->faults) m->faults = nd_json_array();
    if (nd_json_len(m->faults) >= FAULTS_MAX) return;
    struct nd_json *row = nd_json_add(m->faults, nd_json_object());
    nd_json_set_int(row, "line", (int64_t)line);
    const char *text = why->notes ? why->note[0] : nd_rc_word(why->rc);
    bool syntax = strncmp(text, JSON_PLACE, strlen(JSON_PLACE)) == 0; /* its line is not the manifest's */
    nd_json_set_str(row, "error", syntax ? text + strlen(JSON_PLACE) : text);
}

static void take_line(struct reading *r, size_t line, struct nd_view text)
{
    struct manifest *m = r->manifest;
    struct batch_item item = {.line = line};
    struct nd_error why = {0};
    struct nd_json *json = NULL;
    enum nd_rc rc = nd_json_parse(&json, text, &why);
    if (rc == ND_OK) rc = take_item(r, json, &item, &why);
    if (rc == ND_OK && m->n == BATCH_ITEMS_MAX)
        rc =
            nd_fail(&why, ND_BAD_INPUT, "this is item %d, limit is %d", BATCH_ITEMS_MAX + 1, BATCH_ITEMS_MAX);
    if (rc == ND_OK) {
        ND_GROW(m->v, m->n, m->cap);
        m->v[m->n++] = item;
        m->ceilings_microusd += item.request->limits.budget_microusd;
    } else {
        item_release(&item);
        add_fault(m, line, &why);
    }
    nd_json_free(json);
}

static void take_lines(struct reading *r, struct nd_view text)
{
    size_t line = 0;
    for (size_t start = 0; start < text.len;) {
        size_t end = nd_view_find(text, ND_VIEW("\n"), start);
        if (end == SIZE_MAX) end = text.len;
        struct nd_view one = nd_view_trim(nd_view_sub(text, start, end));
        line++;
        if (one.len > 0) take_line(r, line, one);
        start = end + 1;
    }
}

enum nd_rc manifest_read(struct manifest *out, const struct wiring *w, const struct cli *cli,
                         const char *path, int64_t max_total_microusd, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(MANIFEST_MAX_BYTES);
    bool in_bucket = cloud_is_object(path);
    *out = (struct manifest){.v = NULL};
    enum nd_rc rc = in_bucket ? cloud_get(w, path, &text, err) : nd_file_read(path, &text, err);
    if (rc == ND_OVER_LIMIT || rc == ND_NOT_FOUND) rc = err->rc = ND_BAD_INPUT;
    if (rc == ND_OK) {
        struct reading r = {.manifest = out,
                            .w = w,
                            .cli = cli,
                            .path = path,
                            .in_bucket = in_bucket,
                            .elsewhere = in_bucket || setting_text(&cli->settings, OPT_PLAN),
                            .max_total_microusd = max_total_microusd,
                            .looked = nd_json_array()};
        take_lines(&r, nd_bytes_view(&text));
        nd_json_free(r.looked);
        if (out->n == 0 && !out->faults) rc = nd_fail(err, ND_BAD_INPUT, "there is no item in it");
    }
    if (rc != ND_OK) (void)nd_while(err, "while reading the manifest '%.150s'", path);
    nd_bytes_release(&text);
    return rc;
}
