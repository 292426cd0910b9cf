/** Reading one document: as many children as it takes, and a verdict in any case. */
#ifndef ND_DOCUMENT_READER_H
#define ND_DOCUMENT_READER_H

#include "child.h"

struct nd_read_result {
    struct nd_reading
        *reading;         /* never NULL on ND_OK; its title may still be the kind's (ND_TITLE_FILE_NAME) */
    struct nd_bytes blob; /* page texts; empty when failed or unsupported */
    bool lasting;         /* follows from the bytes alone, so it may be kept for other runs */
};
void nd_read_result_release(struct nd_read_result *result);

/** What the file's name says about its kind, for the reader: "markdown", "csv", "html" or "". */
const char *nd_hint_of_name(const char *name);
/** A title from the file's name: without folders, ending, underscores. Never empty; caller frees. */
char *nd_title_of_path(const char *path);
/** Gives a reading without a title of its own the one of the path: a record is kept for bytes, not for names.
 */
void nd_title_from_path(struct nd_reading *reading, const char *path);
/** Of a knowledge base's passage: the last part of its place. */
void nd_title_of_passage(struct nd_source *passage);
/**
 * Adds to titles that several sources share what tells them apart: the first heading that the others do not
 * have at that place, else the file's name. A function of the sources alone.
 */
void nd_titles_apart(struct nd_sources *sources);
/** A reading that failed before it began; caller frees. */
struct nd_reading *nd_reading_failed(const struct nd_input *input, const char *why);

/** @return ND_STOPPED · ND_CONFIG the reader cannot be started · ND_RETRY not now */
enum nd_rc nd_read_document(struct nd_read_result *out, const char *reader, const char *path,
                            const struct nd_input *input, const struct nd_stop *stop, struct nd_error *err);

#endif
