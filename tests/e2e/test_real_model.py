#!/usr/bin/env python3
"""A few real calls: the smallest model writes a report on one question."""
import real_model
import rig


class SmallestModel(real_model.RealModel):
    MODEL = "smollm2-135m"

    def test_one_question(self):
        result = self.write_report("Keeping a small weather station running", "--question",
                                   "How is the power supply of the weather station kept up?", "--max-tool-calls", "4", "--context", "4000",
                                   timeout=800)
        calls = self.model_calls()
        self.assertEqual(result["model_calls"], len(calls))
        self.assertGreaterEqual(len(calls), 3)  # research, draft, synthesize; judge where there is something to judge
        self.assertLessEqual(len(calls), 30)
        report, written = self.report()
        self.assertEqual(report["checks"]["quotes_verified"], report["checks"]["quotes_total"])
        print(f"{len(calls)} calls of {self.MODEL}; {len(written)} of its sentences are printed")


if __name__ == "__main__":
    real_model.prepare(SmallestModel.MODEL)
    rig.main()
