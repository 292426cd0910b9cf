#!/usr/bin/env python3
"""permissions.py BUILD: which permissions of the template no test needed, each with its reason.

The tests that check calls (real.py) leave what they needed under BUILD/infra-permissions; the reasons stand in
infra/permissions-unused.txt, one a line: holder, statement, action (* in any of them: all), reason. A permission that was not needed
and has no reason is an error, and so is a reason for one that was.
"""
import fnmatch
import json
import os
import sys

from rules_template import as_list, statements
from stack import INFRA, Stack

TESTS = ("test_machine.py", "test_machine_gates.py", "test_machine_cancel.py", "test_command_line.py", "test_batch.py")


def reasons():
    with open(os.path.join(INFRA, "permissions-unused.txt"), encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if line.strip() and not line.startswith("#")]


def used_by_tests(folder):
    missing = [t for t in TESTS if not os.path.exists(os.path.join(folder, t + ".json"))]
    if missing:
        print(f"run these tests first: {', '.join(missing)}")
        sys.exit(77)
    used = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            used |= {tuple(u) for u in json.load(f)}
    return used


def main():
    used = used_by_tests(os.path.join(sys.argv[1], "infra-permissions"))
    granted = {(holder, s["Sid"], action) for holder, s in statements(Stack()) for action in as_list(s["Action"])}
    rows, wrong, taken = reasons(), 0, set()
    for permission in sorted(granted - used):
        found = [i for i, row in enumerate(rows) if all(fnmatch.fnmatchcase(p, r) for p, r in zip(permission, row))]
        taken |= set(found)
        wrong += not found
        print("\t".join((*permission, rows[found[0]][3] if found else "NOT NEEDED BY ANY TEST, AND NO REASON")))
    for i in sorted(set(range(len(rows))) - taken):
        wrong += 1
        print("\t".join((*rows[i][:3], "needed by a test, or not granted: its reason is out of date")))
    print(f"{len(granted)} permissions granted, {len(granted & used)} needed by the tests")
    print(f"{len(rows) - wrong if wrong < len(rows) else 0} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
