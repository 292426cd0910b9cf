"""A proxy before a server of chat completions that keeps each request, its answer and the server's own count of tokens.

A request that was asked before, byte for byte, gets the answer that it got then: the server of a real model, which keeps what
it computed for the last conversation, may say other words when asked again. Tests run one in a thread of theirs.
"""
import http.client
import http.server
import json
import threading
import time
import urllib.parse


class Call:
    """asked: the request's body as JSON; status and body of the answer; seconds; again: it was asked before."""

    def __init__(self, asked, status, body, seconds, again):
        self.asked, self.status, self.body, self.seconds, self.again = asked, status, body, seconds, again

    @property
    def usage(self):
        """(tokens read, tokens written) as the server counts them; (0, 0) of an answer that is none."""
        usage = json.loads(self.body).get("usage", {}) if self.status == 200 else {}
        return usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)

    @property
    def kind(self):
        """What the program asked for: the name of its schema, or "research" where that is one of calls."""
        name = self.asked.get("response_format", {}).get("json_schema", {}).get("name")
        return "research" if name in ("call", None) else name

    def last_says(self, words):
        return words in self.asked["messages"][-1]["content"]

    @property
    def repairs(self):
        """It sends an answer back."""
        return self.last_says("That answer cannot be used")

    @property
    def refuses(self):
        """It says that a tool could not be called as the model wanted it."""
        return self.last_says("The call failed")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = self.server.proxy.answer(self.path, body)
        try:
            self.send_response(call.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(call.body)))
            self.end_headers()
            self.wfile.write(call.body)
        except OSError:
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Whoever asked was killed."""


class Proxy:
    """url: of the server without a path. on_call, when set, is called with the count of requests before each is answered."""

    def __init__(self, url):
        self.to, self.on_call, self.calls, self.known = urllib.parse.urlsplit(url), None, [], {}
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.proxy = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.asked = 0

    def start(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def forward(self, path, body):
        connection = http.client.HTTPConnection(self.to.hostname, self.to.port, timeout=900)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def answer(self, path, body):
        with self.lock:
            self.asked += 1
            if self.on_call:
                self.on_call(self.asked)
        with self.lock:
            known, began = self.known.get(body), time.monotonic()
        status, said = known or self.forward(path, body)
        call = Call(json.loads(body), status, said, time.monotonic() - began, bool(known))
        with self.lock:
            self.known[body] = (status, said)
            self.calls.append(call)
        return call
