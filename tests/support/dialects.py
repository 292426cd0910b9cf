"""How OpenAI's chat completions, Anthropic's Messages and Bedrock's Converse look on the wire: requests into one neutral form,
answers out of it, whole or in pieces. The scripted model speaks all three.

A request becomes Asked; its messages are {"role", "content"}, content being a text or a list of the parts of
include/nightdesk/core/model.h. What the model says is Said.
"""
import base64
import dataclasses
import hashlib
import hmac
import json
import re
import struct
import urllib.parse
import zlib
from datetime import datetime, timezone

# the keys that the checking stand-in of Bedrock expects
ACCESS_KEY, SECRET, REGION, BEARER = "AKIDSCRIPTED", "scripted/secret+key", "eu-test-1", "bearer-scripted-0123456789"


class Wrong(Exception):
    """A request that the provider would refuse: (status, type, message)."""


@dataclasses.dataclass
class Asked:
    dialect: object
    messages: list
    tools: list
    choice: object
    schema: dict
    schema_name: str
    max_tokens: int
    streams: bool
    caches: bool = False


@dataclasses.dataclass
class Said:
    text: str = ""
    calls: list = dataclasses.field(default_factory=list)  # {"id", "name", "input"}
    stop: str = "end"  # end, length, filter, tool
    thought: str = ""
    input: int = 0  # tokens, those of the cache included
    output: int = 0
    cached: int = 0
    written: int = 0


def text_of(message):
    """All that a message says, calls and results included."""
    content = message["content"]
    if isinstance(content, str):
        return content
    return "\n".join(p.get("text") or p.get("content") or json.dumps(p.get("input", "")) for p in content)


def neutral(role, parts):
    """One text stays a text."""
    if len(parts) == 1 and parts[0]["type"] == "text":
        return {"role": role, "content": parts[0]["text"]}
    return {"role": role, "content": parts}


def told_schema(messages):
    """A schema that is told in words, as to models that take none."""
    if not messages or messages[0]["role"] != "system" or not isinstance(messages[0]["content"], str):
        return None
    _, found, rest = messages[0]["content"].rpartition("It follows this JSON schema: ")
    return json.JSONDecoder().raw_decode(rest)[0] if found else None


def need(holds, status, kind, message):
    if not holds:
        raise Wrong(status, kind, message)


def check_pairs(messages):
    """Every call has its result at the start of the next message, as Anthropic and Bedrock want it."""
    open_ids = []
    for i, message in enumerate(messages):
        parts = message["content"] if isinstance(message["content"], list) else []
        results = [p["id"] for p in parts if p["type"] == "tool_result"]
        need(sorted(results) == sorted(open_ids), 400, "invalid", f"messages.{i}: results {results} for the calls {open_ids}")
        need([p["type"] for p in parts[:len(results)]] == ["tool_result"] * len(results), 400, "invalid", f"messages.{i}: results come first")
        open_ids = [p["id"] for p in parts if p["type"] == "tool_use"]
    need(not open_ids, 400, "invalid", "the last message has calls without results")


def check_turns(messages):
    roles = [m["role"] for m in messages if m["role"] != "system"]
    need(roles and roles[0] == "user" and all(a != b for a, b in zip(roles, roles[1:])), 400, "invalid", f"roles {roles} do not alternate")


def sse(events, names=False):
    return "".join((f"event: {e['type']}\n" if names else "") + f"data: {json.dumps(e, ensure_ascii=False)}\n\n" for e in events).encode()


