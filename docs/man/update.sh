#!/bin/sh
# update.sh NIGHTDESK: makes the man pages and the shell completion anew from the program's own tables.
set -eu
program=$1
here=$(dirname "$0")
for command in $("$program" help | sed -n '/^Commands:/,/^Exit/s/^  \([a-z]*\)  *[a-z].*/\1/p'); do
    "$program" help --man "$command" >"$here/nightdesk-$command.1"
done
"$program" help --man >"$here/nightdesk.1"
"$program" help --man nightdesk.conf >"$here/nightdesk.conf.5"
"$program" help --completion bash >"$here/../completion/nightdesk.bash"
