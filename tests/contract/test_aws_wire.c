/*
 * Every request that nightdesk sends to AWS, by everything that can go wrong on the wire. Each cell is told
 * twice: the fault meets one try, and then every try. Each ends within its time-outs, is done once and not
 * twice, says what happened and shows no secret; and when the fault is over, the same client goes on.
 *
 * Prints the table of all cells when all were run.
 */
#include "aws_wire.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRY_MS 8000       /* of the clients here: with room for a busy machine */
#define SLOW_TRY_MS 1000  /* where a fault lasts as long as the client waits */
#define HASTE 20          /* waits between tries are so much shorter */
#define LONGEST_MS 15000  /* of a call */
#define PLACE_ATTEMPTS 50 /* in one bucket: listing a full one takes the server long */
#define CELLS_MAX 2000
#define FOR_EVER 1000000

struct cell {
    const struct wire_fault *fault;
    const struct operation *operation;
    enum nd_rc once, always;
    bool ran;
};
static struct cell cells[CELLS_MAX];
static int cell_count;

/* ---- the world of the clients ---- */

static int64_t clock_off_ms;
static const char *dead_end; /* where all services are, or NULL */
static bool is_slow;         /* a fault that lasts as long as a try: two of them are enough */
static struct nd_http *http;
static char place[24];

static int64_t shifted_now(void *ctx)
{
    return nd_host_posix()->now_ms(ctx) + clock_off_ms;
}

static void hasty_sleep(void *ctx, int64_t ms)
{
    nd_host_posix()->sleep_ms(ctx, ms / HASTE);
}

static const char *env(const char *name)
{
    if (is_slow && strcmp(name, "AWS_MAX_ATTEMPTS") == 0) return "2";
    if (dead_end && strcmp(name, "AWS_ENDPOINT_URL") == 0) return dead_end;
    if (dead_end && strcmp(name, "AWS_CONTAINER_CREDENTIALS_FULL_URI") == 0) return dead_end;
    return getenv(name);
}

static struct nd_aws *open_client(const struct nd_host *host, int64_t total_ms)
{
    struct nd_error err = {0};
    struct nd_aws *aws = NULL;
    const struct nd_aws_config config = {.http = http, .host = host, .env = env, .total_ms = total_ms};
    nd_ck_ok(nd_aws_open(&aws, &config, &err), &err);
    return aws;
}

static void note_arn(const char *what, char out[ND_SFN_ARN_BYTES])
{
    struct nd_bytes arn = ND_BYTES(ND_SFN_ARN_BYTES - 1);
    rig_proxy("GET", what, "", &arn);
    (void)snprintf(out, ND_SFN_ARN_BYTES, "%s", nd_bytes_view(&arn).data);
    nd_bytes_release(&arn);
}

static void begin(struct attempt *a, const struct cell *c, const struct nd_host *host)
{
    static struct nd_aws *calm;
    static unsigned attempts;
    const struct operation *o = c->operation;
    int64_t try_ms = c->fault->is_slow ? SLOW_TRY_MS : TRY_MS;
    char path[64], source[96];
    int64_t expires_ms = 0;
    struct nd_error err = {0};
    if (!http) {
        nd_ck_ok(nd_http_open(&http, &err), &err);
        calm = open_client(nd_host_posix(), 0);
    }
    if (attempts % PLACE_ATTEMPTS == 0) {
        (void)snprintf(place, sizeof place, "nd-wire-%u", attempts);
        (void)snprintf(path, sizeof path, "place/%s/%s", place, place);
        rig_proxy("PUT", path, "", NULL);
    }
    *a = (struct attempt){.calm = calm, .aws = open_client(host, try_ms)};
    memcpy(a->place, place, sizeof place);
    (void)snprintf(a->name, sizeof a->name, "%s-%u", o->name, ++attempts);
    note_arn("machine", a->machine);
    note_arn("topic", a->topic);
    o->prepare(a);
    if (o->kind != OPERATION_KEYS) nd_ck_ok(nd_aws_identity(a->aws, source, &expires_ms, &err), &err);
}

