#!/usr/bin/env python3
"""A report again: what is new, changed and withdrawn since an earlier run, and nothing paid for what is not. The model of the last
test is a scripted server."""
import argparse
import json
import os
import shutil
import threading

import rig
from scripted_model import UNBILLED, Server
from town_corpus import make_town

NEW = """# The mast of a small weather station

The mast of a small weather station stands on a plate of concrete and is inspected for rust each spring by two people.
"""


class Since(rig.Case):
    def again(self, run_id, *more):
        out = os.path.join(self.dir, run_id)
        done = self.call("run", self.topic, "--docs", self.docs, "--run-id", run_id, "--started-at", rig.STARTED, "--out", out, "--json",
                         "--sub-topics", "4", "--notify-command", f"cat >>{self.dir}/mail", *more)
        self.check(done, 0)
        self.check(self.call("verify", out), 0)
        with open(os.path.join(out, "report.json")) as f:
            return json.load(f)

    def mail(self):
        with open(os.path.join(self.dir, "mail")) as f:
            return [json.loads(line)["run_id"] for line in f.read().replace("}{", "}\n{").splitlines()]

    def titles(self, report, ids):
        return {s["title"] for s in report["sources"] if s["id"] in ids}


class Extractive(Since):
    def setUp(self):
        super().setUp()
        self.topic = rig.TOPIC
        self.corpus()

    def test_new_changed_and_withdrawn_sources_open_the_report(self):
        first = self.again("first")
        self.assertNotIn("changes", first)
        names = sorted(os.listdir(self.docs))
        gone, moved, longer = names[0], names[1], next(n for n in names[2:] if n.endswith((".txt", ".md", ".html")))
        os.remove(os.path.join(self.docs, gone))
        os.rename(os.path.join(self.docs, moved), os.path.join(self.docs, "moved" + os.path.splitext(moved)[1]))
        with open(os.path.join(self.docs, longer), "a") as f:
            f.write("\n\nThe weather station was painted white in the summer of 2019 by the people of the village.\n")
        with open(os.path.join(self.docs, "mast.md"), "w") as f:
            f.write(NEW)
        second = self.again("second", "--since", "first")
        changes = second["changes"]
        self.assertEqual(changes["run_id"], "first")
        self.assertEqual(self.titles(second, changes["new"]), {"The mast of a small weather station"})
        self.assertEqual([s["path"] for s in second["sources"] if s["id"] in changes["changed"]], [longer])
        self.assertEqual([w["path"] for w in changes["withdrawn"]], [gone])
        self.assertEqual(changes["unchanged"], len(names) - 2)
        self.assertEqual([s["title"] for s in second["sections"]], [s["title"] for s in first["sections"]])
        old = {c["text"] for s in first["sections"] for c in s["claims"]}
        self.assertEqual(changes["new_statements"], [c["id"] for s in second["sections"] for c in s["claims"] if c["text"] not in old])
        now = {c["text"] for s in second["sections"] for c in s["claims"]}
        self.assertEqual(changes["gone_statements"], len(old - now))
        with open(os.path.join(self.dir, "second", "report.md")) as f:
            text = f.read()
        self.assertEqual(text.count("- New statement: "), len(changes["new_statements"]))
        self.assertIn("1 new, 1 changed, 1 withdrawn", text)
        self.assertLess(text.index("## What has changed"), text.index("## 1. "))
        self.assertEqual(self.mail(), ["first", "second"])

    def test_nothing_changed_is_said_and_not_mailed(self):
        self.again("first")
        report = self.again("second", "--since", "latest")
        self.assertTrue(report["quiet"])
        self.assertEqual(report["changes"]["new_statements"], [])
        with open(os.path.join(self.dir, "second", "report.html")) as f:
            self.assertIn("Nothing in the sources has changed", f.read())
        self.assertEqual(self.mail(), ["first"])

    def test_the_same_command_again_is_the_same_run(self):
        self.again("first")
        one = self.again("second", "--since", "latest")
        self.assertEqual(self.again("second", "--since", "latest"), one)

    def test_a_run_that_is_not_there_is_named(self):
        self.check(self.call("run", self.topic, "--docs", self.docs, "--since", "latest", "--out", self.out), 0, "nothing to compare with")
        self.check(self.call("run", self.topic, "--docs", self.docs, "--since", "never"), 2, "'never'", "--since")


class ScriptedModel(Since):
    def setUp(self):
        super().setUp()
        self.topic = make_town(self.docs, facilities=6)
        self.bill_file = os.path.join(self.dir, "bill")
        self.server = Server(argparse.Namespace(bill=self.bill_file, price="2,10", latency_ms=0, choose=8, faults="[]"))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def environment(self, **more):
        return super().environment(OPENAI_BASE_URL=f"http://127.0.0.1:{self.server.server_address[1]}/v1", NIGHTDESK_PRICE="2,10", **more)

    def calls(self):
        self.server.wait_until_idle()
        with open(self.bill_file) as f:
            return len([e for e in map(json.loads, f) if e["fault"] not in UNBILLED])

    def test_what_has_not_changed_is_not_paid_again(self):
        self.again("first", "--model", "openai:scripted")
        paid = self.calls()
        self.again("second", "--since", "first", "--model", "openai:scripted")
        with_outline = self.calls() - paid  # the plan is the earlier one, so it is not asked for; what follows may differ by it
        self.again("third", "--since", "second", "--model", "openai:scripted")
        self.assertEqual(self.calls(), paid + with_outline)
        with open(os.path.join(self.dir, "third", "ledger.json")) as f:
            ledger = json.load(f)
        self.assertEqual((ledger["spent_microusd"], ledger["model_calls"], ledger["tokens_in"]), (0, 0, 0))
        shutil.rmtree(os.path.join(self.dir, "third"))


if __name__ == "__main__":
    rig.main()
