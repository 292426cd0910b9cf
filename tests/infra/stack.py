"""The template and its state machines as Python data, and the one file that a deployment sends.

    stack.py OUT    writes OUT/template.json (definitions inlined, as `aws cloudformation package` and the
                    substitutions of a deployment leave them) and OUT/{report,batch}.asl.json with sample values
"""
import copy
import json
import os
import re
import sys

import yaml

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INFRA = os.path.join(SOURCE, "infra")
MACHINES = {"ReportMachine": "report.asl.json", "BatchMachine": "batch.asl.json"}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _short_form(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", _short_form)


class Stack:
    """.template, .machines {logical id: definition}, .texts {file: text}; .copy() to break one."""

    def __init__(self):
        self.texts = {}
        self.template = yaml.load(self.read("template.yaml"), Loader)
        self.machines = {name: json.loads(self.read(file)) for name, file in MACHINES.items()}

    def read(self, name):
        with open(os.path.join(INFRA, name), encoding="utf-8") as f:
            self.texts[name] = f.read()
        return self.texts[name]

    def copy(self):
        return copy.deepcopy(self)

    @property
    def resources(self):
        return self.template["Resources"]

    def of_type(self, *types):
        return {n: r["Properties"] for n, r in self.resources.items() if r["Type"] in types and "Properties" in r}

    def packaged(self):
        """The template with its definitions inside, for tools and tests that take one file."""
        whole = copy.deepcopy(self.template)
        for name, definition in self.machines.items():
            properties = whole["Resources"][name]["Properties"]
            del properties["DefinitionS3Location"]
            properties["DefinitionString"] = json.dumps(definition)
        return whole


def states(machine):
    """[(name, state, the States it lives in)] of a machine, those of a Map's processor too."""
    found = []

    def walk(block):
        for name, state in block["States"].items():
            found.append((name, state, block))
            if "ItemProcessor" in state:
                walk(state["ItemProcessor"])

    walk(machine)
    return found


def substituted(definition, values=None):
    """The definition with sample values for what the template puts in."""
    def value(match):
        name = match.group(1)
        return str((values or {}).get(name, "60" if re.search(r"Seconds|Max|Concurrency|Failures", name) else "sample"))

    return json.loads(re.sub(r"\$\{(\w+)\}", value, json.dumps(definition)))


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    stack = Stack()
    with open(os.path.join(out, "template.json"), "w", encoding="utf-8") as f:
        json.dump(stack.packaged(), f, indent=1)
    for name, file in MACHINES.items():
        with open(os.path.join(out, file), "w", encoding="utf-8") as f:
            json.dump(substituted(stack.machines[name]), f, indent=1)


if __name__ == "__main__":
    main()
