#!/usr/bin/env python3
"""Knowledge bases of Amazon Bedrock in whole runs: named on this machine, asked with a signature that the stand-in checks, quoted
like documents, told where they fail, and never asked again by a replay."""
import json
import os

import rig
import dialects
from knowledge_base import KnowledgeBase, s3
from small_corpus import PARAGRAPHS
from test_web import EXTRA, tree

ID, ADDRESS = "ABCDE12345", f"bedrock:{dialects.REGION}:ABCDE12345"
KEYS = {"AWS_ACCESS_KEY_ID": dialects.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": dialects.SECRET, "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}


def passages():
    made = [s3(f"The {name} of a weather station. {text}", f"s3://field-notes/{name} notes.pdf") for name, text in EXTRA.items()]
    made += [s3(" ".join(PARAGRAPHS[name][:3]), f"s3://field-notes/{name}.md") for name in EXTRA]
    made.append({"text": "Weather station maintenance pays when the wiki of the station is kept, since power and sensors are noted in it.",
                 "location": {"type": "WEB", "webLocation": {"url": "https://wiki.example/station"}}})
    return made


class Case(rig.Case):
    def setUp(self):
        super().setUp()
        self.server = KnowledgeBase(passages()).start()
        self.addCleanup(self.server.stop)

    def environment(self, **more):
        return super().environment(**{**KEYS, "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME": self.server.base, **more})

    def named(self, name="notes", *more):
        self.check(self.call("kb", "add", name, "--bedrock", ID, "--region", dialects.REGION, *more), 0)
        return name

    def asked(self, *more, kb="notes"):
        return ["run", rig.TOPIC, "--run-id", "r", "--started-at", rig.STARTED, "--out", self.out, "--json", "--sub-topics", "4", "--kb", kb, *more]

    def report(self, out=None):
        with open(os.path.join(out or self.out, "report.json")) as f:
            return json.load(f)

    def verified(self):
        self.check(self.call("verify", self.out), 0)
        checks = self.report()["checks"]
        self.assertEqual(checks["quotes_verified"], checks["quotes_total"])
        self.assertGreater(checks["quotes_total"], 2)


class Runs(Case):
    def test_passages_beside_documents(self):
        self.corpus()
        self.named()
        self.check(self.call(*self.asked("--docs", self.docs)), 0)
        self.assertEqual(self.server.refused, [])
        self.verified()
        report = self.report()
        sources = [s for s in report["sources"] if s.get("kb")]
        self.assertTrue(all(s["kb"] == ADDRESS and s["found"] for s in sources))
        used = [s for s in sources if s["used"]]
        self.assertTrue(any(s["path"].startswith("s3://field-notes/") and s["url"] == s["path"] for s in used))
        self.assertTrue(any(s["used"] and not s.get("kb") for s in report["sources"]))
        self.assertEqual(report["receipt"]["retrieved"], len(sources))
        for name, place in (("report.html", "s3://field-notes/"), ("report.md", "s3\\://field-notes/"), ("sources.bib", "s3://field-notes/")):
            with open(os.path.join(self.out, name)) as f:
                self.assertIn(place, f.read())
        self.assertEqual(len(self.server.asked), len(report["sections"]))

    def test_one_alone_with_its_text_kept(self):
        self.named()
        self.check(self.call(*self.asked()), 0)
        self.verified()
        report = self.report()
        self.assertIn("methanol fuel cell", json.dumps(report))
        for source in (s for s in report["sources"] if s["used"]):  # the text as it came is in the report's folder
            with open(os.path.join(self.out, "evidence", source["text_sha256"], "p1.txt")) as f:
                self.assertIn(f.read().strip(), [p["text"] for p in passages()])
        asked = len(self.server.asked)
        again = os.path.join(self.dir, "again")
        self.check(self.call("replay", "r", "--out", again), 0)
        self.assertEqual(tree(again), tree(self.out))
        self.assertEqual(len(self.server.asked), asked)

    def test_by_address_and_in_a_request(self):
        self.check(self.call(*self.asked(kb=ADDRESS)), 0)
        first = tree(self.out)
        self.named()
        path = self.write("request.json", json.dumps({"topic": rig.TOPIC, "kbs": ["notes", ADDRESS], "sub_topics": 4}))
        out = os.path.join(self.dir, "by-name")
        self.check(self.call("run", "--request", path, "--run-id", "r", "--store", os.path.join(self.dir, "other"), "--started-at", rig.STARTED,
                             "--out", out), 0)
        self.assertEqual(tree(out), first)

    def test_killed_and_resumed(self):
        self.named()
        self.check(self.call(*self.asked()), 0)
        whole = tree(self.out)
        store, out = os.path.join(self.dir, "killed-store"), os.path.join(self.dir, "killed")
        words = self.asked("--store", store)
        words[words.index("--out") + 1] = out
        self.kill_often(words, times=8, seconds=0.12)
        self.check(self.call(*words), 0)
        self.assertEqual(tree(out), whole)

    def test_a_process_for_each_step_asks_each_question_once(self):
        self.named()
        self.check(self.call(*self.asked()), 0)
        whole = tree(self.out)
        del self.server.asked[:]
        store, out = os.path.join(self.dir, "steps-store"), os.path.join(self.dir, "steps")
        words = self.asked("--store", store, "--max-steps", "1")
        words[words.index("--out") + 1] = out
        done = self.call(*words)
        for _ in range(80):
            if done.status != 75:
                break
            done = self.call("resume", "r", "--store", store, "--out", out, "--max-steps", "1", "--json")
        self.check(done, 0)
        self.assertEqual(tree(out), whole)
        self.assertEqual(len(self.server.asked), len(self.report(out)["sections"]))

    def test_it_is_asked_again_when_it_is_busy(self):
        self.named()
        self.server.answer = [(429, "ThrottlingException"), (503, "ServiceUnavailableException")]
        self.check(self.call(*self.asked()), 0)
        self.verified()
        self.assertNotIn("searches_failed", self.report()["receipt"])
        self.assertEqual(len(self.server.asked), len(self.report()["sections"]) + 2)