def thirds(text):
    size = max(1, len(text) // 3)
    return [text[i:i + size] for i in range(0, len(text), size)]


class OpenAI:
    name, stream_type, ends = "openai", "text/event-stream", b"data: [DONE]\n\n"

    @staticmethod
    def fits(path):
        return path.endswith("/chat/completions")

    def check(self, handler, body):
        pass

    def parse(self, path, body):
        messages = []
        for m in body["messages"]:
            if m["role"] == "tool":
                part = {"type": "tool_result", "id": m["tool_call_id"], "content": m["content"]}
                if messages and messages[-1]["role"] == "user" and isinstance(messages[-1]["content"], list):
                    messages[-1]["content"].append(part)
                else:
                    messages.append({"role": "user", "content": [part]})
            elif m.get("tool_calls"):
                parts = [{"type": "text", "text": m["content"]}] if m["content"] else []
                parts += [{"type": "tool_use", "id": c["id"], "name": c["function"]["name"], "input": json.loads(c["function"]["arguments"])}
                          for c in m["tool_calls"]]
                messages.append({"role": "assistant", "content": parts})
            else:
                messages.append({"role": m["role"], "content": m["content"]})
        check_pairs(messages)
        schema = body.get("response_format", {}).get("json_schema", {})
        choice = body.get("tool_choice", "auto")
        return Asked(self, messages, [t["function"] for t in body.get("tools", [])], choice if isinstance(choice, str) else choice["function"],
                     schema.get("schema"), schema.get("name", ""), body.get("max_tokens") or body.get("max_completion_tokens") or 0,
                     body.get("stream", False))

    def usage(self, said):
        return {"prompt_tokens": said.input, "completion_tokens": said.output, "total_tokens": said.input + said.output,
                "prompt_tokens_details": {"cached_tokens": said.cached, "cache_write_tokens": said.written}}

    def calls(self, said):
        return [{"id": c["id"], "type": "function", "function": {"name": c["name"], "arguments": json.dumps(c["input"])}} for c in said.calls]

    def reason(self, said):
        return {"end": "stop", "tool": "tool_calls", "length": "length", "filter": "stop"}[said.stop]

    def whole(self, said, key):
        message = {"role": "assistant", "content": said.text or None}
        if said.calls:
            message["tool_calls"] = self.calls(said)
        if said.stop == "filter":
            message |= {"content": None, "refusal": "I can't help with that."}
        return {"id": f"scripted-{key}", "object": "chat.completion", "model": "scripted-1",
                "choices": [{"index": 0, "message": message, "finish_reason": self.reason(said)}], "usage": self.usage(said)}

    def pieces(self, said, key):
        def chunk(delta, finish=None):
            return {"id": f"scripted-{key}", "object": "chat.completion.chunk", "model": "scripted-1",
                    "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        events = [chunk({"role": "assistant", "content": None})] + [chunk({"content": t}) for t in thirds(said.text)]
        for i, call in enumerate(self.calls(said)):
            first, *rest = thirds(call["function"]["arguments"])
            events.append(chunk({"tool_calls": [{"index": i, "id": call["id"], "type": "function",
                                                 "function": {"name": call["function"]["name"], "arguments": first}}]}))
            events += [chunk({"tool_calls": [{"index": i, "function": {"arguments": t}}]}) for t in rest]
        if said.stop == "filter":
            events.append(chunk({"refusal": "I can't help with that."}))
        events.append(chunk({}, self.reason(said)))
        events.append({"id": f"scripted-{key}", "object": "chat.completion.chunk", "model": "scripted-1", "choices": [], "usage": self.usage(said)})
        return sse(events) + self.ends

    def error(self, status, kind, message):
        return {"error": {"message": message, "type": kind}}, []


class Anthropic:
    name, stream_type = "anthropic", "text/event-stream"

    @staticmethod
    def fits(path):
        return path.endswith("/messages")

    def check(self, handler, body):
        need(handler.headers.get("anthropic-version") == "2023-06-01", 400, "invalid_request_error", "anthropic-version: header is required")

    def parse(self, path, body):
        known = {"model", "max_tokens", "messages", "system", "tools", "tool_choice", "temperature", "stream", "output_config", "cache_control",
                 "service_tier", "thinking"}
        need(set(body) <= known, 400, "invalid_request_error", f"{sorted(set(body) - known)}: Extra inputs are not permitted")
        messages = [{"role": "system", "content": "".join(b["text"] for b in body["system"])}] if "system" in body else []
        for m in body["messages"]:
            messages.append(neutral(m["role"], [self.part(b) for b in m["content"]]))
        check_turns(messages)
        check_pairs(messages)
        tools = [{"name": t["name"], "description": t["description"], "parameters": t["input_schema"]} for t in body.get("tools", [])]
        choice = body.get("tool_choice", {"type": "auto"})
        word = {"any": "required", "tool": choice}.get(choice["type"], choice["type"])
        schema = body.get("output_config", {}).get("format", {}).get("schema") or told_schema(messages)
        return Asked(self, messages, tools, word, schema, "", body["max_tokens"], body.get("stream", False), "cache_control" in body)

    def part(self, block):
        kind = block["type"]
        if kind == "text":
            need(block["text"].strip(), 400, "invalid_request_error", "messages: text content blocks must be non-empty")
            return {"type": "text", "text": block["text"]}
        if kind == "tool_use":
            return {"type": "tool_use", "id": block["id"], "name": block["name"], "input": block["input"]}
        if kind == "tool_result":
            need(block["content"], 400, "invalid_request_error", "messages: tool_result content is empty")
            return {"type": "tool_result", "id": block["tool_use_id"], "content": block["content"], "is_error": block.get("is_error", False)}
        need(kind == "thinking" and block["signature"] == signature(block["thinking"]), 400, "invalid_request_error",
             "messages: `signature` in `thinking` block is not the one that was given")
        return {"type": "thinking", "from": "anthropic", "block": block}

    def usage(self, said):
        return {"input_tokens": said.input - said.cached - said.written, "output_tokens": said.output,
                "cache_read_input_tokens": said.cached, "cache_creation_input_tokens": said.written}

    def content(self, said):
        blocks = [{"type": "thinking", "thinking": said.thought, "signature": signature(said.thought)}] if said.thought else []
        blocks += [{"type": "text", "text": said.text}] if said.text else []
        return blocks + [{"type": "tool_use", **c} for c in said.calls]

    def reason(self, said):
        return {"end": "end_turn", "tool": "tool_use", "length": "max_tokens", "filter": "refusal"}[said.stop]

    def whole(self, said, key):
        return {"id": f"msg_{key}", "type": "message", "role": "assistant", "model": "scripted-1", "content": self.content(said),
                "stop_reason": self.reason(said), "stop_sequence": None, "usage": self.usage(said)}

    def pieces(self, said, key):
        start = self.whole(said, key) | {"content": [], "stop_reason": None, "usage": self.usage(said) | {"output_tokens": 1}}
        events = [{"type": "message_start", "message": start}, {"type": "ping"}]
        for i, block in enumerate(self.content(said)):
            empty, member, delta = {"text": ({"type": "text", "text": ""}, "text", "text_delta"),
                                    "thinking": ({"type": "thinking", "thinking": "", "signature": ""}, "thinking", "thinking_delta"),
                                    "tool_use": ({**block, "input": {}} if block["type"] == "tool_use" else {}, "partial_json", "input_json_delta"),
                                    }[block["type"]]
            grows = json.dumps(block["input"]) if block["type"] == "tool_use" else block[member]
            events.append({"type": "content_block_start", "index": i, "content_block": empty})
            events += [{"type": "content_block_delta", "index": i, "delta": {"type": delta, member: t}} for t in thirds(grows)]
            if block["type"] == "thinking":
                events.append({"type": "content_block_delta", "index": i, "delta": {"type": "signature_delta", "signature": block["signature"]}})
            events.append({"type": "content_block_stop", "index": i})
        events.append({"type": "message_delta", "delta": {"stop_reason": self.reason(said), "stop_sequence": None},
                       "usage": {"output_tokens": said.output}})
        events.append({"type": "message_stop"})
        return sse(events, names=True)

    def error(self, status, kind, message):
        return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"}, []


def signature(thought):
    return base64.b64encode(hashlib.sha256(b"scripted" + thought.encode()).digest()).decode()


def frame(headers, payload):
    """One message of an AWS event stream."""
    head = b"".join(bytes([len(k)]) + k.encode() + b"\x07" + struct.pack(">H", len(v)) + v.encode() for k, v in headers)
    prelude = struct.pack(">II", len(head) + len(payload) + 16, len(head))
    prelude += struct.pack(">I", zlib.crc32(prelude))
    return prelude + head + payload + struct.pack(">I", zlib.crc32(prelude + head + payload))


def scripted_secret(access_key, action, model):
    return SECRET if access_key == ACCESS_KEY else None


def check_signature(handler, body, wanted_region, secret_of):
    """A signature for Bedrock that is right to the last bit; secret_of(key) is None where the key may not do that."""
    given = handler.headers.get("authorization", "")
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/bedrock/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})", given)
    need(found, 403, "IncompleteSignatureException", "no signature")
    key, day, region, names, signed = found.groups()
    date = handler.headers["x-amz-date"]
    age = datetime.now(timezone.utc) - datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    secret = secret_of(key)
    need(secret and region == wanted_region and date.startswith(day), 403, "UnrecognizedClientException", "unknown key or region, or not allowed")
    need(abs(age.total_seconds()) < 300, 403, "InvalidSignatureException", "signature expired")
    need({"host", "x-amz-date"} <= set(names.split(";")), 403, "InvalidSignatureException", "host and date are not signed")
    canonical = "\n".join(["POST", urllib.parse.quote(handler.path, safe="/-_.~"), "",
                           *(f"{n}:{' '.join(handler.headers[n].split())}" for n in names.split(";")), "", names, hashlib.sha256(body).hexdigest()])
    scope = f"{day}/{region}/bedrock/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    secret = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
    right = hmac.new(secret, to_sign.encode(), hashlib.sha256).hexdigest()
    need(hmac.compare_digest(right, signed), 403, "InvalidSignatureException", "the signature is another")


