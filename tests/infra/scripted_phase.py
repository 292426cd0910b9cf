#!/usr/bin/env python3
"""A scripted stand-in for the program, for tests of the state machines alone: it keeps the contract of docs/reference/aws.md
and does what the request's `script` says, without reading a document or asking a model.

    "script": {"draft": ["yielded", "gate outline", "exit 137", "hang", "completed"]}

One word for each container of that phase, in order; after the last, "completed". "exit N" ends so, "refuse 78 WHY" too and leaves
the reason. "gate NAME" asks and waits; "unseen NAME" too, and is cancelled meanwhile. "spend N" books N microdollars and completes,
"quiet" completes with nothing new. A decision {"decision": "reject"} ends the run, anything else goes on with the next word.
"""
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request

PHASES = ["research", "draft", "synthesize", "fact-check"]
WAITING = {"budget": "budget_exceeded", "limit": "limit_reached", "question": "awaiting_answer"}


def call(service, method, path, body=b"", **headers):
    """A request to the local AWS, which looks at the name of the service but not at signatures."""
    scope = f"Credential=AKID/20260101/{os.environ['AWS_REGION']}/{service}/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0", "Content-Type": "application/x-amz-json-1.0", **headers}
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + path, data=body or None, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


def table(operation, **what):
    return json.loads(call("dynamodb", "POST", "/", json.dumps(what).encode(), **{"X-Amz-Target": "DynamoDB_20120810." + operation}))


def get_object(url):
    return call("s3", "GET", url.removeprefix("s3:/")).decode()


class Run:
    def __init__(self, run_id):
        self.table, self.pk = re.fullmatch(r"aws://([^/]+)/.+", os.environ["NIGHTDESK_STORE"])[1], "RUN#" + run_id
        self.meta = self.item("META")

    def item(self, sk):
        return table("GetItem", TableName=self.table, Key={"pk": {"S": self.pk}, "sk": {"S": sk}}, ConsistentRead=True).get("Item")

    def put(self, item):
        table("PutItem", TableName=self.table, Item={"pk": {"S": self.pk}, **item})

    def save(self, outcome, gate=None, phase=None):
        self.meta["outcome"] = {"S": outcome}
        self.meta.pop("gate", None)
        if gate:
            self.meta["gate"] = {"S": gate}
        if phase is not None:
            self.meta["phase"] = {"N": str(phase)}
        self.put(self.meta)

    def create(self, source, started_at):
        request = get_object(source)
        if "topic" not in json.loads(request):
            sys.exit("the request has no topic")
        self.meta = {"pk": {"S": self.pk}, "sk": {"S": "META"}, "phase": {"N": "0"}, "ledger": {"L": [{"N": "0"}] * 9}, "request": {"S": request},
                     "started_at": {"S": started_at}, "started_ms": {"N": "0"}, "attempts": {"M": {}}}
        self.save("running")


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def ask(run, gate, wait_seconds):
    number = sum(1 for n in range(1, 99) if run.item(f"APPROVAL#{gate}#{n}")) + 1
    sk = f"APPROVAL#{gate}#{number}"
    run.put({"sk": {"S": sk}, "expires_at": {"S": stamp(time.time() + wait_seconds)}})
    run.save(WAITING.get(gate, "awaiting_approval"), gate=sk)


def at_the_gate(run):
    """True: the gate is decided, work may go on."""
    gate = run.item(run.meta["gate"]["S"])
    if "decision" in gate:
        if json.loads(gate["decision"]["S"])["decision"] != "reject":
            return True
        run.save("rejected")
    elif stamp(time.time()) >= gate["expires_at"]["S"]:
        run.save("expired", gate=run.meta["gate"]["S"])
    return False


def phase(options):
    run = Run(options["--run"])
    number = PHASES.index(options["--phase"])
    if run.meta is None:
        run.create(options["--request"], options["--started-at"])
    if run.item("CONTROL"):
        return run.save("cancelled")
    done = int(run.meta["phase"]["N"]) + (run.meta["outcome"]["S"] == "completed")
    if done > number:
        return None
    if "gate" in run.meta and not at_the_gate(run):
        return None
    script = json.loads(run.meta["request"]["S"]).get("script", {}).get(PHASES[number], [])
    attempt = int(run.meta["attempts"]["M"].get(PHASES[number], {"N": "0"})["N"])
    run.meta["attempts"]["M"][PHASES[number]] = {"N": str(attempt + 1)}
    word, _, more = (script + ["completed"] * (attempt + 1))[attempt].partition(" ")
    run.save("running", phase=number)
    if word == "refuse":
        run.put({"sk": {"S": "REFUSAL"}, "reason": {"S": more.partition(" ")[2]}})
    if word in ("exit", "refuse"):
        os._exit(int(more.split()[0]))
    if word == "hang":
        time.sleep(600)
    if word == "unseen":  # a cancel that comes after this container has looked for the last time
        run.put({"sk": {"S": "CONTROL"}, "cancel": {"BOOL": True}})
    if word in ("gate", "unseen"):
        return ask(run, more, int(options["--gate-wait"]))
    if word == "quiet":
        run.meta["quiet"], word = {"BOOL": True}, "completed"
    if word == "spend":
        ledger = run.meta["ledger"]["L"]
        ledger[1] = {"N": str(int(ledger[1]["N"]) + int(more))}
        word = "completed"
    return run.save(word, phase=len(PHASES) if word == "completed" and number == len(PHASES) - 1 else None)


def check(manifest, options):
    plan = []
    for number, line in enumerate(get_object(manifest).splitlines(), 1):
        item = json.loads(line)
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,48}", item.get("id", "")) or "topic" not in item.get("request", {}):
            print(f"line {number}: no id or no topic")
            sys.exit(2)
        ceiling = float(item["request"].get("limits", {}).get("budget_usd", 5))
        plan.append({"id": item["id"], "ceiling_microusd": round(ceiling * 1e6), "since": item.get("since", "none"), "request": item["request"]})
    call("s3", "PUT", options["--plan"].removeprefix("s3:/"), "".join(json.dumps(p) + "\n" for p in plan).encode())


def main():
    command, *rest = sys.argv[1:]
    if command == "phase":
        phase(dict(zip(rest[::2], rest[1::2])))
    else:
        manifest, _, *options = rest
        check(manifest, dict(zip(options[::2], options[1::2])))


if __name__ == "__main__":
    main()
