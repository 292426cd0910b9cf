/** Parts of an Office file, unpacked within limits. */
#ifndef ND_READ_ARCHIVE_H
#define ND_READ_ARCHIVE_H

#include "job.h"

struct nd_archive;

/** NULL and the job failed: damaged, or too many entries. */
struct nd_archive *nd_archive_open(struct nd_job *job);
void nd_archive_close(struct nd_archive *zip);
/**
 * Appends a part. False when there is none; also when it passes a limit or is damaged, and then the job has
 * failed (nd_archive_failed), because nothing in the file can be trusted.
 */
bool nd_archive_part(struct nd_archive *zip, const char *name, struct nd_bytes *out);
bool nd_archive_failed(const struct nd_archive *zip);

#endif
