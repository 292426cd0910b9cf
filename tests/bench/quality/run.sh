#!/bin/bash
# run.sh BUILD [PDFS [OPTION…]]: facts found, recall and pages seen for the questions of tests/corpus (PDFs are fetched unless given).
# The model's row is a small real model's (smollm2-135m, tests/support/llama.sh) unless $ND_QUALITY_MODEL names another of
# llama.sh's, "openai:NAME" at $OPENAI_BASE_URL, or "none". OPTIONs go to quality.py, which explains them.
set -euo pipefail
build=$1
root=$(cd "$(dirname "$0")/../../.." && pwd)
[ $# -ge 2 ] || "$root/tests/corpus/fetch.sh" "$build/corpus" pdf
cmake --build "$build" --target nightdesk nightdesk-read index_recall >/dev/null
exec python3 "$(dirname "$0")/quality.py" --build "$build" --docs "${2:-$build/corpus/pdf}" --model "${ND_QUALITY_MODEL:-smollm2-135m}" "${@:3}"
