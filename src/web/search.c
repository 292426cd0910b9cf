/* A search: ask the service, wait when it says so, read what it gives. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "web_private.h"

#define TRIES 3
#define WAIT_MS 1000      /* before another try, when the service names no time; doubles */
#define WAIT_MAX_MS 30000 /* a service that wants more is left */
#define ANSWERED 200
#define TOO_MANY 429

/* One exchange. retry_ms: nothing was billed, and so long is to be waited; -1: no use to. */
struct turn {
    int64_t retry_ms;
    bool billed;
    char *why;
};

/* The service's words go into reports and prompts: on one line, with nothing unseen. */
static char *in_words(const struct web *web, const char *said)
{
    struct nd_bytes line = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_addf(&line, "%s: ", web->provider->name);
    nd_text_printable(nd_view_of(said), &line);
    return nd_bytes_take(&line, NULL);
}

static enum nd_rc read_answer(const struct web *web, const struct nd_http_answer *answer,
                              struct nd_web_hits *out, char **why)
{
    struct nd_error err = {0};
    struct nd_json *json = NULL;
    enum nd_rc rc = nd_json_parse(&json, nd_bytes_view(&answer->body), &err);
    if (rc == ND_OK) rc = web->provider->read(json, out, &err);
    if (rc != ND_OK) *why = in_words(web, err.note[0]);
    nd_json_free(json);
    return ND_OK;
}

static enum nd_rc take_answer(const struct web *web, const struct nd_http_answer *answer, struct turn *turn,
                              struct nd_web_hits *out, struct nd_error *err)
{
    const char *refused = web->provider->refuses(answer->status);
    turn->billed = answer->status == ANSWERED;
    if (answer->status == ANSWERED) return read_answer(web, answer, out, &turn->why);
    if (refused)
        return nd_fail(err, ND_CONFIG, "search service '%s' answered %d: %s", web->provider->name,
                       answer->status, refused);
    turn->why = nd_sprintf("%s answered %d", web->provider->name, answer->status);
    if (answer->status == TOO_MANY || answer->status >= 500)
        turn->retry_ms = answer->retry_after_ms >= 0 ? answer->retry_after_ms : 0;
    return ND_OK;
}

static enum nd_rc ask_once(const struct web *web, const struct ask *ask, const atomic_bool *stop,
                           struct turn *turn, struct nd_web_hits *out, struct nd_error *err)
{
    const char *headers[] = {"Accept: application/json", AGENT_HEADER, ask->header, NULL, NULL};
    bool post = ask->body.len > 0;
    if (post) headers[ask->header ? 3 : 2] = "Content-Type: application/json";
    struct nd_http_request request = {.method = post ? "POST" : "GET",
                                      .url = ask->url,
                                      .headers = headers,
                                      .body = nd_bytes_view(&ask->body),
                                      .total_ms = ND_WEB_TOTAL_MS,
                                      .max_body_bytes = ND_WEB_ANSWER_MAX_BYTES};
    struct nd_http_answer answer = {0};
    struct nd_error mine = {0};
    *turn = (struct turn){.retry_ms = -1};
    enum nd_rc rc = nd_http_send(web->http, &request, stop, &answer, &mine);
    if (rc == ND_OK) {
        rc = take_answer(web, &answer, turn, out, err);
        nd_http_answer_release(&answer);
        return rc;
    }
    if (rc == ND_STOPPED) return nd_fail(err, rc, "asked to stop before a search");
    turn->why = nd_strdup(mine.note[0]);
    turn->billed = rc == ND_UNKNOWN;
    turn->retry_ms = rc == ND_RETRY ? 0 : -1;
    return ND_OK;
}

static enum nd_rc ask_until(const struct web *web, const struct ask *ask, const atomic_bool *stop,
                            struct nd_web_hits *out, struct nd_error *err)
{
    for (unsigned try = 0;; try++) {
        struct turn turn;
        enum nd_rc rc = ask_once(web, ask, stop, &turn, out, err);
        if (rc != ND_OK) return rc;
        out->cost_microusd = turn.billed ? web->base.search_fee_microusd : 0;
        int64_t wait_ms = turn.retry_ms > 0 ? turn.retry_ms : (int64_t)WAIT_MS << try;
        if (turn.retry_ms < 0 || try + 1 == TRIES || wait_ms > WAIT_MAX_MS) {
            out->why = turn.why;
            return ND_OK;
        }
        nd_free(turn.why);
        nd_http_hold(web->http, ask->url, wait_ms); /* holds for all lanes */
    }
}

enum nd_rc web_search(struct nd_web *base, const char *query, const atomic_bool *stop,
                      struct nd_web_hits *out, struct nd_error *err)
{
    struct web *web = (struct web *)(void *)base;
    struct ask ask = {.url = NULL};
    struct nd_web_hits hits = {.n = 0};
    if (!web->provider) return nd_fail(err, ND_CONFIG, "no search service is set up: give --search");
    char *cut = nd_strndup(query, nd_utf8_cut(nd_view_of(query), ND_WEB_QUERY_MAX_BYTES));
    web->provider->ask(&ask, web->search_base, web->search_key, cut);
    enum nd_rc rc = ask_until(web, &ask, stop, &hits, err);
    if (rc == ND_OK)
        *out = hits;
    else
        nd_web_hits_release(&hits);
    ask_release(&ask);
    nd_free(cut);
    return rc;
}
