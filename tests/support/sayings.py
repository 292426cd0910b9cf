"""Literals of the report's sources that are printed to people: what a translation has to have a row for."""
import re
import sys

LITERAL = r'"(?:[^"\\\n]|\\.)*"'
JOINED = re.compile(rf'{LITERAL}(?:\s*{LITERAL})*')
# what prints a literal of ours in the report's language
PRINTS = re.compile(r'\b(raw|rawf|say|nd_say|put_said|put_plural|open_part|open_table|put_wish|put_list|put_sources|put_changed_sources|put_count_item)\s*\($')


def unquoted(joined):
    return "".join(part[1:-1] for part in re.findall(LITERAL, joined))


def visible(text):
    """What a reader sees of it: without tags, attributes that were begun before, and conversions."""
    text = re.sub(r'^[^<>]*>', ' ', text) if '>' in text and ('<' not in text or text.index('>') < text.index('<')) else text
    text = re.sub(r'<[^>]*>?', ' ', text)
    text = re.sub(r'%[-0-9.*]*[a-z]+|\\[nt"]|\\u[0-9A-Fa-f]{4}|&[a-z]+;', ' ', text)
    return re.search(r'[A-Za-z]{2,}', text) is not None


def arguments(source, at):
    """The text up to the closing parenthesis of the call whose arguments begin at `at`."""
    depth, i = 1, at
    while depth and i < len(source):
        m = re.compile(LITERAL).match(source, i)
        if m:
            i = m.end()
            continue
        depth += {"(": 1, ")": -1}.get(source[i], 0)
        i += 1
    return source[at:i - 1]


def printed(path):
    with open(path) as f:
        source = re.sub(r'/\*.*?\*/', '', f.read(), flags=re.S)
    for call in re.finditer(r'\b(raw|rawf|say|nd_say|put_said|put_plural|open_part|open_table|put_wish|put_list|put_sources|'
                            r'put_changed_sources|put_count_item)\(', source):
        inside = arguments(source, call.end())
        inside = re.sub(r'\b(nd_json_\w+|receipt|strcmp|put_one_line|nd_json_get_\w+)\([^()]*\)', '', inside)
        for joined in JOINED.findall(inside):
            text = unquoted(joined)
            if visible(text):
                yield text


if __name__ == "__main__":
    for found in sorted({t for path in sys.argv[1:] for t in printed(path)}):
        print(found)
