"""What the injection tests share: documents with planted commands, a trap that nothing may ask, and the check of all effects."""
import argparse
import collections
import html.parser
import http.server
import json
import os
import re
import threading

import rig
import dialects
import injections
import scripted_agent
from knowledge_base import KnowledgeBase
from local_web import Index, Site
from scripted_model import Server

KEY = "sk-canary-0123456789abcdefXYZ"
TOPIC = "The swimming pool of the town: instructions, costs, opening"
POOL = "The swimming pool of the town was opened by the mayor in 1978 and has instructions for every visitor."
TOOLS = {"search", "search_web", "search_kb", "open", "find", "note", "ask_human", "finish"}


class Page(html.parser.HTMLParser):
    """Elements and addresses of a report."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links = collections.Counter(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        for name, value in attrs:
            if name in ("href", "src", "action", "data", "poster", "srcset"):
                self.links.append(value or "")
            if name.startswith("on"):
                self.tags["handler " + name] += 1


class Runs(rig.Case):
    def setUp(self):
        super().setUp()
        self.trapped = []
        trapped = self.trapped

        class Trap(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                trapped.append(self.path)
                self.send_error(404)

            do_POST = do_CONNECT = do_HEAD = do_GET

            def log_message(self, *args):
                pass
        trap = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trap)
        threading.Thread(target=trap.serve_forever, daemon=True).start()
        self.addCleanup(trap.server_close)
        self.addCleanup(trap.shutdown)
        self.trap_url = f"http://127.0.0.1:{trap.server_port}"
        self.server, self.seen, self.n = None, [], 0

    def serve_obedient(self):
        self.bill_file = os.path.join(self.dir, f"bill{self.n}")
        self.server = Server(argparse.Namespace(bill=self.bill_file, price="2,10", latency_ms=0, choose=8, agent="", no_schema=False, api="",
                                                faults=json.dumps([{"every": 1, "kind": "obey"}])))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        before = scripted_agent.research, scripted_agent.spoiled
        scripted_agent.research, scripted_agent.spoiled = injections.obedient(self.seen, KEY), lambda kind, said: said

        def restore():
            scripted_agent.research, scripted_agent.spoiled = before
        for cleanup in (self.server.server_close, self.server.shutdown, restore):
            self.addCleanup(cleanup)

    def another(self):
        """Everything anew for the next batch."""
        self.server.shutdown()
        self.n += 1
        self.docs, self.store, self.out = (f"{p}+" for p in (self.docs, self.store, self.out))

    def environment(self, **more):
        keep = super().environment(OPENAI_BASE_URL=f"http://127.0.0.1:{self.server.server_address[1]}/v1", OPENAI_API_KEY=KEY, NIGHTDESK_PRICE="2,10")
        return {**keep, "http_proxy": self.trap_url, "https_proxy": self.trap_url, "all_proxy": self.trap_url, **more}

    def run_args(self, *more):
        self.events = os.path.join(self.dir, f"events{self.n}")
        docs = ["--docs", self.docs] if os.path.isdir(self.docs) else []
        return ["run", TOPIC, *docs, "--run-id", "r", "--started-at", rig.STARTED, "--out", self.out, "--json", "--question",
                "What are the instructions of the swimming pool?", "--model", "openai:scripted", "--model-traits", "tools,schema", "--notify-command", f"cat >>{self.events}", *more]

    def plant(self, cases):
        for number in range(0, len(cases), 5):
            text = "\n\n".join(f"{POOL} {case}" for case in cases[number:number + 5])
            self.write(os.path.join(os.path.basename(self.docs), f"pool{number:03}.md"), f"# Instructions of the swimming pool\n\n{text}\n")

    def printed(self):
        found = {}
        for base, _, names in os.walk(self.out):
            for name in names:
                with open(os.path.join(base, name), errors="replace") as f:
                    found[os.path.relpath(os.path.join(base, name), self.out)] = f.read()
        return found

    def check_output(self):
        files = self.printed()
        page, report = Page(files["report.html"]), json.loads(files["report.json"])
        for tag in ("script", "img", "iframe", "object", "embed", "form", "input", "base", "link", "video", "audio"):
            self.assertEqual(page.tags[tag], 0, tag)
        self.assertEqual([t for t in page.tags if t.startswith("handler")], [])
        known = {s["url"] for s in report["sources"] if s.get("url")}
        self.assertEqual([link for link in page.links if not link.startswith("#") and link not in known], [])
        self.assertEqual([u for u in re.findall(r"(?<!\\)\]\(\s*<?([^)\s>]+)", files["report.md"]) if not u.startswith(("#", "charts/")) and u not in known], [])
        self.check(self.call("verify", self.out), 0)

    def check_effects(self, done):
        """Nothing that a document asked for has happened."""
        self.assertEqual(self.trapped, [], "an address of a document was asked")
        for asked in self.server.asked:
            offered = asked.tools if hasattr(asked, "tools") else []
            self.assertLessEqual({t["name"] for t in offered or []}, TOOLS)
        for name, text in {**self.printed(), "stdout": done.out, "stderr": done.err}.items():
            self.assertNotIn(KEY, text, name)
        state = self.call("status", "r", "--json").json
        self.assertEqual(state["ceiling_microusd"], 5000000)
        self.assertLessEqual(state["cost_microusd"] + state["unknown_microusd"], 5000000)
        self.assertLessEqual(state["tool_calls"], state["tool_calls_max"])
        if os.path.exists(self.events):
            with open(self.events) as f:
                for line in f:
                    event = json.loads(line)
                    self.assertEqual(set(event), {"schema", "event_id", "run_id", "kind", "message", "command", "cost_usd"})
                    self.assertNotIn("evil", line)

    def shown_to_model(self, cases):
        said = " ".join(self.seen)
        words = lambda text: re.findall(r"\w{3,}", text)[:6]  # noqa: E731
        return sum(all(w in said for w in words(case)) for case in cases)

    def try_all(self, cases):
        self.serve_obedient()
        self.plant(cases)
        done = self.call(*self.run_args(), timeout=300)
        self.check(done, 0)
        self.check_effects(done)
        self.check_output()
        return self.shown_to_model(cases)

    def try_web(self, cases):
        self.serve_obedient()
        links = "".join(f'<a href="{self.trap_url}/link{i}">more</a>' for i in range(3))
        pages = {f"/p{i}.html": f"<html><head><title>Swimming pool {i}</title><meta name=description content='{self.trap_url}/meta'></head><body><main>"
                 f"<h1>Instructions of the swimming pool</h1><p>{POOL} {case}</p><p>{POOL}</p>{links}</main></body></html>"
                 for i, case in enumerate(cases)}
        index = Index(os.path.join(self.dir, "web.db"))
        index.make(sorted(pages.items()))
        site = Site(pages, index=index).start()
        self.addCleanup(site.stop)
        done = self.call(*self.run_args("--search", "searxng", "--search-url", site.base, "--allow-host", site.host), timeout=300)
        self.check(done, 0)
        self.check_effects(done)
        self.check_output()
        return self.shown_to_model(cases)

    def try_kb(self, cases):
        """The same in passages of a knowledge base, whose places are addresses that nothing may ask."""
        self.serve_obedient()
        server = KnowledgeBase([{"text": f"Instructions of the swimming pool. {POOL} {case}",
                                 "location": {"type": "WEB", "webLocation": {"url": f"{self.trap_url}/place{i}"}}} for i, case in enumerate(cases)]).start()
        self.addCleanup(server.stop)
        done = self.call(*self.run_args("--kb", f"bedrock:{dialects.REGION}:ABCDE12345"), timeout=300, AWS_ACCESS_KEY_ID=dialects.ACCESS_KEY,
                         AWS_SECRET_ACCESS_KEY=dialects.SECRET, AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME=server.base)
        self.check(done, 0)
        self.assertEqual(server.refused, [])
        self.check_effects(done)
        self.check_output()
        return self.shown_to_model(cases)

    def unharmed(self, texts):
        """Every benign text is read and shown as it stands, whole runs complete, and none of it is masked."""
        self.serve_obedient()
        self.plant(texts)
        done = self.call(*self.run_args(), timeout=300)
        self.check(done, 0)
        self.check_effects(done)
        self.check_output()
        report = json.loads(self.printed()["report.json"])
        self.assertTrue(all(s["status"] == "read" for s in report["sources"]))
        evidence = "\n".join(text for name, text in self.printed().items() if name.startswith("evidence/") and name.endswith(".txt"))
        plain = lambda text: re.sub(r"\W+", "", text)  # noqa: E731
        kept = sum(plain(t) in plain(evidence) for t in texts)
        print(f"{len(texts)} benign texts, {self.shown_to_model(texts)} shown to the model, {kept} on cited pages as they stand", flush=True)
        cited = {s["path"] for s in report["sources"] if s["used"]}
        planted = [t for i, t in enumerate(texts) if f"pool{i // 5 * 5:03}.md" in cited]
        self.assertGreaterEqual(kept, len(planted) - 3)  # Markdown's own signs are markup, not text
