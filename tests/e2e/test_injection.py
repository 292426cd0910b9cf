#!/usr/bin/env python3
"""A scripted model that does whatever documents tell it: nothing of it may have an effect. Each of our own cases in two runs; the packages'
cases are the long test's."""
import injection
import rig


class Own(injection.Runs):
    def test_scripted_obedient_model_in_documents(self):
        cases = injection.injections.own(self.trap_url)
        self.assertGreater(self.try_all(cases), 0.8 * len(cases))

    def test_scripted_obedient_model_waits_at_gates(self):
        self.serve_obedient()
        self.plant(injection.injections.own(self.trap_url))
        done = self.call(*self.run_args("--approve", "final"))
        self.check(done, 5)
        self.check_effects(done)

    def test_scripted_obedient_model_on_the_web(self):
        self.assertGreater(self.try_web(injection.injections.own(self.trap_url)), 3)

    def test_scripted_obedient_model_and_a_knowledge_base(self):
        self.assertGreater(self.try_kb(injection.injections.own(self.trap_url)), 3)


if __name__ == "__main__":
    rig.main()
