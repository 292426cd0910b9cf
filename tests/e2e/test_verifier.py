#!/usr/bin/env python3
"""A small sample of the verifier's bench (tests/bench/verifier) on PDFs of our own; the real ones are the bench's."""
import os
import subprocess
import sys

import rig
from small_corpus import PARAGRAPHS, pdf, wrapped

MORE = [
    "The harbour station of Rostock was opened on 14 May 1978 by the office in Schwerin and served for 21 years.",
    "In the winter of 1983 the observers Anna Brandt and Peter Holm measured 41 centimetres of snow near Wismar.",
    "The records of the Institute of Hydrology go back to 3 January 1951, when a gauge was put up in Ludwigslust.",
    "Since 12 October 2004 the stations send their data to the computing centre of Greifswald within 90 seconds.",
    "All stations of the network must be visited twice a year, and most of them are reached only by boat in April 2019.",
    "The first satellite receiver was bought from Hagen in June 1996 and it was never used for more than 5 hours a day.",
    "Field books of Stralsund are kept for 30 years, and every page of them was copied by Karl Reuter before March 2001.",
    "The battery of 12 volts was replaced by one of 24 volts, which is often charged to 80 percent in February 2015.",
]


class Verifier(rig.Case):
    def test_a_sample(self):
        os.mkdir(self.docs)
        for number, sentences in enumerate([MORE[:4], MORE[4:], *PARAGRAPHS.values()]):
            pdf(os.path.join(self.docs, f"{number}.pdf"), [["A page of notes", "", *wrapped(sentences, 62)]])
        bench = os.path.join(rig.SOURCE, "tests/bench/verifier/verifier.py")
        done = subprocess.run([sys.executable, bench, "--build", rig.BUILD, "--docs", self.docs, "--strict"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("quote layer 0 accepted; claim layer 0 accepted", done.stdout)


if __name__ == "__main__":
    rig.main()
