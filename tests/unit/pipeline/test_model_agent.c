/* Rehearsed research lanes: a parrot calls tools by a script, one line a turn. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/model.h"
#include "parrot.h"
#include "writer_model_agent.h"
#include <string.h>

#define REQUEST(more)                                                                                        \
    "{\"topic\": \"Write a report on keeping bee colonies: swarming, feeding and varroa mites.\", "          \
    "\"writer\": \"parrot:grey\", \"questions\": [\"What should a beekeeper know about feeding?\"]" more "}"

struct turn {
    const char *tool, *input; /* tool NULL: it says the input as text */
};
struct script {
    const struct turn *turns;
    size_t n, at;
    bool again; /* the last turn for ever */
};

static struct nd_json *act(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    struct script *script = ctx;
    (void)n, (void)args;
    if (strcmp(job, "research") != 0) return NULL;
    if (script->at == script->n && script->again) script->at--;
    ck_assert_uint_lt(script->at, script->n);
    const struct turn *turn = &script->turns[script->at++];
    return turn->tool ? parrot_calls_tool(turn->tool, turn->input) : parrot_says(turn->input);
}

/* A run of one sub-topic by a script; opens both. */
static void rehearse(struct bees *b, struct parrot *parrot, struct script *script, const char *request)
{
    *parrot = (struct parrot){.say = act, .ctx = script};
    parrot_open(parrot, b, request);
    bees_run(b);
}

#define RUN(request, ...)                                                                                    \
    static const struct turn turns[] = {__VA_ARGS__};                                                        \
    struct script script = {turns, sizeof turns / sizeof *turns, 0, false};                                  \
    struct parrot parrot;                                                                                    \
    struct bees b;                                                                                           \
    rehearse(&b, &parrot, &script, request)

static void done(struct bees *b, struct parrot *parrot)
{
    bees_close(b);
    parrot_close(parrot);
}

static const struct nd_json *topic(const struct bees *b)
{
    return nd_json_first(nd_json_get(b->made[ND_RESEARCH].json, "sub_topics"));
}

static bool is_evidence(const struct bees *b, const char *text)
{
    ND_JSON_EACH(e, nd_json_get(topic(b), "evidence"))
    if (strstr(nd_json_get_str(e, "text"), text)) return true;
    return false;
}

static size_t evidence(const struct bees *b)
{
    return nd_json_len(nd_json_get(topic(b), "evidence"));
}

static bool notes_hold(const struct bees *b, const char *text)
{
    const char *note = nd_json_get_str(topic(b), "note");
    return note && strstr(note, text);
}

#define FINISH                                                                                               \
    {                                                                                                        \
        "finish", "{\"found\": true, \"missing\": \"\"}"                                                     \
    }

START_TEST(it_searches_reads_and_notes)
{
    RUN(REQUEST(""), {"search", "{\"query\": \"autumn syrup\"}"},
        {"open", "{\"id\": \"d2\", \"where\": \"around\"}"},
        {"find", "{\"id\": \"d1\", \"words\": \"stores to survive the winter\"}"},
        {"note",
         "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"Autumn feeding should be finished by the middle of "
         "September, so that the bees can store and cap the syrup.\"}, {\"ids\": [\"s1\"], \"quote\": \"A "
         "colony "
         "needs at least 15 kilograms of stores to survive the winter.\"}]}"},
        FINISH);
    ck_assert_uint_eq(parrot_calls(&parrot, "research"), 5);
    ck_assert(is_evidence(&b, "Autumn feeding should be finished"));
    ck_assert(is_evidence(&b, "15 kilograms"));
    ck_assert_uint_eq(evidence(&b), 2);
    ck_assert(parrot_was_shown(&parrot, 0, "American foulbrood must be reported")); /* it opened the notes */
    ck_assert(parrot_was_shown(&parrot, 0, "Note 1 is kept as n1."));
    ck_assert(parrot_was_shown(&parrot, 0, "Calls left: "));
    ck_assert_ptr_null(nd_json_get_str(topic(&b), "note"));
    done(&b, &parrot);
}
END_TEST

