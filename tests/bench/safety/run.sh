#!/bin/bash
# run.sh BUILD [DOCS]: planted items of every kind, look-alikes, and what is found in the real PDFs (fetched unless DOCS is given).
set -euo pipefail
build=$1
root=$(cd "$(dirname "$0")/../../.." && pwd)
[ $# -ge 2 ] || "$root/tests/corpus/fetch.sh" "$build/corpus" pdf
cmake --build "$build" --target held nightdesk-read >/dev/null
exec python3 "$(dirname "$0")/planted.py" --build "$build" --docs "${2:-$build/corpus/pdf}" --strict --show 5
