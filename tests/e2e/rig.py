"""What the end-to-end tests share: the program in a home of its own, a small corpus, a way to run the tests."""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))
from small_corpus import make_corpus  # noqa: E402

BUILD = None  # set by main()
STARTED = "2026-01-02T03:04:05Z"
TOPIC = "Keeping a small weather station running: power, sensors, data, maintenance."


class Done:
    """A finished call: status, standard output and standard error as text, the last line as JSON."""

    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out.splitlines()[-1])


class Case(unittest.TestCase):
    """Each test has a folder, a home, a store and a corpus of its own."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="nd-e2e-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.docs, self.store, self.out = (os.path.join(self.dir, n) for n in ("docs", "store", "out"))
        self.work = os.path.join(self.dir, "work")
        os.mkdir(self.work)

    def environment(self, **more):
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("NIGHTDESK_", "XDG_", "OPENAI_", "ANTHROPIC_", "AWS_"))}
        return {**keep, "HOME": self.dir, "NIGHTDESK_STORE": self.store, "TERM": "dumb", **more}

    def program(self):
        return os.path.join(BUILD, "nightdesk")

    def call(self, *args, stdin="", cwd=None, timeout=120, **env):
        return Done(subprocess.run(["nightdesk", *args], executable=self.program(), cwd=cwd or self.work, env=self.environment(**env), input=stdin,
                                   capture_output=True, text=True, timeout=timeout, errors="replace"))

    def kill_often(self, words, times, seconds):
        """Starts that command again and again, and kills each after so many seconds."""
        for _ in range(times):
            process = subprocess.Popen(["nightdesk", *words], executable=self.program(), cwd=self.work, env=self.environment(),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
            process.wait()

    def corpus(self):
        make_corpus(self.docs)
        return self.docs

    def run_args(self, *more):
        return ["run", TOPIC, "--docs", self.docs, "--run-id", "r", "--started-at", STARTED, "--out", self.out, "--json",
                "--sub-topics", "4", *more]

    def write(self, name, text, mode=None):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        if mode is not None:
            os.chmod(path, mode)
        return path

    def check(self, done, status, *words):
        """The status is right and standard error names all the words."""
        self.assertEqual(done.status, status, f"\n{done.out}\n{done.err}")
        for word in words:
            self.assertIn(word, done.err)

    def reasons(self, result):
        """{path: (status, why)} of the report's sources."""
        with open(os.path.join(result["out"], "report.json")) as f:
            return {s["path"]: (s["status"], s["why"] or "") for s in json.load(f)["sources"]}

    def completed(self, *more, words=()):
        done = self.call(*self.run_args("--max-failed-inputs", "100%", *more))
        self.check(done, 0, *words)
        return self.reasons(done.json)


def main():
    global BUILD
    ask = argparse.ArgumentParser()
    ask.add_argument("--build", required=True)
    opts, rest = ask.parse_known_args()
    sys.modules["rig"].BUILD = BUILD = os.path.abspath(opts.build)
    found = unittest.main(module="__main__", argv=[sys.argv[0], *rest], exit=False).result
    bad = len(found.failures) + len(found.errors)
    print(f"{found.testsRun - bad - len(found.skipped)} passed, {bad} failed", flush=True)
    sys.exit(1 if bad else 0)