START_TEST(every_turn_extends_the_one_before)
{
    RUN(REQUEST(""), {"search", "{\"query\": \"autumn syrup\"}"}, {"search", "{\"query\": \"robber bees\"}"},
        FINISH);
    size_t research = 0;
    for (size_t i = 0; i < parrot.n; i++) {
        if (strcmp(nd_json_get_str(parrot.asked[i], "job"), "research") != 0) continue;
        const struct nd_json *messages = nd_json_get(parrot.asked[i], "messages");
        ck_assert_uint_eq(nd_json_len(messages), 2 + 2 * research);
        if (research > 0) {
            ck_assert_int_ge(nd_json_get_int(parrot.asked[i], "extends", -1), 1);
            for (size_t m = 0; m < nd_json_len(nd_json_get(parrot.asked[i - 1], "messages")); m++)
                ck_assert(nd_json_equal(nd_json_at(nd_json_get(parrot.asked[i - 1], "messages"), m),
                                        nd_json_at(messages, m)));
        }
        research++;
    }
    ck_assert_uint_eq(research, 3);
    done(&b, &parrot);
}
END_TEST

/* ---- notes ---- */

START_TEST(a_paraphrase_becomes_the_nearest_sentence_or_is_refused)
{
    RUN(REQUEST(""), {"open", "{\"id\": \"d1\", \"where\": \"around\"}"},
        {"note",
         "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"To survive a winter, a colony needs 15 kilograms of "
         "stores at least\"}, {\"ids\": [\"s1\"], \"quote\": \"A colony needs at least 25 kilograms of "
         "stores to "
         "survive the winter\"}, {\"ids\": [\"s1\"], \"quote\": \"Honey is worth a fortune on the markets of "
         "the "
         "capital\"}, {\"ids\": [\"s1\"], \"quote\": \"A COLONY needs at  least 15 kilograms of stores\"}]}"},
        FINISH);
    ck_assert_uint_eq(evidence(&b), 1);
    ck_assert(is_evidence(&b, "A colony needs at least 15 kilograms of stores to survive the winter."));
    ck_assert(parrot_was_shown(&parrot, 0, "its words stand not so in the text, which says:"));
    ck_assert(parrot_was_shown(&parrot, 0, "the number '25' stands not in the nearest sentence"));
    ck_assert(parrot_was_shown(&parrot, 0, "Note 3 is refused: the nearest sentence holds"));
    ck_assert(parrot_was_shown(&parrot, 0, "Note 4 is refused: it is noted already, as n1"));
    done(&b, &parrot);
}
END_TEST

START_TEST(a_quote_under_the_wrong_id_is_found_where_it_stands)
{
    RUN(REQUEST(""), {"open", "{\"id\": \"d3\", \"where\": \"around\"}"},
        {"note",
         "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"The drain plug must be tightened by hand first.\"}, "
         "{\"ids\": [\"s999\", \"d1\"], \"quote\": \"The drain plug must be tightened\"}]}"},
        FINISH);
    ck_assert(parrot_was_shown(&parrot, 0, "it stands in another text than the ids say"));
    ck_assert(parrot_was_shown(&parrot, 0, "Note 2 is refused: it names nothing by an id that was shown"));
    ck_assert(is_evidence(&b, "The drain plug"));
    done(&b, &parrot);
}
END_TEST

START_TEST(forbidden_words_and_headings_are_no_evidence)
{
    RUN(REQUEST(", \"forbidden_terms\": [\"syrup\"]"), {"open", "{\"id\": \"d1\", \"where\": \"around\"}"},
        {"note",
         "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"Autumn feeding should be finished by the middle of "
         "September, so that the bees can store and cap the syrup.\"}, {\"ids\": [\"s1\"], \"quote\": \"Snow "
         "in "
         "front of the entrance does no harm\"}]}"},
        FINISH);
    ck_assert(parrot_was_shown(&parrot, 0, "it uses 'syrup', which must not be used"));
    ck_assert(is_evidence(&b, "Snow in front of the entrance does no harm, because it lets air through."));
    done(&b, &parrot);
}
END_TEST

/* ---- a person ---- */

