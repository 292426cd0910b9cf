/* nightdesk-read: reads one document from standard input and writes its page texts and the record of the
 * reading to standard output (frame.h). It is started by nightdesk for each document, with no environment and
 * no other file open. */
#include "charset.h"
#include "frame.h"
#include "kinds.h"
#include "sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifdef ND_SANITIZED
/* The leak checker starts a process and traces it, which the sandbox forbids; poppler is not built with
 * annotations. */
const char *__asan_default_options(void) __attribute__((visibility("default")));
const char *__asan_default_options(void)
{
    return "detect_leaks=0:detect_container_overflow=0:allocator_may_return_null=1";
}
#endif

static const char usage[] =
    "usage: nightdesk-read [--hint KIND] [--skip PAGE,…] [--last PAGE] [--no-outline] <DOCUMENT\n"
    "Started by nightdesk for each document; writes frames for nightdesk, not for people.\n";

static bool parse_arguments(struct nd_job *job, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--no-outline") == 0) {
            job->no_outline = true;
            continue;
        }
        int64_t page = 0;
        if (!value) return false;
        if (strcmp(argv[i], "--hint") == 0)
            job->hint = value;
        else if (strcmp(argv[i], "--skip") == 0)
            job->skip = value;
        else if (strcmp(argv[i], "--last") == 0 && nd_view_int(nd_view_of(value), &page) && page >= 0)
            job->last = page < UINT32_MAX ? (uint32_t)page : UINT32_MAX;
        else
            return false;
        i++;
    }
    return !isatty(STDIN_FILENO);
}

/* False when there is more than the limit. */
static bool read_input(struct nd_bytes *out)
{
    for (;;) {
        char *room = nd_bytes_room(out, 1 << 16);
        ssize_t got = room ? read(STDIN_FILENO, room, 1 << 16) : -1;
        if (got <= 0) break;
        out->len += (size_t)got;
    }
    return !out->over;
}

static void read_document(struct nd_job *job)
{
    const char *why = NULL;
    const struct nd_kind *kind = nd_kind_of(job->bytes, job->hint, &why);
    if (!kind) {
        nd_job_fail(job, ND_SOURCE_UNSUPPORTED, why);
        return;
    }
    nd_free(job->reading->kind);
    job->reading->kind = nd_strdup(kind->name);
    if (kind->prepare) kind->prepare(job);
    if (nd_sandbox_close(&why))
        kind->read(job);
    else
        nd_job_fail(job, ND_SOURCE_FAILED, why);
}

int main(int argc, char **argv)
{
    struct nd_job job = {.hint = "", .skip = "", .last = UINT32_MAX, .out = STDOUT_FILENO};
    if (!parse_arguments(&job, argc, argv)) {
        (void)fputs(usage, stderr);
        return ND_READ_EXIT_USAGE;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* an orphan has nobody to write to */
    (void)clearenv();
    if (!nd_sandbox_limits()) return ND_READ_EXIT_LIMITS;
    struct nd_bytes input = ND_BYTES(ND_READ_FILE_MAX_BYTES);
    job.reading = ND_NEW(struct nd_reading);
    job.reading->kind = nd_strdup("unknown");
    job.reading->extractor = nd_strdup("nightdesk");
    job.blob = ND_BYTES(ND_PAGE_TEXT_MAX_BYTES);
    nd_job_begin(&job);
    bool whole = read_input(&input);
    job.bytes = nd_bytes_view(&input);
    job.reading->size_bytes = (int64_t)input.len;
    nd_sha256_hex(job.bytes, job.reading->sha256);
    if (!whole)
        nd_job_fail(&job, ND_SOURCE_FAILED, "over the limit of 256 MB for one file");
    else if (input.len == 0)
        nd_job_fail(&job, ND_SOURCE_FAILED, "the file is empty");
    else
        read_document(&job);
    nd_job_end(&job);
    _exit(0); /* the libraries' own endings are not worth running on a hostile document's heap */
}
