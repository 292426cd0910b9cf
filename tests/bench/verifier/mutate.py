"""Mutations of quotes and claims. Each gives a changed text, or None where there is nothing to change."""
import re

UNITS = ["seconds", "minutes", "hours", "days", "weeks", "months", "years", "bytes", "KB", "MB", "GB", "bits", "percent", "pages", "lines",
         "metres", "kilograms", "degrees"]
UNIT_BEHIND = re.compile(r"(\d)( ?)(seconds?|minutes?|hours?|days?|weeks?|months?|years?|bytes?|kB|KB|MB|GB|MiB|GiB|bits?|percent|%|pages?|lines?|"
                         r"characters?|ms|Hz|MHz|inches|points?|pt|cm|mm|km|kg)\b")
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
MONTH = re.compile(r"\b(" + "|".join(MONTHS) + r")\b(?=,? \d| of )")
NAME = re.compile(r"(?<=[a-z,] )([A-Z][a-z]{2,}|[A-Z]{2,6})\b")
QUANTIFIERS = {"all": "some", "every": "no", "some": "all", "many": "few", "most": "some", "always": "sometimes", "never": "often", "must": "may",
               "may": "must", "often": "rarely", "each": "no", "usually": "always", "any": "no", "only": "also"}


SPELLED = dict(enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 2))


def digit(text, dice):
    places = [m.start() for m in re.finditer(r"\d", text)]
    if not places:
        return None
    at = dice.choice(places)
    return text[:at] + dice.choice([d for d in "123456789" if d != text[at]]) + text[at + 1:]


def name(text, dice, names):
    found = list(NAME.finditer(text))
    fit = [n for n in names if n.lower() not in text.lower()]
    if not found or not fit:
        return None
    at = dice.choice(found)
    return text[:at.start()] + dice.choice(fit) + text[at.end():]


def first_name(text, dice, names):
    """A name that begins the sentence."""
    fit = [n for n in names if n.lower() not in text.lower()]
    rest = re.sub(r"^\S+", "", text, count=1)
    return dice.choice(fit) + rest if fit else None


def drop_word(text, dice):
    words = text.split(" ")
    if len(words) < 6:
        return None
    del words[dice.randrange(1, len(words) - 1)]
    return " ".join(words)


def unit(text, dice):
    found = list(UNIT_BEHIND.finditer(text))
    if not found:
        return None
    at = dice.choice(found)
    fit = [u for u in UNITS if u.rstrip("s").lower() not in text.lower() and at[3].rstrip("s") != u.rstrip("s")]
    return text[:at.start()] + at[1] + " " + dice.choice(fit) + text[at.end():]


def month(text, dice):
    found = list(MONTH.finditer(text))
    if not found:
        return None
    at = dice.choice(found)
    return text[:at.start()] + dice.choice([m for m in MONTHS if m not in text]) + text[at.end():]


def swap(text, dice):
    """Two numbers of the same sentence change places."""
    found = list(re.finditer(r"\b\d+(?:\.\d+)?\b", text))
    pairs = [(a, b) for a in found for b in found if a.end() <= b.start() and a[0] != b[0]]
    if not pairs:
        return None
    a, b = dice.choice(pairs)
    return text[:a.start()] + b[0] + text[a.end():b.start()] + a[0] + text[b.end():]


def negate(text, dice):
    found = list(re.finditer(r"\b(is|are|can|was|were|will|does|should|must|has|have)\b(?! not)", text))
    if not found:
        return text.replace(" not ", " ", 1) if " not " in text else None
    at = dice.choice(found)
    return text[:at.end()] + " not" + text[at.end():]


def quantify(text, dice):
    found = [m for m in re.finditer(r"\b\w+\b", text) if m[0] in QUANTIFIERS]
    if not found:
        return None
    at = dice.choice(found)
    return text[:at.start()] + QUANTIFIERS[at[0]] + text[at.end():]


def ligatures(text):
    for plain, one in (("ffi", "\ufb03"), ("ffl", "\ufb04"), ("ff", "\ufb00"), ("fi", "\ufb01"), ("fl", "\ufb02")):
        text = text.replace(plain, one)
    return text
