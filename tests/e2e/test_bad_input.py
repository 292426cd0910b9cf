#!/usr/bin/env python3
"""Bad input: each gives a clear message and the documented status, and leaves nothing half-written."""
import os
import subprocess
import threading
import time

import rig


class BadInput(rig.Case):
    def nothing_kept(self):
        self.assertFalse(os.path.exists(self.out), "a report folder was made")
        self.assertFalse(os.path.exists(os.path.join(self.store, "nightdesk.db")) and
                         self.call("list", "--json").json["runs"], "a run was kept")

    def test_empty_folder(self):
        os.mkdir(self.docs)
        self.check(self.call(*self.run_args()), 2, "docs")
        self.nothing_kept()

    def test_nothing_passes_the_filter(self):
        self.corpus()
        self.check(self.call(*self.run_args("--include", "*.docx")), 2)
        self.nothing_kept()

    def test_no_documents_no_topic(self):
        self.check(self.call("run", "t"), 2, "--docs")
        self.check(self.call("run", "--docs", self.corpus()), 2, "no topic")
        self.check(self.call("run", " ", "--docs", self.docs), 2, "'topic' is empty")
        self.check(self.call("run", os.fsdecode(b"bad \xff"), "--docs", self.docs), 2, "the topic is not UTF-8")
        self.nothing_kept()

    def test_broken_documents_cost_themselves_alone(self):
        self.corpus()
        self.write("docs/zero.pdf", b"")
        with open(os.path.join(self.docs, "data.pdf"), "rb") as f:
            self.write("docs/cut.pdf", f.read()[:300])
        self.write("docs/noise.docx", os.urandom(4000))
        self.write("docs/picture.png", b"\x89PNG\r\n\x1a\n" + bytes(200))
        self.write("docs/secret.pdf", self.encrypted_pdf())
        found = self.completed()
        for name in ("zero.pdf", "cut.pdf", "noise.docx", "secret.pdf"):
            self.assertIn(found[name][0], ("failed", "unsupported"), (name, found[name]))
            self.assertTrue(found[name][1], f"{name} has no reason")
        self.assertEqual(found["picture.png"][0], "unsupported")
        self.assertEqual(found["power.md"][0], "read")

    @staticmethod
    def encrypted_pdf():
        """A PDF whose trailer names a standard security handler with a user password that nobody knows."""
        objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>",
                   b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"]
        out, places = b"%PDF-1.4\n", []
        for number, body in enumerate(objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
        start = len(out)
        out += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
        return out + (b"trailer << /Size 4 /Root 1 0 R /Encrypt 3 0 R /ID [<00> <00>] >>\nstartxref\n%d\n%%%%EOF\n" % start)

    def test_names_that_are_not_utf8(self):
        self.corpus()
        self.write(os.fsdecode(os.path.join(b"docs", b"caf\xe9 \x1b[31m.txt")), "The station in the harbour has a spare battery.\n")
        done = self.call(*self.run_args())
        self.check(done, 0)
        self.assertNotIn("\x1b", done.err)
        self.assertEqual(sum("caf" in p for p in self.reasons(done.json)), 1)

    def test_names_that_move_the_cursor_are_escaped(self):
        name = "evil\u009b31m\u202efdp.md"
        self.corpus()
        self.write(f"docs/{name}", "# Battery of the station\n\nThe battery of the weather station must be kept warm in winter, or it will freeze.\n")
        done = self.call(*self.run_args("--dry-run"))
        self.check(done, 0)
        self.assertIn(name, [s["path"] for s in done.json["plan"]["outgoing"]["sources"]])
        for sign in ("\u009b", "\u202e"):
            self.assertNotIn(sign, done.out + done.err)

    def test_links_that_go_in_circles_or_out(self):
        self.corpus()
        os.symlink(self.docs, os.path.join(self.docs, "again"))
        os.symlink("self", os.path.join(self.docs, "self"))
        os.symlink(self.write("secret.txt", "The password of the station is hunter2."), os.path.join(self.docs, "out.txt"))
        found = self.completed()
        self.assertEqual(found["power.md"][0], "read")
        self.assertNotEqual(found.get("out.txt", ("failed", ""))[0], "read", "a link out of the folder was followed")
        with open(os.path.join(self.out, "report.json")) as f:
            self.assertNotIn("hunter2", f.read())

    def test_reports_are_no_documents(self):
        self.corpus()
        words = ["run", rig.TOPIC, "--docs", ".", "--json", "--started-at", rig.STARTED]
        first = self.call(*words, "--run-id", "q1", cwd=self.docs)
        self.check(first, 0)
        second = self.call(*words, "--run-id", "q2", cwd=self.docs)
        self.check(second, 0, "1 folder with a report of nightdesk is left out")
        self.assertEqual([r.json["receipt"]["inputs"] for r in (first, second)], [5, 5])

    def test_unreadable_file(self):
        if os.geteuid() == 0:
            self.skipTest("root reads everything")
        self.corpus()
        self.write("docs/locked.txt", "x", 0)
        self.assertEqual(self.completed()["locked.txt"][0], "failed")

    def test_a_pipe_among_the_files(self):
        self.corpus()
        os.mkfifo(os.path.join(self.docs, "pipe.txt"))
        found = self.completed()
        self.assertNotEqual(found.get("pipe.txt", ("failed", ""))[0], "read")

    def test_file_that_changes_during_the_run(self):
        self.corpus()
        reader = self.write("read", f"#!/bin/sh\nsleep 1\nexec {rig.BUILD}/nightdesk-read \"$@\"\n", 0o755)
        target = os.path.join(self.docs, "stations.csv")  # read last: two at a time, five files

        def change():
            time.sleep(0.5)
            with open(target, "a") as f:
                f.write("Lake,3,10\n")
        thread = threading.Thread(target=change)
        thread.start()
        found = self.completed("--reader", reader)
        thread.join()
        self.assertEqual(found["stations.csv"][0], "failed", found)
        self.assertIn("changed", found["stations.csv"][1])

    def test_output_folders(self):
        self.corpus()
        taken = os.path.dirname(self.write("photos/a.jpg", "x"))
        self.check(self.call(*self.run_args("--out", taken)), 2, "has other things in it", "--out")
        self.check(self.call(*self.run_args("--out", os.path.join(taken, "a.jpg"))), 2, "is a file")
        self.check(self.call(*self.run_args("--out", os.path.join(taken, "a.jpg", "x"))), 2, "is not a folder")
        self.nothing_kept()
        self.check(self.call(*self.run_args()), 0)
        self.check(self.call(*self.run_args("--run-id", "other")), 2, "holds the report of run 'r'")

    def test_read_only_folder(self):
        self.corpus()
        fixed = os.path.join(self.dir, "fixed")
        os.mkdir(fixed)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", fixed], capture_output=True).returncode != 0:
            self.skipTest("a file system of its own cannot be mounted here")
        try:
            self.check(self.call(*self.run_args("--out", fixed)), 2, "nothing can be written", "--out")
            self.check(self.call(*self.run_args("--out", os.path.join(fixed, "a/b"))), 2, "nothing can be written", "--out")
            self.nothing_kept()
        finally:
            subprocess.run(["umount", fixed], check=True)

    def test_full_disk(self):
        self.corpus()
        small = os.path.join(self.dir, "small")
        os.mkdir(small)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", small], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("a file system of its own cannot be mounted here")
        try:
            done = self.call(*self.run_args("--store", os.path.join(small, "store")))
            self.assertEqual(done.status, 75, done.err)
            self.assertIn("space", done.err)
            self.assertFalse(os.path.exists(self.out))
            done = self.call(*self.run_args("--out", os.path.join(small, "out")))
            self.assertEqual(done.status, 75, done.err)
            self.assertIn("the report is kept: nightdesk resume r --out DIR", done.err)
            self.assertFalse(os.path.exists(os.path.join(small, "out")), "a half-written report was left")
            self.check(self.call("resume", "r", "--out", self.out, "--json"), 0)
        finally:
            subprocess.run(["umount", small], check=True)

    def test_stores_that_are_none(self):
        self.corpus()
        self.check(self.call(*self.run_args("--store", self.write("file", "x"))), 2)
        self.write("bad/nightdesk.db", "this is no database at all, it only has the name of one " * 100)
        done = self.call(*self.run_args("--store", os.path.join(self.dir, "bad")))
        self.assertIn(done.status, (1, 78), done.err)
        self.assertIn("nightdesk.db", done.err)

    def test_store_of_a_newer_version(self):
        self.corpus()
        self.check(self.call(*self.run_args()), 0)
        import sqlite3
        db = sqlite3.connect(os.path.join(self.store, "nightdesk.db"))
        db.execute("PRAGMA user_version = 99")
        db.commit()
        db.close()
        self.check(self.call("status", "r"), 78, "newer")
        self.check(self.call(*self.run_args()), 78, "newer")

    def test_requests(self):
        self.corpus()
        rows = [("{", "line 1"), ("[]", "is an array"), ('{"topic":"t","colour":1}', "'colour' is not a member"),
                ('{"topic":"t","limits":{"budget_usd":"a"}}', "'limits.budget_usd' is 'a'"),
                ('{"topic":"t","topic":"u"}', "topic"), ("\ufeff\x00", "request.json"), (b"\xff\xfe", "request.json")]
        for text, word in rows:
            path = self.write("request.json", text)
            self.check(self.call("run", "--request", path, "--docs", self.docs), 2, word, "request.json")
        self.check(self.call("run", "--request", self.write("v2", '{"schema":"nightdesk.request/2","topic":"t"}')), 78, "newer")
        self.check(self.call("run", "--request", self.write("big", '{"topic":"' + "x" * 2_000_000)), 2, "big")
        self.nothing_kept()

    def test_run_ids(self):
        self.corpus()
        for name in ("../x", "a b", "", "x" * 65, "a/b", "ü"):
            self.check(self.call(*self.run_args("--run-id", name)), 2, "--run-id")
        for command in ("status", "resume", "approve", "cancel", "watch"):
            self.check(self.call(command, "no-such-run"), 2)
        self.nothing_kept()


if __name__ == "__main__":
    rig.main()