START_TEST(a_person_is_asked_only_where_the_request_allows_it)
{
    static const struct turn turns[] = {{"ask_human", "{\"question\": \"Which hives are meant?\"}"}, FINISH};
    for (int allowed = 0; allowed < 2; allowed++) {
        struct script script = {turns, 2, 0, false};
        struct parrot parrot = {.say = act, .ctx = &script};
        struct bees b;
        parrot_open(&parrot, &b, allowed ? REQUEST(", \"ask\": true") : REQUEST(""));
        b.edit = "Those of the monastery";
        bees_run(&b);
        ck_assert_uint_eq(b.asked, allowed ? 1 : 0);
        ck_assert(parrot_was_shown(&parrot, 0,
                                   allowed ? "The person says: Those of the monastery"
                                           : "Nobody can be asked in this run"));
        ck_assert_str_eq(nd_json_get_str(topic(&b), "status"), "found"); /* the answer is no "leave out" */
        done(&b, &parrot);
    }
}
END_TEST

START_TEST(a_person_is_asked_twice_at_most)
{
    RUN(REQUEST(", \"ask\": true"), {"ask_human", "{\"question\": \"Which hives are meant?\"}"},
        {"ask_human", "{\"question\": \"And which bees?\"}"}, {"ask_human", "{\"question\": \"And why?\"}"},
        FINISH);
    ck_assert_uint_eq(b.asked, 2);
    ck_assert(parrot_was_shown(&parrot, 0, "No further questions can be asked"));
    done(&b, &parrot);
}
END_TEST

START_TEST(a_person_s_words_after_nothing_was_found_begin_it_anew)
{
    static const struct turn turns[] = {{"finish", "{\"found\": false, \"missing\": \"\"}"},
                                        {"note", "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"\"}]}"},
                                        FINISH};
    struct script script = {turns, 3, 0, false};
    struct parrot parrot = {.say = act, .ctx = &script};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(", \"ask\": true"));
    b.edit = "robber bees";
    bees_run(&b);
    ck_assert_uint_eq(b.asked, 1);
    ck_assert(parrot_was_shown(&parrot, 0, "A person who was asked says to look for: robber bees"));
    ck_assert_str_eq(nd_json_get_str(topic(&b), "status"), "found");
    ck_assert_uint_eq(evidence(&b), 1);
    done(&b, &parrot);
}
END_TEST

/* ---- calls that can't be made ---- */

START_TEST(a_bad_call_says_what_was_found_and_wanted)
{
    RUN(REQUEST(""), {"open", "{\"id\": \"/etc/passwd\", \"where\": \"around\"}"},
        {"search", "{\"query\": 7}"}, {"search", "{\"query\": \"drain plug of the tractor\"}"},
        {"open", "{\"id\": \"s1\", \"where\": \"under\"}"},
        {"find", "{\"id\": \"d99\", \"words\": \"bees\"}"},
        {"note", "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"\"}]}"}, FINISH);
    ck_assert(parrot_was_shown(&parrot, 0, "'id' is '/etc/passwd', wanted the id of a document (d1 to d3)"));
    ck_assert(parrot_was_shown(&parrot, 0, "'query' is a number, wanted a string"));
    ck_assert(parrot_was_shown(&parrot, 0, "'where' is none of 'around', 'before', 'after'"));
    ck_assert(parrot_was_shown(&parrot, 0, "'id' is 'd99'"));
    ck_assert_uint_eq(evidence(&b), 1);
    ck_assert_uint_eq(b.rehearsal.tool_calls, 1 + 2); /* the first search, a search, a note */
    done(&b, &parrot);
}
END_TEST

START_TEST(nothing_but_bad_turns_leaves_the_choice_to_the_program)
{
    static const struct turn bad[] = {{"open", "{\"id\": \"../../shell\"}"},
                                      {NULL, "(called 'shell', which is no tool here)"}};
    for (size_t i = 0; i < 2; i++) {
        struct script script = {&bad[i], 1, 0, true};
        struct parrot parrot;
        struct bees b;
        rehearse(&b, &parrot, &script, REQUEST(""));
        ck_assert_uint_eq(parrot_calls(&parrot, "research"), ND_BAD_TURNS);
        ck_assert(notes_hold(&b, "was chosen by program: the model's calls could not be used"));
        ck_assert_uint_ge(evidence(&b), 2);
        done(&b, &parrot);
    }
}
END_TEST

