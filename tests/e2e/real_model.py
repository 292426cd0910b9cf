"""A run with a real language model behind llama-server (tests/support/llama.sh), and what must hold whatever it says."""
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import rig

LLAMA = os.path.join(rig.SOURCE, "tests", "support", "llama.sh")
CANNOT_DOWNLOAD = 77
PRICE = (0.1, 0.4)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def prepare(model):
    """Downloads what is missing; the whole test is skipped (status 77) where that is not possible."""
    done = subprocess.run([LLAMA, "get", model], stdout=subprocess.PIPE, text=True)
    if done.returncode == CANNOT_DOWNLOAD:
        print(f"SKIPPED: '{model}' cannot be downloaded here")
        sys.exit(CANNOT_DOWNLOAD)
    if done.returncode:
        sys.exit(f"llama.sh ended with {done.returncode}")


class RealModel(rig.Case):
    MODEL = None

    def setUp(self):
        super().setUp()
        self.corpus()
        port = free_port()
        log = open(os.path.join(self.dir, "llama.log"), "w")
        self.server = subprocess.Popen([LLAMA, "serve", self.MODEL, str(port)], stdout=log, stderr=subprocess.STDOUT)
        self.addCleanup(log.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        self.url = f"http://127.0.0.1:{port}"
        self.wait_until_ready()

    def wait_until_ready(self):
        for _ in range(240):
            try:
                with urllib.request.urlopen(self.url + "/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            self.assertIsNone(self.server.poll(), "llama-server ended")
            time.sleep(0.25)
        self.fail("llama-server was not ready in a minute")

    def write_report(self, *args, timeout):
        done = self.call("run", *args, "--docs", self.docs, "--run-id", "r", "--started-at", rig.STARTED, "--out", self.out,
                         "--json", "--model", f"openai:{self.MODEL}", "--price", f"{PRICE[0]},{PRICE[1]}", timeout=timeout,
                         OPENAI_BASE_URL=self.url + "/v1")
        self.check(done, 0, "completed")
        return done.json

    def model_calls(self):
        with open(os.path.join(self.out, "ledger.json")) as f:
            ledger = json.load(f)
        calls = [c for c in ledger["calls"] if c.get("kind") == "model"]
        for call in calls:
            usage = call["usage"]
            exact = usage["input"] * PRICE[0] + usage["output"] * PRICE[1]
            self.assertGreaterEqual(call["microusd"], exact - 1e-6)
            self.assertLess(call["microusd"], exact + 1)
        self.assertEqual(sum(c["microusd"] for c in calls), ledger["spent_microusd"])
        return calls

    def report(self):
        """The report, which verifies; with how many sentences of the model it prints."""
        self.check(self.call("verify", self.out, "--docs", self.docs), 0)
        with open(os.path.join(self.out, "report.json")) as f:
            report = json.load(f)
        self.assertEqual(report["writers"], [{"provider": "openai", "model": self.MODEL, "roles": ["write", "read"]}])
        claims = report["summary"] + [c for s in report["sections"] for c in s["claims"]]
        self.assertGreater(len(report["quotes"]), 0)
        self.assertTrue(all(c["quotes"] for c in claims))
        return report, [c for c in claims if c["verdict"] != "quoted"]
