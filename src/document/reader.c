#include "reader.h"
#include "child.h"
#include "reading_check.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUT_OF_MEMORY_STATUS 75 /* base/alloc.h */

void nd_read_result_release(struct nd_read_result *result)
{
    nd_reading_free(result->reading);
    nd_bytes_release(&result->blob);
    *result = (struct nd_read_result){0};
}

/* ---- names ---- */

const char *nd_hint_of_name(const char *name)
{
    static const char *const hints[][2] = {
        {".md", "markdown"}, {".markdown", "markdown"}, {".mkd", "markdown"}, {".csv", "csv"},
        {".tsv", "csv"},     {".html", "html"},         {".htm", "html"},     {".xhtml", "html"}};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof hints / sizeof hints[0]; i++) {
        if (strcasecmp(dot, hints[i][0]) == 0) return hints[i][1];
    }
    return "";
}

struct nd_reading *nd_reading_failed(const struct nd_input *input, const char *why)
{
    struct nd_reading *r = ND_NEW(struct nd_reading);
    memcpy(r->sha256, input->sha256, sizeof r->sha256);
    r->size_bytes = input->size_bytes;
    r->status = ND_SOURCE_FAILED;
    r->why = nd_strdup(why);
    r->kind = nd_strdup("unknown");
    r->extractor = nd_strdup("reader " ND_READER_VERSION);
    r->title = nd_title_of_path(input->path);
    r->title_from = ND_TITLE_FILE_NAME;
    return r;
}

/* ---- one try after the other ---- */

struct tries {
    struct nd_child_orders orders;
    struct nd_bytes skip;
    unsigned restarts;
    bool killed_before;
};

static char *why_it_ended(const struct nd_child_reply *reply)
{
    if (reply->end == ND_CHILD_NONSENSE)
        return nd_strdup("the reading program answered out of turn, and was ended");
    if (reply->end == ND_CHILD_TOO_SLOW)
        return nd_sprintf("over the limit of %lld s for reading it", (long long)(reply->spent_ms / 1000));
    if (reply->end == ND_CHILD_EXITED && reply->code == OUT_OF_MEMORY_STATUS)
        return nd_sprintf("over the limit of %zu MB of memory for reading it", ND_READ_ADDRESS_BYTES >> 20);
    if (reply->end == ND_CHILD_EXITED)
        return nd_sprintf("the reading program ended with status %d", reply->code);
    if (reply->code == SIGXCPU) return nd_strdup("over the limit of processor time for reading it");
    if (reply->code == SIGSYS)
        return nd_strdup("the reading program tried what its sandbox forbids, and was ended");
    if (reply->code == SIGKILL)
        return nd_strdup("the reading program was killed twice (out of memory on this machine?)");
    return nd_sprintf("the reading program crashed (signal %d)", reply->code);
}

static bool ran_out_of_time(const struct nd_child_reply *reply)
{
    return reply->end == ND_CHILD_TOO_SLOW || (reply->end == ND_CHILD_SIGNALED && reply->code == SIGXCPU);
}

/* What to try next after a child that left no record; false: nothing. A child that the system killed is tried
 * again as it was. A page that ends the child is skipped, a few times; a document that is slow as a whole, or
 * has more such pages, is given up after the last good page. */
static bool try_again(struct tries *tries, const struct nd_child_reply *reply)
{
    bool killed = reply->end == ND_CHILD_SIGNALED && reply->code == SIGKILL;
    if (killed && !tries->killed_before) {
        tries->killed_before = true;
        return true;
    }
    if (reply->pages < 2 || reply->end == ND_CHILD_NONSENSE) return false;
    if (reply->received == reply->pages) {
        bool first = !tries->orders.no_outline;
        tries->orders.no_outline = true;
        return first;
    }
    bool given_up_before = tries->orders.last != UINT32_MAX;
    bool one_slow_page = reply->last_page_ms * 2 > reply->spent_ms;
    if (tries->restarts < ND_READ_RESTARTS_MAX && (!ran_out_of_time(reply) || one_slow_page)) {
        nd_bytes_addf(&tries->skip, "%s%u", tries->skip.len > 0 ? "," : "", reply->received + 1);
        tries->orders.skip = tries->skip.data;
        tries->restarts++;
        return true;
    }
    tries->orders.last = reply->received;
    return !given_up_before && reply->received > 0;
}

