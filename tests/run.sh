#!/bin/bash
# run.sh test|all: builds with the tests and runs them; prints what failed, what was skipped and the count of tests.
# In CI (CI=true) a skipped test is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
tier=${1:-test}
build=${BUILD:-build}-test
cmake -S . -B "$build" -G Ninja -DND_TESTS=ON ${CMAKE_ARGS:-} >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
cmake --build "$build" 2>&1 | tail -n 3
labels=(-LE long)
[ "$tier" = all ] && labels=()
status=0
ctest --test-dir "$build" "${labels[@]}" --output-on-failure -V >"$build/ctest.log" 2>&1 || status=$?
exec python3 tests/support/tally.py "$build/ctest.log" "$status"
