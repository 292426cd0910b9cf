#include "help.h"

/* One case branch: the words after an option with a closed list, or file names after one that takes a path.
 */
static void value_cases(struct nd_bytes *out)
{
    nd_bytes_add_str(out, "    case $prev in\n");
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option *o = &options[id];
        bool again = false;
        for (enum option_id before = 0; before < id; before++)
            again = again || options[before].name == o->name;
        if (again || o->kind == OPTION_FLAG) continue;
        nd_bytes_addf(out, "    --%s) ", o->name);
        if (o->words) {
            nd_bytes_add_str(out, "mapfile -t COMPREPLY < <(compgen -W '");
            for (size_t i = 0; o->words[i]; i++) nd_bytes_addf(out, "%s%s", i ? " " : "", o->words[i]);
            nd_bytes_add_str(out, "' -- \"$cur\"); return ;;\n");
        } else if (o->kind == OPTION_PATH) {
            nd_bytes_add_str(out, "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n");
        } else {
            nd_bytes_add_str(out, "COMPREPLY=(); return ;;\n");
        }
    }
    nd_bytes_add_str(out, "    esac\n");
}

void completion_bash(struct nd_bytes *out)
{
    nd_bytes_add_str(out, "# bash completion of nightdesk, made by 'nightdesk help --completion bash'\n"
                          "_nightdesk() {\n"
                          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
                          "    COMPREPLY=()\n"
                          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                          "        mapfile -t COMPREPLY < <(compgen -W '");
    for (const struct command *const *c = commands; *c; c++) nd_bytes_addf(out, "%s ", (*c)->name);
    nd_bytes_add_str(out, "--help --version' -- \"$cur\")\n        return\n    fi\n");
    value_cases(out);
    nd_bytes_add_str(out, "    case ${COMP_WORDS[1]} in\n");
    for (const struct command *const *c = commands; *c; c++) {
        nd_bytes_addf(out, "    %s) words='", (*c)->name);
        for (enum option_id id = 0; id < OPTION_COUNT; id++) {
            if (command_takes(*c, id)) nd_bytes_addf(out, "--%s ", options[id].name);
        }
        nd_bytes_add_str(out, "' ;;\n");
    }
    nd_bytes_add_str(out, "    esac\n"
                          "    if [[ $cur == -* ]]; then\n"
                          "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                          "    else\n"
                          "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                          "    fi\n"
                          "}\n"
                          "complete -o filenames -F _nightdesk nightdesk\n");
}
