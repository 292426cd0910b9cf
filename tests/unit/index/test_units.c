#include "nd_test.h"
#include "pages.h"

#include "nightdesk/base/text.h"
#include "nightdesk/index/collection.h"

/* A collection of one document, with its pages and reading. */
struct rig {
    struct nd_sources sources;
    struct nd_view text;
    struct nd_collection *c;
};

static struct rig rig_of(struct nd_reading *reading, const char *text)
{
    struct rig rig = {.text = nd_view_of(text)};
    struct nd_error err = {0};
    test_source(&rig.sources, "folder/doc.pdf", reading);
    nd_ck_ok(nd_collection_build(&rig.c, &rig.sources, &rig.text, 1, &err), &err);
    return rig;
}

static void rig_close(struct rig *rig)
{
    nd_collection_free(rig->c);
    nd_sources_release(&rig->sources);
}

/* "kind: text" of each unit, one a line. */
static char *units_of(const struct nd_collection *c)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    for (uint32_t i = 0; i < nd_collection_units(c); i++) {
        nd_bytes_addf(&out, "%s: ", nd_unit_kind_word(nd_collection_unit(c, i)->kind));
        nd_collection_show(c, i, &out);
        nd_bytes_add_char(&out, '\n');
    }
    return nd_bytes_take(&out, NULL);
}

static void check_units(const char *text, const char *lang, const char *wanted)
{
    struct rig rig = rig_of(test_reading("Title", lang, test_pages_in(text)), text);
    char *units = units_of(rig.c);
    ck_assert_str_eq(units, wanted);
    nd_free(units);
    rig_close(&rig);
}

START_TEST(paragraphs_become_sentences)
{
    check_units(
        "Volumes\n"
        "The default retention of a volume is one year, and either that or the value of the\n"
        "directive is used. Once the volume is there, the value stays. It can be changed by\n"
        "hand.\n"
        "A volume is marked as used when it holds enough files, whatever happens to its jobs.\n\f",
        "en",
        "head: Volumes\n"
        "prose: The default retention of a volume is one year, and either that or the value of the directive "
        "is used.\n"
        "prose: Once the volume is there, the value stays.\n"
        "prose: It can be changed by hand.\n"
        "prose: A volume is marked as used when it holds enough files, whatever happens to its jobs.\n");
}
END_TEST

START_TEST(listings_are_no_evidence)
{
    check_units(
        "To see it, you should start the daemon on each of your hosts with this command:\n"
        "$ upsd -c reload\n"
        "[monuser]\n"
        "password = mypass\n"
        "if (x == 0) {\n"
        "return foo(bar);\n"
        "}\n"
        "The daemon then reads its configuration again and goes on with what it did before.\n\f",
        "en",
        "fragment: To see it, you should start the daemon on each of your hosts with this command:\n"
        "code: $ upsd -c reload\n"
        "code: [monuser]\n"
        "code: password = mypass\n"
        "code: if (x == 0) {\n"
        "code: return foo(bar);\n"
        "code: }\n"
        "prose: The daemon then reads its configuration again and goes on with what it did before.\n");
}
END_TEST

START_TEST(lists_are_cut_into_items)
{
    check_units("The following files must be copied by hand to each of the replicas of the realm:\n"
                "\xE2\x80\xA2 krb5.conf\n"
                "\xE2\x80\xA2 the stash file\n"
                "1. The primary waits for all of the others to go away before it goes itself.\n"
                "2. upsmon then calls its command and the machine\n"
                "goes down.\n\f",
                "en",
                "fragment: The following files must be copied by hand to each of the replicas of the realm:\n"
                "item: krb5.conf\n"
                "item: the stash file\n"
                "prose: The primary waits for all of the others to go away before it goes itself.\n"
                "item: upsmon then calls its command and the machine goes down.\n");
}
END_TEST

START_TEST(terms_that_run_into_their_sentence_are_cut_off)
{
    check_units(
        "Catalog The Catalog is used to store information about the jobs that were run and their files.\n"
        "Differential A backup that includes all of the files that were changed since the last full one.\n"
        "Appendix A describes how these and the other parts of the system are put together by hand.\n\f",
        "en",
        "head: Catalog\n"
        "prose: The Catalog is used to store information about the jobs that were run and their files.\n"
        "head: Differential\n"
        "prose: A backup that includes all of the files that were changed since the last full one.\n"
        "prose: Appendix A describes how these and the other parts of the system are put together by "
        "hand.\n");
}
END_TEST

START_TEST(broken_off_text_is_a_fragment)
{
    check_units("of the realm, which it then goes on to use for all of the other hosts.\n\f", "en",
                "fragment: of the realm, which it then goes on to use for all of the other hosts.\n");
    check_units("It reads all of its files, the ones that it was given (and the others too.\n\f", "en",
                "fragment: It reads all of its files, the ones that it was given (and the others too.\n");
    check_units("The steps that you have to take on each of the hosts are as follows.\n\f", "en",
                "fragment: The steps that you have to take on each of the hosts are as follows.\n");
}
END_TEST

