#!/usr/bin/env python3
"""Near the ceiling a call that does not fit by its bytes is counted by Bedrock, which is free: more of the money is used, and never more."""
import os

import rig
from test_providers import KEYS, MODELS, Provider

TIGHT = "0.15"  # the whole run costs less than 0.19, and reserves more than this


class Counting(Provider):
    model, more = MODELS["bedrock"], KEYS

    def below(self, traits, *faults):
        """Model calls and requests to count of a run below a tight ceiling, and whether its report tells of something cut short."""
        self.store, self.out, self.bill_file = (os.path.join(self.dir, f"{name}-{traits}-{len(faults)}") for name in ("store", "out", "bill"))
        done, bill, ledger = self.completed(*faults, args=("--budget", TIGHT, "--model-traits", traits, "--lanes", "1"))
        self.assertLessEqual(sum(e["microusd"] for e in bill), ledger["ceiling_microusd"])
        self.assertEqual(done.json["cost_microusd"], sum(e["microusd"] for e in bill))
        return done.json["model_calls"], self.server.counted

    def test_scripted_counted_calls_fit_below_a_tight_ceiling(self):
        without, counted = self.below("no-count")
        self.assertEqual(counted, [])
        calls, counted = self.below("count")
        self.assertEqual(set(counted), {"/model/maker.model-1-v1%3A0/count-tokens"})  # the foundation model of the profile
        self.assertGreater(calls, without)

    def test_scripted_a_service_that_does_not_count_changes_nothing(self):
        without, _ = self.below("no-count")
        calls, counted = self.below("count", {"job": "count", "kind": "400"})
        self.assertGreater(len(counted), 0)
        self.assertEqual(calls, without)


if __name__ == "__main__":
    rig.main()
