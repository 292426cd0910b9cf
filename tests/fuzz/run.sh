#!/bin/bash
# run.sh SECONDS [TARGET…]: runs all fuzzers, or those named, for so long each, one after the other, in a build folder
# of their own. What is found on the way grows in that folder; an input that ends a fuzzer is printed with its path.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:?usage: run.sh SECONDS [TARGET…]}
shift
build=${BUILD:-build}-fuzz
mkdir -p "$build"
CC=clang CXX=clang++ cmake -S . -B "$build" -G Ninja -DND_TESTS=ON -DND_FUZZ=ON >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls tests/fuzz/corpus)
cmake --build "$build" --target "${targets[@]/#/fuzz_}" | tail -n 1
failed=0
for target in "${targets[@]}"; do
    found=$build/found/$target log=$build/found/$target.log
    mkdir -p "$found"
    status=0
    "$build/fuzzers/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
        -print_final_stats=1 -artifact_prefix="$found-" "$found" "tests/fuzz/corpus/$target" >"$log" 2>&1 || status=$?
    printf '%-16s %10s inputs  %s\n' "$target" "$(awk '/number_of_executed_units/ { print $2 }' "$log")" \
        "$([ "$status" = 0 ] && echo ok || grep -m 1 -E 'does not hold|ERROR|SUMMARY' "$log" || echo "status $status")"
    [ "$status" = 0 ] || { failed=$((failed + 1)); grep -h 'Test unit written' "$log" || true; }
done
[ "$failed" = 0 ]
