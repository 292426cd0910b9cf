#!/usr/bin/env python3
"""A test for each exit status of the manual, and what --json says beside it."""
import glob
import os
import signal
import sqlite3
import subprocess
import time

import rig

SLOW = """#!/bin/sh
sleep {seconds}
exec {reader} "$@"
"""


class ExitStatus(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()

    def slow_reader(self, seconds=0.7):
        """Opens documents like nightdesk-read, only slower."""
        return self.write("slow-read", SLOW.format(reader=os.path.join(rig.BUILD, "nightdesk-read"), seconds=seconds), 0o755)

    def start(self, *args, **env):
        return subprocess.Popen(["nightdesk", *args], executable=self.program(), cwd=self.work, env=self.environment(**env), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_for_run(self):
        for _ in range(100):
            if self.call("status", "r").status == 0:
                return
            time.sleep(0.05)
        self.fail("the run was not made in five seconds")

    def test_0_completed(self):
        done = self.call(*self.run_args())
        self.check(done, 0, "completed", "quotes", "next: nightdesk verify")
        self.assertEqual(len(done.out.splitlines()), 1)
        result = done.json
        self.assertEqual((result["schema"], result["run_id"], result["outcome"], result["out"], result["exit_status"]),
                         ("nightdesk.run/1", "r", "completed", self.out, 0))
        self.assertEqual((result["cost_microusd"], result["cost_usd"], result["model_calls"]), (0, "0.00", 0))
        self.assertEqual(result["receipt"]["inputs"], 5)
        for name in ("report.html", "report.md", "report.json", "manifest.json", "sources.bib", "ledger.json"):
            self.assertTrue(os.path.exists(os.path.join(self.out, name)), name)
        self.assertEqual(glob.glob(os.path.join(self.out, ".nightdesk-*")), [])
        self.check(self.call("status", "r"), 0)
        self.check(self.call("phase", "--run", "r", "--phase", "fact-check"), 0)

    def test_without_json_standard_output_is_the_path(self):
        done = self.call(*[a for a in self.run_args() if a != "--json"])
        self.check(done, 0)
        self.assertEqual(done.out, f"{self.out}/report.html\n")

    def test_1_verify_finds_something(self):
        self.check(self.call(*self.run_args()), 0)
        done = self.call("verify", self.out, "--json")
        self.check(done, 0)
        self.assertEqual((done.json["verified"], done.json["level"]), (True, "evidence"))
        self.assertEqual(done.json["quotes"], done.json["quotes_verified"])
        done = self.call("verify", self.out, "--docs", self.docs, "--json")
        self.check(done, 0)
        self.assertEqual(done.json["level"], "originals")
        self.write("out/extra.js", "alert(1)")
        done = self.call("verify", self.out, "--json")
        self.check(done, 0, "extra.js: is no part of the report")
        self.assertEqual(done.json["others"], ["extra.js"])
        self.write("docs/power.md", "# Another text\n")
        done = self.call("verify", self.out, "--docs", self.docs)
        self.check(done, 1, "power.md", "changed")
        self.assertIn("not verified: 1 finding\n", done.out)
        with open(os.path.join(self.out, "report.md"), "a") as f:
            f.write("x")
        done = self.call("verify", self.out, "--json")
        self.check(done, 1, "report.md")
        self.assertFalse(done.json["verified"])
        self.check(self.call("verify", "absent"), 2, "absent")

    def test_2_usage(self):
        self.check(self.call("run", "--json", "topic", "--docs", self.docs, "--lenght", "short"), 2,
                   "'--lenght' is not an option of 'run'; did you mean '--length'?", "nightdesk run --help")
        self.check(self.call("rnu"), 2, "did you mean 'run'?")
        self.check(self.call("status"), 2, "'status' needs RUN")
        self.check(self.call("status", "a", "b"), 2, "'b' is one argument too many")
        self.check(self.call("status", "absent"), 2, "there are no runs yet")
        done = self.call("run", "t", "--docs", "absent", "--json")
        self.check(done, 2, "absent' does not exist")
        self.assertEqual(done.json["error"]["code"], "bad_input")
        self.assertFalse(os.path.exists(self.store), "something was kept")

    def test_2_same_id_with_another_request(self):
        self.check(self.call(*self.run_args()), 0)
        self.check(self.call(*self.run_args()), 0)  # the same request: goes on, here with nothing to do
        self.check(self.call(*self.run_args("--length", "short")), 2, "run 'r' exists with another request")

    def test_4_limit_and_going_on(self):
        done = self.call(*self.run_args("--max-run-tool-calls", "1"))
        self.check(done, 4, "next: nightdesk resume r --max-run-tool-calls 2")
        self.assertEqual(done.json["outcome"], "limit_reached")
        self.assertTrue(os.path.exists(os.path.join(self.out, "report.html")), "no partial report")
        self.check(self.call("approve", "r"), 2, "raised, not approved")
        self.check(self.call("resume", "r", "--max-run-tool-calls", "200", "--out", self.out, "--json"), 0)

    def test_5_waiting_then_approved(self):
        done = self.call(*self.run_args("--approve", "plan"))
        self.check(done, 5, "next: nightdesk approve r")
        self.assertEqual((done.json["outcome"], done.json["gate"]["gate"]), ("awaiting_approval", "plan"))
        self.check(self.call("resume", "r", "--json"), 5)
        self.check(self.call("answer", "r", "x"), 2, "asks no question")
        self.check(self.call("approve", "r", "--json"), 0, "plan approved")
        self.check(self.call("status", "r"), 0)
        done = self.call("status", "r", "--json")
        self.assertEqual((done.json["gate"], done.json["next"][:18]), (None, "nightdesk resume r"))
        self.assertIn("research decided", self.call("list").out)
        self.check(self.call("approve", "r"), 0, "plan approved already", "next: nightdesk resume r")
        self.check(self.call("reject", "r", "--why", "late"), 2, "the plan of run 'r' was approved already", "next: nightdesk resume r")
        self.check(self.call("resume", "r", "--json", "--out", self.out), 0)
        self.check(self.call("approve", "r"), 2, "completed")

    def test_6_rejected(self):
        self.check(self.call(*self.run_args("--approve", "plan")), 5)
        self.check(self.call("reject", "r"), 2, "--why")
        self.check(self.call("reject", "r", "--why", "wrong documents"), 0, "plan rejected")
        done = self.call("resume", "r", "--json")
        self.check(done, 6, "wrong documents")
        self.assertEqual(done.json["outcome"], "rejected")

    def test_6_cancelled(self):
        self.check(self.call(*self.run_args("--approve", "plan")), 5)
        self.check(self.call("cancel", "r"), 0, "cancelled")
        self.check(self.call("resume", "r", "--json"), 6)
        self.check(self.call("watch", "r", "--json"), 6)

    def test_7_too_many_inputs_failed(self):
        for n in range(3):
            self.write(f"docs/broken{n}.pdf", b"%PDF-1.4\nnothing that a reader knows " + bytes([n]))
        done = self.call(*self.run_args())
        self.check(done, 7, "more than 10 % of the inputs failed")
        self.assertEqual(done.json["outcome"], "completed")
        self.assertEqual(done.json["receipt"]["failed"], 3)
        self.check(self.call(*self.run_args("--run-id", "r2", "--out", self.out + "2", "--max-failed-inputs", "50%")), 0)

    def test_8_lost_to_another_worker(self):
        first = self.start(*self.run_args("--reader", self.slow_reader()))
        self.wait_for_run()
        for lock in glob.glob(os.path.join(self.store, "locks", "*")):
            os.unlink(lock)  # as if the first worker's machine had been cut off from the file system
        self.check(self.call("resume", "r", "--json", "--out", self.out + "2"), 0)
        _, err = first.communicate(timeout=60)
        self.assertEqual(first.returncode, 8, err)
        self.assertFalse(os.path.exists(self.out), "the worker without a lease wrote a report")

    def test_75_another_process_works_on_it(self):
        first = self.start(*self.run_args("--reader", self.slow_reader()))
        self.wait_for_run()
        done = self.call("resume", "r", "--json")
        self.check(done, 75, "while working on run 'r'")
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)

    def test_75_stopped_by_max_steps_and_each_step_a_process(self):
        self.check(self.call(*self.run_args("--run-id", "whole", "--out", self.out + "-whole")), 0)
        statuses = []
        done = self.call(*self.run_args("--max-steps", "1"))
        self.assertIn("recorded 1 step, as many as it was asked for", done.err)
        while done.status == 75 and len(statuses) < 60:
            statuses.append(done.json["outcome"])
            done = self.call("resume", "r", "--max-steps", "1", "--out", self.out, "--json")
        self.check(done, 0)
        self.assertGreater(len(statuses), 5)
        self.assertEqual(set(statuses), {"yielded"})

    def test_78_configuration(self):
        self.check(self.call(*self.run_args(), NIGHTDESK_BUDGET="much"), 78, "'NIGHTDESK_BUDGET' is 'much'")
        self.check(self.call(*self.run_args(), NIGHTDESK_MAX_STEPS="-5"), 78, "'NIGHTDESK_MAX_STEPS' is '-5'")
        self.check(self.call("list", NIGHTDESK_STROE="x"), 0, "'NIGHTDESK_STROE' sets nothing; did you mean 'NIGHTDESK_STORE'?")
        del_home = {"NIGHTDESK_STORE": "", "HOME": "relative", "XDG_DATA_HOME": "data"}
        env = {k: v for k, v in self.environment(**del_home).items() if k != "NIGHTDESK_STORE"}
        done = subprocess.run([self.program(), "list"], env=env, cwd=self.work, capture_output=True, text=True)
        self.assertEqual(done.returncode, 78)
        self.assertIn("no place for runs", done.stderr)
        self.write("work/nightdesk.conf", "budgte = 1\n")
        self.check(self.call(*self.run_args()), 78, "nightdesk.conf:1", "did you mean 'budget'?")
        self.write("work/nightdesk.conf", "notify-command = touch /tmp/owned\n")
        self.check(self.call(*self.run_args()), 78, "may not come from a project's file")
        os.unlink(os.path.join(self.work, "nightdesk.conf"))
        self.check(self.call(*self.run_args("--reader", "/nonexistent")), 78, "nightdesk-read")
        self.assertEqual(self.call("doctor", "--reader", "/nonexistent").status, 78)
        self.assertEqual(self.call("doctor").status, 0)

    def interrupted(self, number, status):
        first = self.start(*self.run_args("--reader", self.slow_reader(), "--progress", "none"))
        self.wait_for_run()
        first.send_signal(number)
        out, err = first.communicate(timeout=60)
        self.assertEqual(first.returncode, status, err)
        self.assertIn("next: nightdesk resume r", err)
        self.check(self.call("resume", "r", "--out", self.out, "--json"), 0)

    def test_130_interrupted(self):
        self.interrupted(signal.SIGINT, 130)

    def test_143_terminated(self):
        self.interrupted(signal.SIGTERM, 143)

    def test_second_interrupt_ends_at_once(self):
        patience = 25  # of the reader, with each document
        first = self.start(*self.run_args("--reader", self.slow_reader(patience), "--progress", "none"))
        self.wait_for_run()
        first.send_signal(signal.SIGINT)
        time.sleep(0.05)
        first.send_signal(signal.SIGINT)
        began = time.monotonic()
        first.wait(timeout=60)
        self.assertEqual(first.returncode, 130)
        self.assertLess(time.monotonic() - began, patience / 2, "it waited for the document being read")
        first.communicate()
        self.check(self.call("resume", "r", "--out", self.out, "--json"), 0)

    def test_phase_exits_0_for_every_outcome(self):
        request = self.write("request.json", rig.json.dumps(
            {"topic": rig.TOPIC, "documents": {"roots": ["docs"]}, "sub_topics": 4, "approve": ["plan"]}))
        words = ["phase", "--run", "p", "--json", "--started-at", rig.STARTED]
        self.check(self.call("phase", "--run", "p", "--phase", "research"), 2, "there are no runs yet")
        done = self.call(*words, "--phase", "research", "--request", request)
        self.check(done, 0)
        self.assertEqual(done.json["outcome"], "awaiting_approval")
        self.check(self.call("approve", "p"), 0)
        for phase in ("research", "draft", "synthesize"):
            done = self.call(*words, "--phase", phase)
            self.check(done, 0)
            self.assertEqual((done.json["outcome"], done.json["out"]), ("completed", None))
        self.check(self.call(*words, "--phase", "fact-check", "--out", self.out), 0)
        self.assertTrue(os.path.exists(os.path.join(self.out, "report.html")))
        self.check(self.call("phase", "--run", "p", "--phase", "reserch"), 2, "did you mean 'research'?")

    def test_watch_follows_to_the_end(self):
        first = self.start(*self.run_args("--reader", self.slow_reader(), "--progress", "none"))
        self.wait_for_run()
        done = self.call("watch", "r", "--json")
        self.check(done, 0)
        self.assertEqual(done.json["outcome"], "completed")
        first.communicate(timeout=60)

    def test_list_and_delete(self):
        self.check(self.call("list"), 0, "no runs")
        self.check(self.call(*self.run_args()), 0)
        self.check(self.call(*self.run_args("--run-id", "w", "--approve", "plan", "--out", self.out + "2")), 5)
        rows = self.call("list", "--json").json["runs"]
        self.assertEqual({r["run_id"] for r in rows}, {"r", "w"})
        self.assertIn(rig.TOPIC[:30], self.call("list").out)
        waiting = self.call("list", "--outcome", "awaiting_approval", "--json").json["runs"]
        self.assertEqual([r["run_id"] for r in waiting], ["w"])
        self.check(self.call("delete", "r"), 2, "say --yes")
        self.check(self.call("delete", "r", "--yes"), 0)
        self.check(self.call("status", "r"), 2, "there is no run 'r'")
        self.assertTrue(os.path.exists(os.path.join(self.out, "report.html")), "delete removed a folder of the user's")

    def test_a_damaged_run_hides_no_other_and_can_be_deleted(self):
        for run in ("fine", "hurt"):
            self.check(self.call(*self.run_args("--run-id", run, "--approve", "plan", "--out", self.out + run)), 5)
        db = sqlite3.connect(os.path.join(self.store, "nightdesk.db"))
        db.execute("UPDATE run SET meta = '{}' WHERE id = 'hurt'")
        db.commit()
        db.close()
        done = self.call("list", "--json")
        self.check(done, 1, "damaged")
        self.assertEqual([r["run_id"] for r in done.json["runs"]], ["fine"])
        self.assertEqual(done.json["error"]["code"], "broken")
        self.assertIn("fine", self.call("list").out)
        self.check(self.call("delete", "hurt", "--yes"), 0, "run hurt is deleted")
        self.assertEqual(self.call("list").status, 0)

    def test_an_answer_that_could_not_be_written(self):
        self.check(self.call(*self.run_args("--approve", "plan")), 5)
        with open("/dev/full", "w") as full:
            for words in (["list", "--json"], ["list"], ["status", "r"], ["--help"], ["run", "--help"], ["version"]):
                done = subprocess.run([self.program(), *words], env=self.environment(), stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 1, (words, done.stderr))
                self.assertIn("standard output could not be written", done.stderr)
            done = subprocess.run([self.program(), "resume", "r", "--json"], env=self.environment(), stdout=full,
                                  stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 5, "a status that says more than that is kept")

    def test_closed_streams_are_no_files_of_ours(self):
        line = " ".join(f"'{w}'" for w in self.run_args())
        done = subprocess.run(f"'{self.program()}' {line} <&- >&- 2>&-", shell=True, env=self.environment(), cwd=self.work)
        self.assertEqual(done.returncode, 0)
        self.check(self.call("verify", self.out), 0)
        self.assertEqual([f for f in glob.glob(os.path.join(self.store, "locks", "*")) if os.path.getsize(f)], [])

    def test_replay_gives_the_same_bytes(self):
        self.check(self.call(*self.run_args()), 0)
        self.check(self.call("replay", "r"), 2, "--out DIR")
        again = self.out + "-again"
        self.check(self.call("replay", "r", "--out", again), 0)
        diff = subprocess.run(["diff", "-r", "-x", "ledger.json", self.out, again], capture_output=True, text=True)
        self.assertEqual(diff.stdout, "")
        self.check(self.call("replay", "r", "--out", self.docs), 2, "has other things in it")

    def test_dry_run_keeps_nothing(self):
        done = self.call(*self.run_args("--dry-run"))
        self.check(done, 0)
        self.assertEqual((done.json["expected_cost_microusd"], done.json["hosts"]), (0, []))
        self.assertEqual(len(done.json["plan"]["sub_topics"]), 4)
        self.assertFalse(os.path.exists(self.store) or os.path.exists(self.out))
        text = self.call(*[a for a in self.run_args("--dry-run") if a != "--json"]).out
        for words in ("4 sub-topics", "expected cost $0.00, worst case $0.00", "nothing leaves this machine"):
            self.assertIn(words, text)


if __name__ == "__main__":
    rig.main()
