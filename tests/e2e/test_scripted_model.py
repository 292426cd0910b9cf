#!/usr/bin/env python3
"""Runs with a model, here a scripted server that keeps its own bill: budget, price, hosts, going on."""
import os
import subprocess
import sys
import time

import rig


class ScriptedModel(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()
        self.bill = os.path.join(self.dir, "bill")
        self.serve([])

    def serve(self, faults):
        """Starts a server with these faults; the runs that follow use it."""
        port = os.path.join(self.dir, f"port{len(faults)}")
        server = subprocess.Popen([sys.executable, os.path.join(rig.SOURCE, "tests/support/scripted_model.py"), "--bill", self.bill,
                                   "--port-file", port, "--price", "2,10", "--faults", rig.json.dumps(faults)],
                                  stdout=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        for _ in range(100):
            if os.path.exists(port) and os.path.getsize(port):
                break
            time.sleep(0.05)
        with open(port) as f:
            self.address = f"http://127.0.0.1:{f.read().strip()}/v1"

    def model(self, *words, price="2,10", **env):
        more = ["--price", price] if price else []
        return self.call(*self.run_args("--model", "openai:scripted", *more, *words), OPENAI_BASE_URL=self.address, **env)

    def billed(self):
        if not os.path.exists(self.bill):
            return 0
        with open(self.bill) as f:
            return sum(rig.json.loads(line)["microusd"] for line in f)

    def test_scripted_0_completed_and_the_bill_agrees(self):
        done = self.model()
        self.check(done, 0, "127.0.0.1 receives")
        self.assertGreater(done.json["model_calls"], 0)
        self.assertEqual(done.json["cost_microusd"], self.billed())
        self.check(self.call("verify", self.out), 0)
        # the finished report is written again without model, key or price
        self.check(self.call("resume", "r", "--out", self.out + "2", "--json"), 0)

    def test_scripted_3_budget_and_going_on(self):
        done = self.model("--budget", "0")
        self.check(done, 3, "does not fit below the ceiling", "next: nightdesk resume r --budget")
        self.assertEqual((done.json["outcome"], done.json["cost_microusd"], self.billed()), ("budget_exceeded", 0, 0))
        self.assertTrue(os.path.exists(os.path.join(self.out, "report.html")), "no partial report")
        env = {"OPENAI_BASE_URL": self.address}
        self.check(self.call("resume", "r", "--price", "2,10", "--out", self.out, "--json", **env), 3)
        done = self.call("resume", "r", "--budget", "1", "--price", "2,10", "--out", self.out, "--json", **env)
        self.check(done, 0)
        self.assertEqual(done.json["ceiling_microusd"], 1_000_000)
        self.assertGreater(self.billed(), 0)
        self.check(self.call("verify", self.out), 0)

    def test_scripted_1_failed_when_a_bill_is_above_its_bound(self):
        self.serve([{"at": [2], "kind": "over_bound"}])
        done = self.model()
        self.check(done, 1, "price")
        self.assertEqual(done.json["outcome"], "failed")

    def test_scripted_75_when_answers_get_lost(self):
        self.serve([{"every": 1, "from": 1, "kind": "reset_after"}])
        done = self.model()
        self.check(done, 75, "what was done is kept; go on with: nightdesk resume r")
        ledger = self.call("status", "r", "--json").json
        self.assertGreaterEqual(ledger["unknown_microusd"], self.billed())
        self.serve([{"at": [99999], "kind": "429"}, {"at": [99998], "kind": "429"}])
        self.check(self.call("resume", "r", "--price", "2,10", "--out", self.out, OPENAI_BASE_URL=self.address), 0)

    def test_scripted_78_no_price_and_nothing_asked(self):
        self.check(self.model(price=None), 78, "--price IN,OUT")
        self.check(self.model(price="cheap"), 2, "cheap")
        self.assertEqual(self.billed(), 0)
        self.assertFalse(os.path.exists(self.out))

    def test_scripted_offline_refuses_the_model(self):
        self.check(self.model("--offline"), 2, "--offline")
        self.assertFalse(os.path.exists(self.bill) and os.path.getsize(self.bill))

    def test_scripted_dry_run_names_cost_and_hosts_and_asks_nobody(self):
        done = self.model("--dry-run", "--budget", "3", "--local", "power*")
        self.check(done, 0)
        self.assertGreater(done.json["expected_cost_microusd"], 0)
        self.assertEqual(done.json["worst_case_cost_microusd"], 3_000_000)
        self.assertEqual([h["host"] for h in done.json["hosts"]], ["127.0.0.1"])
        self.assertIn("--local", done.json["hosts"][0]["receives"])
        self.assertEqual(self.billed(), 0)

    def test_scripted_key_is_not_printed(self):
        key = "sk-0123456789abcdefghijklmnop"
        done = self.model("--log-level", "debug", OPENAI_API_KEY=key)
        self.check(done, 0)
        self.assertNotIn(key, done.out + done.err)
        for base, _, names in os.walk(self.store):
            for name in names:
                with open(os.path.join(base, name), "rb") as f:
                    self.assertNotIn(key.encode(), f.read(), name)


if __name__ == "__main__":
    rig.main()
