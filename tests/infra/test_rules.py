#!/usr/bin/env python3
"""Our own rules for infra/: all hold, and every way to break one is found. Needs PyYAML (lint.sh brings it)."""
import sys

import rules_machine  # noqa: F401
import rules_template
from rules import RULES
from stack import Stack


def main():
    stack = Stack()
    if "--permissions" in sys.argv:
        print("\n".join(rules_template.granted(stack)))
        return 0
    passed, failed = 0, 0
    for check, breaks in RULES:
        wrong = list(check(stack))
        for number, spoil in enumerate(breaks, 1):
            broken = stack.copy()
            spoil(broken)
            if not list(check(broken)):
                wrong.append(f"does not find break {number} of {len(breaks)}")
        passed, failed = passed + (not wrong), failed + bool(wrong)
        for line in wrong:
            print(f"{check.__name__}: {line}")
    breaks = sum(len(b) for _, b in RULES)
    print(f"{len(RULES)} rules, {breaks} broken stacks\n{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
