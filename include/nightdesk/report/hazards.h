/**
 * What should not be printed unseen: secrets, ways to reach a person, account and card numbers, forbidden
 * terms. Found in running text, also where it is broken over lines, set in full-width letters or with
 * no-break blanks. Pure; the same text gives the same places.
 */
#ifndef NIGHTDESK_REPORT_HAZARDS_H
#define NIGHTDESK_REPORT_HAZARDS_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/core/request.h"

/** Where two claim the same bytes, the one named first wins. */
enum nd_hazard {
    ND_HAZARD_SECRET,    /* base/secret.h */
    ND_HAZARD_IBAN,      /* a country's length and the check digits are right */
    ND_HAZARD_CARD,      /* an issuer's prefix, its length, Luhn's sum, grouped as on a card or not at all */
    ND_HAZARD_EMAIL,     /* name@host.domain */
    ND_HAZARD_PHONE,     /* with a country's code, in a national form, or behind "tel", "fax", "phone" … */
    ND_HAZARD_FORBIDDEN, /* a term that the request forbids, whatever its case */
    ND_HAZARD_CONFIDENTIAL, /* text of a source labelled so; never found by a scan */
    ND_HAZARDS
};
const char *nd_hazard_word(enum nd_hazard kind);               /* "secret", "iban", "card" … */
const char *nd_hazard_name(enum nd_hazard kind, bool several); /* "a phone number", "phone numbers" */

struct nd_hazard_span {
    enum nd_hazard kind;
    size_t start, end; /* bytes of the text; cuts no character */
};
struct nd_hazard_list {
    struct nd_hazard_span *v;
    size_t n, cap;
};

/** Appends what is in text, in order, none overlapping another. forbidden may be NULL. */
void nd_hazards_find(struct nd_view text, const struct nd_strings *forbidden, struct nd_hazard_list *out);
void nd_hazards_release(struct nd_hazard_list *list);

#endif
