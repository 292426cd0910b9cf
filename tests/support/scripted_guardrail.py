"""A scripted guardrail beside the scripted models: ApplyGuardrail with a contextual grounding policy, checked as the service does. The score
of a statement is a function of its words alone, so the same statement always gets the same."""
import hashlib
import re
import urllib.parse

from dialects import Bedrock, need

FEE_MICROUSD, UNIT = 100, 1000  # of a text unit of so many characters
LIMITS = {"grounding_source": 100000, "query": 1000, "guard_content": 5000}
THRESHOLD = 0.7
PATH = re.compile(r"/guardrail/([A-Za-z0-9._~%-]{1,2048})/version/([1-9][0-9]{0,7}|DRAFT)/apply")


def fits(path):
    return PATH.fullmatch(path) is not None


def check(handler, body):
    """Who asks, and that it is allowed to."""
    Bedrock().check_key(handler, body, "bedrock:ApplyGuardrail", urllib.parse.unquote(PATH.fullmatch(handler.path)[1]))


def parse(body):
    """{qualifier: [texts]} of a request that the service would take."""
    need(set(body) <= {"source", "content", "outputScope"} and body["source"] == "OUTPUT", 400, "ValidationException", "unknown members")
    texts = {name: [] for name in LIMITS}
    for block in body["content"]:
        need(set(block) == {"text"} and set(block["text"]) == {"text", "qualifiers"}, 400, "ValidationException", "a block is not a text")
        need(block["text"]["text"] and len(block["text"]["qualifiers"]) == 1, 400, "ValidationException", "a text is empty or of several kinds")
        texts[block["text"]["qualifiers"][0]].append(block["text"]["text"])
    for name, most in LIMITS.items():
        need(0 < sum(map(len, texts[name])) <= most, 400, "ValidationException", f"{name} has no text, or more than {most} characters")
    need(len(texts["query"]) == len(texts["guard_content"]) == 1, 400, "ValidationException", "one query and one text are wanted")
    return texts


def score(text):
    """Two statements of five or so are not grounded."""
    dice = int(hashlib.sha256(text.encode()).hexdigest(), 16) % 100
    return dice / 100 if dice < 40 else 0.7 + dice % 30 / 100


def units(texts):
    return -(-sum(len(t) for kind in texts.values() for t in kind) // UNIT)


def answer(texts):
    grounding = score(texts["guard_content"][0])
    blocked = grounding < THRESHOLD
    filters = [{"type": "GROUNDING", "threshold": THRESHOLD, "score": grounding, "action": "BLOCKED" if blocked else "NONE", "detected": blocked},
               {"type": "RELEVANCE", "threshold": 0.0, "score": 0.99, "action": "NONE", "detected": False}]
    usage = {"topicPolicyUnits": 0, "contentPolicyUnits": 0, "wordPolicyUnits": 0, "sensitiveInformationPolicyUnits": 0,
             "sensitiveInformationPolicyFreeUnits": 0, "contextualGroundingPolicyUnits": units(texts)}
    return {"usage": usage, "action": "GUARDRAIL_INTERVENED" if blocked else "NONE", "actionReason": "Guardrail blocked." if blocked else "No action.",
            "outputs": [{"text": "Sorry, I can't say that."}] if blocked else [], "assessments": [{"contextualGroundingPolicy": {"filters": filters}}]}
