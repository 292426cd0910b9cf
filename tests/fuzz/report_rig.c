#include "report_rig.h"

#include "nightdesk/base/hash.h"
#include "nightdesk/base/text.h"
#include "nightdesk/document/page_text.h"

#include <stdio.h>

extern const unsigned char fuzz_report_template[];
extern const size_t fuzz_report_template_len;

enum {
    UNIT_TEXT = 26,
    VALUE_TEXT = 28,
    LABEL_TEXT = 35
}; /* places of the template that want something plain of their own */
#define SECOND_PAGE "A second page of 7.5 km."

/* What stands in the places of the template. */
struct filling {
    char *text[RIG_TEXTS];
    char *page, *display;
    char text_sha256[ND_SHA256_HEX];
};

/* Valid UTF-8 without NULs, as everything that went through JSON is. */
static char *text_of(struct nd_view part)
{
    struct nd_bytes text = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    nd_utf8_repair(part, &text);
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '\0') text.data[i] = ' ';
    return nd_bytes_take(&text, NULL);
}

static char *on_one_line(const char *page)
{
    struct nd_view v = nd_view_of(page);
    struct nd_bytes line = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    bool space = false;
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        if (nd_is_space(c)) {
            space = line.len > 0;
            continue;
        }
        if (space) nd_bytes_add_char(&line, ' ');
        nd_utf8_add(&line, c);
        space = false;
    }
    return nd_bytes_take(&line, NULL);
}

static void fill(struct filling *f, struct nd_view parts)
{
    struct nd_bytes page = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    char *first = text_of(fuzz_part(&parts));
    nd_page_text_repair(nd_view_trim(nd_view_of(first)), &page);
    if (page.len == 0) nd_bytes_add_str(&page, "The first page has 5 lines.");
    f->page = nd_bytes_take(&page, NULL);
    f->display = on_one_line(f->page);
    for (size_t i = 1; i < RIG_TEXTS; i++) {
        f->text[i] = text_of(fuzz_part(&parts));
        if (!*f->text[i]) {
            nd_free(f->text[i]);
            f->text[i] = nd_strdup(i == VALUE_TEXT ? "5" : i == UNIT_TEXT || i == LABEL_TEXT ? "" : "page");
        }
    }
    char *blob = nd_sprintf("%s\f%s\f", f->page, SECOND_PAGE);
    nd_sha256_hex(nd_view_of(blob), f->text_sha256);
    nd_free(blob);
    nd_free(first);
}

static void release(struct filling *f)
{
    for (size_t i = 0; i < RIG_TEXTS; i++) nd_free(f->text[i]);
    nd_free(f->page);
    nd_free(f->display);
}

static const char *filled(const struct filling *f, const char *text)
{
    if (*text != '$') return text;
    if (strcmp(text, "$page") == 0) return f->page;
    if (strcmp(text, "$display") == 0) return f->display;
    if (strcmp(text, "$sha256") == 0 || strcmp(text, "$text_sha256") == 0) return f->text_sha256;
    size_t n = (size_t)strtoul(text + 1, NULL, 10);
    return n > 0 && n < RIG_TEXTS ? f->text[n] : text;
}

/* A copy of the template's node with its places filled. */
static struct nd_json *filled_copy(const struct filling *f, const struct nd_json *node)
{
    enum nd_json_kind kind = nd_json_kind(node);
    if (kind == ND_JSON_STRING) {
        struct nd_json *holder = nd_json_array();
        nd_json_add_str(holder, filled(f, nd_json_str(node)));
        struct nd_json *copy = nd_json_copy(nd_json_first(holder));
        nd_json_free(holder);
        return copy;
    }
    if (kind != ND_JSON_ARRAY && kind != ND_JSON_OBJECT) return nd_json_copy(node);
    struct nd_json *copy = kind == ND_JSON_ARRAY ? nd_json_array() : nd_json_object();
    ND_JSON_EACH(child, node)
    {
        struct nd_json *item = filled_copy(f, child);
        if (kind == ND_JSON_ARRAY)
            nd_json_add(copy, item);
        else
            nd_json_set(copy, nd_json_name(child), item);
    }
    return copy;
}

void report_rig_open(struct report_rig *rig, struct nd_view parts)
{
    struct filling f = {0};
    struct nd_json *template = NULL;
    struct nd_view text = {(const char *)fuzz_report_template, fuzz_report_template_len};
    FUZZ_CHECK(nd_json_parse(&template, text, NULL) == ND_OK);
    fill(&f, parts);
    *rig = (struct report_rig){.report = filled_copy(&f, template), .pages = nd_cited_new()};
    size_t ends[] = {strlen(f.page), strlen(SECOND_PAGE)}, i = 0;
    ND_JSON_EACH(quote, nd_json_get(rig->report, "quotes"))
    nd_json_set_int((struct nd_json *)(uintptr_t)quote, "end", (int64_t)ends[i++]);
    (void)nd_cited_add(rig->pages, f.text_sha256, 1, nd_view_of(f.page), NULL);
    (void)nd_cited_add(rig->pages, f.text_sha256, 2, nd_view_of(SECOND_PAGE), NULL);
    nd_json_free(template);
    release(&f);
}

void report_rig_close(struct report_rig *rig)
{
    nd_json_free(rig->report);
    nd_cited_free(rig->pages);
}

const char *report_rig_url(const struct report_rig *rig)
{
    return nd_json_get_str(nd_json_first(nd_json_get(rig->report, "sources")), "url");
}

bool report_rig_render(const struct report_rig *rig, struct nd_artefact *out)
{
    static const struct nd_report_about about = {
        .program = "nightdesk 0.1.0",
        .pipeline_sha256 = "1111111111111111111111111111111111111111111111111111111111111111",
        .request_sha256 = "2222222222222222222222222222222222222222222222222222222222222222",
    };
    struct nd_error err = {0};
    enum nd_rc rc = nd_report_files(rig->report, rig->pages, &about, out, &err);
    FUZZ_CHECK(rc == ND_OK || rc == ND_BAD_INPUT);
    if (rc != ND_OK && getenv("FUZZ_TELL")) (void)fprintf(stderr, "refused: %s\n", err.note[0]);
    return rc == ND_OK;
}

struct nd_view report_rig_file(const struct nd_artefact *files, const char *name)
{
    for (size_t i = 0; i < files->file_count; i++)
        if (strcmp(files->files[i].name, name) == 0) return nd_bytes_view(&files->files[i].bytes);
    fuzz_fail(__FILE__, __LINE__, name);
}
