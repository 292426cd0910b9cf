#!/usr/bin/env python3
"""'nightdesk phase' as a scheduler calls it: what it refuses, what it goes on with, and the watchdog over it."""
import argparse
import json
import os
import threading
import time

import rig
from scripted_model import Server

LISTING = {"schema": "nightdesk.inputs/1", "hidden": 0, "excluded": 0,
           "files": [{"root": 0, "path": "a.txt", "size_bytes": 1, "sha256": "0" * 64}]}


class Phase(rig.Case):
    def request(self, name="request.json", **more):
        return self.write(name, json.dumps({"topic": rig.TOPIC, "sub_topics": 2, "documents": {"roots": [self.docs]}, **more}))

    def phase(self, name, *more, **env):
        return self.call("phase", "--run", "r", "--phase", name, *more, **env)

    def test_the_same_request_goes_on_and_another_is_refused(self):
        self.corpus()
        first = ["--request", self.request(), "--started-at", rig.STARTED]
        self.check(self.phase("research", "--max-steps", "1", *first), 0, "yielded")
        self.check(self.phase("research", *first), 0, "research completed")
        self.check(self.phase("research", "--request", self.request("other.json", audience="nurses")), 2, "another request")

    def test_requests_in_s3_are_for_stores_in_aws(self):
        self.check(self.phase("research", "--request", "s3://bucket/key"), 78, "s3://bucket/key", "--store aws://TABLE/BUCKET")
        self.check(self.phase("research", "--request", "s3://bucket"), 2, "not like s3://BUCKET/KEY")
        listed = self.request(documents={"listing": LISTING})
        self.check(self.phase("research", "--request", listed), 2, "--store aws://TABLE/BUCKET")
        self.check(self.call("run", "--request", listed), 2, "--store aws://TABLE/BUCKET")

    def test_a_gate_stays_open_as_long_as_it_is_told(self):
        self.corpus()
        self.check(self.phase("research", "--request", self.request(approve=["plan"]), "--gate-wait", "1"), 0, "plan")
        time.sleep(1.1)
        self.check(self.phase("research", "--gate-wait", "1"), 0, "expired")
        self.assertEqual(self.call("status", "r", "--json").json["outcome"], "expired")

    def serve(self, *faults):
        server = Server(argparse.Namespace(bill=os.path.join(self.dir, "bill"), price="2,10", latency_ms=0, choose=8, faults=json.dumps(list(faults))))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return {"OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_address[1]}/v1", "NIGHTDESK_PRICE": "2,10"}

    def test_scripted_watchdog_ends_a_process_that_hangs(self):
        self.corpus()
        environment = self.serve({"at": [2], "kind": "hang"})
        first = ["--request", self.request(writer="openai:scripted"), "--lanes", "1"]
        began = time.monotonic()
        self.check(self.phase("research", "--watchdog", "3", *first, **environment), 75, "nothing new became durable in 3 s", "watchdog")
        self.assertLess(time.monotonic() - began, 30)
        state = self.call("status", "r", "--json").json
        self.assertEqual((state["outcome"], state["model_calls"]), ("running", 1))
        self.check(self.phase("research", "--watchdog", "30", *first, **environment), 0, "research completed")
        self.assertGreater(self.call("status", "r", "--json").json["unknown_microusd"], 0)


if __name__ == "__main__":
    rig.main()