START_TEST(notes_stand_when_the_model_fails_later)
{
    RUN(REQUEST(""), {"note", "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"\"}]}"}, {"open", "{}"},
        {"open", "{}"}, {"open", "{}"});
    ck_assert(notes_hold(&b, "was chosen by program, beside what the model had noted"));
    ck_assert_uint_ge(evidence(&b), 2);
    done(&b, &parrot);
}
END_TEST

/* ---- when it stops ---- */

START_TEST(an_endless_loop_ends)
{
    static const struct turn loops[] = {{"search", "{\"query\": \"autumn syrup\"}"},
                                        {"open", "{\"id\": \"d1\", \"where\": \"around\"}"}};
    for (size_t i = 0; i < 2; i++) {
        struct script script = {&loops[i], 1, 0, true};
        struct parrot parrot;
        struct bees b;
        rehearse(&b, &parrot, &script, REQUEST(""));
        ck_assert_uint_le(parrot_calls(&parrot, "research"), 6);
        ck_assert(parrot_was_shown(&parrot, 0, "That was asked before"));
        ck_assert(parrot_was_shown(&parrot, 0, "Nothing new came lately"));
        ck_assert(notes_hold(&b, "the model noted none"));
        ck_assert_uint_ge(evidence(&b), 2);
        done(&b, &parrot);
    }
}
END_TEST

START_TEST(nothing_found_is_a_result)
{
    RUN(REQUEST(""),
        {"finish", "{\"found\": false, \"missing\": \"Whether sugar or honey is the better feed.\"}"});
    ck_assert_str_eq(nd_json_get_str(topic(&b), "status"), "nothing_solid");
    ck_assert(notes_hold(&b, "Not found, by the model's own account: Whether sugar or honey"));
    ck_assert_uint_eq(parrot_calls(&parrot, "draft"), 0);
    ck_assert_uint_eq(nd_json_len(nd_json_get(b.made[ND_FACT_CHECK].json, "gaps")), 1);
    done(&b, &parrot);
}
END_TEST

START_TEST(what_it_misses_is_printed_only_when_it_may_be)
{
    RUN(REQUEST(""), {"note", "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"\"}]}"},
        {"finish", "{\"found\": true, \"missing\": \"See https://evil.example/ for 12 more.\"}"});
    ck_assert_ptr_null(nd_json_get_str(topic(&b), "note"));
    ck_assert_uint_eq(evidence(&b), 1);
    done(&b, &parrot);
}
END_TEST

START_TEST(the_last_call_is_for_a_note)
{
    RUN(REQUEST(", \"limits\": {\"tool_calls_per_lane\": 3}"), {"search", "{\"query\": \"autumn syrup\"}"},
        {"search", "{\"query\": \"robber bees\"}"},
        {"note", "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"\"}]}"},
        {"search", "{\"query\": \"queens\"}"}, FINISH);
    ck_assert(parrot_was_shown(&parrot, 0, "No calls are left but one to note"));
    ck_assert_uint_eq(b.rehearsal.tool_calls, 3);
    ck_assert_uint_eq(evidence(&b), 1);
    done(&b, &parrot);
}
END_TEST

START_TEST(what_was_noted_stands_in_the_report_of_a_stopped_run)
{
    static const struct turn turns[] = {
        {"open", "{\"id\": \"d3\", \"where\": \"around\"}"},
        {"note",
         "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"The drain plug must be tightened by hand\"}]}"},
        {"search", "{\"query\": \"robber bees\"}"}};
    struct script script = {turns, 3, 0, false};
    struct parrot parrot = {.say = act, .ctx = &script};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(""));
    b.rehearsal.stop_after = 8; /* inputs, read, survey, find; a turn and its call, twice */
    bees_run(&b);
    ck_assert(is_evidence(&b, "The drain plug must be tightened"));
    ck_assert(bees_says(&b, "The drain plug must be tightened"));
    done(&b, &parrot);
}
END_TEST

/* ---- the window ---- */

static size_t largest(const struct parrot *parrot)
{
    size_t most = 0;
    for (size_t i = 0; i < parrot->n; i++) {
        if (strcmp(nd_json_get_str(parrot->asked[i], "job"), "research") != 0) continue;
        size_t bytes = nd_model_bytes(parrot->asked[i]);
        if (bytes > most) most = bytes;
    }
    return most;
}

