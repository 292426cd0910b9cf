/** One request on its way: a curl easy handle with nightdesk's options, and what came back. One caller's. */
#ifndef ND_NET_EXCHANGE_H
#define ND_NET_EXCHANGE_H

#include "nightdesk/net/http.h"
#include "guard.h"
#include <curl/curl.h>

struct exchange {
    CURL *easy;
    struct curl_slist *headers;
    const struct nd_http_request *request;
    struct nd_http_answer *answer;
    size_t sent, header_bytes;
    bool headers_ended; /* the blank line after the last headers came */
    bool done;          /* guarded by the transport's lock */
    CURLcode result;    /* valid once done */
    char reason[CURL_ERROR_SIZE];
    char refused[ADDRESS_TEXT_BYTES]; /* the address that a guarded request was not let to; "" none */
    struct exchange *next;            /* in the transport's queue */
};

/** Prepares the handle; ND_BAD_INPUT for a URL that is not http(s). */
enum nd_rc exchange_open(struct exchange *x, const struct nd_http_request *request,
                         struct nd_http_answer *answer, struct nd_error *err);
/** What the result means for the caller; sets the answer's status on ND_OK. */
enum nd_rc exchange_verdict(struct exchange *x, struct nd_error *err);
void exchange_close(struct exchange *x);

#endif
