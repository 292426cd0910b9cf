#!/usr/bin/env python3
"""read_pages.py READER OUT FILE…: page texts for index_dump and index_recall.

Runs nightdesk-read on each file and writes OUT/NAME.txt (each page ended by a form feed) and OUT/NAME.json (the
record of the reading). Files whose output is newer than themselves and the reader are left alone.
"""
import os
import subprocess
import sys


def frames(data):
    assert data[:8] == b"ND-READ1", "not the output of nightdesk-read"
    at = 8
    while at + 5 <= len(data):
        size = int.from_bytes(data[at + 1:at + 5], "little")
        yield data[at:at + 1], data[at + 5:at + 5 + size]
        at += 5 + size


def read(reader, path, out):
    hint = os.path.splitext(path)[1].lstrip(".").lower()
    with open(path, "rb") as document:
        answer = subprocess.run([reader] + (["--hint", hint] if hint else []), stdin=document, capture_output=True)
    pages = [body for kind, body in frames(answer.stdout) if kind == b"P"]
    record = [body for kind, body in frames(answer.stdout) if kind == b"R"]
    if not record:
        print(f"{path}: no record, status {answer.returncode}", file=sys.stderr)
        return
    with open(out + ".txt", "wb") as text:
        text.write(b"".join(page + b"\f" for page in pages))
    with open(out + ".json", "wb") as file:
        file.write(record[0])


def main():
    reader, folder, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.makedirs(folder, exist_ok=True)
    for path in files:
        out = os.path.join(folder, os.path.basename(path))
        newest = max(os.path.getmtime(path), os.path.getmtime(reader))
        if not os.path.exists(out + ".json") or os.path.getmtime(out + ".json") < newest:
            read(reader, path, out)


if __name__ == "__main__":
    main()
