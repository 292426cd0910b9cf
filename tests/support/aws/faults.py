"""What can go wrong between the program and a service, one function for each fault.

A fault of BEFORE keeps the request from being done and answers for the service; one of AFTER lets it be done and spoils
its answer. Both get an Exchange and return an answer (status, headers, body), or DEAD when they have dealt with the
connection themselves. A body is what the service would say in its own language: JSON or XML.
"""
import json
import socket
import time

DEAD = object()
SLOW_SECONDS = 20  # a client that waits longer than this for a slow answer has no time-out
PAUSE_SECONDS = 1.2  # between two bytes: more than the tests' clients wait for a whole answer
HUGE_BYTES = 50 << 20
DEEP = 10000
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Welcome to the network &amp; more</body></html>"


class Exchange:
    """A request and the way back to its client."""

    def __init__(self, handler, op, headers, body):
        self.handler, self.op, self.body = handler, op, body
        self.is_json = "x-amz-target" in headers
        self.is_query = "x-www-form-urlencoded" in headers.get("content-type", "")
        self.is_keys = op == "Credentials"
        self.is_s3 = not (self.is_json or self.is_query or self.is_keys)
        self.is_dynamodb = headers.get("x-amz-target", "").startswith("DynamoDB")
        self.is_head = handler.command == "HEAD"

    def error(self, status, code, more=None, headers=None):
        """An error document as this service writes it."""
        if self.is_json or self.is_keys:
            text = json.dumps({"__type": f"com.amazonaws#{code}", "message": "injected", **(more or {})})
            kind = "application/x-amz-json-1.0"
        else:
            text = f"<Error><Code>{code}</Code><Message>injected</Message></Error>"
            text = f"<ErrorResponse>{text}</ErrorResponse>" if self.is_query else text
            kind = "application/xml"
        return status, {"content-type": kind, "date": now(), **(headers or {})}, text.encode()

    def raw(self, data, pause=0.0):
        """Sends bytes as they are; with a pause after each."""
        out, end = self.handler.wfile, time.monotonic() + SLOW_SECONDS
        for piece in ([data] if not pause else [data[i:i + 1] for i in range(len(data))]):
            out.write(piece)
            out.flush()
            if pause and time.monotonic() > end:
                break
            time.sleep(pause)
        return DEAD

    def head(self, status, headers, length):
        lines = [f"HTTP/1.1 {status} OK"] + [f"{n}: {v}" for n, v in headers.items() if n != "content-length"]
        return "\r\n".join([*lines, f"content-length: {length}", "", ""]).encode()


def now(offset=0):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + offset))


def conflict(x):
    if x.op == "TransactWriteItems":
        count = len(json.loads(x.body)["TransactItems"])
        reasons = [{"Code": "TransactionConflict", "Message": "m"}] + [{"Code": "None"}] * (count - 1)
        return x.error(400, "TransactionCanceledException", {"CancellationReasons": reasons})
    if x.is_dynamodb:
        return x.error(400, "TransactionConflictException")
    return x.error(409, "ConditionalRequestConflict")


def throttled_reason(x):
    count = len(json.loads(x.body)["TransactItems"])
    reasons = [{"Code": "None"}] * (count - 1) + [{"Code": "ThrottlingError", "Message": "m"}]
    return x.error(400, "TransactionCanceledException", {"CancellationReasons": reasons})


def refused_reason(x):
    """Two reasons: the one that says what is wrong with the request counts."""
    reasons = [{"Code": "ValidationError", "Message": "m"}, {"Code": "TransactionConflict"}]
    return x.error(400, "TransactionCanceledException", {"CancellationReasons": reasons})


def throttle(x):
    if not x.is_json and not x.is_query:
        return x.error(503, "SlowDown")
    return x.error(400, "Throttling" if x.is_query else "ThrottlingException")


def hang(x):
    """Not a byte, until the client gives up."""
    x.handler.connection.settimeout(SLOW_SECONDS)
    try:
        x.handler.rfile.read(1)
    except OSError:
        pass
    return DEAD


def reset(x):
    x.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    x.handler.server.resets.add(x.handler.connection)
    return DEAD


