/** Reading files of a report's folder, which is hostile: nothing outside it, no links, no special files. */
#ifndef ND_REPORT_FOLDER_H
#define ND_REPORT_FOLDER_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

struct folder {
    int fd;
};

/** ND_NOT_FOUND: there is no such folder. */
enum nd_rc folder_open(struct folder *folder, const char *path, struct nd_error *err);
void folder_close(struct folder *folder);
/** Names as the report has them: parts of letters, digits, '.', '_' and '-', none starting with '.', at
 * most 4. */
bool folder_name_ok(const char *name);
/**
 * Appends the file's bytes.
 * @return ND_BAD_INPUT the name is not ok, it is a link or no plain file, or it cannot be read · ND_NOT_FOUND
 * · ND_OVER_LIMIT larger than out->max
 */
enum nd_rc folder_read(const struct folder *folder, const char *name, struct nd_bytes *out,
                       struct nd_error *err);

#endif
