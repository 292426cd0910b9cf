#!/bin/bash
# run.sh BUILD [DOCS]: the verifier on 10,000 mutations of the real PDFs (fetched unless DOCS is given). With ND_JUDGE=N and
# a server at OPENAI_BASE_URL (tests/support/llama.sh) a small model judges N of each kind.
set -euo pipefail
build=$1
root=$(cd "$(dirname "$0")/../../.." && pwd)
[ $# -ge 2 ] || "$root/tests/corpus/fetch.sh" "$build/corpus" pdf
cmake --build "$build" --target held nightdesk-read >/dev/null
exec python3 "$(dirname "$0")/verifier.py" --build "$build" --docs "${2:-$build/corpus/pdf}" --mutants 10000 --strict --judge "${ND_JUDGE:-0}"
