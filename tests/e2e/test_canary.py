#!/usr/bin/env python3
"""Canaries in documents labelled local: every endpoint outside of this machine that a run knows is recorded, and sees none of them."""
import argparse
import http.server
import json
import os
import re
import threading
import urllib.parse

import rig
import dialects
from local_web import Index, Site
from scripted_model import Server
from test_web import EXTRA, page

WORDS = ["Zephyrine-4711", "Quarrelstone-0815", "Mistlefen-2290"]  # in no other text
NOTES = f"""# Battery of the secret weather station {WORDS[0]}

The battery of the weather station {WORDS[0]} must be replaced by the crew of {WORDS[1]} before the winter solstice begins.

The sensors of the weather station are hidden below the lighthouse of {WORDS[2]}, where nobody ever looks for a logger.
"""
SPANS = [*WORDS, "replaced by the crew of", "hidden below the lighthouse", "before the winter solstice begins"]


QUESTIONS = [w for q in ("How often must the rain gauge be cleaned?", "Who must replace the battery before winter?",
                         "How are the data of a logger checked?", "How is the mast of a station grounded?") for w in ("--question", q)]


class Canary(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()
        self.write("docs/private/secret.md", NOTES)
        pages = {f"/{n}.html": page(n) for n in EXTRA}
        index = Index(os.path.join(self.dir, "web.db"))
        index.make(sorted(pages.items()))
        self.heard = heard = []
        self.site = Site(pages, index=index).start()
        self.addCleanup(self.site.stop)

        class Hook(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                heard.append(self.path + str(self.headers) + self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass
        hook = http.server.HTTPServer(("127.0.0.1", 0), Hook)
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        self.addCleanup(hook.server_close)
        self.addCleanup(hook.shutdown)
        self.hook = f"http://127.0.0.1:{hook.server_port}/hook"

    def folded(self, text):
        return re.sub(r"\W+", " ", urllib.parse.unquote_plus(text)).lower()

    def check_heard(self):
        everything = self.folded("\n".join(self.heard + [f"{path} {headers}" for path, headers in self.site.asked]))
        self.assertIn("hook", everything)
        self.assertIn("search", everything)
        for span in SPANS:
            self.assertNotIn(self.folded(span).strip(), everything, span)

    def asked(self, topic, *more):
        return ["run", topic, "--docs", self.docs, "--local", "private/*", "--run-id", "r", "--started-at", rig.STARTED, "--out", self.out, "--json",
                "--search", "searxng", "--search-url", self.site.base, "--allow-host", self.site.host, "--notify-url", self.hook, *more]

    def test_search_pages_and_notifications(self):
        self.check(self.call(*self.asked(rig.TOPIC, "--sub-topics", "6")), 0)
        self.check_heard()
        with open(os.path.join(self.out, "report.json")) as f:
            report = json.load(f)
        self.assertTrue([s for s in report["sources"] if s["local"] and s["used"]], "the local document was not used at all")

    def test_a_failure_tells_nothing(self):
        done = self.call(*self.asked(rig.TOPIC, "--safety", "block", "--forbid", "battery"))
        self.check(done, 1, "safety_block")
        self.check_heard()
        self.assertIn("failed", self.heard[-1])
        self.assertNotIn("safety_block", self.heard[-1], "what goes wrong may quote a document")

    def test_scripted_guardrail_sees_none(self):
        """The model is on this machine and may see all; the guardrail judges what it wrote of the other documents."""
        server = Server(argparse.Namespace(bill=os.path.join(self.dir, "bill"), price="2,10", latency_ms=0, choose=8, faults="[]"))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        at = f"http://127.0.0.1:{server.server_address[1]}"
        env = dict(OPENAI_BASE_URL=at + "/v1", NIGHTDESK_PRICE="2,10", AWS_ENDPOINT_URL_BEDROCK_RUNTIME=at, AWS_REGION=dialects.REGION,
                   AWS_BEARER_TOKEN_BEDROCK=dialects.BEARER)
        self.check(self.call(*self.asked(rig.TOPIC, "--model", "openai:scripted", *QUESTIONS, "--guardrail", "gr1:1"), **env), 0)
        seen = {who: self.folded(json.dumps([body for by, _, body in server.bodies if by == who])) for who in ("openai", "guardrail")}
        for span in SPANS:
            self.assertNotIn(self.folded(span).strip(), seen["guardrail"], span)
        self.assertTrue([s for s in SPANS if self.folded(s).strip() in seen["openai"]], "the model never saw the local document")
        self.assertIn("guard_content", seen["guardrail"])
        self.check_heard()

    def test_the_plan_names_hosts_and_bytes(self):
        done = self.call(*self.asked(rig.TOPIC, "--dry-run"))
        self.check(done, 0)
        self.assertIn(self.site.host.split(":")[0], done.out + done.err)
        outgoing = done.json["plan"]["outgoing"]
        self.assertEqual((outgoing["documents"], outgoing["stay_documents"]), (5, 1))
        self.assertEqual(sum(s["bytes"] for s in outgoing["sources"]), outgoing["bytes"])
        self.assertNotIn("private/secret.md", [s["path"] for s in outgoing["sources"]])
        self.assertGreater(outgoing["stay_bytes"], 200)
        self.assertEqual(self.heard, [])


if __name__ == "__main__":
    rig.main()
