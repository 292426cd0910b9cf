#!/usr/bin/env python3
"""The extractive writer over thousands of real pages behind a real SearXNG (support/web_servers.sh names them): whole runs
complete, every quote verifies, a replay gives the same bytes, and so does a run that was killed."""
import hashlib
import json
import os
import time

import rig

QUESTIONS = [
    "How does PostgreSQL keep data safe: write-ahead log, checkpoints, crash recovery, backups?",
    "How does SQLite handle locking, transactions, corruption and backups?",
]


def tree(folder):
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(base, name), "rb") as f:
                found[os.path.relpath(os.path.join(base, name), folder)] = hashlib.sha256(f.read()).hexdigest()
    found.pop("ledger.json", None)
    return found


class RealWeb(rig.Case):
    def words(self, question, run, out, *more):
        return ["run", question, "--run-id", run, "--started-at", rig.STARTED, "--out", os.path.join(self.dir, out), "--json", "--sub-topics", "6",
                "--search", "searxng", "--search-url", os.environ["WEB_SEARCH"], "--allow-host", os.environ["WEB_HOST"], *more]

    def test_questions(self):
        for n, question in enumerate(QUESTIONS):
            run, began = "q%d" % n, time.monotonic()
            out = os.path.join(self.dir, run)
            self.check(self.call(*self.words(question, run, run), timeout=900), 0)
            seconds = time.monotonic() - began
            self.check(self.call("verify", out), 0)
            with open(os.path.join(out, "report.json")) as f:
                report = json.load(f)
            checks, receipt = report["checks"], report["receipt"]
            self.assertEqual(checks["quotes_verified"], checks["quotes_total"])
            self.assertGreater(checks["quotes_total"], 5)
            self.check(self.call("replay", run, "--out", out + "-again", timeout=300), 0)
            self.assertEqual(tree(out + "-again"), tree(out))
            print("%s: %d of %d quotes verified, %d pages found (%d failed), %.1f s" % (
                run, checks["quotes_verified"], checks["quotes_total"], receipt["found"], receipt["found_failed"], seconds))

    def test_killed(self):
        self.check(self.call(*self.words(QUESTIONS[0], "r", "whole"), timeout=900), 0)
        words = self.words(QUESTIONS[0], "r", "killed", "--store", os.path.join(self.dir, "killed-store"))
        self.kill_often(words, times=6, seconds=1)
        self.check(self.call(*words, timeout=900), 0)
        self.assertEqual(tree(os.path.join(self.dir, "killed")), tree(os.path.join(self.dir, "whole")))


if __name__ == "__main__":
    rig.main()
