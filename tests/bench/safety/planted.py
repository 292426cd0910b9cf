#!/usr/bin/env python3
"""planted.py --build BUILD [--docs FOLDER] [--seed 1] [--strict]: items planted in sentences, and what the scan makes of them.

Per kind: how many were planted, missed (not found, or only in part), and false alarms among harmless look-alikes of that kind.
With --docs also what is found in the texts of real PDFs, by kind, for reading by eye (--show N). Items are made anew from the seed: numbers
with right check digits, addresses and keys of the forms that their issuers publish; a third of them is broken over lines.
--strict: exit 1 when a secret, account, card or address is missed, more than one item in 50 at all, or there is a false alarm.
"""
import argparse
import collections
import json
import os
import random
import string
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../verifier"))
import corpus  # noqa: E402

UPPER, DIGITS, ALNUM = string.ascii_uppercase, string.digits, string.ascii_letters + string.digits
FRAMES = ["The office can be reached under {} on working days.", "Please write {} into the form, and sign it.", "In the notes it says {}",
          "({}) was given by the visitor.", "{} is what the older manual names.", "See the list: {}; others follow.", "Contact: {}\nLast change: May."]


class Maker:
    def __init__(self, seed):
        self.dice = random.Random(seed)

    def some(self, letters, n):
        return "".join(self.dice.choice(letters) for _ in range(n))

    def email(self):
        name = self.dice.choice(["jane.doe", "k_meyer", "a+lists", "office", "o'neil", "b2", "Maria-Luisa", "x.y.z"])
        host = self.dice.choice(["example.org", "mail.example.co.uk", "uni-rostock.example", "a.example.museum", "x1.example.io"])
        return f"{name}{self.some(DIGITS, 2)}@{host}"

    def phone(self):
        d = lambda n: self.some("23456789", n)  # noqa: E731
        return self.dice.choice([f"+49 30 {d(6)}", f"+1 ({d(3)}) {d(3)}-{d(4)}", f"({d(3)}) {d(3)}-{d(4)}", f"{d(3)}-{d(3)}-{d(4)}", f"030/{d(7)}",
                                 f"0049 {d(3)} {d(6)}", f"+44 20 {d(4)} {d(4)}", f"Tel. {d(6)}", f"fax: {d(3)} {d(4)}", f"0{d(3)} {d(7)}",
                                 f"+33 {d(1)} {d(2)} {d(2)} {d(2)} {d(2)}", f"phone {d(7)}"])

    def iban(self):
        country, length = self.dice.choice([("DE", 22), ("AT", 20), ("CH", 21), ("NO", 15), ("FI", 18), ("PL", 28), ("BE", 16), ("GB", 22)])
        body = ("BARC" if country == "GB" else "") + self.some(DIGITS, length - 4 - 4 * (country == "GB"))
        number = "".join(str(int(c, 36)) for c in body + country + "00")
        whole = f"{country}{98 - int(number) % 97:02}{body}"
        return whole if self.dice.random() < 0.4 else " ".join(whole[i:i + 4] for i in range(0, length, 4))

    def card(self):
        start, length = self.dice.choice([("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15), ("6011", 16), ("3530", 16), ("36", 14)])
        body = start + self.some(DIGITS, length - len(start) - 1)
        total = sum(sum(divmod(2 * int(c), 10)) if i % 2 == 0 else int(c) for i, c in enumerate(reversed(body)))
        whole = body + str(-total % 10)
        groups = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}[length]
        joint = self.dice.choice(["", " ", "-"])
        out, at = [], 0
        for n in groups:
            out.append(whole[at:at + n])
            at += n
        return joint.join(out)

    def secret(self):
        base64 = ALNUM + "+/"
        b = lambda n: self.some(ALNUM + "-_", n)  # noqa: E731
        pem = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(self.some(base64, 64) for _ in range(3)) + "\n-----END PRIVATE KEY-----"
        return self.dice.choice([
            "AKIA" + self.some(UPPER + "234567", 16), "ASIA" + self.some(UPPER + "234567", 16), "ghp_" + self.some(ALNUM, 36),
            "github_pat_" + self.some(ALNUM, 22) + "_" + self.some(ALNUM, 59), "sk-proj-" + self.some(ALNUM, 40) + "9", "sk-ant-api03-" + b(60) + "7",
            "eyJhbGciOiJIUzI1NiJ9." + "eyJ" + b(30) + "." + b(43), "AIza" + b(35), "xoxb-" + self.some(DIGITS, 11) + "-" + self.some(ALNUM, 24), pem,
            "aws_secret_access_key = " + self.some(base64, 39) + "7", "api_key: '" + self.some(ALNUM, 31) + "4'", "password=" + self.some(ALNUM, 12) + "x9!Q",
            "https://deploy:" + self.some(ALNUM, 14) + "@git.example.org/x", "glpat-" + b(20), "hf_" + self.some(string.ascii_letters, 34)])


HARMLESS = {
    "email": ["user@host", "git@github.com:a/b.git", "icon@2x.png", "@Override", "me (at) home", "scp a@b:/x", "f(x)@y", "a@1.2"],
    "phone": ["2026-11-24 06:00:00", "1990-2000-2010", "10.0.0.255", "ISBN 978-3-16-148410-0", "1,234,567,890", "version 1.20.300.4000", "0644 0755 0600",
              "pages 120-135-2000", "3.14159265358979", "RFC 3986 2005 2019", "300 400 5000", "0001 0010 0011 0100", "2^+12 +20", "tel. in 3 days",
              "41.2 43.5 47.1 50.3", "12/31/2025 11:59", "CVE-2023-123456", "0x00401000 0x00402000", "50 - 100 - 150", "id 00012345678"],
    "iban": ["DE89 3704 0044 0532 0130 01", "XX89 3704 0044 0532 0130 00", "GB00 AAAA", "AT12345", "SE45 is a road", "NO 9386011117947 1"],
    "card": ["4111 1111 1111 1112", "1234 5678 1234 5670", "4000 4100 4200 4300 4400", "9999999999999999", "4.111111111111111", "20260101120000",
             "550e8400-e29b-41d4-a716-446655440000", "0000 0000 0000 0000"],
    "secret": ["sk-learn-contrib-packages", "task-abcdefghijklmnopqrst", "AKIA is a prefix", "the password: see below", "token = ${GITHUB_TOKEN_2026}",
               "secret: /run/secrets/db_password_1", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
               "-----BEGIN CERTIFICATE-----", "Bearer of news", "https://host:8080/path", "password must have 12 characters", "keyboard-interactive"],
}


def broken(item, kind, dice):
    """Over a line's end, where a typesetter would: at a blank, or within a long key."""
    if " " in item and kind in ("iban", "card", "phone"):
        places = [i for i, c in enumerate(item) if c == " "]
        at = dice.choice(places)
        return item[:at] + "\n" + item[at + 1:]
    if kind == "secret" and "\n" not in item and "://" not in item and len(item) > 38:
        at = len(item) - 14
        return item[:at] + "\n" + item[at:]
    if kind == "email":
        at = item.index("@") + 1
        return item[:at] + "\n" + item[at:]
    return item


def value_of(item, kind):
    """What must be covered of an item."""
    for word in ("Tel.", "fax:", "phone"):
        item = item.removeprefix(word).lstrip()
    for name in ("aws_secret_access_key = ", "api_key: '", "password=", "https://deploy:"):
        if item.startswith(name):
            return item[len(name):].removesuffix("'").split("@git")[0]
    return item


def scan(held, texts):
    lines = "".join(json.dumps({"scan": t}) + "\n" for t in texts)
    done = subprocess.run([held], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line)["found"] for line in done.stdout.splitlines()]


def planted(held, seed, each):
    maker, rows = Maker(seed), []
    for kind in ("email", "phone", "iban", "card", "secret"):
        for n in range(each):
            item = getattr(maker, kind)()
            if n % 3 == 2:
                item = broken(item, kind, maker.dice)
            text = maker.dice.choice(FRAMES).format(item)
            value = value_of(item, kind)
            rows.append((kind, text, text.encode().index(value.encode()), len(value.encode())))
    missed, shown = collections.Counter(), []
    for (kind, text, at, size), found in zip(rows, scan(held, [r[1] for r in rows]), strict=True):
        covered = sum(max(0, min(f["end"], at + size) - max(f["start"], at)) for f in found if f["kind"] == kind)
        if covered < size:
            missed[kind] += 1
            shown.append((kind, text, found))
    return missed, shown


def false_alarms(held):
    rows = [(kind, frame.format(item)) for kind, items in HARMLESS.items() for item in items for frame in FRAMES[:3]]
    alarms, shown = collections.Counter(), []
    for (kind, text), found in zip(rows, scan(held, [r[1] for r in rows]), strict=True):
        for f in found:
            alarms[f["kind"]] += 1
            shown.append((kind, text, found))
    return collections.Counter(k for k, _ in rows), alarms, shown


def real(held, build, docs, show):
    names = sorted(n for n in os.listdir(docs) if n.endswith(".pdf"))
    pages = [p for n in names for p in corpus.pages_of(os.path.join(build, "nightdesk-read"), os.path.join(docs, n))]
    count, dice = collections.defaultdict(list), random.Random(1)
    for page, found in zip(pages, scan(held, [p.text for p in pages]), strict=True):
        for f in found:
            count[f["kind"]].append((page.document, page.number, page.text.encode()[f["start"]:f["end"]].decode()))
    print(f"real PDFs: {len(pages)} pages")
    for kind, items in sorted(count.items()):
        print(f"    {kind:10} {len(items):5} found, {len({i[2] for i in items})} different")
        for item in dice.sample(items, min(show, len(items))):
            print("        ", *map(repr, item))


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--build", required=True)
    ask.add_argument("--docs")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--each", type=int, default=40, help="items of each of the five kinds")
    ask.add_argument("--show", type=int, default=0)
    ask.add_argument("--strict", action="store_true")
    options = ask.parse_args()
    held = os.path.join(options.build, "tests/bench/held")
    missed, missed_shown = planted(held, options.seed, options.each)
    harmless, alarms, alarms_shown = false_alarms(held)
    for kind in HARMLESS:
        print(f"{kind:10} planted {options.each:4}  missed {missed[kind]:3}   harmless {harmless[kind]:3}  false alarms {alarms[kind]:3}")
    for row in (missed_shown + alarms_shown)[:options.show]:
        print("    ", *row)
    print(f"planted {5 * options.each}: missed {sum(missed.values())}; false alarms {sum(alarms.values())} in {sum(harmless.values())} harmless")
    if options.docs:
        real(held, options.build, options.docs, options.show)
    hard = sum(missed[k] for k in ("secret", "iban", "card", "email"))
    good = hard == 0 and sum(missed.values()) * 50 <= 5 * options.each and not alarms
    sys.exit(0 if good or not options.strict else 1)


if __name__ == "__main__":
    main()
