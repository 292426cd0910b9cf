#!/bin/sh
# deps.sh build|test|check|all: installs the Debian packages of a tier that are missing. As root (or with sudo that asks
# nothing) it installs them; otherwise it prints the one line to pass on and fails.
set -eu
here=$(dirname "$0")
tiers="build test check all"
case ${1-} in
build) tiers="build" ;;
test) tiers="build test" ;;
check) tiers="build test check" ;;
all) ;;
*)
    echo "usage: deps.sh build|test|check|all" >&2
    exit 2
    ;;
esac
missing=
for tier in $tiers; do
    for package in $(awk -v t="$tier" '$1 == t { print $2 }' "$here/packages.txt"); do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then
    sudo=
elif sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    echo "These Debian packages are missing. Ask somebody with root rights to run:" >&2
    echo "    apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
echo "installing:$missing" >&2
# shellcheck disable=SC2086 # both are lists of words
{
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update -qq
    $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
