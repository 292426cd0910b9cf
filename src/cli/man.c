/* Man pages in mdoc(7). The date is fixed: the pages are kept in the repository and a test compares them. */
#include "help.h"
#include <string.h>

#define MAN_DATE "November 24, 2026"

/* Appends text so that mandoc prints it as it is: no macro at a line's start, backslashes and quotes escaped.
 */
static void literal(struct nd_bytes *out, const char *text)
{
    for (bool start = true; *text; text++) {
        if (start && (*text == '.' || *text == '\'')) nd_bytes_add_str(out, "\\&");
        start = *text == '\n';
        if (*text == '\\') {
            nd_bytes_add_str(out, "\\e");
        } else if (*text == '"') {
            nd_bytes_add_str(out, "\\(dq");
        } else if (*text == '-') {
            nd_bytes_add_str(out, "\\-");
        } else if (strncmp(text, "…", 3) == 0) {
            nd_bytes_add_str(out, "...");
            text += 2;
        } else {
            nd_bytes_add_char(out, *text);
        }
    }
}

/* A macro line: `.It text`, with the text literal. */
static void macro(struct nd_bytes *out, const char *name, const char *text)
{
    nd_bytes_addf(out, ".%s ", name);
    literal(out, text);
    nd_bytes_add_char(out, '\n');
}

/* Prose: a new sentence on a new line, a new paragraph after a blank one. */
static void paragraphs(struct nd_bytes *out, const char *text)
{
    struct nd_bytes sentence = ND_BYTES(ND_MIB);
    for (; *text; text++) {
        bool paragraph = text[0] == '\n' && text[1] == '\n';
        bool sentence_ends = text[0] == ' ' && sentence.len > 0 && sentence.data[sentence.len - 1] == '.';
        if (!paragraph && !sentence_ends) {
            nd_bytes_add_char(&sentence, *text);
            continue;
        }
        literal(out, sentence.data);
        nd_bytes_add_str(out, paragraph ? "\n.Pp\n" : "\n");
        nd_bytes_clear(&sentence);
        text += paragraph;
    }
    literal(out, sentence.len > 0 ? sentence.data : "");
    bool ended = sentence.len > 0 && sentence.data[sentence.len - 1] == '.';
    nd_bytes_add_str(out, ended ? "\n" : ".\n");
    nd_bytes_release(&sentence);
}

static void head(struct nd_bytes *out, const char *page, const char *section, const char *summary)
{
    nd_bytes_addf(out, ".\\\" made by 'nightdesk help --man': edit the tables in src/cli, not this file\n");
    nd_bytes_addf(out, ".Dd %s\n.Dt %s %s\n.Os\n.Sh NAME\n.Nm %s\n", MAN_DATE, page, section, page);
    macro(out, "Nd", summary);
}

static void option_item(struct nd_bytes *out, const struct option *o)
{
    nd_bytes_add_str(out, ".It Fl ");
    if (o->letter) nd_bytes_addf(out, "%c , Fl ", o->letter);
    nd_bytes_add_str(out, "\\-");
    literal(out, o->name);
    if (o->value) nd_bytes_addf(out, " Ar %s", o->value);
    nd_bytes_add_char(out, '\n');
    literal(out, o->help);
    nd_bytes_add_str(out, ".\n");
    if (o->words) {
        nd_bytes_add_str(out, "One of");
        for (size_t i = 0; o->words[i]; i++) {
            nd_bytes_add_str(out, i ? ", " : " ");
            literal(out, o->words[i]);
        }
        nd_bytes_add_str(out, ".\n");
    }
    if (o->fallback) {
        nd_bytes_add_str(out, "Default: ");
        literal(out, o->fallback);
        nd_bytes_add_str(out, ".\n");
    }
    if (o->flags & OPTION_MANY) nd_bytes_add_str(out, "May be repeated.\n");
}

static void exit_statuses(struct nd_bytes *out)
{
    nd_bytes_add_str(out, ".Sh EXIT STATUS\n.Bl -tag -width Ds\n");
    for (const struct exit_meaning *e = exit_meanings; e->meaning; e++) {
        nd_bytes_addf(out, ".It %d\n", (int)e->status);
        literal(out, e->meaning);
        nd_bytes_add_str(out, ".\n");
    }
    nd_bytes_add_str(out, ".El\n");
}

/* the commands' pages in the order of the alphabet */
static void see_also(struct nd_bytes *out)
{
    nd_bytes_add_str(out, ".Sh SEE ALSO\n");
    for (const char *last = "";;) {
        const char *next = NULL;
        for (const struct command *const *c = commands; *c; c++) {
            const char *name = (*c)->name;
            if (strcmp(name, last) > 0 && (!next || strcmp(name, next) < 0)) next = name;
        }
        if (!next) break;
        nd_bytes_addf(out, ".Xr nightdesk-%s 1 ,\n", next);
        last = next;
    }
}

