"""The agent's whole run through its state machine with models of Amazon Bedrock: a scripted stand-in that checks each signature
with the keys of the phase's role, and what the role may ask."""
from real import ALL, Paid, rig
from dialects import Bedrock as Wire
from emulator.access import ACCOUNT
from emulator.aws import REGION

MODEL, OTHER = "anthropic.scripted-v1:0", "meta.another-v1:0"


def arn(model):
    return f"arn:aws:bedrock:{REGION}::foundation-model/{model}"


class Bedrock(Paid):
    may_be_refused = True
    parameters, together = {"PhaseSeconds": 300, "WorkSeconds": 240, "BedrockModelArns": arn(MODEL)}, 6

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Wire.region = REGION
        Wire.secret_of = staticmethod(lambda key, action, model: cls.aws.access.secret_for(key, action, arn(model)))

    @staticmethod
    def model_at(server):
        return {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"http://127.0.0.1:{server.server_address[1]}", "NIGHTDESK_PRICE": "2,10", "NIGHTDESK_LANES": "3"}

    def request(self, **more):
        return super(Paid, self).request(**{"writer": "bedrock:" + MODEL, **more})

    def local_environment(self, run_id):
        """On this machine the same requests are signed with the keys of one role."""
        key, secret, token = self.aws.access.session(f"arn:aws:iam::{ACCOUNT}:role/{self.aws.names['ResearchRole']}")
        return {**super().local_environment(run_id), "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token,
                "AWS_REGION": REGION}

    def through(self, run_id, phase=None):
        """A run, killed while that phase pays; the same report as on this machine."""
        server = self.serve(run_id)
        if phase:
            self.slow_in(run_id, phase, server)
        execution = self.begin(run_id)
        if phase:
            self.aws.tasks.kill(self.paying(run_id, phase, server)["pid"])
        self.ended(execution, "completed")
        self.assertEqual([c[1] for c in self.containers(run_id)], [e for p in ALL for e in ([137, 0] if p == phase else [0])])
        keys, billed = self.bill(server)
        spent, unknown = self.ledger(run_id)
        self.assertGreater(len(keys), 5)
        self.assertLessEqual(billed, spent + unknown)
        self.assertLessEqual(sum(n - 1 for n in keys.values()), 3)
        self.same_report(run_id)

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

    def test_another_model_is_refused(self):
        self.serve("bedrock-other")
        ended = self.aws.wait(self.begin("bedrock-other", writer="bedrock:" + OTHER), 300)
        self.assertEqual(ended["status"], "FAILED")  # 78: not tried again
        self.assertIn("status 403", self.log("bedrock-other"))
        self.assertEqual({c[1] for c in self.containers("bedrock-other")}, {78})
        self.assertEqual({resource for _, _, resource in self.aws.access.refused}, {arn(OTHER)})


if __name__ == "__main__":
    rig.main()
