#include "cloud.h"
#include "nightdesk/aws/stepfunctions.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/store/store.h"

#include <string.h>

#define SCHEME "aws://"

bool cloud_is_address(const char *store)
{
    return strncmp(store, SCHEME, strlen(SCHEME)) == 0;
}

/* arn:aws:states:REGION:… */
static enum nd_rc check_machine(const struct wiring *w, struct nd_error *err)
{
    char unused[ND_SFN_ARN_BYTES];
    enum nd_rc rc = nd_sfn_execution_arn(w->stack.machine, "x", unused, err);
    if (rc != ND_OK) return rc;
    char *middle = nd_sprintf(":states:%s:", nd_aws_region(w->aws));
    if (!strstr(w->stack.machine, middle)) {
        rc = nd_fail(err, ND_CONFIG, "the state machine '%.120s' is not in this region, %s", w->stack.machine,
                     nd_aws_region(w->aws));
    }
    nd_free(middle);
    return rc;
}

static enum nd_rc open_store(struct wiring *w, const struct cli *cli, const char *table, const char *bucket,
                             struct nd_error *err)
{
    enum nd_rc rc = w->http ? ND_OK : nd_http_open(&w->http, err);
    const struct nd_aws_config config = {.http = w->http, .host = cli->host, .region = w->stack.region};
    if (rc == ND_OK) rc = nd_aws_open(&w->aws, &config, err);
    if (rc == ND_OK && w->stack.machine) rc = check_machine(w, err);
    const struct nd_store_aws_config store = {
        .aws = w->aws, .host = cli->host, .table = table, .bucket = bucket};
    if (rc == ND_OK) w->bucket = nd_strdup(bucket);
    return rc == ND_OK ? nd_store_aws_open(&w->store, &store, err) : rc;
}

enum nd_rc cloud_open(struct wiring *w, const struct cli *cli, struct nd_error *err)
{
    const char *address = w->stack.store;
    const char *table = address + strlen(SCHEME), *slash = strchr(table, '/');
    if (!slash || slash == table || !slash[1] || strchr(slash + 1, '/'))
        return nd_fail(err, ND_BAD_INPUT, "store '%.100s' is not like aws://TABLE/BUCKET", address);
    if (setting_flag(&cli->settings, OPT_OFFLINE))
        return nd_fail(err, ND_BAD_INPUT, "'--offline' and the store '%.100s' do not go together", address);
    char *name = nd_strndup(table, (size_t)(slash - table));
    enum nd_rc rc = open_store(w, cli, name, slash + 1, err);
    nd_free(name);
    return rc;
}
