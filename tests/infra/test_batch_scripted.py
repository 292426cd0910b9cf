#!/usr/bin/env python3
"""The real batch machine, started by the deployed schedule's own target; reports by the real report machine with a scripted
program in the containers."""
import json
import sys

import rig

ITEMS = 100 if "--hundred" in sys.argv else 10


def item(name, script=None, budget=1):
    return {"id": name, "request": {"topic": name, "limits": {"budget_usd": budget}, "script": script or {}}}


class Batch(rig.Case):
    parameters = {"ScheduleExpression": "cron(0 2 * * ? *)", "ScheduleMaxTotalUsd": 1000, "ToleratedFailures": 3, "BatchConcurrency": 8}

    def fire(self, when, items=None, name=None, **more):
        """What the scheduler does at `when`: the target's input with its keywords replaced."""
        if items is not None:
            self.aws.client("s3").put_object(Bucket=self.bucket, Key="manifests/nightly.jsonl",
                                             Body="".join(json.dumps(i) + "\n" for i in items).encode())
        target = self.aws.client("scheduler").get_schedule(Name="batch-batch")["Target"]
        self.assertEqual(target["Arn"], self.outputs["BatchMachineArn"])
        given = {**json.loads(target["Input"].replace("<aws.scheduler.scheduled-time>", when)), **more}
        return self.aws.start("Batch", name or "fired-" + when.translate({ord("-"): None, ord(":"): None}), given)

    def results(self, batch):
        body = self.aws.client("s3").get_object(Bucket=self.bucket, Key=f"batches/{batch}/results.json")["Body"].read()
        return {i["id"]: i for i in json.loads(body)["items"]}

    def left(self, batch):
        return {k: int(v["N"]) for k, v in self.aws.item("BATCH#" + batch, "META").items() if k in ("remaining", "reserved", "failed")}

    def test_many_with_one_poisoned(self):
        items = [item(f"r{n}", {"draft": [f"spend {1000 * n}"]}) for n in range(1, ITEMS + 1)]
        items[2]["request"]["script"] = {"research": ["spend 7"], "draft": ["failed"]}
        ended = self.aws.wait(self.fire("2026-11-24T02:00:00Z", items), 600)
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        results = self.results("scheduled-20261124T020000")
        self.assertEqual(len(results), ITEMS)
        self.assertEqual([r["id"] for r in results.values() if r["outcome"] != "completed"], ["r3"])
        self.assertEqual(results["r3"], {"id": "r3", "run_id": "r3-20261124T020000", "outcome": "failed", "used_microusd": 7, "quiet": False})
        self.assertEqual(results["r9"]["used_microusd"], 9000)
        used = sum(r["used_microusd"] for r in results.values())
        self.assertEqual(self.left("scheduled-20261124T020000"), {"remaining": 1000000000 - used, "reserved": 0, "failed": 1})
        self.assertEqual(self.kinds("scheduled-20261124T020000"), ["batch_completed"])
        before = len(self.aws.tasks.started)
        again = self.aws.wait(self.fire("2026-11-24T02:00:00Z", name="fired-again"))
        self.assertEqual(again["output"]["outcome"], "already_started")
        self.assertEqual([e["command"][0] for e in self.aws.tasks.started[before:]], ["batch"])  # looked at the manifest, no report

    def test_total_holds_while_money_comes_back(self):
        """$10 for items of at most $5: two at a time; all but what does not fit alone are made."""
        items = [item(f"m{n}", {"draft": ["spend 100000"]}, budget=5) for n in range(5)] + [item("big", budget=11)]
        ended = self.aws.wait(self.fire("2026-11-25T02:00:00Z", items, max_total_usd=10), 120)
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        results = self.results("scheduled-20261125T020000")
        self.assertEqual({r["outcome"] for n, r in results.items() if n != "big"}, {"completed"})
        self.assertEqual(results["big"]["outcome"], "over_total")
        self.assertEqual(self.left("scheduled-20261125T020000"), {"remaining": 9500000, "reserved": 0, "failed": 0})
        self.assertEqual(self.containers("big-20261125T020000"), [])

    def test_bad_line_starts_nothing(self):
        before = len(self.aws.tasks.started)
        ended = self.aws.wait(self.fire("2026-11-26T02:00:00Z", [item("good"), {"id": "bad line"}]), 60)
        self.assertEqual((ended["status"], ended["error"]), ("FAILED", "Nightdesk.BadManifest"))
        self.assertEqual({e["command"][0] for e in self.aws.tasks.started[before:]}, {"batch"})
        self.assertEqual(self.kinds("scheduled-20261126T020000"), ["batch_failed"])
        self.assertIsNone(self.aws.item("BATCH#scheduled-20261126T020000", "META"))  # corrected, it may fire again
        ended = self.aws.wait(self.fire("2026-11-26T02:00:00Z", [item("good")], name="corrected"), 60)
        self.assertEqual(ended["status"], "SUCCEEDED")

    def test_too_many_failures_start_no_more(self):
        items = [item(f"f{n}", {"research": ["failed"]}) for n in range(8)]
        ended = self.aws.wait(self.fire("2026-11-27T02:00:00Z", items, concurrency=1, tolerated_failures=2), 120)
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        outcomes = [r["outcome"] for r in self.results("scheduled-20261127T020000").values()]
        self.assertEqual((outcomes.count("failed"), outcomes.count("too_many_failed")), (3, 5))

    def compared_with(self, run_id):
        commands = [e["command"] for e in self.aws.tasks.started if e["command"][2] == run_id and "--since" in e["command"]]
        return {c[c.index("--since") + 1] for c in commands}

    def test_series(self):
        """An item is compared with its latest report; an older one that ends later is not the latest. Only news are told."""
        same = {**item("s1", {"fact-check": ["quiet"]}), "since": "latest"}
        other, named = {**item("s2"), "since": "latest"}, {**item("s3"), "since": "s2-x"}
        ended = self.aws.wait(self.fire("2026-12-12T02:00:00Z", [same, other, named]), 120)
        self.assertEqual(ended["status"], "SUCCEEDED", ended)
        self.assertEqual({n: r["quiet"] for n, r in self.results("scheduled-20261212T020000").items()}, {"s1": True, "s2": False, "s3": False})
        self.assertEqual([self.compared_with(n + "-20261212T020000") for n in ("s1", "s2", "s3")], [{"none"}, {"none"}, {"s2-x"}])
        self.assertEqual([self.kinds(n) for n in ("s1-20261212T020000", "s2-20261212T020000", "scheduled-20261212T020000")], [[], ["completed"], ["batch_completed"]])
        self.aws.wait(self.fire("2026-12-11T02:00:00Z", [same]), 120)
        self.assertEqual(self.compared_with("s1-20261211T020000"), {"s1-20261212T020000"})
        self.assertEqual(self.kinds("scheduled-20261211T020000"), [])
        self.assertEqual(self.aws.item("BATCH#scheduled", "LATEST#s1")["run_id"], {"S": "s1-20261212T020000"})
        self.aws.wait(self.fire("2026-12-13T02:00:00Z", [{**other, "request": {**other["request"], "script": {"draft": ["failed"]}}}]), 120)
        self.assertEqual(self.aws.item("BATCH#scheduled", "LATEST#s2")["run_id"], {"S": "s2-20261212T020000"})

    def test_two_firings_at_once_make_one_batch(self):
        items = [item(f"d{n}") for n in range(4)]
        first = self.fire("2026-11-28T02:00:00Z", items, name="once-1")
        second = self.fire("2026-11-28T02:00:00Z", name="once-2")
        outcomes = sorted(self.aws.wait(e, 120)["output"]["outcome"] for e in (first, second))
        self.assertEqual(outcomes, ["already_started", "completed"])
        for n in range(4):
            self.assertEqual(len(self.containers(f"d{n}-20261128T020000")), 4)

    def test_bad_input(self):
        ended = self.aws.wait(self.aws.start("Batch", "nothing", {"batch": "x"}))
        self.assertEqual((ended["status"], ended["error"]), ("FAILED", "Nightdesk.BadInput"))


if __name__ == "__main__":
    if "--hundred" in sys.argv:
        sys.argv.remove("--hundred")
    rig.main()
