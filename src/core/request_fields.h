/** The members of a request, one row each: parsing, printing and tests walk the same tables. */
#ifndef NIGHTDESK_CORE_REQUEST_FIELDS_H
#define NIGHTDESK_CORE_REQUEST_FIELDS_H

#include "nightdesk/core/request.h"

enum field_kind {
    FIELD_SCHEMA,  /* "nightdesk.request/1" */
    FIELD_TEXT,    /* char *; max bytes; null: not given, unless min > 0 */
    FIELD_TEXTS,   /* struct nd_strings; max items */
    FIELD_INT,     /* int64_t; min-max */
    FIELD_MONEY,   /* int64_t in micro-dollars; JSON has dollars; min-max in micro-dollars */
    FIELD_FLAG,    /* bool */
    FIELD_LENGTH,  /* enum nd_length; words */
    FIELD_GATES,   /* unsigned bits in the order of words */
    FIELD_OUTLINE, /* the outline and its count; max items */
    FIELD_OBJECT,  /* struct nd_json *, any object; absent in print when NULL */
    FIELD_GROUP,   /* an object of its own; members */
};

struct field {
    const char *name;
    enum field_kind kind;
    size_t at; /* offset in struct nd_request, or in struct nd_outline_item */
    int64_t min, max;
    const char *const *words; /* the only values, ended by NULL */
    /** Checks one text; NULL when it is fine, else what is wanted. */
    const char *(*check)(const char *text);
    const struct field *members; /* ended by a row without a name */
    bool late; /* a text or number that requests did not always have: left out of the print while not given */
};

extern const struct field nd_request_fields[];
extern const struct field nd_outline_fields[];

#define ND_REQUEST_SCHEMA "nightdesk.request"
#define ND_REQUEST_VERSION 1

#endif
