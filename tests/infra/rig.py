"""What the tests over the local AWS share: one server, one deployed stack for each test program."""
import concurrent.futures
import json
import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from emulator.aws import REGION, Aws  # noqa: E402
from moto.sns.models import sns_backends  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = {"PhaseSeconds": 20, "WorkSeconds": 15, "GateSeconds": 3, "ReminderSeconds": 1, "RetrySeconds": "1,1,1", "RestSeconds": 1, "MaxRests": 2, "MaxRounds": 4,
           "BatchWaitSeconds": 1, "BatchConcurrency": 3}


class Case(unittest.TestCase):
    """A stack for each class, in the one local AWS of the process. `argv(family, command)` says what a container runs."""
    parameters, environment, checked = {}, {}, False
    together = 0  # so many tests of the class at once: they mostly wait
    aws = None

    @staticmethod
    def argv(family, command):
        return [sys.executable, "-S", os.path.join(HERE, "scripted_phase.py"), *command]

    @classmethod
    def setUpClass(cls):
        if Case.aws is None:
            Case.folder = tempfile.mkdtemp(prefix="nd-aws-")
            Case.aws = Aws(os.path.join(cls.folder, "tasks"), checked=cls.checked)
        keys = {} if cls.checked else {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secretEXAMPLE", "AWS_EC2_METADATA_DISABLED": "true"}
        cls.aws.tasks.argv = cls.argv
        cls.aws.tasks.environment = {**keys, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": cls.aws.url, **cls.environment}
        cls.outputs = cls.aws.deploy(cls.__name__.lower(), **{**SECONDS, **cls.parameters})
        cls.bucket, cls.table = cls.outputs["BucketName"], cls.outputs["TableName"]
        cls.begun = []
        cls.pool = concurrent.futures.ThreadPoolExecutor(cls.together or 1)

    def run(self, result=None):
        if not self.together:
            return super().run(result)
        own = unittest.TestResult()
        self.begun.append((result, own, self.pool.submit(super().run, own)))
        return result

    @classmethod
    def tearDownClass(cls):
        for result, own, ended in cls.begun:
            ended.result()
            result.testsRun += own.testsRun
            result.errors += own.errors
            result.failures += own.failures
        cls.aws.tasks.stop_all()

    def told(self, run_id):
        """Events told of a run or batch, in order: the message's attributes, with subject and text."""
        events = []
        for _, text, subject, attributes, _ in sns_backends["123456789012"][REGION].topics[self.outputs["TopicArn"]].sent_notifications:
            event = {name: a["Value"] for name, a in attributes.items()}
            if run_id in (event.get("run_id"), event.get("batch")):
                events.append({**event, "subject": subject, "text": text})
        return events

    def kinds(self, run_id):
        return [e["kind"] for e in self.told(run_id)]

    def containers(self, run_id):
        """[(phase, exit, capacity)] of a run's containers in order."""
        return [(e["command"][4], e["exit"], e["capacity"]) for e in self.aws.tasks.started if e["command"][1:3] == ["--run", run_id]]

    def run_report(self, run_id, script=None, seconds=300, **request):
        execution = self.aws.start("Report", run_id, {"request": {"topic": "t", "script": script or {}, **request}})
        return self.aws.wait(execution, seconds)

    def log(self, run_id):
        """What the run's last container said."""
        last = [e for e in self.aws.tasks.started if e["command"][1:3] == ["--run", run_id]][-1:]
        if not last:
            return "no container"
        with open(last[0]["log"], encoding="utf-8", errors="replace") as f:
            return f.read()

    def gate(self, run_id, name, number=1, token=True):
        """The gate's item, once the machine waits at it."""
        def there():
            item = self.aws.item("RUN#" + run_id, f"APPROVAL#{name}#{number}")
            return item if item and ("task_token" in item or not token) else None
        return self.aws.until(there)

    def decide(self, run_id, name, decision, number=1):
        """What the program's store does: the decision on condition that there is none; returns the item as it then is."""
        return self.aws.client("dynamodb").update_item(
            TableName=self.table, Key={"pk": {"S": "RUN#" + run_id}, "sk": {"S": f"APPROVAL#{name}#{number}"}},
            UpdateExpression="SET decision = :d", ConditionExpression="attribute_not_exists(decision)",
            ExpressionAttributeValues={":d": {"S": json.dumps({"decision": decision})}}, ReturnValues="ALL_NEW")["Attributes"]

    def send(self, item):
        self.aws.client("stepfunctions").send_task_success(taskToken=item["task_token"]["S"], output="{}")


def keep_what_was_used(aws):
    """For permissions.py: [holder, statement, action] of every permission that this program's tests needed."""
    folder = os.path.join(os.environ["ND_BUILD"], "infra-permissions")
    used = sorted([aws.owners[owner], sid, action] for owner, sid, action in aws.access.used if owner in aws.owners)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, os.path.basename(sys.argv[0]) + ".json"), "w", encoding="utf-8") as f:
        json.dump(used, f)


def main():
    found = unittest.main(module="__main__", exit=False).result
    bad = len(found.failures) + len(found.errors)
    print(f"{found.testsRun - bad - len(found.skipped)} passed, {bad} failed", flush=True)
    if Case.aws and Case.aws.access and len(sys.argv) == 1:  # all tests, not those named
        keep_what_was_used(Case.aws)
    if Case.aws:
        shutil.rmtree(Case.folder, ignore_errors=True)
    os._exit(1 if bad else 0)  # moto's threads would hold the process
