#!/bin/bash
# run.sh [BUILD [run.py's options]]: the store bench with a text that every Debian has, the peers in BUILD/store-peers.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=${1:-$root/build-test}
shift || true
cmake -S "$root" -B "$build" -G Ninja -DND_TESTS=ON >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
cmake --build "$build" --target bench_store >/dev/null
work=$build/store-bench
mkdir -p "$work"
find -L /usr/share/common-licenses /usr/share/doc -maxdepth 2 -type f \( -path '*common-licenses*' -o -name copyright \) -print0 |
  LC_ALL=C sort -z | xargs -0 cat >"$work/text"
[ -x "$build/store-peers/bin/python" ] || "$here/peers/setup.sh" "$build/store-peers"
exec python3 "$here/run.py" --bin "$build/tests/bench/store" --peers "$build/store-peers" --folder "$work" --text "$work/text" "$@"
