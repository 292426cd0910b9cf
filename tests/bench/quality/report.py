"""A report as a reader has it: the quotes of its sections, and what research looked at for them."""
import collections
import json
import pathlib
import re

QUOTES_MAX, WORDS_MAX = 100, 5000
STOP = set("a an and are as at be but by for from if in into is it its no not of on or such that the their then there these "
           "they this to was will with which can may you your has have had we".split())


def words(text):
    return [w for w in re.findall(r"[a-z0-9]+(?:[-'’][a-z0-9]+)*", text.lower())]


def terms(text):
    return {w for w in words(text) if w not in STOP}


class Report:
    def __init__(self, path, evidence):
        report = json.loads(path.read_text(encoding="utf-8"))
        self.names = {s["id"]: pathlib.PurePath(s["path"]).stem for s in report["sources"]}
        quotes = {q["id"]: q for q in report["quotes"]}
        self.claims = [(claim["text"], claim["quotes"], section["title"]) for section in report["sections"] for claim in section["claims"]]
        self.quotes, self.words, ids = [], 0, set()  # (document, page, text), a sentence across two pages twice
        for text, its, _ in self.claims:
            for q in its:
                if q in ids or len(ids) == QUOTES_MAX or self.words + len(words(quotes[q]["display"])) > WORDS_MAX:
                    continue
                ids.add(q)
                self.words += len(words(quotes[q]["display"]))
                self.quotes.append((self.names[quotes[q]["source"]], quotes[q]["page"], quotes[q]["display"]))
        # a claim that is one sentence across a page break has two quotes: each page holds it
        self.whole = [(self.names[quotes[q]["source"]], quotes[q]["page"], text) for text, its, _ in self.claims if len(its) == 2
                      for q in its if q in ids and quotes[q]["display"] in text]
        self.looked_at = set()
        if evidence:
            named = [pathlib.PurePath(s["path"]).stem for s in evidence["sources"]]
            self.looked_at = {(named[p["source"] - 1], p["page"]) for t in evidence["sub_topics"] for p in t["seen"]}

    def found(self, fact):
        return any((document, page) in fact["places"] and len(fact["keys"] & set(words(text))) >= len(fact["keys"]) / 2
                   for document, page, text in self.quotes + self.whole)

    def cited(self, fact):
        return any((document, page) in fact["places"] for document, page, _ in self.quotes)

    def seen(self, fact):
        return bool(fact["places"] & self.looked_at)

    def same_pairs(self):
        """Pairs of quotes that say the same: Jaccard of their terms above 0.8."""
        sets = [terms(text) for text, _, _ in self.claims]
        return sum(1 for i in range(len(sets)) for j in range(i)
                   if sets[i] and sets[j] and len(sets[i] & sets[j]) / len(sets[i] | sets[j]) > 0.8)

    def largest_share(self):
        count = collections.Counter(document for document, _, _ in self.quotes)
        return count.most_common(1)[0][1] / len(self.quotes) if count else 0
