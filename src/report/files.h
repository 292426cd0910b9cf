/** Names and records of the report's folder, shared by who writes it and who verifies it. */
#ifndef ND_REPORT_FILES_H
#define ND_REPORT_FILES_H

#include "doc.h"

#define MANIFEST_SCHEMA "nightdesk.manifest/1"
#define INDEX_SCHEMA "nightdesk.evidence-index/1"

/** "evidence/<text_sha256>/p12.txt"; caller frees. */
char *evidence_name(const char *text_sha256, uint32_t page);
/** The manifest's `inputs`; caller frees. */
struct nd_json *manifest_inputs(const struct doc *doc);
/** The value that `manifest_sha256` must have: hash of the canonical form without that member. */
void manifest_hash(const struct nd_json *manifest, char hex[ND_SHA256_HEX]);

#endif
