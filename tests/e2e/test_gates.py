#!/usr/bin/env python3
"""Gates: what a person is shown, edits, approves, rejects and answers takes effect."""
import contextlib
import fcntl
import os
import sqlite3
import struct

import rig


class Gates(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()

    def editor(self, script):
        """An editor that changes the file with a shell script; "$1" is the file."""
        return self.write("editor", "#!/bin/sh\n" + script, 0o755)

    def approve(self, script, status=0, *words):
        done = self.call("approve", "r", "--edit", EDITOR=self.editor(script))
        self.check(done, status, *words)
        return done

    def resume(self, status=0):
        done = self.call("resume", "r", "--out", self.out, "--json")
        self.check(done, status)
        return done.json

    def report(self):
        with open(os.path.join(self.out, "report.json")) as f:
            return rig.json.load(f)

    def titles(self):
        return [s["title"] for s in self.report()["sections"]]

    def waits_at(self, gate):
        self.check(self.call(*self.run_args("--approve", gate)), 5)

    def test_plan_rename_reorder_add_remove(self):
        self.waits_at("plan")
        self.approve("""
            sed -i -e 's/Power/Energy in the field/' -e '/Data/d' "$1"
            grep 'Maintenance' "$1" >"$1.m"; grep -v 'Maintenance' "$1" >"$1.o"
            cat "$1.m" "$1.o" >"$1"; echo 'new Rain gauges' >>"$1" """)
        self.resume()
        titles = self.titles()
        self.assertEqual(titles[0], "Maintenance")
        self.assertIn("Energy in the field", titles)
        self.assertIn("Rain gauges", titles)
        self.assertNotIn("Power", titles)
        self.assertNotIn("Data", titles)

    def test_plan_exclude_a_source(self):
        self.waits_at("plan")
        plan = self.call("status", "r", "--json").json["gate"]["shown"]
        used = sorted({n for t in plan["sub_topics"] for n in t["documents"]})
        lines = "; ".join(f"s/^t{t} .*/&\\n    exclude: {' '.join(map(str, used))}/" for t in range(1, 5))
        self.approve(f"sed -i -e '{lines}' \"$1\"")
        self.resume()
        report = self.report()
        cited = {q["source"] for q in report["quotes"]}
        self.assertFalse(cited & set(used), f"an excluded source is cited: {cited}")

    def test_plan_with_a_source_that_is_not_there(self):
        self.waits_at("plan")
        for word in ("pin", "exclude"):
            done = self.approve(f"""sed -i -e 's/^t1 .*/&\\n    {word}: 99/' "$1" """, 2, "99", "your text is kept in")
            os.unlink(done.err.split("your text is kept in ")[1].strip())

    def test_a_raise_without_its_decision_is_not_half_made(self):
        """Whether the run waits at a limit cannot be read: then nothing is raised, and the person is told."""
        self.check(self.call(*self.run_args("--max-run-tool-calls", "2")), 4)
        with contextlib.closing(sqlite3.connect(os.path.join(self.store, "nightdesk.db"))) as db, db:
            db.execute("UPDATE approval SET seal = 'damaged'")
            before = db.execute("SELECT * FROM control").fetchall()
        self.check(self.call("resume", "r", "--max-run-tool-calls", "99"), 1, "damaged")
        with contextlib.closing(sqlite3.connect(os.path.join(self.store, "nightdesk.db"))) as db:
            self.assertEqual(db.execute("SELECT * FROM control").fetchall(), before)

    def test_cancel_in_the_last_moment_of_a_worker(self):
        """It has ended its phase waiting, and still holds the run: it will not end it, so nobody may say so."""
        self.waits_at("plan")
        lock = os.open(os.path.join(self.store, "locks", "r"), os.O_RDWR)
        fcntl.fcntl(lock, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
        self.check(self.call("cancel", "r"), 75, "the same command again")
        os.close(lock)
        self.check(self.call("cancel", "r"), 0, "cancelled")

    def test_outline_remove_a_section(self):
        self.waits_at("outline")
        shown = self.call("status", "r").out
        self.assertIn("e1 [", shown)
        self.approve("""awk '/^t1/ {skip = 1; next} /^[a-z]/ {skip = 0} !skip' "$1" >"$1.n"; cat "$1.n" >"$1" """)
        self.resume()
        self.assertNotIn("Power", self.titles())

    def test_final_drop_a_claim(self):
        self.waits_at("final")
        before = [c["text"] for s in self.call("status", "r", "--json").json["gate"]["shown"]["sections"] for c in s["claims"]]
        self.approve("""sed -i '0,/^ .*1\\. /{/^ .*1\\. /d}' "$1" """)
        self.resume()
        report = self.report()
        after = [c["text"] for claims in [report["summary"], *(s["claims"] for s in report["sections"])] for c in claims]
        self.assertEqual(after, before[1:], "the key findings come first, and the first of them was dropped")

    def test_unchanged_text_approves_as_it_is(self):
        self.waits_at("plan")
        self.approve("true")
        self.assertNotIn("edited", self.resume())
        self.assertIn("Power", self.titles())

    def test_empty_text_and_failing_editor_decide_nothing(self):
        self.waits_at("plan")
        self.approve(': >"$1"', 5, "nothing is decided")
        self.approve("exit 3", 2, "did not end well (status 3)")
        self.assertEqual(self.call("status", "r", "--json").json["outcome"], "awaiting_approval")

    def test_wrong_text_is_kept_and_named(self):
        self.waits_at("plan")
        done = self.approve("echo 'what is this line' >>\"$1\"", 2, "your text is kept in")
        kept = done.err.split("your text is kept in ")[1].strip()
        with open(kept) as f:
            self.assertIn("what is this line", f.read())
        os.unlink(kept)
        self.assertEqual(self.call("status", "r", "--json").json["outcome"], "awaiting_approval")

    def test_reject_with_revise_asks_again(self):
        self.waits_at("plan")
        self.check(self.call("reject", "r", "--revise", "--why", "other sub-topics please"), 0, "sent back")
        self.assertEqual(self.resume(5)["gate"]["n"], 2)
        self.check(self.call("approve", "r"), 0)
        self.resume()

    def test_two_decisions(self):
        self.waits_at("plan")
        self.check(self.call("approve", "r"), 0)
        done = self.call("reject", "r", "--why", "too late")
        self.assertEqual(done.status, 2, done.err)

    def test_all_gates_one_after_the_other(self):
        self.waits_at("plan,outline,final")
        for gate in ("plan", "outline", "final"):
            self.assertEqual(self.call("status", "r", "--json").json["gate"]["gate"], gate)
            self.check(self.call("approve", "r"), 0)
            self.resume(0 if gate == "final" else 5)
        self.assertTrue(os.path.exists(os.path.join(self.out, "report.html")))

    def ask(self):
        questions = ["How is tea farmed in the highlands?", "What must the solar panel deliver in winter?", "Who paints the fence?"]
        self.check(self.call(*self.run_args("--ask"), *(w for q in questions for w in ("--question", q))), 5, "1. How is tea")

    def test_answers(self):
        self.ask()
        self.check(self.call("approve", "r"), 2, "waits for an answer")
        self.check(self.call("answer", "r", "leave out"), 2, "2 questions are open")
        self.check(self.call("answer", "r", "7", "x"), 2, "'7' is no open question (there are 2)")
        self.check(self.call("answer", "r", "1", "leave out"), 0, "1 more to answer")
        self.check(self.call("answer", "r", "gap"), 0, "question answered")
        self.resume()
        report = self.report()
        self.assertFalse(any("tea" in t for t in self.titles()))
        self.assertTrue(any("fence" in g["what"] for g in report["gaps"]), report["gaps"])

    def test_answers_at_once(self):
        self.ask()
        self.check(self.call("answer", "r", "2", "gap", "1", "rain gauge", USER="ann"), 0)
        self.check(self.call("answer", "r", "1", "rain gauge", "2", "gap"), 0, "question answered already by ann at 20")
        self.check(self.call("answer", "r", "gap"), 0, "already")
        self.check(self.call("answer", "r", "1", "gap"), 2, "the question of run 'r' was answered already by ann at 20")
        self.resume()


if __name__ == "__main__":
    rig.main()
