/**
 * `verify`: everything a report's folder says, checked offline. The folder is hostile input: nothing outside
 * it is read (names with "..", links, special files are refused), every size has a ceiling.
 *
 * Level "evidence": the folder agrees with itself. Outputs have the manifest's hashes; each quote is the
 * bytes at its place in the page text in evidence/, which has its hash; a text that lies there whole has its
 * text_sha256; claims, quotes and sources refer to each other without a gap; a quoted claim is its quotes;
 * numbers in other claims are in their quotes or cells; cells hold what their quotes say and formulas come
 * out; report.html and report.md show each quote and hold nothing active. Level "originals": also, each cited
 * document was read again from its file, has the same bytes and the same text.
 */
#ifndef NIGHTDESK_REPORT_VERIFY_H
#define NIGHTDESK_REPORT_VERIFY_H

#include "nightdesk/base/hash.h"
#include "nightdesk/base/json.h"
#include "nightdesk/core/request.h"
#include "nightdesk/report/report.h"

/** How the command line reads originals again; this layer cannot open documents. */
struct nd_originals {
    /**
     * @param source   an element of report.json's `sources` (hostile: check path and root)
     * @param sha256   of the file's bytes
     * @param texts    page texts, each ended by a form feed; only filled when want_text
     * @return ND_NOT_FOUND no such file · ND_BAD_INPUT it cannot be read (the note says why): both become
     * findings
     */
    enum nd_rc (*read)(void *ctx, const struct nd_json *source, bool want_text, char sha256[ND_SHA256_HEX],
                       struct nd_bytes *texts, struct nd_error *err);
    void *ctx;
};

#define ND_VERIFY_OTHERS_MAX 100

struct nd_verify {
    struct nd_findings findings; /* empty: verified */
    const char *level;           /* reached: "none", "evidence" or "originals" */
    size_t outputs, originals;   /* files whose hash was checked; documents read again */
    struct nd_checked checked;
    struct nd_strings others; /* files of the folder that are no part of the report, by name; no findings */
    size_t others_total;      /* also those above ND_VERIFY_OTHERS_MAX */
    char *run_id, *topic;     /* as the report says, for messages; NULL when unreadable; printable */
};

/**
 * @param originals  NULL: level "evidence" is asked for
 * @param program    this program's name and version. A report made by the same one is also made again from
 * its report.json and evidence/, and every file must come out with the same bytes. NULL: not done
 * @return ND_OK the check was done; look at findings. ND_NOT_FOUND dir is no folder · ND_VERSION made by a
 * newer program · others: the machine's fault, nothing is said about the report
 */
enum nd_rc nd_verify_dir(const char *dir, const struct nd_originals *originals, const char *program,
                         struct nd_verify *out, struct nd_error *err);
void nd_verify_release(struct nd_verify *v);

#endif
