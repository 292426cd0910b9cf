#!/usr/bin/env python3
"""CPU seconds and peak memory of a request with a model that takes its time, beside gpt-researcher's for the same documents.

    beside.py --build BUILD --docs PDFS [--peer PYTHON] [--documents N] [--latency-ms N] [--runs N]

nightdesk asks the scripted model server of the tests; gpt-researcher (a Python with gpt-researcher 0.16.1) asks a stand-in of its own
(peer_server.py), since it asks for other things. Both servers are other processes' work and are not counted. CPU is user + system of the
program and all its children, memory the largest of them; wall time is printed for what it is worth. Rounds are interleaved.
"""
import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "support"))
import peer_server  # noqa: E402
from scripted_model import Server  # noqa: E402

QUESTION = "How do these systems keep data safe: backups, recovery after a crash, consistency checks?"
KEEP = ("PATH", "LANG", "LD_LIBRARY_PATH")


def measured(command, environment, cwd):
    """(wall s, CPU s, peak MB, standard output) of a program and its children; it must end well."""
    out = os.path.join(cwd, "out.txt")
    begin = time.monotonic()
    with open(out, "wb") as f:
        process = subprocess.Popen(command, env={**{k: os.environ[k] for k in KEEP if k in os.environ}, **environment}, cwd=cwd, stdout=f,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    with open(out, encoding="utf-8", errors="replace") as f:
        said = f.read()
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}:\n{said[-3000:]}")
    return time.monotonic() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said


def ours(opts, docs, where):
    bill = os.path.join(where, "bill")
    server = Server(argparse.Namespace(bill=bill, price="2,10", latency_ms=opts.latency_ms, choose=8, faults="[]", agent=""))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    row = measured([os.path.join(opts.build, "nightdesk"), "run", QUESTION, "--docs", docs, "--model", "openai:scripted", "--price", "2,10",
                    "--sub-topics", "10", "--out", os.path.join(where, "report"), "--progress", "none", "--json"],
                   {"HOME": where, "NIGHTDESK_STORE": os.path.join(where, "store"),
                    "OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_address[1]}/v1"}, where)
    server.wait_until_idle()
    server.shutdown()
    server.server_close()
    with open(bill, encoding="utf-8") as f:
        calls = len(f.readlines())
    receipt = json.loads(row[3].splitlines()[-1])["receipt"]
    return row[:3], f"{calls} model calls, {receipt['pages_read']} pages read, {receipt['quotes']} quotes printed"


def token_files(python):
    """litellm, which comes with gpt-researcher, carries what tiktoken would fetch."""
    lib = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(python))), "lib")
    return next(iter(glob.glob(os.path.join(lib, "python*", "site-packages", "litellm", "litellm_core_utils", "tokenizers"))), "")


def theirs(opts, docs, where):
    server = peer_server.serve(opts.latency_ms)
    base = f"http://127.0.0.1:{server.server_address[1]}"
    row = measured([opts.peer, os.path.join(HERE, "peer.py"), docs, QUESTION],
                   {"HOME": where, "OPENAI_API_KEY": "x", "OPENAI_BASE_URL": base + "/v1", "OPENAI_API_BASE": base + "/v1", "DOC_PATH": docs,
                    "RETRIEVER": "custom", "RETRIEVER_ENDPOINT": base + "/search", "EMBEDDING": "openai:text-embedding-3-small",
                    "FAST_LLM": "openai:gpt-4o-mini", "SMART_LLM": "openai:gpt-4.1", "STRATEGIC_LLM": "openai:gpt-4o-mini",
                    "LANGCHAIN_TRACING_V2": "false", "TIKTOKEN_CACHE_DIR": token_files(opts.peer)}, where)
    server.shutdown()
    server.server_close()
    return row[:3], f"{server.chats} model calls, a report of {json.loads(row[3].splitlines()[-1])['report_chars']} characters"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--build", required=True)
    ask.add_argument("--docs", required=True)
    ask.add_argument("--peer")
    ask.add_argument("--documents", type=int, default=50)
    ask.add_argument("--latency-ms", type=int, default=200)
    ask.add_argument("--runs", type=int, default=3)
    opts = ask.parse_args()
    opts.build = os.path.abspath(opts.build)
    names = sorted(n for n in os.listdir(opts.docs) if n.lower().endswith(".pdf"))[:opts.documents]
    programs, found, notes = [("nightdesk", ours)] + ([("gpt-researcher", theirs)] if opts.peer else []), {}, {}
    with tempfile.TemporaryDirectory(prefix="nd-beside-") as top:
        docs = os.path.join(top, "docs")
        os.mkdir(docs)
        for name in names:
            shutil.copyfile(os.path.join(opts.docs, name), os.path.join(docs, name))
        for i in range(opts.runs):
            for name, run in programs:
                where = os.path.join(top, f"{name}-{i}")
                os.mkdir(where)
                row, notes[name] = run(opts, docs, where)
                found.setdefault(name, []).append(row)
    print(f"{len(names)} PDFs, a model of {opts.latency_ms} ms; {opts.runs} interleaved runs, nothing cached: min, median, max")
    for name, rows in found.items():
        print(f"{name}: {notes[name]}")
        for what, column, unit in (("CPU", 1, "s"), ("peak memory", 2, "MB"), ("wall", 0, "s")):
            values = [r[column] for r in rows]
            print(f"  {what:12} {min(values):8.2f} {statistics.median(values):8.2f} {max(values):8.2f} {unit}")


if __name__ == "__main__":
    main()
