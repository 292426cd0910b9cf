#!/usr/bin/env python3
"""verifier.py --build BUILD --docs FOLDER [--mutants 10000] [--documents 0] [--seed 1] [--strict] [--judge N]: the verifier on
mutations of real PDFs.

Quote layer: what somebody wrote down as a quote is looked for on the page it names. Faithful ones (as joined on one line, with the
page's line ends, with its hyphens kept, with ligatures, with other quotation marks, over a page's end with its running head) must
be found, mutants must not. A mutant whose letters and digits stand on the page in a row is no mutant: taken out and counted.
Claim layer: a sentence made of the quote, with one number, unit, month or name that the quote has not, must be refused; with two of
its values swapped, a negation or another quantifier the rates are printed: that is a judge's work. --judge N asks the small model
behind OPENAI_BASE_URL about N of each kind.
--strict: exit 1 unless no mutant is accepted, at most 1 % of the faithful are refused, and every kind has mutants.
"""
import argparse
import collections
import json
import os
import random
import subprocess
import sys
import urllib.request

import corpus
import mutate

HELD = ("number", "unit", "date", "name", "first name")
JUDGED = ("swapped", "negation", "quantifier")


def other_quotes(text):
    return text.replace('"', "\u201c").replace("'", "\u2019").replace("-", "\u2010")


