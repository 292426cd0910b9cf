/**
 * Knowledge bases: names for collections of documents, of this user on this machine. One file each,
 * $XDG_CONFIG_HOME/nightdesk/kb/NAME.json:
 *
 *     {"schema": "nightdesk.kb/1", "roots": ["/absolute/folder/or/file", …]}
 *     {"schema": "nightdesk.kb/2", "roots": […], "elsewhere": ["bedrock:eu-west-1:ABCDE12345", …]}
 *
 * the second only where one names knowledge bases elsewhere (core/kb.h). A request that names one gets its
 * roots and addresses when it is made, so a run says itself what it read and asked, and goes on the same when
 * the knowledge base changes.
 */
#ifndef NIGHTDESK_CLI_KB_H
#define NIGHTDESK_CLI_KB_H

#include "command.h"

#define KB_ROOTS_MAX 1000 /* the same for those elsewhere: ND_KBS_MAX */

struct kb {
    char *name;
    struct nd_strings roots, elsewhere;
};
void kb_release(struct kb *kb);

/** 1-64 characters of [0-9A-Za-z_-]: ND_BAD_INPUT says what was found. */
enum nd_rc kb_check_name(const char *name, struct nd_error *err);
/** ND_NOT_FOUND names those there are · ND_BAD_INPUT, ND_VERSION: the file is damaged or newer. */
enum nd_rc kb_load(struct kb *out, char *const *environment, const char *name, struct nd_error *err);
enum nd_rc kb_save(const struct kb *kb, char *const *environment, struct nd_error *err);
/** ND_NOT_FOUND as above. */
enum nd_rc kb_remove(char *const *environment, const char *name, struct nd_error *err);
/** The names, in their order. ND_CONFIG: no home folder. */
enum nd_rc kb_names(struct nd_strings *out, char *const *environment, struct nd_error *err);
/** Puts the roots of the request's `kbs` into its documents' roots, and leaves addresses in the place of
 * names.
 */
enum nd_rc kb_resolve(struct nd_json *request, char *const *environment, struct nd_error *err);

#endif
