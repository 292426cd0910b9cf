"""The whole program on the store in AWS, beside the servers of tests/support/aws: the same report as on this machine, from
one process, from a process for each phase, from a process for each step, and after a process was killed."""
import json
import os
import signal
import subprocess
import time
import urllib.request

import rig

PROXY = os.environ["ND_TEST_AWS"]
PHASES = ["research", "draft", "synthesize", "fact-check"]


def proxy(method, path):
    request = urllib.request.Request(f"{PROXY}/_proxy/{path}", method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


class Aws(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()
        name = os.path.basename(self.dir).lower().replace("_", "-")
        proxy("PUT", f"place/{name}/{name}")
        self.cloud = f"aws://{name}/{name}"

    def environment(self, **more):
        servers = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        return super().environment(**servers, **more)

    def report(self, folder):
        """All files of a report but those that depend on attempts."""
        files = {}
        for root, _, names in os.walk(folder):
            for name in names:
                if name != "ledger.json":
                    path = os.path.join(root, name)
                    with open(path, "rb") as f:
                        files[os.path.relpath(path, folder)] = f.read()
        return files

    def local_report(self):
        cloud, self.out = self.out, os.path.join(self.dir, "out-local")
        self.check(self.call(*self.run_args()), 0)
        files, self.out = self.report(self.out), cloud
        return files

    def check_report(self):
        local, cloud = self.local_report(), self.report(self.out)
        self.assertEqual(sorted(local), sorted(cloud))
        self.assertEqual([name for name in local if local[name] != cloud[name]], [])
        self.check(self.call("verify", self.out), 0)

    def test_one_process(self):
        proxy("DELETE", "log")
        self.check(self.call(*self.run_args("--store", self.cloud)), 0)
        calls = proxy("GET", "log").splitlines()
        self.assertFalse([c for c in calls if " eventual " in c], "a read that is not consistent")
        self.check_writes(calls)
        self.check_report()
        self.check_download()
        listed = self.call("list", "--store", self.cloud)
        self.assertIn("completed", listed.out)
        self.check(self.call("delete", "r", "--yes", "--store", self.cloud), 0)
        self.check(self.call("status", "r", "--store", self.cloud), 2, "there is no run 'r'")

    def check_writes(self, calls):
        """At most two for a step, with the beginnings and ends of phases: steps that are ready together share one."""
        steps = self.call("status", "r", "--store", self.cloud, "--json").json["steps"]
        writes = [c for c in calls if c.split()[0] in ("TransactWriteItems", "UpdateItem", "DeleteItem")]
        self.assertGreater(steps, 0)
        self.assertLessEqual(len(writes), 2 * steps, f"{steps} steps")

    def check_download(self):
        """Whole, the same bytes, never over something else; and as an address that needs no keys."""
        out = os.path.join(self.dir, "down")
        self.check(self.call("download", "r", "--store", self.cloud, "--out", out), 0)
        self.check(self.call("download", "r", "--store", self.cloud, "--out", out), 0)
        self.assertEqual(self.report(out), self.report(self.out))
        self.check(self.call("download", "r", "--store", self.cloud, "--out", self.docs), 2, "has other things in it")
        done = self.call("download", "r", "--store", self.cloud, "--url", "--expires", "604800", "--json")
        self.check(done, 0, "the keys of the container that sign it end then")
        with urllib.request.urlopen(done.json["url"], timeout=30) as answer:
            self.assertEqual(answer.read(), self.report(out)["report.html"])

    def test_a_process_for_each_phase(self):
        request = self.write("request.json", json.dumps({"topic": rig.TOPIC, "documents": {"roots": [self.docs]}}))
        for phase in PHASES:
            first = ["--request", request, "--started-at", rig.STARTED] if phase == PHASES[0] else []
            out = ["--out", self.out] if phase == PHASES[-1] else []
            self.check(self.call("phase", "--run", "r", "--phase", phase, "--store", self.cloud, *first, *out), 0)
        status = self.call("status", "r", "--store", self.cloud, "--json").json
        self.assertEqual(status["outcome"], "completed")
        self.check(self.call("verify", self.out), 0)

    def test_a_gate_is_decided_from_elsewhere(self):
        self.check(self.call(*self.run_args("--store", self.cloud, "--approve", "outline")), 5)
        self.check(self.call("approve", "r", "--store", self.cloud), 0)
        self.check(self.call("approve", "r", "--store", self.cloud), 0)
        self.check(self.call("resume", "r", "--store", self.cloud, "--out", self.out), 0)
        self.check(self.call("verify", self.out), 0)

    def kill_after(self, calls):
        """Starts the run and kills it when so many requests have reached the servers."""
        proxy("DELETE", "log")
        with subprocess.Popen([self.program(), *self.run_args("--store", self.cloud)], cwd=self.work,
                              env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and len(proxy("GET", "log").splitlines()) < calls:
                time.sleep(0.02)
            self.assertIsNone(process.poll(), "it ended before it could be killed")
            process.send_signal(signal.SIGKILL)

    def test_a_killed_process(self):
        self.kill_after(60)
        killed = time.monotonic()
        self.check(self.call(*self.run_args("--store", self.cloud)), 0)
        self.assertGreater(time.monotonic() - killed, 25, "the dead worker's lease was not waited for")
        self.check_report()


if __name__ == "__main__":
    rig.main()
