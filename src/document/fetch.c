/* What does not lie on this machine: fetched by its sha256 into memory, never into a folder. */
#include "inputs.h"
#include "nightdesk/base/alloc.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- a list ---- */

static enum nd_rc parse_list(struct nd_json **out, const char *sha256, struct nd_view text,
                             struct nd_error *err)
{
    char found[ND_SHA256_HEX];
    nd_sha256_hex(text, found);
    if (strcmp(found, sha256) != 0)
        return nd_fail(err, ND_BAD_INPUT, "the list '%s' holds other bytes than its name says", sha256);
    return nd_json_parse(out, text, err);
}

enum nd_rc nd_inputs_fetch(struct nd_json **out, const struct nd_json *named, const struct nd_origin *origin,
                           struct nd_error *err)
{
    const char *sha256 = NULL;
    enum nd_rc rc = nd_json_need_str(named, "listing", "sha256", &sha256, err);
    if (rc != ND_OK) return rc;
    if (!nd_is_hex(sha256, ND_SHA256_HEX - 1))
        return nd_fail(err, ND_BAD_INPUT, "'sha256' is '%.80s', wanted 64 hex digits", sha256);
    if (nd_json_len(named) != 2 || !nd_json_get(named, "schema"))
        return nd_fail(err, ND_BAD_INPUT,
                       "a list that is named by 'sha256' has 'schema' beside it and nothing else");
    if (!origin || !origin->get)
        return nd_fail(err, ND_BAD_INPUT, "the list of documents lies elsewhere, as '%s'", sha256);
    struct nd_bytes text = ND_BYTES(ND_LISTING_MAX_BYTES + 1);
    rc = origin->get(origin->ctx, sha256, &text, err);
    if (rc == ND_NOT_FOUND || rc == ND_OVER_LIMIT) rc = err->rc = ND_BAD_INPUT;
    if (rc == ND_OK) rc = parse_list(out, sha256, nd_bytes_view(&text), err);
    nd_bytes_release(&text);
    return rc;
}

/* ---- a document ---- */

/* A file without a name holds the bytes: nothing is left behind, whenever the process ends. */
static enum nd_rc keep(struct nd_view bytes, int *fd, struct nd_error *err)
{
    int file = memfd_create("document", MFD_CLOEXEC);
    size_t done = 0;
    while (file >= 0 && done < bytes.len) {
        ssize_t wrote = write(file, bytes.data + done, bytes.len - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) break;
        done += (size_t)wrote;
    }
    if (file >= 0 && done == bytes.len) {
        *fd = file;
        return ND_OK;
    }
    int reason = errno;
    if (file >= 0) (void)close(file);
    return nd_fail(err, ND_RETRY, "no memory for a document of %zu bytes: %s", bytes.len,
                   strerrordesc_np(reason));
}

/* NULL: these are the bytes that were listed. */
static char *why_not(const struct nd_input *input, struct nd_view bytes)
{
    char sha256[ND_SHA256_HEX];
    if ((int64_t)bytes.len != input->size_bytes)
        return nd_sprintf("has %zu bytes where it lies, %lld were listed", bytes.len,
                          (long long)input->size_bytes);
    nd_sha256_hex(bytes, sha256);
    return strcmp(sha256, input->sha256) == 0 ? NULL : nd_strdup("holds other bytes than were listed");
}

enum nd_rc nd_input_fetch(const struct nd_origin *origin, const struct nd_input *input, int *fd, char **why,
                          struct nd_error *err)
{
    if (!origin->get)
        return nd_fail(err, ND_CONFIG, "the documents are listed, and do not lie on this machine");
    *fd = -1;
    *why = NULL;
    if (input->size_bytes > (int64_t)ND_READ_FILE_MAX_BYTES) {
        *why = nd_sprintf("has %lld MB, limit is %zu MB", (long long)(input->size_bytes >> 20),
                          ND_READ_FILE_MAX_BYTES >> 20);
        return ND_OK;
    }
    struct nd_bytes bytes = ND_BYTES((size_t)input->size_bytes + 1);
    enum nd_rc rc = origin->get(origin->ctx, input->sha256, &bytes, err);
    if (rc == ND_NOT_FOUND) *why = nd_strdup("does not lie where it was listed");
    if (rc == ND_OVER_LIMIT) *why = nd_strdup("has more bytes where it lies than were listed");
    if (*why) {
        nd_error_clear(err);
        rc = ND_OK;
    } else if (rc == ND_OK) {
        *why = why_not(input, nd_bytes_view(&bytes));
    }
    if (rc == ND_OK && !*why) rc = keep(nd_bytes_view(&bytes), fd, err);
    nd_bytes_release(&bytes);
    if (rc != ND_OK) (void)nd_while(err, "while fetching the document '%.150s'", input->path);
    return rc;
}
