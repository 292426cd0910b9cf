#include "settings.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/host.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/suggest.h"
#include "screen.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIABLE_PREFIX "NIGHTDESK_"
enum { CONFIG_MAX_BYTES = 256 << 10, VARIABLE_BYTES = 80 };

void settings_init(struct settings *s, const char *command, const enum option_id *uses)
{
    *s = (struct settings){.command = command};
    for (; *uses != OPTION_COUNT; uses++) s->v[*uses].taken = s->v[*uses].read = true;
}

void settings_read_all(struct settings *s)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) s->v[id].read = true;
}

void settings_release(struct settings *s)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) nd_strings_release(&s->v[i].values);
    nd_strings_release(&s->args);
    nd_strings_release(&s->unused);
}

/* ---- one value ---- */

static bool flag_value(const char *text, bool *out)
{
    static const char *const yes[] = {"true", "yes", "on", "1"}, *const no[] = {"false", "no", "off", "0"};
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
            *out = strcmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

/* The number that a value of one of the counting kinds stands for. */
static bool number_value(const struct option *o, const char *text, int64_t *out)
{
    struct nd_view v = nd_view_of(text);
    switch (o->kind) {
    case OPTION_MONEY:
        return nd_money_parse(v, out) && *out <= INT64_C(1000000) * ND_MICROUSD;
    case OPTION_TIME:
        return nd_time_parse(text, out, NULL) == ND_OK;
    case OPTION_PERCENT:
        if (nd_view_ends(v, "%")) v.len--;
        return nd_view_int(v, out) && *out >= o->min && *out <= o->max;
    default:
        return nd_view_int(v, out) && *out >= o->min && *out <= o->max;
    }
}

static enum nd_rc wrong_word(const struct option *o, const char *where, const char *text, enum nd_rc rc,
                             struct nd_error *err)
{
    struct nd_suggestion near = nd_suggestion_for(text);
    struct nd_bytes list = ND_BYTES(240);
    for (size_t i = 0; o->words[i]; i++) {
        nd_suggest(&near, o->words[i]);
        nd_bytes_addf(&list, "%s%s", i ? ", " : "", o->words[i]);
    }
    (void)nd_fail(err, rc, "'%s' is '%.60s', wanted %s%s", where, text, list.data,
                  near.best ? "; did you mean " : "");
    if (near.best && err) {
        size_t len = strlen(err->note[0]);
        (void)snprintf(err->note[0] + len, sizeof err->note[0] - len, "'%s'?", near.best);
    }
    nd_bytes_release(&list);
    return rc;
}

static enum nd_rc check_word(const struct option *o, const char *where, const char *text, enum nd_rc rc,
                             struct nd_error *err)
{
    for (size_t i = 0; o->words[i]; i++) {
        if (strcmp(text, o->words[i]) == 0) return ND_OK;
    }
    return wrong_word(o, where, text, rc, err);
}

static enum nd_rc check_words(const struct option *o, const char *where, const char *text, enum nd_rc bad,
                              struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK) {
        size_t len = strcspn(text, ",");
        char *word = nd_view_dup(nd_view_trim((struct nd_view){text, len}));
        rc = check_word(o, where, word, bad, err);
        nd_free(word);
        if (text[len] == '\0') break;
        text += len + 1;
    }
    return rc;
}

static void add_words(struct setting *set, const char *text)
{
    for (;;) {
        size_t len = strcspn(text, ",");
        char *word = nd_view_dup(nd_view_trim((struct nd_view){text, len}));
        nd_strings_add(&set->values, word);
        nd_free(word);
        if (text[len] == '\0') break;
        text += len + 1;
    }
}

static enum nd_rc wrong_number(const struct option *o, const char *where, const char *text, enum nd_rc rc,
                               struct nd_error *err)
{
    switch (o->kind) {
    case OPTION_MONEY:
        return nd_fail(err, rc, "'%s' is '%.60s', wanted dollars with at most 6 decimals, like 5 or 2.50",
                       where, text);
    case OPTION_TIME:
        return nd_fail(err, rc, "'%s' is '%.60s', wanted a time like 2026-11-24T06:00:00Z", where, text);
    case OPTION_PERCENT:
        return nd_fail(err, rc, "'%s' is '%.60s', wanted a whole percentage from 0 to 100, like 10%%", where,
                       text);
    default:
        return nd_fail(err, rc, "'%s' is '%.60s', wanted a whole number from %lld to %lld", where, text,
                       (long long)o->min, (long long)o->max);
    }
}

