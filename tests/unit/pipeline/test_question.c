#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "question.h"

/* "head | title (words) | title …" with a mark behind clauses (~) and aspects (!) */
static char *cut(const char *topic)
{
    struct nd_question q;
    nd_question_cut(&q, topic);
    struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_bytes_add_str(&out, q.head);
    for (size_t i = 0; i < q.n; i++)
        nd_bytes_addf(&out, " | %s (%s)%s%s", q.facet[i].title, q.facet[i].words,
                      q.facet[i].clause ? "~" : "", q.facet[i].aspect ? "!" : "");
    nd_question_release(&q);
    return nd_bytes_take(&out, NULL);
}

static void check(const char *topic, const char *wanted)
{
    char *found = cut(topic);
    ck_assert_str_eq(found, wanted);
    nd_free(found);
}

START_TEST(a_colon_parts_head_from_facets)
{
    check("Write a report on securing Debian servers: accounts, remote login, updates and firewall.",
          "securing Debian servers | Accounts (accounts) | Remote login (remote login) | Updates (updates) | "
          "Firewall (firewall)");
    check("Plan a backup service with Bacula: components, retention and recycling, restore without the "
          "catalog.",
          "a backup service with Bacula | Components (components) | Retention (retention) | Recycling "
          "(recycling) | "
          "Restore without the catalog (restore without the catalog)");
}
END_TEST

START_TEST(a_clause_hands_its_lead_on)
{
    check("How do I set up a realm with a replica, and what must be opened, copied and kept in sync?",
          "set up a realm | Set up a realm (set up a realm) | Replica (replica) | What must be opened "
          "(opened)~ | "
          "What must be copied (copied)~ | What must be kept in sync (sync)~");
}
END_TEST

START_TEST(a_name_belongs_to_the_head)
{
    check("How should several servers on one UPS be shut down in order with NUT?",
          "several servers on one UPS be shut down in order NUT");
}
END_TEST

START_TEST(the_object_of_the_first_part_is_a_facet)
{
    check("Summarise how R is used for mixed models, meta-analysis and survival analysis, with the warnings "
          "the "
          "authors give.",
          "R is used for | Mixed models (mixed models) | Meta-analysis (meta-analysis) | Survival analysis "
          "(survival "
          "analysis) | Warnings the authors give (warnings the authors give)!");
}
END_TEST

START_TEST(pronouns_are_said)
{
    check("How do I configure a mail server and protect it from spam?",
          "configure a mail server | Configure a mail server (configure a mail server) | Protect a mail "
          "server from spam "
          "(protect a mail server from spam)");
    check("What is the difference between hay and straw?",
          "the difference between | Hay (hay) | Straw (straw)");
    check("How does one sign a document?", "sign a document");
}
END_TEST

START_TEST(one_piece_is_the_head)
{
    check("tea farming", "tea farming");
    check("What is a passphrase?", "a passphrase");
}
END_TEST

START_TEST(odd_topics_have_a_head)
{
    check("?", "?");
    check("and", "and");
    check(": oats, rye", "oats | Oats (oats) | Rye (rye)");
    check("report on", "report on");
}
END_TEST

START_TEST(titles_are_one_clean_line)
{
    char *title = nd_title_of(ND_VIEW("  remote\nlogin "));
    ck_assert_str_eq(title, "Remote login");
    nd_free(title);
    char *words = nd_title_words(ND_VIEW("What is the role of a replica?"));
    ck_assert_str_eq(words, "role of a replica");
    nd_free(words);
}
END_TEST

ND_TEST_MAIN("pipeline/question", a_colon_parts_head_from_facets, a_clause_hands_its_lead_on,
             a_name_belongs_to_the_head, pronouns_are_said, the_object_of_the_first_part_is_a_facet,
             one_piece_is_the_head, odd_topics_have_a_head, titles_are_one_clean_line)
