/* The passages of a sub-topic: BM25, weighed by what the document is about and where in it the passage
 * stands. */
#include "nightdesk/base/alloc.h"
#include "writer_extractive.h"
#include <stdlib.h>
#include <string.h>

#define W_OWN 0.3        /* of the sub-topic's own words, beside the whole query */
#define BRUSHING 0.25    /* of the mean of the BEST_OF best: below it a passage only brushes the sub-topic */
#define ASPECT_FLOOR 0.3 /* of the words of all things asked: a passage tells of one of them */
#define BEST_OF 3
#define W_HEAD 0.4 /* of naming what the question is about */
#define W_NEWS 0.5 /* what sections that tell news keep */
#define HEAD_LEAST 0.6
#define W_EARLY 0.8     /* documents say what matters first */
#define ABOUT_LEAST 0.1 /* what a document that is not about the question keeps */
#define ABOUT_FLOOR 0.5 /* a document below it must name what the question is about in the passage */
#define W_SECTION 1.0   /* the section that gave the sub-topic its title, and those in it */

/* exp(-x) without libm's last bit, which differs between machines */
static double falling(double x)
{
    return 1 / (1 + x + x * x / 2 + x * x * x / 6);
}

static double early_of(const struct nd_aim *aim, const struct nd_passage *p, uint32_t passage)
{
    const struct nd_document *d = nd_collection_document(aim->c, p->document);
    /* a document without pages counts a page for every three passages */
    double pages = d->pages > 1 ? d->pages : (double)d->passage_count / 3;
    double page = d->pages > 1 ? p->page : (double)(passage - d->passage) / 3;
    return falling(page / (.08 * pages + 8));
}

static bool in_section(const struct nd_collection *c, uint32_t section, uint32_t wanted)
{
    for (unsigned depth = 0; section != ND_NONE && depth < 16; depth++) {
        if (section == wanted) return true;
        section = nd_collection_section(c, section)->parent;
    }
    return false;
}

/* Own-word scores by passage: found again for each hit of the whole query. */
struct own_scores {
    int64_t *of; /* by passage; 0: none */
    int64_t best;
};

static enum nd_rc score_own(const struct nd_aim *aim, struct own_scores *out, struct nd_error *err)
{
    struct nd_hits hits = {0};
    enum nd_rc rc = nd_search(&aim->own, ND_COLUMNS, SIZE_MAX, &hits, err);
    if (rc != ND_OK) return rc;
    out->of = ND_ARRAY(int64_t, nd_collection_passages(aim->c) + 1);
    for (size_t i = 0; i < hits.n; i++) out->of[hits.v[i].passage] = hits.v[i].score;
    out->best = hits.n ? hits.v[0].score : 1;
    nd_hits_release(&hits);
    return ND_OK;
}

static int by_value(const void *a, const void *b)
{
    const struct nd_ranked *x = a, *y = b;
    if (x->value != y->value) return x->value > y->value ? -1 : 1;
    return x->passage < y->passage ? -1 : x->passage > y->passage;
}

bool nd_tells_news(const struct nd_collection *c, uint32_t section)
{
    static const char *const signs[] = {"new features",      "new in",          "what's new",
                                        "changes in",        "changes from",    "changes since",
                                        "changelog",         "release notes",   "released version",
                                        "upgrading notes",   "upgrade notes",   "upgrading checklist",
                                        "acknowledgement",   "acknowledgments", "copyright",
                                        "license",           "licence",         "terms and conditions",
                                        "authors",           "credits",         "version history",
                                        "copyright history", "contributors",    "older entries"};
    const struct nd_section *s = nd_collection_section(c, section);
    for (size_t i = 0; s && i < sizeof signs / sizeof *signs; i++) {
        if (strcasestr(s->path, signs[i])) return true;
    }
    return false;
}

/*
 * The floor. The passage must hold the sub-topic's own words. Where the document is hardly about the
 * question, common words
 * ("updates", "accounts") mean something else: there the passage itself must name what the question is about.
 */
static bool above_floor(const struct nd_aim *aim, uint32_t passage, uint32_t document)
{
    bool own = aim->aspect ? nd_passage_cover(&aim->own, passage) >= ASPECT_FLOOR
                           : nd_holds(&aim->own, &aim->own_even, passage);
    if (!own) return false;
    if (!aim->clause && !aim->common && aim->heard[document] && aim->about[document] >= ABOUT_FLOOR)
        return true;
    return aim->head.word_count == 0 || nd_holds(&aim->head, &aim->head_even, passage);
}

/* Far below the best ones a passage only brushes the sub-topic: how many stand above that. */
static size_t above_best(const struct nd_ranked *ranked, size_t n)
{
    double best = 0;
    size_t of = n < BEST_OF ? n : BEST_OF, kept = 0;
    for (size_t i = 0; i < of; i++) best += ranked[i].value / (double)of;
    while (kept < n && ranked[kept].value >= BRUSHING * best) kept++;
    return kept;
}

enum nd_rc nd_aim_passages(const struct nd_aim *aim, size_t top, struct nd_ranked *out, size_t *n,
                           size_t *found, struct nd_error *err)
{
    struct nd_hits hits = {0};
    struct own_scores own = {0};
    enum nd_rc rc = score_own(aim, &own, err);
    if (rc == ND_OK) rc = nd_search(&aim->full, ND_COLUMNS, SIZE_MAX, &hits, err);
    struct nd_ranked *all = ND_ARRAY(struct nd_ranked, hits.n + 1);
    size_t kept = 0;
    for (size_t i = 0; rc == ND_OK && i < hits.n; i++) {
        const struct nd_passage *p = nd_collection_passage(aim->c, hits.v[i].passage);
        if (aim->banned[p->document] || !above_floor(aim, hits.v[i].passage, p->document)) continue;
        double value = (double)hits.v[i].score / (double)hits.v[0].score +
                       W_OWN * (double)own.of[hits.v[i].passage] / (double)own.best;
        double early = early_of(aim, p, hits.v[i].passage);
        value *= (ABOUT_LEAST + (1 - ABOUT_LEAST) * aim->about[p->document]) * (1 + W_EARLY * early);
        if (aim->section != ND_NONE && in_section(aim->c, p->section, aim->section)) value *= 1 + W_SECTION;
        value *= HEAD_LEAST +
                 W_HEAD * (aim->head.word_count ? nd_passage_cover(&aim->head, hits.v[i].passage) : 1);
        if (nd_tells_news(aim->c, p->section)) value *= W_NEWS;
        if (aim->any_pinned && aim->pinned[p->document]) value *= 2;
        all[kept++] = (struct nd_ranked){hits.v[i].passage, value, early};
    }
    nd_hits_release(&hits);
    nd_free(own.of);
    if (rc == ND_OK) {
        qsort(all, kept, sizeof *all, by_value);
        kept = above_best(all, kept);
        *found = kept;
        *n = kept < top ? kept : top;
        for (size_t i = 0; i < *n; i++) {
            out[i] = all[i];
            out[i].value = all[i].value / all[0].value;
        }
    }
    nd_free(all);
    return rc;
}
