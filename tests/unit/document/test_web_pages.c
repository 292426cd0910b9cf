/* Pages from memory, and the links that a page's content holds. */
#include "makers.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <string.h>

START_TEST(links_of_the_content)
{
    static const char page[] = "<html><head><title>T</title><base href='/docs/'></head><body><nav><a "
                               "href='/menu'>Menu</a></nav><main><h1>H</h1>"
                               "<p>Some text that is long enough to be the content of this page, with <a "
                               "href=' a.html\n'>a  <b>link</b></a>, "
                               "<a href='a.html'>the same</a>, <a href='#top'>up</a>, <a "
                               "href=''>nothing</a>, <a name=x>an anchor</a> and "
                               "<a href='javascript:alert(1)'>a script</a>.</p></main></body></html>";
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r = rig_read_one(&rig, "page.html", nd_view_of(page));
    ck_assert_str_eq(r->base, "/docs/");
    ck_assert_uint_eq(r->link_count, 2);
    ck_assert_str_eq(r->links[0].href, "a.html");
    ck_assert_str_eq(r->links[0].text, "a link");
    ck_assert_str_eq(r->links[1].href,
                     "javascript:alert(1)"); /* what it leads to is judged where it is used */
    rig_close(&rig);
}
END_TEST

START_TEST(links_have_limits)
{
    struct rig rig;
    struct nd_bytes page = ND_BYTES(ND_MIB);
    rig_open(&rig);
    nd_bytes_add_str(
        &page, "<html><body><main><p>Text of the page, long enough to be its main content for a reader.</p>");
    nd_bytes_add_str(&page, "<a href='");
    for (size_t i = 0; i < ND_READ_HREF_MAX_BYTES + 1; i++) nd_bytes_add_char(&page, 'x');
    nd_bytes_add_str(&page, "'>too long</a>");
    for (size_t i = 0; i < ND_READ_LINKS_MAX + 5; i++) nd_bytes_addf(&page, "<a href='%zu'>%zu</a> ", i, i);
    nd_bytes_add_str(&page, "</main></body></html>");
    const struct nd_reading *r = rig_read_one(&rig, "page.html", nd_bytes_view(&page));
    ck_assert_uint_eq(r->link_count, ND_READ_LINKS_MAX);
    ck_assert_str_eq(r->links[0].href, "0");
    nd_bytes_release(&page);
    rig_close(&rig);
}
END_TEST

static enum nd_rc read_page(struct rig *rig, const char *url, const char *type, const char *bytes,
                            struct nd_source *out)
{
    struct nd_read_options options = {.reader = rig->reader, .workers = 1};
    return nd_page_read(out, url, type, nd_view_of(bytes), rig->objects, &options, &rig->err);
}

START_TEST(pages_are_read_like_files)
{
    static const char bytes[] =
        "<html><head><title>Bees</title></head><body><p>Bees are kept in hives, and a hive is "
        "inspected every week in spring.</p></body></html>";
    struct rig rig;
    struct nd_source page = {.url = NULL}, again = {.url = NULL};
    rig_open(&rig);
    nd_ck_ok(read_page(&rig, "https://bees.example/a/", "text/html", bytes, &page), &rig.err);
    ck_assert_str_eq(page.url, "https://bees.example/a/");
    ck_assert_str_eq(page.path, "bees.example/a");
    ck_assert_str_eq(page.reading->kind, "html");
    ck_assert_str_eq(page.reading->title, "Bees");
    ck_assert(!page.found && !page.local);
    size_t puts = test_objects_puts(rig.objects);
    nd_ck_ok(read_page(&rig, "https://other.example/", "text/html", bytes, &again), &rig.err);
    ck_assert_uint_eq(test_objects_puts(rig.objects), puts); /* what was read before is not read again */
    ck_assert_str_eq(again.reading_sha256, page.reading_sha256);
    nd_source_release(&page);
    nd_source_release(&again);
    nd_ck_ok(read_page(&rig, "https://bees.example/notes", "text/markdown",
                       "# Notes\n\nBees are kept in hives.\n", &page),
             &rig.err);
    ck_assert_str_eq(page.reading->kind, "markdown");
    nd_source_release(&page);
    nd_ck_ok(
        read_page(&rig, "https://bees.example/x.bin", "application/octet-stream", "\x01\x02\x03\x04", &page),
        &rig.err);
    ck_assert(page.reading->status != ND_SOURCE_READ && page.reading->why);
    nd_source_release(&page);
    rig_close(&rig);
}
END_TEST

START_TEST(pages_as_json_and_back)
{
    struct rig rig;
    struct nd_source page = {.url = NULL};
    struct nd_sources back = {.v = NULL};
    rig_open(&rig);
    nd_page_failed(&page, "https://bees.example/a", "the server answered 404");
    page.found = true;
    struct nd_json *json = nd_json_object(), *list = nd_json_array();
    nd_json_add(list, nd_source_json(&page, 1));
    nd_json_set_str(json, "schema", "nightdesk.sources/1");
    nd_json_set(json, "sources", list);
    nd_ck_ok(nd_sources_parse(&back, json, rig.objects, &rig.err), &rig.err);
    ck_assert_str_eq(back.v[0].url, "https://bees.example/a");
    ck_assert_str_eq(back.v[0].reading->why, "the server answered 404");
    ck_assert(back.v[0].found && back.v[0].reading->status == ND_SOURCE_FAILED);
    nd_sources_release(&back);
    nd_source_release(&page);
    nd_json_free(json);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("document/web_pages", links_of_the_content, links_have_limits, pages_are_read_like_files,
             pages_as_json_and_back)
