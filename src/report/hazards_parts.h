/** The kinds of hazards, each found at one place of flat text (flat.h). */
#ifndef ND_REPORT_HAZARDS_PARTS_H
#define ND_REPORT_HAZARDS_PARTS_H

#include "nightdesk/base/bytes.h"

/* Each says whether what begins at `at` (an '@' for an address) is one: bytes [*start, *end). */
bool hazard_email(struct nd_view flat, size_t at, size_t *start, size_t *end);
bool hazard_iban(struct nd_view flat, size_t at, size_t *start, size_t *end);
bool hazard_card(struct nd_view flat, size_t at, size_t *start, size_t *end);
bool hazard_phone(struct nd_view flat, size_t at, size_t *start, size_t *end);

/** A letter or digit, or a byte of a letter beyond ASCII. */
bool hazard_is_word(struct nd_view flat, size_t at);

#endif