class Bench:
    def __init__(self, options):
        self.options, self.dice = options, random.Random(options.seed)
        self.held = os.path.join(options.build, "tests/bench/held")
        reader = os.path.join(options.build, "nightdesk-read")
        self.pages = corpus.load(reader, options.docs, options.documents, options.seed)
        self.all = [(p, s) for p in self.pages for s in p.sentences()]
        small = {w for p in self.pages for w in mutate.re.findall(r"[a-z]+", p.text)}  # a name is never written small
        self.names = sorted({n for p, s in self.all for n in mutate.NAME.findall(s)
                             if len(n) > 3 and not n.isupper() and not {n.lower(), n.lower() + "s", n.lower().rstrip("s")} & small})
        self.asked, self.tags = [], []
        self.verbatim = collections.Counter()

    def ask(self, layer, kind, **question):
        self.tags.append((layer, kind))
        self.asked.append(question)

    # ---- quotes ----

    def quote(self, kind, page, text, faithful=False, after=""):
        if not text:
            return
        if not faithful and corpus.bare(text) in corpus.bare(page.text):
            self.verbatim[kind] += 1
            return
        more = {"next": after} if after else {}
        self.ask("faithful" if faithful else "mutant", kind, page=page.text, quote=text, **more)

    def faithful(self, page, raw):
        text = corpus.joined(raw)
        self.quote("joined on one line", page, text, True)
        if "\n" in raw:
            self.quote("line ends kept", page, raw, True)
        if raw != text and "-\n" in raw:
            self.quote("hyphens kept", page, raw.replace("-\n", "-"), True)
        if mutate.ligatures(text) != text:
            self.quote("ligatures", page, mutate.ligatures(text), True)
        if other_quotes(text) != text:
            self.quote("other quotation marks and dashes", page, other_quotes(text), True)

    def mutants(self, page, raw):
        text, dice = corpus.joined(raw), self.dice
        self.quote("changed digit", page, mutate.digit(text, dice))
        self.quote("swapped name", page, mutate.name(text, dice, self.names))
        self.quote("dropped word", page, mutate.drop_word(text, dice))
        others = [s for s in page.sentences() if s != raw]
        if others:
            half, other = text.split(" "), corpus.joined(dice.choice(others)).split(" ")
            self.quote("joined fragments", page, " ".join(half[:len(half) // 2] + other[len(other) // 2:]))
        self.quote("wrong page", dice.choice(self.pages), text)

    def furniture(self):
        """Lines that stand on many pages of a document, but for their numbers: its running heads and feet."""
        seen = collections.Counter()
        for page in self.pages:
            lines = page.text.rstrip().split("\n")
            for line in set(lines[:2] + lines[-2:]):
                seen[page.document, mutate.re.sub(r"\d+", "#", line)] += 1
        return {key for key, n in seen.items() if n >= 4 and "#" in key[1]}

    def over_the_page(self, page, heads):
        """The last words of a page with the first ones of the next, around what runs at their edges."""
        lines, after = page.text.rstrip().split("\n"), page.after.rstrip().split("\n")
        while lines and (page.document, mutate.re.sub(r"\d+", "#", lines[-1])) in heads:
            lines.pop()
        while after and (page.document, mutate.re.sub(r"\d+", "#", after[0])) in heads:
            after.pop(0)
        if len(lines) < 4 or len(after) < 4:
            return
        last, first = lines[-1], after[0]
        if len(last) < 40 or not last[-1].islower() or not first[:1].islower() or len(first) < 40:
            return
        words = last.split()[-5:] + first.split()[:5]
        self.quote("over a page's end", page, " ".join(words), True, page.after)
        self.quote("over a page's end, name put in", page, " ".join(words[:5] + [self.dice.choice(self.names)] + words[6:]), False, page.after)
        self.quote("over a page's end, line left out", page, " ".join(lines[-2].split()[-5:] + first.split()[:5]), False, page.after)

    # ---- claims ----

    def claim(self, kind, page, text, sentence):
        if sentence and sentence != text:
            self.ask("claim", kind, sentence=sentence, texts=[text], pages=[page.text])

    def true_claims(self, page, raw):
        text = corpus.joined(raw)
        lower = text[:1].lower() + text[1:] if text[1:2].islower() else text
        self.ask("true claim", "as it stands", sentence=text, texts=[text], pages=[page.text])
        self.ask("true claim", "told by another", sentence="The documents say that " + lower, texts=[text], pages=[page.text])

    def claims(self, page, raw, kinds):
        text, dice = corpus.joined(raw), self.dice
        fit = [n for n in self.names if n.lower() not in page.text.lower()]
        makers = {"number": lambda: self.with_new_number(text), "unit": lambda: mutate.unit(text, dice), "date": lambda: mutate.month(text, dice),
                  "name": lambda: mutate.name(text, dice, self.names), "first name": lambda: mutate.first_name(text, dice, fit),
                  "swapped": lambda: mutate.swap(text, dice), "negation": lambda: mutate.negate(text, dice),
                  "quantifier": lambda: mutate.quantify(text, dice)}
        for kind in kinds:
            self.claim(kind, page, text, makers[kind]())

    def with_new_number(self, text):
        changed = mutate.digit(text, self.dice)
        numbers = lambda t: {n.strip(".,") for n in mutate.re.findall(r"[\d.,]*\d[\d.,]*", t)}  # noqa: E731
        new = numbers(changed) - numbers(text) if changed else set()
        spelled = {str(n) for n, word in mutate.SPELLED.items() if word in text.lower()}
        return changed if new - spelled else None

    # ---- all ----

    def make(self):
        order = list(self.all)
        self.dice.shuffle(order)
        made = 0
        for page, raw in order:
            if made >= self.options.mutants:
                break
            before = len(self.asked)
            self.faithful(page, raw)
            self.mutants(page, raw)
            self.true_claims(page, raw)
            self.claims(page, raw, ("name", "first name", "negation", "quantifier"))
            made += sum(layer in ("mutant", "claim") for layer, _ in self.tags[before:])
        for page, raw in order[:8 * self.options.mutants]:  # values are rarer: from all sentences
            if mutate.re.search(r"\d", raw):
                self.claims(page, raw, ("number", "unit", "swapped"))
            if mutate.MONTH.search(raw):
                self.claims(page, raw, ("date",))
        heads = self.furniture()
        for page in self.pages:
            self.over_the_page(page, heads)

    def answers(self):
        lines = "".join(json.dumps(q) + "\n" for q in self.asked)
        done = subprocess.run([self.held], input=lines, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def run(self):
        self.make()
        count, bad, examples = collections.Counter(), collections.Counter(), collections.defaultdict(list)
        passed = collections.defaultdict(list)
        for tag, question, answer in zip(self.tags, self.asked, self.answers(), strict=True):
            layer = tag[0]
            accepted = answer["found"] if layer in ("faithful", "mutant") else answer["missing"] is None
            count[tag] += 1
            if accepted != (layer in ("faithful", "true claim")):
                bad[tag] += 1
                examples[tag].append((question, answer))
            if accepted and layer == "claim":
                passed[tag[1]].append(question)
        return self.report(count, bad, examples, passed)

    def report(self, count, bad, examples, passed):
        print(f"{len({p.document for p in self.pages})} documents, {len(self.pages)} pages with sentences, {len(self.all)} sentences, "
              f"seed {self.options.seed}")
        words = {"faithful": "refused", "mutant": "accepted", "true claim": "refused", "claim": "accepted"}
        totals = collections.defaultdict(lambda: [0, 0])
        for tag in sorted(count):
            layer, kind = tag
            print(f"{layer:10}  {kind:34} {count[tag]:6}   {words[layer]} {bad[tag]:5}  {bad[tag] / count[tag]:7.2%}"
                  + (f"   verbatim on the page, taken out {self.verbatim[kind]}" if layer == "mutant" else ""))
            group = "judged" if layer == "claim" and kind in JUDGED else layer
            totals[group][0] += count[tag]
            totals[group][1] += bad[tag]
            for question, answer in examples[tag][:self.options.show]:
                print("    ", json.dumps({**question, **answer, "pages": 0, "page": 0, "next": 0}, ensure_ascii=False)[:600])
        made = totals["mutant"][0] + totals["claim"][0] + totals["judged"][0]
        print(f"mutants {made}: quote layer {totals['mutant'][1]} accepted; claim layer {totals['claim'][1]} accepted of what its quotes "
              f"do not hold, {totals['judged'][1]} of {totals['judged'][0]} of the swapped, negated and requantified without a judge")
        print(f"faithful quotes {totals['faithful'][0]}: {totals['faithful'][1]} refused ({totals['faithful'][1] / totals['faithful'][0]:.2%}); "
              f"true claims {totals['true claim'][0]}: {totals['true claim'][1]} refused ({totals['true claim'][1] / totals['true claim'][0]:.2%})")
        if self.options.judge:
            self.judge(passed)
        kinds = {kind for layer, kind in count if layer == "claim"}
        good = (totals["mutant"][1] + totals["claim"][1] == 0 and totals["faithful"][1] <= 0.01 * totals["faithful"][0]
                and set(HELD) | set(JUDGED) <= kinds | set(self.options.without))
        return good

    # ---- a real model ----

    def judge(self, passed):
        for kind in JUDGED:
            sample = passed[kind][:self.options.judge]
            kept = sum(self.supported(q) for q in sample)
            print(f"judged      {kind:34} {len(sample):6}   accepted {kept:5}  {kept / max(1, len(sample)):7.2%}")
        true = [q for (layer, kind), q in zip(self.tags, self.asked) if layer == "true claim"][:self.options.judge]
        kept = sum(self.supported(q) for q in true)
        print(f"judged      {'true claims':34} {len(true):6}   accepted {kept:5}  {kept / max(1, len(true)):7.2%}")

    def supported(self, question):
        """The question that prompts/judge.md asks, about one statement."""
        with open(os.path.join(os.path.dirname(__file__), "../../../pipeline/prompts/judge.md")) as f:
            prompt = f.read()
        sheet = f"#0 k1 statement: {question['sentence']}\n#0 k1 evidence: {question['texts'][0]}"
        schema = {"type": "object", "properties": {"support": {"type": "string", "enum": ["yes", "partly", "no"]}}, "required": ["support"],
                  "additionalProperties": False}
        body = {"messages": [{"role": "user", "content": prompt.replace("{{sheet}}", sheet).replace("{{mark}}", "#0")}], "max_tokens": 30,
                "temperature": 0, "response_format": {"type": "json_schema", "json_schema": {"name": "judge", "schema": schema, "strict": True}}}
        ask = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
        with urllib.request.urlopen(ask, timeout=300) as answer:
            said = json.load(answer)["choices"][0]["message"]["content"]
        return '"yes"' in said


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--build", required=True)
    ask.add_argument("--docs", required=True)
    ask.add_argument("--mutants", type=int, default=10000)
    ask.add_argument("--documents", type=int, default=0)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--show", type=int, default=0, help="examples of each kind of mistake")
    ask.add_argument("--judge", type=int, default=0)
    ask.add_argument("--strict", action="store_true")
    ask.add_argument("--without", nargs="*", default=[], help="kinds that a small sample may lack")
    options = ask.parse_args()
    good = Bench(options).run()
    print("as wanted" if good else "NOT as wanted")
    sys.exit(0 if good or not options.strict else 1)


if __name__ == "__main__":
    main()
