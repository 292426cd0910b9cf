#include "screen.h"
#include "nightdesk/base/text.h"
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 64 << 10, WIDTH_DEFAULT = 80, WIDTH_MIN = 20, WIDTH_MAX = 400 };

const char *environment_get(char *const *environment, const char *name)
{
    size_t len = strlen(name);
    for (char *const *e = environment; e && *e; e++) {
        if (strncmp(*e, name, len) == 0 && (*e)[len] == '=') return *e + len + 1;
    }
    return NULL;
}

const char *environment_folder(char *const *environment, const char *name)
{
    const char *path = environment_get(environment, name);
    return path && path[0] == '/' ? path : NULL;
}

void screen_people_on_out(struct screen *s)
{
    if (!s->json) s->people = s->out;
}

/* no-color.org: NO_COLOR counts when it is not empty; CLICOLOR_FORCE when it is not "0" */
static bool color_wanted(const char *when, bool tty, char *const *environment)
{
    if (strcmp(when, "auto") != 0) return strcmp(when, "always") == 0;
    const char *none = environment_get(environment, "NO_COLOR"), *term = environment_get(environment, "TERM");
    const char *force = environment_get(environment, "CLICOLOR_FORCE");
    if (none && *none) return false;
    if (force && *force && strcmp(force, "0") != 0) return true;
    return tty && term && strcmp(term, "dumb") != 0;
}

void screen_init(struct screen *s, FILE *out, FILE *err, const char *color, char *const *environment)
{
    *s = (struct screen){.out = out, .err = err, .people = err};
    s->out_tty = isatty(fileno(out)) == 1;
    s->err_tty = isatty(fileno(err)) == 1;
    s->in_tty = isatty(STDIN_FILENO) == 1;
    s->color = color_wanted(color, s->err_tty, environment);
    s->out_color = color_wanted(color, s->out_tty, environment);
}

const char *style_on(bool color, enum style style)
{
    static const char *const on[] = {
        [STYLE_PLAIN] = "",        [STYLE_BOLD] = "\033[1m",  [STYLE_DIM] = "\033[2m",
        [STYLE_GOOD] = "\033[32m", [STYLE_WARN] = "\033[33m", [STYLE_BAD] = "\033[31m"};
    return color ? on[style] : "";
}

const char *style_off(bool color, enum style style)
{
    return color && style != STYLE_PLAIN ? "\033[0m" : "";
}

static void print_line(FILE *file, bool color, enum style style, const char *fmt, va_list args)
    ND_PRINTF(4, 0);
static void print_line(FILE *file, bool color, enum style style, const char *fmt, va_list args)
{
    char small[1024];
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, fmt, args);
    struct nd_bytes raw = ND_BYTES(LINE_MAX_BYTES), line = ND_BYTES(4 * (size_t)LINE_MAX_BYTES);
    if (len >= (int)sizeof small) {
        char *room = nd_bytes_room(&raw, (size_t)len + 1);
        if (room && vsnprintf(room, (size_t)len + 1, fmt, again) == len) raw.len = (size_t)len;
    } else {
        nd_bytes_add_str(&raw, small);
    }
    va_end(again);
    nd_text_printable(nd_bytes_view(&raw), &line);
    (void)fprintf(file, "%s%s%s\n", style_on(color, style), line.data ? line.data : "",
                  style_off(color, style));
    (void)fflush(file);
    nd_bytes_release(&raw);
    nd_bytes_release(&line);
}

void screen_say(const struct screen *s, enum style style, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    print_line(s->people, s->people == s->out ? s->out_color : s->color, style, fmt, args);
    va_end(args);
}

void screen_data(const struct screen *s, enum style style, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    print_line(s->out, s->out_color, style, fmt, args);
    va_end(args);
}

void json_line(const struct nd_json *json, struct nd_bytes *out)
{
    struct nd_bytes plain = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(json, &plain);
    struct nd_view v = nd_bytes_view(&plain);
    for (size_t at = 0; at < v.len;) {
        size_t from = at;
        uint32_t c = nd_utf8_next(v, &at);
        if (!nd_is_unsafe(c))
            nd_bytes_add(out, v.data + from, at - from);
        else if (c < 0x10000)
            nd_bytes_addf(out, "\\u%04x", c);
        else
            nd_bytes_addf(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + (c & 0x3FF));
    }
    nd_bytes_add_char(out, '\n');
    nd_bytes_release(&plain);
}

void screen_json(const struct screen *s, const struct nd_json *json)
{
    struct nd_bytes line = ND_BYTES(ND_BYTES_MAX);
    json_line(json, &line);
    (void)fputs(line.data, s->out);
    (void)fflush(s->out);
    nd_bytes_release(&line);
}

void screen_error(const struct screen *s, const struct nd_error *err)
{
    struct screen on_err = *s;
    on_err.people = s->err;
    for (unsigned i = err->notes; i-- > 1;) screen_say(&on_err, STYLE_DIM, "nightdesk: %s", err->note[i]);
    screen_say(&on_err, STYLE_BAD, "nightdesk: %s", err->notes > 0 ? err->note[0] : nd_rc_word(err->rc));
}

bool screen_ask(const struct screen *s, const char *fmt, ...)
{
    char question[512], answer[16];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(question, sizeof question, fmt, args);
    va_end(args);
    struct nd_bytes line = ND_BYTES(4096);
    nd_text_printable(nd_view_of(question), &line);
    (void)fprintf(s->err, "%s [y/N] ", line.data ? line.data : "");
    (void)fflush(s->err);
    nd_bytes_release(&line);
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

unsigned screen_width(void)
{
    struct winsize size = {0};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return WIDTH_DEFAULT;
    return size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col > WIDTH_MAX ? WIDTH_MAX : size.ws_col;
}

static unsigned columns_of(uint32_t c)
{
    return nd_is_mark(c) ? 0 : nd_is_cjk(c) ? 2 : 1;
}

unsigned text_columns(struct nd_view text)
{
    unsigned columns = 0;
    for (size_t at = 0; at < text.len;) columns += columns_of(nd_utf8_next(text, &at));
    return columns;
}

void text_fit(struct nd_bytes *out, struct nd_view text, unsigned columns, bool pad)
{
    struct nd_bytes safe = ND_BYTES(LINE_MAX_BYTES);
    nd_text_printable(nd_view_sub(text, 0, nd_utf8_cut(text, LINE_MAX_BYTES / 4)), &safe);
    struct nd_view v = nd_bytes_view(&safe);
    bool cut = text_columns(v) > columns;
    unsigned room = cut && columns > 0 ? columns - 1 : columns, used = 0;
    for (size_t at = 0; at < v.len;) {
        size_t from = at;
        unsigned wide = columns_of(nd_utf8_next(v, &at));
        if (used + wide > room) break;
        nd_bytes_add(out, v.data + from, at - from);
        used += wide;
    }
    if (cut && columns > 0) {
        nd_bytes_add_str(out, "…");
        used++;
    }
    for (; pad && used < columns; used++) nd_bytes_add_char(out, ' ');
    nd_bytes_release(&safe);
}
