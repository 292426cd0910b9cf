/* Knowledge bases elsewhere in whole rehearsed runs: passages as sources of a lane and of the run, for both
 * writers. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "parrot.h"

#include <string.h>

#define TOPIC "\"topic\": \"Write a report on keeping bee colonies: swarming, feeding and varroa mites.\""
#define ONE "bedrock:eu-west-1:ABCDE12345"
#define TWO "bedrock:eu-west-1:ZZZZZ00000"

/* ---- two of them: one with three passages, one that fails ---- */

struct fake {
    struct nd_kbs kbs;
    unsigned asked[2];
    char queries[4000]; /* one a line */
    enum nd_rc rc;
    bool empty;
    bool second_time; /* the one that fails does so from the second question on */
};

static const struct nd_kb_passage passages[] = {
    {"Oxalic acid should be trickled on the bees in December, when the colony has no brood, because the acid "
     "does not reach varroa mites in capped cells.",
     "s3://apiary/oxalic.pdf"},
    {"A varroa count of more than ten mites a day in September means that the colony must be treated at "
     "once.",
     "s3://apiary/oxalic.pdf"},
    {"A swarm trap should hang five meters above the ground and hold about forty liters, because swarming "
     "scouts "
     "prefer a cavity of that size.",
     "s3://apiary/Notes of a bee inspector.pdf"},
};

static enum nd_rc retrieve(struct nd_kbs *kbs, const char *address, const char *query,
                           const atomic_bool *stop, struct nd_kb_passages *out, struct nd_error *err)
{
    struct fake *f = (struct fake *)(void *)kbs;
    bool second = strcmp(address, TWO) == 0;
    (void)stop;
    f->asked[second]++;
    strncat(f->queries, query, sizeof f->queries - strlen(f->queries) - 2);
    strcat(f->queries, "\n");
    *out = (struct nd_kb_passages){.cost_microusd = second ? 0 : 7};
    if (f->rc != ND_OK) return nd_fail(err, f->rc, "it is not there");
    if (second && !(f->second_time && f->asked[1] == 1)) out->why = nd_strdup("it answers with status 500");
    for (size_t i = 0; i < 3 && !second && !f->empty; i++)
        out->v[out->n++] = (struct nd_kb_passage){nd_strdup(passages[i].text), nd_strdup(passages[i].place)};
    return ND_OK;
}

static const struct nd_kbs_ops ops = {retrieve, NULL};

static void join(struct bees *b, struct fake *f)
{
    *f = (struct fake){.kbs = {.ops = &ops, .fee_microusd = 7}};
    nd_desk_close(b->desk);
    b->desk = nd_desk_open(&(struct nd_desk_config){.threads = 2, .reader = ND_BINARY_DIR "/nightdesk-read"});
    nd_desk_set_kbs(b->desk, &f->kbs);
    b->rehearsal.desk = b->desk;
}

static size_t sources_at(const struct bees *b, const char *place, bool used)
{
    size_t n = 0;
    ND_JSON_EACH(source, nd_json_get(b->made[ND_FACT_CHECK].json, "sources"))
    {
        const char *kb = nd_json_get_str(source, "kb"), *url = nd_json_get_str(source, "url");
        bool at = url && strcmp(url, place) == 0;
        if (at) ck_assert_str_eq(kb ? kb : "", ONE);
        n += at && (!used || nd_json_get_bool(source, "used", false));
    }
    return n;
}

START_TEST(a_run_quotes_passages_beside_documents)
{
    struct bees b;
    struct fake f;
    bees_open(&b, "{" TOPIC ", \"kbs\": [\"" ONE "\", \"" TWO "\"]}");
    join(&b, &f);
    bees_run(&b);
    ck_assert_uint_ge(f.asked[0], 3);
    ck_assert_uint_eq(f.asked[1], f.asked[0]);
    ck_assert(bees_says(&b, "Oxalic acid should be trickled"));
    ck_assert(bees_says(&b, "must divide the colony on the same day"));
    ck_assert_uint_eq(sources_at(&b, "s3://apiary/oxalic.pdf", false),
                      2); /* each once, whatever lanes got it */
    ck_assert_uint_ge(sources_at(&b, "s3://apiary/oxalic.pdf", true), 1);
    const struct nd_json *report = b.made[ND_FACT_CHECK].json, *checks = nd_json_get(report, "checks"),
                         *receipt = nd_json_get(report, "receipt");
    ck_assert_int_eq(nd_json_get_int(checks, "quotes_verified", -1),
                     nd_json_get_int(checks, "quotes_total", -2));
    ck_assert_int_eq(nd_json_get_int(receipt, "retrieved", 0), 3);
    ck_assert_int_eq(nd_json_get_int(receipt, "searches_failed", 0), f.asked[1]);
    char *bytes = bees_bytes(&b);
    ck_assert_ptr_nonnull(
        strstr(bytes, "Nothing from the knowledge base " TWO " for 'Swarming': it answers with status 500."));
    ck_assert_ptr_nonnull(strstr(bytes, "3 passages came from knowledge bases"));
    nd_free(bytes);
    bees_close(&b);
}
END_TEST

