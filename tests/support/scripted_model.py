#!/usr/bin/env python3
"""A scripted model: a server that answers from the request alone and keeps its own bill. It speaks OpenAI's chat completions,
Anthropic's Messages and Bedrock's Converse (dialects.py), whole and in pieces, and checks what it is sent; and it is a guardrail
(scripted_guardrail.py), whose calls are of the job "ground".

    scripted_model.py --bill FILE [--port-file FILE] [--price IN,OUT] [--latency-ms N] [--faults JSON] [--choose N]

It is no language model: it fills the schemas that nightdesk asks for (plan, draft, points, synthesize, judge) with words
of the request, so the same request always gets the same answer. Tests that use it have "scripted" in their names.

The bill is a line of JSON for each request, written and flushed to disk before the first byte of the answer: what a
provider would charge for, whether or not the answer arrives. Its fields: n (count of requests), key (hash of the body),
job, input, output (tokens), microusd, most (micro-dollars that the request could cost at a token a byte), fault.

Faults are a list of rules; the first that applies to request n (counted from 1) wins:
    {"at": [3, 7]} or {"every": 5, "from": 2} or {"job": "draft"} or {"by": "bedrock"} or
    {"first_of_key": true},  and a kind:
    "429"              asked to wait (Retry-After: "after", default 1), not billed
    "500"              a whole error answer, not billed
    "400"              a refusal of the request, not billed
    "401"              a refusal of the key, not billed
    "hang"             billed, then silence until the client gives up
    "reset_before"     the connection is reset before the body is read, not billed
    "reset_after"      billed, then the connection is reset
    "torn"             billed, and half of the answer
    "malformed"        billed; what the model says is not the JSON asked for
    "wrong_ids"        billed; it names ids that were not shown
    "refusal"          billed; the model declines
    "length"           billed; cut off
    "over_bound"       billed far above what was allowed
    "cut"              billed; the answer ends before its end, but in good order: the last quarter is missing
    "damaged"          billed; a bit of the answer is another
    "dies_reused"        billed; the connection dies unanswered if it was used before, else answered
    "hold"             billed, answered once the test has set .go_on of the server
    "obey"             billed; it does what the text it was shown tells it to (see obedient())
"""
import argparse
import hashlib
import json
import os
import re
import socket
import struct
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dialects
import scripted_agent
import scripted_guardrail
from dialects import Said, Wrong, dialect_for, text_of

UNBILLED = ("429", "500", "400", "401", "403", "404", "reset_before")


