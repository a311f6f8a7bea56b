"""Stand-ins for intake and matching, over real HTTP, that remember what they were asked."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr

from services.web.main import WebSettings

DESK_KEY = "a-key-for-tests"
TOKEN = "t0kEn-of-a-conversation"
CHOICES = [{"value": "helped", "label": "Допомогло"}, {"value": "human", "label": "Поговорити з людиною"}]
REPLIES = ("helped", "human", "/delete", "erase.yes")
ANSWER = "Ми знайшли 1 пропозицію:\n\n1. Kleiderkammer <Grünau>\nДе: Grünau"


def settings_of(house_url: str, **more: Any) -> WebSettings:
    """web's settings, with one address for all rooms."""
    return WebSettings(
        intake_url=house_url,
        matching_url=house_url,
        projects_url=house_url,
        desk_key=SecretStr(DESK_KEY),
        api_token=SecretStr("test-token"),
        **more,
    )


@dataclass
class House:
    """What intake and matching were told, and how they answer from now on."""

    url: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)
    clicked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    lists: list[bytes] = field(default_factory=list)
    answered: int = 0
    decided: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    written: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    is_held: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    language: str = "uk"
    fails_with: int = 0

    def answer(self, text: str = ANSWER, need_id: str = "n1") -> None:
        """Let intake have answered."""
        self.messages.append({"from": "us", "text": text, "time": "2026-11-24T09:31:00Z", "choices": CHOICES, "need_id": need_id})

    def app(self) -> FastAPI:
        """The routes of intake and matching that web calls."""
        app = FastAPI()

        @app.middleware("http")
        async def guard(request: Request, call_next: Any) -> Any:
            if request.headers.get("authorization") != "Bearer test-token":
                return JSONResponse({}, 401)
            return JSONResponse({}, self.fails_with) if self.fails_with else await call_next(request)

        @app.post("/channels/web/messages", status_code=202)
        async def say(body: dict[str, Any]) -> Any:
            if body["token"] not in (None, TOKEN):
                return JSONResponse({}, 404)
            if body["id"] not in [said["id"] for said in self.said]:
                self.said.append(body)
                if body["text"] not in REPLIES:  # as intake: what is pressed is no word of the person's
                    self.messages.append({"from": "person", "text": body["text"], "time": "2026-11-24T09:30:00Z"})
            return {"token": TOKEN, "need_id": "n1", "kind": "need"}

        @app.get("/channels/web/conversations/{token}")
        async def conversation(token: str) -> Any:
            if token != TOKEN:
                return JSONResponse({}, 404)
            return {"language": self.language, "messages": self.messages}

        @app.post("/channels/desk/messages", status_code=202)
        async def write_down(body: dict[str, Any]) -> Any:
            self.said.append(body)
            self.messages.append({"from": "person", "text": body["text"], "time": "2026-11-24T09:30:00Z"})
            return {"code": TOKEN, "need_id": "n1", "kind": "need"}

        @app.get("/channels/desk/conversations/{code}")
        async def visitor(code: str) -> Any:
            return await conversation(code)

        @app.post("/channels/desk/lists", status_code=202)
        async def take_list(request: Request) -> Any:
            self.lists.append(await request.body())
            if not self.lists[-1].startswith(b"text"):
                return JSONResponse({}, 400)
            taken = [{"line": 2, "code": TOKEN, "need_id": "n1", "kind": "need"}]
            return {"taken": taken, "errors": [{"line": 3, "error": "text: empty"}]}

        @app.post("/needs/{need_id}/messages", status_code=202)
        async def write(need_id: str, body: dict[str, Any]) -> Any:
            self.written.append((need_id, body))
            return {"message_id": "m1", "held": self.is_held}

        @app.post("/needs/{need_id}/decision")
        async def decide(need_id: str, body: dict[str, Any], idempotency_key: str = Header()) -> Any:
            self.decided.append((need_id, idempotency_key, body))
            return {}

        @app.post("/needs/{need_id}/categories", status_code=204)
        async def correct(need_id: str, body: dict[str, Any], idempotency_key: str = Header()) -> None:
            self.clicked.append((need_id, idempotency_key, body))

        @app.post("/offers/{offer_id}/verification")
        async def verify(offer_id: str, body: dict[str, Any], idempotency_key: str = Header()) -> Any:
            self.clicked.append((offer_id, idempotency_key, body))
            return {}

        @app.post("/offers/{offer_id}/check")
        async def check(offer_id: str, body: dict[str, Any], idempotency_key: str = Header()) -> Any:
            self.clicked.append((offer_id, idempotency_key, body))
            return {}

        @app.get("/calibration")
        async def calibration() -> Any:
            return {"answered": self.answered, "predicted": 0.724, "helped": 0.65, "bias": 0.07, "error": 0.1}

        return app


@contextmanager
def open_house() -> Iterator[House]:
    """A house that answers on a free port of this machine."""
    house = House()
    server = uvicorn.Server(uvicorn.Config(house.app(), host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the stand-in does not start"
        time.sleep(0.01)
    house.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield house
    finally:
        server.should_exit = True
        thread.join(10)
