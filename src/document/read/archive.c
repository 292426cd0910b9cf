#include "archive.h"

#include <zip.h>

struct nd_archive {
    struct nd_job *job;
    zip_t *archive;
    size_t unpacked; /* bytes of all parts so far */
    bool failed;
};

struct nd_archive *nd_archive_open(struct nd_job *job)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(job->bytes.data, job->bytes.len, 0, &error);
    zip_t *archive = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    zip_error_fini(&error);
    if (!archive) {
        zip_source_free(source);
        nd_job_fail(job, ND_SOURCE_FAILED, "not a readable Office file (damaged or cut off)");
        return NULL;
    }
    if (zip_get_num_entries(archive, 0) > ND_READ_ZIP_ENTRIES_MAX) {
        zip_discard(archive);
        nd_job_fail(job, ND_SOURCE_FAILED, "over the limit of 10,000 entries in an Office file");
        return NULL;
    }
    struct nd_archive *zip = ND_NEW(struct nd_archive);
    *zip = (struct nd_archive){.job = job, .archive = archive};
    return zip;
}

void nd_archive_close(struct nd_archive *zip)
{
    if (!zip) return;
    zip_discard(zip->archive);
    nd_free(zip);
}

bool nd_archive_failed(const struct nd_archive *zip)
{
    return zip->failed;
}

static bool fail(struct nd_archive *zip, const char *why)
{
    zip->failed = true;
    nd_job_fail(zip->job, ND_SOURCE_FAILED, why);
    return false;
}

static bool unpack(struct nd_archive *zip, zip_file_t *file, size_t size, struct nd_bytes *out)
{
    for (;;) {
        char piece[1 << 14];
        zip_int64_t got = zip_fread(file, piece, sizeof piece);
        if (got < 0) return fail(zip, "a part of the Office file is damaged");
        if (got == 0) break;
        zip->unpacked += (size_t)got;
        if ((size_t)got > size) return fail(zip, "a part of the Office file is larger than it says");
        size -= (size_t)got;
        nd_bytes_add(out, piece, (size_t)got);
    }
    return true;
}

bool nd_archive_part(struct nd_archive *zip, const char *name, struct nd_bytes *out)
{
    zip_stat_t about;
    if (zip->failed || zip_stat(zip->archive, name, 0, &about) != 0) return false;
    bool known = (about.valid & ZIP_STAT_SIZE) && (about.valid & ZIP_STAT_COMP_SIZE);
    if (!known) return fail(zip, "a part of the Office file does not say its size");
    if (about.size > ND_READ_ZIP_ENTRY_MAX_BYTES)
        return fail(zip, "over the limit of 64 MB for a part of an Office file");
    if (zip->unpacked + about.size > ND_READ_ZIP_TOTAL_MAX_BYTES)
        return fail(zip, "over the limit of 256 MB for an unpacked Office file");
    if (about.size > ND_READ_ZIP_RATIO_FROM_BYTES && about.size / ND_READ_ZIP_RATIO_MAX > about.comp_size)
        return fail(zip, "packed more than 200 times: refused as a zip bomb");
    zip_file_t *file = zip_fopen(zip->archive, name, 0);
    if (!file) return fail(zip, "a part of the Office file is encrypted or damaged");
    bool whole = unpack(zip, file, about.size, out);
    (void)zip_fclose(file);
    return whole;
}