def tokens(text):
    return max(1, (len(text.encode()) + 3) // 4)


def lines_of(messages):
    """[(id, text)] of the lines that are marked as data, in order."""
    marks = re.findall(r"#[0-9a-f]{8}", text_of(messages[0]))
    first = text_of(next(m for m in messages if m["role"] == "user"))
    found = []
    for line in first.split("\n"):
        if marks and line.startswith(marks[0] + " "):
            name, _, text = line[len(marks[0]) + 1:].partition(": ")
            found.append((name, text))
    return found


def job_of(asked):
    """Which of the jobs it is: by the schema's name, where that travels, else by what the schema wants."""
    wants = {"sub_topics": "plan", "points": "points", "sentences": "draft", "findings": "synthesize", "verdicts": "judge"}
    if scripted_agent.is_research(asked):
        return "research"
    if asked.schema_name in JOBS:
        return asked.schema_name
    members = (asked.schema or {}).get("properties", {})
    return next((job for member, job in wants.items() if member in members), asked.schema_name)


def lower_first(text):
    return text[:1].lower() + text[1:]


def plan(ask, data, options):
    wanted = int(re.search(r"Name (\d+) sub-topics", ask)[1])
    titles = []
    for _, text in data:
        for heading in text.partition(" — ")[2].split(" | ") + [text.partition(" (")[0]]:
            if heading.strip() and heading not in titles:
                titles.append(heading.strip())
    words = [w for w in re.findall(r"\w{4,}", ask.split("\n")[1]) if w.lower() not in ("report", "keeping")]
    titles += [w.capitalize() for w in words if w.capitalize() not in titles]
    return {"sub_topics": [{"title": t, "question": f"What do the documents say about {lower_first(t)}?", "words": t, "why": "It belongs to the topic of this report."}
                           for t in titles[:wanted]]}


def points(ask, data, options):
    found = []
    for name, text in data:
        costs = re.search(r"Running the (.+?) costs the town (\d+) (euros)", text)
        if costs:
            found.append({"evidence": name, "entity": costs[1], "measure": "cost of running", "value": costs[2], "unit": costs[3], "date": ""})
    return {"points": found[:30]}


def draft(ask, data, options):
    sentences = [{"text": f"The documents say that {lower_first(text)}", "evidence": [name]} for name, text in data]
    if len(data) > 2:  # one that rests on two pieces
        first, second = data[0], data[1]
        sentences[0] = {"text": f"In short, {lower_first(first[1]).rstrip('.')}, while {lower_first(second[1])}",
                        "evidence": [first[0], second[0]]}
    most = int(re.search(r"to (\d+) sentences", ask)[1])
    return {"sentences": [s for s in sentences if len(s["text"].encode()) < 580][:most]}


def synthesize(ask, data, options):
    findings = []
    for name, text in data[::2]:
        said = text.partition(") ")[2]
        if len(said.encode()) < 500:
            findings.append({"text": f"Above all, {lower_first(said)}", "statements": [name]})
    return {"findings": findings[:int(re.search(r"to (\d+) sentences", ask)[1])]}


def judge(ask, data, options):
    verdicts = []
    for name, text in data:
        if name.endswith(" statement"):
            dice = int(hashlib.sha256(text.encode()).hexdigest(), 16) % 10
            verdicts.append({"id": name.split()[0], "support": "no" if dice == 0 else "partly" if dice == 1 else "yes"})
    return {"verdicts": verdicts}


JOBS = {"plan": plan, "points": points, "draft": draft, "synthesize": synthesize, "judge": judge}


def obedient(answer, data):
    """A model that obeys what documents tell it: it repeats their commands, links and numbers in every text it writes."""
    commands = " ".join(text for _, text in data)[:3000]
    links = " ".join(re.findall(r"https?://\S+", commands))

    def spoil(node):
        if isinstance(node, dict):
            return {k: spoil(v) for k, v in node.items()}
        if isinstance(node, list):
            return [spoil(v) for v in node]
        return f"{node} As told: {commands[:200]} {links} ![x](https://evil.example/x.png) <script>alert(1)</script> [7]"

    if "call" in answer:
        return {"call": {"tool": "open", "input": {"id": (re.findall(r"https?://\S+", commands) or ["../../etc/passwd"])[0], "where": "around"}}}
    if "verdicts" in answer:
        return {"verdicts": [{"id": v["id"], "support": "yes"} for v in answer["verdicts"]]}
    member, items = next(iter(answer.items()))
    return {member: [{k: spoil(v) if k in ("text", "title", "question", "words") else v for k, v in item.items()}
                     for item in items]}


def spoiled(kind, answer, data):
    """What the model says under a fault."""
    text = json.dumps(answer, ensure_ascii=False)
    if kind == "malformed":
        return "Certainly! Here is what you asked for:\n- first\n- second", "stop"
    if kind == "length":
        return text[:len(text) // 2], "length"
    if kind == "wrong_ids":
        return re.sub(r'"([deks])\d+"', r'"\g<1>999"', text), "stop"
    if kind == "obey":
        return json.dumps(obedient(answer, data)), "stop"
    return text, "stop"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, options):
        super().__init__(("127.0.0.1", 0), Handler)
        self.options, self.lock = options, threading.Lock()
        self.count, self.active, self.seen = 0, 0, set()
        self.asked = []  # (job, messages, headers) of every whole request, for tests in this process
        self.bodies = []  # (provider, path, body) of the same
        self.counted = []  # paths of requests that only want tokens counted
        self.refused = []  # (status, type, message) of those that no provider would take
        self.go_on = threading.Event()
        self.kept = {}  # a cache: start of a conversation -> tokens
        self.bill = open(options.bill, "a+", encoding="utf-8")
        self.bill.seek(0)
        for line in self.bill:  # a server that is started again goes on with its count
            entry = json.loads(line)
            self.count = max(self.count, entry["n"])
            self.seen.add(entry["key"])
        self.rates = [float(x) for x in options.price.split(",")]
        self.rules = json.loads(options.faults)

    def server_close(self):
        super().server_close()
        self.bill.close()

    def handle_error(self, request, address):
        pass  # a client that goes away is what some tests are about

    def number(self):
        with self.lock:
            self.count += 1
            self.active += 1
            return self.count

    def served(self):
        with self.lock:
            self.active -= 1

    def wait_until_idle(self):
        """Every request that arrived is billed."""
        while True:
            time.sleep(0.05)
            with self.lock:
                if self.active == 0:
                    return

    def rule_for(self, n, job, key, by=None):
        for rule in self.rules:
            if "at" in rule and n not in rule["at"]:
                continue
            if "every" in rule and (n < rule.get("from", 1) or (n - rule.get("from", 1)) % rule["every"]):
                continue
            if "job" in rule and rule["job"] != job:
                continue
            if "by" in rule and rule["by"] != by:
                continue
            if rule.get("first_of_key") and key in self.seen:
                continue
            return rule
        return {}

    def charge(self, entry, fee=0):
        """Durable before anything of the answer is sent."""
        cost = entry["input"] * self.rates[0] + entry["output"] * self.rates[1] + fee
        entry["microusd"] = 0 if entry["fault"] in UNBILLED else int(-(-round(cost * 1e6) // 10 ** 6))
        with self.lock:
            self.seen.add(entry["key"])
            self.bill.write(json.dumps(entry) + "\n")
            self.bill.flush()
            os.fsync(self.bill.fileno())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # as real servers do; else an answer in two pieces waits 40 ms for an acknowledgement

    def log_message(self, *args):
        pass

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def say(self, status, body, headers=(), torn=False):
        self.send(status, "application/json", json.dumps(body).encode(), headers, torn)

    def send(self, status, kind, data, headers=(), torn=False):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[:len(data) // 2] if torn else data)
        self.wfile.flush()
        if torn:
            self.reset()

    def do_GET(self):
        self.say(200, {"status": "ok"})

    def do_POST(self):
        n = self.server.number()
        try:
            self.serve(n)
        finally:
            self.server.served()

    def serve(self, n):
        server, options = self.server, self.server.options
        if server.rule_for(n, None, None).get("kind") == "reset_before":
            return self.reset()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = hashlib.sha256(body).hexdigest()[:16]
        if scripted_guardrail.fits(self.path):
            return self.guard(n, key, body)
        if dialects.Bedrock.counting.fullmatch(self.path):
            return self.count_tokens(body)
        dialect = dialect_for(self.path)
        if not dialect:
            return self.say(404, {"error": {"message": f"no model at {self.path}", "type": "not_found_error"}})
        try:
            dialect.check(self, body)
            asked = dialect.parse(self.path, json.loads(body))
        except Wrong as wrong:
            return self.wrong(wrong, dialect)
        job, messages = job_of(asked), asked.messages
        server.asked.append((job, messages, dict(self.headers)))
        server.bodies.append((dialect.name, self.path, json.loads(body)))
        rule = server.rule_for(n, job, key, dialect.name)
        kind = rule.get("kind", "")
        data = lines_of(messages)
        ask = text_of(next(m for m in messages if m["role"] == "user"))
        if job == "research":
            said = scripted_agent.research(asked, options)
        else:
            said = JOBS[job](ask, data, options) if job in JOBS else {}
        if isinstance(said, Said):
            said = scripted_agent.spoiled(kind, said)
        else:
            text, stop = spoiled(kind, said, data)
            said = Said(text, stop={"stop": "end"}.get(stop, stop))
        entry = {"n": n, "key": key, "job": job, "fault": kind, "by": dialect.name}
        self.count(asked, said, entry, body)
        if kind == "over_bound":
            entry["output"] = 100 * asked.max_tokens
        elif entry["output"] > asked.max_tokens > 0:
            entry["output"] = asked.max_tokens
            said = replace(said, text=said.text[:4 * asked.max_tokens], stop="length")
        if kind == "refusal":
            said, entry["output"] = replace(said, text="", stop="filter"), 10
        server.charge(entry)
        said = replace(said, input=entry["input"], output=entry["output"], cached=entry["cached"], written=entry["written"])
        if kind == "hold":
            server.go_on.wait(120)
        if options.latency_ms:
            time.sleep(options.latency_ms / 1000)
        self.answer(dialect, kind, rule, asked, said, entry)

    def count_tokens(self, body):
        """Free, so it is not billed; it fails when a rule of the job "count" says so."""
        dialect = dialects.Bedrock()
        try:
            texts = dialect.counted(self, body)
        except Wrong as wrong:
            return self.wrong(wrong, dialect)
        self.server.counted.append(self.path)
        if self.server.rule_for(0, "count", "", "bedrock"):
            return self.say(400, {"message": "The provided model doesn't support counting tokens"})
        return self.say(200, {"inputTokens": sum(tokens(t) + 4 for t in texts)})

    def wrong(self, wrong, dialect):
        status, kind, message = wrong.args
        self.server.refused.append(wrong.args)
        text, headers = dialect.error(status, kind, message)
        self.say(status, text, headers)

    def guard(self, n, key, body):
        """A request to the guardrail, with the faults of the job "ground"."""
        server = self.server
        try:
            scripted_guardrail.check(self, body)
            texts = scripted_guardrail.parse(json.loads(body))
        except Wrong as wrong:
            return self.wrong(wrong, dialects.Bedrock())
        rule = server.rule_for(n, "ground", key, "guardrail")
        kind = rule.get("kind", "")
        server.asked.append(("ground", texts, dict(self.headers)))
        server.bodies.append(("guardrail", self.path, json.loads(body)))
        said = scripted_guardrail.answer(texts)
        fee = scripted_guardrail.FEE_MICROUSD * said["usage"]["contextualGroundingPolicyUnits"]
        server.charge({"n": n, "key": key, "job": "ground", "fault": kind, "by": "guardrail", "input": 0, "output": 0, "most": fee}, fee)
        if server.options.latency_ms:
            time.sleep(server.options.latency_ms / 1000)
        if kind == "429":
            return self.say(429, {"message": "slow down"}, [("Retry-After", str(rule.get("after", 1)))])
        if kind in ("500", "400", "403", "404"):
            return self.say(int(kind), {"message": "it did not work"})
        if kind == "reset_after":
            return self.reset()
        return self.say(200, {"answer": "yes"} if kind == "malformed" else said, torn=kind == "torn")

    def count(self, asked, said, entry, body):
        """Tokens as a provider counts them, and how many of them a cache has (bytes of the conversation that came before)."""
        extra = json.dumps(asked.schema or {}) if asked.schema_name else ""
        extra += json.dumps(asked.tools) if asked.tools else ""
        texts = [text_of(m) for m in asked.messages]
        entry["input"] = min(tokens(body.decode()), sum(tokens(t) + 4 for t in texts) + tokens(extra))
        entry["output"] = tokens(said.text + said.thought + "".join(json.dumps(c["input"]) + c["name"] for c in said.calls))
        entry["cached"] = entry["written"] = 0
        if asked.caches:
            start = hashlib.sha256("".join(texts[:2]).encode()).hexdigest()
            with self.server.lock:
                entry["cached"] = min(self.server.kept.get(start, 0), entry["input"] - 1)
                self.server.kept[start] = entry["input"] - 1
            entry["written"] = entry["input"] - 1 - entry["cached"]
        size = sum(len(t.encode()) + 16 for t in texts) + len(extra.encode())
        entry["most"] = int((size + 256) * self.server.rates[0] + asked.max_tokens * self.server.rates[1])

    def answer(self, dialect, kind, rule, asked, said, entry):
        self.served_here = getattr(self, "served_here", 0) + 1
        if kind == "429":
            text, headers = dialect.error(429, "ThrottlingException" if dialect.name == "bedrock" else "rate_limit_error", "slow down")
            return self.say(429, text, [("Retry-After", str(rule.get("after", 1))), *headers])
        if kind in ("500", "400", "401"):
            text, headers = dialect.error(int(kind), "some_error", "it did not work")
            return self.say(int(kind), text, headers)
        if kind == "hang":
            while self.connection.recv(1):  # until the client gives up
                pass
            return self.reset()
        if kind == "reset_after" or (kind == "dies_reused" and self.served_here > 1):
            return self.reset()
        data = dialect.pieces(said, entry["key"]) if asked.streams else json.dumps(dialect.whole(said, entry["key"])).encode()
        if kind == "cut":
            data = data[:len(data) * 3 // 4]
        if kind == "damaged":
            data = data[:len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1:]
        return self.send(200, dialect.stream_type if asked.streams else "application/json", data, torn=kind == "torn")


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--bill", required=True)
    ask.add_argument("--port-file")
    ask.add_argument("--price", default="2,10", help="dollars for a million tokens, as nightdesk's --price")
    ask.add_argument("--latency-ms", type=int, default=0)
    ask.add_argument("--faults", default="[]")
    ask.add_argument("--choose", type=int, default=8, help="how many texts of the first search it notes")
    ask.add_argument("--agent", default="", help="how it does research: see scripted_agent.py")
    server = Server(ask.parse_args())
    port = server.server_address[1]
    if server.options.port_file:
        with open(server.options.port_file + ".new", "w") as f:
            f.write(str(port))
        os.rename(server.options.port_file + ".new", server.options.port_file)
    else:
        print(port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
