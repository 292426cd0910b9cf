#!/usr/bin/env python3
"""Every kind of request checked against the vendors' own models of their interfaces: botocore's service models of Bedrock (which
also serialises each request itself, and must come to the same bytes), and the types of Anthropic's and OpenAI's SDKs. The answers
of the scripted server, which other tests rest on, are parsed by the same. Run by tests/support/vendors.sh."""
import argparse
import collections.abc
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import anthropic.types  # noqa: E402
import botocore.eventstream  # noqa: E402
import botocore.parsers  # noqa: E402
import botocore.serialize  # noqa: E402
import botocore.session  # noqa: E402
import openai.types.chat  # noqa: E402
import openai.types.chat.completion_create_params  # noqa: E402
from botocore.validate import ParamValidator  # noqa: E402
from pydantic import TypeAdapter  # noqa: E402

import dialects  # noqa: E402
import scripted_guardrail  # noqa: E402
import knowledge_base  # noqa: E402

BUILD = None
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
TOOLS = [{"name": "search", "description": "looks for words", "schema": SCHEMA}, {"name": "finish", "description": "ends", "schema": {"type": "object"}}]
THOUGHTS = {"anthropic": {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
            "bedrock": {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "c2ln"}}}}
MODELS = {"openai": ["gpt-4o", "gpt-6-luna", "gpt-6.1-sol"], "anthropic": ["claude-haiku-4-5", "claude-sonnet-5-5"],
          "bedrock": ["us.anthropic.claude-sonnet-5-5", "us.amazon.nova-pro-v1:0", "us.meta.llama3-3-70b-instruct-v1:0", "us.deepseek.r1-v1:0",
                      "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123"]}


def conversation(provider, model):
    parts = [{"type": "text", "text": "I look."}, {"type": "tool_use", "id": "t1", "name": "search", "input": {"a": "x"}},
             {"type": "tool_use", "id": "t2", "name": "finish", "input": {}}]
    if provider in THOUGHTS:
        parts.insert(0, {"type": "thinking", "from": f"{provider}:{model}", "block": THOUGHTS[provider]})
    return [{"role": "assistant", "content": parts},
            {"role": "user", "content": [{"type": "tool_result", "id": "t1", "content": "found"},
                                         {"type": "tool_result", "id": "t2", "content": "not yet", "is_error": True}]}]


def cases():
    """(provider, model, streams, args) of everything that the program asks for."""
    for provider, models in MODELS.items():
        for model, streams, system, schema, tools, talk in itertools.product(models, *[(False, True)] * 5):
            for choice in (None, "auto", "none", "required", {"name": "search"}) if tools else (None,):
                messages = [{"role": "system", "content": "Be brief."}] if system else []
                messages.append({"role": "user", "content": "Grüß Gott \"x\""})
                args = {"messages": messages + (conversation(provider, model) if talk and tools else []), "max_tokens": 700}
                args |= {"schema": SCHEMA, "schema_name": "plan"} if schema else {}
                args |= {"tools": TOOLS} if tools else {}
                args |= {"tool_choice": choice} if choice else {}
                yield provider, model, streams, args


def consumed(value):
    """Iterables are validated when they are walked."""
    if isinstance(value, dict):
        return {k: consumed(v) for k, v in value.items()}
    if isinstance(value, collections.abc.Iterable) and not isinstance(value, str):
        return [consumed(v) for v in value]
    return value


