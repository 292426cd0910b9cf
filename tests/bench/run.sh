#!/bin/bash
# run.sh: every bench, one after the other. Each folder here with a run.sh is one.
set -euo pipefail
cd "$(dirname "$0")/../.."
for bench in tests/bench/*/run.sh; do
  echo "== $bench"
  "$bench" "$PWD/${BUILD:-build}-test"
done
