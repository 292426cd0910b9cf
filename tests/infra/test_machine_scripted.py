#!/usr/bin/env python3
"""The real template and report machine, with a scripted program in the containers, for what the real one (test_machine*.py) does only
when it is broken: every way on, and who is told."""
import json
import time

import rig

ALL = ["research", "draft", "synthesize", "fact-check"]


class Report(rig.Case):
    def phases(self, run_id):
        return [phase for phase, _, _ in self.containers(run_id)]

    def ends(self, run_id, script, outcome, seconds=300):
        ended = self.run_report(run_id, script, seconds)
        self.assertEqual((ended["status"], (ended["output"] or {}).get("outcome")), ("SUCCEEDED", outcome), self.log(run_id))
        return ended

    def fails(self, run_id, script, error, seconds=300):
        ended = self.run_report(run_id, script, seconds)
        self.assertEqual((ended["status"], ended.get("error")), ("FAILED", error), self.log(run_id))
        self.assertEqual([(e["kind"], e["error"]) for e in self.told(run_id)][-1:], [("failed", error)])
        return ended

    def test_four_phases(self):
        ended = self.ends("plain", {"draft": ["spend 1200000"]}, "completed")
        self.assertEqual(ended["output"], {"run_id": "plain", "outcome": "completed", "used_microusd": 1200000})
        self.assertEqual(self.containers("plain"), [(p, 0, "FARGATE_SPOT") for p in ALL])
        self.assertEqual(self.kinds("plain"), ["completed"])

    def test_yields_run_the_phase_again_in_as_many_executions_as_it_takes(self):
        self.ends("yields", {"research": ["yielded"], "draft": ["yielded"] * 5}, "completed")
        self.assertEqual(self.phases("yields"), ["research"] * 2 + ["draft"] * 6 + ["synthesize", "fact-check"])
        first = self.outputs["ReportMachineArn"].replace(":stateMachine:", ":execution:") + ":yields"
        self.assertIn("GoOn", self.aws.path(first))  # MaxRounds is 4
        self.assertEqual(self.aws.look(first + "-r1")["status"], "SUCCEEDED")
        self.assertEqual(self.kinds("yields"), ["completed"])

    def test_crash_leaves_spot_and_goes_on(self):
        self.ends("crash", {"draft": ["exit 137"] * 4}, "completed")
        drafts = [c[1:] for c in self.containers("crash") if c[0] == "draft"]
        self.assertEqual(drafts, [(137, "FARGATE_SPOT")] * 4 + [(0, "FARGATE")])

    def test_crashes_without_end_give_up(self):
        ended = self.fails("broken", {"research": ["exit 139"] * 99}, "Nightdesk.GaveUp")
        self.assertIn('"ExitCode":139', ended["cause"])
        self.assertEqual(len(self.containers("broken")), 4 * 4)  # Spot, on demand, after each of two rests; four tries each

    def test_refusals_are_not_repeated(self):
        ended = self.fails("refused", {"research": ["exit 2"] * 9}, "Nightdesk.Refused")
        self.assertEqual(self.containers("refused"), [("research", 2, "FARGATE_SPOT")])
        self.assertIn("its log says why", ended["cause"])
        ended = self.fails("version", {"draft": ["exit 137", "refuse 78 the record has format 9"]}, "Nightdesk.Refused")
        self.assertEqual([c[:2] for c in self.containers("version")], [("research", 0), ("draft", 137), ("draft", 78)])
        self.assertEqual(ended["cause"], "the record has format 9")

    def test_tries_are_counted_anew_in_each_phase(self):
        self.ends("often", {"research": ["exit 75"] * 3, "draft": ["exit 75"] * 3 + ["yielded"] + ["exit 75"] * 3}, "completed")
        self.assertEqual({c[2] for c in self.containers("often")}, {"FARGATE_SPOT"})

    def test_no_outcome_counts_as_a_crash(self):
        self.ends("silent", {"draft": ["running"]}, "completed")
        self.assertEqual([c[2] for c in self.containers("silent")], ["FARGATE_SPOT"] * 2 + ["FARGATE"] * 3)

    def test_failed_run_is_told(self):
        ended = self.fails("failed", {"synthesize": ["failed"]}, "Nightdesk.Failed")
        self.assertEqual(json.loads(ended["cause"])["outcome"], {"S": "failed"})

    def test_no_capacity_on_spot(self):
        self.aws.tasks.refuse += ["failures"] * 4
        self.ends("nospot", {}, "completed")
        self.assertEqual({c[2] for c in self.containers("nospot")}, {"FARGATE"})

    def test_hanging_container_is_stopped(self):
        began = time.monotonic()
        execution = self.aws.start("Report", "hangs", {"request": {"topic": "t", "script": {"research": ["hang"]}}})
        ended = self.aws.wait(execution)
        self.assertEqual(ended["output"]["outcome"], "completed")
        self.assertGreater(time.monotonic() - began, rig.SECONDS["PhaseSeconds"])
        self.assertEqual(self.containers("hangs")[0][1], 143)  # SIGTERM: it does not live on and spend

    def test_same_run_id_for_another_request(self):
        self.ends("mine", {}, "completed")
        table = self.aws.client("dynamodb")
        key = {"pk": {"S": "RUN#other"}, "sk": {"S": "REQUEST"}}
        table.put_item(TableName=self.table, Item={**key, "request": {"S": json.dumps({"topic": "another"})}})
        ended = self.run_report("other")
        self.assertEqual((ended["status"], ended["error"]), ("FAILED", "Nightdesk.RunIdTaken"))
        self.assertEqual(self.containers("other"), [])

    def test_bad_inputs(self):
        for name, given in (("in1", {}), ("in2", {"run_id": "in2"}), ("in3", {"run_id": "x", "request": {"topic": "t"}}), ("in4", {"run_id": 4, "generation": 1})):
            ended = self.aws.wait(self.aws.start("Report", name, given))
            self.assertEqual((ended["status"], ended["error"]), ("FAILED", "Nightdesk.BadInput"), given)


