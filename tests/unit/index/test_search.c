#include "nd_test.h"
#include "pages.h"

#include "nightdesk/index/search.h"

#include <pthread.h>

static const char *const tapes =
    "Volumes\nThe default retention period of a volume is one year, and then its records are pruned.\n"
    "Recycling a volume means that the program writes over it once more from the very start.\n\f"
    "Levels\nA differential backup holds all of the files that were changed since the last full one.\n"
    "The incremental level holds all of the files that were changed since any backup at all.\n\f"
    "Restore\nThe restore needs the catalog, or a bootstrap file which says where the files lie.\n\f";
static const char *const realm =
    "Ports\nThe default ports of the realm are port 88 for the tickets and port 749 for the admin server.\n\f"
    "Copies\nThe database is copied from the primary to the replicas by the propagation daemon.\n"
    "You must also copy the stash file by hand to each of the replicas of the realm.\n\f";
static const char *const haus =
    "Das Haus\nDie Häuser der Stadt werden jede Woche gesichert, und die Bänder liegen in einem Schrank.\n\f";

struct rig {
    struct nd_sources sources;
    struct nd_view text[3];
    struct nd_collection *c;
    struct nd_query q;
    struct nd_hits hits;
};

static struct rig rig_open(unsigned threads)
{
    struct rig rig = {.text = {nd_view_of(tapes), nd_view_of(realm), nd_view_of(haus)}};
    struct nd_error err = {0};
    test_source(&rig.sources, "a/tapes.pdf", test_reading("The Tape Manual", "en", 3));
    test_source(&rig.sources, "b/realm.pdf", test_reading("Realm Guide", "en", 2));
    test_source(&rig.sources, "b/haus.pdf", test_reading("Handbuch", "de", 1));
    nd_ck_ok(nd_collection_build(&rig.c, &rig.sources, rig.text, threads, &err), &err);
    nd_query_init(&rig.q, rig.c);
    return rig;
}

static void rig_close(struct rig *rig)
{
    nd_hits_release(&rig->hits);
    nd_query_release(&rig->q);
    nd_collection_free(rig->c);
    nd_sources_release(&rig->sources);
}

static void ask(struct rig *rig, const char *text)
{
    struct nd_error err = {0};
    nd_hits_release(&rig->hits);
    nd_query_release(&rig->q);
    nd_query_init(&rig->q, rig->c);
    nd_query_add(&rig->q, nd_view_of(text), 1, 0.7);
    nd_ck_ok(nd_search(&rig->q, ND_COLUMNS, SIZE_MAX, &rig->hits, &err), &err);
}

static void check_first(struct rig *rig, const char *query, const char *document, uint32_t page)
{
    ask(rig, query);
    ck_assert_msg(rig->hits.n > 0, "'%s' finds nothing", query);
    const struct nd_passage *p = nd_collection_passage(rig->c, rig->hits.v[0].passage);
    const struct nd_document *d = nd_collection_document(rig->c, p->document);
    ck_assert_msg(strcmp(d->name, document) == 0 && p->page == page, "'%s' finds %s p. %u, wanted %s p. %u",
                  query, d->name, p->page, document, page);
}

START_TEST(the_passage_that_says_it_comes_first)
{
    struct rig rig = rig_open(1);
    check_first(&rig, "How long is a volume retained by default?", "tapes.pdf", 1);
    check_first(&rig, "differential backups", "tapes.pdf", 2);
    check_first(&rig, "restoring without the catalogue: bootstrap", "tapes.pdf", 3);
    check_first(&rig, "port 749", "realm.pdf", 1);
    check_first(&rig, "copying stash files to a replica", "realm.pdf", 2);
    check_first(&rig, "Haus", "haus.pdf", 1); /* Häuser, by the German stem */
    rig_close(&rig);
}
END_TEST