START_TEST(a_small_window_never_drops_a_note)
{
    RUN(REQUEST(", \"context_tokens\": 3000"),
        {"note", "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"\"}]}"},
        {"search", "{\"query\": \"autumn syrup\"}"}, {"open", "{\"id\": \"d1\", \"where\": \"around\"}"},
        {"open", "{\"id\": \"d2\", \"where\": \"around\"}"},
        {"open", "{\"id\": \"d3\", \"where\": \"around\"}"}, {"search", "{\"query\": \"robber bees\"}"},
        {"search", "{\"query\": \"formic acid\"}"}, FINISH);
    ck_assert_uint_le(largest(&parrot), 3000 * 3);
    ck_assert(parrot_was_shown(&parrot, 0, "What you did before"));
    ck_assert(parrot_was_shown(&parrot, 0, "searched \\\"autumn syrup\\\": s"));
    for (size_t i = 0; i < parrot.n; i++) {
        if (strcmp(nd_json_get_str(parrot.asked[i], "job"), "research") != 0) continue;
        struct nd_bytes all = ND_BYTES(ND_MIB);
        nd_json_print(nd_json_get(parrot.asked[i], "messages"), &all);
        if (strstr(all.data, "What you did before")) ck_assert_ptr_nonnull(strstr(all.data, " n1: "));
        nd_bytes_release(&all);
    }
    ck_assert_uint_eq(evidence(&b), 1);
    done(&b, &parrot);
}
END_TEST

static struct nd_json *too_long(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    if (strcmp(job, "research") == 0 && n == 1) return parrot_error("context_length_exceeded");
    return act(ctx, job, n, args);
}

START_TEST(a_conversation_that_was_too_long_begins_anew_once)
{
    static const struct turn turns[] = {{"open", "{\"id\": \"d1\", \"where\": \"around\"}"},
                                        {"note", "{\"notes\": [{\"ids\": [\"s1\"], \"quote\": \"\"}]}"},
                                        FINISH};
    struct script script = {turns, 3, 0, false};
    struct parrot parrot = {.say = too_long, .ctx = &script};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(""));
    bees_run(&b);
    ck_assert_uint_eq(parrot_calls(&parrot, "research"), 4);
    ck_assert_uint_eq(evidence(&b), 1);
    done(&b, &parrot);
}
END_TEST

/* ---- what must stay here ---- */

START_TEST(a_model_elsewhere_opens_no_local_document)
{
    static const struct turn turns[] = {
        {"open", "{\"id\": \"d1\", \"where\": \"around\"}"},
        {"search", "{\"query\": \"stores to survive the winter\"}"},
        {"note", "{\"notes\": [{\"ids\": [\"s1\", \"s2\", \"s3\"], \"quote\": \"A colony "
                 "needs at least 15 kilograms of stores to survive the winter.\"}]}"},
        FINISH};
    struct script script = {turns, 4, 0, false};
    struct parrot parrot = {.say = act, .ctx = &script, .elsewhere = true};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(""));
    parrot_make_local(&b, 1);
    bees_run(&b);
    for (size_t i = 0; i < parrot.n; i++) {
        struct nd_bytes all = ND_BYTES(ND_MIB);
        nd_json_print(nd_json_get(parrot.asked[i], "messages"), &all);
        bool sent = !nd_json_get_bool(parrot.asked[i], "private", false);
        if (sent) ck_assert_ptr_null(strstr(all.data, "The beekeeper's handbook"));
        if (sent) ck_assert_ptr_null(strstr(all.data, "Colonies must never be fed while"));
        nd_bytes_release(&all);
    }
    ck_assert(parrot_was_shown(&parrot, 0, "'id' is 'd1', wanted the id"));
    ck_assert(parrot_was_shown(&parrot, 0, "must stay elsewhere"));
    done(&b, &parrot);
}
END_TEST

/* ---- anything ---- */

#define SEEDS 24

static uint32_t roll(uint32_t *dice, uint32_t sides)
{
    *dice = *dice * 1664525u + 1013904223u;
    return (*dice >> 16) % sides;
}