static const char *const book =
    "User Manual\nThe first page of this book tells what it is about and who should read it.\n1\f"
    "User Manual\nThe second page of this book goes on with that and then ends in the middle of a\n2\f"
    "User Manual\nsentence that began before. The third page is here only to be the third one.\n3\f"
    "User Manual\nThe fourth page of the book is there since furniture is known by coming back.\n4\f";

START_TEST(running_heads_and_page_numbers_are_furniture)
{
    check_units(book, "en",
                "furniture: User Manual\n"
                "prose: The first page of this book tells what it is about and who should read it.\n"
                "furniture: 1\n"
                "furniture: User Manual\n"
                "prose: The second page of this book goes on with that and then ends in the middle of a "
                "sentence that "
                "began before.\n"
                "furniture: 2\n"
                "furniture: User Manual\n"
                "prose: The third page is here only to be the third one.\n"
                "furniture: 3\n"
                "furniture: User Manual\n"
                "prose: The fourth page of the book is there since furniture is known by coming back.\n"
                "furniture: 4\n");
}
END_TEST

START_TEST(a_sentence_over_a_page_break_has_two_ranges)
{
    struct rig rig = rig_of(test_reading("Title", "en", 4), book);
    const struct nd_unit *u = nd_collection_unit(rig.c, 4);
    ck_assert_uint_eq(u->at.page, 2);
    ck_assert_uint_eq(u->rest.page, 3);
    ck_assert(u->flags & ND_UNIT_CONTINUES);
    nd_ck_view(nd_collection_range(rig.c, 0, u->rest), "sentence that began before.");
    rig_close(&rig);
}
END_TEST

START_TEST(contents_indexes_and_references_are_kept_apart)
{
    check_units(
        "Contents\n1 Introduction . . . . . . . . . 1\n2 The Director . . . . . . . . . 3\n"
        "3 The Console . . . . . . . . . . 9\n4 Files and their names . . . . . 12\n"
        "5 Tapes . . . . . . . . . . . . . 20\n6 The end . . . . . . . . . . . . 30\n\f",
        "en",
        "contents: Contents\ncontents: 1 Introduction . . . . . . . . . 1\n"
        "contents: 2 The Director . . . . . . . . . 3\ncontents: 3 The Console . . . . . . . . . . 9\n"
        "contents: 4 Files and their names . . . . . 12\ncontents: 5 Tapes . . . . . . . . . . . . . 20\n"
        "contents: 6 The end . . . . . . . . . . . . 30\n");
    check_units(
        "The method is old and it was described in many places before this one.\n"
        "References\n"
        "Hedges LV (1989). An Unbiased Correction for Sampling Error. Journal, 74(3), 469.\n"
        "Higgins JPT (2002). Quantifying Heterogeneity. Statistics in Medicine, 21(11), 15.\n\f",
        "en",
        "prose: The method is old and it was described in many places before this one.\n"
        "head: References\n"
        "reference: Hedges LV (1989). An Unbiased Correction for Sampling Error. Journal, 74(3), 469.\n"
        "reference: Higgins JPT (2002). Quantifying Heterogeneity. Statistics in Medicine, 21(11), 15.\n");
}
END_TEST

START_TEST(contents_may_hold_sentences)
{
    check_units("Contents\n"
                "1 My driver says that it is broken, and it does not start. What now? 1\n"
                "2 Why does the server not do what the monitor does? I have to run three programs to see\n"
                "what my own device is doing! 1\n"
                "3 The machine does not come back. 2\n\f"
                "It is broken when the library and the driver are not of one version.\n\f",
                "en",
                "contents: Contents\n"
                "contents: 1 My driver says that it is broken, and it does not start. What now? 1\n"
                "contents: 2 Why does the server not do what the monitor does? I have to run three programs "
                "to see\ncontents: what my own device is doing! 1\n"
                "contents: 3 The machine does not come back. 2\n"
                "prose: It is broken when the library and the driver are not of one version.\n");
}
END_TEST

START_TEST(contents_beside_text_on_one_page)
{
    check_units(
        "1 Locks ........ 1\n2 What must be locked? ........ 12\n3 Locking should be short. ....... 45\n"
        "Every transaction must hold its locks until it ends.\n"
        "A lock that is not held is of no use to anybody.\n\f",
        "en",
        "contents: 1 Locks ........ 1\ncontents: 2 What must be locked? ........ 12\n"
        "contents: 3 Locking should be short. ....... 45\n"
        "prose: Every transaction must hold its locks until it ends.\n"
        "prose: A lock that is not held is of no use to anybody.\n");
}
END_TEST

