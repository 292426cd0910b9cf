#!/usr/bin/env python3
"""run.py: what a step costs in the embedded store, beside a plain SQLite program, LangGraph and DBOS.

The two C programs take turns step by step; LangGraph and DBOS run alone in the same round. Times are compared within a
round; bytes are exact. Prints minimum, median, maximum over the rounds.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    args = arguments()
    runs = []  # (round, answer of one program)
    for number in range(args.rounds):
        for steps in args.steps:
            found = in_turns(args, steps)
            if args.peers and steps in args.peer_steps:
                found += [alone(args, peer, steps) for peer in ("langgraph", "dbos")]
            runs += [(number, answer) for answer in found]
            print("\n".join(map(json.dumps, found)), file=sys.stderr, flush=True)
            for name in ("store_bench", "sqlite_plain", "langgraph", "dbos"):  # LangGraph's is 2 GB
                shutil.rmtree(os.path.join(args.folder, name), ignore_errors=True)
    report(runs, args)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help="folder with store_bench and sqlite_plain")
    parser.add_argument("--peers", help="Python environment made by peers/setup.sh; without it two programs run")
    parser.add_argument("--text", required=True, help="a file of English text; the longer the better")
    parser.add_argument("--folder", required=True, help="where the stores are made; on the disk that is meant")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, nargs="+", default=[10, 50, 200, 800])
    parser.add_argument("--peer-steps", type=int, nargs="+", default=[50, 200, 800])
    return parser.parse_args()


def in_turns(args, steps):
    """The two C programs take turns, step by step, so that a busy disk or processor hits both alike."""
    running = [subprocess.Popen([os.path.join(args.bin, name), os.path.join(args.folder, name), str(steps), args.text],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ, STEPS_TURNS="1"))
               for name in ("store_bench", "sqlite_plain")]
    for _ in range(steps):
        for process in running:
            process.stdin.write(b"x")
            process.stdin.flush()
            process.stdout.read(1)
    return [last_line(process.args, process.communicate()[0].decode(), process.returncode) for process in running]


def alone(args, peer, steps):
    command = [os.path.join(args.peers, "bin", "python"), os.path.join(HERE, "peers", f"{peer}_bench.py"),
               os.path.join(args.folder, peer), str(steps), args.text]
    result = subprocess.run(command, capture_output=True, text=True)
    return last_line(command, result.stdout + result.stderr, result.returncode)


def last_line(command, output, status):
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if status != 0 or not lines:
        sys.exit(f"{command} failed ({status}):\n{output}")
    return json.loads(lines[-1])


def spread(values, digits=3):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def pick(runs, peer, steps, field):
    return [answer[field] for _, answer in runs if answer["peer"] == peer and answer["steps"] == steps]


def ratio(runs, peer, steps, other, other_steps, field="ms_median", other_field="ms_median"):
    """Of the two figures in the same round."""
    above = {r: a[field] for r, a in runs if a["peer"] == peer and a["steps"] == steps}
    below = {r: a[other_field] for r, a in runs if a["peer"] == other and a["steps"] == other_steps}
    return [above[r] / below[r] for r in above if r in below]


def report(runs, args):
    peers = list(dict.fromkeys(answer["peer"] for _, answer in runs))
    print(f"{args.rounds} rounds, text {os.path.basename(args.text)} ({os.path.getsize(args.text)} bytes); median (min-max)\n")
    print("| program | steps | a step, ms (median of a run) | mean | first 10, ms | last 10, ms | x sqlite_plain, same round | bytes, closed | of raw | written |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for peer in peers:
        for steps in args.steps:
            if not pick(runs, peer, steps, "raw_bytes"):
                continue
            closed, raw, written = (statistics.median(pick(runs, peer, steps, f)) for f in ("closed_bytes", "raw_bytes", "written_bytes"))
            print(f"| {peer} | {steps} | {spread(pick(runs, peer, steps, 'ms_median'))} | {spread(pick(runs, peer, steps, 'ms_mean'))} "
                  f"| {spread(pick(runs, peer, steps, 'ms_first10'))} | {spread(pick(runs, peer, steps, 'ms_last10'))} "
                  f"| {spread(ratio(runs, peer, steps, 'sqlite_plain', steps), 2)} "
                  f"| {closed:,.0f} | {closed / raw:.2f} | {written / raw:.1f} x raw |")
    print()
    for peer in peers:
        growth(runs, peer)
    if {10, 800} <= set(args.steps):
        verdicts(runs)


def growth(runs, peer):
    """Bytes per added step, between 50 and 200 and between 200 and 800 steps."""
    size = {n: statistics.median(v) for n in (50, 200, 800) if (v := pick(runs, peer, n, "closed_bytes"))}
    if len(size) == 3:
        early, late = (size[200] - size[50]) / 150, (size[800] - size[200]) / 600
        print(f"{peer}: bytes per added step {early:,.0f} (50-200), {late:,.0f} (200-800): "
              f"{100 * (late / early - 1):+.1f} %, {late / 5632:.2f} of raw")


def verdicts(runs):
    within = ratio(runs, "nightdesk", 800, "nightdesk", 800, "ms_last10", "ms_first10")
    print(f"nightdesk: last 10 / first 10 steps of the same run of 800: {spread(within, 2)}; "
          f"run of 800 / run of 10, same round: {spread(ratio(runs, 'nightdesk', 800, 'nightdesk', 10), 2)}")
    for steps in (10, 50, 200, 800):
        if found := ratio(runs, "nightdesk", steps, "sqlite_plain", steps):
            means = ratio(runs, "nightdesk", steps, "sqlite_plain", steps, "ms_mean", "ms_mean")
            print(f"nightdesk: step / plain SQLite step at {steps}: {spread(found, 2)} by medians, {spread(means, 2)} by means")
    print(f"nightdesk: open, take and read back 800 steps: {spread(pick(runs, 'nightdesk', 800, 'load_ms'), 1)} ms")


main()
