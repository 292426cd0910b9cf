#!/usr/bin/env python3
"""Money: kills, ceilings and faults against a scripted model server that keeps its own bill.

    paid.py --build BUILD [--provider NAME] [--kills N] [--ceilings N] [--faults N] [--seed S] [--jobs N]

Kills: the run dies at a seeded effect (killpoint.c's list, network calls included) and is resumed. Then
  - calls that were billed and are not on record are at most the lanes in flight; nothing else is ever billed twice;
  - bill <= spent + unknown <= ceiling, and spent is the bill of the recorded answers;
  - the report files are the same bytes as those of the run that nobody killed.
Ceilings: N ceilings from $0.00 to what the run costs without one, each once undisturbed and once with a kill. The same
inequality holds, the report verifies, and how much of each ceiling was used is printed; between the worst case of 20
average calls and the run's cost it must be 80 %.
Faults: the server errs by seeded rules (asks to wait, fails, hangs up before and after reading, tears answers, talks
nonsense); the same inequality holds and the report verifies.
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
from crash import digest  # noqa: E402
from dialects import ACCESS_KEY, REGION, SECRET  # noqa: E402
from scripted_model import UNBILLED, Server  # noqa: E402
from town_corpus import make_town  # noqa: E402

LANES = 6
WORST_CALLS = 20
GOAL = 0.8


class Rig:
    """One run with a store, a server and a bill of its own."""

    provider = "openai"  # anthropic and bedrock answer in pieces

    def __init__(self, build, docs, topic, sub_topics, faults=(), latency_ms=3):
        self.build, self.docs, self.topic, self.sub_topics = build, docs, topic, sub_topics
        self.where = tempfile.mkdtemp(prefix="nd-paid-")
        self.out = os.path.join(self.where, "out")
        self.bill_file = os.path.join(self.where, "bill")
        self.server = Server(argparse.Namespace(bill=self.bill_file, price="2,10", latency_ms=latency_ms, choose=8,
                                                faults=json.dumps(list(faults))))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.where, ignore_errors=True)

    def go(self, *args, **env):
        command = [os.path.join(self.build, "nightdesk"), *args, "--json"]
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("NIGHTDESK_", "OPENAI_", "ANTHROPIC_", "AWS_"))}
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, errors="replace",
                              env={**keep, "HOME": self.where, "NIGHTDESK_STORE": os.path.join(self.where, "store"),
                                   "OPENAI_BASE_URL": url + "/v1", "ANTHROPIC_BASE_URL": url + "/v1",
                                   "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url, "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                                   "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION, "AWS_CONFIG_FILE": os.devnull,
                                   "AWS_SHARED_CREDENTIALS_FILE": os.devnull, **env})
        self.server.wait_until_idle()
        return done

    def start(self, budget, **env):
        return self.go("run", self.topic, "--docs", self.docs, "--out", self.out, "--run-id", "paid", "--started-at",
                       "2026-01-02T03:04:05Z", "--sub-topics", str(self.sub_topics), "--model", f"{self.provider}:scripted", "--price",
                       "2,10", "--max-run-tool-calls", "500", "--lanes", str(LANES), "--progress", "none", "--budget",
                       f"{budget / 1e6:.6f}", **env)

    def resume(self, **env):
        return self.go("resume", "paid", "--out", self.out, "--price", "2,10", "--progress", "none", "--lanes", str(LANES), **env)

    def status(self):
        """What is durable; None when the run does not exist yet."""
        done = self.go("status", "paid")
        return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None

    def bill(self):
        with open(self.bill_file) as f:
            return [e for e in map(json.loads, f) if e["fault"] not in UNBILLED]

    def ends(self, done, budget):
        """Resumes what asks to be tried again, until the run has ended; the last call."""
        for _ in range(20):
            if done.returncode == 2 and self.status() is None:  # killed before anything was accepted
                done = self.start(budget)
            elif done.returncode in (75, -9):
                done = self.resume()
            else:
                break
        return done


def money_problem(rig, budget):
    """bill <= spent + unknown <= ceiling, with nothing left reserved; spent is what the recorded answers cost."""
    state, bill = rig.status(), sum(e["microusd"] for e in rig.bill())
    spent, unknown = state["cost_microusd"], state["unknown_microusd"]
    if state["reserved_microusd"]:
        return f"{state['reserved_microusd']} are still reserved"
    if not bill <= spent + unknown <= budget:
        return f"bill {bill}, spent {spent} + unknown {unknown}, ceiling {budget}"
    if spent > bill:
        return f"spent {spent} of a bill of {bill}"
    return None


def verify_problem(rig):
    done = rig.go("verify", rig.out)
    return None if done.returncode == 0 else f"verify ended with {done.returncode}: {done.stderr.strip()[-200:]}"


def killed(make, golden, at, when, budget, second=0):
    """One kill (or two): (fired, lost, problem)."""
    rig = make()
    try:
        env = {"LD_PRELOAD": os.path.join(rig.build, "libkillpoint.so"), "NIGHTDESK_KILL_WHEN": when}
        done = rig.start(budget, NIGHTDESK_KILL_AT=str(at), **env)
        kills = int(done.returncode == -9)
        if kills and second and rig.status():
            done = rig.resume(NIGHTDESK_KILL_AT=str(second), **env)
            kills += done.returncode == -9
        state = rig.status()
        lost = len(rig.bill()) - (state["model_calls"] if state else 0)
        if not 0 <= lost <= LANES * kills:
            return kills, lost, f"{lost} billed calls are not on record after {kills} kills of {LANES} lanes"
        done = rig.ends(done, budget)
        if done.returncode not in (0, 3):
            return kills, lost, f"ended with {done.returncode}: {done.stderr.strip()[-300:]}"
        twice = sum(n - 1 for n in collections.Counter(e["key"] for e in rig.bill()).values())
        problem = money_problem(rig, budget)
        if twice > lost:
            problem = f"{twice} calls were billed twice, {lost} were lost in flight"
        elif golden and digest(rig.out) != golden:
            problem = "the report files differ"
        return kills, lost, problem or verify_problem(rig)
    finally:
        rig.close()


class Report:
    """Counts, and says what went wrong."""

    def __init__(self):
        self.passed, self.wrong = 0, []

    def add(self, name, problem):
        if problem:
            self.wrong.append(name)
            print(f"WRONG {name}: {problem}")
        else:
            self.passed += 1


def undisturbed(make, count_effects=False):
    """(bill, report files, effects) of a run that nobody disturbs and no ceiling stops."""
    rig = make()
    try:
        count, env = os.path.join(rig.where, "count"), {}
        if count_effects:
            env = {"LD_PRELOAD": os.path.join(rig.build, "libkillpoint.so"), "NIGHTDESK_KILL_COUNT": count}
        done = rig.start(10 ** 9, **env)
        if done.returncode:
            sys.exit(f"the undisturbed run ended with {done.returncode}: {done.stderr}")
        keys = collections.Counter(e["key"] for e in rig.bill())
        if max(keys.values()) > 1:
            sys.exit("the undisturbed run asked the same twice: nothing could be told from its bill")
        return rig.bill(), digest(rig.out), int(open(count).read()) if count_effects else 0
    finally:
        rig.close()


def try_kills(make, opts, dice, pool, report):
    bill, golden, effects = undisturbed(make, count_effects=True)
    points = [(dice.randint(1, effects), dice.choice(["before", "after"]), dice.choice([0, 0, dice.randint(1, effects)]))
              for _ in range(opts.kills)]
    print(f"kills: {effects} effects, {len(bill)} calls, ${sum(e['microusd'] for e in bill) / 1e6:.6f}; {len(points)} points")
    jobs = [pool.submit(killed, make, golden, at, when, 10 ** 9, second) for at, when, second in points]
    kills = lost = most = 0
    for (at, when, second), job in zip(points, jobs):
        fired, gone, problem = job.result()
        kills, lost, most = kills + fired, lost + gone, max(most, gone)
        report.add(f"kill at effect {at} ({when}{f', then {second}' if second else ''})", problem)
    print(f"  {kills} kills; {lost} calls lost in flight, at most {most} at a time; none paid twice outside that window")


def at_ceiling(make, ceiling, kill):
    """(spent, problem) of a run under a ceiling, and of another that is killed at `kill`."""
    rig = make()
    try:
        done = rig.ends(rig.start(ceiling), ceiling)
        problem = None if done.returncode in (0, 3) else f"ended with {done.returncode}: {done.stderr.strip()[-300:]}"
        problem = problem or money_problem(rig, ceiling) or verify_problem(rig)
        spent = rig.status()["cost_microusd"]
    finally:
        rig.close()
    return spent, problem or killed(make, None, *kill, ceiling)[2]


def try_ceilings(make, opts, dice, pool, report):
    bill, _, effects = undisturbed(make, count_effects=True)
    cost = sum(e["microusd"] for e in bill)
    worst = WORST_CALLS * sum(e["most"] for e in bill) // len(bill)
    ceilings = [cost * i // (opts.ceilings - 1) for i in range(opts.ceilings)]
    print(f"ceilings: {len(bill)} calls, ${cost / 1e6:.6f}; {WORST_CALLS} average calls' worst case ${worst / 1e6:.6f}")
    kills = [(dice.randint(1, effects), dice.choice(["before", "after"])) for _ in ceilings]
    jobs = [pool.submit(at_ceiling, make, c, k) for c, k in zip(ceilings, kills)]
    for ceiling, job in zip(ceilings, jobs):
        spent, problem = job.result()
        used = spent / ceiling if ceiling else 1
        counts = worst <= ceiling < cost
        if counts and used < GOAL:
            problem = problem or f"only {used:.0%} of the ceiling were used"
        print(f"  ceiling ${ceiling / 1e6:.6f}  spent ${spent / 1e6:.6f}  used {used:4.0%}{'  *' if counts else ''}")
        report.add(f"ceiling {ceiling}", problem)
    print(f"  * between {WORST_CALLS} average calls' worst case and the run's cost: the goal is {GOAL:.0%}")


def fault_rules(dice):
    kinds = ["429", "500", "reset_before", "reset_after", "torn", "malformed", "wrong_ids", "refusal", "length", "400", "cut",
             "dies_reused"]
    return [{"every": dice.randint(4, 15), "from": dice.randint(1, 8), "kind": dice.choice(kinds)}
            for _ in range(dice.randint(1, 4))]


def with_faults(make, rules, budget):
    rig = make(faults=rules)
    try:
        done = rig.ends(rig.start(budget), budget)
        if done.returncode not in (0, 3):
            return f"ended with {done.returncode}: {done.stderr.strip()[-300:]}"
        return money_problem(rig, budget) or verify_problem(rig)
    finally:
        rig.close()


def try_faults(make, opts, dice, pool, report):
    bill, _, _ = undisturbed(make)
    cost = sum(e["microusd"] for e in bill)
    cases = [(fault_rules(dice), dice.choice([10 ** 9, dice.randint(0, 2 * cost)])) for _ in range(opts.faults)]
    jobs = [pool.submit(with_faults, make, rules, budget) for rules, budget in cases]
    for (rules, budget), job in zip(cases, jobs):
        report.add(f"faults {json.dumps(rules)} under {budget}", job.result())
    print(f"faults: {len(cases)} seeded sets of rules")


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--build", required=True)
    ask.add_argument("--provider", choices=("openai", "anthropic", "bedrock"), default="openai")
    ask.add_argument("--kills", type=int, default=0)
    ask.add_argument("--ceilings", type=int, default=0)
    ask.add_argument("--faults", type=int, default=0)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--jobs", type=int, default=2 * os.cpu_count(), help="runs side by side; most of them wait")
    opts = ask.parse_args()
    Rig.provider = opts.provider
    dice, report = random.Random(opts.seed), Report()
    with tempfile.TemporaryDirectory(prefix="nd-paid-docs-") as docs, \
            concurrent.futures.ThreadPoolExecutor(opts.jobs) as pool:
        small, large = os.path.join(docs, "small"), os.path.join(docs, "large")
        topic = make_town(small, facilities=10)
        make_town(large, facilities=40)

        def make_small(faults=()):
            return Rig(opts.build, small, topic, 8, faults)

        def make_large():
            return Rig(opts.build, large, topic, 40)

        if opts.kills:
            try_kills(make_small, opts, dice, pool, report)
        if opts.faults:
            try_faults(make_small, opts, dice, pool, report)
        if opts.ceilings:
            try_ceilings(make_large, opts, dice, pool, report)
    print(f"{report.passed} passed, {len(report.wrong)} failed")
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
