#include "batch_plan.h"
#include "ask.h"
#include "cloud_inputs.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/say.h"
#include "since.h"
#include "upload.h"
#include "work.h"
#include <string.h>

/* What Step Functions lets an execution start with, less what stands around the request. */
enum { LINE_MAX_BYTES = 250000 };

/* ---- the plan in S3 ---- */

static enum nd_rc add_line(const struct batch_item *item, const struct nd_request *request,
                           struct nd_bytes *out, struct nd_error *err)
{
    size_t before = out->len;
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "id", item->id);
    nd_json_set_int(json, "ceiling_microusd", request->limits.budget_microusd);
    nd_json_set_str(json, "since", item->since ? item->since : SINCE_NONE);
    nd_json_set(json, "request", nd_request_json(request));
    nd_json_print(json, out);
    nd_json_free(json);
    size_t bytes = out->len - before;
    nd_bytes_add_char(out, '\n');
    if (bytes <= LINE_MAX_BYTES) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "it takes %zu bytes, limit in AWS is %d", bytes, LINE_MAX_BYTES);
}

/* Documents that lie on this machine go to the bucket before the plan that lists them. */
static enum nd_rc add_item(const struct wiring *w, const struct cli *cli, const struct batch_item *item,
                           struct nd_bytes *out, struct nd_error *err)
{
    struct nd_inputs inputs = {.v = NULL};
    struct nd_request *stored = NULL;
    struct nd_bytes listing = ND_BYTES(ND_LISTING_MAX_BYTES);
    struct upload_count count;
    enum nd_rc rc = ask_inputs(item->request, &inputs, err);
    if (rc == ND_OK) rc = upload_request(item->request, &inputs, &stored, &listing, err);
    if (rc == ND_OK && !item->request->listing)
        rc = upload_documents(w, &cli->screen, item->request, &inputs, false, &count, err);
    if (rc == ND_OK) rc = upload_listing(w, nd_bytes_view(&listing), err);
    if (rc == ND_OK) rc = add_line(item, stored, out, err);
    if (rc != ND_OK) (void)nd_while(err, "in line %zu, item '%s'", item->line, item->id);
    nd_request_free(stored);
    nd_inputs_release(&inputs);
    nd_bytes_release(&listing);
    return rc;
}

static enum nd_rc write_plan(const struct wiring *w, const struct cli *cli, const struct manifest *m,
                             const char *address, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    enum nd_rc rc = ND_OK;
    if (!cloud_is_object(address))
        rc = nd_fail(err, ND_BAD_INPUT, "'--plan' is '%.150s', wanted s3://BUCKET/KEY", address);
    for (size_t i = 0; i < m->n && rc == ND_OK; i++) rc = add_item(w, cli, &m->v[i], &text, err);
    if (rc == ND_OK) rc = cloud_put(w, address, nd_bytes_view(&text), "application/x-ndjson", err);
    if (rc != ND_OK) (void)nd_while(err, "while writing the plan '%.150s'", address);
    nd_bytes_release(&text);
    return rc;
}

/* ---- for people ---- */

static bool has_host(const struct nd_json *hosts, const struct nd_json *row)
{
    ND_JSON_EACH(one, hosts)
    if (nd_json_equal(one, row)) return true;
    return false;
}

/* Who would receive what, each once. Caller frees. */
static struct nd_json *hosts_of(const struct cli *cli, const struct manifest *m)
{
    struct nd_json *hosts = nd_json_array();
    for (size_t i = 0; i < m->n; i++) {
        struct nd_json *of_item = nd_json_array();
        work_add_hosts(cli, m->v[i].request, of_item);
        ND_JSON_EACH(row, of_item)
        if (!has_host(hosts, row)) nd_json_add(hosts, nd_json_copy(row));
        nd_json_free(of_item);
    }
    return hosts;
}

static void say_plan(struct cli *cli, const struct manifest *m, int64_t max_total,
                     const struct nd_json *hosts)
{
    char money[ND_MONEY_BYTES];
    screen_people_on_out(&cli->screen);
    for (size_t i = 0; i < m->n; i++) {
        nd_money_format(m->v[i].request->limits.budget_microusd, money);
        screen_say(&cli->screen, STYLE_PLAIN, "%s: at most %s, writer %s: %s", m->v[i].id, money,
                   m->v[i].request->writer, m->v[i].request->topic);
    }
    nd_money_format(m->ceilings_microusd < max_total ? m->ceilings_microusd : max_total, money);
    screen_say(&cli->screen, STYLE_BOLD, "%zu %s right; at most %s in all", m->n,
               nd_plural(NULL, (int64_t)m->n, "item is", "items are"), money);
    ND_JSON_EACH(row, hosts)
    screen_say(&cli->screen, STYLE_BOLD, "%s receives %s", nd_json_get_str(row, "host"),
               nd_json_get_str(row, "receives"));
}

static struct nd_json *items_json(const struct manifest *m)
{
    struct nd_json *items = nd_json_array();
    for (size_t i = 0; i < m->n; i++) {
        struct nd_json *row = nd_json_add(items, nd_json_object());
        nd_json_set_str(row, "id", m->v[i].id);
        nd_json_set_str(row, "topic", m->v[i].request->topic);
        nd_json_set_str(row, "writer", m->v[i].request->writer);
        nd_json_set_int(row, "ceiling_microusd", m->v[i].request->limits.budget_microusd);
    }
    return items;
}

enum nd_exit plan_make(const struct wiring *w, struct cli *cli, const struct manifest *m, int64_t max_total)
{
    const char *address = setting_text(&cli->settings, OPT_PLAN);
    enum nd_rc rc = address ? write_plan(w, cli, m, address, &cli->err) : ND_OK;
    if (rc != ND_OK) return nd_exit_of_rc(rc);
    struct nd_json *hosts = hosts_of(cli, m);
    say_plan(cli, m, max_total, hosts);
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.batch-check/1");
    nd_json_set_int(cli->result, "ceilings_microusd", m->ceilings_microusd);
    nd_json_set_int(cli->result, "max_total_microusd", max_total);
    nd_json_set(cli->result, "hosts", hosts);
    nd_json_set(cli->result, "items", items_json(m));
    return ND_EXIT_OK;
}
