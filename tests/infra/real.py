"""The real program in the containers: documents in S3, keys of each phase's role, calls that are checked."""
import argparse
import collections
import contextlib
import hashlib
import json
import os
import stat
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import rig
from moto.sns.models import SNSBackend

BUILD = os.environ["ND_BUILD"]
PROGRAM = os.path.join(BUILD, "nightdesk")
sys.path.insert(0, os.path.join(rig.HERE, os.pardir, "support"))
from scripted_model import UNBILLED, Server  # noqa: E402
from small_corpus import make_corpus  # noqa: E402

ALL = ["research", "draft", "synthesize", "fact-check"]
TOPIC = "Keeping a small weather station running: power, sensors, data, maintenance."
SLOW_MS = 4000
STARTED = "2026-01-02T03:04:05Z"


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def files_below(folder):
    """{relative path: bytes}, without what depends on attempts."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in (n for n in names if n != "ledger.json"):
            with open(os.path.join(root, name), "rb") as f:
                found[os.path.relpath(os.path.join(root, name), folder)] = f.read()
    return found


class Real(rig.Case):
    """A corpus in the stack's bucket; runs by their id, with what they say and leave."""
    checked, may_be_refused = True, False

    @staticmethod
    def argv(family, command):
        return [PROGRAM, *command]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.docs = tempfile.mkdtemp(prefix="docs-", dir=cls.folder)
        cls.make_documents(cls.docs)
        cls.operator, cls.of_run, cls.at_start = cls.person(), {}, {}
        cls.listing = cls.upload(cls.docs)
        cls.aws.tasks.more = cls.container_starts

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        refused, cls.aws.access.refused[:] = list(cls.aws.access.refused), []
        assert cls.may_be_refused or not refused, f"a role of the template lacks {refused}"

    @classmethod
    def container_starts(cls, command):
        cls.at_start.pop((command[2], command[4]), lambda: None)()
        return cls.of_run.get(command[2], {})

    @classmethod
    def make_documents(cls, folder):
        make_corpus(folder)

    @classmethod
    def upload(cls, folder):
        """The folder's documents by their content; the listing that a request names them with."""
        files, s3 = [], cls.aws.client("s3", keys=cls.operator_keys())
        for path in sorted(os.listdir(folder)):
            full = os.path.join(folder, path)
            files.append({"root": 0, "path": path, "size_bytes": os.path.getsize(full), "sha256": sha256(full)})
            with open(full, "rb") as f:
                s3.put_object(Bucket=cls.bucket, Key="inputs/" + files[-1]["sha256"], Body=f.read())
        return {"schema": "nightdesk.inputs/1", "files": files, "hidden": 0, "excluded": 0, "reports": 0}

    @classmethod
    def person(cls):
        """Environment of somebody who submits and decides: the stack's policy for people, and nothing else."""
        iam, name = cls.aws.client("iam"), "operator-" + cls.__name__.lower()
        iam.create_user(UserName=name)
        cls.aws.owners[name] = "OperatorPolicy"
        iam.attach_user_policy(UserName=name, PolicyArn=cls.outputs["OperatorPolicyArn"])
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"], "AWS_REGION": rig.REGION,
                "AWS_ENDPOINT_URL": cls.aws.url, "NIGHTDESK_STORE": cls.outputs["Store"],
                "NIGHTDESK_MACHINE": cls.outputs["ReportMachineArn"]}

    @classmethod
    def operator_keys(cls):
        return cls.operator["AWS_ACCESS_KEY_ID"], cls.operator["AWS_SECRET_ACCESS_KEY"]

    def request(self, **more):
        return {"topic": TOPIC, "sub_topics": 4, "documents": {"listing": self.listing}, **more}

    def begin(self, run_id, **more):
        return self.aws.start("Report", run_id, {"started_at": STARTED, "request": self.request(**more)})

    def ended(self, execution, outcome, seconds=300):
        ended = self.aws.wait(execution, seconds)
        run_id = execution.split(":")[-1]
        self.assertEqual((ended["status"], (ended["output"] or {}).get("outcome")), ("SUCCEEDED", outcome), self.log(run_id))
        return ended

    def popen(self, *args, env=None):
        """The command line on a person's machine."""
        home = tempfile.mkdtemp(prefix="home-", dir=self.folder)
        return subprocess.Popen([PROGRAM, *args], env={"PATH": "/usr/bin:/bin", "HOME": home, **(self.operator if env is None else env)},
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=home, stdin=subprocess.DEVNULL)

    def call(self, *args, status=0, env=None, words=()):
        """Its call with the status it ends with; what it said."""
        process = self.popen(*args, env=env)
        said, _ = process.communicate(timeout=300)
        self.assertEqual(process.returncode, status, f"{args}\n{said}")
        for word in words:
            self.assertIn(word, said)
        return said

    def report(self, run_id):
        """A folder with the report, or the partial one, fetched by addresses that anybody may open for a while."""
        s3 = self.aws.client("s3", keys=self.operator_keys())

        def fetch(name):
            address = s3.generate_presigned_url("get_object", Params={"Bucket": self.bucket, "Key": f"runs/{run_id}/objects/{name}"})
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read()

        meta, out = self.meta(run_id), tempfile.mkdtemp(prefix="out-", dir=self.folder)
        name = next(m["S"] for m in (meta.get("report"), meta.get("partial")) if m and m.get("S"))
        for file in json.loads(fetch(name))["files"]:
            path = os.path.join(out, file["name"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(fetch(file["sha256"]))
        self.call("verify", out, env={})
        return out

    def local_report(self, run_id, **more):
        """The same request on this machine, over the folder itself."""
        home = tempfile.mkdtemp(prefix="local-", dir=self.folder)
        request, out = os.path.join(home, "request.json"), os.path.join(home, "report")
        with open(request, "w", encoding="utf-8") as f:
            json.dump({**self.request(**more), "documents": {"roots": [self.docs]}}, f)
        self.call("run", "--request", request, "--run-id", run_id, "--started-at", STARTED, "--out", out, "--store", os.path.join(home, "runs"),
                  env=self.local_environment(run_id))
        return files_below(out)

    def local_environment(self, run_id):
        return {}

    def same_report(self, run_id, **more):
        cloud, local = files_below(self.report(run_id)), self.local_report(run_id, **more)
        self.assertEqual(sorted(cloud), sorted(local))
        self.assertEqual([name for name in cloud if cloud[name] != local[name]], [])

    def meta(self, run_id):
        return self.aws.item("RUN#" + run_id, "META")

    def at_work(self, run_id, phase, number=1):
        """The run's container of that phase, the first or a later one, as soon as it is there."""
        def there():
            found = [e for e in self.aws.tasks.started if e["command"][2] == run_id and e["command"][4] == phase]
            return found[number - 1] if len(found) >= number else None
        return self.aws.until(there)

    def counting_reader(self, run_id):
        """From now on the run's containers leave a line in this file for each document that they parse."""
        folder = tempfile.mkdtemp(prefix="reader-", dir=self.folder)
        reader, lines = os.path.join(folder, "read"), os.path.join(folder, "lines")
        with open(reader, "w", encoding="utf-8") as f:
            f.write(f'#!/bin/sh\necho one >>{lines}\nexec {BUILD}/nightdesk-read "$@"\n')
        os.chmod(reader, stat.S_IRWXU)
        self.of_run.setdefault(run_id, {})["NIGHTDESK_READER"] = reader
        return lines


    @contextlib.contextmanager
    def notifications_held(self, run_id):
        """The machine's next notification of the run does not get through before this ends."""
        publish, go_on = SNSBackend.publish, threading.Event()

        def publish_later(backend, *args, **kwargs):
            if f"Run {run_id} " in str((args, kwargs)):
                go_on.wait(60)
            return publish(backend, *args, **kwargs)

        SNSBackend.publish = publish_later
        try:
            yield
        finally:
            SNSBackend.publish = publish
            go_on.set()

    def side_by_side(self, *works):
        """Runs the works in threads of their own; the first thing that went wrong."""
        wrong = []

        def work(one):
            try:
                one()
            except BaseException as error:
                wrong.append(error)

        threads = [threading.Thread(target=work, args=(w,)) for w in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if wrong:
            raise wrong[0]


class Paid(Real):
    """Runs with a model that is a scripted server, one for each run, which keeps the bill."""

    def serve(self, run_id, *faults, latency_ms=0):
        bill = os.path.join(tempfile.mkdtemp(prefix="bill-", dir=self.folder), "bill")
        server = Server(argparse.Namespace(bill=bill, price="2,10", latency_ms=latency_ms, choose=8, faults=json.dumps(list(faults))))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.of_run.setdefault(run_id, {}).update(self.model_at(server))
        return server

    @staticmethod
    def model_at(server):
        return {"OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_address[1]}/v1", "NIGHTDESK_PRICE": "2,10", "NIGHTDESK_LANES": "3"}

    def request(self, **more):
        return super().request(writer="openai:scripted", **more)

    def local_environment(self, run_id):
        kept = dict(self.of_run[run_id])
        self.serve(run_id)
        environment, self.of_run[run_id] = self.of_run[run_id], kept
        environment.pop("NIGHTDESK_READER", None)
        return environment

    def bill(self, server):
        """What was billed: {hash of the request: how often}, and the sum in microdollars."""
        server.wait_until_idle()
        with open(server.options.bill, encoding="utf-8") as f:
            entries = [e for e in map(json.loads, f) if e["fault"] not in UNBILLED]
        return collections.Counter(e["key"] for e in entries), sum(e["microusd"] for e in entries)

    def ledger(self, run_id):
        """Spent and unknown, in microdollars."""
        ledger = self.meta(run_id)["ledger"]["L"]
        return int(ledger[1]["N"]), int(ledger[3]["N"])

    def slow_in(self, run_id, phase, server):
        """Answers to the run's calls take a few seconds from when its container of that phase starts."""
        def slow():
            server.options.latency_ms = SLOW_MS

        self.at_start[(run_id, phase)] = slow

    def paying(self, run_id, phase, server):
        """That container, while its first paid calls are on their way; later ones are answered at once."""
        entry = self.at_work(run_id, phase)
        self.aws.until(lambda: server.active or entry["exit"] is not None)
        self.assertIsNone(entry["exit"], "it ended before it could be stopped")
        time.sleep(0.3)  # what is in flight has read its latency
        server.options.latency_ms = 0
        return entry
