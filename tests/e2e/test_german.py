#!/usr/bin/env python3
"""A report in German: every word of ours has a translation, and the page is as checked as any other."""
import glob
import html
import json
import os
import re
import subprocess

import rig
import sayings

IDS = {"audience", "changes", "different", "exhibits", "gaps", "ledger", "ledger-claims", "ledger-findings", "ledger-quotes", "ledger-safety", "length", "method",
       "part", "part back", "quotes", "receipt", "references", "style", "summary", "tone"}
OURS = ["the ", " of ", "Sources", "Quotation", "Key findings", "page", "Research report", "documents", "This report", "from your"]


class German(rig.Case):
    def test_every_printed_literal_has_a_row(self):
        with open(os.path.join(rig.SOURCE, "src", "core", "german.c")) as f:
            table = {sayings.unquoted(m) for m in sayings.JOINED.findall(f.read())}
        missing = {text for path in glob.glob(os.path.join(rig.SOURCE, "src", "report", "*.c")) for text in sayings.printed(path)
                   if text not in table and text not in IDS and "=\\\"" not in text.split(">")[0][:12]}
        self.assertEqual(missing, set())

    def test_a_german_report(self):
        self.corpus()
        done = self.call(*self.run_args("--language", "de", "--tone", "heiter"))
        self.check(done, 0)
        self.check(self.call("verify", self.out, "--docs", self.docs), 0)
        with open(os.path.join(self.out, "report.html")) as f:
            page = f.read()
        self.assertIn('<html lang="de"', page)
        for word in ("Wichtigste Ergebnisse", "Wie dieser Bericht entstand", "Beleg: jede Eingabe", "2. Januar 2026", "Gewünscht und nicht befolgt"):
            self.assertIn(word, page)
        ours = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
        ours = re.sub(r'<(blockquote|cite|h1|mark|code)\b.*?</\1>', "", ours, flags=re.S)
        ours = re.sub(r'<(span|h2|h3|p|dd|dt|li|td)[^>]*dir="auto"[^>]*>.*?</\1>', "", ours, flags=re.S)
        ours = html.unescape(re.sub(r"<[^>]*>", " ", ours))
        with open(os.path.join(self.out, "report.json")) as f:
            report = json.load(f)
        for text in [q["display"] for q in report["quotes"]] + [s["title"] for s in report["sections"] + report["sources"]] + [rig.TOPIC]:
            ours = ours.replace(text, "")
        self.assertEqual([w for w in OURS if w in ours], [], ours)
        again = os.path.join(self.dir, "again")
        self.check(self.call("replay", "r", "--out", again), 0)
        same = subprocess.run(["diff", "-r", "-x", "ledger.json", again, self.out], capture_output=True, text=True)
        self.assertEqual(same.stdout, "")


if __name__ == "__main__":
    rig.main()
