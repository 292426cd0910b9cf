#!/usr/bin/env python3
"""People and the report machine: the real program in the containers, and the command line that decides."""
import json
import os

import rig
from real import Paid, Real

LONG_ENOUGH = {"PhaseSeconds": 300, "WorkSeconds": 240}


class Waiting(Real):
    def waits(self, run_id, gate):
        """The gate's item, once the machine waits there: with nobody at work, and nobody holding the run."""
        item = self.gate(run_id, gate)
        self.assertEqual([e for e in self.aws.tasks.alive() if e["command"][2] == run_id], [])
        self.assertFalse(self.meta(run_id).get("held", {}).get("BOOL", False))
        self.assertGreater(len(item["task_token"]["S"]), 600)
        return item

    def asks(self, run_id, gate="outline", **more):
        execution = self.begin(run_id, **{"approve": [gate], **more})
        self.waits(run_id, gate)
        return execution


class Gates(Waiting):
    parameters, together = {**LONG_ENOUGH, "GateSeconds": 600, "ReminderSeconds": 600}, 4

    def test_approved(self):
        execution = self.begin("approved", approve=["plan", "outline", "final"])
        for gate in ("plan", "outline", "final"):
            self.waits("approved", gate)
            self.call("approve", "approved", words=("approved",))
        self.ended(execution, "completed")
        self.assertEqual(self.kinds("approved"), ["awaiting_approval"] * 3 + ["completed"])
        path = self.aws.path(execution)
        self.assertNotIn("ReadGate", path)  # each decision woke its wait
        self.report("approved")

    def test_rejected(self):
        execution = self.asks("rejected")
        self.call("reject", "rejected", "--why", "not what I meant")
        self.ended(execution, "rejected")
        self.assertEqual(self.meta("rejected")["reason"]["S"], "the outline was rejected: not what I meant")

    def test_sent_back_then_approved(self):
        execution = self.asks("revised")
        self.call("reject", "revised", "--revise", "--why", "shorter")
        self.gate("revised", "outline", 2)
        self.call("approve", "revised")
        self.ended(execution, "completed")

    def test_edited(self):
        execution = self.asks("edited")
        editor = os.path.join(self.folder, "editor")
        with open(editor, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\nsed -i '0,/^t1 .*/s//t1  A title of my own/' \"$1\"\n")
        os.chmod(editor, 0o700)
        self.call("approve", "edited", "--edit", env={**self.operator, "EDITOR": editor})
        self.ended(execution, "completed")
        with open(os.path.join(self.report("edited"), "report.json"), encoding="utf-8") as f:
            self.assertIn("A title of my own", [s["title"] for s in json.load(f)["sections"]])

    def test_twice(self):
        execution = self.asks("twice")
        self.call("approve", "twice")
        self.ended(execution, "completed")
        said = self.call("approve", "twice", status=2)
        self.assertIn("waits for nobody", said)

    def test_by_two_at_once(self):
        execution = self.asks("both")
        ended = []

        def decide(*args):
            process = self.popen(*args)
            said, _ = process.communicate(timeout=60)
            ended.append((process.returncode, args[0], said))

        self.side_by_side(lambda: decide("approve", "both"), lambda: decide("reject", "both"))
        statuses = sorted(status for status, _, _ in ended)
        self.assertEqual(statuses[0], 0, ended)
        self.assertNotEqual(statuses[1], 0, ended)
        winner = next(word for status, word, _ in ended if status == 0)
        self.ended(execution, "completed" if winner == "approve" else "rejected")

    def test_before_the_token_is_stored(self):
        with self.notifications_held("early"):
            execution = self.begin("early", approve=["outline"])
            self.gate("early", "outline", token=False)
            self.aws.until(lambda: not self.aws.tasks.alive())
            self.call("approve", "early")
        self.ended(execution, "completed")
        path = self.aws.path(execution)
        self.assertEqual(path[path.index("WaitForDecision") + 1:][:2], ["Which", "Draft"])
        self.assertNotIn("task_token", self.aws.item("RUN#early", "APPROVAL#outline#1"))

    def test_cancelled_while_it_waits(self):
        execution = self.asks("cancelled")
        self.call("cancel", "cancelled")
        self.ended(execution, "cancelled")


class Reminded(Waiting):
    parameters, together = {**LONG_ENOUGH, "GateSeconds": 600, "ReminderSeconds": 2}, 2

    def test_the_send_is_lost(self):
        execution = self.asks("lost")
        self.call("approve", "lost", status=75, env={**self.operator, "AWS_ENDPOINT_URL_SFN": "http://127.0.0.1:1"})
        self.ended(execution, "completed")  # the next reminder round finds the decision
        self.assertIn("ReadGate", self.aws.path(execution))

    def test_three_reminders(self):
        execution = self.asks("slow")
        before = len(self.containers("slow"))
        rev = self.meta("slow")["rev"]
        self.aws.until(lambda: self.kinds("slow").count("reminder") >= 3)
        self.assertEqual(len(self.containers("slow")), before)
        self.assertEqual(self.meta("slow")["rev"], rev)
        self.assertEqual({e["event_id"] for e in self.told("slow")}, {"slow/APPROVAL#outline#1"})
        self.call("approve", "slow")
        self.ended(execution, "completed")


class TooLate(Waiting):
    parameters = {**LONG_ENOUGH, "GateSeconds": 3, "ReminderSeconds": 1}

    def test_too_late(self):
        ended = self.ended(self.asks("late"), "expired")
        self.assertEqual([self.kinds("late")[i] for i in (0, -1)], ["awaiting_approval", "expired"])
        self.call("approve", "late")
        self.call("resume", "late")
        again = self.aws.wait(ended["executionArn"] + "-r1")
        self.assertEqual(again["output"]["outcome"], "completed")
        self.assertEqual([c[0] for c in self.containers("late")].count("research"), 1)


class Money(Waiting, Paid):
    parameters = {**LONG_ENOUGH, "GateSeconds": 600, "ReminderSeconds": 600}

    def test_ceiling(self):
        server = self.serve("poor")
        execution = self.begin("poor", limits={"budget_usd": "0.02"})
        self.waits("poor", "budget")
        self.assertLessEqual(sum(self.ledger("poor")), 20000)
        self.assertEqual(self.kinds("poor"), ["budget_exceeded"])
        with open(os.path.join(self.report("poor"), "report.json"), encoding="utf-8") as f:
            self.assertTrue(json.load(f)["partial"])
        self.call("resume", "poor", "--budget", "5")
        self.ended(execution, "completed")
        keys, billed = self.bill(server)
        self.assertEqual(max(keys.values()), 1)
        self.assertEqual(self.ledger("poor"), (billed, 0))


if __name__ == "__main__":
    rig.main()
