"""Whole runs through the state machine with models, a guardrail and knowledge bases of Amazon Bedrock: scripted stand-ins that check each signature
with the keys of the phase's role, and what the role may ask."""
import json
import os
import tempfile
import time

from real import ALL, STARTED, TOPIC, Paid, Real, rig
from dialects import Bedrock as Wire
from knowledge_base import KnowledgeBase, s3
from emulator.access import ACCOUNT
from emulator.aws import REGION

MODEL, OTHER = "anthropic.scripted-v1:0", "meta.another-v1:0"


def arn(model):
    return f"arn:aws:bedrock:{REGION}::foundation-model/{model}"


GUARD, OTHER_GUARD = "grfacts", "grother"


def guardrail_arn(name):
    return f"arn:aws:bedrock:{REGION}:{ACCOUNT}:guardrail/{name}"


def resource_of(action, name):
    return guardrail_arn(name) if action == "bedrock:ApplyGuardrail" else arn(name)


class Bedrock(Paid):
    may_be_refused, role = True, "ResearchRole"
    parameters, together = {"PhaseSeconds": 300, "WorkSeconds": 240, "BedrockModelArns": arn(MODEL), "BedrockGuardrailArns": guardrail_arn(GUARD)}, 6

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Wire.region = REGION
        Wire.secret_of = staticmethod(lambda key, action, model: cls.aws.access.secret_for(key, action, resource_of(action, model)))

    @staticmethod
    def model_at(server):
        return {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"http://127.0.0.1:{server.server_address[1]}", "NIGHTDESK_PRICE": "2,10", "NIGHTDESK_LANES": "3"}

    def request(self, **more):
        return super(Paid, self).request(**{"writer": "bedrock:" + MODEL, **more})

    def local_environment(self, run_id):
        """On this machine the same requests are signed with the keys of one role."""
        key, secret, token = self.aws.access.session(f"arn:aws:iam::{ACCOUNT}:role/{self.aws.names[self.role]}")
        return {**super().local_environment(run_id), "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token,
                "AWS_REGION": REGION}

    def through(self, run_id, phase=None, **more):
        """A run, killed while that phase pays; the same report as on this machine."""
        server = self.serve(run_id)
        if phase:
            self.slow_in(run_id, phase, server)
        execution = self.begin(run_id, **more)
        if phase:
            self.aws.tasks.kill(self.paying(run_id, phase, server)["pid"])
        self.ended(execution, "completed")
        self.assertEqual([c[1] for c in self.containers(run_id)], [e for p in ALL for e in ([137, 0] if p == phase else [0])])
        keys, billed = self.bill(server)
        spent, unknown = self.ledger(run_id)
        self.assertGreater(len(keys), 5)
        self.assertLessEqual(billed, spent + unknown)
        self.assertLessEqual(sum(n - 1 for n in keys.values()), 3)
        self.same_report(run_id, **more)
        return server

    def test_whole(self):
        self.through("bedrock-whole")
        used = {(self.aws.owners[owner], action) for owner, sid, action in self.aws.access.used if sid == "Models"}
        self.assertTrue({role for role, _ in used} >= {"ResearchRole", "DraftRole", "FactCheckRole"}, used)

    def test_killed_in_research(self):
        self.through("bedrock-research", "research")

    def test_killed_in_draft(self):
        self.through("bedrock-draft", "draft")

    def test_killed_in_synthesize(self):
        self.through("bedrock-synthesize", "synthesize")

    def test_killed_in_fact_check(self):
        self.through("bedrock-fact-check", "fact-check")

    def checks(self, run_id):
        with open(os.path.join(self.report(run_id), "report.json"), encoding="utf-8") as f:
            report = json.load(f)
        return report["checks"]["guardrail"], report["notes"]

    def test_guarded_and_killed_in_fact_check(self):
        """The fact check alone asks the guardrail, with its role."""
        self.role = "FactCheckRole"
        server = self.through("bedrock-guarded", "fact-check", guardrail=GUARD + ":1")
        asked = [texts["guard_content"][0] for job, texts, _ in server.asked if job == "ground"]
        checks, _ = self.checks("bedrock-guarded")
        self.assertEqual((checks["judged"], checks["missed"]), (len(set(asked)), 0))
        self.assertGreater(checks["judged"], 3)
        used = {(self.aws.owners[owner], action) for owner, sid, action in self.aws.access.used if sid == "Guardrails"}
        self.assertEqual(used, {("FactCheckRole", "bedrock:ApplyGuardrail")})

    def test_another_guardrail_is_a_note(self):
        self.serve("bedrock-other-guard")
        self.ended(self.begin("bedrock-other-guard", guardrail=OTHER_GUARD + ":1"), "completed")
        checks, notes = self.checks("bedrock-other-guard")
        self.assertEqual(checks["judged"], 0)
        self.assertTrue([n for n in notes if "no permission, or no such guardrail" in n], notes)
        self.assertIn(guardrail_arn(OTHER_GUARD), {resource for _, _, resource in self.aws.access.refused})

    def test_another_model_is_refused(self):
        self.serve("bedrock-other")
        ended = self.aws.wait(self.begin("bedrock-other", writer="bedrock:" + OTHER), 300)
        self.assertEqual(ended["status"], "FAILED")  # 78: not tried again
        self.assertIn("status 403", self.log("bedrock-other"))
        self.assertEqual({c[1] for c in self.containers("bedrock-other")}, {78})
        self.assertIn(arn(OTHER), {resource for _, _, resource in self.aws.access.refused})