def sent_for(lines):
    """What the program would send for each line."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run([os.path.join(BUILD, "tests", "e2e", "wire_bodies")], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cases = list(cases())
        cls.sent = sent_for({"provider": p, "model": m, "streams": s, "args": a} for p, m, s, a in cls.cases)

    def of(self, provider):
        found = [(case, sent) for case, sent in zip(self.cases, self.sent, strict=True) if case[0] == provider]
        self.assertGreater(len(found), 100)
        return found

    def test_bedrock_by_the_service_model(self):
        service = botocore.session.get_session().get_service_model("bedrock-runtime")
        serializer = botocore.serialize.create_serializer(service.metadata["protocol"])
        for (_, model, streams, _), sent in self.of("bedrock"):
            operation = service.operation_model("ConverseStream" if sent["path"].endswith("-stream") else "Converse")
            params = {"modelId": model, **sent["body"]}
            report = ParamValidator().validate(params, operation.input_shape)
            self.assertFalse(report.has_errors(), report.generate_report())
            theirs = serializer.serialize_to_request(params, operation)
            self.assertEqual(sent["path"], theirs["url_path"])
            self.assertEqual(sent["body"], json.loads(theirs["body"]))
            self.assertEqual(streams, sent["path"].endswith("-stream"))

    def test_counting_by_the_service_model(self):
        service = botocore.session.get_session().get_service_model("bedrock-runtime")
        operation = service.operation_model("CountTokens")
        serializer = botocore.serialize.create_serializer(service.metadata["protocol"])
        lines = [{"provider": p, "model": m, "counts": True, "args": a} for p, m, s, a in self.cases
                 if p == "bedrock" and not s and not m.startswith("arn:")]
        self.assertGreater(len(lines), 100)
        for line, sent in zip(lines, sent_for(lines), strict=True):
            params = {"modelId": line["model"].removeprefix("us."), **sent["body"]}
            report = ParamValidator().validate(params, operation.input_shape)
            self.assertFalse(report.has_errors(), report.generate_report())
            theirs = serializer.serialize_to_request(params, operation)
            self.assertEqual((sent["path"], sent["body"]), (theirs["url_path"], json.loads(theirs["body"])))

    def test_guardrail_by_the_service_model(self):
        service = botocore.session.get_session().get_service_model("bedrock-runtime")
        operation = service.operation_model("ApplyGuardrail")
        serializer = botocore.serialize.create_serializer(service.metadata["protocol"])
        names = ["gr4711abc:3", "gr4711abc:DRAFT", "arn:aws:bedrock:eu-west-1:111122223333:guardrail/gr4711abc:12345678"]
        args = [{"sources": ["One quote."] * n, "query": "Grüß Gott: \"x\"", "text": t} for n in (1, 3) for t in ("A statement.", "ü" * 5000)]
        lines = [{"guardrail": name, "args": a} for name in names for a in args]
        for line, sent in zip(lines, sent_for(lines), strict=True):
            identifier, _, version = line["guardrail"].rpartition(":")
            params = {"guardrailIdentifier": identifier, "guardrailVersion": version, **sent["body"]}
            report = ParamValidator().validate(params, operation.input_shape)
            self.assertFalse(report.has_errors(), report.generate_report())
            theirs = serializer.serialize_to_request(params, operation)
            self.assertEqual((sent["path"], sent["body"]), (theirs["url_path"], json.loads(theirs["body"])))

    def same_by_types(self, provider, plain, streaming):
        adapters = {False: TypeAdapter(plain), True: TypeAdapter(streaming)}
        for (_, _, streams, _), sent in self.of(provider):
            understood = consumed(adapters[streams].validate_python(sent["body"]))
            self.assertEqual(understood, sent["body"])  # what the types don't know would be gone

    def test_anthropic_by_the_sdk_s_types(self):
        from anthropic.types import message_create_params as params
        self.same_by_types("anthropic", params.MessageCreateParamsNonStreaming, params.MessageCreateParamsStreaming)

    def test_openai_by_the_sdk_s_types(self):
        params = openai.types.chat.completion_create_params
        self.same_by_types("openai", params.CompletionCreateParamsNonStreaming, params.CompletionCreateParamsStreaming)


SAID = dialects.Said(text="So it is.", calls=[{"id": "t1", "name": "search", "input": {"a": "x"}}], stop="tool", thought="hm hm", input=120, output=20,
                     cached=90, written=10)


class Answers(unittest.TestCase):
    """What the scripted server says is what the vendors' own clients understand."""

    def test_openai(self):
        dialect = dialects.OpenAI()
        whole = dialect.whole(SAID, "k") | {"created": 1}
        self.assertEqual(openai.types.chat.ChatCompletion.model_validate(whole, strict=True).choices[0].message.tool_calls[0].function.name, "search")
        lines = [line[6:] for line in dialect.pieces(SAID, "k").decode().splitlines() if line.startswith("data: ")]
        for line in lines[:-1]:
            openai.types.chat.ChatCompletionChunk.model_validate(json.loads(line) | {"created": 1}, strict=True)

    def test_anthropic(self):
        dialect = dialects.Anthropic()
        message = anthropic.types.Message.model_validate(dialect.whole(SAID, "k"), strict=True)
        self.assertEqual([b.type for b in message.content], ["thinking", "text", "tool_use"])
        events = TypeAdapter(anthropic.types.RawMessageStreamEvent)
        for line in dialect.pieces(SAID, "k").decode().splitlines():
            if line.startswith("data: ") and '"ping"' not in line:
                events.validate_python(json.loads(line[6:]))

    def test_bedrock(self):
        dialect, service = dialects.Bedrock(), botocore.session.get_session().get_service_model("bedrock-runtime")
        parser = botocore.parsers.create_parser(service.metadata["protocol"])
        body = json.dumps(dialect.whole(SAID, "k")).encode()
        parsed = parser.parse({"status_code": 200, "headers": {}, "body": body}, service.operation_model("Converse").output_shape)
        self.assertEqual(parsed["usage"]["cacheReadInputTokens"], 90)
        self.assertEqual([next(iter(b)) for b in parsed["output"]["message"]["content"]], ["reasoningContent", "text", "toolUse"])
        buffer = botocore.eventstream.EventStreamBuffer()  # checks both sums of every frame
        buffer.add_data(dialect.pieces(SAID, "k"))
        shape = service.operation_model("ConverseStream").get_event_stream_output()
        events = [parser._event_stream_parser.parse(m.to_response_dict(), shape) for m in buffer]
        self.assertEqual(events[-1]["metadata"]["usage"]["outputTokens"], 20)
        self.assertEqual("".join(e["contentBlockDelta"]["delta"].get("text", "") for e in events if "contentBlockDelta" in e), "So it is.")

    def test_guardrail(self):
        service = botocore.session.get_session().get_service_model("bedrock-runtime")
        parser = botocore.parsers.create_parser(service.metadata["protocol"])
        texts = {"grounding_source": ["One quote."], "query": ["x"], "guard_content": ["A statement."]}
        body = json.dumps(scripted_guardrail.answer(texts)).encode()
        shape = service.operation_model("ApplyGuardrail").output_shape
        parsed = parser.parse({"status_code": 200, "headers": {}, "body": body}, shape)
        self.assertTrue(set(shape.required_members) <= set(parsed))
        filters = parsed["assessments"][0]["contextualGroundingPolicy"]["filters"]
        self.assertEqual([f["type"] for f in filters], ["GROUNDING", "RELEVANCE"])
        self.assertEqual(filters[0]["score"], scripted_guardrail.score("A statement."))
        usage = service.shape_for("GuardrailUsage")
        self.assertTrue(set(usage.required_members) <= set(parsed["usage"]) <= set(usage.members))


