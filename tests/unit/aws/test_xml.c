#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "xml.h"

#include <string.h>

static bool opens(const char *text)
{
    struct nd_view root, inner;
    return nd_xml_open(nd_view_of(text), &root, &inner);
}

START_TEST(elements_are_walked)
{
    struct nd_view root, inner, name, content;
    size_t at = 0;
    ck_assert(
        nd_xml_open(ND_VIEW("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<L xmlns=\"http://x/\">\n <A>1</A>"
                            "<B k='v' l=\"w\" ><A>no</A></B ><E/><A>2</A>\n</L>\n"),
                    &root, &inner));
    nd_ck_view(root, "L");
    static const char *const wanted[][2] = {{"A", "1"}, {"B", "<A>no</A>"}, {"E", ""}, {"A", "2"}};
    for (size_t i = 0; i < 4; i++) {
        ck_assert(nd_xml_next(inner, &at, &name, &content));
        nd_ck_view(name, wanted[i][0]);
        nd_ck_view(content, wanted[i][1]);
    }
    ck_assert(!nd_xml_next(inner, &at, &name, &content));
    nd_ck_view(nd_xml_child(inner, "A"), "1");
    nd_ck_view(nd_xml_child(inner, "Z"), "");
}
END_TEST

START_TEST(text_is_read_with_its_entities)
{
    struct nd_bytes out = ND_BYTES(100);
    ck_assert(nd_xml_text(ND_VIEW("a &lt;&gt;&amp;&quot;&apos; &#65;&#x41;&#xe9;&#10;\xc3\xa9"), &out));
    nd_ck_view(nd_bytes_view(&out), "a <>&\"' AA\xc3\xa9\n\xc3\xa9");
    ck_assert(!nd_xml_text(ND_VIEW("a<b/>"), &out));
    ck_assert(!nd_xml_text(ND_VIEW("&nbsp;"), &out));
    nd_bytes_release(&out);
}
END_TEST

START_TEST(what_is_written_is_read_back)
{
    struct nd_bytes xml = ND_BYTES(200), back = ND_BYTES(200);
    const char *text = "a<b>&c\"d'e\r\n\tf\xe2\x82\xac";
    nd_xml_escape(nd_view_of(text), &xml);
    ck_assert(nd_xml_text(nd_bytes_view(&xml), &back));
    nd_ck_view(nd_bytes_view(&back), text);
    nd_bytes_release(&xml);
    nd_bytes_release(&back);
}
END_TEST

START_TEST(what_is_no_plain_document_is_refused)
{
    static const char *const bad[] = {
        "",
        "text",
        "<a>",
        "<a></b>",
        "<a></a><b></b>",
        "<a></a>x",
        "<a",
        "<a b></a>",
        "<a b=c></a>",
        "<a b='x></a>",
        "<a b='<'></a>",
        "<a b='1'c='2'/>",
        "</a>",
        "<1 2/>x",
        "<a><b></a></b>",
        "<a>&x;</a>",
        "<a>&</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#99999999999;</a>",
        "<a>&#x;</a>&#x41",
        "<!DOCTYPE a><a/>",
        "<a><!-- c --></a>",
        "<a><![CDATA[x]]></a>",
        "<a><?pi?></a>",
        "<?xml version='1.0'<a/>",
        "<a>\xff</a>",
        "<a / >",
        "< a/>",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!opens(bad[i]), "'%s' was taken", bad[i]);
    struct nd_view root, inner;
    ck_assert(!nd_xml_open((struct nd_view){"<a>\0</a>", 8}, &root, &inner));
    ck_assert(opens("<a/>"));
    ck_assert(opens("\xef\xbb\xbf <a ></a > "));
}
END_TEST

START_TEST(depth_and_names_have_a_ceiling)
{
    struct nd_bytes deep = ND_BYTES(1000);
    for (int i = 0; i < ND_XML_MAX_DEPTH; i++) nd_bytes_add_str(&deep, "<a>");
    for (int i = 0; i < ND_XML_MAX_DEPTH; i++) nd_bytes_add_str(&deep, "</a>");
    ck_assert(opens(nd_bytes_view(&deep).data));
    char *deeper = nd_sprintf("<a>%s</a>", nd_bytes_view(&deep).data);
    ck_assert(!opens(deeper));
    nd_free(deeper);
    nd_bytes_release(&deep);
    char name[ND_XML_NAME_MAX + 2];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    char *long_name = nd_sprintf("<%s/>", name);
    ck_assert(!opens(long_name));
    nd_free(long_name);
}
END_TEST

/* Every prefix of a document, and every document with one byte changed, is read or refused; nothing else
 * happens. */
START_TEST(torn_and_bent_documents_do_no_harm)
{
    static const char whole[] = "<?xml version=\"1.0\"?><L a='1'><K>x&amp;y&#65;</K><E/><V><W>2</W></V></L>";
    for (size_t len = 0; len < sizeof whole - 1; len++) {
        char *torn = nd_strndup(whole, len);
        ck_assert(!opens(torn));
        nd_free(torn);
    }
    static const char swap[] = "<>&;/'\"= a\x01\xff";
    for (size_t i = 0; i < sizeof whole - 1; i++) {
        for (size_t k = 0; k < sizeof swap - 1; k++) {
            char *bent = nd_strdup(whole);
            struct nd_view root, inner, name, content;
            size_t at = 0;
            bent[i] = swap[k];
            if (nd_xml_open(nd_view_of(bent), &root, &inner))
                while (nd_xml_next(inner, &at, &name, &content)) ck_assert_uint_le(at, inner.len);
            nd_free(bent);
        }
    }
}
END_TEST

ND_TEST_MAIN("aws/xml", elements_are_walked, text_is_read_with_its_entities, what_is_written_is_read_back,
             what_is_no_plain_document_is_refused, depth_and_names_have_a_ceiling,
             torn_and_bent_documents_do_no_harm)
