/**
 * What people see: whole lines on standard error, data on standard output; a command whose lines for people
 * are its data (status) moves them to standard output. Text that came from outside goes through
 * nd_text_printable, so a title can neither move the cursor nor pass for a line of ours.
 */
#ifndef NIGHTDESK_CLI_SCREEN_H
#define NIGHTDESK_CLI_SCREEN_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"
#include "nightdesk/base/json.h"
#include <stdio.h>

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_WARN, STYLE_BAD };

struct screen {
    FILE *out, *err;
    FILE *people; /* where screen_say writes: err, or out after screen_people_on_out */
    bool out_tty, err_tty, in_tty;
    bool color;     /* on err */
    bool out_color; /* on out */
    bool json;      /* --json: only JSON on out */
};

/** @param color  "auto", "always", "never" */
void screen_init(struct screen *s, FILE *out, FILE *err, const char *color, char *const *environment);
/** The escape that starts a style, "" without colour. */
const char *style_on(bool color, enum style style);
const char *style_off(bool color, enum style style);

/** From now on lines for people are this command's output; they stay on standard error with --json. */
void screen_people_on_out(struct screen *s);
/** One line for people. */
void screen_say(const struct screen *s, enum style style, const char *fmt, ...) ND_PRINTF(3, 4);
/** One line of data on standard output. */
void screen_data(const struct screen *s, enum style style, const char *fmt, ...) ND_PRINTF(3, 4);
/** JSON as one line; what could move the cursor or turn the text around stands as an escape. */
void json_line(const struct nd_json *json, struct nd_bytes *out);
/** A JSON object as one line on standard output. */
void screen_json(const struct screen *s, const struct nd_json *json);
/** The chain of reasons, first cause first. */
void screen_error(const struct screen *s, const struct nd_error *err);
/** Asks on the terminal; false unless the answer begins with y. Call only when in_tty and err_tty. */
bool screen_ask(const struct screen *s, const char *fmt, ...) ND_PRINTF(2, 3);

/** Columns of the terminal on standard error, 80 when unknown. */
unsigned screen_width(void);
/** Columns that text takes: wide characters count two, marks none. */
unsigned text_columns(struct nd_view text);
/** Appends text cut to that many columns (with "…" when cut) and, when pad, filled up with spaces. */
void text_fit(struct nd_bytes *out, struct nd_view text, unsigned columns, bool pad);
/** A variable of an environment block, or NULL. */
const char *environment_get(char *const *environment, const char *name);
/** The same for a folder: NULL also when it is not an absolute path, which the XDG rules say to pass over. */
const char *environment_folder(char *const *environment, const char *name);

#endif
