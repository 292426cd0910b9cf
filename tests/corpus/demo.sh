#!/bin/bash
# demo.sh BUILD DOCUMENTS: the four phases over the development PDFs with question Q1 of questions.tsv, the embedded store
# and the extractive writer; no account, no key, nothing spent. Prints where the report lies and what to try next.
set -euo pipefail
build=$1 documents=$2
here=$(dirname "$0")
question=$(awk -F'\t' '$1 == "Q1" { print $2 }' "$here/questions.tsv")
store=$build/demo/store
run=demo-$(date -u +%Y%m%d-%H%M%S)
out=$build/demo/$run
began=$(date +%s)
"$build/nightdesk" run "$question" --docs "$documents/pdf" --store "$store" --run-id "$run" --out "$out" \
    --json >"$build/demo/result.json"
seconds=$(($(date +%s) - began))
python=$(command -v python3 || true)
say() { # MEMBER…: a member of report.json
    [ -n "$python" ] && python3 -c 'import json,sys
r = json.load(open(sys.argv[1]))
for k in sys.argv[2:]: r = r[k]
print(r)' "$out/report.json" "$@"
}
cat <<E2

The report is ready:   $out/report.html
  question             $question
  cost                 \$0.00 (no model was asked, no socket was opened)
E2
if [ -n "$python" ]; then
    cat <<E2
  documents            $(say receipt inputs) given, $(say receipt read) read, $(say receipt partly) partly, $(say receipt failed) failed, $(say receipt unused) unused
  pages read           $(say receipt pages_read)
  quotes verified      $(say checks quotes_verified) of $(say checks quotes_total)
E2
fi
cat <<E2
  time                 $seconds s

What to try next:
  $build/nightdesk verify $out                     # re-check every quote, offline
  $build/nightdesk verify $out --docs $documents/pdf   # … against the documents themselves
  $build/nightdesk replay $run --store $store --out $build/demo/again-$run   # rebuild the same bytes
  $build/nightdesk run "Your question" --docs your/folder --approve plan
  $build/nightdesk --help
E2
