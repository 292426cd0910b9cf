#!/usr/bin/env python3
"""The commands that are printed can be pasted into any shell, and a run's report lands where the run was started with."""
import os
import subprocess

import rig


class Next(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()
        self.store, self.out = (os.path.join(self.dir, n) for n in ("my store", "it's here"))
        self.elsewhere = os.path.join(self.dir, "elsewhere")
        os.mkdir(self.elsewhere)

    def environment(self, **more):
        env = super().environment(**more)
        if "NIGHTDESK_STORE" not in more:
            del env["NIGHTDESK_STORE"]
        return {**env, "PATH": rig.BUILD + ":" + os.environ["PATH"]}

    def run_args(self, *more):
        return super().run_args("--store", self.store, *more)

    def paste(self, command, **env):
        """What a person does with a printed command: another shell, another folder."""
        return rig.Done(subprocess.run(["sh", "-c", command], cwd=self.elsewhere, env=self.environment(**env), text=True,
                                       capture_output=True, timeout=120, stdin=subprocess.DEVNULL))

    def said(self, done):
        return done.err.split("next: ")[1].splitlines()[0]

    def lands_in(self, out):
        self.assertTrue(os.path.exists(os.path.join(out, "report.html")), os.listdir(self.dir))
        self.assertEqual(os.listdir(self.elsewhere), [])

    def test_after_a_limit(self):
        done = self.call(*self.run_args("--max-run-tool-calls", "1"))
        self.check(done, 4)
        self.assertEqual(self.said(done), done.json["next"])
        while done.status == 4:
            done = self.paste(done.json["next"] + " --json")
        self.check(done, 0)
        self.assertEqual(done.json["out"], self.out)
        self.lands_in(self.out)
        self.check(self.paste(done.json["next"]), 0)

    def test_at_a_gate(self):
        done = self.call(*self.run_args("--approve", "plan"))
        self.check(done, 5, "nightdesk reject r --why TEXT --store", "nightdesk approve r --edit --store")
        self.check(self.paste(self.said(done)), 0)
        status = self.paste(f"nightdesk status r --store '{self.store}' --json")
        self.assertTrue(status.json["next"].startswith("nightdesk resume r --store "), status.json["next"])
        self.check(self.paste(status.json["next"]), 0)
        self.lands_in(self.out)

    def test_after_decisions(self):
        self.check(self.call(*self.run_args("--approve", "plan")), 5)
        done = self.call("approve", "r", "--store", self.store)
        self.check(self.paste(self.said(done)), 0)
        self.lands_in(self.out)

    def test_store_from_the_environment_and_the_folder_it_ran_in(self):
        words = [w for w in super().run_args("--approve", "plan") if w not in ("--out", self.out)]
        done = self.call(*words, NIGHTDESK_STORE="../my store")
        self.check(done, 5)
        self.check(self.paste(self.said(done)), 0)
        self.check(self.paste("nightdesk resume r", NIGHTDESK_STORE=self.store), 0)
        self.lands_in(os.path.join(self.work, "nightdesk-r"))

    def test_verify_from_any_folder(self):
        done = self.call(*self.run_args("--out", "./a report"))
        self.check(done, 0)
        self.assertEqual(done.json["out"], "./a report")
        self.check(self.paste(self.said(done)), 0)

    def test_phases_land_there_too(self):
        self.check(self.call(*self.run_args("--max-steps", "1")), 75)
        for phase in ("research", "draft", "synthesize", "fact-check"):
            self.check(self.paste(f"nightdesk phase --run r --phase {phase} --store '{self.store}'"), 0)
        self.lands_in(self.out)

    def test_a_second_folder_is_named_again(self):
        self.check(self.call(*self.run_args("--approve", "plan,final")), 5)
        self.check(self.call("approve", "r", "--store", self.store), 0)
        done = self.call("resume", "r", "--store", self.store, "--out", "../second", "--max-steps", "1")
        self.check(done, 75, "/second")
        self.assertNotIn("--out", self.said(self.call("resume", "r", "--store", self.store)))

    def test_options_that_going_on_needs(self):
        reader = self.write("a reader", f"#!/bin/sh\nexec {rig.BUILD}/nightdesk-read \"$@\"\n", 0o755)
        done = self.call(*self.run_args("--reader", reader, "--offline", "--max-run-tool-calls", "1"))
        self.check(done, 4, f"--reader '{reader}'", "--offline")
        self.check(self.paste(done.json["next"].replace("--max-run-tool-calls 2", "--max-run-tool-calls 99")), 0)

    def test_the_program_is_called_as_it_was_called(self):
        args = self.run_args("--approve", "plan")
        done = rig.Done(subprocess.run(["./nightdesk", *args], cwd=rig.BUILD, env=self.environment(),
                                       capture_output=True, text=True, timeout=120))
        self.check(done, 5)
        self.assertTrue(self.said(done).startswith(f"{rig.BUILD}/nightdesk approve r --store "), self.said(done))

    def test_a_deleted_run_is_forgotten(self):
        self.check(self.call(*self.run_args("--approve", "plan")), 5)
        self.check(self.call("delete", "r", "--yes", "--store", self.store), 0)
        self.check(self.call(*self.run_args("--approve", "plan", "--out", self.out + "2")), 5)
        self.check(self.call("approve", "r", "--store", self.store), 0)
        self.check(self.call("resume", "r", "--store", self.store), 0)
        self.lands_in(self.out + "2")


if __name__ == "__main__":
    rig.main()
