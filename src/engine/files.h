/** Artefacts and report files as objects: a list of files is a blob that META names. */
#ifndef ENGINE_FILES_H
#define ENGINE_FILES_H

#include "nightdesk/core/phase.h"

/** Stores the artefact's JSON; sha256 is what META.artefact names. */
enum nd_rc nd_artefact_put(struct nd_objects *objects, const struct nd_artefact *artefact,
                           char sha256[ND_SHA256_HEX], struct nd_error *err);
/**
 * Stores the files and their list ("nightdesk.files/1"); "" when there are none.
 * @param stop  of a partial report, see partial.h; else NULL
 */
enum nd_rc nd_files_put(struct nd_objects *objects, const struct nd_artefact *artefact,
                        const struct nd_json *stop, char sha256[ND_SHA256_HEX], struct nd_error *err);
/** The list itself, parsed; caller frees. */
enum nd_rc nd_files_list(struct nd_objects *objects, const char *sha256, struct nd_json **out,
                         struct nd_error *err);
/** The files of a list, each checked against its hash. */
enum nd_rc nd_files_get(struct nd_objects *objects, const char *sha256, struct nd_artefact *out,
                        struct nd_error *err);

#endif
