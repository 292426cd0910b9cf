/* Rehearsed runs of the model writer: what comes of good, bad and missing answers, and of text that must stay
 * here. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/model.h"
#include "parrot.h"
#include "writer_extractive.h"
#include <string.h>

#define REQUEST(more)                                                                                        \
    "{\"topic\": \"Write a report on keeping bee colonies: swarming, feeding and varroa mites.\", "          \
    "\"writer\": \"parrot:grey\", "                                                                          \
    "\"sub_topics\": 3" more "}"

static const struct nd_json *report(const struct bees *b)
{
    return b->made[ND_FACT_CHECK].json;
}

/* Statements of the whole report with that verdict. */
static size_t verdicts(const struct bees *b, const char *word)
{
    size_t n = 0;
    ND_JSON_EACH(claim, nd_json_get(report(b), "summary"))
    n += strcmp(nd_json_get_str(claim, "verdict"), word) == 0;
    ND_JSON_EACH(section, nd_json_get(report(b), "sections"))
    ND_JSON_EACH(claim, nd_json_get(section, "claims"))
    n += strcmp(nd_json_get_str(claim, "verdict"), word) == 0;
    return n;
}

static bool notes_hold(const struct bees *b, const char *text)
{
    struct nd_bytes all = ND_BYTES(ND_MIB);
    nd_json_print(nd_json_get(report(b), "notes"), &all);
    ND_JSON_EACH(section, nd_json_get(report(b), "sections"))
    nd_json_print(nd_json_get(section, "note"), &all);
    bool found = strstr(all.data, text) != NULL;
    nd_bytes_release(&all);
    return found;
}

START_TEST(a_run_with_good_answers)
{
    struct parrot parrot = {0};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(""));
    bees_run(&b);
    ck_assert_str_eq(bees_title(&b, 0), "Swarming of colonies");
    ck_assert_uint_eq(bees_sections(&b), 3);
    ck_assert(bees_says(&b, "Indeed, "));
    ck_assert_uint_ge(verdicts(&b, "supported"), 6);
    ck_assert_uint_eq(parrot_calls(&parrot, "plan"), 1);
    ck_assert_uint_eq(parrot_calls(&parrot, "research"), 6);
    ck_assert_uint_eq(parrot_calls(&parrot, "draft"), 3);
    ck_assert_uint_eq(parrot_calls(&parrot, "synthesize"), 1);
    ck_assert_uint_eq(parrot_calls(&parrot, "judge"), 4);
    const struct nd_json *writer = nd_json_first(nd_json_get(report(&b), "writers"));
    ck_assert_str_eq(nd_json_get_str(writer, "provider"), "parrot");
    ck_assert_str_eq(nd_json_get_str(writer, "model"), "grey");
    ck_assert_uint_eq(nd_json_len(nd_json_get(writer, "roles")), 2);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

static const struct nd_json *writer_at(const struct bees *b, size_t i, const char *model, const char *role)
{
    const struct nd_json *writer = nd_json_at(nd_json_get(report(b), "writers"), i);
    const struct nd_json *roles = nd_json_get(writer, "roles");
    ck_assert_str_eq(nd_json_get_str(writer, "provider"), "parrot");
    ck_assert_str_eq(nd_json_get_str(writer, "model"), model);
    ck_assert_str_eq(nd_json_str(nd_json_at(roles, nd_json_len(roles) - 1)), role);
    return roles;
}

