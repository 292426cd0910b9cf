/* Cited documents, read again from their files. */
#include "verify_run.h"

#include "masks.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/core/source.h"

#include <inttypes.h>
#include <string.h>

static void check_quotes(struct verify_run *v, size_t source, const struct nd_pages *pages, const char *file)
{
    for (size_t i = 0; i < v->doc->quote_count; i++) {
        const struct doc_quote *q = &v->doc->quotes[i];
        struct nd_error why = {0};
        if (q->source != source) continue;
        struct nd_view page = nd_pages_at(pages, q->page);
        if (!nd_view_eq(page, q->page_text) && nd_quote_check(&q->q, page, &why) == ND_OK)
            (void)nd_fail(&why, ND_BAD_INPUT, "found another text on page %u than in evidence",
                          (unsigned)q->page);
        else if (nd_view_eq(page, q->page_text))
            continue;
        char *subject = nd_sprintf("quote %s", q->q.id);
        verify_finding(v, file, subject, "%s", why.note[0]);
        nd_free(subject);
    }
}

/* What the report masks is not compared. */
static void mask_pages(struct verify_run *v, size_t source, const struct nd_pages *pages,
                       struct nd_bytes *texts)
{
    for (size_t i = 0; i < v->doc->mask_count; i++) {
        const struct doc_mask *m = &v->doc->masks[i];
        struct nd_view page = nd_pages_at(pages, m->page);
        if (m->source != source || m->end > (int64_t)page.len) continue;
        mask_fill(texts->data + (page.data - texts->data), (size_t)m->start, (size_t)m->end);
    }
}

static void check_texts(struct verify_run *v, size_t source, struct nd_bytes *texts, const char *file)
{
    const struct doc_source *s = &v->doc->sources[source];
    char found[ND_SHA256_HEX];
    struct nd_pages pages = {0};
    struct nd_error why = {0};
    nd_sha256_hex(nd_bytes_view(texts), found);
    if (strcmp(found, s->text_sha256) != 0)
        verify_finding(v, file, "", "found page texts of SHA-256 %s, wanted %s as read by %.60s", found,
                       s->text_sha256, *s->extractor ? s->extractor : "another reader");
    if (nd_pages_split(&pages, nd_bytes_view(texts), s->pages, &why) != ND_OK) {
        verify_finding(v, file, "", "%s", why.note[0]);
    } else {
        mask_pages(v, source, &pages, texts);
        check_quotes(v, source, &pages, file);
    }
    nd_pages_release(&pages);
}

static enum nd_rc check_source(struct verify_run *v, const struct nd_originals *originals, size_t source,
                               struct nd_error *err)
{
    const struct doc_source *s = &v->doc->sources[source];
    const char *file = *s->path ? s->path : s->url;
    bool cited = s->quotes > 0;
    char sha256[ND_SHA256_HEX] = "";
    struct nd_bytes texts = ND_BYTES(ND_PAGE_TEXT_MAX_BYTES);
    struct nd_error why = {0};
    enum nd_rc rc = originals->read(originals->ctx, s->json, cited, sha256, &texts, &why);
    if (rc == ND_NOT_FOUND || rc == ND_BAD_INPUT) {
        verify_finding(v, file, "", "%s", why.notes ? why.note[0] : "cannot be read again");
        rc = ND_OK;
    } else if (rc == ND_OK) {
        v->out->originals++;
        if (strcmp(sha256, s->sha256) != 0)
            verify_finding(v, file, "", "found SHA-256 %s, wanted %s: the file has changed", sha256,
                           s->sha256);
        else if (cited)
            check_texts(v, source, &texts, file);
    } else if (err) {
        *err = why;
    }
    nd_bytes_release(&texts);
    return rc;
}

enum nd_rc verify_originals(struct verify_run *v, const struct nd_originals *originals, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; rc == ND_OK && i < v->doc->source_count; i++) {
        const struct doc_source *s = &v->doc->sources[i];
        bool was_read = s->status == READ || s->status == PARTLY;
        bool is_file = *s->url == '\0'; /* a page may have changed since; its text is in evidence/ */
        if (was_read && is_file && *s->sha256) rc = check_source(v, originals, i, err);
    }
    return rc;
}
