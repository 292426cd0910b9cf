/**
 * DynamoDB: items, conditional writes, transactions. Reads are always consistent, but for a query of an
 * index, which cannot be. Answers' CRC-32 is checked.
 *
 * An item is a JSON object of attributes as DynamoDB writes them: {"pk": {"S": "…"}, "rev": {"N": "7"}}.
 * Results beside those of aws.h are named at each call.
 */
#ifndef NIGHTDESK_AWS_DYNAMODB_H
#define NIGHTDESK_AWS_DYNAMODB_H

#include "nightdesk/aws/aws.h"
#include "nightdesk/base/json.h"

#define ND_DYNAMODB_TRANSACTION_MAX 100 /* writes */
#define ND_DYNAMODB_BATCH_MAX 100       /* items of one read */
#define ND_DYNAMODB_PAGE_MAX_BYTES ((size_t)4 << 20)

/* ---- items: building ---- */
void nd_item_set_str(struct nd_json *item, const char *name, const char *text);     /* not empty for keys */
void nd_item_set_view(struct nd_json *item, const char *name, struct nd_view text); /* UTF-8 */
void nd_item_set_int(struct nd_json *item, const char *name, int64_t value);
void nd_item_set_bool(struct nd_json *item, const char *name, bool value);
void nd_item_set_bytes(struct nd_json *item, const char *name, struct nd_view bytes);
/** Text, whole number, boolean, null or an array of them. */
void nd_item_set_json(struct nd_json *item, const char *name, const struct nd_json *value);

/* ---- items: reading; what is absent or of another type gives NULL, `otherwise` or false ---- */
const char *nd_item_str(const struct nd_json *item, const char *name);
int64_t nd_item_int(const struct nd_json *item, const char *name, int64_t otherwise); /* within +-2^53 */
bool nd_item_bool(const struct nd_json *item, const char *name, bool otherwise);
bool nd_item_has(const struct nd_json *item, const char *name);
bool nd_item_bytes(const struct nd_json *item, const char *name, struct nd_bytes *out); /* appends */
/** The JSON that nd_item_set_json was given; NULL for other types. Caller frees. */
struct nd_json *nd_item_json(const struct nd_json *item, const char *name);

/* ---- reading ---- */
/** @param key an item of key attributes. Caller frees *item. ND_NOT_FOUND */
enum nd_rc nd_dynamodb_get(struct nd_aws *aws, const char *table, const struct nd_json *key,
                           struct nd_json **item, struct nd_error *err);

/** Returns ND_OK to go on; anything else ends the walk and is returned. May use the client. */
typedef enum nd_rc nd_visit_item(void *ctx, const struct nd_json *item, struct nd_error *err);
/** Those items of the keys that are there, in any order, a hundred at a time; no key twice. */
enum nd_rc nd_dynamodb_get_many(struct nd_aws *aws, const char *table, const struct nd_json *const *keys,
                                size_t count, nd_visit_item *visit, void *ctx, struct nd_error *err);

struct nd_dynamodb_query {
    const char *table;
    const char *index;            /* NULL: the table itself */
    const char *where;            /* KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)" */
    const struct nd_json *names;  /* {"#o": "outcome"} or NULL */
    const struct nd_json *values; /* an item: {":pk": {"S": "…"}} */
    bool backward;                /* by sort key */
};
enum nd_rc nd_dynamodb_query(struct nd_aws *aws, const struct nd_dynamodb_query *query, nd_visit_item *visit,
                             void *ctx, struct nd_error *err);

/* ---- writing ---- */
enum nd_dynamodb_kind { ND_DYNAMODB_PUT, ND_DYNAMODB_UPDATE, ND_DYNAMODB_DELETE };
/** One write; everything is borrowed. */
struct nd_dynamodb_write {
    enum nd_dynamodb_kind kind;
    const struct nd_json *item;   /* PUT: the whole item; else its key */
    const char *set;              /* UPDATE: "SET a = :a" */
    const char *when;             /* condition, or NULL */
    const struct nd_json *names;  /* or NULL */
    const struct nd_json *values; /* an item, or NULL */
};
/**
 * One write. It is sent once: after ND_UNKNOWN the caller looks.
 * @param stands  may be NULL; with ND_CONFLICT the item as it stands, or NULL when there is none. Caller
 * frees.
 * @return ND_CONFLICT the condition does not hold
 */
enum nd_rc nd_dynamodb_write(struct nd_aws *aws, const char *table, const struct nd_dynamodb_write *write,
                             struct nd_json **stands, struct nd_error *err);

/** Which write of a transaction was in the way, and the item that stood there (NULL: none; owned). */
struct nd_dynamodb_refusal {
    size_t at;
    struct nd_json *stands;
};
/**
 * All of them or none. `token` (1 to 36 characters) makes it happen once however often it is sent within ten
 * minutes. ND_CONFLICT a condition does not hold: *refusal says whose, the first that does not. ND_OVER_LIMIT
 * too many writes. Conflicts with other transactions are tried again and then ND_RETRY.
 */
enum nd_rc nd_dynamodb_transact(struct nd_aws *aws, const char *table, const struct nd_dynamodb_write *writes,
                                size_t count, const char *token, struct nd_dynamodb_refusal *refusal,
                                struct nd_error *err);

#endif
