#!/usr/bin/env python3
"""The command line against a deployed stack, by a person who has the stack's policy and nothing else: submit, look, decide,
cancel, go on, download."""
import json
import os
import tempfile
import urllib.request

import rig
from real import ALL, STARTED, TOPIC, Real, files_below

GATE_SECONDS = 20


class CommandLine(Real):
    parameters = {"PhaseSeconds": 120, "WorkSeconds": 90, "GateSeconds": GATE_SECONDS, "ReminderSeconds": 4}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        config = tempfile.mkdtemp(prefix="config-", dir=cls.folder)
        os.makedirs(os.path.join(config, "nightdesk", "stacks"))
        with open(os.path.join(config, "nightdesk", "stacks", "mine.json"), "w", encoding="utf-8") as f:
            json.dump({"schema": "nightdesk.stack/1", "region": rig.REGION, "store": cls.outputs["Store"],
                       "machine": cls.outputs["ReportMachineArn"], "topic": cls.outputs["TopicArn"]}, f)
        for name in ("NIGHTDESK_STORE", "NIGHTDESK_MACHINE", "AWS_REGION"):
            del cls.operator[name]
        cls.operator.update({"XDG_CONFIG_HOME": config, "NIGHTDESK_STACK": "mine", "USER": "ann"})

    def json(self, *args, status=0, **more):
        return json.loads(self.call(*args, "--json", status=status, **more).splitlines()[-1])

    def submit(self, run_id, *more, status=0, words=()):
        return self.json("submit", TOPIC, "--docs", self.docs, "--sub-topics", "4", "--run-id", run_id, "--started-at", STARTED, *more,
                         status=status, words=words)

    def execution(self, run_id):
        return self.outputs["ReportMachineArn"].replace(":stateMachine:", ":execution:") + ":" + run_id

    def waits(self, run_id, gate="plan"):
        self.submit(run_id, "--approve", gate)
        self.gate(run_id, gate)

    # ---- there and back

    def test_there_and_back(self):
        before = {o["Key"] for o in self.objects("inputs/")}
        dry = self.submit("whole", "--dry-run")
        self.assertEqual(dry["documents"]["there_already"], len(self.listing["files"]))
        with open(os.path.join(self.docs, "added.txt"), "w", encoding="utf-8") as f:
            f.write("The battery of the station is charged by a panel of ten watts.\n")
        self.addCleanup(os.unlink, os.path.join(self.docs, "added.txt"))
        first = self.submit("whole")
        self.assertEqual(first["documents"]["there_already"], first["documents"]["documents"] - 1)
        self.assertEqual(len(self.objects("inputs/")), len(before) + 2)  # the document, and the list
        again = self.submit("whole")
        self.assertEqual((again["execution"], again["documents"]["upload_bytes"]), (first["execution"], 0))
        self.submit("whole", "--length", "short", status=2, words=["another"])
        self.assertEqual(self.json("watch", "whole", "--progress", "none")["outcome"], "completed")
        self.ended(first["execution"], "completed")
        self.submit("whole", words=["submitted before"])
        self.submit("whole", "--length", "short", status=2, words=["another"])
        self.assertEqual([r["run_id"] for r in self.json("list")["runs"] if r["run_id"] == "whole"], ["whole"])
        self.check_download("whole")

    def test_a_report_compared_with_another(self):
        def submit(run_id, *more, **wanted):
            return self.json("submit", "The power of a small weather station.", "--docs", self.docs, "--sub-topics", "2", "--run-id", run_id, *more, **wanted)

        submit("monday", "--since", "nobody", status=2, words=["there is no run 'nobody'"])
        submit("monday", "--since", "latest", words=["nothing to compare with"])
        self.ended(self.execution("monday"), "completed")
        submit("tuesday", "--since", "latest", words=["compared with run monday"])
        self.ended(self.execution("tuesday"), "completed")
        self.assertEqual((self.kinds("monday"), self.kinds("tuesday")), (["completed"], []))
        with open(os.path.join(self.report("tuesday"), "report.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f)["changes"]["run_id"], "monday")
        submit("tuesday", "--since", "monday", words=["submitted before"])
        submit("tuesday", status=2, words=["another"])

    def test_five_thousand_files(self):
        """More than a state machine passes on: their list lies in the bucket."""
        many = tempfile.mkdtemp(prefix="many-", dir=self.folder)
        for n in range(5000):
            folder = os.path.join(many, f"notes of station {n // 100:02}")
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, f"battery and panel {n:04}.txt"), "w", encoding="utf-8") as f:
                f.write(f"The battery of the station is charged by a panel of {n % 10 + 5} watts.\n")
        first = self.json("submit", TOPIC, "--docs", many, "--sub-topics", "2", "--run-id", "many", "--started-at", STARTED)
        self.assertEqual((first["documents"]["files"], first["documents"]["documents"]), (5000, 10))
        self.assertLess(len(self.aws.look(first["execution"])["input"]), 4000)
        self.ended(first["execution"], "completed")
        with open(os.path.join(self.report("many"), "report.json"), encoding="utf-8") as f:
            report = json.load(f)
        self.assertEqual(sum(1 + len(s.get("also", [])) for s in report["sources"]), 5000)
        out = os.path.join(many + "-local", "report")
        self.call("run", TOPIC, "--docs", many, "--sub-topics", "2", "--run-id", "many", "--started-at", STARTED, "--out", out, "--store", many + "-runs",
                  env={})
        self.assertEqual(files_below(self.report("many")), files_below(out))

    def objects(self, prefix):
        return self.aws.client("s3").list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])

    def check_download(self, run_id):
        home = tempfile.mkdtemp(prefix="down-", dir=self.folder)
        out = os.path.join(home, "report")
        self.call("download", run_id, "--out", out)
        self.call("verify", out, env={})
        local = self.local_report(run_id)
        self.assertEqual(files_below(out), local)
        self.call("download", "nothing", "--out", out, status=2, words=["there is no run"])
        self.waits("other")
        self.call("download", "other", "--out", out, status=2, words=["has no report yet"])
        self.call("cancel", "other")
        url = self.json("download", run_id, "--url", "--expires", "60")["url"]
        with urllib.request.urlopen(url, timeout=30) as answer:
            self.assertEqual(answer.read(), local["report.html"])

    def test_doctor(self):
        found = {c["check"]: (c["verdict"], c["found"]) for c in self.json("doctor", status=78)["checks"]}
        for check in ("keys", "table", "bucket", "machine", "clock"):
            self.assertEqual(found[check][0], "ok", found)
        self.assertIn("/operator-commandline", found["keys"][1])
        self.assertEqual(found["mail"][0], "wrong", found)
        self.assertIn("has no subscription", found["mail"][1])
        self.assertIn("cannot be read", found["quota"][1])  # the local AWS knows none of Fargate
        self.aws.client("sns").subscribe(TopicArn=self.outputs["TopicArn"], Protocol="email", Endpoint="ann@example.org")
        found = {c["check"]: (c["verdict"], c["found"]) for c in self.json("doctor")["checks"]}
        self.assertEqual(found["mail"], ("ok", "1 confirmed"))
        nobody = {**self.operator, **self.powerless()}
        found = {c["check"]: (c["verdict"], c["found"]) for c in self.json("doctor", status=78, env=nobody)["checks"]}
        for check in ("table", "bucket", "machine"):
            self.assertEqual(found[check][0], "wrong", found)
            self.assertIn("OperatorPolicyArn", found[check][1])
        refused = self.aws.access.refused
        refused[:] = [r for r in refused if r[0] != "powerless"]

    def powerless(self):
        """Keys of somebody who may do nothing."""
        iam = self.aws.client("iam")
        iam.create_user(UserName="powerless")
        key = iam.create_access_key(UserName="powerless")["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def test_what_stays_here(self):
        self.submit("private", "--local", "*.pdf", status=2, words=["never leaves this machine"])
        self.submit("secret", "--url", "https://me:pass@example.org/x", status=2, words=["no request may hold"])

    # ---- deciding

    def test_approve(self):
        self.waits("approved")
        shown = self.json("status", "approved")
        self.assertEqual((shown["outcome"], shown["gate"]["gate"]), ("awaiting_approval", "plan"))
        self.call("resume", "approved", status=5)
        self.call("approve", "approved", words=["the state machine goes on"])
        self.call("approve", "approved", words=["already by ann at 20"])
        self.call("reject", "approved", "--why", "no", status=2, words=["was approved already by ann at 20"])
        self.ended(self.execution("approved"), "completed")

    def test_reject(self):
        self.waits("rejected")
        self.call("reject", "rejected", "--why", "not this", words=["the state machine goes on"])
        self.ended(self.execution("rejected"), "rejected")
        self.assertIn("not this", self.json("status", "rejected")["reason"])

    def test_revise(self):
        self.waits("revised", "outline")
        self.call("reject", "revised", "--revise", "--why", "shorter")
        self.gate("revised", "outline", 2)
        self.call("approve", "revised")
        self.ended(self.execution("revised"), "completed")

    def test_cancel(self):
        self.waits("cancelled")
        self.call("cancel", "cancelled", words=["the state machine that waits"])
        self.ended(self.execution("cancelled"), "cancelled")

    def test_a_send_that_does_not_arrive(self):
        self.waits("unsent")
        nowhere = {**self.operator, "AWS_ENDPOINT_URL_SFN": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
        self.call("approve", "unsent", env=nowhere, status=75, words=["the decision is recorded"])
        self.call("approve", "unsent", words=["already by ann", "goes on"])
        self.ended(self.execution("unsent"), "completed")

    def test_the_wait_finds_it_by_itself(self):
        self.waits("found")
        nowhere = {**self.operator, "AWS_ENDPOINT_URL_SFN": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
        self.call("approve", "found", env=nowhere, status=75)
        self.ended(self.execution("found"), "completed")

    def test_too_late(self):
        self.waits("late")
        self.ended(self.execution("late"), "expired")
        self.call("approve", "late", words=["its execution has ended", "nightdesk resume late"])
        self.call("resume", "late", words=["in a new execution"])
        self.call("resume", "late", words=["works already"])
        self.ended(self.execution("late-r1"), "completed")
        self.assertEqual([c[0] for c in self.containers("late")], ["research", "research", *ALL])
        self.call("resume", "late", words=["completed"])

    def test_a_ceiling(self):
        self.submit("ceiling", "--max-run-tool-calls", "1")
        self.gate("ceiling", "limit")
        self.call("resume", "ceiling", status=4)
        self.call("download", "ceiling", words=["partial report"])
        self.call("resume", "ceiling", "--max-run-tool-calls", "200", words=["the state machine goes on"])
        self.ended(self.execution("ceiling"), "completed")

    def test_delete(self):
        self.waits("deleted")
        self.call("delete", "deleted", "--yes", status=2, words=["cancel it first"])
        self.call("cancel", "deleted")
        self.ended(self.execution("deleted"), "cancelled")
        self.call("delete", "deleted", "--yes")
        self.call("status", "deleted", status=2, words=["there is no run"])
        self.assertEqual(self.objects("runs/deleted/"), [])


if __name__ == "__main__":
    rig.main()
