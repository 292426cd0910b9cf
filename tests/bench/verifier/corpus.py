"""Sentences of real documents for the verifier's bench: pages as nightdesk-read gives them, cut here, not by the program."""
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from read_pages import frames  # noqa: E402

SENTENCE = re.compile(r"(?<=[.!?]\s)([A-Z][^.!?\f]{60,400}?[a-z\d)]{2}[.!?])(?=\s)")


class Page:
    def __init__(self, document, number, text, after):
        self.document, self.number, self.text, self.after = document, number, text, after

    def sentences(self):
        """Raw ones: with the page's line ends and hyphens."""
        found = []
        for match in SENTENCE.finditer(self.text):
            text = match[1]
            letters = sum(c.isalpha() and c.isascii() for c in text)
            if letters > 0.7 * len(text) and text.count("\n") < 8 and "  " not in text and "\ufffd" not in text:
                found.append(text)
        return found


def pages_of(reader, path):
    with open(path, "rb") as document:
        out = subprocess.run([reader, "--hint", "pdf"], stdin=document, capture_output=True).stdout
    if out[:8] != b"ND-READ1":
        return []
    texts = [body.decode() for kind, body in frames(out) if kind == b"P"]
    name = os.path.basename(path)
    return [Page(name, i + 1, t, texts[i + 1] if i + 1 < len(texts) else "") for i, t in enumerate(texts)]


def load(reader, folder, documents, seed):
    """Pages with sentences, from that many documents (0: all), in an order that the seed gives."""
    names = sorted(n for n in os.listdir(folder) if n.endswith(".pdf"))
    dice = random.Random(seed)
    dice.shuffle(names)
    pages = []
    for name in names[:documents or None]:
        pages += [p for p in pages_of(reader, os.path.join(folder, name)) if p.sentences()]
    return pages


def joined(raw):
    """As a reader would write it down: hyphens at line ends gone, one line."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=[^\W\d_])[-\u2010]\s*\n\s*(?=[a-z])", "", raw)).strip()


def bare(text):
    """Letters and digits alone: if a mutant's are on the page in a row, it is no mutant."""
    import unicodedata
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())
