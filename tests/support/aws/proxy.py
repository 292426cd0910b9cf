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
Faults: conflict, throttle, lost (done, no answer), unsent (not done, no answer), torn (done, half an answer), error (not
done, 500), errordone (done, 500), crc (done, wrong checksum), expired, junk (done, the
answer's body is noise).
"""
import hashlib
import http.client
import http.server
import json
import sys
import threading
import urllib.parse

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from meter import Meter

DEAD = object()
KEYS_TOKEN = "let/me+in=="  # of the container endpoint


class Signer:
    """Signs a request as it came, at its own time, with the secret that belongs to its key."""

    def __init__(self):
        self.secrets = {}  # access key -> secret, session token

    def check(self, method, url, headers, body):
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

    def __init__(self, dynamodb, others, make_place, make_keys, fetch, arns):
        super().__init__(("127.0.0.1", 0), Handler)
        self.dynamodb, self.others = dynamodb, others
        self.make_place, self.make_keys, self.fetch = make_place, make_keys, fetch
        self.arns, self.signer, self.meter = arns, Signer(), Meter()
        self.lock = threading.Lock()
        self.log, self.faults, self.unsigned, self.counts = [], [], [], {}

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client may end at any time
            super().handle_error(request, client_address)

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


def operation(method, path, headers):
    target = headers.get("x-amz-target")
    if target:
        return target.split(".")[-1]
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query, keep_blank_values=True)
    if "application/x-www-form-urlencoded" in headers.get("content-type", ""):
        return "Publish"
    if "list-type" in query:
        return "ListObjectsV2"
    if "versions" in query:
        return "ListObjectVersions"
    if "delete" in query:
        return "DeleteObjects"
    return {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}.get(method, "?")


def error(op, status, code, body_only=None):
    if op[0].islower() or op in ("PutObject", "GetObject", "HeadObject", "DeleteObject", "DeleteObjects", "ListObjectsV2",
                                 "ListObjectVersions", "Publish"):
        text = f"<Error><Code>{code}</Code><Message>injected</Message></Error>"
        return status, {"content-type": "application/xml"}, text.encode()
    body = {"__type": f"com.amazonaws#{code}", "message": "injected", **(body_only or {})}
    return status, {"content-type": "application/x-amz-json-1.0"}, json.dumps(body).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_one(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        if self.path.startswith("/_proxy/"):
            return self.control(body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        op = operation(self.command, self.path, headers)
        url = f"http://{headers['host']}{self.path}"
        why = self.server.signer.check(self.command, url, headers, body)
        if why:
            with self.server.lock:
                self.server.unsigned.append(f"{op}: {why}")
            return self.answer(*error(op, 403, "SignatureDoesNotMatch"))
        if "X-Amz-Signature=" in self.path:  # moto checks no signature in a query
            return self.answer(200, {}, self.server.fetch(urllib.parse.unquote(self.path.split("?")[0])))
        fault = self.server.fault_for(op)
        answer = self.faulty(fault, op, body)
        if answer is None:
            answer = self.forward(headers, body)
            if fault:
                answer = self.spoil(fault, op, answer)
        consistent = "-"
        if op in ("GetItem", "Query"):
            consistent = "consistent" if json.loads(body).get("ConsistentRead") else "eventual"
            if json.loads(body).get("IndexName"):
                consistent = "index"
        status = 0 if answer is DEAD else answer[0]
        with self.server.lock:
            self.server.log.append(f"{op} {status} {len(body)} {consistent} {fault or '-'}")
            count = self.server.counts.setdefault(op, {"requests": 0, "head_bytes": 0, "body_bytes": 0, "units": 0.0})
            count["requests"] += 1
            count["head_bytes"] += self.head_bytes()
            count["body_bytes"] += len(body)
            count["units"] += self.units(op, status, body, answer)
        if answer is DEAD:
            self.close_connection = True
            return None
        return self.answer(*answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one

    def faulty(self, fault, op, body):
        """Faults that keep the request from being done."""
        if fault == "conflict" and op == "TransactWriteItems":
            count = len(json.loads(body)["TransactItems"])
            reasons = [{"Code": "TransactionConflict", "Message": "m"}] + [{"Code": "None"}] * (count - 1)
            return error(op, 400, "TransactionCanceledException", {"CancellationReasons": reasons})
        if fault == "conflict":
            return error(op, 409 if op == "PutObject" else 400,
                         "ConditionalRequestConflict" if op == "PutObject" else "TransactionConflictException")
        if fault == "throttle":
            return error(op, 503 if op[-6:] == "Object" else 400, "SlowDown" if op[-6:] == "Object" else "ThrottlingException")
        if fault == "error":
            return error(op, 500, "InternalServerError")
        if fault == "expired":
            return error(op, 400, "ExpiredTokenException")
        return DEAD if fault == "unsent" else None

    def spoil(self, fault, op, answer):
        """Faults after it was done."""
        status, headers, body = answer
        if fault == "lost":
            return DEAD
        if fault == "errordone":
            return error(op, 500, "InternalServerError")
        if fault == "crc":
            return status, {**headers, "x-amz-crc32": "1"}, body
        if fault == "junk":
            return status, headers, (b"\xff{[<" * (len(body) // 4 + 1))[: len(body)]
        if fault == "torn":
            self.send_response_only(status)
            self.send_header("content-length", str(len(body) + 10))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            return DEAD
        return answer

    def units(self, op, status, body, answer):
        if status != 200 or not self.headers.get("x-amz-target", "").startswith("DynamoDB"):
            return 0
        meter, request = self.server.meter, json.loads(body)
        if op in ("GetItem", "BatchGetItem", "Query"):
            return meter.read_units(request, json.loads(answer[2]))
        return meter.write_units(request, op)

    def head_bytes(self):
        return len(self.raw_requestline) + sum(len(n) + len(v) + 4 for n, v in self.headers.items()) + 2

    def forward(self, headers, body):
        where = self.server.dynamodb if "DynamoDB" in headers.get("x-amz-target", "") else self.server.others
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
        elif parts[0] == "keys":
            if self.headers.get("authorization") != KEYS_TOKEN:
                return self.answer(401, {}, b"")
            keys = server.make_keys()
            server.signer.secrets[keys["AccessKeyId"]] = keys["SecretAccessKey"], keys["SessionToken"]
            text = json.dumps({"RoleArn": "task", "AccessKeyId": keys["AccessKeyId"], "SecretAccessKey": keys["SecretAccessKey"],
                               "Token": keys["SessionToken"], "Expiration": keys["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ")})
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