static enum nd_rc check_text(const char *where, const char *text, enum nd_rc bad, struct nd_error *err)
{
    if (*text == '\0') return nd_fail(err, bad, "'%s' is empty", where);
    if (!nd_utf8_valid(nd_view_of(text))) return nd_fail(err, bad, "'%s' is not UTF-8: '%.60s'", where, text);
    return ND_OK;
}

static enum nd_rc check_value(const struct option *o, const char *where, const char *text, enum nd_rc bad,
                              struct nd_error *err)
{
    bool flag = false;
    int64_t number = 0;
    switch (o->kind) {
    case OPTION_FLAG:
        if (flag_value(text, &flag)) return ND_OK;
        return nd_fail(err, bad, "'%s' is '%.60s', wanted true or false", where, text);
    case OPTION_TEXT:
    case OPTION_PATH:
        return check_text(where, text, bad, err);
    case OPTION_WORD:
        return check_word(o, where, text, bad, err);
    case OPTION_WORDS:
        return check_words(o, where, text, bad, err);
    case OPTION_NUMBER:
    case OPTION_MONEY:
    case OPTION_PERCENT:
    case OPTION_TIME:
        break;
    }
    return number_value(o, text, &number) ? ND_OK : wrong_number(o, where, text, bad, err);
}

/* Sets or adds a value. One that a stronger origin has set already is checked all the same. */
static enum nd_rc set_value(struct settings *s, enum option_id id, enum origin origin, const char *where,
                            const char *text, struct nd_error *err)
{
    const struct option *o = &options[id];
    struct setting *set = &s->v[id];
    enum nd_rc rc = check_value(o, where, text, origin == FROM_COMMAND_LINE ? ND_BAD_INPUT : ND_CONFIG, err);
    if (rc != ND_OK || set->origin > origin) return rc;
    if (set->origin < origin || !(o->flags & OPTION_MANY)) nd_strings_release(&set->values);
    set->origin = origin;
    (void)snprintf(set->where, sizeof set->where, "%s", where);
    if (o->kind == OPTION_WORDS) {
        add_words(set, text);
    } else {
        nd_strings_add(&set->values, text);
    }
    return ND_OK;
}

/* ---- the command line ---- */

static enum option_id find_taken(const struct settings *s, struct nd_view name)
{
    enum option_id id = 0;
    while (id < OPTION_COUNT && !(s->v[id].taken && nd_view_is(name, options[id].name))) id++;
    return id;
}

static enum nd_rc unknown_option(const struct settings *s, const char *arg, struct nd_view name,
                                 struct nd_error *err)
{
    char *written = nd_view_dup(name);
    struct nd_suggestion near = nd_suggestion_for(written);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (s->v[i].taken) nd_suggest(&near, options[i].name);
    }
    enum nd_rc rc = near.best
                        ? nd_fail(err, ND_BAD_INPUT, "'%.60s' is not an option of '%s'; did you mean '--%s'?",
                                  arg, s->command, near.best)
                        : nd_fail(err, ND_BAD_INPUT, "'%.60s' is not an option of '%s'", arg, s->command);
    nd_free(written);
    return rc;
}

static enum nd_rc short_option(struct settings *s, const char *arg, struct nd_error *err)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (s->v[id].taken && options[id].letter == arg[1] && arg[2] == '\0') {
            return set_value(s, id, FROM_COMMAND_LINE, arg, "true", err);
        }
    }
    return unknown_option(s, arg, nd_view_of(arg + 1), err);
}