class KnowledgeBases(unittest.TestCase):
    """What the program asks of Retrieve, whole, and what the stand-in answers."""

    @classmethod
    def setUpClass(cls):
        cls.service = botocore.session.get_session().get_service_model("bedrock-agent-runtime")
        cls.retrieve = cls.service.operation_model("Retrieve")
        cls.protocol = cls.service.metadata["protocol"]

    def test_requests_by_the_service_model(self):
        server = knowledge_base.KnowledgeBase([knowledge_base.s3("Bees swarm in May, when the hive is full of bees and honey.", "s3://b/a.pdf")]).start()
        self.addCleanup(server.stop)
        with tempfile.TemporaryDirectory() as folder:
            env = {"PATH": os.environ["PATH"], "HOME": folder, "AWS_ACCESS_KEY_ID": dialects.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": dialects.SECRET,
                   "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME": server.base}
            subprocess.run([os.path.join(BUILD, "nightdesk"), "run", "Bees \"and\" Blüten: when do bees swarm, what do they eat?", "--kb",
                            f"bedrock:{dialects.REGION}:ABCDE12345", "--out", os.path.join(folder, "out")], env=env, cwd=folder, check=True, capture_output=True)
        self.assertEqual(server.refused, [])
        self.assertGreater(len(server.asked), 0)
        serializer = botocore.serialize.create_serializer(self.protocol)
        for (kb, body), path in zip(server.asked, server.paths, strict=True):
            params = {"knowledgeBaseId": kb, **body}
            report = ParamValidator().validate(params, self.retrieve.input_shape)
            self.assertFalse(report.has_errors(), report.generate_report())
            theirs = serializer.serialize_to_request(params, self.retrieve)
            self.assertEqual((path, body), (theirs["url_path"], json.loads(theirs["body"])))
        self.assertEqual(self.service.metadata["signingName"], "bedrock")

    def test_answers_of_the_stand_in(self):
        server = knowledge_base.KnowledgeBase([knowledge_base.s3("Bees swarm in May.", "s3://b/a.pdf")])
        self.addCleanup(server.server_close)
        body = json.dumps({"retrievalResults": server.best("when do bees swarm", 5), "nextToken": "n"}).encode()
        parsed = botocore.parsers.create_parser(self.protocol).parse({"status_code": 200, "headers": {}, "body": body}, self.retrieve.output_shape)
        self.assertEqual(parsed["retrievalResults"][0]["location"]["s3Location"]["uri"], "s3://b/a.pdf")

    def test_all_locations_of_the_service_model_are_known(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "web", "kb_answer.c"), encoding="utf-8") as f:
            rows = re.findall(r'\{"([A-Z0-9]+)", (?:"(\w+)", "(\w+)"|NULL, NULL)\}', f.read())
        shape = self.service.shape_for("RetrievalResultLocation")
        self.assertEqual({kind for kind, _, _ in rows}, set(shape.members["type"].enum))
        for kind, member, field in rows:
            self.assertIn(field or "query", shape.members[member or "sqlLocation"].members, kind)
        self.assertEqual(self.service.shape_for("RetrieveRequest").members["knowledgeBaseId"].metadata["pattern"].split("|")[0], "^[0-9a-zA-Z]{10}$")


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--build", required=True)
    opts, rest = ask.parse_known_args()
    BUILD = os.path.abspath(opts.build)
    unittest.main(argv=[sys.argv[0], *rest])
