#!/bin/bash
# run.sh [BUILD [FOLDER [ROUNDS]]]: reading the PDFs of a folder (the development corpus by default) beside pdftotext.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=${1:-$root/build-test}
folder=${2:-$build/corpus/pdf}
cmake -S "$root" -B "$build" -G Ninja -DND_TESTS=ON >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
cmake --build "$build" --target read_documents nightdesk-read >/dev/null
[ $# -ge 2 ] || "$root/tests/corpus/fetch.sh" "$build/corpus" pdf
exec python3 "$here/run.py" "$build" "$folder" "${3:-3}"
