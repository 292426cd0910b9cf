#!/usr/bin/env python3
"""A batch with the real program: a manifest goes to the stack's bucket, the deployed schedule's own target starts the batch machine,
and the same manifest on this machine gives the same reports."""
import json
import os
import sys
import tempfile
import threading
import time

import rig
from emulator.access import ACCOUNT
from moto.scheduler.models import scheduler_backends
from real import PROGRAM, TOPIC, Paid, files_below

ITEMS = 100 if "--hundred" in sys.argv else 10
SECONDS = 3600 if ITEMS > 10 else 300
TIME, STAMP = "2026-11-24T02:00:00Z", "20261124T020000"
TOTAL = 1 if ITEMS == 10 else 6  # dollars
BATCH = "scheduled-" + STAMP


class Batch(Paid):
    parameters = {"PhaseSeconds": 300, "WorkSeconds": 240, "ScheduleExpression": "cron(0 2 * * ? *)", "ScheduleMaxTotalUsd": TOTAL,
                  "BatchConcurrency": 4}

    def items(self):
        """Every fourth is paid for; the third has a writer whose key this stack does not have. Of $1, two ceilings fit side by side."""
        for n in range(1, ITEMS + 1):
            writer = "anthropic:claude-haiku-4-5" if n == 3 else "openai:scripted" if n % 4 == 0 else "extractive"
            yield {"id": f"r{n:03}", "request": {"topic": f"{TOPIC} Report {n}.", "sub_topics": 2 + n % 3, "writer": writer,
                                               "documents": {"roots": [os.path.basename(self.docs)]}, "limits": {"budget_usd": 0.4}}}

    def write_manifest(self, items, name="nightly.jsonl"):
        path = os.path.join(os.path.dirname(self.docs), name)
        with open(path, "w", encoding="utf-8") as f:
            f.write("".join(json.dumps(i) + "\n" for i in items))
        return path

    def publish(self, manifest, status=0, words=()):
        return self.call("batch", manifest, "--check", "--max-total", str(TOTAL), "--plan", f"s3://{self.bucket}/manifests/nightly.jsonl",
                         status=status, words=words, env={**self.operator, "NIGHTDESK_PRICE": "2,10"})

    def fire(self, name, when=TIME):
        """What the scheduler does at `when`: the target's input with its keywords replaced, started with the target's role."""
        target = scheduler_backends[ACCOUNT][rig.REGION].get_schedule(None, "batch-batch").target
        self.assertEqual(target["Arn"], self.outputs["BatchMachineArn"])
        keys = self.aws.access.session(target["RoleArn"])
        return self.aws.client("stepfunctions", keys=keys).start_execution(
            stateMachineArn=target["Arn"], name=name, input=target["Input"].replace("<aws.scheduler.scheduled-time>", when))["executionArn"]

    def results(self, batch=BATCH):
        body = self.aws.client("s3").get_object(Bucket=self.bucket, Key=f"batches/{batch}/results.json")["Body"].read()
        return json.loads(body)

    def money(self):
        item = self.aws.item("BATCH#" + BATCH, "META")
        return {k: int(item[k]["N"]) for k in ("remaining", "reserved", "failed")} if item else None

    def watch_money(self, ended):
        """Looks at the batch's books as long as it runs: the most that was reserved at a time, the least that remained."""
        seen = [0, TOTAL * 10**6]
        while not ended.is_set():
            now = self.money()
            if now:
                seen[:] = max(seen[0], now["reserved"]), min(seen[1], now["remaining"])
            time.sleep(0.05)
        return seen

    def run_watched(self, execution):
        ended, seen = threading.Event(), []
        watcher = threading.Thread(target=lambda: seen.extend(self.watch_money(ended)))
        watcher.start()
        try:
            return self.aws.wait(execution, SECONDS), seen
        finally:
            ended.set()
            watcher.join()

    def test_a_night(self):
        # one scripted server for all paid items; what the check is told of prices
        server = self.serve("paid")
        for item in self.items():
            if item["request"]["writer"] == "openai:scripted":
                self.of_run[item["id"] + "-" + STAMP] = self.model_at(server)
        self.of_run["--check"] = {"NIGHTDESK_PRICE": "2,10"}
        manifest = self.write_manifest(self.items())
        self.publish(manifest, words=[f"{ITEMS} items are right; at most ${TOTAL}.00 in all"])

        ended, (most_reserved, least_left) = self.run_watched(self.fire("fired"))
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        results = self.results()
        rows = {r["id"]: r for r in results["items"]}
        self.assertEqual((results["schema"], results["batch"]), ("nightdesk.batch-results/1", BATCH))
        self.assertEqual(list(rows), [i["id"] for i in self.items()])
        self.assertEqual({n: r["outcome"] for n, r in rows.items() if r["outcome"] != "completed"}, {"r003": "failed"},
                         self.log("r001-" + STAMP))
        self.assertEqual(rows["r003"], {"id": "r003", "run_id": "r003-" + STAMP, "outcome": "failed", "used_microusd": 0, "quiet": False})
        self.assertEqual(self.kinds(BATCH), ["batch_completed"])

        used = sum(r["used_microusd"] for r in rows.values())
        _, billed = self.bill(server)
        self.assertEqual((used, self.money()), (billed, {"remaining": TOTAL * 10**6 - used, "reserved": 0, "failed": 1}))
        self.assertGreater(used, 0)
        self.assertLessEqual(most_reserved, min(2 * TOTAL, 4) * 400000)
        self.assertGreaterEqual(least_left, 0)

        # a second firing for the same time looks at the manifest and makes no report
        before = len(self.aws.tasks.started)
        again = self.aws.wait(self.fire("fired-again"), 60)
        self.assertEqual(again["output"]["outcome"], "already_started")
        self.assertEqual([e["command"][0] for e in self.aws.tasks.started[before:]], ["batch"])
        self.assertEqual((self.results(), self.bill(server)[1]), (results, billed))

        # the same manifest on this machine
        out = tempfile.mkdtemp(prefix="results-", dir=self.folder)
        self.call("batch", manifest, "--scheduled-time", TIME, "--max-total", str(TOTAL), "--out", out, "--store", out + "-store", status=1,
                  env=self.model_at(server), words=["r003: failed", f"{ITEMS - 1} of {ITEMS} completed"])
        with open(os.path.join(out, "results.json"), encoding="utf-8") as f:
            here = json.load(f)
        for row, there in zip(here["items"], results["items"], strict=True):
            self.assertEqual({k: row[k] for k in there}, there)
            if there["outcome"] == "completed":
                cloud, local = files_below(self.report(there["run_id"])), files_below(os.path.join(out, there["run_id"]))
                self.assertEqual(sorted(cloud), sorted(local))
                self.assertEqual([name for name in cloud if cloud[name] != local[name]], [], there)
        self.assertEqual(self.bill(server)[1], 2 * billed)

    def night(self, docs, day, **more):
        """One firing of the manifest over what the folder holds by then: its result row and report, and what was told."""
        item = {"id": "mast", "since": "latest", "request": {"topic": TOPIC, "sub_topics": 2, "documents": {"roots": [os.path.basename(docs)]}}}
        self.call("batch", self.write_manifest([item], "series.jsonl"), "--check", "--max-total", "10", "--plan",
                  f"s3://{self.bucket}/manifests/nightly.jsonl", env=self.operator)
        target = scheduler_backends[ACCOUNT][rig.REGION].get_schedule(None, "batch-batch").target
        given = {**json.loads(target["Input"].replace("<aws.scheduler.scheduled-time>", f"2026-12-{day:02}T02:00:00Z")), "max_total_usd": 10}
        stamp = f"202612{day:02}T020000"
        ended = self.aws.wait(self.aws.start("Batch", f"series-{stamp}", given), 300)
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        row = self.results("scheduled-" + stamp)["items"][0]
        self.assertEqual(row["outcome"], "completed", self.log(row["run_id"]))
        with open(os.path.join(self.report(row["run_id"]), "report.json"), encoding="utf-8") as f:
            return row, json.load(f), (self.kinds(row["run_id"]), self.kinds("scheduled-" + stamp))

    def test_each_night_is_compared_with_the_one_before(self):
        docs = tempfile.mkdtemp(prefix="series-", dir=os.path.dirname(self.docs))
        self.make_documents(docs)
        names = sorted(os.listdir(docs))
        loud, silent = (["completed"], ["batch_completed"]), ([], [])
        row, report, told = self.night(docs, 1)
        self.assertEqual((row["quiet"], "changes" in report, told), (False, False, loud))

        gone, longer = names[0], next(n for n in names[1:] if n.endswith((".txt", ".md", ".html")))
        os.remove(os.path.join(docs, gone))
        with open(os.path.join(docs, longer), "a", encoding="utf-8") as f:
            f.write("\n\nThe weather station was painted white in the summer of 2019 by the people of the village.\n")
        with open(os.path.join(docs, "mast.md"), "w", encoding="utf-8") as f:
            f.write("# The mast\n\nThe mast of a small weather station stands on a plate of concrete and is inspected for rust each spring.\n")
        row, report, told = self.night(docs, 2)
        changes, paths = report["changes"], {s["id"]: s["path"] for s in report["sources"]}
        self.assertEqual((row["quiet"], told), (False, loud))
        self.assertEqual(changes["run_id"], "mast-20261201T020000")
        self.assertEqual([paths[i] for i in changes["new"]], ["mast.md"])
        self.assertEqual([paths[i] for i in changes["changed"]], [longer])
        self.assertEqual([w["path"] for w in changes["withdrawn"]], [gone])

        row, report, told = self.night(docs, 3)
        self.assertEqual((row["quiet"], report["quiet"], told), (True, True, silent))
        self.assertEqual(report["changes"]["run_id"], "mast-20261202T020000")

        self.call("delete", "mast-20261203T020000", "--yes")
        row, report, told = self.night(docs, 4)
        self.assertEqual((row["quiet"], "changes" in report, told), (False, False, loud))

    def test_a_bad_line_starts_nothing(self):
        good = {"id": "good", "request": {"topic": TOPIC, "documents": {"listing": self.listing}}}
        bad = [good, {"id": "bad line", "request": good["request"]}, {"id": "here", "request": {"topic": TOPIC, "documents": {"roots": ["docs"]}, "limits": {"budget_usd": 1}}}]
        self.aws.client("s3").put_object(Bucket=self.bucket, Key="manifests/nightly.jsonl",
                                         Body="".join(json.dumps(i) + "\n" for i in bad).encode())
        before = len(self.aws.tasks.started)
        ended = self.aws.wait(self.fire("bad", "2026-11-25T02:00:00Z"), 60)
        self.assertEqual((ended["status"], ended["error"]), ("FAILED", "Nightdesk.BadManifest"))
        started = self.aws.tasks.started[before:]
        self.assertEqual([(e["command"][0], e["exit"]) for e in started], [("batch", 2)])
        with open(started[0]["log"], encoding="utf-8") as f:
            said = f.read()
        for word in (f"line 1: 'limits.budget_usd' is 5.00, more than --max-total {TOTAL}.00", "line 2: 'id' is 'bad line'",
                     "line 3: 'documents.roots' names", "3 lines that are wrong: nothing was started"):
            self.assertIn(word, said)
        self.assertIsNone(self.aws.item("BATCH#scheduled-20261125T020000", "META"))

    def test_what_may_not_leave_is_not_published(self):
        item = {"id": "private", "request": {"topic": TOPIC, "documents": {"roots": [self.docs], "local": ["*.txt"]}, "limits": {"budget_usd": 1}}}
        self.publish(self.write_manifest([item], "private.jsonl"), status=2, words=["line 1, item 'private'", "marked --local"])

    def test_reports_are_made_by_the_machine(self):
        self.call("batch", self.write_manifest(self.items(), "other.jsonl"), status=2, words=["the batch machine makes the reports"])


if __name__ == "__main__":
    if "--hundred" in sys.argv:
        sys.argv.remove("--hundred")
    assert os.access(PROGRAM, os.X_OK)
    rig.main()