BEFORE = {
    "conflict": conflict,
    "throttle": throttle,
    "throttledreason": throttled_reason,
    "refusedreason": refused_reason,
    "provisioned": lambda x: x.error(400, "ProvisionedThroughputExceededException"),
    "busy": lambda x: x.error(429, "TooManyRequestsException", headers={"retry-after": "1"}),
    "error": lambda x: x.error(500, "InternalServerError"),
    "unavailable": lambda x: x.error(503, "ServiceUnavailable", headers={"retry-after": "1"}),
    "gateway": lambda x: (502, {"content-type": "text/html"}, HTML),
    "inprogress": lambda x: x.error(400, "TransactionInProgressException"),
    "invalid": lambda x: x.error(400, "ValidationException"),
    "denied": lambda x: x.error(403, "AccessDenied" if not x.is_json else "AccessDeniedException"),
    "expired": lambda x: x.error(400, "ExpiredToken" if not x.is_json else "ExpiredTokenException"),
    "skewed": lambda x: x.error(403, "RequestTimeTooSkewed"),
    "redirect": lambda x: x.error(307, "TemporaryRedirect", headers={"location": "http://127.0.0.2:1/elsewhere"}),
    "moved": lambda x: x.error(301, "PermanentRedirect", headers={"x-amz-bucket-region": "eu-west-1"}),
    "unsent": lambda x: DEAD,
    "resetbefore": reset,
    "hang": hang,
    "greeting": lambda x: x.raw(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
}


def torn(x, status, headers, body):
    """Half of what the length says, then the end."""
    return x.raw(x.head(status, headers, len(body) + 10) + body[:len(body) // 2])


def shorter(x, status, headers, body):
    """The length is that of half the body: the rest would be the beginning of the next answer."""
    return x.raw(x.head(status, headers, len(body) // 2) + body)


def wrong_sum(x, status, headers, body):
    if x.is_dynamodb:
        return status, {**headers, "x-amz-crc32": "1"}, body
    return status, {**headers, "x-amz-checksum-sha256": "A" * 43 + "="}, body


def deep(x, status, headers, body):
    if x.is_json or x.is_keys:
        text = b'{"Item":' + b"[" * DEEP + b"]" * DEEP + b"}"
    else:
        text = b"<a>" * DEEP + b"</a>" * DEEP
    return status, bare(headers), text


def huge(x, status, headers, body):
    start, spaces = b"{" if x.is_json or x.is_keys else b"<a>", b" " * (1 << 20)
    x.raw(x.head(status, bare(headers), HUGE_BYTES) + start)
    for _ in range(HUGE_BYTES >> 20):
        x.raw(spaces)
    return DEAD


def bare(headers):
    """Without what vouches for the body."""
    return {n: v for n, v in headers.items() if n not in ("x-amz-crc32", "etag", "x-amz-checksum-sha256", "content-encoding")}


def old_answer(x, status, headers, body):
    """That to an earlier request of the same operation, about something else."""
    earlier = x.handler.server.earlier.get(x.op)
    return earlier or (status, headers, body)


def partial(x, status, headers, body):
    """Nothing of what was asked for, this time."""
    asked = json.loads(x.body)["RequestItems"]
    return status, bare(headers), json.dumps({"Responses": {t: [] for t in asked}, "UnprocessedKeys": asked}).encode()


def lost_reset(x, status, headers, body):
    return reset(x)


AFTER = {
    "lost": lambda x, *_: DEAD,
    "resetafter": lost_reset,
    "torn": torn,
    "shorter": shorter,
    "headcut": lambda x, s, h, b: x.raw(x.head(s, h, len(b))[:40]),
    "slowhead": lambda x, s, h, b: x.raw(x.head(s, h, len(b)) + b, PAUSE_SECONDS),
    "slowbody": lambda x, s, h, b: (x.raw(x.head(s, h, len(b))), x.raw(b, PAUSE_SECONDS))[1],
    "bighead": lambda x, s, h, b: (s, {**h, "x-padding": "x" * 99000}, b),
    "errordone": lambda x, *_: x.error(500, "InternalServerError"),
    "crc": wrong_sum,
    "junk": lambda x, s, h, b: (s, h, (b"\xff{[<" * (len(b) // 4 + 1))[:len(b)]),
    "noise": lambda x, s, h, b: (s, bare(h), b"\xff\xfe\x00[" * 30),
    "html": lambda x, s, h, b: (200, {"content-type": "text/html"}, HTML),
    "empty": lambda x, s, h, b: (200, {}, b""),
    "deep": deep,
    "huge": huge,
    "cuttext": lambda x, s, h, b: (s, bare(h), b[:len(b) // 2] + b"\xe2\x82"),
    "errorinside": lambda x, s, h, b: (200, *x.error(500, "InternalError")[1:]),
    "old": old_answer,
    "partial": partial,
    "wrongdate": lambda x, s, h, b: (s, {**h, "date": now(86400)}, b),
}
