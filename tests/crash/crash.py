#!/usr/bin/env python3
"""kill -9 at every effect of a whole run, then resume: the report files must be the same bytes, no record may be lost.

    crash.py --build BUILD [--sample N] [--seed S] [--double N] [--when before|after|both]

An effect is a system call of killpoint.c's list (write, pwrite, fsync, rename, unlink …), counted over the whole process.
A point beyond the run's last effect does not fire; such points are reported as not covered. --double kills the resume too,
at a random effect. The reading children are not counted: they have no effects but their pipe.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from small_corpus import make_corpus  # noqa: E402

STARTED = "2026-01-02T03:04:05Z"
TOPIC = "Keeping a small weather station running: power, sensors, data, maintenance."


def digest(folder):
    """{file: sha256} of a report folder, without ledger.json, which depends on attempts."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            relative = os.path.relpath(path, folder)
            if relative != "ledger.json":
                with open(path, "rb") as f:
                    found[relative] = hashlib.sha256(f.read()).hexdigest()
    return found


class Rig:
    def __init__(self, build, corpus, where):
        self.binary = os.path.join(build, "nightdesk")
        self.wrapper = os.path.join(build, "libkillpoint.so")
        self.corpus, self.where = corpus, where
        self.store, self.out = os.path.join(where, "store"), os.path.join(where, "out")

    def command(self, *args):
        return [self.binary, *args, "--store", self.store, "--json"]

    def start(self):
        return self.command("run", TOPIC, "--docs", self.corpus, "--out", self.out, "--run-id", "crash",
                            "--started-at", STARTED, "--sub-topics", "4", "--progress", "none")

    def resume(self):
        return self.command("resume", "crash", "--out", self.out, "--progress", "none")

    def go(self, command, **env):
        done = subprocess.run(command, env={**os.environ, "HOME": self.where, **env}, capture_output=True, text=True,
                              timeout=120)
        return done.returncode, done.stdout, done.stderr

    def steps(self):
        """Durable steps as the store tells them; -1 when the run does not exist yet."""
        code, out, err = self.go(self.command("status", "crash"))
        told = json.loads(out.splitlines()[-1])
        if "steps" in told:
            return told["steps"]
        if told["error"]["code"] == "not_found":
            return -1
        raise RuntimeError(f"status ended with {code}: {err}")


def killed_run(build, corpus, at, when, second, golden):
    """One point: returns (fired, problem or None)."""
    where = tempfile.mkdtemp(prefix="nd-crash-")
    try:
        rig = Rig(build, corpus, where)
        env = {"LD_PRELOAD": rig.wrapper, "NIGHTDESK_KILL_AT": str(at), "NIGHTDESK_KILL_WHEN": when}
        code, _, _ = rig.go(rig.start(), **env)
        fired = code == -9
        if not fired and code != 0:
            return False, f"exit {code} without a kill"
        before = rig.steps()
        if second:
            rig.go(rig.resume(), **{**env, "NIGHTDESK_KILL_AT": str(second)})
            if rig.steps() < before:
                return fired, f"{before} steps before the second kill, {rig.steps()} after"
        code, out, err = rig.go(rig.resume())
        if code != 0 and before == -1:  # killed before the run was durable: nothing was accepted, so nothing is lost
            code, out, err = rig.go(rig.start())
        if code != 0:
            return fired, f"resume ended with {code}: {err.strip()[-300:]}"
        if rig.steps() < before:
            return fired, f"{before} steps before, {rig.steps()} after: a record is lost"
        got = digest(rig.out)
        if got != golden:
            differ = sorted(f for f in set(got) | set(golden) if got.get(f) != golden.get(f))
            return fired, f"report differs in {', '.join(differ[:5])}"
        return fired, None
    finally:
        shutil.rmtree(where, ignore_errors=True)


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--build", required=True)
    ask.add_argument("--sample", type=int, default=0, help="so many points by fixed seed instead of all")
    ask.add_argument("--double", type=int, default=0, help="so many pairs of kills")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--when", default="both", choices=["before", "after", "both"])
    opts = ask.parse_args()
    dice = random.Random(opts.seed)
    with tempfile.TemporaryDirectory(prefix="nd-crash-base-") as base:
        corpus = os.path.join(base, "docs")
        make_corpus(corpus)
        rig = Rig(opts.build, corpus, base)
        count = os.path.join(base, "count")
        code, _, err = rig.go(rig.start(), LD_PRELOAD=rig.wrapper, NIGHTDESK_KILL_COUNT=count)
        if code != 0:
            sys.exit(f"the undisturbed run ended with {code}: {err}")
        golden, total = digest(rig.out), int(open(count).read())
        assert len(golden) > 5 and rig.steps() > 5, "the undisturbed run did too little to be a test"
        whens = ["before", "after"] if opts.when == "both" else [opts.when]
        points = [(at, when, 0) for at in range(1, total + 1) for when in whens]
        if opts.sample:
            points = dice.sample(points, min(opts.sample, len(points)))
        points += [(dice.randint(1, total), dice.choice(whens), dice.randint(1, total)) for _ in range(opts.double)]
        print(f"{total} effects in the undisturbed run of {rig.steps()} steps; {len(points)} points, seed {opts.seed}")
        equal, missed, wrong = 0, 0, []
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            jobs = [pool.submit(killed_run, opts.build, corpus, *point, golden) for point in points]
            for point, job in zip(points, jobs):
                fired, problem = job.result()
                missed += not fired
                if problem:
                    wrong.append((point, problem))
                else:
                    equal += 1
        for (at, when, second), problem in wrong[:20]:
            print(f"WRONG at effect {at} ({when}{f', then {second}' if second else ''}): {problem}")
        print(f"{len(points)} points, {equal} equal sets of report files, {missed} did not fire (not covered)")
        print(f"{equal} passed, {len(wrong)} failed")
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
