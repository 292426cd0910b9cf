#!/bin/bash
# check.sh [GATE…]: the gates beside the tests, or those named. Each prints one line; all must pass.
#   format       clang-format
#   layers       includes point downwards; each layer links with its own USES alone
#   clang        a second compiler, warnings as errors
#   sanitizers   the unit and contract tests under address + undefined, and the threaded ones under thread
#   analysis     clang-tidy, cppcheck
#   hardening    the flags are in the binaries
#   scripts      shellcheck; man pages: mandoc -Tlint
#   infra        cfn-lint, asl-validator, checkov and our own rules over infra/
#   texts        no machine's path in a committed file
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
failed=0
jobs=$(nproc)
only=$*

gate() { # NAME COMMAND…: runs it quietly, prints its output when it fails
    local name=$1 log=$build-check/$1.log began=$SECONDS
    shift
    [ -z "$only" ] || [[ " $only " = *" $name "* ]] || return 0
    mkdir -p "$build-check"
    if "$@" >"$log" 2>&1; then
        printf 'ok      %-12s %4d s\n' "$name" $((SECONDS - began))
    else
        failed=$((failed + 1))
        printf 'FAILED  %-12s %4d s\n' "$name" $((SECONDS - began))
        tail -n 60 "$log"
    fi
}
sources() { git ls-files 'src/*.c' 'src/*.cpp' 'src/*.h' 'include/*.h' 'pipeline/*.c' 'pipeline/*.h' 'tests/*.c' 'tests/*.h'; }
ours() { git ls-files 'src/*.c' 'pipeline/*.c'; }

format() { sources | xargs clang-format --dry-run --Werror; }
configure() { # DIR ARGS…
    cmake -S . -B "$1" -G Ninja "${@:2}"
}
layers() { configure "$build-test" -DND_TESTS=ON && cmake --build "$build-test" --target layers_check layers_closed; }
clang() { CC=clang CXX=clang++ configure "$build-clang" -DND_TESTS=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo && cmake --build "$build-clang"; }
address() {
    configure "$build-asan" -DND_TESTS=ON -DCMAKE_BUILD_TYPE=Debug -DND_SANITIZE=address,undefined &&
        cmake --build "$build-asan" &&
        ctest --test-dir "$build-asan" -LE 'long|plain' -j "$jobs" --output-on-failure
}
thread() {
    configure "$build-tsan" -DND_TESTS=ON -DCMAKE_BUILD_TYPE=Debug -DND_SANITIZE=thread &&
        cmake --build "$build-tsan" &&
        ctest --test-dir "$build-tsan" -L threads -j "$jobs" --output-on-failure
}
tidy() { ours | xargs -P "$jobs" -n 4 clang-tidy --quiet -p "$build-clang"; }
analysis() {
    cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,portability,performance -j "$jobs" \
        --suppress=missingIncludeSystem --suppress=unknownMacro -I include src pipeline
}
hardening() { tests/support/hardening.sh "$build-test"; }
scripts() {
    git ls-files '*.sh' .ci/run | xargs shellcheck -S warning &&
        for page in docs/man/*.[1-7]; do mandoc -Tlint -Wwarning "$page" || return 1; done
}
infra() { tests/infra/lint.sh "$build-check"; }
texts() { ! git grep -nE '/(work|root|home)/[a-z]|\.\./shared' -- . ':!tests/check.sh' ':!docs/adr' | grep -v '/home/me'; }

gate format format
gate layers layers
gate clang clang
gate tidy tidy
gate cppcheck analysis
gate address address
gate thread thread
gate hardening hardening
gate scripts scripts
gate infra infra
gate texts texts
[ "$failed" = 0 ] && echo "all checks passed" || echo "$failed checks failed"
exit "$failed"
