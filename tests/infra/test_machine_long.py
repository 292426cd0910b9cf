#!/usr/bin/env python3
"""What takes minutes with the real program: hangs, three kills in one run, real documents."""
import glob
import os
import shutil
import signal
import subprocess

import rig
from real import ALL, BUILD, Paid, Real

LARGEST = 40  # of the corpus by size; every second one is read



class Hangs(Paid):
    parameters = {"PhaseSeconds": 200, "WorkSeconds": 100}

    def test_a_call_that_never_comes_back(self):
        """The watchdog ends the process long before the state's time-out; the call is booked at its worst case."""
        server = self.serve("hang", {"at": [4], "kind": "hang"})
        execution = self.begin("hang")
        self.ended(execution, "completed", 300)
        exits = [c[1] for c in self.containers("hang")]
        self.assertEqual((exits.count(75), exits.count(0)), (1, 4), exits)
        keys, billed = self.bill(server)
        spent, unknown = self.ledger("hang")
        self.assertLessEqual(billed, spent + unknown)
        self.assertGreater(unknown, 0)
        self.assertEqual(max(keys.values()), 2)
        self.same_report("hang")


class Sleeps(Paid):
    parameters = {"PhaseSeconds": 50, "WorkSeconds": 45}

    def test_a_container_that_does_not_even_hear_sigterm(self):
        self.aws.tasks.longest_grace_seconds = 2
        server = self.serve("sleeps")
        self.slow_in("sleeps", "draft", server)
        execution = self.begin("sleeps")
        entry = self.paying("sleeps", "draft", server)
        os.kill(entry["pid"], signal.SIGSTOP)
        self.ended(execution, "completed", 300)
        self.assertEqual(entry["exit"], 137)
        self.same_report("sleeps")


class Thrice(Paid):
    parameters = {"PhaseSeconds": 300, "WorkSeconds": 240}

    def test_three_kills_in_one_run(self):
        server, lines = self.serve("thrice"), self.counting_reader("thrice")
        for phase in ALL[1:]:
            self.slow_in("thrice", phase, server)
        execution = self.begin("thrice")
        for phase in ALL[1:]:
            entry = self.paying("thrice", phase, server)
            self.aws.tasks.kill(entry["pid"])
        self.ended(execution, "completed", 300)
        self.assertEqual([c[1] for c in self.containers("thrice")], [0, 137, 0, 137, 0, 137, 0])
        with open(lines, encoding="utf-8") as f:
            self.assertEqual(len(f.readlines()), len(self.listing["files"]))
        keys, billed = self.bill(server)
        self.assertLessEqual(billed, sum(self.ledger("thrice")))
        self.assertLessEqual(sum(n - 1 for n in keys.values()), 3 * 3)
        self.same_report("thrice")


class Documents(Real):
    """The documents that the demo reads, by name from Debian packages."""
    parameters = {"PhaseSeconds": 600, "WorkSeconds": 500}

    @classmethod
    def make_documents(cls, folder):
        corpus = os.path.join(BUILD, "corpus")
        subprocess.run([os.path.join(rig.HERE, os.pardir, "corpus", "fetch.sh"), corpus, "pdf"], check=True)
        papers = sorted(glob.glob(os.path.join(corpus, "pdf", "*.pdf")), key=os.path.getsize)
        for paper in papers[:LARGEST:2]:
            shutil.copy(paper, folder)

    def request(self, **more):
        return {**super().request(**more), "topic": "How Debian systems are administered and secured"}

    def test_real_documents(self):
        lines = self.counting_reader("real")
        self.ended(self.begin("real"), "completed", 900)
        with open(lines, encoding="utf-8") as f:
            self.assertEqual(len(f.readlines()), len({f["sha256"] for f in self.listing["files"]}))
        self.same_report("real")


if __name__ == "__main__":
    rig.main()