KB, OTHER_KB = "ABCDE12345", "ZZZZZ00000"
PASSAGES = [s3("A methanol fuel cell of 40 watts keeps the power of a weather station up through a polar night.", "s3://field-notes/power.pdf"),
            s3("The sensors of a weather station must be checked for ice, because a frozen vane points nowhere.", "s3://field-notes/sensors.pdf"),
            s3("Maintenance of a weather station by helicopter costs 9,000 francs, so two stations share one flight.", "s3://field-notes/visits.pdf"),
            s3("Data of a weather station should be sent twice, since a third of the messages is lost in heavy snow.", "s3://field-notes/data.pdf")]


def kb_arn(kb):
    return f"arn:aws:bedrock:{REGION}:{ACCOUNT}:knowledge-base/{kb}"


def address(kb):
    return f"bedrock:{REGION}:{kb}"


class KnowledgeBases(Real):
    """The extractive writer asks one with the keys of the research role."""
    may_be_refused = True
    parameters = {"PhaseSeconds": 300, "WorkSeconds": 240, "BedrockKnowledgeBaseArns": kb_arn(KB)}

    def serve(self, run_id):
        server = KnowledgeBase(PASSAGES)
        server.region, server.known = REGION, (KB, OTHER_KB)
        server.secret_for = lambda key, kb: self.aws.access.secret_for(key, "bedrock:Retrieve", kb_arn(kb))
        server.start()
        self.addCleanup(server.stop)
        self.of_run[run_id] = {"AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME": server.base}
        return server

    def local_environment(self, run_id):
        key, secret, token = self.aws.access.session(f"arn:aws:iam::{ACCOUNT}:role/{self.aws.names['ResearchRole']}")
        return {**self.of_run[run_id], "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token, "AWS_REGION": REGION}

    def quotes_it(self, run_id):
        with open(os.path.join(self.report(run_id), "report.html"), encoding="utf-8") as f:
            self.assertIn("s3://field-notes/", f.read())

    def test_research_asks_it_with_its_role(self):
        server = self.serve("kb-whole")
        self.ended(self.begin("kb-whole", kbs=[address(KB)]), "completed")
        self.assertEqual((server.refused, {kb for kb, _ in server.asked}), ([], {KB}))
        used = {(self.aws.owners[owner], action) for owner, sid, action in self.aws.access.used if sid == "KnowledgeBases"}
        self.assertEqual(used, {("ResearchRole", "bedrock:Retrieve")})
        self.quotes_it("kb-whole")
        self.same_report("kb-whole", kbs=[address(KB)])

    def test_killed_while_it_asks(self):
        server = self.serve("kb-killed")

        def slow(answer):
            time.sleep(2 if len(server.asked) <= 2 else 0)
            return answer
        server.answer = slow
        execution = self.begin("kb-killed", kbs=[address(KB)])
        self.aws.until(lambda: server.asked)
        self.aws.tasks.kill(self.at_work("kb-killed", "research")["pid"])
        self.ended(execution, "completed")
        self.assertEqual([c[1] for c in self.containers("kb-killed")], [137, 0, 0, 0, 0])
        self.same_report("kb-killed", kbs=[address(KB)])

    def test_submitted_by_name(self):
        self.serve("kb-named")
        env = {**self.operator, "XDG_CONFIG_HOME": tempfile.mkdtemp(prefix="config-", dir=self.folder)}
        self.call("kb", "add", "notes", "--bedrock", KB, env=env)
        self.call("submit", TOPIC, "--kb", "notes", "--docs", self.docs, "--sub-topics", "4", "--run-id", "kb-named", "--started-at",
                  STARTED, env=env)
        ended = self.ended(f"{self.outputs['ReportMachineArn'].replace(':stateMachine:', ':execution:')}:kb-named", "completed")
        self.assertIn(address(KB), ended["input"])
        self.quotes_it("kb-named")

    def test_another_is_refused(self):
        self.serve("kb-other")
        ended = self.aws.wait(self.begin("kb-other", kbs=[address(OTHER_KB)]), 300)
        self.assertEqual(ended["status"], "FAILED")  # 78: not tried again
        self.assertIn("status 403", self.log("kb-other"))
        self.assertEqual([c[1] for c in self.containers("kb-other")], [78])
        self.assertIn(kb_arn(OTHER_KB), {resource for _, _, resource in self.aws.access.refused})


if __name__ == "__main__":
    rig.main()