static void set_fault(const struct wire_fault *f, const struct operation *o, unsigned times)
{
    clock_off_ms = f->clock_ms;
    is_slow = f->is_slow;
    if (f->dead_end) {
        dead_end = getenv(f->dead_end);
    } else if (!f->clock_ms) {
        char *rule = nd_sprintf("{\"op\":\"%s\",\"fault\":\"%s\",\"times\":%u}", o->name, f->name, times);
        rig_proxy("POST", "fault", rule, NULL);
        nd_free(rule);
    }
}

static void end_fault(void)
{
    clock_off_ms = 0;
    dead_end = NULL;
    is_slow = false;
    rig_proxy("DELETE", "log", "", NULL);
}

/* ---- what is checked ---- */

static void ck_no_secret(struct nd_view text, const char *where)
{
    struct nd_bytes secrets = ND_BYTES(ND_MIB);
    rig_proxy("GET", "secrets", "", &secrets);
    struct nd_view all = nd_bytes_view(&secrets);
    for (size_t at = 0; at < all.len;) {
        size_t end = nd_view_find(all, ND_VIEW("\n"), at);
        struct nd_view secret = nd_view_sub(all, at, end);
        ck_assert_msg(secret.len < 8 || nd_view_find(text, secret, 0) == SIZE_MAX, "%s shows a secret",
                      where);
        at = end == SIZE_MAX ? all.len : end + 1;
    }
    ck_assert_msg(nd_view_find(text, ND_VIEW("Signature="), 0) == SIZE_MAX, "%s shows a signature", where);
    nd_bytes_release(&secrets);
}

static void ck_message(const struct cell *c, enum nd_rc rc, const struct nd_error *err)
{
    const char *chain = nd_test_chain(rc, err);
    bool is_keys = c->operation->kind == OPERATION_KEYS;
    ck_assert_msg(err->notes > 0 && err->rc == rc, "a message that fits: %s", chain);
    ck_assert_msg(nd_test_has_note(err, c->operation->service), "it names the service: %s", chain);
    ck_assert_msg(is_keys || nd_test_has_note(err, c->operation->name), "it names the operation: %s", chain);
    ck_assert_msg(nd_test_has_note(err, c->fault->says), "it says '%s': %s", c->fault->says, chain);
    ck_no_secret(nd_view_of(chain), "the message");
}

/* A thing that was done shows, and only once. */
static int ck_done(const struct cell *c, struct attempt *a, enum nd_rc rc)
{
    if (!c->operation->done) return rc == ND_OK;
    int done = c->operation->done(a);
    ck_assert_msg(done == 0 || done == 1, "done %d times", done);
    ck_assert_msg(rc != ND_OK || done == 1, "it says ok, and was not done");
    return done;
}

static bool is_as_wanted(const struct cell *c, enum nd_rc rc, enum nd_rc wanted)
{
    bool found_done = rc != ND_OK && rc == c->operation->again; /* by a try of its own before */
    return rc == wanted || ((wanted == ND_OK || wanted == ND_UNKNOWN) && found_done);
}

/* One call under the fault; then, without it, whatever is left to do is done. */
static enum nd_rc tell(const struct cell *c, unsigned times, enum nd_rc wanted)
{
    struct nd_host host = *nd_host_posix();
    struct nd_error err = {0};
    struct attempt a;
    host.now_ms = shifted_now;
    host.sleep_ms = hasty_sleep;
    begin(&a, c, &host);
    set_fault(c->fault, c->operation, times);
    int64_t began_ms = host.monotonic_ms(host.ctx);
    enum nd_rc rc = c->operation->call(&a, &err);
    int64_t took_ms = host.monotonic_ms(host.ctx) - began_ms;
    end_fault();
    ck_assert_msg(is_as_wanted(c, rc, wanted), "wanted %s, found %s", nd_rc_word(wanted),
                  nd_test_chain(rc, &err));
    ck_assert_msg(took_ms < LONGEST_MS, "it took %lld ms", (long long)took_ms);
    if (rc != ND_OK && rc != c->operation->again) ck_message(c, rc, &err);
    if (getenv("ND_CELLS_MESSAGES"))
        printf("%s | %s | %s\n", c->operation->name, c->fault->name, nd_test_chain(rc, &err));
    if (!ck_done(c, &a, rc)) {
        nd_error_clear(&err);
        enum nd_rc after = c->operation->call(&a, &err);
        ck_assert_msg(after == ND_OK, "afterwards: %s", nd_test_chain(after, &err));
        ck_assert_int_eq(ck_done(c, &a, after), 1);
    }
    nd_aws_close(a.aws);
    return rc;
}

