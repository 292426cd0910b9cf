#!/usr/bin/env python3
"""The real template, the real report machine, the real program in the containers."""
import json
import os
import signal

import rig
from botocore.exceptions import ClientError
from real import ALL, Paid, Real

LONG_ENOUGH = {"PhaseSeconds": 300, "WorkSeconds": 240}


class EndToEnd(Real):
    parameters, together = LONG_ENOUGH, 2

    def test_a_report(self):
        lines = self.counting_reader("first")
        self.ended(self.begin("first"), "completed")
        self.assertEqual(self.containers("first"), [(p, 0, "FARGATE_SPOT") for p in ALL])
        self.assertEqual(self.kinds("first"), ["completed"])
        with open(lines, encoding="utf-8") as f:
            self.assertEqual(len(f.readlines()), len(self.listing["files"]))
        self.same_report("first")
        self.call("delete", "first", "--yes")
        self.assertIsNone(self.meta("first"))
        left = self.aws.client("s3").list_object_versions(Bucket=self.bucket, Prefix="runs/first/")
        self.assertNotIn("Versions", left)

    def test_single_steps(self):
        self.of_run["steps"] = {"NIGHTDESK_MAX_STEPS": "1"}
        self.ended(self.begin("steps"), "completed")
        containers = self.containers("steps")
        self.assertEqual({c[1] for c in containers}, {0})
        self.assertGreater(len(containers), 12)
        self.same_report("steps")


