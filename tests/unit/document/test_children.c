/* Readers that crash, hang, lie or are killed. This program is the reader when it is called by its other
 * name: it does what the document tells it, one order a line. */
#include "frame.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "rig.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAKE "fake-reader"

/* ---- the fake reader ---- */

static void send_frame(char type, struct nd_view body)
{
    char head[ND_FRAME_HEAD_BYTES] = {type};
    for (unsigned i = 0; i < 4; i++) head[i + 1] = (char)(body.len >> (8 * i) & 0xFF);
    (void)!write(STDOUT_FILENO, head, sizeof head);
    (void)!write(STDOUT_FILENO, body.data, body.len);
}

static const char *argument(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0) return argv[i + 1];
    }
    return "";
}

struct fake {
    struct nd_view document;
    struct nd_bytes blob;
    int argc;
    char **argv;
};

/* The record of a document whose pages were all sent. */
static void send_record(const struct fake *f, uint32_t pages, const char *title)
{
    struct nd_reading r = {.status = ND_SOURCE_READ, .size_bytes = (int64_t)f->document.len, .pages = pages};
    struct nd_bytes text = ND_BYTES(ND_MIB);
    r.kind = nd_strdup("text");
    r.extractor = nd_strdup("fake");
    r.title = nd_strdup(title);
    nd_sha256_hex(f->document, r.sha256);
    nd_sha256_hex(nd_bytes_view(&f->blob), r.text_sha256);
    struct nd_json *json = nd_reading_json(&r);
    nd_json_print(json, &text);
    send_frame(ND_FRAME_RECORD, nd_bytes_view(&text));
}

static bool is_skipped(const struct fake *f, unsigned page)
{
    char listed[16];
    (void)snprintf(listed, sizeof listed, "%u", page);
    const char *last = argument(f->argc, f->argv, "--last");
    return strstr(argument(f->argc, f->argv, "--skip"), listed) != NULL ||
           (*last && page > strtoul(last, NULL, 10));
}

static void send_page(struct fake *f, unsigned page)
{
    char text[64];
    (void)snprintf(text, sizeof text, "page %u%s", page, is_skipped(f, page) ? " skipped" : "");
    send_frame(ND_FRAME_PAGE, nd_view_of(text));
    nd_bytes_addf(&f->blob, "%s\f", text);
}

static void die(const char *how)
{
    (void)signal(SIGSEGV, SIG_DFL); /* sanitizers would make an exit of it */
    if (strcmp(how, "crash") == 0) (void)raise(SIGSEGV);
    if (strcmp(how, "kill") == 0) (void)raise(SIGKILL);
    if (strcmp(how, "memory") == 0) _exit(75);
    if (strcmp(how, "time") == 0) (void)raise(SIGXCPU);
    if (strcmp(how, "forbidden") == 0) (void)raise(SIGSYS);
    if (strcmp(how, "status") == 0) _exit(9);
}

/* "killed once": the second try finds the mark that the first one left beside the reader. */
static void be_killed_once(const char *self)
{
    char *mark = nd_sprintf("%s.mark", self);
    FILE *there = fopen(mark, "r");
    if (there) return;
    there = fopen(mark, "w");
    if (there) (void)fclose(there);
    (void)raise(SIGKILL);
}

