#!/usr/bin/env python3
"""Wall time of the research phase against its critical path, with a scripted model server that takes its time.

    wall.py --build BUILD [--runs N] [--sub-topics N] [--latency-ms N]

The critical path is what no program could be faster than: the plan's call, then the calls of the slowest lane one after
another, each as long as the server took for it. Wall time is from the plan's request to the last answer of a lane, so it
holds all that nightdesk does between calls: tools, durable records, the next question. Embedded store, all lanes at a time.
Prints both and their ratio: min, median, max.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "support"))
from dialects import text_of  # noqa: E402
from scripted_model import Handler, Server  # noqa: E402
from town_corpus import make_town  # noqa: E402

HERE_NOW = threading.local()


class Asked(list):
    """What the server was asked; remembers what this thread asked last."""

    def append(self, item):
        HERE_NOW.asked = item
        super().append(item)


class Timed(Handler):
    def serve(self, n):
        start = time.monotonic()
        super().serve(n)
        job, messages, _ = HERE_NOW.asked
        lane = re.search(r"Sub-topic: (.*)", text_of(messages[1])) if job == "research" else None
        with self.server.lock:
            self.server.times.append((job, lane and lane[1], start, time.monotonic()))


def one_run(build, where, docs, topic, opts):
    bill = os.path.join(where, "bill")
    server = Server(argparse.Namespace(bill=bill, price="2,10", latency_ms=opts.latency_ms, choose=8, faults="[]", agent=""))
    server.RequestHandlerClass, server.asked, server.times = Timed, Asked(), []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("NIGHTDESK_", "OPENAI_"))}
    subprocess.run([os.path.join(build, "nightdesk"), "run", topic, "--docs", docs, "--run-id", "wall", "--sub-topics", str(opts.sub_topics),
                    "--model", "openai:scripted", "--price", "2,10", "--lanes", str(opts.sub_topics), "--max-run-tool-calls", "500",
                    "--out", os.path.join(where, "out"), "--progress", "none", "--json"], check=True, capture_output=True,
                   env={**keep, "HOME": where, "NIGHTDESK_STORE": os.path.join(where, "store"),
                        "OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_address[1]}/v1"})
    server.wait_until_idle()
    server.shutdown()
    server.server_close()
    plan = [(a, b) for job, _, a, b in server.times if job == "plan"]
    lanes = {}
    for job, lane, start, end in server.times:
        if job == "research":
            lanes.setdefault(lane, []).append((start, end))
    path = sum(b - a for a, b in plan) + max(sum(b - a for a, b in calls) for calls in lanes.values())
    wall = max(b for calls in lanes.values() for _, b in calls) - min(a for a, _ in plan)
    return path, wall, len(lanes), sum(map(len, lanes.values()))


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--build", required=True)
    ask.add_argument("--runs", type=int, default=5)
    ask.add_argument("--sub-topics", type=int, default=10)
    ask.add_argument("--latency-ms", type=int, default=200)
    opts = ask.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="nd-wall-") as top:
        docs = os.path.join(top, "docs")
        topic = make_town(docs)
        for i in range(opts.runs):
            where = os.path.join(top, str(i))
            os.mkdir(where)
            found.append(one_run(opts.build, where, docs, topic, opts))
    print(f"{found[0][2]} lanes, {found[0][3]} calls of {opts.latency_ms} ms; {opts.runs} runs: min, median, max")
    for name, values in (("critical path", [p for p, _, _, _ in found]), ("wall", [w for _, w, _, _ in found]),
                         ("ratio", [w / p for p, w, _, _ in found])):
        unit = "" if name == "ratio" else " s"
        print(f"  {name:14} {min(values):.3f}{unit}  {statistics.median(values):.3f}{unit}  {max(values):.3f}{unit}")
    print(json.dumps({"ratio": statistics.median(w / p for p, w, _, _ in found)}))


if __name__ == "__main__":
    main()
