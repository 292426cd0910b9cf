#!/usr/bin/env python3
"""The real template, the real report machine, the real program in the containers."""
import rig
from real import ALL, Paid, Real

LONG_ENOUGH = {"PhaseSeconds": 300, "WorkSeconds": 240}


class EndToEnd(Real):
    parameters = LONG_ENOUGH

    def test_a_report(self):
        lines = self.counting_reader("first")
        self.ended(self.begin("first"), "completed")
        self.assertEqual(self.containers("first"), [(p, 0, "FARGATE_SPOT") for p in ALL])
        self.assertEqual(self.kinds("first"), ["completed"])
        with open(lines, encoding="utf-8") as f:
            self.assertEqual(len(f.readlines()), len(self.listing["files"]))
        self.same_report("first")

    def test_single_steps(self):
        self.of_run["steps"] = {"NIGHTDESK_MAX_STEPS": "1"}
        self.ended(self.begin("steps"), "completed")
        containers = self.containers("steps")
        self.assertEqual({c[1] for c in containers}, {0})
        self.assertGreater(len(containers), 12)
        self.same_report("steps")


class Stopped(Paid):
    parameters = LONG_ENOUGH

    def check_bill(self, run_id, server, lanes=3):
        """Every answer is paid for; only those that were on their way to a killed process are asked for again."""
        keys, billed = self.bill(server)
        spent, unknown = self.ledger(run_id)
        again = sum(n - 1 for n in keys.values())
        self.assertLessEqual(billed, spent + unknown)
        self.assertLessEqual(again, lanes)
        self.assertEqual(unknown > 0, again > 0, (keys, spent, unknown))

    def kill_in(self, phase):
        """Kills a run's container while its phase pays, and sees it through; the exception, if any."""
        run_id = "kill-" + phase
        server, lines = self.serve(run_id, latency_ms=400), self.counting_reader(run_id)
        execution = self.begin(run_id)
        entry = self.at_work(run_id, phase)
        self.asked(server, entry, 1)
        self.aws.tasks.out_of_memory(entry) if phase == "draft" else self.aws.tasks.kill(entry["pid"])
        server.options.latency_ms = 0
        self.ended(execution, "completed")
        self.assertEqual([c[1] for c in self.containers(run_id) if c[0] == phase], [137, 0])
        self.check_bill(run_id, server)
        with open(lines, encoding="utf-8") as f:
            self.assertEqual(len(f.readlines()), len(self.listing["files"]))
        self.same_report(run_id)

    def test_killed_in_every_phase(self):
        self.side_by_side(*[lambda p=p: self.kill_in(p) for p in ALL])

    def test_spot_takes_its_machine_back(self):
        server = self.serve("spot", latency_ms=300)
        execution = self.begin("spot")
        entry = self.at_work("spot", "draft")
        self.asked(server, entry, 1)
        self.aws.tasks.spot_interruption(entry)
        self.ended(execution, "completed")
        self.assertEqual([c[1:] for c in self.containers("spot") if c[0] == "draft"], [(0, "FARGATE_SPOT")] * 2)
        keys, billed = self.bill(server)
        self.assertEqual(max(keys.values()), 1)
        self.assertEqual(self.ledger("spot"), (billed, 0))
        self.same_report("spot")


if __name__ == "__main__":
    rig.main()
