/* What a sentence tells and its quotes do not. */
#include "nd_test.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/report/quote.h"

static const struct {
    const char *sentence, *evidence, *kind; /* kind NULL: all of it stands there */
} facts[] = {
    /* a scale is part of its number */
    {"The firm paid $5 million.", "The firm paid $5 million.", NULL},
    {"The firm paid $5bn.", "The firm paid $5m.", "number"},
    {"The firm paid $5m.", "The firm paid $5 million.", NULL},
    {"The firm paid $5.", "The firm paid $5 million.", "number"},
    {"The firm paid $5 billion.", "The firm paid $5 million, of a billion.", "number"},
    {"It took 5 million of 7 billion.", "It took 5 billion of 7 million.", "number"},
    {"Das kostet die Stadt 5 Mrd. Euro.", "Das kostet die Stadt 5 Mio. Euro.", "number"},
    {"Das kostet die Stadt 5 Milliarden Euro.", "Das kostet die Stadt 5 Mrd. Euro.", NULL},
    {"Das kostet die Stadt 5 Billionen Dollar.", "It costs 5 billion dollars.", "number"},
    {"Das kostet die Stadt 5 Milliarden Dollar.", "It costs 5 billion dollars.", NULL},
    {"It costs 5 million to 10 million.", "It costs 5 to 10 million.", NULL},
    {"It costs 5 to 10 million.", "It costs between 5 million and 10 million.", NULL},
    {"It costs 5-10 million.", "It costs 5, 7 or 10 million.", NULL},
    {"Revenue was 5 million.", "Revenue (in million): 5", NULL},
    {"In 2019 it sold 3 million.", "It sold 3 million in 2019.", NULL},
    {"It takes 5 m of cable.", "It takes 5 m of cable.", NULL},
    /* and its unit stands behind it */
    {"It costs 5 million euros.", "It costs 5 million dollars.", "unit"},
    {"It costs 5 million euros.", "It costs 5 million euros.", NULL},
    {"It costs 5 million euros.", "It costs €5m.", NULL},
    /* units */
    {"It rose by 5 percentage points.", "It rose by 5 percent.", "unit"},
    {"It rose by 5 percent.", "It rose by 5 percentage points.", "unit"},
    {"It rose by 5 percentage points.", "It rose by 5 percentage points.", NULL},
    {"Es ist um 5 Prozentpunkte höher.", "Es ist um 5 Prozent höher.", "unit"},
    {"Es ist um 5 Prozent höher.", "It rose by 5 %.", NULL},
    {"Es ist um 5 %-Punkte höher.", "Es ist um 5 %.", "unit"},
    {"Es ist in der Stadt in 5 Jahren fertig.", "Es ist in der Stadt in 5 Tagen fertig.", "unit"},
    {"Es ist in der Stadt in 5 Tagen fertig.", "It takes 5 days.", NULL},
    {"It holds 10 GB.", "It holds 10 Gb.", "unit"},
    {"It holds 10 Gb.", "It holds 10 GB.", "unit"},
    {"It needs 5 MW.", "It needs 5 mW.", "unit"},
    {"It needs 5 mW.", "It needs 5 MW.", "unit"},
    {"It holds 10 KB.", "It holds 10 kB.", NULL},
    {"The dose is 5 µg.", "The dose is 5 mg.", "unit"},
    {"The dose is 5 μg.", "The dose is 5 µg.", NULL},
    {"It covers 50 m².", "It covers 50 m.", "unit"},
    {"It covers 50 m.", "It covers 50 m².", "unit"},
    {"It covers 50 m².", "It covers 50 square metres.", NULL},
    /* signs, fractions, powers */
    {"It fell to -5 °C.", "It fell to 5 °C.", "number"},
    {"It fell to −5 °C.", "It fell to -5 °C.", NULL},
    {"It fell to minus 5 °C.", "It fell to 5 °C.", "number"},
    {"It fell to minus 5 °C.", "It fell to –5 °C.", NULL},
    {"It fell by 5 °C.", "The change was −5 °C.", NULL},
    {"Store it at 20 °C.", "Store it at −20 °C.", "number"},
    {"Store it at 20 degrees.", "Store it at -20 degrees.", "number"},
    {"Store it at 20 °C.", "Store it at 15–20 °C.", NULL},
    {"Store it at 20 °C.", "Store it at −20 °C, later at 20 °C.", NULL},
    {"Store it 20 °C below zero.", "Store it at −20 °C.", NULL},
    {"It takes 5-10 days.", "It takes 5 to 10 days.", NULL},
    {"It takes 2½ hours.", "It takes 2 hours.", "number"},
    {"It takes 2½ hours.", "It takes 2½ hours.", NULL},
    {"It has 10⁶ cells.", "It has 10 cells.", "number"},
    /* a point that may be of thousands or of decimals */
    {"Das wiegt 1.500 kg.", "Das wiegt 1,5 kg.", "number"},
    {"It weighs 1.5 kg.", "Das wiegt 1.500 kg.", "number"},
    {"Das wiegt 1.500 kg.", "Das wiegt 1.500 kg.", NULL},
    {"It weighs 0.500 kg.", "It weighs 0.5 kg.", NULL},
};

START_TEST(what_is_told_must_stand_in_the_quotes)
{
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const struct nd_view text = nd_view_of(facts[i].evidence);
        const struct nd_held held = {.texts = &text, .text_count = 1, .titles = &text, .title_count = 1};
        const char *kind = NULL;
        char *missing = nd_fact_missing(nd_view_of(facts[i].sentence), &held, &kind);
        bool same = facts[i].kind ? missing && strcmp(kind, facts[i].kind) == 0 : !missing;
        ck_assert_msg(same, "'%s' against '%s': missing %s '%s', wanted %s", facts[i].sentence,
                      facts[i].evidence, missing ? kind : "nothing", missing ? missing : "",
                      facts[i].kind ? facts[i].kind : "nothing");
        nd_free(missing);
    }
}
END_TEST

START_TEST(words_stand_by_themselves)
{
    static const struct {
        const char *text, *words;
        bool stand;
    } rows[] = {{"The line is 150 km long.", "50", false},
                {"It is 50, or 60.", "50", true},
                {"It is 1.50 or 50.5 wide.", "50", false},
                {"It ended in 2019.", "2019", true},
                {"The station of Hannover", "Ann", false},
                {"Ann's station", "ann", true},
                {"Two tractor  engines", "tractor engine", true},
                {"the news", "ne", false},
                {"三十分钟以内", "分钟", true},
                {"It costs 5.", "", false},
                {"1500, then 50", "50", true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(nd_words_stand(nd_view_of(rows[i].text), rows[i].words) == rows[i].stand,
                      "'%s' in '%s'", rows[i].words, rows[i].text);
}
END_TEST

ND_TEST_MAIN("report/facts", what_is_told_must_stand_in_the_quotes, words_stand_by_themselves)
