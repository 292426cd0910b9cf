/**
 * A second opinion on what the report's own check lets pass: other people's parsers look for active content
 * and for links that are not a source's address.
 */
#ifndef ND_FUZZ_SECOND_LOOK_H
#define ND_FUZZ_SECOND_LOOK_H

#include "fuzz.h"

/** libxml2's HTML parser. url: the one address that may be linked to. */
void second_look_html(struct nd_view html, const char *url);
/** libxml2's XML parser: well-formed, and no script. */
void second_look_svg(struct nd_view svg);
/** md4c, as GitHub reads Markdown: bare addresses become links too. */
void second_look_markdown(struct nd_view md, const char *url);

#endif
