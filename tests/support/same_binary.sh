#!/bin/bash
# same_binary.sh: builds the program in two folders of different names and compares the sha256 of what is installed.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in one another/deeper; do
    mkdir -p "$work/$name"
    git -C "$root" archive HEAD | tar -x -C "$work/$name"
    cmake -S "$work/$name" -B "$work/$name/build" -G Ninja -DND_TESTS=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
    cmake --build "$work/$name/build" --target nightdesk nightdesk-read >/dev/null
    (cd "$work/$name/build" && sha256sum nightdesk nightdesk-read) >"$work/${name%%/*}.sums"
done
cat "$work/one.sums"
if cmp "$work/one.sums" "$work/another.sums"; then
    echo "1 passed, 0 failed"
else
    cat "$work/another.sums"
    echo "0 passed, 1 failed"
    exit 1
fi
