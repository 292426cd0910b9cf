"""Calls of tools, structured answers and streams against a real server, straight through src/model (ask_model)."""
import json
import os
import subprocess

import rig

FIND = {"name": "find", "description": "finds the pages of the handbook that hold a word", "schema":
        {"type": "object", "properties": {"word": {"type": "string", "maxLength": 20}}, "required": ["word"], "additionalProperties": False}}
SCHEMA = {"type": "object", "properties": {"town": {"type": "string", "enum": ["Bergen", "Oslo"]}, "year": {"type": "integer"}},
          "required": ["town", "year"], "additionalProperties": False}
SYSTEM = {"role": "system", "content": "You look things up in a handbook and answer in short."}


class RealServer:
    """What must hold whatever the model says. The test case has self.model and self.url."""

    traits = ""  # that all calls need

    def ask(self, *calls, traits=""):
        """The observations, with each cost below its bound."""
        lines = "".join(json.dumps({"role": "read", "max_tokens": 80, **c}) + "\n" for c in calls)
        done = subprocess.run([os.path.join(rig.BUILD, "tests", "e2e", "ask_model"), f"openai:{self.model}", self.url, f"{self.traits},{traits}"], input=lines,
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        seen = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(seen), len(calls))
        for observation in seen:
            if "usage" in observation:
                self.assertLessEqual(observation["cost_microusd"], observation["bound_microusd"])
                self.assertEqual(observation["by"], f"openai:{self.model}")
        return seen

    def talk(self, *more):
        return [SYSTEM, {"role": "user", "content": "On which page of the handbook is the year when the lighthouse of Bergen was built?"}, *more]

    def test_structured_answers_keep_to_the_schema(self):
        call = {"messages": [SYSTEM, {"role": "user", "content": "The lighthouse of Bergen was built in 1921. Which town, which year?"}],
                "schema": SCHEMA, "schema_name": "fact"}
        first, again = self.ask(call, call)
        said = json.loads(first["text"])
        self.assertEqual(set(said), {"town", "year"})
        self.assertIn(said["town"], ("Bergen", "Oslo"))
        self.assertEqual(first["text"], again["text"], "the same call, another answer")

    def test_tools_by_structured_answers(self):
        """A model without tool calling: a forced call, its result, and on to an answer."""
        first, = self.ask({"messages": self.talk(), "tools": [FIND], "tool_choice": "required"})
        self.assertEqual((first["stop"], first["text"]), ("tool", ""))
        call, = first["tool_calls"]
        self.assertEqual((call["name"], list(call["input"])), ("find", ["word"]))
        said = {"role": "assistant", "content": first["content"]}
        results = {"role": "user", "content": [{"type": "tool_result", "id": call["id"], "content": "page 7: The lighthouse was built in 1921."}]}
        last, = self.ask({"messages": self.talk(said, results), "tools": [FIND], "tool_choice": "none", "schema": SCHEMA, "schema_name": "fact"})
        self.assertEqual(last["stop"], "end")
        self.assertEqual(set(json.loads(last["text"])), {"town", "year"})

    def test_tools_as_the_server_has_them(self):
        """Whatever the server does with tools: a call of one of them, or a text. Never an unknown cost."""
        for choice in ("auto", "required", {"name": "find"}):
            seen, = self.ask({"messages": self.talk(), "tools": [FIND], "tool_choice": choice}, traits="tools")
            self.assertIn(seen.get("stop"), ("tool", "end", "length"), seen)
            for call in seen.get("tool_calls", ()):
                self.assertEqual(call["name"], "find")
            print(f"  {choice}: {[c['name'] for c in seen.get('tool_calls', ())] or seen['text'][:60]!r}")

    def test_a_conversation_that_is_too_long_is_refused_and_costs_nothing(self):
        seen, = self.ask({"messages": self.talk({"role": "user", "content": "lighthouse " * 20000})})
        self.assertEqual((seen["error"]["status"], seen["cost_microusd"]), (400, 0))
