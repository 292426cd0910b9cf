#include "aws_wire.h"

#include <string.h>

#define DAY_MS (INT64_C(86400) * 1000)

/* ---- where a fault has a meaning ---- */

static bool any(const struct operation *o)
{
    (void)o;
    return true;
}

static bool is_signed(const struct operation *o)
{
    return o->kind != OPERATION_KEYS;
}

static bool is_dynamodb(const struct operation *o)
{
    return strcmp(o->service, "dynamodb") == 0;
}

static bool is_transaction(const struct operation *o)
{
    return strcmp(o->name, "TransactWriteItems") == 0;
}

static bool may_conflict(const struct operation *o)
{
    return (is_dynamodb(o) && o->kind == OPERATION_ONCE) || strcmp(o->name, "PutObject") == 0;
}

static bool has_body(const struct operation *o)
{
    return o->answer == ANSWER_JSON || o->answer == ANSWER_XML || o->answer == ANSWER_OBJECT;
}

/* An answer of S3 without a body has a head that says that the object is there. */
static bool may_have_body(const struct operation *o)
{
    return has_body(o) || o->answer == ANSWER_EMPTY;
}

static bool tells_something(const struct operation *o)
{
    return o->answer != ANSWER_NOTHING;
}

static bool takes_a_body(const struct operation *o)
{
    return o->answer != ANSWER_HEAD;
}

static bool has_checksum(const struct operation *o)
{
    return is_dynamodb(o) || o->answer == ANSWER_OBJECT;
}

/* Answers that say to what they answer. */
static bool names_its_thing(const struct operation *o)
{
    return strcmp(o->name, "GetItem") == 0 || strcmp(o->name, "StartExecution") == 0 ||
           strcmp(o->name, "DescribeExecution") == 0;
}

static bool is_batch(const struct operation *o)
{
    return strcmp(o->name, "BatchGetItem") == 0;
}

/* ---- faults ---- */

