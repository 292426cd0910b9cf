#!/usr/bin/env python3
"""Cancelling a run of the report machine in every state, with the real program."""
import threading

import rig
from moto.dynamodb.models import DynamoDBBackend
from real import ALL, Paid

LONG_ENOUGH = {"PhaseSeconds": 300, "WorkSeconds": 240}


class Cancelled(Paid):
    parameters = {**LONG_ENOUGH, "GateSeconds": 600, "ReminderSeconds": 600, "RestSeconds": 6, "MaxRests": 2}
    together = 6
    ways = {}  # of a run's containers to come: False: it can't start

    @classmethod
    def argv(cls, family, command):
        return Paid.argv(family, command) if (cls.ways.get(command[2]) or [True]).pop(0) else None

    def cancelled(self, execution, run_id):
        self.ended(execution, "cancelled")
        self.assertEqual(self.meta(run_id)["outcome"]["S"], "cancelled")
        self.assertNotIn("failed", self.kinds(run_id))

    def at_work_in(self, phase):
        run_id = "cancel-" + phase
        server = self.serve(run_id)
        self.slow_in(run_id, phase, server)
        execution = self.begin(run_id)
        self.paying(run_id, phase, server)
        self.call("cancel", run_id)
        self.cancelled(execution, run_id)
        keys, billed = self.bill(server)
        self.assertEqual(max(keys.values()), 1)
        self.assertEqual(self.ledger(run_id), (billed, 0))  # answers in flight were awaited and recorded
        self.assertEqual([c[0] for c in self.containers(run_id)], ALL[:ALL.index(phase) + 1])

    def test_in_research(self):
        self.at_work_in("research")

    def test_in_draft(self):
        self.at_work_in("draft")

    def test_in_synthesize(self):
        self.at_work_in("synthesize")

    def test_in_fact_check(self):
        self.at_work_in("fact-check")

    def test_at_the_ceiling(self):
        self.serve("cancel-poor")
        execution = self.begin("cancel-poor", limits={"budget_usd": "0.02"})
        self.gate("cancel-poor", "budget")
        self.call("cancel", "cancel-poor")
        self.cancelled(execution, "cancel-poor")

    def test_while_containers_do_not_start(self):
        self.serve("cancel-rest")
        self.ways["cancel-rest"] = [True] + [False] * 8  # Spot and on demand, four tries each; then the machine rests
        execution = self.begin("cancel-rest")
        self.aws.until(lambda: "Rest" in self.aws.path(execution))
        self.call("cancel", "cancel-rest")
        self.cancelled(execution, "cancel-rest")

    def test_before_its_decision_is_taken(self):
        self.serve("cancel-late")
        with self.notifications_held("cancel-late"):
            execution = self.begin("cancel-late", approve=["plan"])
            self.gate("cancel-late", "plan", token=False)
            self.aws.until(lambda: not [e for e in self.aws.tasks.alive() if e["command"][2] == "cancel-late"])
            self.call("cancel", "cancel-late")
        self.cancelled(execution, "cancel-late")

    def test_just_before_the_token_is_stored(self):
        """The machine has the token on its way into the table when the run is cancelled and settled."""
        self.serve("cancel-close")
        on_its_way, go_on, write = threading.Event(), threading.Event(), DynamoDBBackend.transact_write_items

        def write_later(backend, items, *args, **kwargs):
            if "task_token" in str(items) and "RUN#cancel-close" in str(items):
                on_its_way.set()
                go_on.wait(60)
            return write(backend, items, *args, **kwargs)

        DynamoDBBackend.transact_write_items = write_later
        try:
            execution = self.begin("cancel-close", approve=["plan"])
            self.assertTrue(on_its_way.wait(120))
            self.call("cancel", "cancel-close")
        finally:
            DynamoDBBackend.transact_write_items = write
            go_on.set()
        self.cancelled(execution, "cancel-close")
        self.assertNotIn("task_token", self.gate("cancel-close", "plan", token=False))

    def test_before_there_is_a_run_and_after_it_has_ended(self):
        self.serve("cancel-done")
        self.call("cancel", "cancel-done", status=2, words=("there is no run",))
        self.ended(self.begin("cancel-done"), "completed")
        self.call("cancel", "cancel-done", words=("has ended already",))
        self.assertEqual(self.meta("cancel-done")["outcome"]["S"], "completed")


if __name__ == "__main__":
    rig.main()
