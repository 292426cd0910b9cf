/**
 * A report for tests: sample/report.json with names in place of quotes, and sample/pages.txt with the page
 * texts, where
 * [[name:words]] marks a quote. Page lines: "=== SOURCE PAGE LABEL LANG | SECTION"; a label "-" is none.
 */
#ifndef ND_REPORT_SAMPLE_H
#define ND_REPORT_SAMPLE_H

#include "nd_test.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/base/text.h"
#include "nightdesk/report/report.h"

#include <stdio.h>
#include <string.h>

#define SAMPLE_PAGES_MAX 64
#define SAMPLE_QUOTES_MAX 128

struct sample_quote {
    char name[32], label[8], lang[8], section[80];
    int source, page;
    size_t start, end;
    char *text;
};
struct sample_page {
    int source, page;
    struct nd_bytes text;
};
struct sample {
    struct nd_json *report;
    struct nd_cited *pages;
    struct sample_quote quotes[SAMPLE_QUOTES_MAX];
    struct sample_page page[SAMPLE_PAGES_MAX];
    size_t quote_count, page_count;
};

static inline char *sample_file(const char *name)
{
    char *path = nd_sprintf("%s/tests/unit/report/sample/%s", ND_SOURCE_DIR, name);
    char *text = nd_test_read(path);
    nd_free(path);
    return text;
}

/* The words on one line, as the pipeline shows them. */
static inline char *sample_display(const char *text)
{
    struct nd_view v = nd_view_of(text);
    struct nd_bytes out = ND_BYTES(ND_MIB);
    uint32_t before = 0;
    for (size_t at = 0; at < v.len;) {
        size_t here = at, next;
        uint32_t c = nd_utf8_next(v, &at);
        if (c == '\n') {
            next = at;
            uint32_t after = nd_utf8_next(v, &next);
            if (before == '-')
                out.len--;
            else if (!nd_is_cjk(before) || !nd_is_cjk(after))
                nd_bytes_add_char(&out, ' ');
            continue;
        }
        nd_bytes_add(&out, v.data + here, at - here);
        before = c;
    }
    return nd_bytes_take(&out, NULL);
}

/* One line of pages.txt without its marks goes to the page; marks become quotes. `open` is the quote that
 * runs on. */
static inline void sample_line(struct sample *s, const char *line, const struct sample_quote *place,
                               struct sample_quote **open)
{
    struct nd_bytes *text = &s->page[s->page_count - 1].text;
    while (*line) {
        const char *colon = strncmp(line, "[[", 2) == 0 ? strchr(line, ':') : NULL;
        if (colon) {
            *open = &s->quotes[s->quote_count++];
            ck_assert_uint_lt(s->quote_count, SAMPLE_QUOTES_MAX);
            **open = *place;
            (void)snprintf((*open)->name, sizeof(*open)->name, "%.*s", (int)(colon - line - 2), line + 2);
            (*open)->start = text->len;
            line = colon + 1;
        } else if (*open && strncmp(line, "]]", 2) == 0) {
            (*open)->end = text->len;
            (*open)->text = nd_strndup(text->data + (*open)->start, text->len - (*open)->start);
            *open = NULL;
            line += 2;
        } else {
            nd_bytes_add_char(text, *line++);
        }
    }
    nd_bytes_add_char(text, '\n');
}

static inline void sample_read_pages(struct sample *s)
{
    char *all = sample_file("pages.txt"), *rest = all;
    struct sample_quote place = {0}, *open = NULL;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        if (strncmp(line, "=== ", 4) != 0) {
            if (rest) sample_line(s, line, &place, &open);
            continue;
        }
        place = (struct sample_quote){0};
        int got = sscanf(line, "=== %d %d %7s %7s | %79[^\n]", &place.source, &place.page, place.label,
                         place.lang, place.section);
        ck_assert_msg(got == 5, "bad line in pages.txt: %s", line);
        ck_assert_uint_lt(s->page_count, SAMPLE_PAGES_MAX);
        s->page[s->page_count++] = (struct sample_page){place.source, place.page, ND_BYTES(ND_MIB)};
    }
    nd_free(all);
}