class Failures(Case):
    def setUp(self):
        super().setUp()
        self.corpus()
        self.named()

    def caveat(self, answer, *words):
        self.server.answer = answer
        self.check(self.call(*self.asked("--docs", self.docs)), 0, "searches failed")
        report = self.report()
        self.assertIn(f"Nothing from the knowledge base {ADDRESS} for", json.dumps(report))
        for word in words:
            self.assertIn(word, json.dumps(report))
        self.assertEqual(report["receipt"]["searches_failed"], len(report["sections"]))
        self.verified()

    def test_a_refusal_is_a_caveat(self):
        def refuse(_):
            raise dialects.Wrong(424, "DependencyFailedException", "the vector store sleeps")
        self.caveat(refuse, "it answers with status 424, DependencyFailedException: the vector store sleeps.")

    def test_malformed_answers_are_a_caveat(self):
        self.caveat(lambda _: {"retrievalResults": {}}, "'its answer.retrievalResults' is an object, wanted an array")

    def test_no_json_is_a_caveat(self):
        self.caveat(lambda _: b"\xff\xfe", "the answer is no JSON object")

    def test_what_is_no_text_is_told(self):
        def mixed(answer):
            good = answer["retrievalResults"]
            image = {"content": {"type": "IMAGE", "byteContent": "AAAA"}, "location": {"type": "S3", "s3Location": {"uri": "s3://b/i.png"}}}
            for result in good[:1]:
                result["location"] = {"type": "MOONBASE", "moonLocation": {"crater": 7}}
            return {"retrievalResults": [image, *good], "nextToken": "more", "guardrailAction": "NONE"}
        self.server.answer = mixed
        self.check(self.call(*self.asked("--docs", self.docs)), 0)
        said = json.dumps(self.report())
        self.assertIn("1 left out that are no text (IMAGE); 1 of a place that is not known (MOONBASE)", said)
        self.assertIn(ADDRESS, {s["path"] for s in self.report()["sources"] if s.get("kb")})
        self.verified()

    def stopped(self, status, *words, **env):
        self.check(self.call(*self.asked("--docs", self.docs), **env), status, *words)

    def test_one_that_is_not_there_stops_the_run_until_it_is(self):
        self.server.known = ()
        self.stopped(78, "while asking the knowledge base", "ResourceNotFoundException: Knowledge base with id ABCDE12345 does not exist")
        self.server.known = KnowledgeBase.known
        self.check(self.call("resume", "r", "--out", self.out, "--json"), 0)
        self.verified()

    def test_a_key_that_may_not_ask(self):
        self.stopped(78, "status 403", AWS_ACCESS_KEY_ID="AKIDOFNOBODY")

    def test_another_secret(self):
        self.stopped(78, "InvalidSignatureException", AWS_SECRET_ACCESS_KEY="another")

    def test_no_credentials(self):
        self.stopped(78, "credentials", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")


class Privacy(Case):
    def test_a_dry_run_names_the_host_and_asks_nobody(self):
        self.corpus()
        self.named()
        done = self.call(*self.asked("--docs", self.docs, "--dry-run"))
        self.check(done, 0)
        self.assertIn({"host": "127.0.0.1", "receives": "a question to the knowledge base for each sub-topic: its words, at most 256 bytes, "
                       "no text of sources marked --local or --confidential"}, done.json["hosts"])
        self.assertEqual(self.server.asked, [])

    def test_offline_refuses_it(self):
        self.named()
        self.check(self.call(*self.asked("--offline")), 2, "'--offline' and a knowledge base of Amazon Bedrock")
        self.assertEqual(self.server.asked, [])

    def test_titles_of_private_documents_are_not_asked_for(self):
        self.docs = os.path.join(self.dir, "private")
        secret = "Calibration of the Zugspitze-7 hygrometer against mercury"
        self.write("private/a.md", f"# {secret}\n\n" + " ".join(PARAGRAPHS["sensors"]) + "\n\n# Winter batteries at the Gornergrat hut\n\n"
                   + " ".join(PARAGRAPHS["power"]))
        self.named()
        self.check(self.call(*self.asked("--docs", self.docs, "--local", "*.md")), 0)
        said = json.dumps(self.server.asked)
        for word in ("Zugspitze", "Gornergrat", "mercury"):
            self.assertNotIn(word, said)


class Names(Case):
    def test_added_listed_shown_removed(self):
        self.corpus()
        self.named("notes", self.docs)
        done = self.call("kb", "list", "--json")
        self.assertEqual(done.json["kbs"], [{"name": "notes", "paths": [os.path.realpath(self.docs)], "elsewhere": [ADDRESS]}])
        self.assertIn(ADDRESS, self.call("kb", "show", "notes").out)
        self.assertEqual(self.call("kb", "show", "notes", "--json").json["elsewhere"], [ADDRESS])
        self.check(self.call("kb", "remove", "notes"), 0)

    def test_the_region_of_the_environment_is_kept(self):
        self.check(self.call("kb", "add", "notes", "--bedrock", ID, AWS_REGION="eu-north-1"), 0)
        self.assertEqual(self.call("kb", "list", "--json").json["kbs"][0]["elsewhere"], ["bedrock:eu-north-1:" + ID])

    def test_refusals(self):
        region = ("--region", dialects.REGION)
        for words, status, said in [
                (["kb", "add", "n", "--bedrock", "ABC", *region], 2, "wanted the id of a knowledge base: 10 letters or digits"),
                (["kb", "add", "n", "--bedrock", "ABCDE1234/", *region], 2, "wanted the id"),
                (["kb", "add", "n", "--bedrock", ID, "--region", "evil.example/x"], 78, "is not like eu-west-1"),
                (["kb", "add", "n", "--bedrock", ID], 78, "no AWS region"),
                (["kb", "add", "n"], 2, "or --bedrock ID"),
                (["kb", "add", "n", self.dir, *region], 2, "'--region' says where the one of '--bedrock' is"),
                (["run", rig.TOPIC, "--kb", "bedrock:x.example/:ABCDE12345"], 2, "an address like bedrock:eu-west-1:ABCDE12345"),
                (["run", rig.TOPIC, "--kb", "nobody"], 2, "there is no knowledge base 'nobody'")]:
            done = self.call(*words)
            self.assertEqual((done.status, said in done.err), (status, True), done.err)
        self.assertEqual(self.server.asked, [])


if __name__ == "__main__":
    rig.main()
