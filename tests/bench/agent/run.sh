#!/bin/bash
# run.sh BUILD [PDFS [RUNS]]: beside.py over PDFs (fetched unless given), with gpt-researcher in an environment of its own under BUILD
# when there is a Python 3.12 (1.4 GB, once).
set -euo pipefail
build=$1 here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
[ $# -ge 2 ] || "$root/tests/corpus/fetch.sh" "$build/corpus" pdf
cmake --build "$build" --target nightdesk nightdesk-read >/dev/null
peer=$build/bench-peer
if command -v python3.12 >/dev/null && [ ! -e "$peer/ready" ]; then
    python3.12 -m venv "$peer"
    "$peer/bin/pip" install -q --disable-pip-version-check gpt-researcher==0.16.1
    touch "$peer/ready"
fi
peers=()
[ ! -e "$peer/ready" ] || peers=(--peer "$peer/bin/python")
exec python3 "$here/beside.py" --build "$build" --docs "${2:-$build/corpus/pdf}" --runs "${3:-3}" "${peers[@]}"
