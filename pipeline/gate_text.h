/**
 * What a gate shows as text for an editor, and back (`approve --edit`, as `git commit` does it). Lines that
 * begin with
 * '#' are for the reader. In all forms a line that is deleted is a thing that is removed, and lines may be
 * moved.
 *
 *     plan      t3  Remote login                 a sub-topic: id and title; another title renames it
 *               new Passwords                    a new sub-topic ("new" in the place of an id)
 *                   words: ssh, keys             what else to look for (optional)
 *                   pin: 4 7                     sources to use first, by number
 *                   exclude: 2                   sources not to use
 *     outline   t3  Remote login                 a section
 *                   e14 [4, p. 12] The text …    a quote of it; text is for the reader
 *               new Passwords                    a section that gets its quotes from a search
 *               exclude: 2                       (not indented) no quotes of that source anywhere
 *     final     [s3] Remote login                a section
 *                   2. The statement …           a statement; deleting the line drops it
 */
#ifndef PIPELINE_GATE_TEXT_H
#define PIPELINE_GATE_TEXT_H

#include "nightdesk/base/json.h"

enum nd_rc nd_gate_text(const char *gate, const struct nd_json *shown, struct nd_bytes *out,
                        struct nd_error *err);
enum nd_rc nd_gate_parse(const char *gate, const struct nd_json *shown, struct nd_view text,
                         struct nd_json **edited, struct nd_error *err);

#endif
