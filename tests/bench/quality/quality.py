#!/usr/bin/env python3
"""quality.py: what do the writers find, and is what they print worth reading? Figures for the questions of tests/corpus.

    quality.py --build BUILD --docs PDFS [--work DIR] [--model MODEL] [--set dev|held] [--only Q1]... [--show all|unmarked]

Two sets of questions: `dev`, which was looked at while the writer was made, and `held`, to which nothing is tuned. A fact is found
when a quote that a section prints stands on one of the fact's pages and holds at least half of its key words; of a report the first
100 quotes and 5,000 words count. Per question and in sum, with the goal beside:

    facts    found among printed quotes
    cited    facts with a page that a printed quote stands on
    seen     facts with a page that the research phase looked at
    recall   facts with a page among the first 5 that a search with the fact in our words (not its quote) brings up

--model is a model of tests/support/llama.sh, which is served here, "openai:NAME" at $OPENAI_BASE_URL, or "none"; it writes on the
dev questions, held to --model-caps. Of the extractive writer's quotes 20 of each dev question are drawn by a fixed seed and joined
with the marks that a reader gave (tests/corpus/marks.tsv); --show prints them. Exit status 1: a floor of the extractive
writer, or what its quotes are held to, is missed.
"""
import argparse
import collections
import contextlib
import json
import math
import os
import pathlib
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request

import marks
from report import Report

ROOT = pathlib.Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus"
LLAMA = ROOT / "tests" / "support" / "llama.sh"
SETS = {"dev": ("questions.tsv", "facts.tsv"), "held": ("held-questions.tsv", "held-facts.tsv")}
# of a set's facts, 100 quotes of at most 90 words: below the first something broke, the second is to be reached
GOALS = {"facts": (.42, .50), "cited": (.55, .60), "seen": (.65, .70), "recall": (.82, .85)}
CAPS = "--sub-topics 2 --max-tool-calls 2 --max-lane-steps 4 --lanes 1 --context 4096 --budget 1"


