#!/usr/bin/env python3
"""The report is the same bytes, however many processes, lanes and interruptions made it."""
import hashlib
import os

import rig


class SameReport(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()
        self.whole = self.made("whole", *self.words("--out", os.path.join(self.dir, "whole")))

    def words(self, *more):
        return ["run", rig.TOPIC, "--docs", self.docs, "--run-id", "r", "--started-at", rig.STARTED, "--sub-topics", "4", *more]

    def digest(self, folder):
        found = {}
        for base, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(base, name)
                with open(path, "rb") as f:
                    found[os.path.relpath(path, folder)] = hashlib.sha256(f.read()).hexdigest()
        found.pop("ledger.json", None)
        return found

    def made(self, name, *words):
        """Runs in a store of its own and returns what lies in the folder `name`."""
        self.check(self.call(*words, "--store", os.path.join(self.dir, "store-" + name), "--json"), 0)
        return self.digest(os.path.join(self.dir, name))

    def test_lanes_and_time_of_day_do_not_matter(self):
        one = self.made("one", *self.words("--lanes", "1", "--out", os.path.join(self.dir, "one")))
        self.assertEqual(one, self.whole)
        cold = self.made("cold", *self.words("--lanes", "16", "--out", os.path.join(self.dir, "cold")))
        self.assertEqual(cold, self.whole)

    def test_four_processes(self):
        out, store = os.path.join(self.dir, "four"), os.path.join(self.dir, "store-four")
        request = self.write("request.json", rig.json.dumps(
            {"topic": rig.TOPIC, "documents": {"roots": [self.docs]}, "sub_topics": 4}))
        for phase in ("research", "draft", "synthesize", "fact-check"):
            self.check(self.call("phase", "--run", "r", "--phase", phase, "--request", request, "--started-at", rig.STARTED,
                                 "--store", store, "--out", out, "--json"), 0)
        self.assertEqual(self.digest(out), self.whole)

    def test_a_process_for_each_step(self):
        out, store = os.path.join(self.dir, "steps"), os.path.join(self.dir, "store-steps")
        done, processes = self.call(*self.words("--max-steps", "1", "--store", store, "--out", out), "--json"), 1
        while done.status == 75 and processes < 100:
            done, processes = self.call("resume", "r", "--max-steps", "1", "--store", store, "--out", out, "--json"), processes + 1
        self.check(done, 0)
        self.assertGreater(processes, 8)
        self.assertEqual(self.digest(out), self.whole)

    def test_written_again_after_half_of_it_was_lost(self):
        out = os.path.join(self.dir, "whole")
        os.unlink(os.path.join(out, "report.html"))
        with open(os.path.join(out, ".nightdesk-r"), "w"):
            pass
        self.check(self.call("resume", "r", "--store", os.path.join(self.dir, "store-whole"), "--out", out), 0)
        self.assertEqual(self.digest(out), self.whole)


if __name__ == "__main__":
    rig.main()
