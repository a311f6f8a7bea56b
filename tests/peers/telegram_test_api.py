"""The npm package `telegram-test-api`: a Bot API that nobody here wrote, and the people who use it."""

import asyncio
import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy import parts
from tests.kit.waiting import eventually

FOLDER = Path(__file__).parent
INSTALL = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
INSTALL_WITHIN = 120


class Peer:
    """The people on the other side of it. They press no buttons: the peer leaves out a field that Telegram always sends."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self.client = httpx.AsyncClient(base_url=url, trust_env=False)

    async def say(self, person: int, text: str) -> None:
        """A person writes."""
        command = {"entities": [{"type": "bot_command", "offset": 0, "length": len(text)}]} if text.startswith("/") else {}
        await self._post("/sendCommand" if command else "/sendMessage", self._message(person, {"text": text, **command}))

    async def answers(self, person: int, count: int = 1) -> list[dict[str, Any]]:
        """What the bot sent to a person, at least `count` messages."""

        async def enough() -> list[dict[str, Any]]:
            history = (await self._post("/getUpdatesHistory", {"token": self.token}))["result"]
            sent = [each for each in history if str(each.get("message", {}).get("chat_id")) == str(person)]
            return sent if len(sent) >= count else []

        return await eventually(enough, timeout=20, interval=0.1)

    def _message(self, person: int, content: dict[str, Any]) -> dict[str, Any]:
        return {"botToken": self.token, "from": _user(person), "chat": _chat(person), "date": int(time.time()), **content}

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self.client.post(path, json=body)
        return answer.raise_for_status().json()


def _user(person: int) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": "Person"}


def _chat(person: int) -> dict[str, Any]:
    return {"id": person, "type": "private", "first_name": "Person"}


@asynccontextmanager
async def serving(token: str) -> AsyncIterator[Peer]:
    """The peer on a free port. Skips the test where there is no npm to install it with."""
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("needs node and npm, to install telegram-test-api (apt-get install nodejs npm)")
    await asyncio.to_thread(_install)
    port = parts.free_port()
    process = await asyncio.create_subprocess_exec(
        "node", str(FOLDER / "telegram.js"), str(port), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "NODE_ENV": "production"},
    )  # fmt: skip
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 20) == b"ready\n"
    peer = Peer(f"http://127.0.0.1:{port}", token)
    try:
        yield peer
    finally:
        await peer.client.aclose()
        process.terminate()
        await process.wait()


def _install() -> None:
    """Install what package-lock.json pins, once for all test processes. Fails with what npm says."""
    with (FOLDER / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = FOLDER / "node_modules" / ".package-lock.json"
        if installed.exists() and installed.stat().st_mtime >= (FOLDER / "package-lock.json").stat().st_mtime:
            return
        done = subprocess.run(INSTALL, cwd=FOLDER, capture_output=True, text=True, timeout=INSTALL_WITHIN)
        assert done.returncode == 0, f"`{' '.join(INSTALL)}` in {FOLDER.name}/ failed:\n{done.stdout}{done.stderr}"