class Gates(rig.Case):
    parameters = {"GateSeconds": 60, "ReminderSeconds": 2}

    def begin(self, run_id, *words, phase="draft"):
        return self.aws.start("Report", run_id, {"request": {"topic": "t", "script": {phase: list(words)}}})

    def asked(self, run_id, gate="outline"):
        item = self.gate(run_id, gate)
        self.assertEqual([e for e in self.aws.tasks.alive() if e["command"][2] == run_id], [])  # nobody works meanwhile
        self.assertGreater(len(item["task_token"]["S"]), 600)
        return item

    def ended(self, execution, outcome, seconds=300):
        ended = self.aws.wait(execution, seconds)
        self.assertEqual((ended["status"], (ended["output"] or {}).get("outcome")), ("SUCCEEDED", outcome), ended)
        return ended

    def test_sent_twice_is_harmless(self):
        execution = self.begin("twice", "gate outline", "gate final")
        self.asked("twice")
        item = self.decide("twice", "outline", "approve")
        self.send(item)
        self.asked("twice", "final")
        try:
            self.send(item)
        except Exception as error:  # a spent token is refused in one of three ways
            self.assertRegex(str(error), "TaskTimedOut|TaskDoesNotExist|InvalidToken")
        self.assertEqual(self.aws.look(execution)["status"], "RUNNING")
        self.send(self.decide("twice", "final", "approve"))
        self.ended(execution, "completed")

    def test_a_cancel_that_the_asking_container_has_not_seen(self):
        execution = self.begin("unseen", "unseen outline")
        self.ended(execution, "cancelled")
        self.assertNotIn("task_token", self.gate("unseen", "outline", token=False))
        self.assertEqual(self.aws.path(execution).count("WaitForDecision"), 1)

    def test_money_and_limits_ask_too(self):
        for name, kind in (("budget", "budget_exceeded"), ("limit", "limit_reached"), ("question", "awaiting_answer")):
            execution = self.begin("stop-" + name, "gate " + name)
            self.asked("stop-" + name, name)
            self.assertEqual(self.kinds("stop-" + name)[0], kind)
            self.send(self.decide("stop-" + name, name, "raise"))
            self.ended(execution, "completed")


if __name__ == "__main__":
    rig.main()
