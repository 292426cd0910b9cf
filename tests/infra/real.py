"""The real program in the containers: documents in S3, keys of each phase's role, calls that are checked."""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import rig

BUILD = os.environ["ND_BUILD"]
PROGRAM = os.path.join(BUILD, "nightdesk")
sys.path.insert(0, os.path.join(rig.HERE, os.pardir, "support"))
from small_corpus import make_corpus  # noqa: E402

ALL = ["research", "draft", "synthesize", "fact-check"]
TOPIC = "Keeping a small weather station running: power, sensors, data, maintenance."
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
    checked = True

    @staticmethod
    def argv(family, command):
        return [PROGRAM, *command]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.docs = tempfile.mkdtemp(prefix="docs-", dir=cls.folder)
        make_corpus(cls.docs)
        cls.listing = cls.upload(cls.docs)
        cls.operator = cls.person()

    @classmethod
    def upload(cls, folder):
        """The folder's documents by their content; the listing that a request names them with."""
        files = []
        for path in sorted(os.listdir(folder)):
            full = os.path.join(folder, path)
            files.append({"root": 0, "path": path, "size_bytes": os.path.getsize(full), "sha256": sha256(full)})
            with open(full, "rb") as f:
                cls.aws.client("s3").put_object(Bucket=cls.bucket, Key="inputs/" + files[-1]["sha256"], Body=f.read())
        return {"schema": "nightdesk.inputs/1", "files": files, "hidden": 0, "excluded": 0, "reports": 0}

    @classmethod
    def person(cls):
        """Environment of somebody who submits and decides: the stack's policy for people, and nothing else."""
        iam, name = cls.aws.client("iam"), "operator-" + cls.__name__.lower()
        iam.create_user(UserName=name)
        iam.attach_user_policy(UserName=name, PolicyArn=cls.outputs["OperatorPolicyArn"])
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"], "AWS_REGION": rig.REGION,
                "AWS_ENDPOINT_URL": cls.aws.url, "NIGHTDESK_STORE": cls.outputs["Store"]}

    def request(self, **more):
        return {"topic": TOPIC, "sub_topics": 4, "documents": {"listing": self.listing}, **more}

    def begin(self, run_id, **more):
        return self.aws.start("Report", run_id, {"started_at": STARTED, "request": self.request(**more)})

    def ended(self, execution, outcome, seconds=120):
        ended = self.aws.wait(execution, seconds)
        run_id = execution.split(":")[-1]
        self.assertEqual((ended["status"], (ended["output"] or {}).get("outcome")), ("SUCCEEDED", outcome), self.log(run_id))
        return ended

    def call(self, *args, status=0, env=None, words=()):
        """The command line on a person's machine."""
        home = tempfile.mkdtemp(prefix="home-", dir=self.folder)
        done = subprocess.run([PROGRAM, *args], env={"PATH": "/usr/bin:/bin", "HOME": home, **(self.operator if env is None else env)},
                              capture_output=True, text=True, timeout=300, cwd=home, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, f"{args}\n{done.stdout}\n{done.stderr}")
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)
        return done

    def report(self, run_id):
        """The report's files, from S3."""
        out = tempfile.mkdtemp(prefix="out-", dir=self.folder)
        self.call("resume", run_id, "--out", os.path.join(out, "report"))
        self.call("verify", os.path.join(out, "report"), env={})
        return files_below(os.path.join(out, "report"))

    def local_report(self, run_id, **more):
        """The same request on this machine, over the folder itself."""
        home = tempfile.mkdtemp(prefix="local-", dir=self.folder)
        request, out = os.path.join(home, "request.json"), os.path.join(home, "report")
        with open(request, "w", encoding="utf-8") as f:
            json.dump({**self.request(**more), "documents": {"roots": [self.docs]}}, f)
        self.call("run", "--request", request, "--run-id", run_id, "--started-at", STARTED, "--out", out, "--store", os.path.join(home, "runs"), env={})
        return files_below(out)

    def same_report(self, run_id, **more):
        cloud, local = self.report(run_id), self.local_report(run_id, **more)
        self.assertEqual(sorted(cloud), sorted(local))
        self.assertEqual([name for name in cloud if cloud[name] != local[name]], [])
