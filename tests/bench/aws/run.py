#!/usr/bin/env python3
"""run.py: what runs of 200 and 2,000 steps cost in AWS. Calls and bytes are counted by the proxy before DynamoDB
Local and S3, which also reckons capacity units from the sizes of items; the state machine's transitions are those of its own document. Prints Markdown tables.

With --check it fails when a step costs more than its bounds.
"""
import argparse
import json
import os
import subprocess
import sys
import time
import urllib.request

STEP_BYTES = 5632
WRITES = ("TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem")
BASE_STEPS = 4  # of a run that is nothing but its beginning and end
BOUNDS = {"writes": 2.0, "bytes": 7 * 1024.0, "usd": 0.01}  # per step, per step, a run of 200 steps

# us-east-1, list prices of AWS as published in 2026-11, in USD, without free allowances
WRITE_UNIT = 0.625e-6
READ_UNIT = 0.125e-6
S3_PUT = 5e-6      # PUT, LIST
S3_GET = 0.4e-6    # GET, HEAD
TRANSITION = 25e-6
SNS_PUBLISH = 0.5e-6
SNS_MAIL = 20e-6
VCPU_HOUR, GB_HOUR = 0.04048, 0.004445  # Fargate, Linux, x86
VCPU, GB = 1, 2                         # of the template's tasks by default
PULL_SECONDS = 45                       # of each of four tasks, billed while its image is pulled
PAID = {"PutObject": S3_PUT, "ListObjectsV2": S3_PUT, "ListObjectVersions": S3_PUT, "GetObject": S3_GET, "HeadObject": S3_GET,
        "DeleteObject": 0.0, "DeleteObjects": 0.0}
NOTICES = 2  # of a run that asks nobody and one that asks once


def main():
    args = arguments()
    base = count(args, BASE_STEPS)
    runs = {steps: count(args, steps) for steps in args.steps}
    entered = transitions(args.machine)
    print_steps(base, runs)
    print_reads(runs)
    print_bill(runs, entered)
    print_fargate(runs)
    if args.check:
        check(base, runs, entered)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="aws_steps")
    parser.add_argument("--text", required=True, help="a file of English text")
    parser.add_argument("--machine", required=True, help="the report machine's document")
    parser.add_argument("--steps", type=int, nargs="+", default=[200, 2000])
    parser.add_argument("--check", action="store_true")
    return parser.parse_args()


def proxy(method, path):
    request = urllib.request.Request(f"{os.environ['ND_TEST_AWS']}/_proxy/{path}", method=method, data=b"" if method == "PUT" else None)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def count(args, steps):
    place = f"bench-{steps}"
    proxy("PUT", f"place/{place}/{place}")
    proxy("DELETE", "log")
    began = time.monotonic()
    subprocess.run([args.program, place, place, str(steps), args.text], check=True)
    seconds = time.monotonic() - began
    words = [line.split()[3] for line in proxy("GET", "log").decode().splitlines()]
    return {"seconds": seconds, "calls": json.loads(proxy("GET", "counts")),
            "reads": {word: words.count(word) for word in ("consistent", "eventual")}}


def transitions(machine):
    """Of a run without a gate, along the document: every state that it enters."""
    with open(machine, encoding="utf-8") as file:
        document = json.load(file)
    phases = ["Research", "Draft", "Synthesize", "FactCheck"]
    ways = {"WhatKind": ["NameRun"], "Which": list(phases), "Outcome": ["Fresh"] * 3 + ["TellCompleted"]}
    name, entered = document["StartAt"], 0
    while name:
        state = document["States"][name]
        entered += 1
        if state["Type"] == "Choice":
            targets = [choice["Next"] for choice in state["Choices"]] + [state.get("Default")]
            name = ways[name].pop(0)
            assert name in targets, name
        else:
            name = state.get("Next")
    return entered


def writes_of(run):
    writes = [run["calls"][op] for op in WRITES if op in run["calls"]]
    total = {field: sum(c[field] for c in writes) for field in ("requests", "body_bytes", "head_bytes", "units")}
    return {**total, "bytes": total["body_bytes"] + total["head_bytes"]}


def per_step(base, run, steps):
    """What each step adds to a run."""
    few, many = writes_of(base), writes_of(run)
    return {field: (many[field] - few[field]) / (steps - BASE_STEPS) for field in many}


