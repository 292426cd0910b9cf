"""What a rule is, and what the rules read of the rest of the project."""
import os
import re

from stack import SOURCE

RULES = []


def rule(*breaks):
    """A rule with at least one way to break it; each must be found."""
    def register(check):
        assert breaks, check.__name__
        RULES.append((check, breaks))
        return check
    return register


def text_of(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as f:
        return f.read()


def outcome_words():
    """The words of enum nd_outcome."""
    names = re.search(r"enum nd_outcome \{(.*?)\}", text_of("include/nightdesk/core/outcome.h"), re.S)[1]
    return [n.lower() for n in re.findall(r"\bND_([A-Z_]+)\b", names) if n != "OUTCOMES"]


def phase_names():
    return re.findall(r'"([a-z-]+)"', re.search(r"phases\[\] = \{(.*?)NULL", text_of("src/cli/option_table.c"), re.S)[1])
