#!/usr/bin/env python3
"""A whole run with the larger model: it plans, searches, drafts, synthesises and judges."""
import real_model
import rig


class LargerModel(real_model.RealModel):
    MODEL = "qwen2.5-coder-1.5b"

    def test_whole_run(self):
        result = self.write_report(rig.TOPIC, "--sub-topics", "2", "--max-tool-calls", "6", "--context", "4000", timeout=3000)
        calls = self.model_calls()
        self.assertEqual(result["model_calls"], len(calls))
        self.assertGreaterEqual(len(calls), 5)
        report, written = self.report()
        self.assertEqual(report["checks"]["quotes_verified"], report["checks"]["quotes_total"])
        self.assertGreater(len(written), 0, "none of the model's sentences could be printed")
        self.assertTrue(any(s["why"].startswith("suggested by the model") for s in report["sections"]))
        verdicts = {v: sum(c["verdict"] == v for c in written) for v in ("supported", "unjudged", "caveat")}
        print(f"{len(calls)} calls of {self.MODEL}; {len(written)} of its sentences are printed: {verdicts}")


if __name__ == "__main__":
    real_model.prepare(LargerModel.MODEL)
    rig.main()
