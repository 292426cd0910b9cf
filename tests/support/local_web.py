#!/usr/bin/env python3
"""A web on this machine: pages in folders, and a search over them that answers as SearXNG does.

    local_web.py index DB NAME=FOLDER…     makes the search's index
    local_web.py serve DB [PORT]           serves pages and search, prints the port

Tests import Site for a small web whose pages, redirects and failures are written in the test.
"""
import hashlib
import html
import http.server
import json
import mimetypes
import os
import re
import sqlite3
import sys
import threading
import urllib.parse

SNIPPET_WORDS = 40
RESULTS = 10
TEXT_MIN = 200


def plain(page):
    """Title and text of an HTML page, roughly."""
    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", page)
    title = html.unescape(re.sub(r"<[^>]+>", "", title.group(1))).strip() if title else ""
    body = re.sub(r"(?is)<(script|style|nav|head|footer)\b.*?</\1>", " ", page)
    return " ".join(title.split()), " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


class Index:
    """Full text of pages by their path; one connection for each thread."""

    def __init__(self, path):
        self.path = path
        self.local = threading.local()

    def db(self):
        if not hasattr(self.local, "db"):
            self.local.db = sqlite3.connect(self.path)
        return self.local.db

    def make(self, pages):
        """pages: (path, HTML) pairs. Gives how many were taken."""
        db, n = self.db(), 0
        db.executescript("DROP TABLE IF EXISTS page; CREATE VIRTUAL TABLE page USING fts5(title, body, path UNINDEXED, tokenize='porter');")
        for path, page in pages:
            title, body = plain(page)
            if len(body) >= TEXT_MIN:
                db.execute("INSERT INTO page VALUES (?, ?, ?)", (title, body, path))
                n += 1
        db.commit()
        return n

    def search(self, query, page):
        """All of the words, else any of them: (title, path, snippet), best first."""
        words = ['"%s"' % w for w in re.findall(r"\w+", query.lower())[:16]]
        for joined in (" ".join(words), " OR ".join(words)):
            found = words and self.db().execute(
                "SELECT title, path, snippet(page, 1, '', '', '…', ?) FROM page WHERE page MATCH ? ORDER BY bm25(page, 4.0, 1.0), path LIMIT ? OFFSET ?",
                (SNIPPET_WORDS, joined, RESULTS, RESULTS * (page - 1))).fetchall()
            if found:
                return found
        return []


def answer_search(index, base, args):
    """The status and the JSON of SearXNG's /search."""
    query = args.get("q", [""])[0].strip()
    if args.get("format", ["html"])[0] != "json":
        return 403, None
    if not query:
        return 400, {"error": "No query"}
    results = [{"url": base + path, "title": title or path, "content": snippet, "engine": "pages", "publishedDate": None, "score": 1.0 / (i + 1)}
               for i, (title, path, snippet) in enumerate(index.search(query, int(args.get("pageno", ["1"])[0])))]
    return 200, {"query": query, "results": results, "answers": [], "infoboxes": [], "suggestions": [], "unresponsive_engines": []}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def send(self, status, body=b"", kind="text/html; charset=utf-8", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        site, url = self.server.site, urllib.parse.urlsplit(self.path)
        site.note(self.path, dict(self.headers))
        if url.path == "/search" and site.index:
            status, found = answer_search(site.index, site.base, urllib.parse.parse_qs(url.query))
            return self.send(status, json.dumps(found).encode() if found else b"", "application/json")
        page = site.page(urllib.parse.unquote(url.path))
        if callable(page):
            return page(self)
        if page is None:
            return self.send(404, b"not here")
        body, kind = page
        etag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        if self.headers.get("If-None-Match") == etag:
            return self.send(304, ETag=etag)
        return self.send(200, body, kind, ETag=etag)


class Site:
    """pages: {"/path": HTML text | (bytes, kind) | function of the handler}; folders: {"name": folder}."""

    def __init__(self, pages=None, folders=None, index=None, port=0):
        self.pages, self.folders, self.index = pages or {}, {n: os.path.realpath(f) for n, f in (folders or {}).items()}, index
        self.asked, self.lock = [], threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.site = self
        self.host = "127.0.0.1:%d" % self.server.server_port
        self.base = "http://" + self.host

    def note(self, path, headers):
        with self.lock:
            self.asked.append((path, headers))

    def paths(self):
        with self.lock:
            return [path for path, _ in self.asked]

    def page(self, path):
        found = self.pages.get(path)
        if found is not None:
            return (found.encode(), "text/html; charset=utf-8") if isinstance(found, str) else found
        name, _, rest = path.lstrip("/").partition("/")
        root = self.folders.get(name)
        full = os.path.realpath(os.path.join(root, rest)) if root else ""
        if not root or not full.startswith(root + "/") or not os.path.isfile(full):
            return None
        with open(full, "rb") as f:
            return f.read(), mimetypes.guess_type(full)[0] or "text/html"

    def start(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def html_files(folders):
    for name, root in sorted(folders.items()):
        for base, _, names in sorted(os.walk(root)):
            for file in sorted(names):
                path = os.path.join(base, file)
                if re.search(r"\.(x?html?|html\.en)$", file) and not os.path.islink(path):
                    with open(path, "rb") as f:
                        yield "/%s/%s" % (name, urllib.parse.quote(os.path.relpath(path, root))), f.read().decode("utf-8", "replace")


def main():
    command, db = sys.argv[1:3]
    if command == "index":
        folders = dict(a.split("=", 1) for a in sys.argv[3:])
        n = Index(db).make(html_files(folders))
        with open(db + ".json", "w") as f:
            json.dump(folders, f)
        print(n, "pages")
    else:
        with open(db + ".json") as f:
            site = Site(folders=json.load(f), index=Index(db), port=int(sys.argv[3]) if len(sys.argv) > 3 else 0)
        print(site.server.server_port, flush=True)
        site.server.serve_forever()


if __name__ == "__main__":
    main()
