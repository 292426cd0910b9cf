#!/bin/bash
# hardening.sh BUILD: the programs are position independent, with RELRO, BIND_NOW, no executable stack, fortified calls.
set -euo pipefail
for program in "$1/nightdesk" "$1/nightdesk-read"; do
    headers=$(readelf -W -d -l -h "$program")
    want() { grep -Eq "$2" <<<"$headers" || { echo "$program: $1 is missing"; exit 1; }; }
    want "PIE" 'Type: +DYN'
    want "BIND_NOW" 'NOW'
    want "RELRO" 'GNU_RELRO'
    if grep -Eq 'GNU_STACK.*RWE' <<<"$headers"; then
        echo "$program: executable stack"
        exit 1
    fi
    nm -D "$program" | grep '_chk' >/dev/null || { echo "$program: no fortified calls"; exit 1; }
done
# the main program starts without poppler: only the helper that is GPL as built links it
if readelf -d "$1/nightdesk" | grep -i poppler >/dev/null; then
    echo "$1/nightdesk links poppler"
    exit 1
fi
