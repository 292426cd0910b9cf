#!/usr/bin/env python3
"""Input that is made to cost: bombs, and two thousand files. Minutes, so not in every run of the tests."""
import os
import time
import zipfile
import zlib

import rig


class Costly(rig.Case):
    def test_bombs(self):
        self.corpus()
        packed = zlib.compress(b"BT (a) Tj ET\n" * 40_000_000, 9)
        self.write("docs/flate.pdf", b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids "
                   b"[3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\n"
                   b"endobj\n4 0 obj\n<< /Filter /FlateDecode /Length " + str(len(packed)).encode() + b" >>\nstream\n" + packed +
                   b"\nendstream\nendobj\ntrailer << /Root 1 0 R /Size 5 >>\n%%EOF\n")
        with zipfile.ZipFile(os.path.join(self.docs, "zip.docx"), "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("[Content_Types].xml", "<Types/>")
            z.writestr("word/document.xml", b"<a>" + b" " * 400_000_000)
        laughs = "".join(f'<!ENTITY l{i} "{"&l%d;" % (i - 1) * 10}">' for i in range(1, 12))
        with zipfile.ZipFile(os.path.join(self.docs, "laughs.docx"), "w") as z:
            z.writestr("[Content_Types].xml", "<Types/>")
            z.writestr("word/document.xml", f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><d>&l11;</d>')
        self.write("docs/deep.html", "<div>" * 200_000)
        began = time.monotonic()
        found = self.completed()
        self.assertLess(time.monotonic() - began, 100)
        for name in ("flate.pdf", "zip.docx", "laughs.docx"):
            self.assertNotEqual(found[name][0], "read", (name, found[name]))
            self.assertTrue(found[name][1], f"{name} has no reason")
        self.assertEqual(found["power.md"][0], "read")


    def test_two_thousand_files(self):
        self.corpus()
        for n in range(2000):
            self.write(f"docs/many/{n % 10}/{n:04}.txt", f"Note number {n} says that filter {n} was changed on a quiet day.\n")
        found = self.completed()
        self.assertEqual(sum(1 for p in found if p.startswith("many/")), 2000)


if __name__ == "__main__":
    rig.main()
