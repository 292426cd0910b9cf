#!/usr/bin/env python3
"""On a terminal: progress that is redrawn in place, colours, Ctrl-C, questions."""
import os
import pty
import re
import select
import signal
import subprocess
import time

import rig


class Terminal(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()
        reader = os.path.join(rig.BUILD, "nightdesk-read")
        self.reader = self.write("read", f"#!/bin/sh\nsleep 0.4\nexec {reader} \"$@\"\n", 0o755)

    def start(self, *args, **env):
        """The program with its standard input and error on a terminal of 80 columns."""
        master, slave = pty.openpty()
        child = subprocess.Popen(["nightdesk", *args], executable=self.program(), cwd=self.work, stdin=slave, stderr=slave, stdout=subprocess.PIPE,
                                 env=self.environment(**{"TERM": "xterm", **env}), start_new_session=True)
        os.close(slave)
        return child, master

    def read(self, master, until=None, seconds=60):
        """What the terminal got until `until` is in it, or until it is closed."""
        got, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            if not select.select([master], [], [], 0.2)[0]:
                continue
            try:
                block = os.read(master, 65536)
            except OSError:
                break
            got += block
            if not block or (until and until.encode() in got):
                break
        return got.decode(errors="replace")

    def finish(self, child, master):
        shown = self.read(master)
        child.stdout.close()
        status = child.wait(60)
        os.close(master)
        return status, shown

    def test_progress_is_redrawn_in_place(self):
        child, master = self.start(*self.run_args("--reader", self.reader))
        status, shown = self.finish(child, master)
        self.assertEqual(status, 0, shown)
        for part in ("▶ research", "documents", "tool calls", "$0.00", "of $5.00", "░", "\033[4A"):
            self.assertIn(part, shown)
        self.assertIn("\033[J", shown)
        frames = shown.count("\033[4A")
        self.assertLess(frames, 60)
        for line in re.sub(r"\033\[[0-9]*[A-Za-z]", "", shown.split("\033[J")[0]).split("\r"):
            self.assertLessEqual(len(line.rstrip("\n")), 80)
        self.assertIn("completed", shown.split("\033[J")[1])

    def test_plain_where_the_terminal_is_dumb_or_asked_for(self):
        for words, env in (((), {"TERM": "dumb"}), (("--progress", "plain"), {})):
            child, master = self.start(*self.run_args("--run-id", "r" + str(len(env)), "--out", self.out + str(len(env)), *words), **env)
            status, shown = self.finish(child, master)
            self.assertEqual(status, 0, shown)
            self.assertNotIn("\033[4A", shown)
            self.assertIn("research begins", shown)
            self.assertIn("tool calls", shown)

    def test_colours(self):
        for env, words, wanted in (({}, (), True), ({"NO_COLOR": "1"}, (), False), ({"TERM": "dumb"}, (), False),
                                   ({}, ("--color", "never"), False), ({"NO_COLOR": "1"}, ("--color", "always"), True)):
            child, master = self.start("status", "absent", *words, **env)
            _, shown = self.finish(child, master)
            self.assertEqual("\033[31m" in shown, wanted, (env, words, shown))
        self.assertNotIn("\033", self.call("status", "absent").err)
        self.assertIn("\033[31m", self.call("status", "absent", CLICOLOR_FORCE="1").err)

    def test_ctrl_c_checkpoints_and_tells_how_to_go_on(self):
        child, master = self.start(*self.run_args("--reader", self.reader))
        self.read(master, "▶ research")
        os.killpg(child.pid, signal.SIGINT)  # what a terminal does: the whole group gets it
        status, shown = self.finish(child, master)
        self.assertEqual(status, 130, shown)
        self.assertIn("once more ends at once", shown)
        self.assertIn("next: nightdesk resume r", shown)
        done = self.call("resume", "r", "--out", self.out, "--json")
        self.check(done, 0)
        self.assertEqual(done.json["receipt"]["failed"], 0, "a document was blamed for the Ctrl-C")

    def test_delete_asks(self):
        self.check(self.call(*self.run_args()), 0)
        for answer, status in ((b"n\n", 1), (b"y\n", 0)):
            child, master = self.start("delete", "r")
            self.assertIn("Delete run r (completed", self.read(master, "[y/N]"))
            os.write(master, answer)
            self.assertEqual(self.finish(child, master)[0], status)

    def test_progress_as_json(self):
        done = self.call(*self.run_args("--progress", "json"))
        self.check(done, 0)
        events = [rig.json.loads(line) for line in done.err.splitlines() if line.startswith("{")]
        self.assertGreater(len(events), 5)
        self.assertTrue({"phase", "step", "phase_end"} <= {e["event"] for e in events})
        self.assertTrue(all(e["schema"] == "nightdesk.progress/1" and e["run_id"] == "r" for e in events))

    def test_hostile_texts_do_not_reach_the_terminal(self):
        self.write("docs/evil.md", "# Title \x1b]0;owned\x07\x1b[2J\n\nThe battery \x1b[31mof the station lasts \u202etwo weeks in winter.\n")
        done = self.call(*self.run_args("--approve", "plan,outline"))
        self.check(done, 5)
        for text in (done.err, self.call("status", "r").out):
            self.assertFalse(re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text), repr(text))


if __name__ == "__main__":
    rig.main()