static void obey(struct fake *f, const char *order)
{
    unsigned from = 0, to = 0;
    char how[20] = "";
    if (sscanf(order, "pages %u of %u then %19s", &from, &to, how) >= 2) {
        char body[4] = {(char)(to & 0xFF), (char)(to >> 8 & 0xFF), 0, 0};
        send_frame(ND_FRAME_COUNT, (struct nd_view){body, 4});
        for (unsigned page = 1; page <= to; page++) {
            if (from && page % from == 0 && !is_skipped(f, page)) die(how);
            send_page(f, page);
        }
        send_record(f, to, "Fake");
    } else if (strncmp(order, "die ", 4) == 0) {
        die(order + 4);
    } else if (strcmp(order, "killed once") == 0) {
        be_killed_once(f->argv[0]);
        obey(f, "pages 0 of 1");
    } else if (strcmp(order, "rubbish") == 0) {
        (void)!write(STDOUT_FILENO, "this is no frame at all, but many bytes", 39);
        (void)sleep(60);
    } else if (strcmp(order, "sleep") == 0) {
        (void)sleep(60);
    } else if (strncmp(order, "frame ", 6) == 0) {
        send_frame(order[6], nd_view_of(order + 8));
    } else if (strcmp(order, "two pages of one") == 0) {
        send_frame(ND_FRAME_COUNT, (struct nd_view){"\1\0\0\0", 4});
        send_page(f, 1);
        send_page(f, 2);
    } else if (strcmp(order, "control character") == 0) {
        send_frame(ND_FRAME_COUNT, (struct nd_view){"\1\0\0\0", 4});
        send_frame(ND_FRAME_PAGE, nd_view_of("a\x01"
                                             "b"));
    } else if (strcmp(order, "huge frame") == 0) {
        (void)!write(STDOUT_FILENO, "P\xFF\xFF\xFF\x7F", 5);
        (void)sleep(60);
    } else if (strcmp(order, "wrong hash") == 0) {
        send_frame(ND_FRAME_COUNT, (struct nd_view){"\1\0\0\0", 4});
        send_page(f, 1);
        nd_bytes_add_str(&f->blob, "more");
        send_record(f, 1, "Fake");
    } else if (strcmp(order, "title of two lines") == 0) {
        send_frame(ND_FRAME_COUNT, (struct nd_view){"\1\0\0\0", 4});
        send_page(f, 1);
        send_record(f, 1, "one\ntwo");
    }
}

static int be_reader(int argc, char **argv)
{
    char document[4096];
    ssize_t got = read(STDIN_FILENO, document, sizeof document - 1);
    if (got < 0) return 1;
    document[got] = '\0';
    struct fake f = {{document, (size_t)got}, ND_BYTES(ND_MIB), argc, argv};
    char *orders = nd_strdup(document), *rest = NULL;
    (void)!write(STDOUT_FILENO, ND_FRAME_MAGIC, sizeof ND_FRAME_MAGIC - 1);
    for (char *order = strtok_r(orders, "\n", &rest); order; order = strtok_r(NULL, "\n", &rest))
        obey(&f, order);
    nd_bytes_release(&f.blob);
    nd_free(orders);
    _exit(0); /* what send_record made is not worth tidying up */
}

/* ---- the tests ---- */

static void open_fake(struct rig *rig)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    ck_assert_int_gt(len, 0);
    self[len] = '\0';
    rig_open(rig);
    rig->reader = nd_test_path(FAKE);
    ck_assert_int_eq(symlink(self, rig->reader), 0);
}

static const struct {
    const char *orders;
    enum nd_source_status status;
    const char *why, *page_1;
} rows[] = {
    {"pages 0 of 3", ND_SOURCE_READ, NULL, "page 1"},
    {"killed once", ND_SOURCE_READ, NULL, "page 1"},
    {"die kill", ND_SOURCE_FAILED, "killed twice", NULL},
    {"die crash", ND_SOURCE_FAILED, "crashed (signal 11)", NULL},
    {"die memory", ND_SOURCE_FAILED, "over the limit of 1024 MB of memory", NULL},
    {"die time", ND_SOURCE_FAILED, "over the limit of processor time", NULL},
    {"die forbidden", ND_SOURCE_FAILED, "sandbox forbids", NULL},
    {"die status", ND_SOURCE_FAILED, "ended with status 9", NULL},
    {"pages 1 of 1 then crash", ND_SOURCE_FAILED, "crashed", NULL},
    {"nothing", ND_SOURCE_FAILED, "ended with status 0", NULL},
    {"rubbish", ND_SOURCE_FAILED, "out of turn", NULL},
    {"frame Z nothing", ND_SOURCE_FAILED, "out of turn", NULL},
    {"frame P early", ND_SOURCE_FAILED, "out of turn", NULL},
    {"frame C long", ND_SOURCE_FAILED, "out of turn",
     NULL}, /* as a number, more pages than any document may have */
    {"frame R {}", ND_SOURCE_FAILED, "not sound", NULL},
    {"frame R not json", ND_SOURCE_FAILED, "not sound", NULL},
    {"two pages of one", ND_SOURCE_FAILED, "out of turn", NULL},
    {"control character", ND_SOURCE_FAILED, "out of turn", NULL},
    {"huge frame", ND_SOURCE_FAILED, "out of turn", NULL},
    {"wrong hash", ND_SOURCE_FAILED, "another hash", NULL},
    {"title of two lines", ND_SOURCE_FAILED, "not one clean line", NULL},
    {"pages 4 of 9 then crash", ND_SOURCE_READ, NULL, "page 1"},
};

