#!/usr/bin/env python3
"""The same against llama-cpp-python's server, which differs in its tools, streams and errors; and both with a model that can more."""
import os
import subprocess
import sys
import time
import urllib.request

import real_model
import real_tools
import rig

LLAMA_CPP = os.path.join(rig.SOURCE, "tests", "support", "llama_cpp.sh")
MODELS = ("smollm2-135m", "qwen2.5-coder-1.5b")


class LlamaCppPython(real_tools.RealServer, rig.Case):
    model, traits = MODELS[0], "json_object"  # it refuses json_schema

    def setUp(self):
        super().setUp()
        port = real_model.free_port()
        path = subprocess.run([real_model.LLAMA, "get", self.model], capture_output=True, text=True, check=True).stdout.strip()
        log = open(os.path.join(self.dir, "log"), "w")
        self.server = subprocess.Popen([LLAMA_CPP, "serve", path, str(port)], stdout=log, stderr=subprocess.STDOUT)
        self.addCleanup(log.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        self.url = f"http://127.0.0.1:{port}/v1"
        for _ in range(240):
            try:
                urllib.request.urlopen(self.url + "/models", timeout=5).close()
                return
            except OSError:
                self.assertIsNone(self.server.poll(), "the server ended")
                time.sleep(0.25)
        self.fail("the server was not ready in a minute")

    def test_a_stream_without_usage_is_not_believed(self):
        """Its streams don't say what they cost: the call counts as unknown, so streams stay off where the table knows nothing."""
        seen, = self.ask({"messages": self.talk()}, traits="stream")
        self.assertTrue(seen.get("usage") or seen["rc"] == "unknown", seen)


class LlamaCppPythonLarger(LlamaCppPython):
    model = MODELS[1]


class LlamaServerLarger(real_tools.RealServer, real_model.RealModel):
    MODEL = model = MODELS[1]

    def setUp(self):
        super().setUp()
        self.url += "/v1"

    def test_the_tool_is_called_without_being_forced(self):
        seen, = self.ask({"messages": self.talk(), "tools": [real_tools.FIND]})
        self.assertEqual(seen["stop"], "tool", seen)


if __name__ == "__main__":
    for name in MODELS:
        real_model.prepare(name)
    done = subprocess.run([LLAMA_CPP, "get"])
    if done.returncode == real_model.CANNOT_DOWNLOAD:
        print("SKIPPED: llama-cpp-python cannot be built here")
    if done.returncode:
        sys.exit(done.returncode)
    rig.main()
