#!/usr/bin/env python3
"""The extractive writer on a small web of our own: pages beside documents, listed pages, refusals, caching, kills."""
import hashlib
import json
import os
from urllib.parse import parse_qs, urlsplit

import rig
from local_web import Index, Site
from small_corpus import PARAGRAPHS

EXTRA = {
    "power": "A methanol fuel cell of 40 watts keeps a weather station running through a polar night, because it needs no sun at all.",
    "sensors": "A sonic anemometer has no bearings that wear, so its sensors must only be checked for ice and bird droppings.",
    "data": "The logger's data should be sent twice over satellite, because a third of the messages are lost in heavy snow.",
    "maintenance": "Maintenance visits by helicopter cost the station's owner 9,000 francs each, so two stations share one flight.",
}


def page(name, more=""):
    body = "".join("<p>%s</p>" % p for p in [EXTRA[name], *PARAGRAPHS[name][:3]])
    return ("<html><head><title>Weather station: %s</title></head><body><main><h1>The %s of a weather station</h1>%s%s</main></body></html>"
            % (name, name, body, more))


def tree(folder, but=("ledger.json",)):
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, folder)] = hashlib.sha256(f.read()).hexdigest()
    return {k: v for k, v in found.items() if k not in but}


class Web(rig.Case):
    def setUp(self):
        super().setUp()
        self.pages = {"/%s.html" % n: page(n, '<p><a href="/more-%s.html">More</a></p>' % n) for n in EXTRA}
        index = Index(os.path.join(self.dir, "web.db"))
        index.make(sorted(self.pages.items()))
        self.site = Site(self.pages, index=index).start()
        self.addCleanup(self.site.stop)

    def asked(self, *more):
        return ["run", rig.TOPIC, "--run-id", "r", "--started-at", rig.STARTED, "--out", self.out, "--json", "--sub-topics", "4",
                "--search", "searxng", "--search-url", self.site.base, "--allow-host", self.site.host, *more]

    def report(self):
        with open(os.path.join(self.out, "report.json")) as f:
            return json.load(f)

    def verified(self, least=3):
        self.check(self.call("verify", self.out), 0)
        checks = self.report()["checks"]
        self.assertEqual(checks["quotes_verified"], checks["quotes_total"])
        self.assertGreaterEqual(checks["quotes_total"], least)

    def sources(self):
        return {s["url"]: s for s in self.report()["sources"] if s.get("url")}

    def test_pages_beside_documents(self):
        self.corpus()
        self.check(self.call(*self.asked("--docs", self.docs)), 0)
        self.verified()
        used = [s for s in self.sources().values() if s["used"]]
        self.assertTrue(used)
        self.assertTrue(any(not s.get("url") and s["used"] for s in self.report()["sources"]))
        with open(os.path.join(self.out, "report.html")) as f:
            self.assertIn(used[0]["url"], f.read())
        self.check(self.call("verify", self.out, "--docs", self.docs), 0)
        self.check(self.call("replay", "r", "--out", os.path.join(self.dir, "again")), 0)
        self.assertEqual(tree(os.path.join(self.dir, "again")), tree(self.out))

    def test_the_web_alone(self):
        self.check(self.call(*self.asked()), 0)
        self.verified()
        self.assertIn("methanol fuel cell", json.dumps(self.report()))

    def test_listed_pages_are_inputs(self):
        done = self.call("run", rig.TOPIC, "--run-id", "r", "--started-at", rig.STARTED, "--out", self.out, "--json", "--sub-topics", "4",
                         "--url", self.site.base + "/power.html", "--url", self.site.base + "/gone.html", "--allow-host", self.site.host,
                         "--max-failed-inputs", "50")
        self.check(done, 0)
        self.verified(least=2)  # one page of four sentences
        sources = self.sources()
        self.assertEqual(sources[self.site.base + "/gone.html"]["why"], "the server answered 404")
        self.assertNotIn("/search", " ".join(self.site.paths()))
        self.assertNotIn("found", sources[self.site.base + "/power.html"])

    def test_robots_and_redirects(self):
        self.pages["/robots.txt"] = (b"User-agent: nightdesk\nDisallow: /power\n", "text/plain")
        self.pages["/sensors.html"] = lambda h: h.send(302, Location="/moved.html")
        self.pages["/moved.html"] = page("sensors")
        self.pages["/data.html"] = lambda h: h.send(302, Location="http://169.254.169.254/latest/meta-data/")
        self.check(self.call(*self.asked()), 0)
        self.verified()
        sources = self.sources()
        self.assertIn("robots.txt", sources[self.site.base + "/power.html"]["why"])
        self.assertIn(self.site.base + "/moved.html", sources)
        self.assertIn("169.254.169.254, which is no public address", json.dumps(self.report()))
        self.assertNotIn("/power.html", self.site.paths())

    def test_without_the_users_list_nothing_here_is_fetched(self):
        words = [w for w in self.asked() if w not in ("--allow-host", self.site.host)]
        self.check(self.call(*words), 0)
        self.assertEqual([p for p in self.site.paths() if not p.startswith("/search")], [])
        self.assertIn("is not on the list of --allow-host", json.dumps(self.report()))

    def test_unchanged_pages_are_not_sent_again(self):
        self.check(self.call(*self.asked()), 0)
        first = tree(self.out)
        del self.site.asked[:]
        again = [w if w != "r" else "s" for w in self.asked()]
        again[again.index("--out") + 1] = os.path.join(self.dir, "again")
        self.check(self.call(*again), 0)
        conditional = [h for p, h in self.site.asked if h.get("If-None-Match")]
        self.assertGreaterEqual(len(conditional), 4)
        self.assertEqual(sorted(k for k in tree(os.path.join(self.dir, "again")) if k.startswith("evidence/")),
                         sorted(k for k in first if k.startswith("evidence/")))

    def test_killed_and_resumed(self):
        self.check(self.call(*self.asked()), 0)
        whole = tree(self.out)
        store, out = os.path.join(self.dir, "killed-store"), os.path.join(self.dir, "killed")
        words = self.asked("--store", store)
        words[words.index("--out") + 1] = out
        self.kill_often(words, times=8, seconds=0.15)
        self.check(self.call(*words), 0)
        self.assertEqual(tree(out), whole)

    def test_a_process_for_each_step(self):
        self.check(self.call(*self.asked()), 0)
        whole = tree(self.out)
        store, out = os.path.join(self.dir, "steps-store"), os.path.join(self.dir, "steps")
        words = self.asked("--store", store, "--max-steps", "1")
        words[words.index("--out") + 1] = out
        done = self.call(*words)
        for _ in range(80):
            if done.status != 75:
                break
            done = self.call("resume", "r", "--store", store, "--out", out, "--max-steps", "1", "--search-url", self.site.base,
                             "--allow-host", self.site.host, "--json")
        self.check(done, 0)
        self.assertEqual(tree(out), whole)

    def test_a_service_that_asks_to_wait_or_fails(self):
        turns = []

        def busy(handler):
            turns.append(1)
            return handler.send(429, Retry_After="1") if len(turns) == 1 else handler.send(500)
        self.site.index = None
        self.pages["/search"] = busy
        self.corpus()
        self.check(self.call(*self.asked("--docs", self.docs)), 0, "searches failed")
        report = self.report()
        self.assertIn("The web was not searched for", json.dumps(report))
        self.assertEqual(report["receipt"]["searches_failed"], len(report["sections"]))

    def test_a_search_costs_its_fee(self):
        def brave(handler):
            query = parse_qs(urlsplit(handler.path).query)["q"][0]
            found = [{"url": self.site.base + path, "title": title, "description": text} for title, path, text in self.site.index.search(query, 1)]
            handler.send(200, json.dumps({"type": "search", "web": {"results": found}}).encode(), "application/json")
        self.pages["/res/v1/web/search"] = brave
        words = self.asked()
        words[words.index("searxng")] = "brave"
        self.check(self.call(*words, BRAVE_API_KEY="key-of-this-test"), 0)
        self.verified()
        searches = [(p, h) for p, h in self.site.asked if p.startswith("/res/")]
        self.assertEqual(len(searches), 4)
        self.assertTrue(all(h["X-Subscription-Token"] == "key-of-this-test" for _, h in searches))
        with open(os.path.join(self.out, "ledger.json")) as f:
            ledger = json.load(f)
        self.assertEqual((ledger["spent_microusd"], ledger["reserved_microusd"], ledger["unknown_microusd"]), (4 * 5000, 0, 0))
        with open(os.path.join(self.out, "report.html")) as f:
            self.assertNotIn("key-of-this-test", f.read())

    def test_a_ceiling_that_pays_for_no_search(self):
        words = self.asked("--budget", "0.001")
        words[words.index("searxng")] = "brave"
        self.corpus()
        done = self.call(*words, "--docs", self.docs, BRAVE_API_KEY="key-of-this-test")
        self.assertIn(done.status, (0, 3), done.err)
        self.assertEqual(self.site.paths(), [])

    def test_refusals(self):
        cases = [
            (["--search", "altavista"], 2, "there is no search service 'altavista', only: searxng, tavily, brave"),
            (["--search", "searxng"], 78, "give --search-url"),
            (["--search", "brave"], 78, "set BRAVE_API_KEY"),
            (["--search", "searxng", "--search-url", self.site.base, "--offline"], 2, "'--offline' and '--search'"),
            (["--url", "https://example.org/", "--offline"], 2, "'--offline' and '--url'"),
            (["--url", "https://user@example.org/"], 2, "is not an address"),
            (["--url", "https://example.org/", "--allow-host", "example.org"], 2, "is not HOST:PORT"),
        ]
        for words, status, said in cases:
            done = self.call("run", rig.TOPIC, *words)
            self.assertEqual((done.status, said in done.err), (status, True), done.err)
        self.assertEqual(self.site.paths(), [])

    def test_a_dry_run_names_the_hosts_and_asks_none(self):
        self.corpus()
        done = self.call(*self.asked("--docs", self.docs, "--dry-run", "--url", "https://example.org/a"))
        self.check(done, 0)
        hosts = [h["host"] for h in done.json["hosts"]]
        self.assertEqual(hosts, ["127.0.0.1", "(sites that the search names)", "example.org"])
        self.assertEqual(self.site.paths(), [])


if __name__ == "__main__":
    rig.main()
