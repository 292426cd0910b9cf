/** Whether a record from nightdesk-read fits the page texts that came with it. */
#ifndef ND_DOCUMENT_READING_CHECK_H
#define ND_DOCUMENT_READING_CHECK_H

#include "nightdesk/document/document.h"

/**
 * Ranges lie within their pages and cut no character; titles and the like are clean single lines; kind,
 * pages, hashes and limits are right. nd_reading_parse has checked the rest. ND_BAD_INPUT names what is
 * wrong.
 */
enum nd_rc nd_check_reading(const struct nd_reading *reading, struct nd_view blob, struct nd_error *err);

#endif
