"""Stands in for a service: says that it is ready, and knows the few routes that the command line asks for."""

import json
import os
import signal
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

said: list[dict[str, str]] = []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/needs/"):
            offers = [{"id": "o1", "title": "Sprachcafé", "probability": 0.8, "reasons": ["topic"]}]
            return self.answer(200, {"need_id": "n1", "decision": "referred", "reason": None, "offers": offers})
        if url.path == "/channels/console/messages":
            query = parse_qs(url.query)
            mine = [number for number, message in enumerate(said, 1) if message["from"] == query["from"][0]]
            choices = [{"value": "helped", "label": "Es hat geholfen"}, {"value": "more", "label": "Mehr zeigen"}]
            messages = [
                {"seq": seq, "message_id": f"m{seq}", "need_id": "n1", "text": f"Antwort [{seq}]", "choices": choices}
                for seq in mine if seq > int(query["after"][0]) and said[seq - 1]["text"] != "Danke!"
            ]  # fmt: skip
            if not messages:
                time.sleep(float(query["wait"][0]))  # as a long poll does when nothing comes
            return self.answer(200, {"messages": messages})
        return self.answer(200, {"status": "ready"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != f"Bearer {os.environ['ANLAUFSTELLE_API_TOKEN']}":
            return self.answer(401, {"detail": "send the bearer token"})
        if self.path.startswith("/directory/import"):
            return self.answer(200, {"published": body.count(b"\n"), "changed": 0, "unchanged": 0, "errors": []})
        message = json.loads(body)
        if not message["text"].strip():
            return self.answer(422, {"detail": "the text is empty"})
        said.append(message)
        if message["text"] == "Danke!":
            return self.answer(202, {"cause_id": "c", "kind": "chatter", "need_id": None})
        return self.answer(202, {"cause_id": "c", "kind": "need", "need_id": "n1"})

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of every request."""

    def answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def stop(*_: object) -> None:
    """Tell whether the bus is still there when we are asked to go."""
    host, port = os.environ["ANLAUFSTELLE_NATS_URL"].removeprefix("nats://").split(":")
    socket.create_connection((host, int(port)), timeout=1).close()
    print("stopped in order", flush=True)
    sys.exit()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    print("started", flush=True)
    print('{"event": "listening", "port": 1, "service": "x", "level": "info", "timestamp": "2026-11-24T06:19:18.7Z"}', flush=True)
    print('{"event": "half a li', flush=True)
    address = (os.environ["ANLAUFSTELLE_HTTP_HOST"], int(os.environ["ANLAUFSTELLE_HTTP_PORT"]))
    ThreadingHTTPServer(address, Handler).serve_forever()
