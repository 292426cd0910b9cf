#!/usr/bin/env python3
"""The research agent over a scripted server: whole lanes with and without tool calling, questions, loops, small windows. No
language model is involved."""

import json

import rig
from knowledge_base import KnowledgeBase
from local_web import Index, Site
from test_knowledge_base import ADDRESS, KEYS, passages
from dialects import text_of
from test_web import EXTRA, page
from test_providers import MODELS, Provider


class Agent(Provider):
    agent = ""

    def serve(self, *faults, **more):
        super().serve(*faults, **more)
        self.server.options.agent = self.agent

    def conversations(self):
        """The text of every research call."""
        return ["\n".join(text_of(m) for m in messages) for job, messages, _ in self.server.asked if job == "research"]

    def exact(self, done):
        """The ledger is the server's bill, and every quote is verified."""
        self.assertEqual(done.json["cost_microusd"], sum(e["microusd"] for e in self.bill()))
        report = self.report()
        self.assertEqual(report["checks"]["quotes_verified"], report["checks"]["quotes_total"])
        return report


class Whole(Agent):
    def test_scripted_lanes_with_and_without_tool_calling(self):
        for name in ("openai", "anthropic", "bedrock"):
            with self.subTest(name):
                self.model, self.run_dir = MODELS[name], name
                self.more = {"ANTHROPIC_API_KEY": "k-0123456789"} if name == "anthropic" else {
                    "AWS_BEARER_TOKEN_BEDROCK": "bearer-scripted-0123456789", "AWS_REGION": "eu-test-1"} if name == "bedrock" else {}
                done, _, _ = self.completed()
                report = self.exact(done)
                talk = self.conversations()
                self.assertTrue(any("kept as n1" in t for t in talk))
                self.assertTrue(any("refused" in t and "987654" in t for t in talk))
                self.assertTrue(any("Results 1 to" in t for t in talk))
                self.assertGreater(len(report["sections"]), 2)
                self.assertTrue(all(s["status"] == "found" for s in report["sections"]))
            self.server.shutdown()
            self.store, self.out = self.store + "+", self.out + "+"
            open(self.bill_file, "w").close()

    def test_scripted_points_become_a_chart(self):
        done, _, _ = self.completed(args=("--sub-topics", "5"))
        report = self.exact(done)
        charts = [x for x in report["exhibits"] if x["title"] == "Cost of running, in euros"]
        self.assertEqual(len(charts), 1)
        self.assertGreaterEqual(len(charts[0]["rows"]), 3)
        quotes = {q["id"]: q["text"] for q in report["quotes"]}
        for row in charts[0]["rows"]:
            for cell in row:
                self.assertIn(cell["text"].lower(), quotes[cell["quote"]].lower())

    def test_scripted_tool_calls_stay_within_an_even_share(self):
        done, _, _ = self.completed(args=("--max-run-tool-calls", "20"))
        self.exact(done)
        self.assertLessEqual(done.json["tool_calls"], 20)
        self.assertTrue(any("Calls left: " in t for t in self.conversations()))


class Odd(Agent):
    def test_scripted_loop_ends(self):
        for self.agent in ("loop", "wander"):
            with self.subTest(self.agent):
                done, bill, _ = self.completed(args=("--sub-topics", "2"))
                self.exact(done)
                self.assertLessEqual(sum(e["job"] == "research" for e in bill), 2 * 24)
            self.server.shutdown()
            self.store, self.out = self.store + "+", self.out + "+"
            open(self.bill_file, "w").close()

    def test_scripted_nothing_found_is_told(self):
        self.agent = "nothing"
        done, _, _ = self.completed()
        report = self.report()
        self.assertEqual({s["status"] for s in report["sections"]}, {"nothing_solid"})
        self.assertEqual(len(report["gaps"]), 5)

    def test_scripted_question_to_a_person_waits_and_goes_on(self):
        self.agent = "ask"
        self.serve()
        done = self.call(*self.run_args("--ask", "--sub-topics", "2"))
        self.check(done, 5, "is meant?")
        asked = len(self.server.asked)
        for _ in range(2):
            shown = self.call("status", "r", "--json")
            question = next((q for q in shown.json["gate"]["shown"]["questions"] if "answer" not in q), None)
            self.check(self.call("answer", "r", question["id"], f"The one by the river, {question['title']}"), 0)
        done = self.call("resume", "r", "--out", self.out, "--json")
        self.check(done, 0)
        self.assertGreater(len(self.server.asked), asked)
        self.assertTrue(any("The person says: The one by the river" in t for t in self.conversations()))
        self.exact(done)

    def test_scripted_nobody_to_ask(self):
        self.agent = "ask"
        done, _, _ = self.completed(args=("--sub-topics", "2"))
        self.assertTrue(any("Nobody can be asked in this run" in t for t in self.conversations()))
        self.exact(done)

    def test_scripted_small_window(self):
        self.agent = "reader"
        done, _, _ = self.completed(args=("--sub-topics", "2", "--context", "4000"))
        self.exact(done)
        talk = self.conversations()
        self.assertTrue(any("What you did before" in t for t in talk))
        self.assertLess(max(len(t.encode()) for t in talk), 4000 * 3)

    def test_scripted_other_processes_same_bytes(self):
        done, _, _ = self.completed(args=("--sub-topics", "3"))
        whole, self.store, self.out = self.files(self.out), self.store + "2", self.out + "2"
        done = self.call(*self.run_args("--sub-topics", "3", "--max-steps", "2"))
        for _ in range(80):
            if done.status != 75:
                break
            done = self.call("resume", "r", "--max-steps", "2", "--out", self.out, "--json")
        self.check(done, 0)
        self.assertEqual(self.files(self.out), whole)