/* -1, with *why set: it is not what was listed, or with *why NULL: not now. */
static int open_document(const char *path, const char **why)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && nd_rc_of_errno(errno) == ND_RETRY) return -1;
    if (fd < 0) *why = errno == ENOENT ? "gone during the run" : "cannot be read any more";
    if (fd >= 0 && (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))) {
        *why = "changed during the run";
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

/* Takes the reply for the result, or says why it cannot be. */
static void judge(struct nd_read_result *out, struct nd_child_reply *reply, const struct nd_input *input)
{
    struct nd_error err = {0};
    struct nd_reading *reading = NULL;
    enum nd_rc rc = nd_reading_parse(&reading, nd_bytes_view(&reply->record), &err);
    bool changed = rc == ND_OK && strcmp(reading->sha256, input->sha256) != 0;
    if (rc == ND_OK && !changed) rc = nd_check_reading(reading, nd_bytes_view(&reply->blob), &err);
    if (rc == ND_OK && !changed) {
        bool has_text = reading->status == ND_SOURCE_READ || reading->status == ND_SOURCE_PARTLY;
        *out = (struct nd_read_result){.reading = reading, .lasting = true};
        if (has_text) {
            out->blob = reply->blob;
            reply->blob = (struct nd_bytes){0};
        }
        return;
    }
    char *why = changed ? nd_strdup("changed during the run")
                        : nd_sprintf("the reading program's answer is not sound: %s", err.note[0]);
    *out = (struct nd_read_result){.reading = nd_reading_failed(input, why)};
    nd_free(why);
    nd_reading_free(reading);
}

enum nd_rc nd_read_document(struct nd_read_result *out, const char *reader, const char *path,
                            const struct nd_input *input, const struct nd_stop *stop, struct nd_error *err)
{
    struct tries tries = {.orders = {.hint = nd_hint_of_name(input->name), .last = UINT32_MAX},
                          .skip = ND_BYTES(256)};
    struct nd_read_result result = {0};
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK && !result.reading) {
        struct nd_child_reply reply = {0};
        const char *gone = NULL;
        int fd = open_document(path, &gone);
        if (fd < 0 && !gone) {
            rc = nd_fail(err, ND_RETRY, "'%.150s' cannot be opened now: %s", input->path,
                         strerrordesc_np(errno));
            break;
        }
        if (fd < 0) {
            result.reading = nd_reading_failed(input, gone);
            break;
        }
        rc = nd_child_read(&reply, reader, fd, &tries.orders, stop, err);
        (void)close(fd);
        if (rc == ND_OK && reply.end == ND_CHILD_DONE) {
            judge(&result, &reply, input);
        } else if (rc == ND_OK && !try_again(&tries, &reply)) {
            char *why = why_it_ended(&reply);
            result.reading = nd_reading_failed(input, why);
            nd_free(why);
        }
        nd_child_reply_release(&reply);
    }
    nd_bytes_release(&tries.skip);
    if (rc == ND_OK) *out = result;
    return rc;
}

enum nd_rc nd_reader_find(char **out, struct nd_error *err)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len <= 0)
        return nd_fail(err, ND_CONFIG, "the running program's own path is not known: %s",
                       strerrordesc_np(errno));
    self[len] = '\0';
    char *slash = strrchr(self, '/');
    if (slash) *slash = '\0';
    char *beside = nd_path_join(self, "nightdesk-read");
    char *installed = nd_path_join(self, "../libexec/nightdesk/nightdesk-read");
    const char *found = nd_file_exists(beside) ? beside : nd_file_exists(installed) ? installed : NULL;
    enum nd_rc rc = found
                        ? ND_OK
                        : nd_fail(err, ND_CONFIG, "the reader is neither '%s' nor '%s': build or install it",
                                  beside, installed);
    if (rc == ND_OK) *out = nd_strdup(found);
    nd_free(beside);
    nd_free(installed);
    return rc;
}
