/* Markdown (CommonMark with tables) by md4c. HTML in it is left out, its text stays. */
#include "build.h"
#include "kinds.h"
#include "title.h"

#include <libxml/HTMLparser.h>
#include <md4c.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    struct nd_build build;
    struct nd_grid *grid;
    bool in_head, in_tag;
};

/* ---- front matter: "---", then lines "title: …", then "---" ---- */

static void read_pair(struct nd_job *job, struct nd_view line)
{
    size_t colon = nd_view_find(line, ND_VIEW(":"), 0);
    if (colon == SIZE_MAX) return;
    struct nd_view name = nd_view_sub(line, 0, colon),
                   value = nd_view_trim(nd_view_sub(line, colon + 1, line.len));
    bool quoted =
        value.len >= 2 && value.data[0] == value.data[value.len - 1] && strchr("\"'", value.data[0]);
    if (quoted) value = nd_view_sub(value, 1, value.len - 1);
    if (nd_view_is(name, "title")) (void)nd_title_from_metadata(job, value);
    if (nd_view_is(name, "author")) nd_author(job, value);
    if (nd_view_is(name, "date")) nd_date(job, value);
}

/* Reads it and returns what follows; the whole text when there is none. */
static struct nd_view after_front_matter(struct nd_job *job, struct nd_view text)
{
    if (!nd_view_starts(text, "---\n") && !nd_view_starts(text, "---\r\n")) return text;
    size_t close = nd_view_find(text, ND_VIEW("\n---"), 3);
    if (close == SIZE_MAX) return text;
    for (size_t at = 4; at < close;) {
        size_t end = nd_view_find(text, ND_VIEW("\n"), at);
        read_pair(job, nd_view_sub(text, at, end < close ? end : close));
        at = end < close ? end + 1 : close;
    }
    return nd_view_sub(text, close + 4, text.len);
}

/* ---- md4c's calls ---- */

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct writer *w = ctx;
    (void)detail;
    if (type == MD_BLOCK_CODE) {
        (void)nd_build_block(&w->build);
        w->build.pre = true;
    } else if (type == MD_BLOCK_TABLE) {
        w->grid = nd_grid_open(&w->build, (struct nd_view){0});
    } else if (type == MD_BLOCK_TR && w->grid) {
        nd_grid_row(w->grid, w->in_head);
    } else if (type == MD_BLOCK_THEAD) {
        w->in_head = true;
    } else if (type != MD_BLOCK_TH && type != MD_BLOCK_TD && type != MD_BLOCK_TBODY && type != MD_BLOCK_TR) {
        (void)nd_build_block(&w->build);
    }
    w->in_tag = false;
    return w->build.over;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct writer *w = ctx;
    if (type == MD_BLOCK_H) {
        const MD_BLOCK_H_DETAIL *heading = detail;
        nd_build_heading(&w->build, heading->level);
    } else if (type == MD_BLOCK_CODE) {
        nd_build_listing(&w->build);
        w->build.pre = false;
    } else if ((type == MD_BLOCK_TH || type == MD_BLOCK_TD) && w->grid) {
        nd_grid_cell(w->grid, 1, 1);
    } else if (type == MD_BLOCK_THEAD) {
        w->in_head = false;
    } else if (type == MD_BLOCK_TABLE && w->grid) {
        nd_grid_close(w->grid);
        w->grid = NULL;
    } else if (type != MD_BLOCK_TBODY && type != MD_BLOCK_TR) {
        (void)nd_build_block(&w->build);
    }
    return 0;
}

static int ignore_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    (void)type;
    (void)detail;
    (void)ctx;
    return 0;
}

/* "&amp;", "&#38;", "&#x26;" */
static void add_entity(struct nd_build *b, struct nd_view entity)
{
    struct nd_bytes text = ND_BYTES(64);
    char *name = nd_view_dup(nd_view_sub(entity, 1, entity.len - 1));
    uint32_t code = 0;
    if (name[0] == '#') {
        bool hex = name[1] == 'x' || name[1] == 'X';
        code = (uint32_t)strtoul(name + (hex ? 2 : 1), NULL, hex ? 16 : 10);
    } else {
        const htmlEntityDesc *known = htmlEntityLookup((const xmlChar *)name);
        code = known ? known->value : 0;
    }
    if (code)
        nd_utf8_add(&text, code);
    else
        nd_bytes_add_view(&text, entity);
    nd_build_add(b, nd_bytes_view(&text));
    nd_bytes_release(&text);
    nd_free(name);
}

/* What stands between tags; a tag may go on in the next piece. */
static void add_html(struct writer *w, struct nd_view html)
{
    size_t from = 0;
    for (size_t i = 0; i < html.len; i++) {
        if (html.data[i] == '<' && !w->in_tag) {
            nd_build_add(&w->build, nd_view_sub(html, from, i));
            w->in_tag = true;
        } else if (html.data[i] == '>' && w->in_tag) {
            w->in_tag = false;
            from = i + 1;
        }
    }
    if (!w->in_tag) nd_build_add(&w->build, nd_view_sub(html, from, html.len));
}

static int add_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx)
{
    struct writer *w = ctx;
    struct nd_view v = {text, size};
    if (type == MD_TEXT_BR)
        nd_build_line(&w->build);
    else if (type == MD_TEXT_SOFTBR)
        nd_build_add(&w->build, ND_VIEW(" "));
    else if (type == MD_TEXT_NULLCHAR)
        nd_build_add(&w->build, ND_VIEW("\xEF\xBF\xBD"));
    else if (type == MD_TEXT_ENTITY)
        add_entity(&w->build, v);
    else if (type == MD_TEXT_HTML)
        add_html(w, v);
    else
        nd_build_add(&w->build, v);
    return w->build.over;
}

static const MD_PARSER parser = {
    .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEAUTOLINKS,
    .enter_block = enter_block,
    .leave_block = leave_block,
    .enter_span = ignore_span,
    .leave_span = ignore_span,
    .text = add_text,
};

void nd_markdown_read(struct nd_job *job)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    struct writer w = {0};
    nd_job_extractor(job, "md4c", "0.4.8");
    nd_build_open(&w.build, job);
    nd_build_source(&w.build, &text);
    struct nd_view body = after_front_matter(job, nd_bytes_view(&text));
    (void)md_parse(body.data, (MD_SIZE)body.len, &parser, &w);
    if (w.grid) nd_grid_close(w.grid);
    nd_build_close(&w.build);
    nd_title_from_headings(job);
    nd_bytes_release(&text);
}
