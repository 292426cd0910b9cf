#!/bin/bash
# run.sh BUILD: wall time of the research phase against its critical path: 10 lanes, 200 ms a call. Goal: at most 1.05.
# A store on a busy disk waits for it; with TMPDIR=/dev/shm the program alone is measured.
set -euo pipefail
cd "$(dirname "$0")/../../.."
python3 tests/bench/research/wall.py --build "$1"