START_TEST(captions_and_figures_are_no_prose)
{
    check_units(
        "Figure 1: The dots show the values for the sites, and the lines show the extremes of\n"
        "the data set.\n"
        "12 3.5 4.5 17.25\n"
        "Figure 1 shows how the values are spread over all of the sites that were looked at.\n\f",
        "en",
        "caption: Figure 1: The dots show the values for the sites, and the lines show the extremes of the "
        "data "
        "set.\n"
        "numeric: 12 3.5 4.5 17.25\n"
        "prose: Figure 1 shows how the values are spread over all of the sites that were looked at.\n");
}
END_TEST

START_TEST(other_scripts_have_sentences_too)
{
    check_units("构建说明\n如果跳过了对生成的配置文件的手工调整流程，则最终生成的软件包将缺少有意义的描\n述信"
                "息，但是仍然能正常工作。您应当在本地设置代理。\n\f",
                "zh",
                "head: 构建说明\n"
                "prose: "
                "如果跳过了对生成的配置文件的手工调整流程，则最终生成的软件包将缺少有意义的描述信息，但是仍然"
                "能正常工作。\n"
                "prose: 您应当在本地设置代理。\n");
    check_units(
        "Файл должен быть скопирован на каждый из серверов, и он не читается, пока они не\nзапущены. Это "
        "важно для всех.\n\f",
        "ru",
        "prose: Файл должен быть скопирован на каждый из серверов, и он не читается, пока они не запущены.\n"
        "prose: Это важно для всех.\n");
}
END_TEST

START_TEST(sections_follow_the_headings_of_the_reading)
{
    const char *text =
        "Remote login\nYou should not let anybody log in as root from another machine.\n"
        "Keys\nMake a pair of keys on your own machine and copy the public one to the other.\n\f"
        "The other one is never copied to any other machine by anybody at all.\n\f";
    struct nd_reading *reading = test_reading("Title", "en", 2);
    test_heading(reading, 1, 1, "4 Remote login");
    test_heading(reading, 1, 2, "4.1 Keys");
    test_heading(reading, 9, 1, "There is no such page");
    struct rig rig = rig_of(reading, text);
    ck_assert_uint_eq(nd_collection_sections(rig.c), 3);
    const struct nd_unit *last = nd_collection_unit(rig.c, 4);
    const struct nd_section *section = nd_collection_section(rig.c, last->section);
    ck_assert_ptr_nonnull(section);
    ck_assert_str_eq(section->path, "4 Remote login > 4.1 Keys");
    ck_assert_uint_eq(section->parent, 0);
    ck_assert_int_eq(nd_collection_unit(rig.c, 0)->kind, ND_UNIT_HEAD);
    rig_close(&rig);
}
END_TEST

START_TEST(headings_are_recognised_by_their_look_when_none_are_named)
{
    const char *text =
        "1 Introduction\nThis text says what the program does and whom it is meant for, and why that is so.\n"
        "1.1 History of the Program\nIt was written a long time ago by people who had other things in "
        "mind.\n\f";
    struct rig rig = rig_of(test_reading("Title", "en", 1), text);
    ck_assert_uint_eq(nd_collection_sections(rig.c), 2);
    ck_assert_str_eq(nd_collection_section(rig.c, 1)->path, "1 Introduction > 1.1 History of the Program");
    rig_close(&rig);
}
END_TEST

START_TEST(marked_up_blocks_are_paragraphs)
{
    struct nd_reading *reading = test_reading("Page", "en", 1);
    nd_free(reading->kind);
    reading->kind = nd_strdup("html");
    struct rig rig =
        rig_of(reading, "Name of the type\n\nThe type of the column, or one of\n\n"
                        "It is empty since there are no privileges on types in this database.\n\f");
    char *units = units_of(rig.c);
    ck_assert_str_eq(units, "head: Name of the type\nfragment: The type of the column, or one of\n"
                            "prose: It is empty since there are no privileges on types in this database.\n");
    nd_free(units);
    rig_close(&rig);
}
END_TEST

START_TEST(listings_marked_by_the_source_are_code)
{
    const char *text = "You may use the words of your own language in a comment.\n"
                       "The rest of this is a listing that reads like prose to a program.\n\f";
    struct nd_reading *reading = test_reading("Page", "en", 1);
    reading->code = ND_NEW(struct nd_range);
    reading->code[0] = (struct nd_range){1, 57, 122};
    reading->code_count = 1;
    struct rig rig = rig_of(reading, text);
    ck_assert_int_eq(nd_collection_unit(rig.c, 0)->kind, ND_UNIT_PROSE);
    ck_assert_int_eq(nd_collection_unit(rig.c, 1)->kind, ND_UNIT_CODE);
    rig_close(&rig);
}
END_TEST

