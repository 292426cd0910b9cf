/**
 * Documents in, page texts out. Two calls, since each is one recorded step of a run:
 *
 *     nd_inputs_list   walks the roots and freezes what is there: path, size and sha256 of every file
 *     nd_inputs_read   reads what was frozen into sources; what was read before, by any run of the store, is
 * not read again
 *
 * Documents are parsed by the helper program nightdesk-read, one process for each document, several side by
 * side, in a sandbox and within the limits of document/limits.h. What goes wrong with a document costs that
 * document or page and becomes its status and why; it never ends the run.
 */
#ifndef NIGHTDESK_DOCUMENT_DOCUMENT_H
#define NIGHTDESK_DOCUMENT_DOCUMENT_H

#include "nightdesk/core/objects.h"
#include "nightdesk/core/source.h"
#include "nightdesk/document/limits.h"
#include <stdatomic.h>

/** Changes whenever the same bytes may give other page texts or another record. */
#define ND_READER_VERSION "4"

/* ---- what there is to read ---- */

/** One file below a root. */
struct nd_input {
    unsigned root; /* which of the request's roots, from 0 */
    char *path;    /* relative to the root, broken UTF-8 repaired; a root that is a file: its name */
    char *name;    /* the same, as the bytes that open it */
    int64_t size_bytes;
    char sha256[ND_SHA256_HEX]; /* "" when it could not be read */
    char *why;                  /* why it could not be read; NULL: it could */
};
struct nd_inputs {
    struct nd_input *v; /* by root, then bytewise by name */
    size_t n, cap;
    size_t hidden;   /* files and folders left out because their name begins with a dot */
    size_t excluded; /* files left out by include and exclude */
    size_t reports;  /* folders left out because they hold a report of ours */
};

/** Where what a request lists lies: whoever knows gets it by its sha256. */
struct nd_origin {
    /**
     * Appends the bytes, which the caller checks. ND_NOT_FOUND they do not lie there · ND_OVER_LIMIT more
     * than `out` takes · anything else ends the reading and may be tried again.
     */
    enum nd_rc (*get)(void *ctx, const char *sha256, struct nd_bytes *out, struct nd_error *err);
    void *ctx;
};

/** The sha256 by which request->listing names a list that lies elsewhere; NULL: the list is there, or none.
 */
const char *nd_inputs_elsewhere(const struct nd_request *request);

/**
 * Lists and hashes all files below request->roots that request->include and ->exclude let pass (see
 * nd_glob_match). Names that begin with a dot are left out, and so are folders with a report of ours (its
 * manifest.json says so, or a file .nightdesk-RUN that it is being written), unless a root names them. A link
 * to a file is followed while it stays below its root; a link to a folder is not, since what it leads to
 * inside the root is listed there. What cannot be read (permission, a link that leads out or nowhere, a pipe,
 * over ND_READ_FILE_MAX_BYTES) is listed with its reason. *out is released with nd_inputs_release.
 * With request->listing nothing is walked: the list is the one it holds, or names by its sha256
 * ({"schema": "nightdesk.inputs/1", "sha256"}) and the origin has, put in order; a file that it names twice
 * is refused.
 * @param origin  may be NULL, or without get: a list that lies elsewhere is ND_BAD_INPUT
 * @return ND_BAD_INPUT a root does not exist or cannot be listed, or there is no file at all (and the request
 * does not ask the web or knowledge bases elsewhere alone) · ND_OVER_LIMIT
 * more than ND_INPUTS_MAX files · ND_STOPPED
 */
enum nd_rc nd_inputs_list(struct nd_inputs *out, const struct nd_request *request,
                          const struct nd_origin *origin, const atomic_bool *stop, struct nd_error *err);
void nd_inputs_release(struct nd_inputs *inputs);
/** "nightdesk.inputs/1"; caller frees. */
struct nd_json *nd_inputs_json(const struct nd_inputs *inputs);
/** ND_BAD_INPUT names what is wrong, ND_VERSION a newer format. */
enum nd_rc nd_inputs_parse(struct nd_inputs *out, const struct nd_json *json, struct nd_error *err);

/**
 * Appends the bytes of a listed file of this machine, if they are still those that were listed. ND_BAD_INPUT
 * they are not, or it cannot be read (any more).
 */
