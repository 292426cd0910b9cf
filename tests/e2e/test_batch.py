#!/usr/bin/env python3
"""Many reports from one manifest: checked whole, under one total, resumed, reported."""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import rig

sys.path.insert(0, os.path.join(rig.SOURCE, "tests", "crash"))
from crash import digest  # noqa: E402
from scripted_model import Server  # noqa: E402

TIME = "2026-11-24T06:00:00Z"
STAMP = "20261124T060000"


class Batch(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()

    def item(self, name, **request):
        return {"id": name, "request": {"topic": rig.TOPIC, "sub_topics": 3, "documents": {"roots": ["docs"]}, **request}}

    def manifest(self, *items, name="nightly.jsonl"):
        return self.write(name, "".join((i if isinstance(i, str) else json.dumps(i)) + "\n" for i in items))

    def args(self, manifest, *more):
        return ["batch", manifest, "--scheduled-time", TIME, "--out", self.out, "--json", *more]

    def batch(self, manifest, *more, status=0, words=(), **env):
        done = self.call(*self.args(manifest, *more), **env)
        self.check(done, status, *words)
        return {i["id"]: i for i in done.json.get("items", [])}

    def results(self):
        with open(os.path.join(self.out, "results.json")) as f:
            return json.load(f)

    def runs(self):
        return {r["run_id"]: r for r in self.call("list", "--json").json["runs"]}

    def reports(self):
        """{run: digests of its files}, the folder as the batch left it."""
        return {n: digest(os.path.join(self.out, n)) for n in os.listdir(self.out) if n.endswith(STAMP) and not n.startswith(".")}

    # ---- the manifest

    def test_every_bad_line_is_named_and_nothing_is_started(self):
        manifest = self.manifest(self.item("a"), "{", self.item("a"), self.item("x y"), self.item("n" * 49), {"id": "q", "topic": "z"}, "[1]",
                                 self.item("gone", documents={"roots": ["nope"]}), self.item("m", writer="openai:unheard-of"),
                                 self.item("typo", limits={"budgte_usd": 1}), self.item("big", limits={"budget_usd": 21}), {"id": "r"})
        done = self.call(*self.args(manifest, "--max-total", "20"))
        self.check(done, 2, "line 2: column 2:", "line 3: 'id' is 'a', which line 1 has already", "line 4: 'id' is 'x y'", "line 5: 'id' is 'nnn",
                   "line 6: 'topic' is not a member of an item", "line 7: the line is an array", "line 8: ", "/nope' does not exist",
                   "line 9: no price is known for model 'openai:unheard-of'", "line 10: 'limits.budgte_usd' is not a member",
                   "did you mean 'limits.budget_usd'", "line 11: 'limits.budget_usd' is 21.00, more than --max-total 20.00",
                   "line 12: ", "11 lines that are wrong: nothing was started")
        self.assertEqual([row["line"] for row in done.json["lines"]], list(range(2, 13)))
        self.assertEqual(self.runs(), {})
        self.assertFalse(os.path.exists(self.out))

    def test_limits_of_a_manifest(self):
        self.check(self.call(*self.args(self.manifest(*[self.item(f"i{n}") for n in range(1002)]))), 2, "line 1001: this is item 1001, limit is 1000")
        self.check(self.call(*self.args(self.manifest("", " "))), 2, "there is no item in it")
        self.check(self.call(*self.args(os.path.join(self.dir, "absent.jsonl"))), 2, "absent.jsonl")
        for wrong in ("x", "-1", "101%", "1001"):
            self.check(self.call(*self.args(self.manifest(self.item("a")), f"--tolerated-failures={wrong}")), 2, "--tolerated-failures")

    def test_check_starts_nothing(self):
        manifest = self.manifest(self.item("a", limits={"budget_usd": 2}), "", self.item("b"))
        done = self.call("batch", manifest, "--check", "--json")
        self.check(done, 0, "2 items are right; at most $7.00 in all")
        self.assertEqual((done.json["ceilings_microusd"], [i["id"] for i in done.json["items"]]), (7000000, ["a", "b"]))
        self.assertFalse(os.path.exists(self.store))
        self.check(self.call("batch", manifest, "--plan", "s3://b/k"), 2, "--check")

    # ---- working on it

    def test_ten_reports_one_poisoned(self):
        """Each is the report that `run` makes; the poisoned one is named, and the rest goes on."""
        items = [self.item(f"i{n}", sub_topics=2 + n % 3) for n in range(9)]
        items.insert(2, self.item("poisoned", writer="openai:gpt-4o-mini"))
        manifest = self.manifest(*items)
        rows = self.batch(manifest, "--max-total", "20", status=1, words=["poisoned: failed", "9 of 10 completed, $0.00 of $20.00 used"])
        self.assertEqual({n for n, r in rows.items() if r["outcome"] != "completed"}, {"poisoned"})
        self.assertIn("OPENAI_API_KEY", rows["poisoned"]["reason"])
        self.assertEqual([i["id"] for i in self.results()["items"]], [i["id"] for i in items])
        with open(os.path.join(self.out, "results.txt")) as f:
            self.assertIn("i3        completed                 $0.00  i3-20261124T060000/report.html", f.read())
        self.check(self.call("verify", os.path.join(self.out, "i4-" + STAMP)), 0)
        alone = os.path.join(self.dir, "alone")
        request = self.write("request.json", json.dumps(items[5]["request"]))
        self.check(self.call("run", "--request", request, "--run-id", "i4-" + STAMP, "--started-at", TIME, "--out", alone, "--store",
                             os.path.join(self.dir, "other")), 0)
        self.assertEqual(self.reports()["i4-" + STAMP], digest(alone))

    def test_each_time_is_compared_with_the_one_before(self):
        """since: the item's latest completed report in the store; another item's is not."""
        manifest = self.manifest({**self.item("a"), "since": "latest"}, {**self.item("b"), "since": "none"}, self.item("a-b"))

        def on(day):
            out = os.path.join(self.dir, f"out-{day}")
            done = self.call("batch", manifest, "--scheduled-time", f"2026-11-{day}T06:00:00Z", "--out", out, "--json", "--notify-command", f"cat >>{self.dir}/mail")
            self.check(done, 0)
            rows = {i["id"]: i for i in done.json["items"]}
            with open(os.path.join(out, rows["a"]["run_id"], "report.json")) as f:
                return rows, json.load(f).get("changes")

        rows, changes = on(24)
        self.assertEqual(({r["quiet"] for r in rows.values()}, changes), ({False}, None))
        self.write("docs/mast.md", "# The mast\n\nThe mast of a small weather station is inspected for rust each spring by two people.\n")
        rows, changes = on(25)
        self.assertEqual((rows["a"]["quiet"], changes["run_id"], len(changes["new"])), (False, "a-20261124T060000", 1))
        os.remove(os.path.join(self.dir, "mail"))
        rows, changes = on(26)
        self.assertEqual({n: r["quiet"] for n, r in rows.items()}, {"a": True, "b": False, "a-b": False})
        with open(os.path.join(self.dir, "mail")) as f:
            told = f.read()
        self.assertEqual((told.count("a-20261126"), told.count('"b-20261126')), (0, 1))
        self.assertEqual(on(26)[1]["run_id"], "a-20261125T060000")  # the same command again: the same report
        bad = self.call(*self.args(self.manifest({**self.item("x"), "since": "no run"}, {**self.item("y"), "since": 7}, name="bad.jsonl")))
        self.check(bad, 2, "line 1: 'since' is 'no run', wanted \"latest\" or a run id", "line 2: 'since' is a number")
        bad = self.call(*self.args(self.manifest({**self.item("x"), "since": "absent"}, name="absent.jsonl")))
        self.check(bad, 2, "absent")

    def test_unread_inputs_are_told(self):
        """A report of documents that could not be read is complete, and is not passed off as a good one."""
        self.write("docs/broken.pdf", "%PDF-1.7\nnothing else\n")
        manifest = self.manifest(self.item("good", documents={"roots": ["docs"], "exclude": ["broken.pdf"]}),
                                 self.item("none", documents={"roots": ["docs/broken.pdf"]}))
        self.batch(manifest, status=7, words=["none-20261124T060000/report.html  1 of 1 inputs failed"])
        with open(os.path.join(self.out, "results.txt")) as f:
            self.assertEqual([line.endswith("inputs failed") for line in f.read().splitlines()[-2:]], [False, True])

    def test_the_same_time_makes_nothing_new(self):
        manifest = self.manifest(self.item("a"), self.item("b"))
        self.batch(manifest)
        runs, results = self.runs(), self.results()
        times = {n: os.stat(os.path.join(self.out, n, "report.html")).st_mtime_ns for n in self.reports()}
        rows = self.batch(manifest)
        self.assertEqual([r["outcome"] for r in rows.values()], ["completed"] * 2)
        self.assertEqual((self.runs(), self.results()), (runs, results))
        self.assertEqual(times, {n: os.stat(os.path.join(self.out, n, "report.html")).st_mtime_ns for n in self.reports()})
        shutil.rmtree(os.path.join(self.out, "a-" + STAMP))  # a report that is not there is written again
        self.batch(manifest)
        self.check(self.call("verify", os.path.join(self.out, "a-" + STAMP)), 0)

    def test_without_a_time_an_unfinished_batch_goes_on(self):
        manifest = self.manifest(self.item("a"), self.item("w", approve=["plan"]))
        done = self.call("batch", manifest, "--out", self.out, "--json")
        self.check(done, 5, "w: awaiting_approval", "approve w-")
        run = done.json["items"][1]["run_id"]
        self.assertEqual(done.json["reserved_microusd"], 5000000)
        again = self.call("batch", manifest, "--out", self.out, "--json")
        self.check(again, 5, "has not ended: it goes on")
        self.assertEqual([i["run_id"] for i in again.json["items"]], [i["run_id"] for i in done.json["items"]])
        self.check(self.call("approve", run), 0)
        done = self.call("batch", manifest, "--out", self.out, "--json")
        self.check(done, 0, "w: completed")
        self.assertEqual(done.json["reserved_microusd"], 0)
        self.assertEqual(len(self.runs()), 2)
        time.sleep(1.1)
        done = self.call("batch", manifest, "--json")  # it has ended: another one
        self.check(done, 5)
        self.assertEqual(len(self.runs()), 4)

    def test_a_changed_line_is_no_other_report(self):
        self.batch(self.manifest(self.item("a")))
        self.batch(self.manifest(self.item("a", sub_topics=5)), status=2, words=["line 1 asks for something else than run 'a-" + STAMP])
        self.batch(self.manifest(self.item("b")), "--out", self.docs, status=2, words=["has other things in it"])

    def test_too_many_failures_start_no_more(self):
        items = [self.item(f"f{n}", writer="openai:gpt-4o-mini") for n in range(8)]
        rows = self.batch(self.manifest(*items), "--tolerated-failures", "25%", "--concurrency", "1", status=1)
        outcomes = [r["outcome"] for r in rows.values()]
        self.assertEqual((outcomes.count("failed"), outcomes.count("too_many_failed")), (3, 5))
        self.assertEqual(len(self.runs()), 3)

    def test_two_at_once(self):
        manifest = self.manifest(*[self.item(f"i{n}") for n in range(6)])
        first = self.popen(manifest, "--concurrency", "1")
        self.until(lambda: self.runs())
        first.send_signal(signal.SIGSTOP)
        self.check(self.call(*self.args(manifest)), 75, "a batch of 'nightly' is at work")
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=120)
        self.assertEqual(first.returncode, 0)

    def popen(self, manifest, *more, **env):
        return subprocess.Popen(["nightdesk", *self.args(manifest, *more)], executable=self.program(), cwd=self.work,
                                env=self.environment(**env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)

    def until(self, what):
        end = time.time() + 60
        while not what():
            self.assertLess(time.time(), end)
            time.sleep(0.02)

    def test_told_to_stop(self):
        manifest = self.manifest(*[self.item(f"i{n}") for n in range(6)])
        golden = self.undisturbed(manifest)
        for number, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            process = self.popen(manifest, "--concurrency", "2")
            before = len(self.runs())
            self.until(lambda: len(self.runs()) > before)
            process.send_signal(number)
            _, said = process.communicate(timeout=60)
            self.assertEqual(process.returncode, status, said.decode())
            self.assertIn(b"go on with: nightdesk batch", said)
            self.assertFalse(os.path.exists(os.path.join(self.out, "results.json")))
        self.batch(manifest)
        self.assertEqual(self.reports(), golden)

    def undisturbed(self, manifest):
        """The reports of a batch with a store and a folder of its own."""
        out = os.path.join(self.dir, "golden")
        self.check(self.call("batch", manifest, "--scheduled-time", TIME, "--out", out, "--store", out + "-store"), 0)
        return {n: digest(os.path.join(out, n)) for n in os.listdir(out) if n.endswith(STAMP) and not n.startswith(".")}

    # ---- money

    def serve(self):
        self.bill = os.path.join(self.dir, "bill")
        server = Server(argparse.Namespace(bill=self.bill, price="2,10", latency_ms=1, choose=8, faults="[]"))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return {"OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_address[1]}/v1", "NIGHTDESK_PRICE": "2,10"}

    def billed(self):
        with open(self.bill) as f:
            return sum(json.loads(line)["microusd"] for line in f)

    def test_total_holds_while_money_comes_back_scripted_model(self):
        """Ceilings of 12 times $0.20 under $0.45: two fit side by side; what is not used lets the next begin, until it does not fit."""
        env = self.serve()
        items = [self.item(f"i{n:02}", writer="openai:scripted", limits={"budget_usd": 0.2}) for n in range(12)]
        rows = self.batch(self.manifest(*items), "--max-total", "0.45", status=3, words=["not started, the total is reached"], **env)
        used = sum(r["used_microusd"] for r in rows.values())
        outcomes = [r["outcome"] for r in rows.values()]
        self.assertEqual(self.billed(), used)
        self.assertLessEqual(used, 450000)
        self.assertGreater(used, 250000)  # no other would have fitted
        self.assertEqual(outcomes, sorted(outcomes))  # "completed" before "over_total"
        self.assertGreater(outcomes.count("over_total"), 0)
        self.assertEqual(self.results()["reserved_microusd"], 0)
        self.batch(self.manifest(*items), "--max-total", "0.45", status=3, **env)
        self.assertEqual(self.billed(), used)
        kept = self.manifest(*items[-1:])  # a line that is gone from the manifest is not gone from the books
        self.batch(kept, "--max-total", "0.45", status=3, **env)
        rows = self.batch(kept, "--max-total", "0.65", **env)
        self.assertEqual(self.billed(), used + rows["i11"]["used_microusd"])

    def test_a_report_that_stops_at_its_budget_scripted_model(self):
        env = self.serve()
        items = [self.item("poor", writer="openai:scripted", limits={"budget_usd": 0.01}), self.item("free")]
        rows = self.batch(self.manifest(*items), status=3, words=["resume poor-" + STAMP + " --budget"], **env)
        self.assertEqual([r["outcome"] for r in rows.values()], ["budget_exceeded", "completed"])
        self.assertEqual(rows["poor"]["out"], "poor-" + STAMP)  # the partial report
        self.check(self.call("resume", "poor-" + STAMP, "--budget", "1", **env), 0)
        rows = self.batch(self.manifest(*items), **env)
        self.assertEqual([r["outcome"] for r in rows.values()], ["completed", "completed"])


if __name__ == "__main__":
    rig.main()
