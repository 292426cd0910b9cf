"""A stand-in for what gpt-researcher asks: chat completions (whole and in pieces) and a search, each after some time, with answers
that are well-formed and the same each time. It counts what it is asked."""
import http.server
import json
import threading
import time

REPORT = "# Report\n\n" + "\n\n".join(f"Paragraph {i}: the documents say what they say, and this sentence is here to have a length." for i in range(40))


def answer(text):
    low = text.lower()
    if "agent_role_prompt" in low:
        return json.dumps({"server": "Research Agent", "agent_role_prompt": "You are a careful research assistant."})
    if "search queries" in low:
        return json.dumps(["recovery after a crash", "backup and restore", "consistency checks"])
    return REPORT


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, body, kind="application/json"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.server.searches += 1
        self.reply(json.dumps([{"url": "http://127.0.0.1/x", "href": "http://127.0.0.1/x", "title": "t", "body": REPORT[:500], "raw_content": REPORT[:500]}]).encode())

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if not self.path.endswith("/chat/completions"):
            return self.do_GET()
        self.server.chats += 1
        time.sleep(self.server.latency_s)
        said = answer("\n".join(str(m.get("content")) for m in asked["messages"]))
        head = {"id": "c", "created": 1, "model": "m"}
        usage = {"prompt_tokens": 1000, "completion_tokens": len(said) // 4, "total_tokens": 1000 + len(said) // 4}
        if not asked.get("stream"):
            message = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
            return self.reply(json.dumps({**head, "object": "chat.completion", "choices": [message], "usage": usage}).encode())
        chunks = [{"index": 0, "delta": {"role": "assistant", "content": said[i:i + 400]}, "finish_reason": None} for i in range(0, len(said), 400)]
        chunks.append({"index": 0, "delta": {}, "finish_reason": "stop"})
        lines = ["data: " + json.dumps({**head, "object": "chat.completion.chunk", "choices": [c]}) for c in chunks] + ["data: [DONE]"]
        return self.reply(("\n\n".join(lines) + "\n\n").encode(), "text/event-stream")

    def log_message(self, *_):
        pass


def serve(latency_ms):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.latency_s, server.chats, server.searches = latency_ms / 1000, 0, 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
