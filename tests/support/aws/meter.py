"""What DynamoDB bills for requests, by its published rules: 1 write unit for each KB of the larger of the item before and
after, twice that in a transaction, and one more (twice for a move) when a key of the index changes; 1 read unit for each 4 KB
read consistently, half of that from an index. DynamoDB Local's own figures leave updates in transactions out.
"""
import base64
import re

INDEX_KEYS = ("outcome", "started_ms")
SET = re.compile(r"([#\w]+) = (:\w+)")


def attribute_bytes(value):
    (kind, content), = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return (len(content.lstrip("-").strip("0")) + 1) // 2 + 1 + content.startswith("-")
    if kind == "B":
        return len(base64.b64decode(content))
    if kind == "L":
        return 3 + sum(1 + attribute_bytes(v) for v in content)
    return 1


def item_bytes(item):
    return sum(len(name) + attribute_bytes(value) for name, value in item.items())


def units(size, per):
    return max(1, -(-size // per))


class Meter:
    def __init__(self):
        self.items = {}

    def write_units(self, request, operation):
        """Of a write that was done."""
        if operation == "TransactWriteItems":
            return 2 * sum(self.one(kind, write) for action in request["TransactItems"] for kind, write in action.items())
        return self.one(operation.removesuffix("Item"), request)

    def one(self, kind, write):
        key = write["TableName"], *(write.get("Item") or write["Key"])["pk"].values(), *(write.get("Item") or write["Key"])["sk"].values()
        before = self.items.pop(key, {})
        after = {"Put": lambda: write["Item"], "Update": lambda: self.updated(before, write), "Delete": dict}[kind]()
        if after:
            self.items[key] = after
        spent = units(max(item_bytes(before), item_bytes(after)), 1024)
        was, now = ([item.get(name) for name in INDEX_KEYS if name in item] for item in (before, after))
        return spent + (0 if was == now else (len(was) == 2) + (len(now) == 2))

    @staticmethod
    def updated(before, write):
        names, after = write.get("ExpressionAttributeNames", {}), {**write["Key"], **before}
        sets, _, removes = write["UpdateExpression"].partition("REMOVE ")
        for name, value in SET.findall(sets):
            after[names.get(name, name)] = write["ExpressionAttributeValues"][value]
        for name in filter(None, removes.split(", ")):
            after.pop(names.get(name, name), None)
        return after

    @staticmethod
    def read_units(request, answer):
        if "RequestItems" in request:  # each item for itself
            return sum(units(item_bytes(item), 4096) for items in answer["Responses"].values() for item in items)
        items = answer.get("Items", [answer["Item"]] if "Item" in answer else [])
        whole = units(sum(map(item_bytes, items)), 4096)
        return whole if request.get("ConsistentRead") else whole / 2
