#!/bin/bash
# image.sh BUILD: builds the image without a daemon or a registry, on a base made by debootstrap, and runs it as Fargate does:
# unprivileged, no capabilities, read-only root. As root; needs podman, buildah, runc, debootstrap (cmake/deps.sh all).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
work=$1/image
mkdir -p "$work/documents"
store=(--root "$work/store" --storage-driver=vfs)
run=(podman "${store[@]}" --runtime runc --cgroup-manager cgroupfs run --rm --network host --ulimit nofile=1024:1024 --ulimit nproc=1024:1024
    --read-only --user 10001:10001 --cap-drop=ALL --security-opt no-new-privileges --tmpfs "/tmp:rw,mode=1777" -v "$work/documents:/docs:ro")
passed=0 failed=0
check() { # WHAT COMMAND…
    if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "not so: $1"; fi
}

if ! podman "${store[@]}" image exists docker.io/library/debian:bookworm-slim; then
    [ -d "$work/base/etc" ] || debootstrap --variant=minbase bookworm "$work/base" >"$work/base.log"
    tar -C "$work/base" -c . | podman "${store[@]}" import - docker.io/library/debian:bookworm-slim >>"$work/base.log" 2>&1
fi
buildah "${store[@]}" bud --isolation chroot --network host --ulimit nofile=1024:1024 -t nightdesk:test "$source" >"$work/build.log" 2>&1 ||
    { tail -n 40 "$work/build.log"; exit 1; }
podman "${store[@]}" images --format '{{.Repository}} {{.Size}}' localhost/nightdesk

printf 'The anemometer failed in March 2024 after a storm of 31 m/s.\n\nThe battery lasted 19 days without sun.\n' >"$work/documents/station.txt"
sh=("${run[@]}" --entrypoint /bin/sh nightdesk:test -c)
check "it starts" grep -q '^nightdesk ' <("${run[@]}" nightdesk:test version 2>/dev/null)
check "it writes a report" grep -q '"outcome":"completed"' <("${run[@]}" nightdesk:test run "How long did the battery last?" --docs /docs \
    --store /tmp/store --out /tmp/out --json 2>/dev/null)
check "it has no capabilities" grep -q '^CapEff:.0000000000000000$' <("${sh[@]}" 'cat /proc/self/status' 2>/dev/null)
check "its root cannot be written" grep -q 'Read-only' <("${sh[@]}" 'touch /x' 2>&1)
check "it has no compiler" grep -q none <("${sh[@]}" 'command -v gcc || echo none' 2>/dev/null)
check "its bill of materials is JSON" python3 -c 'import json, sys; assert len(json.load(sys.stdin)["components"]) > 50' < <("${sh[@]}" 'cat /usr/share/nightdesk.cdx.json' 2>/dev/null)
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
