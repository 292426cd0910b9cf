/* Page texts: kept by text and page, loaded from a run's blobs. */
#include "sample.h"

#include <stdlib.h>

#define TEXT_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TEXT_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

START_TEST(finds_pages_in_any_order)
{
    struct nd_error err = {0};
    struct nd_cited *cited = nd_cited_new();
    struct nd_view text = {0};
    static const uint32_t pages[] = {7, 1, 300, 4, 2, 9};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        char words[32];
        (void)snprintf(words, sizeof words, "page %u", (unsigned)pages[i]);
        nd_ck_ok(nd_cited_add(cited, i % 2 ? TEXT_A : TEXT_B, pages[i], nd_view_of(words), &err), &err);
    }
    ck_assert(nd_cited_text(cited, TEXT_B, 300, &text));
    nd_ck_view(text, "page 300");
    ck_assert(nd_cited_text(cited, TEXT_A, 1, &text));
    nd_ck_view(text, "page 1");
    ck_assert(!nd_cited_text(cited, TEXT_B, 1, &text));
    ck_assert(!nd_cited_text(cited, TEXT_A, 0, &text));
    nd_ck_ok(nd_cited_add(cited, TEXT_A, 1, ND_VIEW("another"), &err), &err);
    ck_assert(nd_cited_text(cited, TEXT_A, 1, &text));
    nd_ck_view(text, "page 1");
    nd_ck_rc(nd_cited_add(cited, "../x", 1, ND_VIEW("x"), &err), ND_BAD_INPUT, &err);
    nd_cited_free(cited);
    nd_cited_free(NULL);
}
END_TEST

/* Blobs of the sample's sources; each is asked for by its hash. */
struct shelf {
    struct nd_objects objects;
    const struct sample *sample;
    size_t asked;
    bool short_by_one;
};

static enum nd_rc shelf_get(struct nd_objects *o, const char *sha256, struct nd_bytes *out,
                            struct nd_error *err)
{
    struct shelf *shelf = (struct shelf *)(void *)o;
    int id = 0;
    shelf->asked++;
    ND_JSON_EACH(source, nd_json_get(shelf->sample->report, "sources"))
    {
        id++;
        if (strcmp(nd_json_get_str(source, "text_sha256"), sha256) != 0) continue;
        int pages = (int)nd_json_get_int(source, "pages", 0);
        sample_text_of(shelf->sample, id, shelf->short_by_one ? pages - 1 : pages, out);
        return ND_OK;
    }
    return nd_fail(err, ND_NOT_FOUND, "no blob '%s'", sha256);
}

static const struct nd_objects_ops shelf_ops = {.get = shelf_get};

START_TEST(loads_the_pages_that_are_cited)
{
    struct sample s;
    struct nd_error err = {0};
    struct nd_artefact files = {0}, same = {0};
    struct nd_cited *loaded = nd_cited_new();
    sample_init(&s);
    struct shelf shelf = {{&shelf_ops}, &s, 0, false};
    nd_ck_ok(nd_cited_load(loaded, s.report, &shelf.objects, &err), &err);
    ck_assert_uint_eq(shelf.asked, 8); /* each cited document once */
    sample_render(&s, &same);
    nd_ck_ok(nd_report_files(s.report, loaded, &sample_about, &files, &err), &err);
    ck_assert(nd_view_eq(sample_output(&files, "manifest.json"), sample_output(&same, "manifest.json")));
    nd_artefact_release(&files);
    nd_artefact_release(&same);
    nd_cited_free(loaded);
    sample_release(&s);
}
END_TEST

START_TEST(says_which_text_is_wrong)
{
    struct sample s;
    struct nd_error err = {0};
    struct nd_cited *loaded = nd_cited_new();
    sample_init(&s);
    struct shelf shelf = {{&shelf_ops}, &s, 0, true};
    nd_ck_rc(nd_cited_load(loaded, s.report, &shelf.objects, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "source 1");
    nd_cited_free(loaded);
    sample_release(&s);
}
END_TEST

ND_TEST_MAIN("report/cited", finds_pages_in_any_order, loads_the_pages_that_are_cited,
             says_which_text_is_wrong)
