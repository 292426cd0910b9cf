"""A stand-in of Amazon Bedrock's Retrieve over passages of our own: it checks signature, path and body, and answers with those that
share most words with the question.

    server = KnowledgeBase(passages).start()      passages: [{"text", "location"?, "metadata"?, "type"?}]
    server.asked      [(id, body)] of all that was asked, server.paths their paths
    server.refused    [(status, type, message)]
    server.answer     what becomes of an answer: a function of it, or a list of (status, type) that are given first
"""
import http.server
import json
import re
import threading

import dialects

SERVICE_QUERY_MAX, OURS_QUERY_MAX, RESULTS_MAX = 20000, 256, 100


def s3(text, uri):
    return {"text": text, "location": {"type": "S3", "s3Location": {"uri": uri}}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = self.server
        try:
            status, answer, headers = 200, server.retrieve(self, body), []
        except dialects.Wrong as wrong:
            status, kind, message = wrong.args
            server.refused.append(wrong.args)
            answer, headers = {"message": message}, [("x-amzn-ErrorType", kind)]
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class KnowledgeBase(http.server.ThreadingHTTPServer):
    region, known, path = dialects.REGION, ("ABCDE12345",), re.compile(r"/knowledgebases/([0-9A-Za-z]{10})/retrieve")
    daemon_threads = True

    def __init__(self, passages):
        super().__init__(("127.0.0.1", 0), Handler)
        self.passages, self.asked, self.paths, self.refused, self.answer, self.lock = passages, [], [], [], None, threading.Lock()

    def start(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def secret_for(self, key, kb):
        """The secret of a key that may ask that knowledge base; None: it may not."""
        return dialects.scripted_secret(key, "bedrock:Retrieve", kb)

    def retrieve(self, handler, body):
        need = dialects.need
        found = self.path.fullmatch(handler.path)
        need(found, 400, "ValidationException", f"no such path {handler.path}")
        kb = found[1]
        dialects.check_signature(handler, body, self.region, lambda key: self.secret_for(key, kb))
        with self.lock:
            self.asked.append((kb, json.loads(body)))
            self.paths.append(handler.path)
            planned = self.answer.pop(0) if isinstance(self.answer, list) and self.answer else None
        need(not planned, *(planned or (0, "")), "as the test wants it")
        need(kb in self.known, 404, "ResourceNotFoundException", f"Knowledge base with id {kb} does not exist")
        asked = json.loads(body)
        need(handler.headers["content-type"] == "application/json", 400, "ValidationException", "no JSON")
        need(set(asked) == {"retrievalQuery", "retrievalConfiguration"} and set(asked["retrievalQuery"]) == {"text"}, 400, "ValidationException", "members")
        text = asked["retrievalQuery"]["text"]
        need(0 < len(text.encode()) <= OURS_QUERY_MAX < SERVICE_QUERY_MAX, 400, "ValidationException", "the question is too long")
        wanted = asked["retrievalConfiguration"]["vectorSearchConfiguration"]["numberOfResults"]
        need(1 <= wanted <= RESULTS_MAX, 400, "ValidationException", "numberOfResults")
        answer = {"retrievalResults": self.best(text, wanted)}
        return self.answer(answer) if callable(self.answer) else answer

    def best(self, question, n):
        words = set(re.findall(r"\w{4,}", question.lower()))
        scored = [(len(words & set(re.findall(r"\w{4,}", p["text"].lower()))), -i, p) for i, p in enumerate(self.passages)]
        return [{"content": {"type": p.get("type", "TEXT"), "text": p["text"]}, "score": score / (1 + len(words)),
                 **({"location": p["location"]} if "location" in p else {}), "metadata": {"x-amz-bedrock-kb-chunk-id": f"chunk-{-i}"}}
                for score, i, p in sorted(scored, key=lambda s: s[:2], reverse=True)[:n] if score]

    def handle_error(self, request, client_address):
        """Programs that are killed leave connections behind."""

    def stop(self):
        self.shutdown()
        self.server_close()
