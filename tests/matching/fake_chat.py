"""A chat endpoint as other people run them, that answers what a test wants."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class FakeChat:
    """What it was asked, and how it answers from now on."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    content: str = '{"fits": [1], "sure": true}'
    status: int = 200
    body: bytes | None = None
    delay: float = 0.0
    tokens: int = 300

    def answer(self) -> bytes:
        """The body of an answer."""
        if self.body is not None:
            return self.body
        message = {"role": "assistant", "content": self.content}
        return json.dumps({"choices": [{"message": message}], "usage": {"total_tokens": self.tokens}}).encode()


@contextmanager
def open_chat() -> Iterator[FakeChat]:
    """One on a free port of this machine."""
    chat = FakeChat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/chat/completions"
            chat.keys.append(self.headers["Authorization"])
            chat.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(chat.delay)  # a model that thinks for long
            try:
                self.send_response(chat.status)
                self.end_headers()
                self.wfile.write(chat.answer())
            except OSError:
                """Who asked has gone."""

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing of every request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    chat.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield chat
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