START_TEST(a_fault_meets_an_operation)
{
    struct cell *c = &cells[_i];
    ck_assert_msg(c->operation != NULL, "no such cell");
    clock_off_ms = 0;
    dead_end = NULL;
    if (!c->fault->dead_end) c->once = tell(c, 1, wire_once(c->fault, c->operation));
    c->always = tell(c, FOR_EVER, wire_always(c->fault, c->operation));
    c->ran = true;
}
END_TEST

/* ---- the log: the clients' own words go to standard error ---- */

static FILE *log_file;

START_TEST(no_secret_was_logged)
{
    struct nd_bytes text = ND_BYTES((size_t)64 << 20);
    char piece[4096];
    ck_assert_int_eq(fseek(log_file, 0, SEEK_SET), 0);
    for (size_t got; (got = fread(piece, 1, sizeof piece, log_file)) > 0;) nd_bytes_add(&text, piece, got);
    ck_no_secret(nd_bytes_view(&text), "the log");
    nd_bytes_release(&text);
}
END_TEST

/* ---- the table ---- */

static const char *sign_of(const struct cell *c)
{
    static char text[12];
    static const char *const words[] = {
        [ND_OK] = "ok",           [ND_RETRY] = "retry",    [ND_UNKNOWN] = "look",  [ND_OVER_LIMIT] = "limit",
        [ND_BAD_INPUT] = "input", [ND_NOT_FOUND] = "done", [ND_CONFLICT] = "done", [ND_CONFIG] = "config"};
    if (!c) return "";
    if (!c->ran) return "FAILED";
    const char *always = words[c->always], *once = c->fault->dead_end ? always : words[c->once];
    (void)snprintf(text, sizeof text, "%s%s%s", once, strcmp(once, always) == 0 ? "" : "/",
                   strcmp(once, always) == 0 ? "" : always);
    return text;
}

static const struct cell *cell_of(const struct wire_fault *f, const struct operation *o)
{
    for (int i = 0; i < cell_count; i++)
        if (cells[i].fault == f && cells[i].operation == o) return &cells[i];
    return NULL;
}

static void print_table(void)
{
    printf("\n%d cells: what comes of a fault that meets one try / every try. look: it may have been done\n",
           cell_count);
    printf("%-19s", "");
    for (size_t o = 0; o < operation_count; o++) printf("|%-11.11s", operations[o].name);
    for (size_t f = 0; f < wire_fault_count; f++) {
        printf("\n%-19s", wire_faults[f].name);
        for (size_t o = 0; o < operation_count; o++)
            printf("|%-11s", sign_of(cell_of(&wire_faults[f], &operations[o])));
    }
    printf("\n");
}

static void make_cells(void)
{
    for (size_t f = 0; f < wire_fault_count; f++)
        for (size_t o = 0; o < operation_count; o++)
            if (wire_faults[f].applies(&operations[o]) && cell_count < CELLS_MAX)
                cells[cell_count++] = (struct cell){.fault = &wire_faults[f], .operation = &operations[o]};
}

/* Every cell, or every so many-th; in one process, since a cell's result is for the table. */
int main(void)
{
    const char *given = getenv("ND_WIRE_STEP");
    int step = given ? atoi(given) : 1;
    Suite *suite = suite_create("contract/aws_wire");
    TCase *wire = tcase_create("wire");
    make_cells();
    log_file = tmpfile();
    if (!log_file || step < 1 || dup2(fileno(log_file), STDERR_FILENO) < 0) return EXIT_FAILURE;
    for (int i = 0; i < cell_count; i += step)
        tcase_add_loop_test(wire, a_fault_meets_an_operation, i, i + 1);
    tcase_add_test(wire, no_secret_was_logged);
    suite_add_tcase(suite, wire);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (step == 1) print_table();
    nd_http_close(http);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
