"""The emulated Bot API over HTTP, as `https://api.telegram.org` would be."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol, TypeVar

import uvicorn
from fastapi import FastAPI, Request, Response

from .state import Refused

AS_THEY_ARE = ("text", "callback_query_id", "secret_token", "url", "language_code")
"""Arguments that stay texts even when they look like JSON."""


class Emulator(Protocol):
    """What is served."""

    token: str
    url: str

    async def call(self, method: str, arguments: dict[str, Any]) -> Any: ...
    async def push(self) -> None: ...
    def close(self) -> None: ...


E = TypeVar("E", bound=Emulator)


def application(emulator: Emulator) -> FastAPI:
    """The emulator as an application."""
    app = FastAPI(openapi_url=None)

    @app.api_route("/bot{token}/{method}", methods=["GET", "POST"])
    async def call(token: str, method: str, request: Request) -> Response:
        try:
            if token != emulator.token:
                raise Refused(401, "Unauthorized")
            result = await emulator.call(method, await _arguments(request))
        except Refused as refused:
            body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
            parameters = {"retry_after": refused.retry_after, "migrate_to_chat_id": refused.migrate_to}
            if given := {name: value for name, value in parameters.items() if value is not None}:
                body["parameters"] = given
            return _json(body, refused.code)
        return _json({"ok": True, "result": result})

    return app


def _json(body: dict[str, Any], code: int = 200) -> Response:
    """JSON in ASCII, as the provider writes it: half a surrogate can be said, too."""
    return Response(json.dumps(body), code, media_type="application/json")


async def _arguments(request: Request) -> dict[str, Any]:
    """Arguments from the query, a form or JSON; values that are JSON themselves are read, texts stay texts."""
    given: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return {**given, **await request.json()}
    given |= dict(await request.form())
    return {name: value if name in AS_THEY_ARE else _read(value) for name, value in given.items()}


def _read(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Whoever serves the emulator decides what a signal means."""
        yield


@asynccontextmanager
async def serving(emulator: E, port: int = 0) -> AsyncIterator[E]:
    """Serve it on this machine, on a free port unless one is given."""
    server = _Server(
        uvicorn.Config(
            application(emulator), host="127.0.0.1", port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
    )
    running = [asyncio.create_task(server.serve()), asyncio.create_task(emulator.push())]
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    emulator.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield emulator
    finally:
        emulator.close()
        server.should_exit = True
        running[1].cancel()
        await asyncio.gather(*running, return_exceptions=True)