enum nd_rc settings_from_args(struct settings *s, int argc, char *const *argv, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    bool only_args = false;
    for (int i = 0; i < argc && rc == ND_OK; i++) {
        const char *arg = argv[i];
        if (only_args || arg[0] != '-' || arg[1] == '\0') {
            nd_strings_add(&s->args, arg);
        } else if (strcmp(arg, "--") == 0) {
            only_args = true;
        } else if (arg[1] != '-') {
            rc = short_option(s, arg, err);
        } else {
            struct nd_view name = {arg + 2, strcspn(arg + 2, "=")};
            const char *value = name.data[name.len] == '=' ? name.data + name.len + 1 : NULL;
            enum option_id id = find_taken(s, name);
            if (id == OPTION_COUNT) return unknown_option(s, arg, name, err);
            char where[80];
            (void)snprintf(where, sizeof where, "--%s", options[id].name);
            if (!value && options[id].kind == OPTION_FLAG) value = "true";
            if (!value && i + 1 < argc) value = argv[++i];
            if (!value)
                return nd_fail(err, ND_BAD_INPUT, "'%s' needs a value: %s %s", where, where,
                               options[id].value);
            rc = set_value(s, id, FROM_COMMAND_LINE, where, value, err);
        }
    }
    return rc;
}

/* ---- the environment ---- */

/* sets each line of text: several values of one option stand on lines of their own */
static enum nd_rc set_lines(struct settings *s, enum option_id id, enum origin origin, const char *where,
                            const char *text, struct nd_error *err)
{
    bool many = options[id].flags & OPTION_MANY;
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK) {
        size_t len = many ? strcspn(text, "\n") : strlen(text);
        char *value = nd_strndup(text, len);
        if (!many || len > 0) rc = set_value(s, id, origin, where, value, err);
        nd_free(value);
        if (text[len] == '\0') break;
        text += len + 1;
    }
    return rc;
}

/* "NIGHTDESK_MAX_STEPS" */
static void variable_name(const char *option, char name[VARIABLE_BYTES])
{
    (void)snprintf(name, VARIABLE_BYTES, VARIABLE_PREFIX "%s", option);
    for (char *c = name; *c; c++) *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

/* The option that a variable's name is made of, if there is such an option. */
static char *option_of_variable(const char *variable)
{
    const char *name = variable + sizeof VARIABLE_PREFIX - 1;
    char *option = nd_strndup(name, strcspn(name, "="));
    for (char *c = option; *c; c++) *c = *c == '_' ? '-' : (char)tolower((unsigned char)*c);
    return option;
}

/* A variable that sets nothing here, though it looks as if it should, is told. */
static void look_at_variable(struct settings *s, const char *variable)
{
    char *written = option_of_variable(variable), *line = NULL, name[VARIABLE_BYTES];
    struct nd_suggestion near = nd_suggestion_for(written);
    bool known = false, settable = false, taken = false;
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        bool here_only = options[id].flags & OPTION_HERE;
        bool same = strcmp(options[id].name, written) == 0;
        known = known || same;
        settable = settable || (same && !here_only);
        taken = taken || (same && s->v[id].taken);
        if (!here_only) nd_suggest(&near, options[id].name);
    }
    int len = (int)strcspn(variable, "=");
    if (!known && near.best) {
        variable_name(near.best, name);
        line = nd_sprintf("'%.*s' sets nothing; did you mean '%s'?", len, variable, name);
    } else if (!known) {
        line = nd_sprintf("'%.*s' sets nothing: no option has this name", len, variable);
    } else if (!settable && taken) {
        line =
            nd_sprintf("'%.*s' sets nothing: --%s counts on the command line only", len, variable, written);
    }
    if (line) nd_strings_add(&s->unused, line);
    nd_free(line);
    nd_free(written);
}

enum nd_rc settings_from_environment(struct settings *s, char *const *environment, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    s->environment = environment;
    for (enum option_id id = 0; id < OPTION_COUNT && rc == ND_OK; id++) {
        char name[VARIABLE_BYTES];
        if (!s->v[id].read || options[id].flags & OPTION_HERE) continue;
        variable_name(options[id].name, name);
        const char *value = environment_get(environment, name);
        if (value) rc = set_lines(s, id, FROM_ENVIRONMENT, name, value, err);
    }
    for (char *const *e = environment; e && *e && rc == ND_OK; e++) {
        if (strncmp(*e, VARIABLE_PREFIX, sizeof VARIABLE_PREFIX - 1) == 0) look_at_variable(s, *e);
    }
    return rc;
}

/* ---- configuration files ---- */

