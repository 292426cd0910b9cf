/**
 * Results and reasons.
 *
 * A function that can fail returns an enum nd_rc, which says what the caller should DO, and writes the reason
 * into the struct nd_error handed in as its last parameter, which says WHY. Libraries never print; the
 * command line prints the chain of reasons once. Outputs are set only on ND_OK.
 *
 * Wording of a note: lower case, no full stop, the subject in quotes, what was found and what was wanted:
 * "reply 'r7' has 9 sections, limit is 8".
 */
#ifndef NIGHTDESK_BASE_ERROR_H
#define NIGHTDESK_BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#define ND_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

enum nd_rc {
    ND_OK = 0,
    ND_RETRY,      /* nothing happened; the same call may work later */
    ND_UNKNOWN,    /* it may or may not have happened; look before doing anything else */
    ND_LOST_LEASE, /* another worker owns the run: stop, write nothing */
    ND_OVER_LIMIT, /* a named limit would be passed; nothing happened */
    ND_BAD_INPUT,  /* what the user or a document gave is wrong; the note names it */
    ND_NOT_FOUND,  /* the thing asked for does not exist */
    ND_CONFLICT,   /* it exists already, with other content */
    ND_CONFIG,     /* configuration is missing or wrong (exit 78) */
    ND_VERSION,    /* a record was written by a newer program (exit 78) */
    ND_FULL,       /* no space left on the device */
    ND_STOPPED,    /* asked to stop (signal, cancel, --max-steps) */
    ND_BROKEN,     /* an invariant does not hold: a bug or a damaged store */
};

#define ND_ERROR_NOTES 6
#define ND_ERROR_NOTE_BYTES 240

/** A chain of reasons, first cause first. Zero-initialise it. Allocates nothing, so it works out of memory.
 */
struct nd_error {
    enum nd_rc rc;
    unsigned notes;
    char note[ND_ERROR_NOTES][ND_ERROR_NOTE_BYTES];
};

/** Starts the chain with its first cause and returns rc. err may be NULL. */
enum nd_rc nd_fail(struct nd_error *err, enum nd_rc rc, const char *fmt, ...) ND_PRINTF(3, 4);

/**
 * Adds what was being done ("while saving draft 'r7'") and returns the rc of the chain (ND_BROKEN when err is
 * NULL). In a full chain the newest note takes the place of the last one; the first cause always stays.
 */
enum nd_rc nd_while(struct nd_error *err, const char *fmt, ...) ND_PRINTF(2, 3);

/** Forgets the chain, for a caller that handled the failure. */
void nd_error_clear(struct nd_error *err);

/** A short stable word for rc ("bad_input"), for logs and JSON. Never NULL. */
const char *nd_rc_word(enum nd_rc rc);

#endif
