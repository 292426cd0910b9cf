/** Files: whole reads with a ceiling, writes that are there whole or not at all. */
#ifndef NIGHTDESK_BASE_FILE_H
#define NIGHTDESK_BASE_FILE_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

/** Appends the file's bytes to out (unchanged but for `over` on failure); ND_OVER_LIMIT, ND_NOT_FOUND,
 * ND_BAD_INPUT. */
enum nd_rc nd_file_read(const char *path, struct nd_bytes *out, struct nd_error *err);
/**
 * Writes a temporary file (path.XXXXXX.tmp, mode 0600) beside path, fsyncs it, renames it to path and fsyncs
 * the folder.
 * @return ND_FULL on ENOSPC/EDQUOT · ND_UNKNOWN renamed, but the folder could not be synced · else see
 * nd_rc_of_errno; after all but ND_UNKNOWN the old file is untouched
 */
enum nd_rc nd_file_write(const char *path, struct nd_view data, struct nd_error *err);
/** The folder and its parents, mode 0700, each synced into its parent; fine when it exists. */
enum nd_rc nd_file_mkdirs(const char *path, struct nd_error *err);
/** The same with mode 0777 less the umask: for results, which are the user's to share. */
enum nd_rc nd_file_mkdirs_shared(const char *path, struct nd_error *err);
bool nd_file_exists(const char *path);
bool nd_file_is_dir(const char *path);
/** Removes a folder and all below it, without following links. Absent is fine. */
enum nd_rc nd_file_remove_tree(const char *path, struct nd_error *err);
/** "a" + "b" -> "a/b"; caller frees. */
char *nd_path_join(const char *a, const char *b);
enum nd_rc nd_file_fsync_dir(const char *path, struct nd_error *err);
/** The rc for errno e: ND_NOT_FOUND, ND_FULL, ND_BAD_INPUT (permission and the like), ND_RETRY (no
 * descriptors), ND_BROKEN. */
enum nd_rc nd_rc_of_errno(int e);

#endif
