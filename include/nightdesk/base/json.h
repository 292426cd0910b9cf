/**
 * JSON: the only fence around cJSON. Parsing is bounded in size and depth and checks UTF-8; duplicate members
 * are an error. Objects keep the order in which members were set, and printing is deterministic: the same
 * tree gives the same bytes on every machine (whole numbers up to 2^53 without a point, others with the
 * shortest of 15-17 digits).
 *
 * All pointers returned by readers are borrowed from the tree. Readers accept NULL nodes and give "absent"
 * for them.
 */
#ifndef NIGHTDESK_BASE_JSON_H
#define NIGHTDESK_BASE_JSON_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

#define ND_JSON_MAX_BYTES ((size_t)64 << 20)
#define ND_JSON_MAX_DEPTH 64
#define ND_JSON_MAX_NODES ((size_t)2 << 20) /* a node costs about 100 bytes of memory */

struct nd_json; /* a node, which is a tree */

enum nd_json_kind {
    ND_JSON_ABSENT,
    ND_JSON_NULL,
    ND_JSON_BOOL,
    ND_JSON_NUMBER,
    ND_JSON_STRING,
    ND_JSON_ARRAY,
    ND_JSON_OBJECT
};

/**
 * Parses one document by RFC 8259 (nothing but white space may follow; a leading byte order mark is skipped).
 * Refused beyond the RFC: duplicate members, \u0000 (strings are NUL-ended), numbers beyond double or longer
 * than 63 characters, and what passes the limits above. ND_BAD_INPUT names the place (line, column) and what
 * is wrong; nothing else fails.
 */
enum nd_rc nd_json_parse(struct nd_json **out, struct nd_view text, struct nd_error *err);
void nd_json_free(struct nd_json *tree);
struct nd_json *nd_json_copy(const struct nd_json *node);
bool nd_json_equal(const struct nd_json *a, const struct nd_json *b); /* member order does not matter */

/* ---- reading ---- */
enum nd_json_kind nd_json_kind(const struct nd_json *node);
const char *nd_json_kind_word(enum nd_json_kind kind); /* "a string", "an object", "nothing" … for messages */
const struct nd_json *nd_json_get(const struct nd_json *object, const char *member); /* NULL when absent */
size_t nd_json_len(const struct nd_json *array_or_object);
const struct nd_json *nd_json_at(const struct nd_json *array,
                                 size_t i); /* O(i): walk with nd_json_first/next instead */
const struct nd_json *nd_json_first(const struct nd_json *array_or_object);
const struct nd_json *nd_json_next(const struct nd_json *node);
const char *nd_json_name(const struct nd_json *member); /* its key inside its object, or NULL */
#define ND_JSON_EACH(item, parent)                                                                           \
    for (const struct nd_json *item = nd_json_first(parent); item; item = nd_json_next(item))

const char *nd_json_str(const struct nd_json *node);     /* NULL unless a string */
struct nd_view nd_json_view(const struct nd_json *node); /* empty unless a string */
bool nd_json_is_int(const struct nd_json *node);
int64_t nd_json_int(const struct nd_json *node, int64_t otherwise); /* whole numbers within +-2^53 only */
double nd_json_num(const struct nd_json *node, double otherwise);
bool nd_json_bool(const struct nd_json *node, bool otherwise);
/* the same for a member */
const char *nd_json_get_str(const struct nd_json *object, const char *member);
int64_t nd_json_get_int(const struct nd_json *object, const char *member, int64_t otherwise);
double nd_json_get_num(const struct nd_json *object, const char *member, double otherwise);
bool nd_json_get_bool(const struct nd_json *object, const char *member, bool otherwise);

/* ---- required members: ND_BAD_INPUT "'what' has no 'member'" / "'what.member' is a string, wanted an
 * object" ---- */
enum nd_rc nd_json_need(const struct nd_json *object, const char *what, const char *member,
                        enum nd_json_kind kind, const struct nd_json **out, struct nd_error *err);
enum nd_rc nd_json_need_str(const struct nd_json *object, const char *what, const char *member,
                            const char **out, struct nd_error *err);
/** A whole number within [min, max]. */
enum nd_rc nd_json_need_int(const struct nd_json *object, const char *what, const char *member, int64_t min,
                            int64_t max, int64_t *out, struct nd_error *err);

/*
 * ---- building: set and add take ownership of `child` (NULL stands for null); setting a member again
 * replaces it ---- Broken UTF-8 and NUL bytes in a text become U+FFFD, so a tree always prints as valid JSON.
 */
struct nd_json *nd_json_object(void);
struct nd_json *nd_json_array(void);
struct nd_json *nd_json_string(const char *text);
struct nd_json *nd_json_string_view(struct nd_view text);
struct nd_json *nd_json_integer(int64_t value); /* |value| <= 2^53 */
struct nd_json *nd_json_number(double value);   /* NaN and infinities become null */
struct nd_json *nd_json_boolean(bool value);
struct nd_json *nd_json_null(void);
/* looks through the members, so a map of very many is better an array */
struct nd_json *nd_json_set(struct nd_json *object, const char *member,
                            struct nd_json *child);                                 /* returns child */
void nd_json_set_str(struct nd_json *object, const char *member, const char *text); /* NULL sets null */
void nd_json_set_view(struct nd_json *object, const char *member, struct nd_view text);
void nd_json_set_int(struct nd_json *object, const char *member, int64_t value);
void nd_json_set_num(struct nd_json *object, const char *member, double value);
void nd_json_set_bool(struct nd_json *object, const char *member, bool value);
void nd_json_remove(struct nd_json *object, const char *member);
struct nd_json *nd_json_add(struct nd_json *array, struct nd_json *child); /* returns child */
void nd_json_add_str(struct nd_json *array, const char *text);
void nd_json_add_int(struct nd_json *array, int64_t value);

/* ---- printing ---- */
void nd_json_print(const struct nd_json *node, struct nd_bytes *out); /* one line, no spaces */
void nd_json_print_pretty(const struct nd_json *node,
                          struct nd_bytes *out); /* two-space indent, final newline */
/** One line with members sorted by name: equal trees give equal bytes. What is hashed is this. */
void nd_json_print_canonical(const struct nd_json *node, struct nd_bytes *out);
/**
 * Writes text as a JSON string with its quotes, as all printing does; U+2028/2029, </ and <! are escaped so
 * that it may stand in a script element of HTML. Broken UTF-8 becomes U+FFFD.
 */
void nd_json_quote(struct nd_view text, struct nd_bytes *out);

#endif