START_TEST(whatever_the_reader_does_costs_its_document_alone)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig rig;
        open_fake(&rig);
        rig_add(&rig, "good.txt", ND_VIEW("pages 0 of 2"));
        const struct nd_reading *r = rig_read_one(&rig, "document.txt", nd_view_of(rows[i].orders));
        ck_assert_msg(r->status == rows[i].status, "'%s': %s", rows[i].orders, r->why ? r->why : "read");
        if (rows[i].why)
            ck_assert_msg(strstr(r->why, rows[i].why) != NULL, "'%s': %s", rows[i].orders, r->why);
        if (rows[i].page_1) ck_assert_str_eq(rig_page(&rig, "document.txt", 1), rows[i].page_1);
        ck_assert_str_eq(rig_page(&rig, "good.txt", 2), "page 2");
        rig_close(&rig);
        (void)unlink(rig.reader);
        (void)nd_file_remove_tree(rig.root, NULL);
    }
}
END_TEST

START_TEST(pages_that_end_the_reader_are_skipped_until_there_are_too_many)
{
    struct rig rig;
    open_fake(&rig);
    (void)rig_read_one(&rig, "two.txt", ND_VIEW("pages 4 of 9 then crash"));
    ck_assert_str_eq(rig_page(&rig, "two.txt", 4), "page 4 skipped");
    ck_assert_str_eq(rig_page(&rig, "two.txt", 5), "page 5");
    ck_assert_str_eq(rig_page(&rig, "two.txt", 8), "page 8 skipped");
    (void)rig_read_one(&rig, "many.txt", ND_VIEW("pages 2 of 20 then crash"));
    ck_assert_str_eq(rig_page(&rig, "many.txt", 6), "page 6 skipped");
    ck_assert_str_eq(rig_page(&rig, "many.txt", 7), "page 7");
    ck_assert_str_eq(rig_page(&rig, "many.txt", 9), "page 9 skipped"); /* the rest is given up */
    ck_assert_uint_eq(rig_source(&rig, "many.txt")->reading->pages, 20);
    rig_close(&rig);
}
END_TEST

START_TEST(a_verdict_that_is_not_the_documents_own_is_not_kept_for_later_runs)
{
    struct rig rig;
    open_fake(&rig);
    rig_add(&rig, "good.txt", ND_VIEW("pages 0 of 2"));
    rig_add(&rig, "bad.txt", ND_VIEW("die crash"));
    nd_ck_ok(rig_read(&rig), &rig.err);
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_uint_eq(rig.progress.cached, 1);
    ck_assert_uint_eq(rig.progress.parsed, 1);
    rig_close(&rig);
}
END_TEST

static atomic_bool stop;
static void *ask_to_stop(void *ctx)
{
    (void)ctx;
    (void)usleep(300000);
    atomic_store(&stop, true);
    return NULL;
}

START_TEST(stopping_does_not_wait_for_readers)
{
    struct rig rig;
    pthread_t thread;
    open_fake(&rig);
    rig_add(&rig, "slow.txt", ND_VIEW("sleep"));
    nd_ck_ok(nd_inputs_list(&rig.inputs, &rig.request, NULL, NULL, &rig.err), &rig.err);
    struct nd_read_options options = {.reader = rig.reader, .workers = 2, .stop = &stop};
    ck_assert_int_eq(pthread_create(&thread, NULL, ask_to_stop, NULL), 0);
    nd_ck_rc(nd_inputs_read(&rig.sources, &rig.inputs, &rig.request, rig.objects, &options, NULL, &rig.err),
             ND_STOPPED, &rig.err); /* the test's time limit is well below the reader's minute */
    pthread_join(thread, NULL);
    rig_close(&rig);
}
END_TEST

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/');
    if (name && strcmp(name + 1, FAKE) == 0) return be_reader(argc, argv);
    const TTest *const tests[] = {whatever_the_reader_does_costs_its_document_alone,
                                  pages_that_end_the_reader_are_skipped_until_there_are_too_many,
                                  a_verdict_that_is_not_the_documents_own_is_not_kept_for_later_runs,
                                  stopping_does_not_wait_for_readers};
    return nd_test_run("document/children", tests, sizeof tests / sizeof tests[0]);
}
