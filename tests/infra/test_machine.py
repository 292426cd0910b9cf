#!/usr/bin/env python3
"""The real template, the real report machine, the real program in the containers."""
import rig
from real import ALL, Real


class EndToEnd(Real):
    parameters = {"PhaseSeconds": 120, "WorkSeconds": 90}

    def test_a_report(self):
        execution = self.begin("first")
        self.ended(execution, "completed")
        self.assertEqual(self.containers("first"), [(p, 0, "FARGATE_SPOT") for p in ALL])
        self.assertEqual(self.aws.access.refused, [])
        self.same_report("first")


if __name__ == "__main__":
    rig.main()