def print_steps(base, runs):
    print(f"Writes to DynamoDB for each step of {STEP_BYTES:,} bytes:\n")
    print("| steps | write requests | bytes of bodies | bytes with headers | write units |\n|---|---|---|---|---|")
    for steps, run in runs.items():
        one = per_step(base, run, steps)
        print(f"| {steps:,} | {one['requests']:.2f} | {one['body_bytes']:,.0f} | {one['bytes']:,.0f} | {one['units']:.2f} |")
    rest = writes_of(base)
    print(f"\nThe run itself, beside its steps: {rest['requests'] - 2 * BASE_STEPS} write requests.")
    print("\nCalls of the whole run:\n\n| call | " + " | ".join(f"{steps:,} steps" for steps in runs) + " |\n|---"
          + "|---" * len(runs) + "|")
    for op in sorted({op for run in runs.values() for op in run["calls"]}):
        print(f"| {op} | " + " | ".join(f"{run['calls'].get(op, {}).get('requests', 0):,}" for run in runs.values()) + " |")


def print_reads(runs):
    print("\nReads of the table: " + "; ".join(f"{steps:,} steps: {run['reads']['consistent']} consistent, {run['reads']['eventual']} not"
                                               for steps, run in runs.items()) + ".")


def bill(counts, entered):
    writes = sum(c["units"] for op, c in counts.items() if op in WRITES)
    reads = sum(c["units"] for op, c in counts.items() if op in ("GetItem", "BatchGetItem", "Query"))
    return {"DynamoDB, writes": (f"{writes:,.0f} units", writes * WRITE_UNIT),
            "DynamoDB, reads": (f"{reads:,.1f} units", reads * READ_UNIT),
            "S3": (f"{sum(c['requests'] for op, c in counts.items() if op in PAID):,} requests",
                   sum(c["requests"] * PAID[op] for op, c in counts.items() if op in PAID)),
            "Step Functions": (f"{entered} transitions", entered * TRANSITION),
            "SNS": (f"{NOTICES} notices by mail", NOTICES * (SNS_PUBLISH + SNS_MAIL))}


def print_bill(runs, entered):
    print("\n| at list price | " + " | ".join(f"{steps:,} steps | USD" for steps in runs) + " |\n|---" + "|---|---:" * len(runs) + "|")
    bills = [bill(run["calls"], entered) for run in runs.values()]
    for item in bills[0]:
        print(f"| {item} | " + " | ".join(f"{b[item][0]} | {b[item][1]:.6f}" for b in bills) + " |")
    print("| **sum** | " + " | ".join(f" | **{total(b):.6f}**" for b in bills) + " |")


def print_fargate(runs):
    """The seconds are those of the store alone: models and documents take their own time."""
    a_second = (VCPU * VCPU_HOUR + GB * GB_HOUR) / 3600
    print(f"\nFargate, {VCPU} vCPU and {GB} GB, {a_second:.7f} USD a second:\n\n| steps | store, seconds | USD | with {PULL_SECONDS} s "
          "of pulling in each of four tasks | USD |\n|---|---|---:|---|---:|")
    for steps, run in runs.items():
        seconds, whole = run["seconds"], run["seconds"] + 4 * PULL_SECONDS
        print(f"| {steps:,} | {seconds:.1f} | {seconds * a_second:.6f} | {whole:.0f} | {whole * a_second:.6f} |")


def total(a_bill):
    return sum(usd for _, usd in a_bill.values())


def check(base, runs, entered):
    wrong = []
    for steps, run in runs.items():
        one, usd = per_step(base, run, steps), total(bill(run["calls"], entered))
        wrong += [f"{steps} steps: {one['requests']:.2f} write requests a step"] if one["requests"] > BOUNDS["writes"] else []
        wrong += [f"{steps} steps: {one['bytes']:.0f} bytes a step"] if one["bytes"] > BOUNDS["bytes"] else []
        wrong += [f"{steps} steps: a read that is not consistent"] if run["reads"]["eventual"] else []
        wrong += [f"{steps} steps: {usd:.4f} USD"] if steps <= 200 and usd > BOUNDS["usd"] else []
    if wrong:
        sys.exit("too dear: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