class RoleKeys(Real):
    parameters = LONG_ENOUGH

    def test_the_endpoint_stumbles(self):
        self.aws.keys_endpoint.failures, given = 2, self.aws.keys_endpoint.given
        self.ended(self.begin("stumbles"), "completed")
        self.assertEqual({c[1] for c in self.containers("stumbles")}, {0})
        self.assertEqual(self.aws.keys_endpoint.given - given, len(ALL))  # once in each container

    def test_a_container_without_the_token_gets_no_keys(self):
        here = {**self.aws.tasks.environment, "NIGHTDESK_STORE": self.outputs["Store"], "AWS_CONTAINER_AUTHORIZATION_TOKEN": "another",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": self.aws.keys_endpoint.environment("ResearchRole")["AWS_CONTAINER_CREDENTIALS_FULL_URI"]}
        said = self.call("phase", "--run", "strange", "--phase", "research", env=here, status=75, words=("status 401",))
        self.assertNotIn("another", said)



class Requests(Real):
    parameters, together = LONG_ENOUGH, 8

    def refuses(self, run_id, request, words):
        ended = self.aws.wait(self.aws.start("Report", run_id, {"request": request}))
        self.assertEqual((ended["status"], ended["error"]), ("FAILED", "Nightdesk.Refused"))
        self.assertEqual([c[1] for c in self.containers(run_id)], [2])
        self.assertIn(words, self.log(run_id))
        self.assertIn(words, ended["cause"])
        self.call("status", run_id, status=2, words=("its execution ended with Nightdesk.Refused: ", words))
        self.assertEqual(self.kinds(run_id), ["failed"])
        self.assertIsNone(self.meta(run_id))

    def test_unknown_member(self):
        self.refuses("unknown", {**self.request(), "topci": "x"}, "'topci' is not a member of a request")

    def test_documents_of_another_machine(self):
        self.refuses("roots", self.request(documents={"roots": ["/etc"]}), "'documents.roots' names '/etc', which no container sees")

    def test_no_documents(self):
        self.refuses("nothing", {"topic": "t"}, "'documents.listing' is missing")

    def test_configuration_that_is_missing(self):
        """Status 78, in a phase of a run that is there."""
        self.of_run["keyless"] = {"OPENAI_API_KEY": ""}
        ended = self.aws.wait(self.begin("keyless", writer="openai:gpt-6-luna"))
        self.assertEqual((ended["status"], ended["error"]), ("FAILED", "Nightdesk.Refused"))
        self.assertEqual([c[1] for c in self.containers("keyless")], [78], self.log("keyless"))
        self.assertIn("OPENAI_API_KEY", ended["cause"])

    def test_listing_that_leads_elsewhere(self):
        files = [{**self.listing["files"][0], "path": "../../etc/passwd"}]
        self.refuses("leads", self.request(documents={"listing": {**self.listing, "files": files}}), "does not lie below its root")

    def test_two_requests_for_one_run(self):
        self.ended(self.begin("same"), "completed")
        key = self.aws.item("RUN#same", "REQUEST")["key"]["S"]
        here = {**self.aws.tasks.environment, "NIGHTDESK_STORE": self.outputs["Store"],
                **self.aws.tasks.credentials(f"arn:aws:iam::123456789012:role/{self.aws.names['ResearchRole']}")}
        again = ["phase", "--run", "same", "--phase", "research", "--request"]
        self.call(*again, f"s3://{self.bucket}/{key}", env=here, words=("completed",))
        other = json.dumps(self.request(audience="nurses")).encode()
        self.aws.client("s3").put_object(Bucket=self.bucket, Key="runs/same/request-other.json", Body=other)
        self.call(*again, f"s3://{self.bucket}/runs/same/request-other.json", env=here, status=2, words=("another request",))

    def test_documents_that_are_not_what_was_listed(self):
        """They are named in the receipt, and what is sound is reported on."""
        files = [dict(f) for f in self.listing["files"]]
        for number, file in enumerate(files[:2]):
            file["sha256"] = f"{number + 1:064x}"
        self.aws.client("s3").put_object(Bucket=self.bucket, Key="inputs/" + files[0]["sha256"], Body=b"x" * files[0]["size_bytes"])
        self.ended(self.begin("untrue", documents={"listing": {**self.listing, "files": files}}), "completed")
        with open(os.path.join(self.report("untrue"), "report.json"), encoding="utf-8") as f:
            sources = {s["path"]: s["why"] for s in json.load(f)["sources"] if s["status"] == "failed"}
        self.assertEqual(sources, {files[0]["path"]: "holds other bytes than were listed", files[1]["path"]: "does not lie where it was listed"})


class Stopped(Paid):
    parameters, together = LONG_ENOUGH, 8

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
        server, lines = self.serve(run_id), self.counting_reader(run_id)
        self.slow_in(run_id, phase, server)
        execution = self.begin(run_id)
        entry = self.paying(run_id, phase, server)
        self.aws.tasks.out_of_memory(entry) if phase == "draft" else self.aws.tasks.kill(entry["pid"])
        self.ended(execution, "completed")
        self.assertEqual([c[1] for c in self.containers(run_id) if c[0] == phase], [137, 0])
        self.check_bill(run_id, server)
        with open(lines, encoding="utf-8") as f:
            self.assertEqual(len(f.readlines()), len(self.listing["files"]))
        self.same_report(run_id)

    def test_killed_in_research(self):
        self.kill_in("research")

    def test_out_of_memory_in_draft(self):
        self.kill_in("draft")

    def test_killed_in_synthesize(self):
        self.kill_in("synthesize")

    def test_killed_in_fact_check(self):
        self.kill_in("fact-check")

    def test_spot_takes_its_machine_back(self):
        server = self.serve("spot")
        self.slow_in("spot", "draft", server)
        execution = self.begin("spot")
        entry = self.paying("spot", "draft", server)
        self.aws.tasks.spot_interruption(entry)
        self.ended(execution, "completed")
        self.assertEqual([c[1:] for c in self.containers("spot") if c[0] == "draft"], [(0, "FARGATE_SPOT")] * 2)
        keys, billed = self.bill(server)
        self.assertEqual(max(keys.values()), 1)
        self.assertEqual(self.ledger("spot"), (billed, 0))
        self.same_report("spot")

    def test_execution_is_stopped_and_the_run_goes_on_in_another(self):
        server = self.serve("halted")
        self.slow_in("halted", "draft", server)
        execution = self.begin("halted")
        entry = self.paying("halted", "draft", server)
        self.aws.client("stepfunctions").stop_execution(executionArn=execution, error="Mine", cause="a person stopped it")
        self.aws.until(lambda: entry["exit"] is not None)
        self.assertEqual((entry["exit"], self.meta("halted")["outcome"]["S"]), (0, "yielded"))
        self.call("resume", "halted")
        self.assertEqual(self.aws.wait(execution + "-r1")["output"]["outcome"], "completed")
        self.assertEqual(max(self.bill(server)[0].values()), 1)
        self.same_report("halted")

    def test_two_processes_on_one_run(self):
        """A container that seems dead is replaced; when it wakes up, it is fenced out and writes nothing."""
        server = self.serve("two")
        self.slow_in("two", "draft", server)
        execution = self.begin("two")
        sleeper = self.paying("two", "draft", server)
        os.kill(sleeper["pid"], signal.SIGSTOP)
        try:
            role = self.aws.tasks.credentials(f"arn:aws:iam::123456789012:role/{self.aws.names['DraftRole']}")
            here = {**self.aws.tasks.environment, **self.of_run["two"], **role, "NIGHTDESK_STORE": self.outputs["Store"]}
            self.call("phase", "--run", "two", "--phase", "draft", env=here, words=("completed",))
            rev = self.meta("two")["rev"]
        finally:
            os.kill(sleeper["pid"], signal.SIGCONT)
        self.ended(execution, "completed")
        self.assertEqual(sleeper["exit"], 8)  # another has the run
        self.assertNotEqual(rev, self.meta("two")["rev"])
        self.assertEqual([c[1] for c in self.containers("two") if c[0] == "draft"], [8, 0])
        self.check_bill("two", server)
        self.same_report("two")

    def test_a_worker_that_lives_is_left_alone(self):
        server = self.serve("busy")
        self.slow_in("busy", "research", server)
        execution = self.begin("busy")
        self.paying("busy", "research", server)
        role = self.aws.tasks.credentials(f"arn:aws:iam::123456789012:role/{self.aws.names['ResearchRole']}")
        here = {**self.aws.tasks.environment, **self.of_run["busy"], **role, "NIGHTDESK_STORE": self.outputs["Store"]}
        self.call("phase", "--run", "busy", "--phase", "research", status=75, env=here, words=("another worker",))
        self.ended(execution, "completed")
        self.assertEqual(max(self.bill(server)[0].values()), 1)


class Broken(Real):
    """Containers that do not get as far as the program's own rules."""
    parameters = {**LONG_ENOUGH, "RestSeconds": 1, "MaxRests": 2}
    together = 3
    ways = {}  # of a run's containers to come: "never" starts, "small" memory, or as it should be

    @classmethod
    def argv(cls, family, command):
        way = (cls.ways.get(command[2]) or [""]).pop(0)
        if way == "never":
            return None
        return ["/usr/bin/prlimit", "--as=45000000", *Real.argv(family, command)] if way == "small" else Real.argv(family, command)

    def test_never_starts(self):
        self.ways["never"] = ["never"] * 5
        execution = self.begin("never")
        self.ended(execution, "completed")
        self.assertEqual(self.containers("never"), [(p, 0, "FARGATE") for p in ALL])
        self.same_report("never")

    def test_never_starts_at_all(self):
        self.ways["nothing"] = ["never"] * 16
        ended = self.aws.wait(self.begin("nothing"))
        self.assertEqual((ended["status"], ended["error"]), ("FAILED", "Nightdesk.GaveUp"))
        self.assertIn("CannotPullContainerError", ended["cause"])
        self.assertEqual([e["kind"] for e in self.told("nothing")], ["failed"])

    def test_out_of_memory(self):
        self.ways["small"] = ["small"] * 2
        self.ended(self.begin("small"), "completed")
        containers = self.containers("small")
        self.assertEqual(len(containers), len(ALL) + 2)
        self.assertNotIn(0, [c[1] for c in containers[:2]], self.containers("small"))
        self.same_report("small")


class Roles(Real):
    """What nobody of the stack may do, whatever the program would like."""
    may_be_refused = True

    def refused(self, keys, calls):
        for service, operation, parameters in calls:
            with self.subTest(operation=operation, **parameters):
                with self.assertRaises(ClientError) as caught:
                    getattr(self.aws.client(service, keys=keys), operation)(**parameters)
                self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 403)

    def keys_of(self, role):
        return self.aws.access.session(f"arn:aws:iam::123456789012:role/{self.aws.names[role]}")

    def put(self, key):
        return "s3", "put_object", {"Bucket": self.bucket, "Key": key, "Body": b"x"}

    def get(self, key):
        return "s3", "get_object", {"Bucket": self.bucket, "Key": key}

    def item(self, pk):
        return "dynamodb", "put_item", {"TableName": self.table, "Item": {"pk": {"S": pk}, "sk": {"S": "META"}}}

    def others(self):
        """What is not the business of any container or machine."""
        return [
            ("s3", "delete_object", {"Bucket": self.bucket, "Key": "runs/x/objects/y"}),
            ("s3", "list_objects_v2", {"Bucket": self.bucket, "Prefix": "manifests/"}),
            ("s3", "list_object_versions", {"Bucket": self.bucket, "Prefix": "runs/"}),
            ("dynamodb", "scan", {"TableName": self.table}), ("dynamodb", "delete_table", {"TableName": self.table}),
            ("dynamodb", "query", {"TableName": self.table, "IndexName": "by-outcome", "KeyConditionExpression": "outcome = :o",
                                   "ExpressionAttributeValues": {":o": {"S": "running"}}}),
            ("stepfunctions", "get_execution_history", {"executionArn": self.outputs["ReportMachineArn"].replace("stateMachine", "execution") + ":x"}),
            ("iam", "list_roles", {}), ("secretsmanager", "list_secrets", {}),
        ]

    def test_containers(self):
        given = "inputs/" + self.listing["files"][0]["sha256"]
        for role in ("ResearchRole", "DraftRole", "SynthesizeRole", "FactCheckRole"):
            keys = self.keys_of(role)
            self.refused(keys, [
                *self.others(), self.put(given), self.put("batches/b/results.json"), self.get("manifests/m.jsonl"), self.item("BATCH#b"),
                ("stepfunctions", "start_execution", {"stateMachineArn": self.outputs["ReportMachineArn"], "input": "{}"}),
                ("stepfunctions", "send_task_success", {"taskToken": "t", "output": "{}"}),
                ("sns", "publish", {"TopicArn": self.outputs["TopicArn"], "Message": "m"}),
                ("ecs", "run_task", {"cluster": self.aws.names["Cluster"], "taskDefinition": self.aws.names["ResearchTask"]})])
            if role != "ResearchRole":
                self.refused(keys, [self.get(given)])
        self.aws.client("s3", keys=self.keys_of("ResearchRole")).get_object(Bucket=self.bucket, Key=given)

    def test_report_machine(self):
        self.refused(self.keys_of("ReportMachineRole"), [
            *self.others(), self.put("runs/x/objects/y"), self.get("runs/x/request-1.json"), self.item("BATCH#b"),
            ("stepfunctions", "start_execution", {"stateMachineArn": self.outputs["BatchMachineArn"], "input": "{}"}),
            ("stepfunctions", "send_task_success", {"taskToken": "t", "output": "{}"}),
            ("ecs", "run_task", {"cluster": self.aws.names["Cluster"], "taskDefinition": self.aws.names["BatchTask"]})])

    def test_people(self):
        self.refused(self.operator_keys(), [
            ("stepfunctions", "get_execution_history", {"executionArn": self.outputs["ReportMachineArn"].replace("stateMachine", "execution") + ":x"}),
            ("stepfunctions", "stop_execution", {"executionArn": self.outputs["ReportMachineArn"].replace("stateMachine", "execution") + ":x"}),
            self.put("elsewhere/x"), ("dynamodb", "scan", {"TableName": self.table}), ("dynamodb", "delete_table", {"TableName": self.table}),
            ("s3", "delete_bucket", {"Bucket": self.bucket}), ("sns", "publish", {"TopicArn": self.outputs["TopicArn"], "Message": "m"}),
            ("ecs", "run_task", {"cluster": self.aws.names["Cluster"], "taskDefinition": self.aws.names["ResearchTask"]})])


if __name__ == "__main__":
    rig.main()
