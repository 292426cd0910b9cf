#!/usr/bin/env python3
"""quality.py: is what the extractive writer prints worth reading? Figures for the five questions of tests/corpus.

    quality.py --nightdesk build/nightdesk --docs PDF_FOLDER [--work DIR]   runs the five questions, then measures
    quality.py --reports DIR                                               measures DIR/Q1/report.json … DIR/Q5/report.json
    … --show                                                               prints the sample, to be read and marked

Per question: quotes, words, pairs of quotes that say the same (Jaccard above 0.8), the largest share of one source, facts
found (a printed quote on the fact's page that holds at least half of its key words), pages cited, seconds. Then 20 quotes
of each question are drawn by a fixed seed and joined with the marks that a reader gave (tests/corpus/marks.tsv), by a hash
of question and quote; unmarked ones are counted apart. Exit status 1: a target is missed.
"""
import argparse
import collections
import hashlib
import json
import pathlib
import random
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent.parent
SAMPLE = 20
STOP = set("a an and are as at be but by for from if in into is it its no not of on or such that the their then there these "
           "they this to was will with which can may you your has have had we".split())


def rows(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def words(text):
    return [w for w in re.findall(r"[a-z0-9]+(?:[-'’][a-z0-9]+)*", text.lower())]


def terms(text):
    return {w for w in words(text) if w not in STOP}


def mark_of(question, text):
    return hashlib.sha256(f"{question}\n{text}".encode()).hexdigest()[:16]


class Report:
    def __init__(self, path, seconds):
        self.json = json.loads(path.read_text(encoding="utf-8"))
        self.seconds = seconds
        quotes = {q["id"]: q for q in self.json["quotes"]}
        sources = {s["id"]: s for s in self.json["sources"]}
        self.claims = []
        for section in self.json["sections"]:
            for claim in section["claims"]:
                places = [(pathlib.PurePath(sources[quotes[q]["source"]]["path"]).stem, quotes[q]["page"]) for q in claim["quotes"]]
                self.claims.append({"text": claim["text"], "places": places, "section": section["title"]})

    def same_pairs(self):
        sets = [terms(c["text"]) for c in self.claims]
        return sum(1 for i in range(len(sets)) for j in range(i)
                   if sets[i] and sets[j] and len(sets[i] & sets[j]) / len(sets[i] | sets[j]) > 0.8)

    def found(self, fact):
        keys = set(fact["keys"])
        for claim in self.claims:
            if any(document == fact["document"] and page in fact["pages"] for document, page in claim["places"]):
                if len(keys & set(words(claim["text"]))) >= len(keys) / 2:
                    return True
        return False

    def cited(self, fact):
        return any(document == fact["document"] and page in fact["pages"] for c in self.claims for document, page in c["places"])

    def share(self):
        count = collections.Counter(c["places"][0][0] for c in self.claims)
        return count.most_common(1)[0][1] / len(self.claims) if count else 0

    def sample(self, question):
        pick = random.Random(f"nightdesk {question}")
        return pick.sample(self.claims, min(SAMPLE, len(self.claims)))


def load_facts():
    facts = collections.defaultdict(list)
    for question, number, said, document, pages, keys in rows(HERE / "corpus/facts.tsv"):
        facts[question].append({"number": number, "said": said, "document": pathlib.PurePath(document).stem,
                                "pages": {int(p) for p in pages.split(",")}, "keys": keys.split()})
    return facts


def run_all(args, questions):
    args.reports = args.work / "reports"
    seconds = {}
    for question, topic in questions:
        out = args.reports / question
        start = time.monotonic()
        subprocess.run([args.nightdesk, "run", topic, "--docs", args.docs, "--store", args.work / "store", "--out", out,
                        "--run-id", f"quality-{question}-{int(time.time())}", "--started-at", "2026-11-24T06:00:00Z", "--offline",
                        "--progress", "none"], check=True)
        seconds[question] = time.monotonic() - start
    return seconds


def measure(question, report, facts, marks, show):
    found = [f for f in facts if report.found(f)]
    lost = [f["number"] for f in facts if f not in found]
    count = sum(len(words(c["text"])) for c in report.claims)
    print(f"{question}  quotes {len(report.claims):3}  words {count:5}  same {report.same_pairs()}  largest source {report.share():4.0%}  "
          f"facts {len(found)}/{len(facts)} (not: {' '.join(lost)})  fact pages cited {sum(map(report.cited, facts))}  "
          f"pages {len({p for c in report.claims for p in c['places']})}" + (f"  {report.seconds:.1f} s" if report.seconds else ""))
    given = collections.Counter()
    for claim in report.sample(question):
        key = mark_of(question, claim["text"])
        form, subject = marks.get(key, ("unmarked", "unmarked"))
        given[form] += 1
        given["subject " + subject] += 1
        if show == "all" or (show == "unmarked" and form == "unmarked"):
            print(f"    {key}\t{form}\t{subject}\t[{claim['section']}] {claim['text']}")
    return len(found), count, report.same_pairs(), given


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nightdesk")
    parser.add_argument("--docs")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("quality"))
    parser.add_argument("--reports", type=pathlib.Path)
    parser.add_argument("--show", choices=["all", "unmarked"])
    args = parser.parse_args()
    questions = list(rows(HERE / "corpus/questions.tsv"))
    seconds = run_all(args, questions) if args.nightdesk else {}
    facts, marks = load_facts(), {r[0]: (r[1], r[2]) for r in rows(HERE / "corpus/marks.tsv")}
    total, same, given, wordy = 0, 0, collections.Counter(), True
    for question, _ in questions:
        report = Report(args.reports / question / "report.json", seconds.get(question))
        n, count, pairs, marked = measure(question, report, facts[question], marks, args.show)
        total, same, given, wordy = total + n, same + pairs, given + marked, wordy and 1500 <= count <= 5000
    drawn = sum(given[k] for k in given if not k.startswith("subject"))
    print(f"facts {total}/{sum(map(len, facts.values()))}  same {same}  of {drawn} drawn: " +
          "  ".join(f"{k} {given[k]}" for k in sorted(given)))
    targets = {
        "18 facts": total >= 18,
        "no two quotes that say the same": same == 0,
        "a body of 1500-5000 words": wordy,
        "95 % whole": given["whole"] >= .95 * drawn,
        "no heads, no code": given["head"] + given["code"] == 0,
        "65 % on the subject": given["subject on"] >= .65 * drawn,
        "none unmarked": given["unmarked"] == 0,
    }
    good = all(targets.values())
    for name, met in targets.items():
        print(f"{'met   ' if met else 'MISSED'}  {name}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
