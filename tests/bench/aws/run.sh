#!/bin/bash
# run.sh [BUILD [--built] [run.py's options]]: what a run costs in AWS, from calls counted at local servers.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=${1:-$root/build-test}
shift || true
if [ "${1-}" = --built ]; then
  shift
else
  cmake -S "$root" -B "$build" -G Ninja -DND_TESTS=ON >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
  cmake --build "$build" --target aws_steps >/dev/null
fi
work=$build/aws-bench
mkdir -p "$work"
cat /usr/share/common-licenses/* >"$work/text"
exec "$root/tests/support/aws_servers.sh" python3 "$here/run.py" --program "$build/tests/bench/aws/aws_steps" \
  --text "$work/text" --machine "$root/infra/report.asl.json" "$@"
