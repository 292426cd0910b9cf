#!/usr/bin/env python3
"""A real model at research over thousands of real pages behind a real SearXNG (support/web_servers.sh) and the PDFs of the
development corpus: whole runs complete, every quote verifies, the ledger says what the server counted, a replay gives the same
bytes, and so does a run that was killed and went on.

    WEB_MODEL    another model of support/llama.sh than the smallest that can work with tools
    WEB_ONCE     only the first question, not killed
"""
import json
import os
import shutil
import subprocess
import sys
import time

import real_model
import rig
from web_long import tree
from counting_proxy import Proxy  # of support, whose path rig adds

QUESTIONS = [
    ("How does PostgreSQL keep data safe: write-ahead log, checkpoints, crash recovery, backups?",
     ("bacula-doc__main", "bacula-doc__problems", "drbd-doc__drbd-users-guide", "debian-reference-en__debian-reference.en")),
    ("How do Kerberos and PostgreSQL authenticate clients?", ("krb5-doc__admin", "krb5-doc__user", "krb5-doc__basic", "gnutls-doc__gnutls")),
]
PRICE = real_model.PRICE


def development_pdfs():
    cache = os.environ.get("NIGHTDESK_TEST_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "nightdesk-tests")
    folder = os.path.join(cache, "corpus")
    if subprocess.run([os.path.join(rig.SOURCE, "tests", "corpus", "fetch.sh"), folder, "pdf"]).returncode:
        print("SKIPPED: the development PDFs cannot be downloaded here")
        sys.exit(real_model.CANNOT_DOWNLOAD)
    return os.path.join(folder, "pdf")


class RealModelOverTheWeb(real_model.RealModel):
    MODEL = os.environ.get("WEB_MODEL", "qwen2.5-coder-0.5b")
    PDFS = None

    def corpus(self):
        return self.docs

    def setUp(self):
        super().setUp()
        self.proxy = Proxy(self.url).start()
        self.addCleanup(self.proxy.stop)

    def words(self, n, out, *more):
        question, names = QUESTIONS[n]
        docs = os.path.join(self.dir, f"pdfs{n}")
        if not os.path.isdir(docs):
            os.mkdir(docs)
            for name in names:
                shutil.copy(os.path.join(self.PDFS, name + ".pdf"), docs)
        return ["run", question, "--docs", docs, "--run-id", f"q{n}", "--started-at", rig.STARTED, "--out", os.path.join(self.dir, out), "--json",
                "--model", f"openai:{self.MODEL}", "--price", f"{PRICE[0]},{PRICE[1]}", "--context", "4000",
                "--model-traits", "cache_points", "--sub-topics", "2", "--max-tool-calls", "8", "--lanes", "1",
                "--search", "searxng", "--search-url", os.environ["WEB_SEARCH"], "--allow-host", os.environ["WEB_HOST"], *more]

    def environment(self, **more):
        return super().environment(**{"OPENAI_BASE_URL": self.proxy.url + "/v1", **more})

    def usage(self):
        return [sum(c.usage[i] for c in self.proxy.calls) for i in (0, 1)]

    def whole(self, n):
        """A run that nobody disturbs; gives how many calls it made."""
        out, before, counted = os.path.join(self.dir, f"whole{n}"), len(self.proxy.calls), self.usage()
        began = time.monotonic()
        done = self.call(*self.words(n, f"whole{n}"), timeout=3000)
        self.check(done, 0, "completed")
        seconds, calls = time.monotonic() - began, self.proxy.calls[before:]
        self.check(self.call("verify", out, "--docs", os.path.join(self.dir, f"pdfs{n}")), 0)
        self.out = out
        report, written = self.report_of(out)
        self.assertEqual(done.json["unknown_microusd"], 0)
        self.assertEqual([done.json["tokens_in"], done.json["tokens_out"]], [a - b for a, b in zip(self.usage(), counted)])
        recorded = self.model_calls()
        self.assertEqual(done.json["model_calls"], len(recorded))
        self.assertEqual(sorted((c["usage"]["input"], c["usage"]["output"]) for c in recorded), sorted(c.usage for c in calls))
        self.assertGreater(sum(c.kind == "research" for c in calls), 0)
        self.assertGreater(report["receipt"]["found"], 0)
        self.check(self.call("replay", f"q{n}", "--out", out + "-again", timeout=300), 0)
        self.assertEqual(tree(out + "-again"), tree(out))
        self.tell(n, report, written, calls, seconds)
        return len(calls)

    def report_of(self, out):
        """The report, and which of its sentences the model wrote."""
        with open(os.path.join(out, "report.json")) as f:
            report = json.load(f)
        self.assertEqual([w["model"] for w in report["writers"]], [self.MODEL])
        self.assertGreater(report["checks"]["quotes_total"], 0)
        self.assertEqual(report["checks"]["quotes_verified"], report["checks"]["quotes_total"])
        self.assertEqual(report["receipt"]["failed"], report["receipt"]["found_failed"])
        self.assertGreater(report["receipt"]["pages_read"], 100)
        claims = report["summary"] + [c for s in report["sections"] for c in s["claims"]]
        return report, [c for c in claims if c["verdict"] != "quoted"]

    def tell(self, n, report, written, calls, seconds):
        kinds = {}
        for call in calls:
            kinds[call.kind] = kinds.get(call.kind, 0) + 1
        tokens = [sum(c.usage[i] for c in calls) for i in (0, 1)]
        checks, receipt = report["checks"], report["receipt"]
        print(f"question {n + 1}, {self.MODEL}: {seconds:.0f} s, {len(calls)} calls {kinds}, {tokens[0]} + {tokens[1]} tokens; "
              f"{sum(c.repairs for c in calls)} answers sent back, {sum(c.refuses for c in calls)} tool calls refused, "
              f"{sum(bool(s['note']) for s in report['sections'])} lanes demoted; "
              f"{checks['quotes_verified']} of {checks['quotes_total']} quotes verified; sentences of the model: {len(written)} printed, "
              f"{checks['claims_removed']} removed, {checks['claims_demoted']} demoted; {receipt['found']} pages of the web", flush=True)

    def killed(self, n, calls):
        """Killed while a call is answered, a third and two thirds through; then it goes on."""
        words = self.words(n, f"killed{n}", "--store", os.path.join(self.dir, "killed-store"))
        for at in (calls // 3, calls // 3):
            process = subprocess.Popen(["nightdesk", *words], executable=self.program(), cwd=self.work, env=self.environment(),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            target = self.proxy.asked + at
            self.proxy.on_call = lambda count: count == target and process.kill()
            process.wait(timeout=3000)
            self.assertLess(process.returncode, 0, "it ended before it could be killed")
        self.proxy.on_call = None
        done = self.call(*words, timeout=3000)
        self.check(done, 0, "completed")
        self.assertEqual(tree(os.path.join(self.dir, f"killed{n}")), tree(os.path.join(self.dir, f"whole{n}")))
        return done.json

    def test_runs(self):
        self.assertGreaterEqual(int(os.environ["WEB_PAGES"]), 5000)
        calls = [self.whole(n) for n in range(1 if os.environ.get("WEB_ONCE") else len(QUESTIONS))]
        if os.environ.get("WEB_ONCE"):
            return
        before = len(self.proxy.calls)
        result = self.killed(0, calls[0])
        since = self.proxy.calls[before:]
        bill = sum(c.usage[0] * PRICE[0] + c.usage[1] * PRICE[1] for c in since)
        self.assertGreater(result["unknown_microusd"], 0)
        self.assertLessEqual(bill, result["cost_microusd"] + result["unknown_microusd"])
        self.assertLessEqual(len(since), calls[0] + 2 * 2, "a call that was recorded was asked again")
        print(f"killed twice: {len(since)} calls in all, {sum(c.again for c in since)} of them known; same report", flush=True)


if __name__ == "__main__":
    real_model.prepare(RealModelOverTheWeb.MODEL)
    RealModelOverTheWeb.PDFS = development_pdfs()
    rig.main()
