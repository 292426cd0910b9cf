#!/usr/bin/env python3
"""A scripted guardrail of Bedrock judges what a scripted model wrote: blocked statements give way, its bill is in the ledger, nothing is
asked twice, and what keeps it from answering is told and ends no run."""
import collections
import json
import os

import rig
import dialects
import scripted_guardrail
from test_providers import KEYS
from test_scripted_model import Scripted

NAME = "gr4711abc:3"
SECRET = """# Ferry of the town

The ferry of the town crosses the river Quarrelstone every hour and carries the Zephyrine bell on board for the harbour watch.

The ferry of the town is paid by the countess of Mistlefen, who never wanted anybody to know about that.
"""


class Guarded(Scripted):
    more = KEYS

    def environment(self, **more):
        url = f"http://127.0.0.1:{self.server.server_address[1]}" if self.server else "http://127.0.0.1:1"
        return super().environment(**{"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url, "AWS_CONFIG_FILE": "/dev/null",
                                      "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", **self.more, **more})

    def run_args(self, *more):
        return super().run_args("--guardrail", NAME, *more)

    def asked(self):
        return [texts for job, texts, _ in self.server.asked if job == "ground"]

    def completed(self, *faults, args=(), status=0):
        """A whole run; (result, report), with the money right."""
        self.serve(*faults)
        done = self.call(*self.run_args(*args))
        self.check(done, status)
        bill, ledger = self.bill(), self.ledger()
        self.assertLessEqual(sum(e["microusd"] for e in bill), ledger["spent_microusd"] + ledger["unknown_microusd"])
        return done, self.report()


class Judged(Guarded):
    def test_scripted_blocked_statements_give_way(self):
        done, report = self.completed()
        bill, ledger = self.bill(), self.ledger()
        self.assertEqual(done.json["cost_microusd"], sum(e["microusd"] for e in bill))
        self.assertEqual(done.json["model_calls"], len(bill))
        self.assertEqual(sum(c["microusd"] for c in ledger["calls"] if c.get("by") == "guardrail:" + NAME),
                         sum(e["microusd"] for e in bill if e["by"] == "guardrail"))
        asked = self.asked()
        self.assertEqual({path for by, path, _ in self.server.bodies if by == "guardrail"}, {"/guardrail/gr4711abc/version/3/apply"})
        blocked = [t["guard_content"][0] for t in asked if scripted_guardrail.score(t["guard_content"][0]) < scripted_guardrail.THRESHOLD]
        self.assertGreater(len(blocked), 1)
        self.assertEqual(report["checks"]["guardrail"], {"name": NAME, "judged": len(asked), "blocked": len(blocked), "missed": 0})
        claims = {c["text"]: c for c in self.claims(report)}
        for texts in asked:
            text = texts["guard_content"][0]
            if text in blocked:
                self.assertNotIn(text, claims)
            else:
                self.assertEqual(claims[text]["guardrail"]["grounding"], {"score": scripted_guardrail.score(text), "threshold": 0.7, "blocked": False})
                quotes = {q["id"]: q["display"] for q in report["quotes"]}
                self.assertEqual(texts["grounding_source"], [quotes[q] for q in claims[text]["quotes"]])
        told = [f for f in report["checks"]["findings"] if "the guardrail blocked it (grounding 0." in f["what"]]
        self.assertEqual(len(told), len(blocked))
        self.assertTrue({f["done"] for f in told} >= {"repaired"}, told)
        self.assertFalse([c for c in self.claims(report) if c["verdict"] == "unjudged"])

    def test_scripted_every_statement_is_asked_about_once(self):
        self.completed()
        counted = collections.Counter(t["guard_content"][0] for t in self.asked())
        self.assertEqual(set(counted.values()), {1})
        for texts in self.asked():
            self.assertTrue(texts["query"][0].endswith(": " + self.topic) or texts["query"][0] == self.topic)

    def test_scripted_replay_and_another_run_give_the_same_bytes(self):
        self.completed()
        asked, whole = len(self.server.asked), self.files(self.out)
        again = os.path.join(self.dir, "again")
        self.check(self.call("replay", "r", "--out", again), 0)
        self.assertEqual(len(self.server.asked), asked)
        self.assertEqual(self.files(again), whole)

    def test_scripted_resuming_asks_nothing_twice(self):
        self.completed()
        whole, self.store, self.out = self.files(self.out), self.store + "2", os.path.join(self.dir, "out2")
        before = len(self.asked())
        done = self.call(*self.run_args("--max-steps", "7"))
        for _ in range(80):
            if done.status != 75:
                break
            done = self.call("resume", "r", "--out", self.out, "--json", "--max-steps", "7")
        self.check(done, 0)
        self.assertEqual(len(self.asked()), 2 * before)
        self.assertEqual(self.files(self.out), whole)

    def test_scripted_with_a_bearer_key(self):
        self.more = {"AWS_BEARER_TOKEN_BEDROCK": dialects.BEARER, "AWS_REGION": dialects.REGION}
        _, report = self.completed()
        self.assertEqual(report["checks"]["guardrail"]["missed"], 0)
        self.assertEqual(self.server.refused, [])

    def again(self, run_id, since):
        args = self.run_args("--since", since)
        args[args.index("--run-id") + 1] = run_id
        args[args.index("--out") + 1] += run_id
        self.check(self.call(*args), 0)
        return len(self.asked())

    def test_scripted_a_run_since_pays_it_once(self):
        """The second run's plan is the first one's, so what it writes may differ; the third one asks what the second asked."""
        self.completed()
        self.assertEqual(self.again("second", "r"), self.again("third", "second"))