START_TEST(names_and_sections_count)
{
    struct rig rig = rig_open(1);
    struct nd_error err = {0};
    ask(&rig, "Handbuch");
    ck_assert_uint_eq(rig.hits.n, 1);
    nd_hits_release(&rig.hits);
    nd_ck_ok(nd_search(&rig.q, (struct nd_columns){1, 0, 0}, SIZE_MAX, &rig.hits, &err), &err);
    ck_assert_uint_eq(rig.hits.n, 0);
    rig_close(&rig);
}
END_TEST

START_TEST(scores_fall_and_ties_go_to_the_earlier_passage)
{
    struct rig rig = rig_open(1);
    ask(&rig, "files of the realm and the volume");
    ck_assert_uint_gt(rig.hits.n, 3);
    for (size_t i = 1; i < rig.hits.n; i++) {
        const struct nd_hit *a = &rig.hits.v[i - 1];
        const struct nd_hit *b = &rig.hits.v[i];
        ck_assert(a->score > b->score || (a->score == b->score && a->passage < b->passage));
    }
    rig_close(&rig);
}
END_TEST

START_TEST(nothing_is_found_for_words_that_are_not_there)
{
    struct rig rig = rig_open(1);
    ask(&rig, "tea farming");
    ck_assert_uint_eq(rig.hits.n, 0);
    ck_assert_uint_eq(rig.q.word_count, 2);
    ask(&rig, "the of and");
    ck_assert_uint_eq(rig.hits.n, 0);
    ck_assert_double_eq(nd_passage_cover(&rig.q, 0), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(cover_says_how_much_of_the_query_is_there)
{
    struct rig rig = rig_open(1);
    ask(&rig, "retention of a volume");
    ck_assert_double_eq_tol(nd_passage_cover(&rig.q, rig.hits.v[0].passage), 1, 1e-9);
    ck_assert_double_eq_tol(nd_document_cover(&rig.q, 0), 1, 1e-9);
    ck_assert_double_eq_tol(nd_document_cover(&rig.q, 1), 0, 1e-9);
    ask(&rig, "retention of tea in Assam");
    ck_assert_double_lt(nd_passage_cover(&rig.q, rig.hits.v[0].passage), ND_COVER_FLOOR);
    ck_assert_double_gt(nd_passage_cover(&rig.q, rig.hits.v[0].passage), 0);
    ck_assert_double_eq(nd_unit_cover(&rig.q, UINT32_MAX), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(documents_are_scored_against_the_best)
{
    struct rig rig = rig_open(1);
    struct nd_error err = {0};
    double score[3];
    ask(&rig, "replicas of the realm");
    nd_ck_ok(nd_search_documents(&rig.q, score, &err), &err);
    ck_assert_double_eq(score[1], 1);
    ck_assert_double_lt(score[0], 0.5);
    ck_assert_double_eq(score[2], 0);
    ask(&rig, "tea");
    nd_ck_ok(nd_search_documents(&rig.q, score, &err), &err);
    ck_assert_double_eq(score[0] + score[1] + score[2], 0);
    rig_close(&rig);
}
END_TEST

START_TEST(a_query_knows_its_words_and_terms)
{
    struct rig rig = rig_open(1);
    nd_query_add(&rig.q, ND_VIEW("The volumes"), 0.5, 0.7);
    nd_query_add(&rig.q, ND_VIEW("volume tea"), 1, 0);
    ck_assert_uint_eq(rig.q.word_count, 2);
    ck_assert_str_eq(rig.q.words[0].text, "volumes");
    ck_assert_double_eq(rig.q.words[0].weight, 1);
    ck_assert_double_eq(rig.q.words[1].idf, nd_term_idf(rig.c, ND_NONE));
    uint32_t stem = nd_term_find(rig.c, ND_VIEW("volum"));
    ck_assert_uint_ne(stem, ND_NONE);
    ck_assert_str_eq(nd_term_text(rig.c, stem), "volum");
    ck_assert_uint_eq(nd_term_passages(rig.c, stem), 1);
    ck_assert_uint_eq(nd_term_documents(rig.c, stem), 1);
    ck_assert(nd_passage_has(rig.c, 0, stem));
    ck_assert_uint_eq(nd_term_find(rig.c, ND_VIEW("tea")), ND_NONE);
    struct nd_query copy = {0};
    nd_query_copy(&copy, &rig.q);
    ck_assert_uint_eq(copy.term_count, rig.q.term_count);
    ck_assert_str_eq(copy.words[1].text, "tea");
    nd_query_add_term(&copy, stem, 5);
    ck_assert_uint_eq(copy.term_count, rig.q.term_count);
    nd_query_release(&copy);
    rig_close(&rig);
}
END_TEST

START_TEST(units_are_scored_and_compared)
{
    struct rig rig = rig_open(1);
    ask(&rig, "recycling a volume");
    int64_t recycling = 0;
    int64_t others = 0;
    uint32_t at = 0;
    for (uint32_t i = 0; i < nd_collection_units(rig.c); i++) {
        struct nd_bytes text = ND_BYTES(ND_MIB);
        nd_collection_show(rig.c, i, &text);
        int64_t score = nd_unit_score(&rig.q, i);
        if (nd_view_starts(nd_bytes_view(&text), "Recycling a")) {
            recycling = score;
            at = i;
        } else if (score > others) {
            others = score;
        }
        nd_bytes_release(&text);
    }
    ck_assert_int_gt(recycling, others);
    ck_assert_double_eq_tol(nd_units_cosine(rig.c, at, at), 1, 1e-9);
    ck_assert_double_eq_tol(nd_units_jaccard(rig.c, at, at), 1, 1e-9);
    ck_assert_double_lt(nd_units_cosine(rig.c, at, at - 1), 0.5);
    struct nd_centroid *centroid = nd_centroid_of(rig.c, &at, 1);
    ck_assert_double_eq_tol(nd_centroid_cosine(centroid, at), 1, 1e-9);
    ck_assert_double_eq(nd_centroid_cosine(centroid, UINT32_MAX), 0);
    nd_centroid_free(centroid);
    rig_close(&rig);
}
END_TEST

/* A larger collection, so that df limits mean something. */
static char *many_pages(size_t n)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    for (size_t i = 0; i < n; i++) {
        for (size_t line = 0; line < 6; line++) {
            nd_bytes_addf(&out,
                          "Line %zu of the book tells about the weather of a month and about nothing else.\n",
                          i * line);
            if (i % 20 == 0 && line == 2)
                nd_bytes_add_str(&out,
                                 "The kernel schedules a thread, and the thread takes the mutex first.\n");
        }
        nd_bytes_add_char(&out, '\f');
    }
    return nd_bytes_take(&out, NULL);
}

START_TEST(expansion_takes_what_the_best_passages_share)
{
    char *text = many_pages(100);
    struct nd_sources sources = {0};
    struct nd_error err = {0};
    struct nd_collection *c = NULL;
    struct nd_view view = nd_view_of(text);
    test_source(&sources, "book.pdf", test_reading("Book", "en", 100));
    nd_ck_ok(nd_collection_build(&c, &sources, &view, 2, &err), &err);
    struct nd_query q;
    struct nd_hits hits = {0};
    nd_query_init(&q, c);
    nd_query_add(&q, ND_VIEW("kernel"), 1, 0.7);
    nd_ck_ok(nd_search(&q, ND_COLUMNS, 15, &hits, &err), &err);
    ck_assert_uint_eq(hits.n, 5);
    struct nd_weighted_term terms[8];
    size_t n = nd_expand(&q, &hits, 15, terms, 8);
    ck_assert_uint_eq(n, 5); /* thread schedul take mutex first */
    ck_assert_str_eq(nd_term_text(c, terms[0].term), "thread");
    ck_assert_double_eq(terms[0].weight, 1);
    for (size_t i = 0; i < n; i++) ck_assert_str_ne(nd_term_text(c, terms[i].term), "weather");
    nd_hits_release(&hits);
    nd_query_release(&q);
    nd_collection_free(c);
    nd_sources_release(&sources);
    nd_free(text);
}
END_TEST

START_TEST(sections_are_ranked_by_their_passages)
{
    struct nd_sources sources = {0};
    struct nd_error err = {0};
    struct nd_collection *c = NULL;
    struct nd_view view = nd_view_of(tapes);
    struct nd_reading *reading = test_reading("The Tape Manual", "en", 3);
    test_heading(reading, 1, 1, "Volumes");
    test_heading(reading, 2, 1, "Levels");
    test_heading(reading, 3, 1, "Restore");
    test_source(&sources, "tapes.pdf", reading);
    nd_ck_ok(nd_collection_build(&c, &sources, &view, 1, &err), &err);
    struct nd_query q;
    struct nd_hits hits = {0};
    nd_query_init(&q, c);
    nd_query_add(&q, ND_VIEW("changed files of the incremental level"), 1, 0.7);
    nd_ck_ok(nd_search(&q, ND_COLUMNS, SIZE_MAX, &hits, &err), &err);
    struct nd_section_hit found[3];
    size_t n = nd_hits_sections(c, &hits, found, 3);
    ck_assert_uint_ge(n, 2);
    ck_assert_str_eq(nd_collection_section(c, found[0].section)->title, "Levels");
    ck_assert_double_eq(found[0].value, 1);
    ck_assert_double_lt(found[1].value, 1);
    ck_assert_uint_eq(nd_hits_sections(c, &hits, found, 1), 1);
    nd_hits_release(&hits);
    nd_query_release(&q);
    nd_collection_free(c);
    nd_sources_release(&sources);
}
END_TEST

START_TEST(the_number_of_threads_leaves_no_trace)
{
    struct rig one = rig_open(1);
    struct rig four = rig_open(4);
    ck_assert_uint_eq(nd_collection_units(one.c), nd_collection_units(four.c));
    for (uint32_t i = 0; i < nd_collection_units(one.c); i++)
        ck_assert_mem_eq(nd_collection_unit(one.c, i), nd_collection_unit(four.c, i), sizeof(struct nd_unit));
    ask(&one, "the files of the volume and the realm");
    ask(&four, "the files of the volume and the realm");
    ck_assert_uint_eq(one.hits.n, four.hits.n);
    for (size_t i = 0; i < one.hits.n; i++) {
        ck_assert_uint_eq(one.hits.v[i].passage, four.hits.v[i].passage);
        ck_assert_int_eq(one.hits.v[i].score, four.hits.v[i].score);
    }
    rig_close(&one);
    rig_close(&four);
}
END_TEST

struct lane {
    const struct nd_collection *c;
    int64_t sum;
};

static void *search_again_and_again(void *arg)
{
    static const char *const questions[] = {"volume retention", "realm ports", "copy the stash file",
                                            "Häuser"};
    struct lane *lane = arg;
    for (int i = 0; i < 200; i++) {
        struct nd_query q;
        struct nd_hits hits = {0};
        nd_query_init(&q, lane->c);
        nd_query_add(&q, nd_view_of(questions[i % 4]), 1, 0.7);
        if (nd_search(&q, ND_COLUMNS, 10, &hits, NULL) == ND_OK && hits.n) lane->sum += hits.v[0].score;
        nd_hits_release(&hits);
        nd_query_release(&q);
    }
    return NULL;
}

START_TEST(lanes_search_at_the_same_time)
{
    struct rig rig = rig_open(1);
    struct lane lanes[4];
    pthread_t ids[4];
    for (int i = 0; i < 4; i++) {
        lanes[i] = (struct lane){.c = rig.c};
        ck_assert_int_eq(pthread_create(&ids[i], NULL, search_again_and_again, &lanes[i]), 0);
    }
    for (int i = 0; i < 4; i++) pthread_join(ids[i], NULL);
    ck_assert_int_gt(lanes[0].sum, 0);
    for (int i = 1; i < 4; i++) ck_assert_int_eq(lanes[i].sum, lanes[0].sum);
    rig_close(&rig);
}
END_TEST

START_TEST(a_text_that_does_not_fit_its_reading_is_refused)
{
    struct nd_sources sources = {0};
    struct nd_error err = {0};
    struct nd_collection *c = NULL;
    struct nd_view text = ND_VIEW("one page\f");
    test_source(&sources, "folder/short.pdf", test_reading("Short", "en", 2));
    nd_ck_rc(nd_collection_build(&c, &sources, &text, 1, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "folder/short.pdf");
    ck_assert_ptr_null(c);
    nd_sources_release(&sources);
}
END_TEST

/* Objects that hold one blob. */
struct one_blob {
    struct nd_objects base;
    const char *sha256, *bytes;
};

static enum nd_rc get_blob(struct nd_objects *o, const char *sha256, struct nd_bytes *out,
                           struct nd_error *err)
{
    const struct one_blob *one = (const struct one_blob *)o;
    if (strcmp(sha256, one->sha256) != 0) return nd_fail(err, ND_NOT_FOUND, "no blob '%s'", sha256);
    nd_bytes_add_str(out, one->bytes);
    return ND_OK;
}

START_TEST(page_texts_come_from_the_objects)
{
    static const struct nd_objects_ops ops = {.get = get_blob};
    struct one_blob one = {{&ops}, "aaaa", "The text of the one page of the document is in a blob.\f"};
    struct nd_sources sources = {0};
    struct nd_error err = {0};
    struct nd_collection *c = NULL;
    struct nd_reading *reading = test_reading("Blob", "en", 1);
    strcpy(reading->text_sha256, "aaaa");
    test_source(&sources, "blob.pdf", reading);
    nd_ck_ok(nd_collection_open(&c, &sources, &one.base, 2, &err), &err);
    ck_assert_uint_eq(nd_collection_units(c), 1);
    nd_ck_view(nd_collection_page(c, 0, 1), "The text of the one page of the document is in a blob.");
    nd_collection_free(c);
    c = NULL;
    strcpy(reading->text_sha256, "bbbb");
    nd_ck_rc(nd_collection_open(&c, &sources, &one.base, 2, &err), ND_NOT_FOUND, &err);
    nd_ck_note(&err, "blob.pdf");
    ck_assert_ptr_null(c);
    nd_sources_release(&sources);
}
END_TEST

START_TEST(sources_without_text_are_left_out)
{
    struct nd_sources sources = {0};
    struct nd_error err = {0};
    struct nd_collection *c = NULL;
    struct nd_view text[2] = {{0}, ND_VIEW("The second one can be read by all of them.\f")};
    struct nd_reading *failed = test_reading("Failed", NULL, 0);
    failed->status = ND_SOURCE_FAILED;
    test_source(&sources, "failed.pdf", failed);
    test_source(&sources, "read.pdf", test_reading("Read", "en", 1));
    nd_ck_ok(nd_collection_build(&c, &sources, text, 1, &err), &err);
    ck_assert_uint_eq(nd_collection_documents(c), 1);
    ck_assert_uint_eq(nd_collection_of_source(c, 0), ND_NONE);
    ck_assert_uint_eq(nd_collection_of_source(c, 1), 0);
    nd_collection_free(c);
    sources.n = 1;
    nd_ck_ok(nd_collection_build(&c, &sources, text, 1, &err), &err); /* nothing at all to read */
    ck_assert_uint_eq(nd_collection_passages(c), 0);
    nd_collection_free(c);
    sources.n = 2;
    nd_sources_release(&sources);
}
END_TEST

ND_TEST_MAIN("index/search", the_passage_that_says_it_comes_first, names_and_sections_count,
             scores_fall_and_ties_go_to_the_earlier_passage, nothing_is_found_for_words_that_are_not_there,
             cover_says_how_much_of_the_query_is_there, documents_are_scored_against_the_best,
             a_query_knows_its_words_and_terms, units_are_scored_and_compared,
             expansion_takes_what_the_best_passages_share, sections_are_ranked_by_their_passages,
             the_number_of_threads_leaves_no_trace, lanes_search_at_the_same_time,
             a_text_that_does_not_fit_its_reading_is_refused, page_texts_come_from_the_objects,
             sources_without_text_are_left_out)
