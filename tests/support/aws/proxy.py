"""A proxy between the program and its servers: it checks every signature and payload hash by itself, keeps a log, and
injects faults that no emulator makes by itself.

Control, for tests (plain HTTP, not signed):
    PUT  /_proxy/place/TABLE/BUCKET     makes the table and the bucket if they are not there
    GET  /_proxy/machine                a state machine's ARN
    GET  /_proxy/topic                  a topic's ARN
    POST /_proxy/fault                  {"op": "TransactWriteItems", "fault": "lost", "skip": 0, "times": 1}
    GET  /_proxy/keys                   credentials of the role, as the container endpoint of ECS gives them: new ones each time
    GET  /_proxy/log                    one line for each request since the last DELETE: OP STATUS BYTES CONSISTENT FAULT
    GET  /_proxy/counts                 the same by operation, as JSON: requests, bytes of heads and bodies, capacity units
    DELETE /_proxy/log                  forgets log and faults
    POST /_proxy/task                   a token of a task that waits
    GET  /_proxy/secrets                all that no message may hold, one a line
    GET  /_proxy/answers/TOKEN          how often that task was answered: 0 or 1
The operation of /_proxy/keys is Credentials. Faults: see faults.py; and wrongsecret, which
checks the signature with another secret.
"""
import base64
import calendar
import hashlib
import http.client
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from faults import AFTER, BEFORE, DEAD, Exchange
from meter import Meter

KEYS_TOKEN = "let/me+in=="  # of the container endpoint
SKEW_SECONDS = 15 * 60      # between two clocks: more is refused


class Signer:
    """Signs a request as it came, at its own time, with the secret that belongs to its key."""

    def __init__(self):
        self.secrets = {}  # access key -> secret, session token

    def check(self, method, url, headers, body, other_secret):
        """None when the request is signed as it should be, else why not."""
        given = headers.get("authorization", "")
        if "X-Amz-Signature=" in url:
            return self.check_presigned(method, url, headers)
        if not given.startswith("AWS4-HMAC-SHA256 "):
            return "not signed"
        parts = dict(part.strip().split("=", 1) for part in given.split(" ", 1)[1].split(","))
        key, day, region, service, _ = parts["Credential"].split("/")
        secret, token = self.secrets.get(key, (None, None))
        if secret is None:
            return "unknown key"
        secret += "x" if other_secret else ""
        if headers.get("x-amz-security-token") != token:
            return "wrong session token"
        names = parts["SignedHeaders"].split(";")
        missing = [n for n in headers if (n.startswith("x-amz-") or n in ("host", "content-type")) and n not in names]
        if missing:
            return f"not signed: {missing}"
        digest = hashlib.sha256(body).hexdigest()
        if headers.get("x-amz-content-sha256", digest) != digest:
            return "wrong payload hash"
        request = AWSRequest(method=method, url=url, headers={n: headers[n] for n in names}, data=body)
        request.context["timestamp"] = headers["x-amz-date"]
        signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key, secret, token), service, region)
        canonical = signer.canonical_request(request)
        wanted = signer.signature(signer.string_to_sign(request, canonical), request)
        return None if wanted == parts["Signature"] else f"wrong signature; canonical request:\n{canonical}"

    @staticmethod
    def skew_of(headers):
        """Seconds between the signature's clock and ours; a presigned address has its own time."""
        signed = headers.get("x-amz-date")
        return abs(time.time() - calendar.timegm(time.strptime(signed, "%Y%m%dT%H%M%SZ"))) if signed else 0

    def check_presigned(self, method, url, headers):
        at, query = url.split("?", 1)
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        given, names = dict(pairs), [n for n, _ in pairs]
        if names != sorted(n for n in names if n != "X-Amz-Signature") + ["X-Amz-Signature"]:
            return "the query is not sorted, or its signature not last"
        key, _, region, service, _ = given["X-Amz-Credential"].split("/")
        secret, token = self.secrets.get(key, (None, None))
        if secret is None or given.get("X-Amz-Security-Token") != token:
            return "unknown key or session"
        rest = urllib.parse.urlencode([p for p in pairs if p[0] != "X-Amz-Signature"], quote_via=urllib.parse.quote, safe="-_.~")
        request = AWSRequest(method=method, url=f"{at}?{rest}", headers={"host": headers["host"]})
        request.context["timestamp"] = given["X-Amz-Date"]
        signer = S3SigV4QueryAuth(Credentials(key, secret, token), service, region)
        canonical = signer.canonical_request(request)
        wanted = signer.signature(signer.string_to_sign(request, canonical), request)
        return None if wanted == given["X-Amz-Signature"] else f"wrong signature; canonical request:\n{canonical}"


