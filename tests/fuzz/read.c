/*
 * The readers of documents, without the sandbox: what they say passes the parent's own check. READ_PARTS
 * gives the names of an Office file's parts when the input is those; else the input is the document. PDF is
 * poppler's.
 */
#include "fuzz.h"
#include "charset.h"
#include "kinds.h"
#include "reading_check.h"
#ifdef READ_PARTS
#include "makers.h"
#endif

#include <fcntl.h>

void nd_pdf_prepare(struct nd_job *job)
{
    (void)job;
}

void nd_pdf_read(struct nd_job *job)
{
    nd_job_fail(job, ND_SOURCE_FAILED, "not read here");
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
    kind->read(job);
}

/* As the parent does it: the record goes through JSON, and a document without text has no pages to check. */
static void check_reading(struct nd_job *job)
{
    struct nd_reading *back = NULL;
    struct nd_error err = {0};
    bool has_text = job->reading->status == ND_SOURCE_READ || job->reading->status == ND_SOURCE_PARTLY;
    char *text = fuzz_canonical(nd_reading_json(job->reading));
    if (nd_reading_parse(&back, nd_view_of(text), &err) != ND_OK ||
        nd_check_reading(back, nd_bytes_view(&job->blob), &err) != ND_OK)
        fuzz_fail(__FILE__, __LINE__, err.note[0]);
    FUZZ_CHECK(!has_text || job->blob.len > back->pages);
    nd_reading_free(back);
    nd_free(text);
}

static void read_bytes(struct nd_view bytes)
{
    static int nowhere = -1;
    if (nowhere < 0) nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct nd_job job = {.bytes = bytes, .hint = READ_HINT, .skip = "", .last = UINT32_MAX, .out = nowhere};
    job.reading = ND_NEW(struct nd_reading);
    job.reading->kind = nd_strdup("unknown");
    job.reading->extractor = nd_strdup("nightdesk");
    job.reading->size_bytes = (int64_t)bytes.len;
    job.blob = ND_BYTES(ND_PAGE_TEXT_MAX_BYTES);
    nd_sha256_hex(bytes, job.reading->sha256);
    read_document(&job);
    nd_job_end(&job);
    check_reading(&job);
    if (job.charset) nd_charset_free(job.charset);
    nd_reading_free(job.reading);
    nd_bytes_release(&job.blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view input = fuzz_view(data, size);
#ifdef READ_PARTS
    static const char *const names[] = {READ_PARTS};
    struct zip_part parts[sizeof names / sizeof *names];
    size_t n = 0;
    struct nd_bytes zip = ND_BYTES(ND_BYTES_MAX);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct nd_view part = fuzz_part(&input);
        if (i == 0 || part.len > 0) parts[n++] = (struct zip_part){.name = names[i], .bytes = part};
    }
    make_zip(&zip, parts, n);
    read_bytes(nd_bytes_view(&zip));
    nd_bytes_release(&zip);
#else
    read_bytes(input);
#endif
    return 0;
}
