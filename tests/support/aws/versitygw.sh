#!/bin/bash
# versitygw.sh TOOLS: makes TOOLS/versitygw, an S3 server that takes nothing but right signatures, once. It is written in Go and
# wants a newer one than Debian's, which can fetch its own successor as a module, by checksum.
set -euo pipefail
tools=$1
version=v1.8.0
needs=1.25.0
[ -x "$tools/versitygw" ] && [ "$(cat "$tools/versitygw.version" 2>/dev/null)" = $version ] && exit 0

is_new_enough() {
    local found
    found=$("$1" env GOVERSION 2>/dev/null) && printf '%s\n%s\n' "$needs" "${found#go}" | sort -V -C
}

export GOPATH=$tools/go GOFLAGS=-modcacherw GOTOOLCHAIN=local
go=
for found in "$(command -v go || true)" /usr/local/go/bin/go; do
    if [ -x "$found" ] && is_new_enough "$found"; then go=$found; fi
done
if [ -z "$go" ]; then
    case $(uname -m) in
    x86_64) machine=amd64 ;;
    aarch64) machine=arm64 ;;
    *) echo "no Go for $(uname -m)" >&2 && exit 1 ;;
    esac
    module=golang.org/toolchain@v0.0.1-go$needs.linux-$machine
    mkdir -p "$tools/fetch"
    (cd "$tools/fetch" && printf 'module fetch\n' >go.mod && go mod download "$module")
    chmod -R a+x "$tools/go/pkg/mod/$module/bin" "$tools/go/pkg/mod/$module/pkg/tool" # modules keep no such bits
    go=$tools/go/pkg/mod/$module/bin/go
    export GOROOT=$tools/go/pkg/mod/$module
fi
GOBIN=$tools "$go" install github.com/versity/versitygw/cmd/versitygw@$version
echo $version >"$tools/versitygw.version"
rm -rf "$tools/go" "$tools/fetch"