static void overview(struct nd_bytes *out)
{
    head(out, "nightdesk", "1", "cited research reports from your documents, never lost, never over budget");
    nd_bytes_add_str(
        out,
        ".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar argument ...\n.Op Ar option ...\n.Sh DESCRIPTION\n"
        "A run works on one request in four phases: research, draft, synthesize and fact\\-check.\n"
        "Every step is recorded before the next begins, so a run that was killed, interrupted or stopped\n"
        "at a limit goes on exactly where it was.\n"
        "Every quote of the report is checked against its document by program.\n"
        ".Bl -tag -width Ds\n");
    for (const struct command *const *c = commands; *c; c++) {
        nd_bytes_addf(out, ".It Cm %s\n", (*c)->name);
        literal(out, (*c)->summary);
        nd_bytes_add_str(out, ".\n");
    }
    nd_bytes_add_str(out, ".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n");
    for (const struct variable *v = environment_variables; v->name; v++) {
        macro(out, "It", v->name);
        literal(out, v->meaning);
        nd_bytes_add_str(out, ".\n");
    }
    nd_bytes_add_str(out, ".El\n");
    exit_statuses(out);
    see_also(out);
    nd_bytes_add_str(out, ".Xr nightdesk.conf 5\n");
}

void man_page(const struct command *command, struct nd_bytes *out)
{
    if (!command) {
        overview(out);
        return;
    }
    char page[64];
    (void)snprintf(page, sizeof page, "nightdesk-%s", command->name);
    head(out, page, "1", command->summary);
    nd_bytes_addf(out, ".Sh SYNOPSIS\n.Nm nightdesk %s\n", command->name);
    if (*command->args) macro(out, "Ar", command->args);
    nd_bytes_add_str(out, ".Op Ar option ...\n.Sh DESCRIPTION\n");
    paragraphs(out, *command->about ? command->about : command->summary);
    nd_bytes_add_str(out, ".Bl -tag -width Ds\n");
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (command_takes(command, id)) option_item(out, &options[id]);
    }
    nd_bytes_add_str(out, ".El\n.Sh EXIT STATUS\nSee\n.Xr nightdesk 1 .\n.Sh EXAMPLES\n");
    for (const char *const *e = command->examples; *e; e += 2) {
        if (e != command->examples) nd_bytes_add_str(out, ".Pp\n");
        literal(out, e[0]);
        nd_bytes_add_str(out, ":\n.Pp\n.Dl ");
        literal(out, e[1]);
        nd_bytes_add_char(out, '\n');
    }
    nd_bytes_add_str(out, ".Sh SEE ALSO\n.Xr nightdesk 1 ,\n.Xr nightdesk.conf 5\n");
}

void man_conf(struct nd_bytes *out)
{
    head(out, "nightdesk.conf", "5", "settings of nightdesk");
    nd_bytes_add_str(
        out,
        ".Sh DESCRIPTION\n"
        "Settings are taken, strongest first, from the command line, from environment variables, from\n"
        ".Pa ./nightdesk.conf ,\nfrom\n.Pa $XDG_CONFIG_HOME/nightdesk/config\n"
        "(or\n.Pa ~/.config/nightdesk/config ) ,\nand from the defaults below.\n"
        "A file has lines of the form\n.Dl name = value\nand comments that begin with #.\n"
        "A setting that takes several values has a line for each.\n"
        "A variable is named after its setting:\n"
        ".Ev NIGHTDESK_MAX_TOOL_CALLS\nsets max\\-tool\\-calls; several values stand on lines of their own.\n"
        ".Pp\nA file\n.Pa ./nightdesk.conf\nmust belong to you or to root and must not be writable by "
        "everybody.\n"
        "It may not set what is marked\n.Sq not from ./nightdesk.conf ,\n"
        "so that a folder from elsewhere cannot make nightdesk run a program or tell somebody.\n"
        ".Bl -tag -width Ds\n");
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option *o = &options[id];
        if (o->flags & OPTION_HERE) continue;
        nd_bytes_add_str(out, ".It Ic ");
        literal(out, o->name);
        nd_bytes_addf(out, " No = Ar %s\n", o->value ? o->value : "true | false");
        literal(out, o->help);
        nd_bytes_add_str(out, ".\n");
        if (o->fallback) {
            nd_bytes_add_str(out, "Default: ");
            literal(out, o->fallback);
            nd_bytes_add_str(out, ".\n");
        }
        if (o->flags & OPTION_TRUSTED) nd_bytes_add_str(out, "Not from ./nightdesk.conf.\n");
    }
    nd_bytes_add_str(
        out, ".El\n.Sh EXAMPLES\n.Bd -literal -offset indent\n# a small ceiling and a place of its own\n"
             "budget = 2.50\nstore = /srv/nightdesk\nexclude = **/drafts/**\nexclude = *.bak\n.Ed\n"
             ".Sh SEE ALSO\n.Xr nightdesk 1\n");
}
