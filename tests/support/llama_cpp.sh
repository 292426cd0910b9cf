#!/bin/bash
# llama_cpp.sh get | serve GGUF PORT: llama-cpp-python's OpenAI-compatible server, a second real one with ways of its own. It is
# built from source by hash (llama_cpp.txt), once, into $NIGHTDESK_TEST_CACHE, else ~/.cache/nightdesk-tests: a quarter of an hour
# on two cores. Status 77: it cannot be had here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${NIGHTDESK_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nightdesk-tests}
venv=$cache/llama-cpp
mkdir -p "$cache"
exec 9>"$cache/llama-cpp.lock"
flock 9
if ! cmp -s "$here/llama_cpp.txt" "$venv/stamp"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    export CMAKE_ARGS="-DGGML_NATIVE=ON -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_SERVER=OFF"
    nice "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$here/llama_cpp.txt" >&2 || {
        rm -rf "$venv"
        echo "llama_cpp.sh: llama-cpp-python could not be fetched or built" >&2
        exit 77
    }
    cp "$here/llama_cpp.txt" "$venv/stamp"
fi
exec 9>&-
case ${1:-} in
get) ;;
serve) # without these settings its threads spin against each other on shared cores
    export OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=0
    exec "$venv/bin/python" -m llama_cpp.server --model "$2" --host 127.0.0.1 --port "$3" --n_ctx 4096 --n_threads 2
    ;;
*)
    echo "usage: llama_cpp.sh get | serve GGUF PORT" >&2
    exit 2
    ;;
esac