START_TEST(the_order_of_lanes_changes_nothing)
{
    char *bytes[2];
    for (int i = 0; i < 2; i++) {
        struct bees b;
        struct fake f;
        bees_open(&b, "{" TOPIC ", \"kbs\": [\"" ONE "\"]}");
        join(&b, &f);
        b.rehearsal.last_lane_first = i == 1;
        bees_run(&b);
        bytes[i] = bees_bytes(&b);
        bees_close(&b);
    }
    ck_assert_str_eq(bytes[1], bytes[0]);
    nd_free(bytes[0]);
    nd_free(bytes[1]);
}
END_TEST

static size_t titled(const struct nd_json *sources, const char *title)
{
    size_t n = 0;
    ND_JSON_EACH(source, sources) n += strcmp(nd_json_get_str(source, "title"), title) == 0;
    return n;
}

/* Then the lane has the sources that the run has in the end. */
START_TEST(the_run_has_its_own_titles_where_one_lane_alone_has_passages)
{
    struct bees b;
    struct fake f;
    bees_open(&b, "{" TOPIC ", \"outline\": [{\"title\": \"Varroa mites\"}], \"kbs\": [\"" ONE "\"]}");
    join(&b, &f);
    bees_run(&b);
    const struct nd_json *sources = nd_json_get(b.made[ND_FACT_CHECK].json, "sources");
    size_t named = 0;
    ND_JSON_EACH(source, sources)
    {
        const char *title = nd_json_get_str(source, "title");
        named += strncmp(title, "Notes of a bee inspector ", 25) == 0 ||
                 strncmp(title, "Notes of a bee inspector:", 25) == 0;
        ck_assert_str_ne(title, "Notes of a bee inspector"); /* a document is named so, too */
    }
    ck_assert_uint_eq(named, 2);
    ck_assert_uint_eq(titled(sources, "oxalic"), 2); /* passages of one document bear its name */
    bees_close(&b);
}
END_TEST

/* ---- the agent ---- */

struct turn {
    const char *tool, *input;
};
struct script {
    const struct turn *turns;
    size_t n, at;
};

static struct nd_json *act(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    struct script *script = ctx;
    (void)n, (void)args;
    if (strcmp(job, "research") != 0) return NULL;
    ck_assert_uint_lt(script->at, script->n);
    const struct turn *turn = &script->turns[script->at++];
    return parrot_calls_tool(turn->tool, turn->input);
}

#define ASKS(kbs)                                                                                            \
    "{\"topic\": \"Write a report on keeping bee colonies.\", \"writer\": \"parrot:grey\", \"questions\": "  \
    "[\"What should a beekeeper know about feeding?\"], \"kbs\": [" kbs "]}"

static void rehearse(struct bees *b, struct fake *f, struct parrot *parrot, struct script *script,
                     const char *request)
{
    *parrot = (struct parrot){.say = act, .ctx = script};
    parrot_open(parrot, b, request);
    join(b, f);
}

