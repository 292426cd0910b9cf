#include "nightdesk/report/hazards.h"

#include "flat.h"
#include "hazards_parts.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/secret.h"
#include "nightdesk/base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *one, *several;
} names[ND_HAZARDS] = {
    [ND_HAZARD_SECRET] = {"secret", "a secret", "secrets"},
    [ND_HAZARD_IBAN] = {"iban", "an account number", "account numbers"},
    [ND_HAZARD_CARD] = {"card", "a card number", "card numbers"},
    [ND_HAZARD_EMAIL] = {"email", "an e-mail address", "e-mail addresses"},
    [ND_HAZARD_PHONE] = {"phone", "a telephone number", "telephone numbers"},
    [ND_HAZARD_FORBIDDEN] = {"forbidden", "a forbidden term", "forbidden terms"},
    [ND_HAZARD_CONFIDENTIAL] = {"confidential", "text of a confidential source",
                                "texts of confidential sources"},
};

const char *nd_hazard_word(enum nd_hazard kind)
{
    return names[kind].word;
}

const char *nd_hazard_name(enum nd_hazard kind, bool several)
{
    return several ? names[kind].several : names[kind].one;
}

void nd_hazards_release(struct nd_hazard_list *list)
{
    nd_free(list->v);
    *list = (struct nd_hazard_list){0};
}

static void add(struct nd_hazard_list *list, enum nd_hazard kind, size_t start, size_t end)
{
    ND_GROW(list->v, list->n, list->cap);
    list->v[list->n++] = (struct nd_hazard_span){kind, start, end};
}

/* ---- forbidden terms ---- */

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* Does the term stand at `at`, whatever its case? One blank stands for any number of them. */
static bool term_at(struct nd_view flat, size_t at, struct nd_view term, size_t *end)
{
    size_t t = 0;
    while (t < term.len) {
        if (at >= flat.len) return false;
        uint32_t wanted = nd_utf8_next(term, &t), found = nd_utf8_next(flat, &at);
        if (is_blank(wanted) && is_blank(found)) {
            while (at < flat.len && is_blank((unsigned char)flat.data[at])) at++;
        } else if (nd_text_lower(wanted) != nd_text_lower(found)) {
            return false;
        }
    }
    *end = at;
    return term.len > 0;
}

static void find_forbidden(struct nd_view flat, const struct nd_strings *forbidden,
                           struct nd_hazard_list *out)
{
    for (size_t i = 0; forbidden && i < forbidden->n; i++) {
        struct flat term;
        flat_make(&term, nd_view_trim(nd_view_of(forbidden->v[i])));
        for (size_t at = 0; at < flat.len;) {
            size_t end = 0, next = at;
            (void)nd_utf8_next(flat, &next);
            bool found = term_at(flat, at, nd_bytes_view(&term.text), &end);
            if (found) add(out, ND_HAZARD_FORBIDDEN, at, end);
            at = found ? end : next;
        }
        flat_release(&term);
    }
}

/* ---- all kinds ---- */

typedef bool (*finder)(struct nd_view flat, size_t at, size_t *start, size_t *end);

/* What begins with a sign of its own. */
static void find_formed(struct nd_view flat, struct nd_hazard_list *out)
{
    static const struct {
        enum nd_hazard kind;
        finder find;
    } kinds[] = {{ND_HAZARD_IBAN, hazard_iban},
                 {ND_HAZARD_CARD, hazard_card},
                 {ND_HAZARD_EMAIL, hazard_email},
                 {ND_HAZARD_PHONE, hazard_phone}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t at = 0, start, end; at < flat.len;) {
            bool found = kinds[k].find(flat, at, &start, &end);
            if (found) add(out, kinds[k].kind, start, end);
            at = found && end > at ? end : at + 1;
        }
    }
}

static void find_secrets(struct nd_view flat, struct nd_hazard_list *out)
{
    size_t start, end;
    for (size_t at = 0; nd_secret_next(flat, at, &start, &end); at = end)
        add(out, ND_HAZARD_SECRET, start, end);
}

static int by_kind(const void *a, const void *b)
{
    const struct nd_hazard_span *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return (x->start > y->start) - (x->start < y->start);
}

static int by_place(const void *a, const void *b)
{
    const struct nd_hazard_span *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* Keeps what overlaps nothing of a kind named before it. */
static void settle(struct nd_hazard_list *found, size_t len)
{
    if (!found->n) return;
    bool *taken = ND_ARRAY(bool, len + 1);
    qsort(found->v, found->n, sizeof *found->v, by_kind);
    size_t n = 0;
    for (size_t i = 0; i < found->n; i++) {
        struct nd_hazard_span span = found->v[i];
        size_t at = span.start;
        while (at < span.end && !taken[at]) at++;
        if (at < span.end) continue;
        memset(taken + span.start, true, span.end - span.start);
        found->v[n++] = span;
    }
    found->n = n;
    qsort(found->v, found->n, sizeof *found->v, by_place);
    nd_free(taken);
}

void nd_hazards_find(struct nd_view text, const struct nd_strings *forbidden, struct nd_hazard_list *out)
{
    struct flat flat;
    struct nd_hazard_list found = {0};
    flat_make(&flat, text);
    struct nd_view view = nd_bytes_view(&flat.text);
    find_secrets(view, &found);
    find_formed(view, &found);
    find_forbidden(view, forbidden, &found);
    settle(&found, view.len);
    for (size_t i = 0; i < found.n; i++)
        add(out, found.v[i].kind, flat.start[found.v[i].start], flat.end[found.v[i].end - 1]);
    nd_hazards_release(&found);
    flat_release(&flat);
}