static enum nd_rc set_from_line(struct settings *s, struct nd_view line, enum origin origin,
                                const char *where, struct nd_error *err)
{
    size_t equals = nd_view_find(line, ND_VIEW("="), 0);
    if (equals == SIZE_MAX) return nd_fail(err, ND_CONFIG, "%s: wanted a line like 'budget = 2.50'", where);
    struct nd_view name = nd_view_trim(nd_view_sub(line, 0, equals));
    char *written = nd_view_dup(name),
         *value = nd_view_dup(nd_view_trim(nd_view_sub(line, equals + 1, line.len)));
    struct nd_suggestion near = nd_suggestion_for(written);
    enum nd_rc rc = ND_OK;
    bool known = false;
    for (enum option_id id = 0; id < OPTION_COUNT && rc == ND_OK; id++) {
        const struct option *o = &options[id];
        if (o->flags & OPTION_HERE) continue;
        nd_suggest(&near, o->name);
        if (!nd_view_is(name, o->name)) continue;
        known = true;
        if (origin == FROM_PROJECT_FILE && o->flags & OPTION_TRUSTED) {
            rc = nd_fail(err, ND_CONFIG,
                         "%s: '%s' may not come from a project's file; set it in your own config file", where,
                         o->name);
        } else if (s->v[id].read) {
            rc = set_value(s, id, origin, where, value, err);
        }
    }
    if (rc == ND_OK && !known) {
        rc = nd_fail(err, ND_CONFIG, "%s: '%.60s' is not a setting%s%s%s", where, written,
                     near.best ? "; did you mean '" : "", near.best ? near.best : "", near.best ? "'?" : "");
    }
    nd_free(written);
    nd_free(value);
    return rc;
}

/* A folder may have come from elsewhere: its file counts only when nobody else can have put it there. */
static enum nd_rc check_owner(const char *path, struct nd_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) return nd_fail(err, ND_CONFIG, "'%s' cannot be looked at", path);
    if ((st.st_uid != geteuid() && st.st_uid != 0) || st.st_mode & S_IWOTH) {
        return nd_fail(err, ND_CONFIG, "'%s' belongs to somebody else or can be written by anybody: not used",
                       path);
    }
    return ND_OK;
}

enum nd_rc settings_from_file(struct settings *s, const char *path, enum origin origin, struct nd_error *err)
{
    if (!nd_file_exists(path)) return ND_OK;
    enum nd_rc rc = origin == FROM_PROJECT_FILE ? check_owner(path, err) : ND_OK;
    struct nd_bytes text = ND_BYTES(CONFIG_MAX_BYTES);
    if (rc == ND_OK && nd_file_read(path, &text, err) != ND_OK) {
        nd_error_clear(err);
        rc = nd_fail(err, ND_CONFIG, "configuration '%s' cannot be read, or has more than %d bytes", path,
                     CONFIG_MAX_BYTES);
    }
    struct nd_view rest = nd_bytes_view(&text);
    for (unsigned number = 1; rc == ND_OK && rest.len > 0; number++) {
        size_t end = nd_view_find(rest, ND_VIEW("\n"), 0);
        struct nd_view line = nd_view_trim(nd_view_sub(rest, 0, end == SIZE_MAX ? rest.len : end));
        rest = nd_view_sub(rest, end == SIZE_MAX ? rest.len : end + 1, rest.len);
        char where[160];
        (void)snprintf(where, sizeof where, "%s:%u", path, number);
        if (line.len > 0 && line.data[0] != '#') rc = set_from_line(s, line, origin, where, err);
    }
    nd_bytes_release(&text);
    return rc;
}

/* ---- reading ---- */

const char *setting_text(const struct settings *s, enum option_id id)
{
    const struct nd_strings *values = &s->v[id].values;
    return values->n > 0 ? values->v[values->n - 1] : options[id].fallback;
}

const struct nd_strings *setting_texts(const struct settings *s, enum option_id id)
{
    return &s->v[id].values;
}

bool setting_flag(const struct settings *s, enum option_id id)
{
    bool value = false;
    const char *text = setting_text(s, id);
    return text && flag_value(text, &value) && value;
}

int64_t setting_number(const struct settings *s, enum option_id id, int64_t otherwise)
{
    int64_t value = otherwise;
    const char *text = setting_text(s, id);
    return text && number_value(&options[id], text, &value) ? value : otherwise;
}

bool setting_given(const struct settings *s, enum option_id id)
{
    return s->v[id].origin != FROM_DEFAULT;
}

const char *origin_word(enum origin origin)
{
    static const char *const words[] = {"default", "your config file", "./nightdesk.conf", "environment",
                                        "command line"};
    return words[origin];
}