/* clang-format off */
const struct wire_fault wire_faults[] = {
    /* nobody is reached */
    {"refused connection", "ND_TEST_REFUSED", 0, WIRE_REFUSED, ND_RETRY, any, "was not reached", false},
    {"no such name", "ND_TEST_NO_NAME", 0, WIRE_REFUSED, ND_RETRY, any, "was not reached", true},
    {"no room", "ND_TEST_FULL", 0, WIRE_REFUSED, ND_RETRY, any, "was not reached", true},
    {"TLS: plain", "ND_TEST_TLS_PLAIN", 0, WIRE_REFUSED, ND_RETRY, any, "was not reached", false},
    {"TLS: untrusted", "ND_TEST_TLS_UNTRUSTED", 0, WIRE_REFUSED, ND_RETRY, any, "certificate", false},
    {"TLS: expired", "ND_TEST_TLS_EXPIRED", 0, WIRE_REFUSED, ND_RETRY, any, "certificate", false},
    {"TLS: cut", "ND_TEST_TLS_CUT", 0, WIRE_REFUSED, ND_RETRY, any, "was not reached", false},
    {"TLS: silent", "ND_TEST_TLS_SILENT", 0, WIRE_REFUSED, ND_RETRY, any, "was not reached", true},
    /* the service says no */
    {"conflict", NULL, 0, WIRE_REFUSED, ND_RETRY, may_conflict, "onflict", false},
    {"throttle", NULL, 0, WIRE_REFUSED, ND_RETRY, is_signed, "with status", false},
    {"throttledreason", NULL, 0, WIRE_REFUSED, ND_RETRY, is_transaction, "TransactionCanceledException", false},
    {"partial", NULL, 0, WIRE_REFUSED, ND_RETRY, is_batch, "only a part", false},
    {"provisioned", NULL, 0, WIRE_REFUSED, ND_RETRY, is_dynamodb, "ProvisionedThroughputExceeded", false},
    {"busy", NULL, 0, WIRE_REFUSED, ND_RETRY, any, "429", false},
    {"refusedreason", NULL, 0, WIRE_FINAL, ND_BAD_INPUT, is_transaction, "TransactionCanceledException", false},
    {"invalid", NULL, 0, WIRE_FINAL, ND_BAD_INPUT, any, "400", false},
    {"denied", NULL, 0, WIRE_FINAL, ND_CONFIG, any, "403", false},
    {"expired", NULL, 0, WIRE_CURABLE, ND_CONFIG, is_signed, "400", false},
    {"wrongsecret", NULL, 0, WIRE_FINAL, ND_CONFIG, is_signed, "403", false},
    {"skewed", NULL, 0, WIRE_FINAL, ND_CONFIG, is_signed, "403", false},
    {"redirect", NULL, 0, WIRE_FINAL, ND_CONFIG, any, "307", false},
    {"moved", NULL, 0, WIRE_FINAL, ND_CONFIG, any, "301", false},
    {"clock ahead", NULL, DAY_MS, WIRE_FINE, ND_OK, is_signed, "", false},
    {"clock behind", NULL, -DAY_MS, WIRE_FINE, ND_OK, is_signed, "", false},
    {"wrongdate", NULL, 0, WIRE_FINE, ND_OK, is_signed, "", false},
    /* the service is in trouble */
    {"error", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "500", false},
    {"errordone", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "500", false},
    {"unavailable", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "503", false},
    {"gateway", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "502", false},
    {"inprogress", NULL, 0, WIRE_OPEN, ND_UNKNOWN, is_transaction, "TransactionInProgress", false},
    /* no answer */
    {"unsent", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "gave no whole answer", false},
    {"lost", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "gave no whole answer", false},
    {"resetbefore", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "gave no whole answer", false},
    {"resetafter", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "gave no whole answer", false},
    {"hang", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "gave no whole answer", true},
    {"slowhead", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "gave no whole answer", true},
    {"slowbody", NULL, 0, WIRE_OPEN, ND_UNKNOWN, has_body, "gave no whole answer", true},
    /* half an answer, or another one */
    {"greeting", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "gave no whole answer", false},
    {"headcut", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "gave no whole answer", false},
    {"bighead", NULL, 0, WIRE_OPEN, ND_UNKNOWN, any, "bytes of headers", false},
    {"torn", NULL, 0, WIRE_OPEN, ND_UNKNOWN, may_have_body, "gave no whole answer", false},
    {"shorter", NULL, 0, WIRE_OPEN, ND_UNKNOWN, has_body, "", false},
    {"crc", NULL, 0, WIRE_OPEN, ND_UNKNOWN, has_checksum, "checksum", false},
    {"junk", NULL, 0, WIRE_OPEN, ND_UNKNOWN, has_body, "", false},
    {"noise", NULL, 0, WIRE_OPEN, ND_UNKNOWN, may_have_body, "", false},
    {"html", NULL, 0, WIRE_OPEN, ND_UNKNOWN, takes_a_body, "", false},
    {"empty", NULL, 0, WIRE_OPEN, ND_UNKNOWN, tells_something, "", false},
    {"cuttext", NULL, 0, WIRE_OPEN, ND_UNKNOWN, may_have_body, "", false},
    {"deep", NULL, 0, WIRE_OPEN, ND_UNKNOWN, has_body, "", false},
    {"huge", NULL, 0, WIRE_LARGE, ND_OVER_LIMIT, has_body, "answers with more than", false},
    {"errorinside", NULL, 0, WIRE_OPEN, ND_UNKNOWN, takes_a_body, "", false},
    {"old", NULL, 0, WIRE_OPEN, ND_UNKNOWN, names_its_thing, "", false},
};
/* clang-format on */
const size_t wire_fault_count = sizeof wire_faults / sizeof wire_faults[0];

/* ---- what must come of it ---- */

/* An answer to HEAD has no body, so neither a code: the client must go by the status. */
static bool is_mute(const struct wire_fault *f, const struct operation *o)
{
    return o->answer == ANSWER_HEAD && (strcmp(f->name, "invalid") == 0 || strcmp(f->name, "expired") == 0);
}

enum nd_rc wire_once(const struct wire_fault *f, const struct operation *o)
{
    if (o->kind == OPERATION_KEYS || is_mute(f, o)) return ND_OK;
    switch (f->kind) {
    case WIRE_FINAL:
        return f->rc;
    case WIRE_LARGE:
        if (o->kind == OPERATION_READS) return f->rc;
        return o->kind == OPERATION_ONCE ? ND_UNKNOWN : ND_OK;
    case WIRE_OPEN:
        return o->kind == OPERATION_ONCE ? ND_UNKNOWN : ND_OK;
    case WIRE_FINE:
    case WIRE_REFUSED:
    case WIRE_CURABLE:
        break;
    }
    return ND_OK;
}

enum nd_rc wire_always(const struct wire_fault *f, const struct operation *o)
{
    if (f->kind == WIRE_FINE) return ND_OK;
    if (o->kind == OPERATION_KEYS) return ND_RETRY;
    if (is_mute(f, o)) return ND_BAD_INPUT;
    switch (f->kind) {
    case WIRE_FINAL:
    case WIRE_CURABLE:
        return f->rc;
    case WIRE_LARGE:
        return o->kind == OPERATION_READS ? f->rc : ND_UNKNOWN;
    case WIRE_OPEN:
        return o->kind == OPERATION_READS ? ND_RETRY : ND_UNKNOWN;
    case WIRE_FINE:
    case WIRE_REFUSED:
        break;
    }
    return ND_RETRY;
}
