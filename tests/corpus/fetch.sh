#!/bin/bash
# fetch.sh DEST [pdf|html|office|all]: downloads the Debian packages named in packages.tsv, unpacks them (nothing is
# installed) and copies the documents to DEST/pdf/PACKAGE__NAME, DEST/office/PACKAGE__NAME, DEST/html/PACKAGE/PATH.
# DEST/MANIFEST.tsv says for each: kind, file, package, version, path in the package, bytes, sha256.
# Needs apt and dpkg, no root rights. What is there already is not fetched again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
list=$here/packages.tsv
[ $# -ge 1 ] || { echo "usage: fetch.sh DEST [pdf|html|office|all]" >&2; exit 2; }
kinds=${2:-all}
case $kinds in
pdf | html | office) ;;
all) kinds="pdf html office" ;;
*) echo "fetch.sh: '$kinds' is no kind of document: pdf, html, office or all" >&2; exit 2 ;;
esac
mkdir -p "$1"
dest=$(cd "$1" && pwd)
mark=$(sha256sum "$list" "$here/fetch.sh" | sha256sum | cut -c1-16)

wanted() { awk -F'\t' -v kinds=" $kinds " '!/^#/ && index(kinds, " " $1 " ")' "$list"; }
missing=
for kind in $kinds; do [ "$(cat "$dest/.$kind" 2>/dev/null)" = "$mark" ] || missing="$missing $kind"; done
[ -n "$missing" ] || exit 0
kinds=${missing# }

work=$(mktemp -d "${TMPDIR:-/tmp}/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -m 777 "$work/debs" # apt drops its rights to download

packages=$(wanted | cut -f2 | sort -u)
download() { (cd "$work/debs" && apt-get "$@" -qq download $packages >/dev/null 2>"$work/log"); }
# With package lists of our own when the system's are absent or too old: they need no root rights either.
private() {
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    local at=(-o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o Debug::NoLocking=true)
    apt-get "${at[@]}" -qq update >/dev/null 2>"$work/log" && download "${at[@]}"
}
echo "fetching $(wc -w <<<"$packages") Debian packages with documents ($kinds)" >&2
download || private || { cat "$work/log" >&2; echo "fetch.sh: the packages cannot be downloaded" >&2; exit 1; }

manifest=$dest/MANIFEST.tsv
kept=$work/manifest
{ [ ! -f "$manifest" ] || awk -F'\t' -v kinds=" $kinds " 'NR > 1 && !index(kinds, " " $1 " ")' "$manifest"; } >"$kept"
for kind in $kinds; do rm -rf "${dest:?}/$kind"; done

copy() { # KIND PACKAGE VERSION FILE: one document, unpacked if it is a .gz
    local kind=$1 package=$2 version=$3 file=$4 path name out
    path=${file#"$work/x/"}
    name=${path%.gz}
    case $kind in
    html) out=$kind/$package/${name#usr/share/} ;;
    *) out=$kind/${package}__${name##*/} ;;
    esac
    mkdir -p "$dest/$(dirname "$out")"
    if [ "$path" = "$name" ]; then cp "$file" "$dest/$out"; else gzip -dc "$file" >"$dest/$out"; fi
    printf '%s\t%s\t%s\t%s\t/%s\t%s\t%s\n' "$kind" "$out" "$package" "$version" "$path" "$(stat -c %s "$dest/$out")" \
        "$(sha256sum <"$dest/$out" | cut -d' ' -f1)" >>"$kept"
}

unpacked=
found=0
while IFS=$'\t' read -r kind package pattern; do
    if [ "$package" != "$unpacked" ]; then
        rm -rf "$work/x"
        mkdir "$work/x"
        dpkg-deb -x "$work/debs/$package"_*.deb "$work/x"
        version=$(dpkg-deb -f "$work/debs/$package"_*.deb Version)
        unpacked=$package
    fi
    before=$found
    while IFS= read -r -d '' file; do
        copy "$kind" "$package" "$version" "$file"
        found=$((found + 1))
    done < <(find "$work/x" -type f \( -path "$work/x/$pattern" -o -path "$work/x/$pattern.gz" \) -print0 | sort -z)
    [ $found -gt $before ] || echo "fetch.sh: $package $version has no $pattern any more" >&2
done < <(wanted | sort -s -t $'\t' -k2,2)

{ printf 'kind\tfile\tpackage\tversion\tpath\tbytes\tsha256\n'; sort "$kept"; } >"$manifest"
for kind in $kinds; do echo "$mark" >"$dest/.$kind"; done
awk -F'\t' 'NR > 1 { n[$1]++; bytes[$1] += $6 } END { for (k in n) printf "%s: %d files, %.1f MB\n", k, n[k], bytes[k] / 1e6 }' \
    "$manifest" | sort >&2