START_TEST(ranges_that_point_nowhere_do_no_harm)
{
    struct nd_reading *reading = test_reading("Page", "en", 1);
    test_heading(reading, 1, 1, "");
    test_heading(reading, 0, 1, "Zero");
    test_heading(reading, 1, 1, "Far");
    reading->headings[2].range = (struct nd_range){1, 4000000000U, 4000000001U};
    reading->code = ND_NEW(struct nd_range);
    reading->code[0] = (struct nd_range){7, 0, 4};
    reading->code_count = 1;
    reading->tables = ND_NEW(struct nd_table);
    reading->table_count = 1;
    reading->tables[0] =
        (struct nd_table){.page = 1, .rows = 1, .columns = 1, .cells = ND_NEW(struct nd_range)};
    reading->tables[0].cells[0] = (struct nd_range){1, 5, 4000000000U};
    struct rig rig = rig_of(reading, "Only one line of text is here, and it is not long.\n\f");
    ck_assert_uint_eq(nd_collection_units(rig.c), 1);
    rig_close(&rig);
}
END_TEST

/* Pages thrown together from pieces that the stages look at. */
static char *thrown_together(uint64_t seed, size_t pages)
{
    static const char *const pieces[] = {
        " ",
        "\n",
        "\n\n",
        ". ",
        "...",
        "\xE2\x80\xA2 ",
        "1. ",
        "(a) ",
        "The ",
        "is ",
        "of ",
        "12 ",
        "1999) ",
        "$ ",
        "# x\n",
        "{",
        "};\n",
        "x=1 ",
        "http://a.b/c ",
        "Figure 3: ",
        "word ",
        "Word ",
        "-\n",
        "包文",
        "。",
        "؟ ",
        "»",
        "\xEF\xBF\xBD ",
        "References\n",
        " . . . . 7\n",
        ", 12, 34\n",
        ")",
        "(",
        "é",
        "\t",
    };
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    for (size_t page = 0; page < pages; page++) {
        for (int i = 0; i < 300; i++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            nd_bytes_add_str(&out, pieces[(seed >> 33) % (sizeof pieces / sizeof pieces[0])]);
        }
        nd_bytes_add_char(&out, '\f');
    }
    return nd_bytes_take(&out, NULL);
}

static void check_unit(const struct nd_collection *c, uint32_t i)
{
    const struct nd_unit *u = nd_collection_unit(c, i);
    ck_assert_uint_lt(u->at.start, u->at.end);
    ck_assert_uint_le(u->at.end, nd_collection_page(c, 0, u->at.page).len);
    ck_assert(u->rest.page == 0 || u->rest.page == u->at.page + 1);
    ck_assert_uint_le(u->rest.end, nd_collection_page(c, 0, u->rest.page).len);
    ck_assert(u->section == ND_NONE || u->section < nd_collection_sections(c));
    ck_assert(u->passage == ND_NONE || u->passage < nd_collection_passages(c));
    ck_assert(nd_utf8_valid(nd_collection_range(c, 0, u->at)));
    if (i == 0) return;
    const struct nd_unit *before = nd_collection_unit(c, i - 1);
    ck_assert(before->at.page < u->at.page ||
              (before->at.page == u->at.page && before->at.end <= u->at.start));
}

START_TEST(any_pages_can_be_indexed)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        char *text = thrown_together(seed, 5);
        struct rig rig = rig_of(test_reading("Title", seed % 2 ? "en" : NULL, 5), text);
        for (uint32_t i = 0; i < nd_collection_units(rig.c); i++) check_unit(rig.c, i);
        for (uint32_t i = 0; i < nd_collection_passages(rig.c); i++) {
            const struct nd_passage *p = nd_collection_passage(rig.c, i);
            ck_assert_uint_le(p->unit + p->unit_count, nd_collection_units(rig.c));
        }
        rig_close(&rig);
        nd_free(text);
    }
}
END_TEST

ND_TEST_MAIN("index/units", paragraphs_become_sentences, listings_are_no_evidence, lists_are_cut_into_items,
             terms_that_run_into_their_sentence_are_cut_off, broken_off_text_is_a_fragment,
             running_heads_and_page_numbers_are_furniture, a_sentence_over_a_page_break_has_two_ranges,
             contents_indexes_and_references_are_kept_apart, contents_may_hold_sentences,
             contents_beside_text_on_one_page, captions_and_figures_are_no_prose,
             other_scripts_have_sentences_too, sections_follow_the_headings_of_the_reading,
             headings_are_recognised_by_their_look_when_none_are_named, marked_up_blocks_are_paragraphs,
             listings_marked_by_the_source_are_code, ranges_that_point_nowhere_do_no_harm,
             any_pages_can_be_indexed)
