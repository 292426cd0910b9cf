#!/usr/bin/env python3
"""Whole runs over each provider's wire with the scripted server, which checks what it is sent: shapes, signatures, keys. No
language model is involved."""
import json

import rig
import dialects
from test_scripted_model import Scripted

KEYS = {"AWS_ACCESS_KEY_ID": dialects.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": dialects.SECRET, "AWS_REGION": dialects.REGION}
MODELS = {"openai": "openai:scripted", "anthropic": "anthropic:claude-scripted", "bedrock": "bedrock:eu.maker.model-1-v1:0"}


class Provider(Scripted):
    model, more = MODELS["openai"], {}

    def environment(self, **more):
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        return super().environment(**{"ANTHROPIC_BASE_URL": url + "/v1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url, "AWS_CONFIG_FILE": "/dev/null",
                                      "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", **self.more, **more})

    def run_args(self, *more):
        return super().run_args("--model", self.model, *more)

    def completed(self, *faults, args=(), status=0):
        """A whole run; (result, bill, ledger), with the money right."""
        self.serve(*faults)
        done = self.call(*self.run_args(*args))
        self.check(done, status)
        self.assertEqual(self.server.refused, [])
        bill, ledger = self.bill(), self.ledger()
        self.assertLessEqual(sum(e["microusd"] for e in bill), ledger["spent_microusd"] + ledger["unknown_microusd"])
        return done, bill, ledger

    def statements(self):
        return [(c["text"], c["verdict"]) for c in self.claims(self.report())]


class WholeRuns(Provider):
    def whole(self, name, **more):
        self.model, self.more = MODELS[name], more
        done, bill, _ = self.completed()
        self.assertEqual(done.json["cost_microusd"], sum(e["microusd"] for e in bill))
        self.assertEqual(done.json["model_calls"], len(bill))
        self.assertEqual({e["by"] for e in bill}, {name})
        return self.statements()

    def test_scripted_anthropic(self):
        said = self.whole("anthropic", ANTHROPIC_API_KEY="sk-ant-scripted")
        self.assertTrue(all(h["x-api-key"] == "sk-ant-scripted" for _, _, h in self.server.asked))
        self.assertTrue(all(body["stream"] and body["service_tier"] == "standard_only" for _, _, body in self.server.bodies))
        self.assertGreater(len(said), 10)

    def test_scripted_bedrock_signed(self):
        said = self.whole("bedrock", **KEYS)
        self.assertEqual({path for _, path, _ in self.server.bodies}, {"/model/eu.maker.model-1-v1%3A0/converse-stream"})
        self.assertTrue(all("authorization" in h and "X-Amz-Date" in {k.title() for k in h} for h in
                            ({k.lower(): v for k, v in h.items()} for _, _, h in self.server.asked)))
        self.assertGreater(len(said), 10)

    def test_scripted_bedrock_with_a_session_token_and_an_arn(self):
        MODELS["profile"] = "bedrock:arn:aws:bedrock:eu-test-1:111122223333:inference-profile/eu.maker.model-1-v1:0"
        self.model, self.more = MODELS["profile"], {**KEYS, "AWS_SESSION_TOKEN": "session/token+of=hours"}
        _, bill, _ = self.completed()
        self.assertGreater(len(bill), 10)
        self.assertEqual(self.server.bodies[0][1], "/model/arn%3Aaws%3Abedrock%3Aeu-test-1%3A111122223333%3Ainference-profile%2F"
                                                   "eu.maker.model-1-v1%3A0/converse-stream")

    def test_scripted_bedrock_with_a_bearer_key(self):
        self.whole("bedrock", AWS_BEARER_TOKEN_BEDROCK=dialects.BEARER, AWS_REGION=dialects.REGION)
        self.assertEqual({h["Authorization"] for _, _, h in self.server.asked}, {f"Bearer {dialects.BEARER}"})


class Refused(Provider):
    def stopped(self, name, *words, **more):
        self.model, self.more = MODELS[name], more
        self.serve()
        self.check(self.call(*self.run_args()), 78, *words)
        self.assertEqual(self.bill(), [])

    def test_scripted_bedrock_with_another_secret(self):
        self.stopped("bedrock", "refuses the key", **{**KEYS, "AWS_SECRET_ACCESS_KEY": "another"})

    def test_scripted_bedrock_with_another_bearer_key(self):
        self.stopped("bedrock", "refuses the key", AWS_BEARER_TOKEN_BEDROCK="bearer-of-nobody", AWS_REGION=dialects.REGION)

    def test_scripted_bedrock_without_a_region(self):
        self.stopped("bedrock", "no AWS region", AWS_BEARER_TOKEN_BEDROCK=dialects.BEARER)


class Torn(Provider):
    """Streams that end in the wrong place or are damaged cost what they may have cost, and are asked for again."""

    def lost(self, name, kind, **more):
        self.model, self.more = MODELS[name], more
        done, bill, ledger = self.completed({"at": [2, 5], "kind": kind})
        self.assertEqual(len(bill), done.json["model_calls"] + 2)
        self.assertGreater(ledger["unknown_microusd"], 0)

    def test_scripted_anthropic_torn(self):
        self.lost("anthropic", "torn")

    def test_scripted_anthropic_cut_in_good_order(self):
        self.lost("anthropic", "cut")

    def test_scripted_bedrock_torn(self):
        self.lost("bedrock", "torn", **KEYS)

    def test_scripted_bedrock_cut_in_good_order(self):
        self.lost("bedrock", "cut", **KEYS)

    def test_scripted_bedrock_damaged(self):
        self.lost("bedrock", "damaged", **KEYS)


class Storms(Provider):
    def test_scripted_storm_of_429_loses_nothing(self):
        done, bill, ledger = self.completed({"every": 3, "from": 2, "kind": "429", "after": 1})
        with open(self.bill_file) as f:
            waits = [e for e in map(json.loads, f) if e["fault"] == "429"]
        self.assertGreater(len(waits), 3)
        self.assertEqual((len(bill), ledger["unknown_microusd"]), (done.json["model_calls"], 0))
        self.assertEqual(ledger["spent_microusd"], sum(e["microusd"] for e in bill))

    def test_scripted_connection_that_dies_is_never_sent_again(self):
        """Each request on a connection that was used before is billed and never answered: as many bills as reservations."""
        done, bill, ledger = self.completed({"every": 4, "from": 3, "kind": "dies_reused"}, args=("--lanes", "1"))
        dead = [e for e in bill if e["fault"] == "dies_reused"]
        reservations = [c for c in ledger["calls"] if c["state"] == "unknown" or c["kind"] == "model"]
        self.assertGreater(len(dead), 2)
        self.assertEqual(len(bill), len(reservations))
        self.assertEqual(len(dead), sum(c["state"] == "unknown" for c in reservations))


class Roles(Provider):
    def test_scripted_cheap_model_reads_and_judges(self):
        self.more = KEYS
        done, bill, _ = self.completed(args=("--read-model", MODELS["bedrock"], "--read-price", "2,10"))
        by = {job: {e["by"] for e in bill if e["job"] == job} for job in {e["job"] for e in bill}}
        self.assertEqual(by["judge"], {"bedrock"})
        self.assertEqual(by["draft"], {"openai"})
        self.assertEqual([(w["provider"], w["roles"]) for w in self.report()["writers"]], [("openai", ["write"]), ("bedrock", ["read"])])
        self.assertEqual(done.json["cost_microusd"], sum(e["microusd"] for e in bill))

    def fallback(self, fault):
        done, bill, ledger = self.completed({**fault, "by": "openai"},
                                            args=("--fallback-model", MODELS["anthropic"], "--fallback-price", "2,10"))
        self.assertEqual(done.json["model_calls"], len(bill))
        answered = sorted(c["by"] for c in ledger["calls"] if c.get("kind") == "model")
        self.assertEqual(answered, sorted(MODELS[e["by"]] for e in bill))
        return {job: {e["by"] for e in bill if e["job"] == job} for job in {e["job"] for e in bill}}

    def test_scripted_fallback_answers_what_the_first_refuses(self):
        by = self.fallback({"job": "draft", "kind": "400"})
        self.assertEqual((by["draft"], by["plan"], by["judge"]), ({"anthropic"}, {"openai"}, {"openai"}))
        self.assertEqual([(w["provider"], w["roles"]) for w in self.report()["writers"]], [("openai", ["write", "read"]), ("anthropic", ["fallback"])])

    def test_scripted_fallback_stands_in_when_the_key_is_refused(self):
        by = self.fallback({"job": "draft", "kind": "401"})
        self.assertEqual((by["plan"], by["draft"], by["judge"]), ({"openai"}, {"anthropic"}, {"anthropic"}))

    def test_scripted_models_that_nobody_would_ask(self):
        self.serve()
        self.model = "extractive"
        self.check(self.call(*self.run_args("--read-model", MODELS["anthropic"])), 2, "would have nothing to do")


if __name__ == "__main__":
    rig.main()
