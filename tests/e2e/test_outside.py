#!/usr/bin/env python3
"""What leaves the machine, and what comes in by other ways: sockets, notifications, lists on standard input, settings."""
import http.server
import os
import shutil
import subprocess
import threading

import rig


class Outside(rig.Case):
    def setUp(self):
        super().setUp()
        self.corpus()

    def test_no_socket_is_opened(self):
        if not shutil.which("strace"):
            self.skipTest("strace is not installed")
        trace = os.path.join(self.dir, "trace")
        done = subprocess.run(["strace", "-f", "-qq", "-e", "trace=%network", "-o", trace, self.program(),
                               *self.run_args("--offline")], cwd=self.work, env=self.environment(), capture_output=True, text=True)
        if "ptrace" in done.stderr and done.returncode == 1:
            self.skipTest("strace may not trace here")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(trace) as f:
            calls = [line for line in f if "(" in line and "SIG" not in line and "resumed" not in line]
        self.assertEqual(calls, [], "the run opened a socket")

    def test_offline_refuses_what_would_connect(self):
        self.check(self.call(*self.run_args("--offline", "--notify-url", "http://127.0.0.1:9/x")), 2, "--notify-url")
        self.assertFalse(os.path.exists(self.out))

    def test_documents_that_stay_here_go_to_no_store_elsewhere(self):
        keys = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "none"}
        done = self.call(*self.run_args("--local", "*.md", "--store", "aws://table/bucket"), **keys)
        self.check(done, 2, "marked --local never leave this machine", "aws://table/bucket")

    def events(self, kind):
        """A server that keeps the events it is sent."""
        got = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got.append((self.headers["X-Nightdesk-Event-Id"], rig.json.loads(body)))
                self.send_response(kind)
                self.end_headers()

            def log_message(self, *args):
                pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return got, f"http://127.0.0.1:{server.server_port}/hook"

    def test_notify_url(self):
        got, url = self.events(204)
        done = self.call(*self.run_args("--approve", "plan", "--notify-url", url))
        self.check(done, 5, "127.0.0.1 receives")
        self.check(self.call("approve", "r"), 0)
        self.check(self.call("resume", "r", "--json", "--notify-url", url, "--out", self.out), 0)
        self.assertEqual([e["kind"] for _, e in got], ["awaiting_approval", "completed"])
        for name, event in got:
            self.assertEqual(name, event["event_id"])
            self.assertEqual(event["run_id"], "r")

    def test_no_key_of_an_address_is_printed(self):
        for args in (["--notify-url"], ["--search", "searxng", "--search-url"]):
            done = self.call(*self.run_args(*args, "https://ann:s3cret-Word9@host.example/x"))
            self.assertNotEqual(done.status, 0)
            self.assertIn("host.example", done.err)
            self.assertNotIn("s3cret", done.err + done.out)

    def test_a_notification_that_fails_does_not_stop_the_run(self):
        self.check(self.call(*self.run_args("--notify-command", "exit 7")), 0, "notification is not delivered")

    def test_notify_command_gets_the_event_once_and_no_secrets(self):
        log, env = os.path.join(self.dir, "events"), os.path.join(self.dir, "env")
        words = self.run_args("--approve", "plan", "--notify-command", f"cat >>{log}; env >>{env}")
        self.check(self.call(*words, OPENAI_API_KEY="sk-very-secret-key-0123456789"), 5)
        self.check(self.call("resume", "r", "--json", "--notify-command", f"cat >>{log}"), 5)
        with open(log) as f:
            events = [rig.json.loads(line) for line in f.read().splitlines()]
        self.assertEqual([(e["kind"], e["run_id"]) for e in events], [("awaiting_approval", "r")])
        self.assertTrue(events[0]["command"].startswith("nightdesk approve r"))
        with open(env) as f:
            self.assertNotIn("very-secret", f.read())

    def test_documents_from_a_list(self):
        done = self.call("run", rig.TOPIC, "--docs", "-", "--json", "--out", self.out, "--run-id", "r",
                         stdin=f"{self.docs}/power.md\n\n{self.docs}/data.pdf\n")
        self.check(done, 0)
        self.assertEqual(done.json["receipt"]["inputs"], 2)

    def test_settings_and_their_order(self):
        self.write(".config/nightdesk/config", "max-run-tool-calls = 50\nlength = short\nstore = /nonexistent/by/file\n")
        limits = [self.call(*self.run_args("--run-id", "a", "--out", self.out + "a")).json["tool_calls_max"]]
        self.write("work/nightdesk.conf", "max-run-tool-calls = 60\n")
        limits += [self.call(*self.run_args("--run-id", "b", "--out", self.out + "b")).json["tool_calls_max"]]
        env = {"NIGHTDESK_MAX_RUN_TOOL_CALLS": "70"}
        limits += [self.call(*self.run_args("--run-id", "c", "--out", self.out + "c"), **env).json["tool_calls_max"]]
        words = ("--run-id", "d", "--out", self.out + "d", "--max-run-tool-calls", "80")
        limits += [self.call(*self.run_args(*words), **env).json["tool_calls_max"]]
        self.assertEqual(limits, [50, 60, 70, 80])
        shown = self.call("doctor", **env).out
        self.assertIn("max-run-tool-calls = 70 (NIGHTDESK_MAX_RUN_TOOL_CALLS)", shown)
        self.assertIn("length = short (" + os.path.join(self.dir, ".config/nightdesk/config:2"), shown)

    def test_a_run_goes_on_from_any_folder(self):
        self.check(self.call("run", rig.TOPIC, "--docs", "docs", "--run-id", "r", "--max-steps", "1", cwd=self.dir), 75)
        done = self.call("resume", "r", "--json")
        self.check(done, 0)
        self.assertEqual(done.json["receipt"]["inputs"], 5)
        self.assertTrue(os.path.exists(os.path.join(self.dir, "nightdesk-r", "report.html")))


if __name__ == "__main__":
    rig.main()
