#!/usr/bin/env python3
"""run.py BUILD FOLDER [ROUNDS]: pages per second of reading the PDFs of a folder (sandboxed, checked, stored durably)
on one and on two cores, beside `pdftotext -raw` on the same files in the same rounds; minimum, median and maximum. Then
the same again over the filled store, which must parse nothing. Needs the target read_documents, taskset and pdftotext."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def pinned(cores, command):
    return ["taskset", "-c", ",".join(str(c) for c in range(cores))] + command


def pdftotext(files, cores):
    began = time.monotonic()
    subprocess.run(
        pinned(cores, ["xargs", "-0", "-P", str(cores), "-I", "{}", "pdftotext", "-q", "-raw", "{}", "/dev/null"]),
        input="\0".join(files).encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def nightdesk(build, folder, store, cores):
    began = time.monotonic()
    out = subprocess.run(
        pinned(cores, [f"{build}/tests/bench/read_documents", f"{build}/nightdesk-read", store, str(cores), folder]),
        check=True, capture_output=True, text=True).stdout
    return time.monotonic() - began, json.loads(out)


def line(name, pages, seconds):
    rates = sorted(pages / s for s in seconds)
    print(f"{name:34} {rates[0]:8.0f} {statistics.median(rates):8.0f} {rates[-1]:8.0f}")


def main():
    build, folder = sys.argv[1], sys.argv[2]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    files = sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(".pdf"))
    times, pages, again = {}, 0, []
    work = tempfile.mkdtemp(prefix="nd-bench-")
    nightdesk(build, folder, "-", 2)  # warms the page cache
    for number in range(rounds):
        for cores in (1, 2):
            store = f"{work}/{number}-{cores}"
            seconds, result = nightdesk(build, folder, store, cores)
            pages = result["pages"]
            assert result["parsed"] == len(files), result
            times.setdefault(("nightdesk", cores), []).append(seconds)
            times.setdefault(("pdftotext -raw", cores), []).append(pdftotext(files, cores))
            seconds, result = nightdesk(build, folder, store, cores)
            assert result["parsed"] == 0 and result["cached"] == len(files), result
            again.append(seconds)
    shutil.rmtree(work)
    print(f"{len(files)} files, {pages} pages, {rounds} rounds, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'pages per second':34} {'min':>8} {'median':>8} {'max':>8}")
    for (name, cores), seconds in times.items():
        line(f"{name}, {cores} core{'s' * (cores > 1)}", pages, seconds)
    print(f"\nsecond run over the same folder: 0 parsed, {1000 * min(again):.0f}-{1000 * max(again):.0f} ms")


main()
