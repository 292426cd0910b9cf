#!/usr/bin/env python3
"""tally.py LOG STATUS: reads a verbose ctest log and prints the failures' output, what was skipped, and the count.

A Check program counts its checks ("100%: Checks: 12, Failures: 0, Errors: 0"); a script that prints "N passed, M failed"
counts those; any other program counts as one test.
"""
import os
import re
import sys


def main():
    log, status = open(sys.argv[1], errors="replace").read(), int(sys.argv[2])
    output, results = {}, []
    for line in log.splitlines():
        told = re.match(r"(\d+): (.*)", line)
        if told:
            output.setdefault(told[1], []).append(told[2])
        ended = re.match(r"\s*\d+/\d+ Test\s+#(\d+): (\S+) \.*\s*(\S.*?)\s+([\d.]+) sec", line)
        if ended:
            results.append((ended[1], ended[2], ended[3].strip("* "), float(ended[4])))
    passed = failed = skipped = 0
    for number, name, result, seconds in results:
        text = "\n".join(output.get(number, []))
        checks = re.findall(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)", text)
        lines = re.findall(r"(\d+) passed, (\d+) failed", text)
        if result.startswith("Skipped"):
            skipped += 1
            print(f"SKIPPED {name}: {text.strip().splitlines()[-1] if text.strip() else 'no reason given'}")
            continue
        if checks:
            bad = sum(int(f) + int(e) for _, f, e in checks)
            good = sum(int(n) for n, _, _ in checks) - bad
        elif lines:
            good, bad = (sum(int(x[i]) for x in lines) for i in (0, 1))
        else:
            good, bad = 1, 0
        if result != "Passed":
            bad, good = max(bad, 1), good if bad else 0
            print(f"FAILED  {name} ({result})\n{text}\n")
        passed, failed = passed + good, failed + bad
    slow = ", ".join(f"{n} {s:.0f} s" for _, n, _, s in sorted(results, key=lambda r: -r[3])[:3])
    print(f"{len(results)} test programs; slowest: {slow}")
    if not results or status not in (0, 8):
        print(f"ctest ended with status {status}", *log.splitlines()[-15:], sep="\n")
        failed += 1
    strict = os.environ.get("CI") == "true" and skipped
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or strict else 0)


main()