enum nd_rc nd_input_load(const struct nd_request *request, const struct nd_input *input, struct nd_bytes *out,
                         struct nd_error *err);
/** The first file whose path matches one of the patterns; NULL: none does. */
const struct nd_input *nd_inputs_find(const struct nd_inputs *inputs, const struct nd_strings *patterns);

/**
 * True when the path (relative, '/' between names) matches: * and ? stay within a name, ** crosses folders,
 * [a-z] and
 * [!a-z] are one character; a pattern without '/' is matched against the last name alone. Capital letters
 * count.
 */
bool nd_glob_match(const char *pattern, const char *path);
/** True when one of the patterns matches. */
bool nd_glob_match_any(const struct nd_strings *patterns, const char *path);

/* ---- reading ---- */

struct nd_read_progress {
    size_t done, total;    /* documents, identical files once */
    size_t parsed, cached; /* of those done: read by a process of ours; found in the store */
    uint64_t pages;
    const char *path; /* the one just done */
};

struct nd_read_options {
    const char *reader;      /* path of nightdesk-read, see nd_reader_find */
    struct nd_origin origin; /* .get NULL: only files of this machine can be read */
    unsigned workers;        /* processes side by side; 0: one a core */
    const atomic_bool
        *stop; /* may be NULL; once true, no further document is begun and those being read are dropped */
    void (*progress)(void *ctx,
                     const struct nd_read_progress *progress); /* may be NULL; one call at a time */
    void *ctx;
};

/**
 * Reads the frozen inputs. Files with the same bytes become one source with `also`. Each reading is stored as
 * soon as it is there: page texts as a blob, the record as a blob, and the record under
 * "reading/<sha256>-<version>". A document that is under that name already is not opened, so it counts as it
 * was when it was frozen; of the others, one whose bytes have changed since is failed ("changed during the
 * run"). *out is released with nd_sources_release; *progress (may be NULL) gets the final counts.
 * @return ND_STOPPED · ND_FULL, ND_UNKNOWN and others of the store: what is stored stays, the call can be
 * repeated · ND_CONFIG the reader cannot be started
 */
enum nd_rc nd_inputs_read(struct nd_sources *out, const struct nd_inputs *inputs,
                          const struct nd_request *request, struct nd_objects *objects,
                          const struct nd_read_options *options, struct nd_read_progress *progress,
                          struct nd_error *err);

/**
 * Reads a fetched page as nd_inputs_read reads a file, through the same store, into one source with that url.
 * media_type helps where bytes alone do not tell the kind ("text/markdown"). Results are those of
 * nd_inputs_read; caller releases *out with nd_source_release.
 */
enum nd_rc nd_page_read(struct nd_source *out, const char *url, const char *media_type, struct nd_view bytes,
                        struct nd_objects *objects, const struct nd_read_options *options,
                        struct nd_error *err);
/**
 * Reads a passage that a knowledge base elsewhere gave, as text of that place; its document's title is not
 * known, so the place's last part is its title. Results as above.
 */
enum nd_rc nd_passage_read(struct nd_source *out, const char *kb, const char *place, struct nd_view text,
                           struct nd_objects *objects, const struct nd_read_options *options,
                           struct nd_error *err);
/** A page that could not be had, as a source that failed; caller releases it. */
void nd_page_failed(struct nd_source *out, const char *url, const char *why);

/** One item of "nightdesk.sources/1" with that number; caller frees. */
struct nd_json *nd_source_json(const struct nd_source *source, size_t number);
/** "nightdesk.sources/1" (docs/reference/formats.md) without `parsed` and `cached`; caller frees. */
struct nd_json *nd_sources_json(const struct nd_sources *sources);
/** Rebuilds sources from that and the records in objects. ND_BAD_INPUT, ND_VERSION · ND_NOT_FOUND, ND_BROKEN
 * a record. */
enum nd_rc nd_sources_parse(struct nd_sources *out, const struct nd_json *json, struct nd_objects *objects,
                            struct nd_error *err);

/**
 * Where nightdesk-read is: beside the running program, or where `make install` puts it. Caller frees.
 * ND_CONFIG names both places.
 */
enum nd_rc nd_reader_find(char **out, struct nd_error *err);

#endif
