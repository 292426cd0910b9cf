#!/usr/bin/env python3
"""kill -9 at every effect of a batch, then the same command again: nothing is lost, nothing is doubled.

    batch.py --build BUILD [--parent N] [--children N] [--paid N] [--seed S]

Kills: --parent so many of the batch's own process (0: all of its effects), --children so many of the reports' processes (one dies
at that effect of its own and is tried again; every tenth time all die there, tries included: the batch reports that, and the next
call goes on), all without a model; --paid so many of either kind with a scripted model that keeps its own bill. After the last call
  - the report files and results.json are the same bytes as those of the batch that nobody killed, and there are no other runs;
  - a run that was complete before the last call has as many steps as before: it was not made again;
  - paid: bill <= used <= total, and no call is billed twice but those in flight when a process died.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from crash import STARTED, TOPIC, digest  # noqa: E402
from scripted_model import UNBILLED, Server  # noqa: E402
from small_corpus import make_corpus  # noqa: E402

STAMP = "20260102T030405"
ITEMS, SIDE_BY_SIDE, LANES = 3, 2, 2
TOTAL = 500000  # microdollars: two ceilings side by side
AGAIN_MAX = 8


class Rig:
    def __init__(self, build, corpus, paid):
        self.binary, self.wrapper = os.path.join(build, "nightdesk"), os.path.join(build, "libkillpoint.so")
        self.where = tempfile.mkdtemp(prefix="nd-batch-")
        self.out, self.store = os.path.join(self.where, "out"), os.path.join(self.where, "store")
        self.paid, self.server = paid, None
        self.manifest = os.path.join(self.where, "nightly.jsonl")
        request = {"documents": {"roots": [corpus]}, "limits": {"budget_usd": 0.25}, **({"writer": "openai:scripted"} if paid else {})}
        with open(self.manifest, "w") as f:
            for n in range(ITEMS):
                f.write(json.dumps({"id": f"i{n}", "request": {**request, "topic": f"{TOPIC} Report {n}.", "sub_topics": 2 + n}}) + "\n")
        if paid:
            self.bill_file = os.path.join(self.where, "bill")
            self.server = Server(argparse.Namespace(bill=self.bill_file, price="2,10", latency_ms=2, choose=8, faults="[]"))
            threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
        shutil.rmtree(self.where, ignore_errors=True)

    def go(self, *args, **env):
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("NIGHTDESK_", "OPENAI_"))}
        model = {"OPENAI_BASE_URL": f"http://127.0.0.1:{self.server.server_address[1]}/v1", "NIGHTDESK_PRICE": "2,10"} if self.server else {}
        return subprocess.run([self.binary, *args, "--store", self.store, "--json"], capture_output=True, text=True, timeout=300,
                              env={**keep, "HOME": self.where, "NIGHTDESK_LANES": str(LANES), **model, **env})

    def batch(self, **env):
        return self.go("batch", self.manifest, "--scheduled-time", STARTED, "--out", self.out, "--max-total", f"{TOTAL / 1e6}",
                       "--concurrency", str(SIDE_BY_SIDE), **env)

    def runs(self):
        """{run: (outcome, steps)}"""
        return {r["run_id"]: (r["outcome"], r["steps"]) for r in json.loads(self.go("list").stdout.splitlines()[-1])["runs"]}

    def files(self):
        return {n: digest(os.path.join(self.out, n)) for n in sorted(os.listdir(self.out)) if n.endswith(STAMP) and not n.startswith(".")}

    def results(self):
        """Without what depends on attempts."""
        with open(os.path.join(self.out, "results.json")) as f:
            results = json.load(f)
        for item in [results, *results["items"]]:
            item.pop("used_microusd")
        return results

    def bill(self):
        """{key: how often it was billed}, and the sum."""
        self.server.wait_until_idle()
        with open(self.bill_file) as f:
            entries = [e for e in map(json.loads, f) if e["fault"] not in UNBILLED]
        return collections.Counter(e["key"] for e in entries), sum(e["microusd"] for e in entries)

    def doubled(self):
        """Calls that were billed again. Reports of a batch may ask the same, so some are even when nobody dies."""
        return sum(n - 1 for n in self.bill()[0].values()) if self.server else 0

    def end(self):
        """The same command until no process of the killed call is at work any more."""
        for _ in range(AGAIN_MAX):
            done = self.batch()
            if done.returncode != 75:
                break
        return done


def check_money(rig, usual, deaths):
    """What is wrong with the bill, or None."""
    _, billed = rig.bill()
    with open(os.path.join(rig.out, "results.json")) as f:
        used = json.load(f)["used_microusd"]
    doubled = rig.doubled() - usual
    if not billed <= used <= TOTAL:
        return f"billed {billed}, used {used}, total {TOTAL}"
    if doubled > deaths * LANES:
        return f"{doubled} calls billed again after {deaths} deaths of {LANES} lanes"
    return None


def check_end(rig, before, golden, deaths):
    done = rig.end()
    if done.returncode != 0:
        return f"the same command ended with {done.returncode}: {done.stderr.strip()[-400:]}"
    runs, files = rig.runs(), rig.files()
    again = [r for r, (outcome, steps) in before.items() if outcome == "completed" and runs.get(r) != (outcome, steps)]
    if again:
        return f"complete, and made again: {again}"
    if files != golden[0]:
        return f"reports differ: {[n for n in set(files) | set(golden[0]) if files.get(n) != golden[0].get(n)]}"
    if rig.results() != golden[1]:
        return "results.json differs"
    if set(runs) != set(files):
        return f"runs without a report: {set(runs) ^ set(files)}"
    return check_money(rig, golden[2], deaths) if rig.server else None


def killed(build, corpus, paid, command, at, when, all_die, golden):
    """One point: (fired, problem or None)."""
    rig = Rig(build, corpus, paid)
    try:
        once = os.path.join(rig.where, "once")
        env = {**({} if all_die else {"NIGHTDESK_KILL_ONCE": once}),
               "LD_PRELOAD": rig.wrapper, "NIGHTDESK_KILL_AT": str(at), "NIGHTDESK_KILL_WHEN": when, "NIGHTDESK_KILL_COMMAND": command}
        done = rig.batch(**env)
        fired = "ended by signal 9" in done.stderr if all_die else os.path.exists(once)
        if fired and command == "resume" and not all_die and done.returncode != 0:
            return fired, f"one report's process died, and the batch ended with {done.returncode}: {done.stderr.strip()[-400:]}"
        before = rig.runs() if os.path.exists(os.path.join(rig.store, "nightdesk.db")) else {}
        # when the batch dies its children are told to stop in order; of all children each dies four times
        return fired, check_end(rig, before, golden, 4 * ITEMS if all_die else 1 if command == "resume" else SIDE_BY_SIDE)
    finally:
        rig.close()


def undisturbed(build, corpus, paid):
    """(files, results, calls billed again), and the effects of the batch's process and of the longest child."""
    rig = Rig(build, corpus, paid)
    try:
        count = os.path.join(rig.where, "count")
        done = rig.batch(LD_PRELOAD=rig.wrapper, NIGHTDESK_KILL_COUNT=count, NIGHTDESK_KILL_COMMAND="batch")
        if done.returncode != 0:
            sys.exit(f"the undisturbed batch ended with {done.returncode}: {done.stderr}")
        own = int(open(count).read())
        golden = rig.files(), rig.results(), rig.doubled()
        assert len(golden[0]) == ITEMS and all(len(f) > 5 for f in golden[0].values()), "the undisturbed batch did too little to be a test"
        shutil.rmtree(rig.out)
        shutil.rmtree(rig.store)
        rig.batch(LD_PRELOAD=rig.wrapper, NIGHTDESK_KILL_COUNT=count, NIGHTDESK_KILL_COMMAND="resume")  # the last child's count stays
        return golden, own, int(open(count).read())
    finally:
        rig.close()


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--build", required=True)
    ask.add_argument("--parent", type=int, default=0)
    ask.add_argument("--children", type=int, default=20)
    ask.add_argument("--paid", type=int, default=6)
    ask.add_argument("--seed", type=int, default=1)
    opts = ask.parse_args()
    dice = random.Random(opts.seed)
    with tempfile.TemporaryDirectory(prefix="nd-batch-base-") as base:
        corpus = os.path.join(base, "docs")
        make_corpus(corpus)
        golden = {}
        golden[False], own, of_child = undisturbed(opts.build, corpus, False)
        points = [(False, "batch", at, when, False) for at in range(1, own + 1) for when in ("before", "after")]
        if opts.parent:
            points = dice.sample(points, min(opts.parent, len(points)))
        points += [(False, "resume", dice.randint(1, of_child), dice.choice(["before", "after"]), n % 10 == 9) for n in range(opts.children)]
        if opts.paid:
            golden[True], own_paid, of_paid = undisturbed(opts.build, corpus, True)
            for n in range(opts.paid):
                command, most = [("batch", own_paid), ("resume", of_paid)][n % 2]
                points.append((True, command, dice.randint(1, most), dice.choice(["before", "after"]), False))
        print(f"a batch of {ITEMS} reports: {own} effects of its own, {of_child} of a report's process; {len(points)} points, seed {opts.seed}")
        equal, missed, wrong = 0, 0, []
        with concurrent.futures.ThreadPoolExecutor(2 * os.cpu_count()) as pool:
            jobs = [pool.submit(killed, opts.build, corpus, *point, golden[point[0]]) for point in points]
            for point, job in zip(points, jobs):
                fired, problem = job.result()
                missed += not fired
                equal += problem is None
                if problem:
                    wrong.append((point, problem))
        for (paid, command, at, when, _), problem in wrong[:20]:
            print(f"WRONG at effect {at} of '{command}' ({when}{', paid' if paid else ''}): {problem}")
        print(f"{len(points)} points, {equal} equal batches, {missed} did not fire (not covered)")
        print(f"{equal} passed, {len(wrong)} failed")
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