class Bedrock:
    name, stream_type = "bedrock", "application/vnd.amazon.eventstream"
    region, secret_of = REGION, staticmethod(scripted_secret)  # of a key that may do that; None: it may not
    path = re.compile(r"/model/([A-Za-z0-9._~%-]{1,2048})/(converse|converse-stream)")
    counting = re.compile(r"/model/([A-Za-z0-9._~%-]{1,256})/count-tokens")

    @classmethod
    def fits(cls, path):
        return cls.path.fullmatch(path) is not None

    def check(self, handler, body):
        model, way = self.path.fullmatch(handler.path).groups()
        action = "bedrock:InvokeModelWithResponseStream" if way == "converse-stream" else "bedrock:InvokeModel"
        self.check_key(handler, body, action, urllib.parse.unquote(model))

    def counted(self, handler, body):
        """The texts of a request that wants its tokens counted, as the service would take it."""
        self.check_key(handler, body, "bedrock:CountTokens", urllib.parse.unquote(self.counting.fullmatch(handler.path)[1]))
        given = json.loads(body)
        need(set(given) == {"input"} and set(given["input"]) == {"converse"}, 400, "ValidationException", "no converse in input")
        known, converse = {"messages", "system", "toolConfig"}, given["input"]["converse"]
        need(set(converse) <= known, 400, "ValidationException", f"unknown members {sorted(set(converse) - known)}")
        asked = self.parse("", {**converse, "inferenceConfig": {"maxTokens": 1}})
        return [text_of(m) for m in asked.messages] + ([json.dumps(asked.tools)] if asked.tools else [])

    def check_key(self, handler, body, action, resource):
        """A bearer key, or a signature that is right to the last bit, of somebody who may do that."""
        given = handler.headers.get("authorization", "")
        if given.startswith("Bearer "):
            need(hmac.compare_digest(given, f"Bearer {BEARER}"), 403, "AccessDeniedException", "the key is not one")
            return
        check_signature(handler, body, self.region, lambda key: self.secret_of(key, action, resource))

    def parse(self, path, body):
        known = {"messages", "system", "inferenceConfig", "toolConfig", "outputConfig", "serviceTier", "additionalModelRequestFields"}
        need(set(body) <= known, 400, "ValidationException", f"unknown members {sorted(set(body) - known)}")
        messages = []
        if "system" in body:
            messages.append({"role": "system", "content": "".join(b.get("text", "") for b in body["system"])})
        for m in body["messages"]:
            need(m["content"] and all(len(b) == 1 for b in m["content"]), 400, "ValidationException", "a block has not exactly one member")
            messages.append(neutral(m["role"], [p for p in map(self.part, m["content"]) if p]))
        check_turns(messages)
        check_pairs(messages)
        uses = any(isinstance(m["content"], list) and any(p["type"].startswith("tool") for p in m["content"]) for m in messages)
        need("toolConfig" in body or not uses, 400, "ValidationException", "The toolConfig field must be defined when using toolUse and toolResult content blocks.")
        config = body.get("toolConfig", {"tools": []})
        tools = [{"name": t["toolSpec"]["name"], "description": t["toolSpec"]["description"], "parameters": t["toolSpec"]["inputSchema"]["json"]}
                 for t in config["tools"]]
        choice = config.get("toolChoice", {"auto": {}})
        word = "auto" if "auto" in choice else "required" if "any" in choice else choice["tool"]
        form = body.get("outputConfig", {}).get("textFormat", {}).get("structure", {}).get("jsonSchema", {})
        schema = json.loads(form["schema"]) if form else told_schema(messages)
        return Asked(self, messages, tools, word, schema, form.get("name", ""), body["inferenceConfig"]["maxTokens"], path.endswith("-stream"),
                     '"cachePoint"' in json.dumps(body))

    def part(self, block):
        kind, value = next(iter(block.items()))
        if kind == "text":
            need(value.strip(), 400, "ValidationException", "The text field in the ContentBlock object is blank.")
            return {"type": "text", "text": value}
        if kind == "toolUse":
            return {"type": "tool_use", "id": value["toolUseId"], "name": value["name"], "input": value["input"]}
        if kind == "toolResult":
            text = "".join(c["text"] for c in value["content"])
            need(text, 400, "ValidationException", "a toolResult is empty")
            return {"type": "tool_result", "id": value["toolUseId"], "content": text, "is_error": value["status"] == "error"}
        if kind == "reasoningContent":
            shown = value["reasoningText"]
            need(shown["signature"] == signature(shown["text"]), 400, "ValidationException", "the signature of a reasoning block is another")
            return {"type": "thinking", "from": "bedrock", "block": block}
        need(kind == "cachePoint", 400, "ValidationException", f"unknown block {kind}")
        return None

    def usage(self, said):
        fresh = said.input - said.cached - said.written
        return {"inputTokens": fresh, "outputTokens": said.output, "totalTokens": said.input + said.output,
                "cacheReadInputTokens": said.cached, "cacheWriteInputTokens": said.written}

    def content(self, said):
        blocks = [{"reasoningContent": {"reasoningText": {"text": said.thought, "signature": signature(said.thought)}}}] if said.thought else []
        blocks += [{"text": said.text}] if said.text else []
        return blocks + [{"toolUse": {"toolUseId": c["id"], "name": c["name"], "input": c["input"]}} for c in said.calls]

    def reason(self, said):
        return {"end": "end_turn", "tool": "tool_use", "length": "max_tokens", "filter": "content_filtered"}[said.stop]

    def whole(self, said, key):
        return {"output": {"message": {"role": "assistant", "content": self.content(said)}}, "stopReason": self.reason(said),
                "usage": self.usage(said), "metrics": {"latencyMs": 1}}

    def pieces(self, said, key):
        events = [("messageStart", {"role": "assistant"})]
        for i, block in enumerate(self.content(said)):
            if "toolUse" in block:
                call = block["toolUse"]
                events.append(("contentBlockStart", {"contentBlockIndex": i, "start": {"toolUse": {"toolUseId": call["toolUseId"], "name": call["name"]}}}))
                deltas = [{"toolUse": {"input": t}} for t in thirds(json.dumps(call["input"]))]
            elif "text" in block:
                deltas = [{"text": t} for t in thirds(block["text"])]
            else:
                shown = block["reasoningContent"]["reasoningText"]
                deltas = [{"reasoningContent": {"text": t}} for t in thirds(shown["text"])] + [{"reasoningContent": {"signature": shown["signature"]}}]
            events += [("contentBlockDelta", {"contentBlockIndex": i, "delta": d}) for d in deltas]
            events.append(("contentBlockStop", {"contentBlockIndex": i}))
        events += [("messageStop", {"stopReason": self.reason(said)}), ("metadata", {"usage": self.usage(said), "metrics": {"latencyMs": 1}})]
        return b"".join(frame([(":event-type", name), (":content-type", "application/json"), (":message-type", "event")], json.dumps(body).encode())
                        for name, body in events)

    def error(self, status, kind, message):
        return {"message": message}, [("x-amzn-ErrorType", f"{kind}:http://internal.amazon.com/")]


DIALECTS = (OpenAI(), Anthropic(), Bedrock())


def dialect_for(path):
    return next((d for d in DIALECTS if d.fits(path)), None)