class Malformed(Agent):
    def test_scripted_wrong_ids_and_nonsense_are_repaired_or_demoted(self):
        for kind in ("wrong_ids", "malformed", "length", "refusal", "400"):
            for every in (1, 3):
                with self.subTest(f"{kind} every {every}"):
                    done, _, _ = self.completed({"every": every, "job": "research", "kind": kind}, args=("--sub-topics", "3"))
                    report = self.exact(done)
                    self.assertGreater(len(report["quotes"]), 3)
                self.server.shutdown()
                self.store, self.out = self.store + "+", self.out + "+"
                open(self.bill_file, "w").close()


class Elsewhere(Agent):
    def report(self):  # pages and passages are no files of --docs
        self.check(self.call("verify", self.out), 0)
        with open(f"{self.out}/report.json") as f:
            return json.load(f)


class Web(Elsewhere):
    def test_scripted_agent_on_a_small_web(self):
        pages = {f"/{n}.html": page(n, f'<p><a href="/more-{n}.html">More</a></p>') for n in EXTRA}
        pages |= {f"/more-{n}.html": f"<html><head><title>More of {n}</title></head><body><main><p>The {n} of a station on the moon "
                  "must be checked by nobody, since nobody is there to check it.</p></main></body></html>" for n in EXTRA}
        index = Index(f"{self.dir}/web.db")
        index.make(sorted(pages.items()))
        site = Site(pages, index=index).start()
        self.addCleanup(site.stop)
        self.agent = "web"
        self.topic, self.docs = rig.TOPIC, self.corpus()
        done, _, _ = self.completed(args=("--search", "searxng", "--search-url", site.base, "--allow-host", site.host, "--sub-topics", "3"))
        report = self.exact(done)
        talk = self.conversations()
        self.assertTrue(any("Links on it:" in t for t in talk))
        self.assertTrue(any("kept as n1" in t for t in talk))
        self.assertNotIn("http://", "".join(talk), "the model was shown an address")
        self.assertTrue([s for s in report["sources"] if s.get("url") and s["used"]])
        again = f"{self.dir}/again"
        self.check(self.call("replay", "r", "--out", again), 0)
        self.assertEqual(self.files(again), self.files(self.out))


class KnowledgeBases(Elsewhere):
    def test_scripted_agent_asks_a_knowledge_base(self):
        server = KnowledgeBase(passages()).start()
        self.addCleanup(server.stop)
        self.agent = "kb"
        self.more = {**KEYS, "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME": server.base}
        self.topic, self.docs = rig.TOPIC, self.corpus()
        done, _, _ = self.completed(args=("--kb", ADDRESS, "--sub-topics", "3"))
        self.assertEqual(server.refused, [])
        report, talk = self.exact(done), self.conversations()
        self.assertIn("what to do about the", json.dumps(server.asked))
        self.assertTrue(any("kept as n1" in t for t in talk))
        self.assertNotIn("s3://", "".join(talk), "the model was shown a place")
        self.assertTrue([s for s in report["sources"] if s.get("kb") and s["used"]])
        asked, again = len(server.asked), f"{self.dir}/again"
        self.check(self.call("replay", "r", "--out", again), 0)
        self.assertEqual(self.files(again), self.files(self.out))
        self.assertEqual(len(server.asked), asked)


if __name__ == "__main__":
    rig.main()