START_TEST(an_agent_asks_it_sees_the_passages_and_notes_one)
{
    static const struct turn turns[] = {
        {"search_kb", "{\"query\": \"how many mites are too many\"}"},
        {"search_kb", "{\"query\": \"how many mites are too many\"}"},
        {"search_kb", "{\"query\": 7}"},
        {"note",
         "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"A varroa count of more than ten mites a day in "
         "September means that the colony must be treated at once.\"}]}"},
        {"finish", "{\"found\": true, \"missing\": \"\"}"}};
    struct script script = {turns, sizeof turns / sizeof *turns, 0};
    struct parrot parrot;
    struct bees b;
    struct fake f;
    rehearse(&b, &f, &parrot, &script, ASKS("\"" ONE "\""));
    bees_run(&b);
    ck_assert_ptr_nonnull(strstr(f.queries, "how many mites are too many\n"));
    ck_assert_uint_eq(f.asked[0], 2); /* the program's own question, and the agent's, once */
    ck_assert(parrot_was_shown(&parrot, 0, "A varroa count of more than ten mites"));
    ck_assert(parrot_was_shown(&parrot, 0, "That was asked before"));
    ck_assert(parrot_was_shown(&parrot, 0, "'query' is a number, wanted a string."));
    ck_assert(parrot_was_shown(&parrot, 0, "Note 1 is kept as n1"));
    ck_assert_uint_eq(sources_at(&b, "s3://apiary/oxalic.pdf", true), 1);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

START_TEST(an_agent_is_told_that_nothing_came)
{
    static const struct turn turns[] = {{"search_kb", "{\"query\": \"robber bees\"}"},
                                        {"note", "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"\"}]}"},
                                        {"finish", "{\"found\": true, \"missing\": \"\"}"}};
    static const struct {
        const char *kbs, *said, *caveat;
        bool second_time;
    } rows[] = {{"\"" ONE "\"", "Nothing came. Try other words.", "questions to the knowledge base", false},
                {"\"" TWO "\"", "Nothing came: it answers with status 500.",
                 "Nothing from the knowledge base " TWO " for '", false},
                {"\"" TWO "\"", "Nothing came: it answers with status 500.",
                 "1 of 2 questions to the knowledge base " TWO " failed for '", true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script script = {turns, sizeof turns / sizeof *turns, 0};
        struct parrot parrot;
        struct bees b;
        struct fake f;
        char *request = nd_sprintf(ASKS("%s"), rows[i].kbs);
        rehearse(&b, &f, &parrot, &script, request);
        f.empty = true;
        f.second_time = rows[i].second_time;
        bees_run(&b);
        ck_assert_msg(parrot_was_shown(&parrot, 0, rows[i].said), "%s", rows[i].said);
        char *bytes = bees_bytes(&b);
        ck_assert_int_eq(strstr(bytes, rows[i].caveat) != NULL, i > 0);
        nd_free(bytes);
        bees_close(&b);
        parrot_close(&parrot);
        nd_free(request);
    }
}
END_TEST

START_TEST(pieces_of_private_texts_are_not_asked_for)
{
    static const struct turn turns[] = {
        {"search_kb", "{\"query\": \"Colonies must never be fed while\"}"}, /* of a local document */
        {"search_kb", "{\"query\": \"how many mites are too many\"}"},
        {"search_kb",
         "{\"query\": \"a swarm trap should hang five meters above\"}"}, /* of a confidential passage */
        {"search_kb", "{\"query\": \"oxalic acid should be trickled on the bees\"}"}, /* of one that is not */
        {"note", "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"\"}]}"},
        {"finish", "{\"found\": true, \"missing\": \"\"}"}};
    struct script script = {turns, sizeof turns / sizeof *turns, 0};
    struct parrot parrot;
    struct bees b;
    struct fake f;
    rehearse(&b, &f, &parrot, &script,
             "{\"topic\": \"Write a report on keeping bee colonies.\", \"writer\": \"parrot:grey\", "
             "\"questions\": "
             "[\"What should a beekeeper know about feeding?\"], \"kbs\": [\"" ONE
             "\"], \"documents\": {\"confidential\": [\"s3://apiary/Notes*\"]}}");
    parrot_make_local(&b, 1);
    bees_run(&b);
    ck_assert_ptr_null(strstr(f.queries, "never be fed"));
    ck_assert_ptr_null(strstr(f.queries, "hang five"));
    ck_assert_ptr_nonnull(strstr(f.queries, "mites are too many"));
    ck_assert_ptr_nonnull(strstr(f.queries, "acid should be trickled"));
    ck_assert(parrot_was_shown(&parrot, 0, "must not leave this machine, and was not sent"));
    ND_JSON_EACH(source, nd_json_get(b.made[ND_FACT_CHECK].json, "sources"))
    if (nd_json_get_str(source, "kb"))
        ck_assert_int_eq(nd_json_get_bool(source, "confidential", false),
                         strstr(nd_json_get_str(source, "url"), "inspector") != NULL);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

ND_TEST_MAIN("pipeline/kb", a_run_quotes_passages_beside_documents, the_order_of_lanes_changes_nothing,
             the_run_has_its_own_titles_where_one_lane_alone_has_passages,
             an_agent_asks_it_sees_the_passages_and_notes_one, an_agent_is_told_that_nothing_came,
             pieces_of_private_texts_are_not_asked_for)
