#!/bin/bash
# run.sh BUILD TEST.py [ARGS…]: a test over the local AWS (tests/infra/emulator), whose packages are installed once under BUILD.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$1/infra-emulator
mkdir -p "$tools"
exec 9>"$tools/lock"
flock 9
if ! cmp -s "$here/emulator/requirements.txt" "$tools/requirements.txt"; then
    python3 -m venv "$tools/venv"
    "$tools/venv/bin/pip" install -q --disable-pip-version-check -r "$here/emulator/requirements.txt"
    cp "$here/emulator/requirements.txt" "$tools/"
fi
flock -u 9
ND_BUILD=$1 exec "$tools/venv/bin/python" "$here/$2" "${@:3}"