static inline const struct sample_quote *sample_quote(const struct sample *s, const char *name, size_t *no)
{
    for (size_t i = 0; i < s->quote_count; i++) {
        if (strcmp(s->quotes[i].name, name) == 0) {
            *no = i + 1;
            return &s->quotes[i];
        }
    }
    ck_abort_msg("no quote '%s' in pages.txt", name);
}

/* A node of the report that the tests may change. */
static inline struct nd_json *sample_open(const struct nd_json *node)
{
    return (struct nd_json *)(uintptr_t)node;
}

/* Replaces names by ids everywhere below the node. */
static inline void sample_resolve(const struct sample *s, const struct nd_json *node)
{
    const struct nd_json *quotes = nd_json_get(node, "quotes"), *verdict = nd_json_get(node, "verdict");
    const char *name = nd_json_get_str(node, "quote");
    size_t no;
    if (name) {
        (void)sample_quote(s, name, &no);
        char id[24];
        (void)snprintf(id, sizeof id, "q%zu", no);
        nd_json_set_str(sample_open(node), "quote", id);
    }
    if (verdict) {
        struct nd_json *ids = nd_json_array();
        struct nd_bytes words = ND_BYTES(ND_MIB);
        ND_JSON_EACH(item, quotes)
        {
            const struct sample_quote *q = sample_quote(s, nd_json_str(item), &no);
            char id[24], *display = sample_display(q->text);
            (void)snprintf(id, sizeof id, "q%zu", no);
            nd_json_add_str(ids, id);
            nd_bytes_addf(&words, "%s%s", words.len ? " " : "", display);
            nd_free(display);
        }
        nd_json_set(sample_open(node), "quotes", ids);
        if (strcmp(nd_json_str(verdict), "quoted") == 0)
            nd_json_set_str(sample_open(node), "text", nd_bytes_view(&words).data);
        nd_bytes_release(&words);
    }
    ND_JSON_EACH(child, node)
    {
        enum nd_json_kind kind = nd_json_kind(child);
        if (kind == ND_JSON_ARRAY || kind == ND_JSON_OBJECT) sample_resolve(s, child);
    }
}

static inline void sample_add_quotes(struct sample *s)
{
    struct nd_json *quotes = nd_json_set(s->report, "quotes", nd_json_array());
    for (size_t i = 0; i < s->quote_count; i++) {
        const struct sample_quote *from = &s->quotes[i];
        struct nd_json *q = nd_json_add(quotes, nd_json_object());
        char id[24], *display = sample_display(from->text);
        (void)snprintf(id, sizeof id, "q%zu", i + 1);
        nd_json_set_str(q, "id", id);
        nd_json_set_int(q, "source", from->source);
        nd_json_set_int(q, "page", from->page);
        nd_json_set_str(q, "page_label", strcmp(from->label, "-") == 0 ? NULL : from->label);
        nd_json_set_int(q, "start", (int64_t)from->start);
        nd_json_set_int(q, "end", (int64_t)from->end);
        nd_json_set_str(q, "text", from->text);
        nd_json_set_str(q, "display", display);
        nd_json_set_str(q, "lang", from->lang);
        nd_json_set_str(q, "section_title", from->section);
        nd_free(display);
    }
}

/* A source's blob: its sample pages, with empty ones between them. */
static inline void sample_text_of(const struct sample *s, int source, int pages, struct nd_bytes *out)
{
    for (int page = 1; page <= pages; page++) {
        for (size_t i = 0; i < s->page_count; i++) {
            if (s->page[i].source == source && s->page[i].page == page)
                nd_bytes_add_view(out, nd_bytes_view(&s->page[i].text));
        }
        nd_bytes_add_char(out, '\f');
    }
}

