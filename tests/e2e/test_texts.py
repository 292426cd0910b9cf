#!/usr/bin/env python3
"""Help, man pages and completion: whole, in step with the program, and free of lint."""
import glob
import os
import re
import shutil
import subprocess

import rig


class Texts(rig.Case):
    def commands(self):
        return re.findall(r"^  ([a-z]+) +[a-z]", self.call("help").out.split("Commands:")[1].split("Exit status:")[0], re.M)

    def test_every_command_has_help_with_examples_first(self):
        self.assertGreaterEqual(len(self.commands()), 17)
        for command in self.commands():
            done = self.call(command, "--help")
            self.check(done, 0)
            self.assertLess(done.out.index("Examples:"), done.out.index("Usage:"))
            self.assertEqual(done.out, self.call("help", command).out)
            for line in done.out.splitlines():
                if not line.startswith("  nightdesk") and not line.startswith("  OPENAI") and not line.startswith("  source"):
                    self.assertLessEqual(len(line), 100, line)

    def test_man_pages_are_in_step_and_clean(self):
        pages = {f"nightdesk-{c}.1": ["help", "--man", c] for c in self.commands()}
        pages |= {"nightdesk.1": ["help", "--man"], "nightdesk.conf.5": ["help", "--man", "nightdesk.conf"]}
        kept = {os.path.basename(p) for p in glob.glob(os.path.join(rig.SOURCE, "docs/man/*.[1-7]"))}
        self.assertEqual(kept, set(pages), "run docs/man/update.sh")
        for page, words in pages.items():
            with open(os.path.join(rig.SOURCE, "docs/man", page)) as f:
                self.assertEqual(self.call(*words).out, f.read(), f"{page}: run docs/man/update.sh")
            if shutil.which("mandoc"):
                path = os.path.join(rig.SOURCE, "docs/man", page)
                lint = subprocess.run(["mandoc", "-Tlint", "-Wwarning", path], capture_output=True, text=True)
                self.assertEqual(lint.stdout + lint.stderr, "")

    def test_help_man_page_and_completion_name_the_same_options(self):
        for command in self.commands():
            text = self.call(command, "--help").out
            shown = set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", text, re.M))
            with open(os.path.join(rig.SOURCE, "docs/man", f"nightdesk-{command}.1")) as f:
                page = re.findall(r"^\.It Fl (?:\w , Fl )?(\\-\S+)", f.read(), re.M)
            self.assertEqual({name.replace("\\-", "-")[1:] for name in page}, shown, command)
            self.assertEqual({w[2:] for w in self.complete("nightdesk", command, "--")}, shown, command)

    def test_a_wrong_value_is_named_with_its_option_and_what_was_wanted(self):
        counted = {"N", "SECONDS", "TOKENS", "USD", "PERCENT", "TIME"}
        seen = set()
        for command in self.commands():
            text = self.call(command, "--help").out
            for name, value in re.findall(r"^  (?:-\w, )?--([a-z-]+)(?: (\S+))?", text, re.M):
                if (name, value) in seen:
                    continue
                seen.add((name, value))
                wrong = "maybe" if not value else "-x?!" if value in counted else ""
                done = self.call(command, f"--{name}={wrong}")
                self.check(done, 2, f"'--{name}' is")
                self.assertIn("wanted" if wrong else " is ", done.err)
                self.assertIn(f"{command} --help", done.err)
        self.assertGreater(len(seen), 70)

    def test_errors_name_what_was_typed(self):
        os.mkdir(self.docs)
        for words, status, told in (
                (("run", "How", "are", "backups"), 2, "'are' is one argument too many; a topic of several words stands in quotes"),
                (("run", "topic", "--docs", self.docs, "--model", "gpt"), 2, "'--model' is 'gpt', wanted 'extractive' or 'PROVIDER:MODEL'"),
                (("run", "topic", "--docs", self.docs, "--language", "?"), 2, "'--language' is '?', wanted a language tag"),
                (("doctor", "--reader", self.docs), 78, ""),
                (("kb", "eat"), 2, "'kb eat' is not known, wanted add, list, show or remove"),
                (("phase",), 2, "needs --run ID")):
            self.check(self.call(*words), status, told)
        for words in (("kb", "eat"), ("phase",)):
            self.assertIn("--help", self.call(*words).err)
        self.corpus()
        done = self.call(*self.run_args("--reader", self.docs))
        self.check(done, 78, f"'--reader' is '{self.docs}', wanted the program that opens documents")

    def test_a_report_that_cannot_be_written_was_not_nothing(self):
        self.corpus()
        self.out = "/proc/no-such-folder"
        self.check(self.call(*self.run_args()), 1, "while writing the report to '/proc/no-such-folder'", "the report is kept: nightdesk resume r --out DIR")

    def test_doctor_takes_what_it_uses_and_shows_all_settings(self):
        done = self.call("doctor", "--help")
        self.assertIn("--reader", done.out)
        self.assertNotIn("--budget", done.out)
        self.check(self.call("doctor", "--budget", "2"), 2, "'--budget' is not an option of 'doctor'")
        self.assertIn("budget = 2 (NIGHTDESK_BUDGET)", self.call("doctor", NIGHTDESK_BUDGET="2").out)
        self.check(self.call("doctor", NIGHTDESK_BUDGET="two"), 78, "NIGHTDESK_BUDGET")

    def complete(self, *words):
        script = os.path.join(rig.SOURCE, "docs/completion/nightdesk.bash")
        text = f"source {script}; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _nightdesk; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        # an empty last word must stay a word
        text = text.replace("''", '""')
        return subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True).stdout.split()

    def test_completion_is_in_step_and_completes(self):
        with open(os.path.join(rig.SOURCE, "docs/completion/nightdesk.bash")) as f:
            self.assertEqual(self.call("help", "--completion", "bash").out, f.read(), "run docs/man/update.sh")
        self.assertEqual(self.complete("nightdesk", "ver"), ["verify", "version"])
        self.assertEqual(self.complete("nightdesk", "run", "--bud"), ["--budget"])
        self.assertEqual(self.complete("nightdesk", "run", "--length", "''"), ["short", "standard", "long"])
        self.assertEqual(self.complete("nightdesk", "run", "--notify-url", "''"), [])

    def test_version_is_that_of_the_project(self):
        with open(os.path.join(rig.SOURCE, "CMakeLists.txt")) as f:
            version = re.search(r"VERSION (\d+\.\d+\.\d+)", f.read().split("project(")[1])[1]
        self.assertEqual(self.call("--version").out, f"nightdesk {version}\n")
        self.assertEqual(self.call("version", "--json").json["version"], version)

    def test_help_costs_nothing(self):
        done = self.call("--help", HOME="/nonexistent", NIGHTDESK_BUDGET="nonsense")
        self.check(done, 0)
        self.assertIn("Usage:", done.out)
        self.assertFalse(os.path.exists(self.store))
        self.check(self.call(), 2, "Usage:")


if __name__ == "__main__":
    rig.main()