class Proxy(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, ports, make_place, make_keys, fetch, arns):
        """`fetch` gets an object of an S3 server that checks no presigned address; None: this one checks everything."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.ports = ports
        self.make_place, self.make_keys, self.fetch = make_place, make_keys, fetch
        self.arns, self.signer, self.meter = arns, Signer(), Meter()
        self.lock = threading.Lock()
        self.log, self.faults, self.unsigned, self.counts = [], [], [], {}
        self.earlier, self.resets, self.tasks = {}, set(), {}

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client may end at any time
            super().handle_error(request, client_address)

    def shutdown_request(self, request):
        """A reset is a close without the usual farewell."""
        if request in self.resets:
            self.resets.discard(request)
            return self.close_request(request)
        return super().shutdown_request(request)

    def new_keys(self):
        keys = self.make_keys()
        self.signer.secrets[keys["AccessKeyId"]] = keys["SecretAccessKey"], keys["SessionToken"]
        given = {"RoleArn": "task", "AccessKeyId": keys["AccessKeyId"], "SecretAccessKey": keys["SecretAccessKey"],
                 "Token": keys["SessionToken"], "Expiration": keys["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ")}
        return json.dumps({name: value for name, value in given.items() if value}).encode()

    def answer_task(self, body):
        """Of SendTaskSuccess and SendTaskFailure: a waiting task is answered once."""
        token = json.loads(body)["taskToken"]
        with self.lock:
            if token not in self.tasks:
                return 400, {}, b'{"__type":"InvalidToken","message":"Invalid Token"}'
            if self.tasks[token]:
                return 400, {}, b'{"__type":"TaskDoesNotExist","message":"Task does not exist"}'
            self.tasks[token] = 1
        return 200, {"content-type": "application/x-amz-json-1.0"}, b"{}"

    def fault_for(self, op):
        with self.lock:
            for rule in self.faults:
                if rule["op"] in (op, "*") and rule["times"] > 0:
                    if rule["skip"] > 0:
                        rule["skip"] -= 1
                        continue
                    rule["times"] -= 1
                    return rule["fault"]
        return None


def operation(method, path, headers, body):
    if path == "/_proxy/keys":
        return "Credentials"
    target = headers.get("x-amz-target")
    if target:
        return target.split(".")[-1]
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query, keep_blank_values=True)
    if "application/x-www-form-urlencoded" in headers.get("content-type", ""):
        return urllib.parse.parse_qs(body.decode("utf-8", "replace")).get("Action", ["?"])[0]
    if "list-type" in query:
        return "ListObjectsV2"
    if "versions" in query:
        return "ListObjectVersions"
    if "delete" in query:
        return "DeleteObjects"
    return {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}.get(method, "?")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_one(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.path.startswith("/_proxy/") and self.path != "/_proxy/keys":
            return self.control(body)
        op = operation(self.command, self.path, headers, body)
        exchange = Exchange(self, op, headers, body)
        fault = self.server.fault_for(op)
        refusal = self.refusal(exchange, headers, body, fault)
        if refusal:
            return self.answer(*refusal)
        if "X-Amz-Signature=" in self.path and self.server.fetch:  # moto checks no signature in a query
            return self.answer(200, {}, self.server.fetch(urllib.parse.unquote(self.path.split("?")[0])))
        answer = BEFORE[fault](exchange) if fault in BEFORE else self.done(op, headers, body)
        if fault in AFTER:
            answer = AFTER[fault](exchange, *answer)
        elif not fault:
            self.server.earlier[op] = answer
        self.note(op, body, answer, fault)
        if answer is DEAD:
            self.close_connection = True
            return None
        return self.answer(*answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one

    def refusal(self, exchange, headers, body, fault):
        """The answer to a request that is not signed as it should be."""
        if exchange.is_s3 and not self.server.fetch:
            return None
        if exchange.op == "Credentials":
            return None if headers.get("authorization") == KEYS_TOKEN else (401, {}, b"")
        why = self.server.signer.check(self.command, f"http://{headers['host']}{self.path}", headers, body,
                                           fault == "wrongsecret")
        if why:
            with self.server.lock:
                self.server.unsigned.append(f"{exchange.op}: {why}")
            return exchange.error(403, "SignatureDoesNotMatch")
        if self.server.signer.skew_of(headers) > SKEW_SECONDS:
            return exchange.error(403, "RequestTimeTooSkewed")
        return None

    def note(self, op, body, answer, fault):
        consistent = "-"
        if op in ("GetItem", "Query"):
            consistent = "consistent" if json.loads(body).get("ConsistentRead") else "eventual"
            if json.loads(body).get("IndexName"):
                consistent = "index"
        if op == "BatchGetItem":
            asked = json.loads(body)["RequestItems"].values()
            consistent = "consistent" if all(table.get("ConsistentRead") for table in asked) else "eventual"
        status = 0 if answer is DEAD else answer[0]
        with self.server.lock:
            self.server.log.append(f"{op} {status} {len(body)} {consistent} {fault or '-'}")
            count = self.server.counts.setdefault(op, {"requests": 0, "head_bytes": 0, "body_bytes": 0, "units": 0.0})
            count["requests"] += 1
            count["head_bytes"] += self.head_bytes()
            count["body_bytes"] += len(body)
            count["units"] += 0 if fault else self.units(op, status, body, answer)

    def units(self, op, status, body, answer):
        if status != 200 or not self.headers.get("x-amz-target", "").startswith("DynamoDB"):
            return 0
        meter, request = self.server.meter, json.loads(body)
        if op in ("GetItem", "BatchGetItem", "Query"):
            return meter.read_units(request, json.loads(answer[2]))
        return meter.write_units(request, op)

    def head_bytes(self):
        return len(self.raw_requestline) + sum(len(n) + len(v) + 4 for n, v in self.headers.items()) + 2

    def done(self, op, headers, body):
        """What the service says; the tasks and the keys are our own."""
        if op == "Credentials":
            return 200, {"content-type": "application/json"}, self.server.new_keys()
        if op in ("SendTaskSuccess", "SendTaskFailure"):
            return self.server.answer_task(body)
        return self.forward(Exchange(self, op, headers, body), headers, body)

    def forward(self, exchange, headers, body):
        where = self.server.ports["dynamodb" if exchange.is_dynamodb else "s3" if exchange.is_s3 else "other"]
        connections = self.__dict__.setdefault("connections", {})
        for fresh in (False, True):
            connection = connections.get(where)
            if connection is None or fresh:
                connection = connections[where] = http.client.HTTPConnection("127.0.0.1", where, timeout=60)
            try:
                connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in headers.items():
                    if name not in ("connection", "expect"):
                        connection.putheader(name, value)
                connection.endheaders(body or None)
                got = connection.getresponse()
                data = got.read()
                kept = {n.lower(): v for n, v in got.getheaders() if n.lower() not in ("connection", "transfer-encoding")}
                return got.status, kept, data
            except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest):
                if fresh:
                    raise
        raise AssertionError("unreachable")

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers.items():
            if name != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def control(self, body):
        parts = self.path.split("/")[2:]
        server, text = self.server, ""
        if parts[0] == "place":
            server.make_place(parts[1], parts[2])
        elif parts[0] in server.arns:
            text = server.arns[parts[0]]
        elif parts[0] == "secrets":
            text = "\n".join([*(s for pair in server.signer.secrets.values() for s in pair if s), *server.tasks])
        elif parts[0] == "task":
            text = base64.b64encode(os.urandom(468)).decode()  # as long as those of AWS
            server.tasks[text] = 0
        elif parts[0] == "answers":
            text = str(server.tasks[urllib.parse.unquote(parts[1])])
        elif parts[0] == "fault":
            rule = json.loads(body)
            with server.lock:
                server.faults.append({"skip": 0, "times": 1, **rule})
        elif parts[0] == "log":
            with server.lock:
                text = "\n".join(server.log)
                if self.command == "DELETE":
                    server.log, server.faults, server.counts = [], [], {}
        elif parts[0] == "counts":
            with server.lock:
                text = json.dumps(server.counts)
        elif parts[0] == "unsigned":
            with server.lock:
                text = "\n".join(server.unsigned)
        return self.answer(200, {"content-type": "text/plain"}, text.encode())
