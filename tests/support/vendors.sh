#!/bin/bash
# vendors.sh SCRIPT...: runs a Python script where botocore and the SDKs of Anthropic and OpenAI are (vendors.txt, by name and
# hash), fetched once into $NIGHTDESK_TEST_CACHE, else ~/.cache/nightdesk-tests. Ends with 77 when they can't be had.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${NIGHTDESK_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nightdesk-tests}
venv=$cache/vendors
mkdir -p "$cache"
exec 9>"$cache/vendors.lock"
flock 9
if ! cmp -s "$here/vendors.txt" "$venv/stamp"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$here/vendors.txt" >&2 || {
        rm -rf "$venv"
        echo "vendors.sh: botocore and the SDKs could not be fetched" >&2
        exit 77
    }
    cp "$here/vendors.txt" "$venv/stamp"
fi
exec 9>&-
exec "$venv/bin/python" "$@"