START_TEST(the_report_names_the_models_that_answered)
{
    struct parrot parrot = {.reader = "parrot:eye:2"};
    struct bees b;
    parrot_open(&parrot, &b,
                REQUEST(", \"read_model\": \"parrot:eye:2\", \"fallback_model\": \"parrot:spare\""));
    bees_run(&b);
    ck_assert_uint_eq(nd_json_len(nd_json_get(report(&b), "writers")), 2);
    ck_assert_uint_eq(nd_json_len(writer_at(&b, 0, "grey", "write")), 1);
    ck_assert_uint_eq(nd_json_len(writer_at(&b, 1, "eye:2", "read")), 1);
    bees_close(&b);
    parrot_close(&parrot);
    parrot = (struct parrot){.reader = "parrot:spare"};
    parrot_open(&parrot, &b, REQUEST(", \"fallback_model\": \"parrot:spare\""));
    bees_run(&b);
    ck_assert_uint_eq(nd_json_len(writer_at(&b, 0, "grey", "write")), 1);
    ck_assert_uint_eq(nd_json_len(writer_at(&b, 1, "spare", "fallback")), 1);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

START_TEST(findings_name_the_statements_that_they_rest_on)
{
    struct parrot parrot = {0};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(""));
    bees_run(&b);
    ck_assert_uint_ge(nd_json_len(nd_json_get(report(&b), "summary")), 3);
    ND_JSON_EACH(finding, nd_json_get(report(&b), "summary"))
    {
        const char *premise = nd_json_str(nd_json_first(nd_json_get(finding, "premises")));
        ck_assert_ptr_nonnull(premise);
        bool found = false;
        ND_JSON_EACH(section, nd_json_get(report(&b), "sections"))
        ND_JSON_EACH(claim, nd_json_get(section, "claims"))
        found = found || strcmp(nd_json_get_str(claim, "id"), premise) == 0;
        ck_assert_msg(found, "premise '%s' is no statement of a section", premise);
    }
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

START_TEST(order_and_processes_do_not_matter)
{
    char *bytes[2];
    for (int i = 0; i < 2; i++) {
        struct parrot parrot = {0};
        struct bees b;
        parrot_open(&parrot, &b, REQUEST(""));
        b.rehearsal.last_lane_first = i == 1;
        bees_run(&b);
        bytes[i] = bees_bytes(&b);
        bees_close(&b);
        parrot_close(&parrot);
    }
    ck_assert_str_eq(bytes[0], bytes[1]);
    nd_free(bytes[0]);
    nd_free(bytes[1]);
}
END_TEST

/* ---- one repair ---- */

struct once {
    const char *job, *text;
    unsigned times;
};

static struct nd_json *say_badly(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    const struct once *once = ctx;
    (void)args;
    return strcmp(job, once->job) == 0 && n < once->times ? parrot_says(once->text) : NULL;
}

static const struct nd_json *second_call(const struct parrot *parrot, const char *job)
{
    size_t seen = 0;
    for (size_t i = 0; i < parrot->n; i++)
        if (strcmp(nd_json_get_str(parrot->asked[i], "job"), job) == 0 && seen++ == 1)
            return parrot->asked[i];
    return NULL;
}

START_TEST(a_bad_answer_is_repaired_by_extending_the_conversation)
{
    static const char *const jobs[] = {"plan", "draft", "synthesize", "judge"};
    for (size_t i = 0; i < 4; i++) {
        struct once once = {jobs[i], "I would rather sing.", 1};
        struct parrot parrot = {.say = say_badly, .ctx = &once};
        struct bees b;
        parrot_open(&parrot, &b, REQUEST(""));
        bees_run(&b);
        const struct nd_json *again = second_call(&parrot, jobs[i]),
                             *messages = nd_json_get(again, "messages");
        ck_assert_int_ge(nd_json_get_int(again, "extends", -1), 0);
        ck_assert_uint_eq(nd_json_len(messages), 4);
        ck_assert_str_eq(nd_json_get_str(nd_json_at(messages, 2), "role"), "assistant");
        ck_assert_str_eq(nd_json_get_str(nd_json_at(messages, 2), "content"), "I would rather sing.");
        ck_assert_ptr_nonnull(
            strstr(nd_json_get_str(nd_json_at(messages, 3), "content"), "not one JSON object"));
        ck_assert(!notes_hold(&b, "could not be used"));
        ck_assert_uint_ge(verdicts(&b, "supported"), 6);
        bees_close(&b);
        parrot_close(&parrot);
    }
}
END_TEST

START_TEST(two_bad_answers_demote_the_lane_to_the_extractive_result)
{
    static const struct {
        const char *job, *note;
        size_t calls;
    } rows[] = {{"plan", "The sub-topics were chosen by program", 2},
                {"research", "was chosen by program", 9},
                {"draft", "This section quotes its sources", 6},
                {"synthesize", "The key findings are quotations", 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct once once = {rows[i].job, "[1, 2, 3]", 100};
        struct parrot parrot = {.say = say_badly, .ctx = &once};
        struct bees b;
        parrot_open(&parrot, &b, REQUEST(""));
        bees_run(&b);
        ck_assert_uint_eq(parrot_calls(&parrot, rows[i].job), rows[i].calls);
        ck_assert_msg(notes_hold(&b, rows[i].note), "no note '%s'", rows[i].note);
        ck_assert_uint_ge(bees_claims(&b, 0), 1);
        bees_close(&b);
        parrot_close(&parrot);
    }
}
END_TEST

START_TEST(what_befell_several_sub_topics_is_said_once)
{
    struct once once = {"research", "[1, 2, 3]", 100};
    struct parrot parrot = {.say = say_badly, .ctx = &once};
    struct bees b;
    size_t told = 0;
    parrot_open(&parrot, &b, REQUEST(""));
    bees_run(&b);
    ND_JSON_EACH(note, nd_json_get(report(&b), "notes"))
    {
        if (!nd_view_starts(nd_json_view(note), "The evidence for '")) continue;
        told++;
        for (size_t i = 0; i < bees_sections(&b); i++)
            ck_assert_ptr_nonnull(strstr(nd_json_str(note), bees_title(&b, i)));
    }
    ck_assert_uint_eq(bees_sections(&b), 3);
    ck_assert_uint_eq(told, 1);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

static struct nd_json *fail_with(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    (void)n, (void)args;
    const struct once *once = ctx;
    if (strcmp(job, once->job) != 0) return NULL;
    if (strcmp(once->text, "filter") != 0) return parrot_error(once->text);
    struct nd_json *seen = parrot_says("");
    nd_json_set_str(seen, "stop", "filter");
    return seen;
}

START_TEST(an_error_or_a_refusal_is_not_asked_again)
{
    static const char *const kinds[] = {"exceed_context_size_error", "filter"};
    for (size_t i = 0; i < 2; i++) {
        struct once once = {"draft", kinds[i], 0};
        struct parrot parrot = {.say = fail_with, .ctx = &once};
        struct bees b;
        parrot_open(&parrot, &b, REQUEST(""));
        bees_run(&b);
        ck_assert_uint_eq(parrot_calls(&parrot, "draft"), 3);
        ck_assert(notes_hold(&b, "This section quotes its sources"));
        bees_close(&b);
        parrot_close(&parrot);
    }
}
END_TEST

/* ---- sentences ---- */

static struct nd_json *write_nonsense(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    (void)n;
    struct nd_view text;
    char id[32];
    if (strcmp(job, "draft") != 0 || !parrot_line(args, 0, id, &text)) return NULL;
    char *said = nd_sprintf("{\"sentences\": [{\"text\": \"%s\", \"evidence\": [\"e1\", \"e99\"]}, "
                            "{\"text\": \"Nobody knows where "
                            "this comes from.\", \"evidence\": [\"e99\"]}]}",
                            (const char *)ctx);
    struct nd_json *seen = parrot_says(said);
    nd_free(said);
    return seen;
}

START_TEST(a_sentence_that_cannot_be_printed_gives_way_to_its_quote)
{
    static const char *const bad[] = {"There are 987654 hives in the country.",
                                      "Read more about it at https://evil.example/",
                                      "The keeper said: 'see [3]' and left the hives."};
    for (size_t i = 0; i < 3; i++) {
        char words[100];
        strcpy(words, bad[i]);
        struct parrot parrot = {.say = write_nonsense, .ctx = words};
        struct bees b;
        parrot_open(&parrot, &b, REQUEST(""));
        bees_run(&b);
        ck_assert(!bees_says(&b, words));
        ck_assert(!bees_says(&b, "Nobody knows"));
        for (size_t s = 0; s < bees_sections(&b); s++) ck_assert_uint_eq(bees_claims(&b, s), 1);
        ck_assert_uint_ge(verdicts(&b, "quoted"), 3);
        ck_assert(
            parrot_was_shown(&parrot, 0, "it names no piece of the evidence by its id")); /* in the repair */
        bees_close(&b);
        parrot_close(&parrot);
    }
}
END_TEST

static struct nd_json *copy_evidence(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    (void)ctx, (void)n;
    struct nd_view text;
    char id[32];
    if (strcmp(job, "draft") != 0 || !parrot_line(args, 0, id, &text)) return NULL;
    struct nd_json *answer = nd_json_object(), *one = nd_json_object();
    nd_json_set_view(one, "text", text);
    nd_json_add_str(nd_json_set(one, "evidence", nd_json_array()), id);
    nd_json_add(nd_json_set(answer, "sentences", nd_json_array()), one);
    struct nd_bytes said = ND_BYTES(ND_MIB);
    nd_json_print(answer, &said);
    struct nd_json *seen = parrot_says(said.data);
    nd_json_free(answer);
    nd_bytes_release(&said);
    return seen;
}

START_TEST(a_sentence_that_is_its_evidence_is_a_quote)
{
    struct parrot parrot = {.say = copy_evidence};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(""));
    bees_run(&b);
    ck_assert_uint_eq(verdicts(&b, "supported") + verdicts(&b, "unjudged"),
                      nd_json_len(nd_json_get(report(&b), "summary")));
    ck_assert_uint_ge(verdicts(&b, "quoted"), 3);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

/* ---- judging ---- */

static struct nd_json *judge_all(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    (void)n;
    if (strcmp(job, "judge") != 0) return NULL;
    struct nd_bytes said = ND_BYTES(ND_MIB);
    struct nd_view text;
    char id[32];
    nd_bytes_add_str(&said, "{\"verdicts\": [");
    for (size_t k = 0, told = 0; parrot_line(args, k, id, &text); k++) {
        char *blank = strchr(id, ' ');
        if (!blank || strcmp(blank, " statement") != 0) continue;
        *blank = 0;
        nd_bytes_addf(&said, "%s{\"id\": \"%s\", \"support\": \"%s\"}", told++ ? "," : "", id,
                      (const char *)ctx);
    }
    nd_bytes_add_str(&said, "]}");
    struct nd_json *seen = parrot_says(said.data);
    nd_bytes_release(&said);
    return seen;
}

START_TEST(verdicts_of_the_judge)
{
    static const struct {
        char support[8];
        const char *verdict, *done;
    } rows[] = {{"yes", "supported", NULL},
                {"partly", "caveat", "demoted"},
                {"no", "quoted", "repaired"},
                {"dunno", "unjudged", NULL}};
    for (size_t i = 0; i < 4; i++) {
        char support[8];
        strcpy(support, rows[i].support);
        struct parrot parrot = {.say = judge_all, .ctx = support};
        struct bees b;
        parrot_open(&parrot, &b, REQUEST(""));
        bees_run(&b);
        ck_assert_msg(verdicts(&b, rows[i].verdict) >= 3, "'%s' gave %zu times %s", support,
                      verdicts(&b, rows[i].verdict), rows[i].verdict);
        bool is_no = strcmp(support, "no") == 0, unsound = is_no || strcmp(support, "partly") == 0;
        if (is_no) ck_assert(!bees_says(&b, "Indeed, "));
        ck_assert_uint_eq(nd_json_len(nd_json_get(report(&b), "summary")) == 0, unsound);
        const struct nd_json *findings = nd_json_get(nd_json_get(report(&b), "checks"), "findings");
        bool listed = false;
        ND_JSON_EACH(f, findings)
        listed = listed || (rows[i].done && strcmp(nd_json_get_str(f, "done"), rows[i].done) == 0);
        ck_assert_int_eq(listed, rows[i].done != NULL);
        bees_close(&b);
        parrot_close(&parrot);
    }
}
END_TEST

/* ---- planning ---- */

START_TEST(a_plan_is_sifted)
{
    struct once once = {
        "plan",
        "{\"sub_topics\": [{\"title\": \" Feeding\\n of the bees \", \"question\": 7, \"words\": null},"
        "{\"title\": \"Feeding of the bees\", \"question\": \"Again?\", \"words\": \"x\"}, {\"title\": "
        "\"\"}, "
        "\"x\", {\"title\": \"Wintering\", \"question\": \"How?\", \"words\": \"winter stores\"}]}",
        100};
    struct parrot parrot = {.say = say_badly, .ctx = &once};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(", \"must_cover\": [\"Foulbrood\"]"));
    bees_run(&b);
    ck_assert_str_eq(bees_title(&b, 0), "Feeding of the bees");
    ck_assert_str_eq(bees_title(&b, 1), "Wintering");
    ck_assert_str_eq(bees_title(&b, 2), "Foulbrood");
    ck_assert_uint_eq(bees_sections(&b), 3);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

START_TEST(a_plan_that_repeats_itself_is_filled_up)
{
#define SAME "\"question\": \"How are colonies fed?\", \"words\": \"feeding syrup\""
    struct once once = {
        "plan",
        "{\"sub_topics\": [{\"title\": \"Feeding of the bees\", " SAME "},"
        "{\"title\": \"Wintering\", " SAME "}, {\"title\": \"The feeding of bees\", " SAME
        "}, {\"title\": \"Mites\", \"question\": \"Mites | Brood | Acid\", \"words\": \"mites\"}]}",
        100};
    struct parrot parrot = {.say = say_badly, .ctx = &once};
    struct bees b;
    parrot_open(
        &parrot, &b,
        "{\"topic\": \"Write a report on keeping bee colonies: swarming, feeding and varroa mites.\", "
        "\"writer\": \"parrot:grey\", \"sub_topics\": 4}");
    bees_run(&b);
    ck_assert_str_eq(bees_title(&b, 0), "Feeding of the bees");
    ck_assert_str_eq(bees_title(&b, 1), "Wintering");
    ck_assert_str_eq(bees_title(&b, 2), "Mites");
    ck_assert_str_eq(bees_title(&b, 3), "Swarming"); /* of the question, which the model left out */
    ck_assert_uint_eq(bees_sections(&b), 4);
    const struct nd_json *second = nd_json_at(nd_json_get(report(&b), "sections"), 1),
                         *third = nd_json_at(nd_json_get(report(&b), "sections"), 2);
    ck_assert_str_eq(nd_json_get_str(second, "question"), "Wintering"); /* not that of the first */
    ck_assert_str_eq(nd_json_get_str(third, "question"), "Mites");      /* not a row of headings */
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

START_TEST(what_the_user_named_is_not_planned)
{
    struct parrot parrot = {0};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(", \"questions\": [\"When do colonies swarm?\"]"));
    bees_run(&b);
    ck_assert_uint_eq(parrot_calls(&parrot, "plan"), 0);
    ck_assert_uint_eq(bees_sections(&b), 1);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

/* ---- what must stay on this machine ---- */

/* Words of the first document alone (source 1, the handbook). */
static const char *const secrets[] = {"The beekeeper's handbook", "Swarm cells hang", "honey supers",
                                      "15 kilograms", "Inspecting a hive"};

START_TEST(local_sources_reach_no_model_that_is_elsewhere)
{
    struct parrot parrot = {.elsewhere = true};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(""));
    parrot_make_local(&b, 1);
    bees_run(&b);
    size_t refused = 0;
    for (size_t i = 0; i < parrot.n; i++) {
        if (nd_json_get_bool(parrot.asked[i], "private", false)) {
            refused++;
            nd_json_free(parrot.asked[i]); /* it was not sent: the model layer keeps it back */
            parrot.asked[i] = nd_json_object();
            nd_json_set_str(parrot.asked[i], "job", "kept back");
        }
    }
    ck_assert_uint_ge(refused, 3);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        ck_assert_msg(!parrot_was_shown(&parrot, 0, secrets[i]), "the model was shown '%s'", secrets[i]);
    ck_assert(parrot_was_shown(&parrot, 0, "Notes of a bee inspector"));
    /* the local handbook is still quoted, by program */
    ck_assert(bees_says(&b, "Swarm cells hang"));
    ck_assert_uint_ge(verdicts(&b, "supported"), 1);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

START_TEST(local_sources_are_for_a_model_of_this_machine)
{
    struct parrot parrot = {0};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(""));
    parrot_make_local(&b, 1);
    bees_run(&b);
    ck_assert(parrot_was_shown(&parrot, 0, "Swarm cells hang"));
    bool is_private = true;
    for (size_t i = 0; i < parrot.n; i++) {
        struct nd_bytes text = ND_BYTES(ND_MIB);
        nd_json_print(nd_json_get(parrot.asked[i], "messages"), &text);
        if (strstr(text.data, "Swarm cells hang"))
            is_private = is_private && nd_json_get_bool(parrot.asked[i], "private", false);
        nd_bytes_release(&text);
    }
    ck_assert(is_private);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

START_TEST(with_nothing_but_local_sources_elsewhere_is_never_asked)
{
    struct parrot parrot = {.elsewhere = true};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(""));
    for (size_t n = 1; n <= 3; n++) parrot_make_local(&b, n);
    bees_run(&b);
    for (size_t i = 0; i < parrot.n; i++) ck_assert(nd_json_get_bool(parrot.asked[i], "private", false));
    ck_assert(notes_hold(&b, "its sources must stay on this machine"));
    ck_assert_uint_ge(verdicts(&b, "quoted"), 3);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

/* The writer is here, the reader elsewhere; the writer's plan holds a word of the private document. */
static struct nd_json *reader_elsewhere(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    (void)ctx, (void)n;
    bool reads = strcmp(nd_json_get_str(args, "role"), "read") == 0;
    if (reads && nd_json_get_bool(args, "private", false)) return parrot_error(ND_MODEL_PRIVATE);
    if (strcmp(job, "plan") != 0) return NULL;
    return parrot_says("{\"sub_topics\": [{\"title\": \"Zephyrine swarming of colonies\", \"question\": "
                       "\"What is Zephyrine swarming?\", \"words\": \"swarming colonies\", \"why\": \"\"}, "
                       "{\"title\": \"Zephyrine feeding\", \"question\": \"What is fed?\", \"words\": "
                       "\"feeding colonies\", \"why\": \"\"}]}");
}

START_TEST(titles_made_of_local_documents_stay_with_them)
{
    struct parrot parrot = {.say = reader_elsewhere};
    struct bees b;
    parrot_open(&parrot, &b, REQUEST(", \"guardrail\": \"abcdefgh1234:1\""));
    parrot_make_local(&b, 1);
    bees_run(&b);
    size_t sent = 0;
    ck_assert(parrot_was_shown(&parrot, 0, "Zephyrine"));
    for (size_t i = 0; i < parrot.n; i++) {
        bool reads = strcmp(nd_json_get_str(parrot.asked[i], "role"), "write") != 0;
        struct nd_bytes text = ND_BYTES(ND_MIB);
        nd_json_print(parrot.asked[i], &text);
        bool was_sent = reads && !nd_json_get_bool(parrot.asked[i], "private", false);
        sent += was_sent;
        ck_assert_msg(!was_sent || !strstr(text.data, "Zephyrine"), "the model elsewhere was sent: %s",
                      text.data);
        nd_bytes_release(&text);
    }
    ck_assert_uint_ge(sent, 2);
    bees_close(&b);
    parrot_close(&parrot);
}
END_TEST

/* The program's own sub-topics are titles of sections. */
START_TEST(sections_of_local_documents_are_private_titles)
{
    char title[] = "Battery of the station";
    struct nd_source v[] = {{.local = false}, {.local = true}};
    const struct nd_sources sources = {.v = v, .n = 2};
    for (unsigned source = 0; source <= 2; source++) {
        const struct nd_sub_topic topic = {.title = title, .section = title, .source = source, .page = 1};
        struct nd_json *json = nd_sub_topic_json(&topic, &sources);
        ck_assert(nd_json_get_bool(json, "private", false) == (source == 2));
        nd_json_free(json);
    }
}
END_TEST

ND_TEST_MAIN("pipeline/model_writer", a_run_with_good_answers, the_report_names_the_models_that_answered,
             findings_name_the_statements_that_they_rest_on, order_and_processes_do_not_matter,
             a_bad_answer_is_repaired_by_extending_the_conversation,
             two_bad_answers_demote_the_lane_to_the_extractive_result,
             what_befell_several_sub_topics_is_said_once, an_error_or_a_refusal_is_not_asked_again,
             a_sentence_that_cannot_be_printed_gives_way_to_its_quote,
             a_sentence_that_is_its_evidence_is_a_quote, verdicts_of_the_judge, a_plan_is_sifted,
             a_plan_that_repeats_itself_is_filled_up, what_the_user_named_is_not_planned,
             local_sources_reach_no_model_that_is_elsewhere, local_sources_are_for_a_model_of_this_machine,
             with_nothing_but_local_sources_elsewhere_is_never_asked,
             titles_made_of_local_documents_stay_with_them, sections_of_local_documents_are_private_titles)
