"""What every peer does: steps of 5,632 bytes of English, timed one by one; the same as steps.h."""
import json
import os
import statistics
import sys
import time

MODEL_BYTES, TOOL_BYTES = 1536, 4096
STEP_BYTES = MODEL_BYTES + TOOL_BYTES


class Steps:
    def __init__(self):
        if len(sys.argv) != 4:
            sys.exit(f"usage: {sys.argv[0]} FOLDER STEPS TEXT")
        self.folder, self.count = sys.argv[1], int(sys.argv[2])
        with open(sys.argv[3], "rb") as file:
            self.text = file.read()
        self.starts = []
        os.makedirs(self.folder, exist_ok=True)
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if os.path.isfile(path):
                os.unlink(path)

    def path(self, name):
        return os.path.join(self.folder, name)

    def texts(self, i):
        """The two texts of step i; called when the step begins, which is when its clock starts."""
        self.starts.append(time.monotonic())
        at = i * STEP_BYTES % (len(self.text) - STEP_BYTES)
        whole = self.text[at : at + STEP_BYTES].decode("latin-1").encode("ascii", "replace").decode()
        return whole[:MODEL_BYTES], whole[MODEL_BYTES:]

    def report(self, peer, name):
        """After the store was closed; `name` is its file."""
        marks = self.starts + [self.ended]
        ms = [1e3 * (b - a) for a, b in zip(marks, marks[1:])]
        size = sum(os.path.getsize(self.path(name) + end) for end in ("", "-wal") if os.path.exists(self.path(name) + end))
        with open("/proc/self/io") as file:
            written = dict(line.split(": ") for line in file.read().splitlines())["wchar"]
        print(json.dumps({
            "peer": peer, "steps": len(ms), "ms_mean": sum(ms) / len(ms), "ms_median": statistics.median(ms),
            "ms_first10": statistics.median(ms[:10]), "ms_last10": statistics.median(ms[-10:]),
            "raw_bytes": len(ms) * STEP_BYTES, "closed_bytes": size, "written_bytes": int(written),
        }), flush=True)

    def end(self):
        self.ended = time.monotonic()
