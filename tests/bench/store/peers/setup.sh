#!/bin/bash
# setup.sh FOLDER: makes a Python environment with the peers that the store bench measures beside nightdesk.
set -euo pipefail
folder=${1:?usage: setup.sh FOLDER}
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check -r "$(dirname "$0")/requirements.txt"
"$folder/bin/pip" list --disable-pip-version-check 2>/dev/null | grep -iE '^(langgraph|langgraph-checkpoint-sqlite|dbos) '
