/** One verification: what its parts hand to each other. */
#ifndef ND_REPORT_VERIFY_RUN_H
#define ND_REPORT_VERIFY_RUN_H

#include "doc.h"
#include "folder.h"

#include "nightdesk/report/verify.h"

#define OUTPUT_MAX_BYTES ((size_t)64 << 20)
#define OUTPUTS_MAX (ND_CITED_PAGES_MAX + 100)

struct verify_run {
    struct folder folder;
    struct nd_verify *out;
    struct nd_json *manifest, *report; /* NULL: not readable */
    struct doc *doc;                   /* NULL: report.json is not well-formed */
    struct nd_cited *pages;
};

ND_PRINTF(4, 5)
void verify_finding(struct verify_run *v, const char *file, const char *subject, const char *fmt, ...);
/** ND_OK for failures that verify_read has made into findings; others are the machine's. */
enum nd_rc verify_settled(enum nd_rc rc);
/** Reads a file of the folder; a failure of the file becomes a finding (verify_settled). */
enum nd_rc verify_read(struct verify_run *v, const char *name, struct nd_bytes *out, struct nd_error *err);
/** Reads a JSON file of that schema; *out stays NULL after a finding. ND_VERSION: made by a newer program. */
enum nd_rc verify_json(struct verify_run *v, const char *name, const char *schema, struct nd_json **out,
                       struct nd_error *err);

/* the parts; each adds findings, and fails only when the machine does */
enum nd_rc verify_manifest(struct verify_run *v, struct nd_error *err); /* and every output's hash */
void verify_others(struct verify_run *v);                               /* files that are no part of it */
enum nd_rc verify_evidence(struct verify_run *v, struct nd_error *err); /* index, page hashes, whole texts */
enum nd_rc verify_printed(struct verify_run *v, const char *program,
                          struct nd_error *err); /* HTML, Markdown, remade */
enum nd_rc verify_originals(struct verify_run *v, const struct nd_originals *originals, struct nd_error *err);

#endif
