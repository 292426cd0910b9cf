#!/usr/bin/env python3
"""Tools, structured answers and streams against llama-server with the smallest model."""
import real_model
import real_tools
import rig


class LlamaServer(real_tools.RealServer, real_model.RealModel):
    MODEL = model = "smollm2-135m"

    def setUp(self):
        super().setUp()
        self.url += "/v1"

    def test_pieces_say_what_the_whole_says(self):
        call = {"messages": self.talk()}
        whole, = self.ask(call)
        pieces, = self.ask(call, traits="stream")
        self.assertEqual((pieces["text"], pieces["usage"]), (whole["text"], whole["usage"]))


if __name__ == "__main__":
    real_model.prepare(LlamaServer.MODEL)
    rig.main()
