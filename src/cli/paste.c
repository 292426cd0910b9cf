#include "paste.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include <limits.h>
#include <string.h>
#include <unistd.h>

char *path_from_anywhere(const char *path)
{
    char here[PATH_MAX];
    if (path[0] == '/' || strstr(path, "://") || !getcwd(here, sizeof here)) return nd_strdup(path);
    while (strncmp(path, "./", 2) == 0) path += 2;
    return nd_path_join(here, path);
}

void paste_word(struct nd_bytes *out, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./:,@%";
    if (*word && strspn(word, plain) == strlen(word)) {
        nd_bytes_add_str(out, word);
        return;
    }
    nd_bytes_add_char(out, '\'');
    for (; *word; word++) {
        if (*word == '\'') {
            nd_bytes_add_str(out, "'\\''");
        } else {
            nd_bytes_add_char(out, *word);
        }
    }
    nd_bytes_add_char(out, '\'');
}

/* What a person's own configuration file sets holds for every command anyway. */
static bool is_repeated(const struct cli *cli, enum option_id id)
{
    if (id == OPT_OUT) return cli->out_again;
    enum origin origin = cli->settings.v[id].origin;
    return options[id].flags & OPTION_STAYS && origin != FROM_DEFAULT && origin != FROM_USER_FILE;
}

static void add_option(const struct cli *cli, enum option_id id, struct nd_bytes *line)
{
    const struct option *o = &options[id];
    const char *value = setting_text(&cli->settings, id);
    if (o->kind == OPTION_FLAG) {
        nd_bytes_addf(line, setting_flag(&cli->settings, id) ? " --%s" : " --%s=false", o->name);
        return;
    }
    char *whole =
        o->kind == OPTION_PATH && !strstr(value, "://") ? path_from_anywhere(value) : nd_strdup(value);
    nd_bytes_addf(line, " --%s ", o->name);
    paste_word(line, whole);
    nd_free(whole);
}

static char *command_line(const struct cli *cli, const struct command *command, const char *rest)
{
    struct nd_bytes line = ND_BYTES(ND_BYTES_MAX);
    char *program = strchr(cli->program, '/') ? path_from_anywhere(cli->program) : nd_strdup(cli->program);
    paste_word(&line, program);
    nd_free(program);
    nd_bytes_addf(&line, " %s%s%s", command->name, *rest ? " " : "", rest);
    for (const enum option_id *id = command->uses; *id != OPTION_COUNT; id++) {
        if (is_repeated(cli, *id)) add_option(cli, *id, &line);
    }
    return nd_bytes_take(&line, NULL);
}

char *paste_command(const struct cli *cli, const struct command *command, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *rest = nd_vsprintf(fmt, args), *line = command_line(cli, command, rest);
    va_end(args);
    nd_free(rest);
    return line;
}

void paste_hint(struct cli *cli, const char *label, const struct command *command, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *rest = nd_vsprintf(fmt, args), *line = command_line(cli, command, rest);
    va_end(args);
    cli_hint(cli, "%s: %s", label, line);
    nd_free(rest);
    nd_free(line);
}
