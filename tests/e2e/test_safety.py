#!/usr/bin/env python3
"""Safety in whole runs: flag, mask, block; secrets never leave, whatever the mode. Items are planted in the documents."""
import json
import os
import re
import subprocess
import sys

import rig

SECRETS = ["AKIAQ3EGRIT7XVZ5J2LM", "ghp_" + "a1B2c3D4e5F6" * 3, "sk-proj-" + "Zx8Qw3Er5Ty7Ui9Op2" * 2,
           "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtaWxsIn0.c2lnbmF0dXJlLW9mLW1pbGw"]
MAIL, PHONE, IBAN, CARD = "miller@harbour-mill.org", "+49 30 90182034", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111"

NOTES = f"""# Power supply of the harbour station

## Battery and panel

The battery of the harbour weather station is ordered from {MAIL} before the darkest weeks of the winter begin.

The solar panel of the harbour weather station is repaired by the workshop, which answers at {PHONE} on working days.

The power supply of the harbour weather station is paid from the account {IBAN} of the district office each year.

The charge controller of the harbour weather station sends its power data with the key {SECRETS[0]} every ten minutes.

The battery data of the harbour weather station is kept on a server with the token {SECRETS[1]} for one year.

The panel of the harbour weather station was bought in 2021 with the card {CARD} of the district office.

## Keys of the server

Records of the weather station are sent with {SECRETS[2]} and are read back with {SECRETS[3]} by the server.
"""


class Safety(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()
        self.write("docs/harbour.md", NOTES)
        self.write("docs/secret plan.md", "# Sensors of the weather station\n\nThe sensors of the hidden weather station stand "
                   "2 metres above the roof of the ministry and count 0.2 millimetres of rain.\n")

    def printed(self):
        """Everything a run leaves for readers, by file name."""
        found = {}
        for base, _, names in os.walk(self.out):
            for name in names:
                with open(os.path.join(base, name), errors="replace") as f:
                    found[os.path.join(base, name)] = f.read()
        return found

    def report(self):
        with open(os.path.join(self.out, "report.json")) as f:
            return json.load(f)

    def holds(self, item):
        joined = re.compile(r"\s+".join(map(re.escape, item.split())))
        return [name for name, text in self.printed().items() if joined.search(text)]

    def check_no_secret(self, *texts):
        for secret in SECRETS:
            self.assertEqual(self.holds(secret), [], secret)
            for text in texts:
                self.assertNotIn(secret, text)

    def findings(self):
        return {(f["kind"], f["done"]) for f in self.report()["checks"]["findings"] if f["kind"] != "claim"}

    def verified(self):
        self.check(self.call("verify", self.out, "--docs", self.docs), 0)

    def test_flag_is_the_default(self):
        events = os.path.join(self.dir, "events")
        done = self.call(*self.run_args("--notify-command", f"cat >>{events}", "--log-level", "debug"))
        self.check(done, 0)
        with open(events) as f:
            self.check_no_secret(done.out, done.err, f.read())
        found = self.findings()
        self.assertIn(("secret", "masked"), found)
        for kind in ("email", "phone", "iban", "card"):
            self.assertIn((kind, "flagged"), found)
        claims = {c["id"] for s in self.report()["sections"] for c in s["claims"]}
        self.assertTrue({f["claim"] for f in self.report()["checks"]["findings"]} & claims)
        self.assertTrue(self.holds(MAIL))
        self.verified()

    def test_mask(self):
        done = self.call(*self.run_args("--safety", "mask", "--confidential", "secret*", "--forbid", "marten"))
        self.check(done, 0)
        self.check_no_secret(done.out, done.err)
        for item in (MAIL, PHONE, IBAN, CARD, "roof of the ministry", "marten"):
            self.assertEqual(self.holds(item), [], item)
        self.assertTrue({("email", "masked"), ("secret", "masked")} <= self.findings())
        self.verified()
        first = self.printed()
        self.check(self.call("replay", "r", "--out", self.out + "2"), 0)
        with open(os.path.join(self.out + "2", "report.json")) as f:
            self.assertEqual(f.read(), first[os.path.join(self.out, "report.json")])

    def test_masked_report_with_a_changed_original_is_found_out(self):
        self.check(self.call(*self.run_args("--safety", "mask")), 0)
        self.write("docs/harbour.md", NOTES.replace("2021", "2022"))
        self.assertEqual(self.call("verify", self.out, "--docs", self.docs).status, 1)

    def test_block_prints_nothing(self):
        done = self.call(*self.run_args("--safety", "block"))
        self.check(done, 1, "safety_block")
        self.assertFalse(os.path.exists(os.path.join(self.out, "report.json")))
        self.check_no_secret(done.out, done.err)
        state = self.call("status", "r", "--json").json
        self.assertEqual(state["outcome"], "failed")
        self.assertTrue(state["reason"].startswith("safety_block"), state["reason"])

    def test_block_lets_clean_documents_through(self):
        os.remove(os.path.join(self.docs, "harbour.md"))
        self.check(self.call(*self.run_args("--safety", "block")), 0)
        self.verified()

    def test_planted_items(self):
        bench = os.path.join(rig.SOURCE, "tests/bench/safety/planted.py")
        done = subprocess.run([sys.executable, bench, "--build", rig.BUILD, "--strict"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("planted 200:", done.stdout)

    def test_gates_show_no_secret(self):
        done = self.call(*self.run_args("--approve", "outline,final"))
        self.check(done, 5)
        self.check_no_secret(done.out, done.err)
        self.check(self.call("approve", "r"), 0)
        done = self.call("resume", "r", "--json", "--out", self.out)
        self.check(done, 5)
        self.check_no_secret(done.out, done.err)
        self.assertIn("*" * 20, done.out)


if __name__ == "__main__":
    rig.main()