/* Some value for a member, sensible or not. */
static char *some_value(uint32_t *dice)
{
    static const char *const values[] = {
        "7",
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"d2\"",
        "\"r1\"",
        "\"r1.1\"",
        "\"s\"",
        "\"s0\"",
        "\"s18446744073709551617\"",
        "\"n1\"",
        "\"around\"",
        "\"before\"",
        "\"after\"",
        "\"../../etc/passwd\"",
        "\"https://evil.example/\"",
        "\"syrup of the bees\"",
        "\"\\u202e\\u0007bidi\"",
        "[\"s1\", 7, null, \"s2\", \"s3\", \"s4\", \"s5\", \"s6\", \"s7\", \"s8\", \"s9\"]",
        "[{\"ids\": [\"s1\"], \"quote\": \"a colony that is not treated\"}]",
        "[{\"ids\": \"s1\", \"quote\": 9}, 7, {}]",
        "[{\"ids\": [\"s2\", \"s3\"], \"quote\": \"\"}]"};
    uint32_t n = roll(dice, sizeof values / sizeof *values + 6);
    if (n < sizeof values / sizeof *values) return nd_strdup(values[n]);
    return nd_sprintf("\"%c%u\"", n % 2 ? 's' : 'd', roll(dice, 40));
}

static struct nd_json *call_anything(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    static const char *const tools[] = {"search", "open", "find", "note", "ask_human", "finish"};
    static const char *const members[] = {"query", "id",       "where", "words",
                                          "notes", "question", "found", "missing"};
    uint32_t *dice = ctx;
    (void)args;
    if (strcmp(job, "research") != 0) return NULL;
    struct nd_bytes input = ND_BYTES(ND_MIB);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (roll(dice, 4) == 0) continue;
        char *value = some_value(dice);
        nd_bytes_addf(&input, "%s\"%s\": %s", input.len ? ", " : "", members[i], value);
        nd_free(value);
    }
    char *object = nd_sprintf("{%s}", input.len ? input.data : "");
    uint32_t tool = roll(dice, n < 4 ? 5 : 6);
    struct nd_json *seen = parrot_calls_tool(tools[tool], object);
    nd_bytes_release(&input);
    nd_free(object);
    return seen;
}

START_TEST(a_model_that_calls_anything_ends_and_every_quote_holds)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        uint32_t dice = seed * 2654435761u;
        struct parrot parrot = {.say = call_anything, .ctx = &dice, .elsewhere = seed % 3 == 0};
        struct bees b;
        parrot_open(&parrot, &b,
                    seed % 2 ? REQUEST(", \"ask\": true") : REQUEST(", \"context_tokens\": 2500"));
        if (seed % 3 == 0) parrot_make_local(&b, 1);
        b.edit = "gap";
        bees_run(&b);
        const struct nd_json *checks = nd_json_get(b.made[ND_FACT_CHECK].json, "checks");
        ck_assert_int_eq(nd_json_get_int(checks, "quotes_verified", -1),
                         nd_json_get_int(checks, "quotes_total", -2));
        ck_assert_uint_le(b.rehearsal.tool_calls, 2 * ND_LANE_TOOL_CALLS);
        done(&b, &parrot);
    }
}
END_TEST

ND_TEST_MAIN("pipeline/model_agent", it_searches_reads_and_notes, every_turn_extends_the_one_before,
             a_paraphrase_becomes_the_nearest_sentence_or_is_refused,
             a_quote_under_the_wrong_id_is_found_where_it_stands,
             forbidden_words_and_headings_are_no_evidence, a_person_is_asked_only_where_the_request_allows_it,
             a_person_is_asked_twice_at_most, a_person_s_words_after_nothing_was_found_begin_it_anew,
             a_bad_call_says_what_was_found_and_wanted,
             nothing_but_bad_turns_leaves_the_choice_to_the_program, notes_stand_when_the_model_fails_later,
             an_endless_loop_ends, nothing_found_is_a_result, what_it_misses_is_printed_only_when_it_may_be,
             the_last_call_is_for_a_note, what_was_noted_stands_in_the_report_of_a_stopped_run,
             a_small_window_never_drops_a_note, a_conversation_that_was_too_long_begins_anew_once,
             a_model_elsewhere_opens_no_local_document,
             a_model_that_calls_anything_ends_and_every_quote_holds)