def rows(name):
    for line in (CORPUS / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def load_facts(name):
    facts = collections.defaultdict(list)
    for question, number, said, document, pages, keys in rows(name):
        facts[question].append({"number": number, "document": pathlib.PurePath(document).stem,
                                "places": {(pathlib.PurePath(document).stem, int(p)) for p in pages.split(",")}, "keys": set(keys.split())})
    return facts


class Writer:
    """Runs questions with one store, so that documents are read once."""

    def __init__(self, args, name, options, environment):
        self.args, self.name, self.options = args, name, options
        self.work = args.work / name
        self.environment = {**os.environ, **environment}

    def write(self, question, topic):
        """(report, seconds); the pages that research looked at are kept with the report."""
        run = f"{question}-{int(time.time())}"
        out = self.work / question
        shutil.rmtree(out, ignore_errors=True)
        command = [self.args.build / "nightdesk", "run", topic, "--docs", self.args.docs, "--store", self.work / "store", "--out", out,
                   "--run-id", run, "--started-at", "2026-11-24T06:00:00Z", "--progress", "none", *self.options]
        begin = time.monotonic()
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        seconds = time.monotonic() - begin
        if not (out / "report.json").exists():
            sys.exit(f"{self.name}, {question}: status {done.returncode}\n{done.stdout}")
        return Report(out / "report.json", self.evidence(run)), seconds

    def evidence(self, run):
        with contextlib.closing(sqlite3.connect(self.work / "store" / "nightdesk.db")) as db:
            meta = json.loads(db.execute("SELECT meta FROM run WHERE id = ?", [run]).fetchone()[0])
        sha256 = meta["artefacts"][0]
        return json.loads((self.work / "store" / "objects" / sha256[:2] / sha256).read_bytes()) if sha256 else None


@contextlib.contextmanager
def served(model):
    """The base address of the model, served for as long as it is needed."""
    if model.startswith("openai:"):
        if "OPENAI_BASE_URL" not in os.environ:
            sys.exit(f"--model {model}: OPENAI_BASE_URL says where, and is not set")
        yield os.environ["OPENAI_BASE_URL"]
        return
    subprocess.run([LLAMA, "get", model], check=True, stdout=subprocess.DEVNULL)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    server = subprocess.Popen([LLAMA, "serve", model, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                break
            time.sleep(.25)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


def recall(args, name):
    """Facts whose page is among the first 5, by question."""
    texts = args.work / "texts"
    pdfs = sorted(pathlib.Path(args.docs).glob("*.pdf"))
    subprocess.run([sys.executable, ROOT / "tests/bench/read_pages.py", args.build / "nightdesk-read", texts, *pdfs], check=True)
    said = subprocess.run([args.build / "tests/bench/index_recall", CORPUS / name, *sorted(texts.glob("*.txt"))], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    found = collections.Counter()
    for line in said.splitlines():
        if " rank " in line:
            question, rank = line.split(".")[0], int(line.split(" rank ")[1].split()[0])
            found[question] += 1 <= rank <= 5
    return found


def print_row(first, row, facts, rest):
    cells = "  ".join(f"{k} {row[k]:2}/{facts}" if k in row else "" for k in GOALS)
    print(f"{first:24}{cells}  {rest}", flush=True)


def measure(writer, questions, facts, recalled):
    """Prints a row a question and the sum; returns (sum, reports)."""
    total, all_facts, reports, spent = collections.Counter(), 0, {}, 0
    for question, topic in questions:
        report, seconds = writer.write(question, topic)
        mine = facts[question]
        row = {"facts": sum(map(report.found, mine)), "cited": sum(map(report.cited, mine)), "seen": sum(map(report.seen, mine)),
               "recall": recalled[question]}
        lost = " ".join(f["number"] for f in mine if not report.found(f))
        print_row(f"{writer.name} {question}", row, len(mine), f"quotes {len(report.quotes):3}  words {report.words:4}  {seconds:6.1f} s" +
                  (f"  (not found: {lost})" if lost else ""))
        total.update(row)
        all_facts, reports[question], spent = all_facts + len(mine), report, spent + seconds
    print_row(f"{writer.name} in all", total, all_facts, f"{spent:6.1f} s")
    return total, all_facts, reports


def questions_of(args, name):
    return [row for row in rows(SETS[name][0]) if not args.only or row[0] in args.only]


def extractive(args, name, goals):
    questions, facts = questions_of(args, name), load_facts(SETS[name][1])
    writer = Writer(args, "extractive", ["--offline"], {})
    total, n, reports = measure(writer, questions, facts, recall(args, SETS[name][1]))
    print_row("goal", {k: math.ceil(goal * n) for k, (_, goal) in GOALS.items()}, n, "")
    if not args.only:  # shares of a few facts say nothing
        for k, (floor, _) in GOALS.items():
            goals[f"{name}: floor of {floor:.0%} {k}"] = total[k] >= floor * n
    return reports


def model(args):
    questions, facts = questions_of(args, "dev"), load_facts(SETS["dev"][1])
    with served(args.model) as base:
        asked = args.model if args.model.startswith("openai:") else f"openai:{args.model}"
        writer = Writer(args, asked.split(":", 1)[1], ["--model", asked, "--price", "0.1,0.4", *shlex.split(args.model_caps)],
                        {"OPENAI_BASE_URL": base, "OPENAI_API_KEY": os.environ.get("OPENAI_API_KEY", "none")})
        print(f"# {asked}, {args.model_caps}")
        measure(writer, questions, facts, recall(args, SETS["dev"][1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--docs", required=True)
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--model", default="none")
    parser.add_argument("--model-caps", default=CAPS)
    parser.add_argument("--set", choices=SETS, action="append")
    parser.add_argument("--only", action="append", help="a question; may be repeated")
    parser.add_argument("--show", choices=["all", "unmarked"])
    args = parser.parse_args()
    args.build = args.build.resolve()
    args.work = (args.work or args.build / "bench-quality").resolve()
    args.work.mkdir(parents=True, exist_ok=True)
    goals = {}
    for name in args.set or SETS:
        if not questions_of(args, name):
            continue
        reports = extractive(args, name, goals)
        if name == "dev":
            marks.measure(reports, {r[0]: (r[1], r[2]) for r in rows("marks.tsv")}, args.show, goals)
    if args.model != "none":
        model(args)
    for goal, met in goals.items():
        print(f"{'met   ' if met else 'MISSED'}  {goal}")
    sys.exit(0 if all(goals.values()) else 1)


if __name__ == "__main__":
    main()
