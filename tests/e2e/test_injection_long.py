#!/usr/bin/env python3
"""The injection cases of two packages under a scripted model that obeys them, and their benign texts, which must come through unharmed."""
import injection
import rig

AT_ONCE = 40


class Packaged(injection.Runs):
    def setUp(self):
        super().setUp()
        self.cases = injection.injections.packaged()
        if not self.cases:
            self.skipTest("the packages with the cases cannot be downloaded here")

    def test_scripted_obedient_model(self):
        malicious = self.cases[0]
        seen = 0
        for at in range(0, len(malicious), AT_ONCE):
            seen += self.try_all(malicious[at:at + AT_ONCE])
            self.another()
        print(f"{len(malicious)} malicious cases, {seen} of them shown to the model", flush=True)
        self.assertGreater(seen, 0.5 * len(malicious))

    def test_benign_texts_are_unharmed(self):
        self.unharmed(self.cases[1])


if __name__ == "__main__":
    rig.main()