class Failing(Guarded):
    def missed(self, report):
        return report["checks"]["guardrail"], [n for n in report["notes"] if "the guardrail did not judge" in n]

    def test_scripted_no_permission_is_a_note(self):
        _, report = self.completed({"job": "ground", "kind": "403"})
        checks, notes = self.missed(report)
        self.assertEqual((checks["judged"], checks["blocked"]), (0, 0))
        self.assertEqual(notes, [f"Statements that the guardrail did not judge: {checks['missed']} "
                                 "(the service refuses it: no permission, or no such guardrail)."])
        self.assertLessEqual(len(self.asked()), 6)  # once a lane
        self.assertGreater(len([c for c in self.claims(report) if c["verdict"] == "supported"]), 5)  # as the model judged

    def test_scripted_keys_of_nobody(self):
        self.more = {**KEYS, "AWS_SECRET_ACCESS_KEY": "another"}
        _, report = self.completed()
        self.assertEqual(self.missed(report)[0]["judged"], 0)
        self.assertEqual(len(self.missed(report)[1]), 1)

    def test_scripted_429_is_waited_for(self):
        _, report = self.completed({"job": "ground", "first_of_key": True, "kind": "429", "after": 0})
        self.assertEqual(self.missed(report)[0]["missed"], 0)

    def test_scripted_lost_answers_are_booked_and_not_asked_for_again(self):
        for kind in ("malformed", "torn", "reset_after"):
            with self.subTest(kind=kind):
                self.store, self.out = self.store + "x", os.path.join(self.dir, kind)
                self.bill_file = os.path.join(self.dir, "bill-" + kind)
                _, report = self.completed({"job": "ground", "kind": kind})
                checks, notes = self.missed(report)
                self.assertEqual((checks["judged"], len(notes)), (0, 1))
                self.assertIn("its answer never came or could not be read", notes[0])
                self.assertEqual(len({json.dumps(t) for t in self.asked()}), len(self.asked()))


class Refused(Guarded):
    def test_names_that_are_none(self):
        for name in ("gr1", "gr1:", "gr1:0", "GR:1", "gr1:x", ":1", "arn:aws:bedrock:eu-west-1:111122223333:model/x:1", "gr/../x:1", "gr1:1234567890"):
            self.check(self.call(*self.run_args("--guardrail", name)), 2, "guardrail")

    def test_what_does_not_go_together(self):
        self.check(self.call(*self.run_args("--model", "extractive")), 2, "would have nothing to judge")
        self.check(self.call(*self.run_args("--offline")), 2, "--offline")

    def test_the_plan_names_it(self):
        self.serve()
        done = self.call(*self.run_args("--dry-run"))
        self.check(done, 0)
        rows = [h for h in done.json["hosts"] if "guardrail" in h["receives"]]
        self.assertEqual(len(rows), 1)
        self.assertIn("--local", rows[0]["receives"])
        self.assertEqual(self.asked(), [])


class Private(Guarded):
    def test_scripted_local_text_is_never_sent(self):
        """The model is on this machine and sees it all; the guardrail is not."""
        self.write("docs/private/ferry.md", SECRET)
        _, report = self.completed(args=("--local", "private/*", "--question", "Where does the ferry of the town go?"))
        local = [s["id"] for s in report["sources"] if s["local"]]
        quotes = {q["id"]: q["source"] for q in report["quotes"]}
        resting = [c for c in self.claims(report) if any(quotes[q] in local for q in c["quotes"])]
        self.assertTrue([c for c in resting if c["verdict"] == "supported"], "the local document was not used")
        sent = json.dumps([body for by, _, body in self.server.bodies if by == "guardrail"])
        for word in ("Quarrelstone", "Zephyrine", "Mistlefen", "countess"):
            self.assertNotIn(word, sent)
        self.assertTrue([n for n in report["notes"] if "must stay on this machine" in n], report["notes"])


if __name__ == "__main__":
    rig.main()
