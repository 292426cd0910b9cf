"""Is what the extractive writer prints worth reading? A sample of its quotes joined with the marks that a reader gave."""
import collections
import hashlib
import random

SAMPLE = 20


def mark_of(question, text):
    return hashlib.sha256(f"{question}\n{text}".encode()).hexdigest()[:16]


def sample(question, claims):
    return random.Random(f"nightdesk {question}").sample(claims, min(SAMPLE, len(claims)))


def measure(reports, marks, show, goals):
    """Prints the figures, and the sample for show "all" or "unmarked"; adds to goals whether they are met."""
    given, same, wordy = collections.Counter(), 0, True
    for question, report in reports.items():
        for text, _, section in sample(question, report.claims):
            key = mark_of(question, text)
            form, subject = marks.get(key, ("unmarked", "unmarked"))
            given[form] += 1
            given["subject " + subject] += 1
            if show == "all" or (show == "unmarked" and form == "unmarked"):
                print(f"    {question}\t{key}\t{form}\t{subject}\t[{section}] {text}")
        same += report.same_pairs()
        wordy = wordy and 1500 <= report.words <= 5000
        print(f"{question}: pairs that say the same {report.same_pairs()}, largest share of one source {report.largest_share():.0%}")
    drawn = sum(n for kind, n in given.items() if not kind.startswith("subject"))
    print(f"of {drawn} drawn: " + "  ".join(f"{kind} {given[kind]}" for kind in sorted(given)))
    goals["no two quotes that say the same"] = same == 0
    goals["a body of 1500-5000 words"] = wordy
    goals["95 % whole"] = given["whole"] >= .95 * drawn
    goals["no heads, no code"] = given["head"] + given["code"] == 0
    goals["65 % on the subject"] = given["subject on"] >= .65 * drawn
    goals["none unmarked"] = given["unmarked"] == 0