static inline void sample_hash_sources(struct sample *s)
{
    struct nd_error err = {0};
    int no = 0;
    ND_JSON_EACH(source, nd_json_get(s->report, "sources"))
    {
        struct nd_bytes text = ND_BYTES(ND_MIB);
        char sha256[ND_SHA256_HEX] = "", bytes[ND_SHA256_HEX];
        sample_text_of(s, ++no, (int)nd_json_get_int(source, "pages", 0), &text);
        if (text.len) nd_sha256_hex(nd_bytes_view(&text), sha256);
        nd_sha256_hex(nd_view_of(nd_json_get_str(source, "title")), bytes);
        nd_json_set_str(sample_open(source), "sha256", bytes);
        nd_json_set_int(sample_open(source), "size_bytes", (int64_t)text.len + 1000);
        nd_json_set_str(sample_open(source), "text_sha256", sha256);
        for (size_t i = 0; i < s->page_count; i++) {
            if (s->page[i].source == no)
                nd_ck_ok(nd_cited_add(s->pages, sha256, (uint32_t)s->page[i].page,
                                      nd_bytes_view(&s->page[i].text), &err),
                         &err);
        }
        nd_bytes_release(&text);
    }
}

static inline void sample_count(struct sample *s)
{
    struct nd_json *checks = sample_open(nd_json_get(s->report, "checks"));
    int64_t claims = (int64_t)nd_json_len(nd_json_get(s->report, "summary"));
    ND_JSON_EACH(section, nd_json_get(s->report, "sections"))
    claims += (int64_t)nd_json_len(nd_json_get(section, "claims"));
    nd_json_set_int(checks, "quotes_total", (int64_t)s->quote_count);
    nd_json_set_int(checks, "quotes_verified", (int64_t)s->quote_count);
    nd_json_set_int(checks, "claims_total", claims);
}

static inline void sample_init(struct sample *s)
{
    struct nd_error err = {0};
    *s = (struct sample){.pages = nd_cited_new()};
    char *json = sample_file("report.json");
    nd_ck_ok(nd_json_parse(&s->report, nd_view_of(json), &err), &err);
    nd_free(json);
    sample_read_pages(s);
    sample_resolve(s, s->report);
    sample_add_quotes(s);
    sample_hash_sources(s);
    sample_count(s);
}

static inline void sample_release(struct sample *s)
{
    for (size_t i = 0; i < s->quote_count; i++) nd_free(s->quotes[i].text);
    for (size_t i = 0; i < s->page_count; i++) nd_bytes_release(&s->page[i].text);
    nd_cited_free(s->pages);
    nd_json_free(s->report);
}

static const struct nd_report_about sample_about = {
    .program = "nightdesk 0.1.0",
    .pipeline_sha256 = "1111111111111111111111111111111111111111111111111111111111111111",
    .request_sha256 = "2222222222222222222222222222222222222222222222222222222222222222",
};

static inline void sample_render(const struct sample *s, struct nd_artefact *out)
{
    struct nd_error err = {0};
    nd_ck_ok(nd_report_files(s->report, s->pages, &sample_about, out, &err), &err);
}

static inline struct nd_view sample_output(const struct nd_artefact *files, const char *name)
{
    for (size_t i = 0; i < files->file_count; i++) {
        if (strcmp(files->files[i].name, name) == 0) return nd_bytes_view(&files->files[i].bytes);
    }
    ck_abort_msg("no file '%s'", name);
}

static inline void sample_write_file(const char *dir, const char *name, struct nd_view bytes)
{
    char *path = nd_path_join(dir, name);
    FILE *f = fopen(path, "wb");
    ck_assert_msg(f, "cannot write '%s'", path);
    ck_assert_uint_eq(fwrite(bytes.data, 1, bytes.len, f), bytes.len);
    ck_assert_int_eq(fclose(f), 0);
    nd_free(path);
}

/* Writes the files below a folder, which is made. */
static inline void sample_write(const struct nd_artefact *files, const char *dir)
{
    struct nd_error err = {0};
    for (size_t i = 0; i < files->file_count; i++) {
        char *path = nd_path_join(dir, files->files[i].name), *slash = strrchr(path, '/');
        *slash = '\0';
        if (!nd_file_is_dir(path)) nd_ck_ok(nd_file_mkdirs(path, &err), &err);
        sample_write_file(dir, files->files[i].name, nd_bytes_view(&files->files[i].bytes));
        nd_free(path);
    }
}

#endif
